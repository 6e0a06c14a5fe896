"""Where only the promise ``core`` is in the way: what it asks too much, and what else could bend.

The rule cannot be given slack in a model, since what a town pays is settled after the grouping. So
the promise is dropped, and the grouping that is then cheapest says who would leave it, and for how
much; beside it, more operators and each set to be kept together are tried as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from optimizer.instance.instance import Instance
from optimizer.messages.message import Message
from optimizer.solving.branch_and_price.bounding.core import core_rule
from optimizer.solving.branch_and_price.solver import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.probe import Limits
from optimizer.solving.diagnose.wording import money_text, named, reason, round_money, together
from optimizer.solving.options import Options
from optimizer.solving.solution import Solution
from optimizer.tariffs.case import case_of

__all__ = ["core_findings", "has_plan", "with_core", "without_core"]


def without_core(instance: Instance) -> Instance:
    """Return a region without the promise ``core``."""
    return instance.replace(policy=instance.policy.replace(core=False))


def with_core(finding: Diagnosis, limits: Limits) -> Diagnosis:
    """Return a finding made without the promise ``core``, tried with it on the bent region."""
    if finding.bent is None:
        return finding
    kept = finding.bent.replace(policy=finding.bent.policy.replace(core=True))
    answer = has_plan(kept, limits)
    if answer:
        return replace(finding, bent=kept)
    step = Message(
        "set core to no" if answer is False else "it was not settled whether core can be kept"
    )
    words = together(finding.words, reason("core", step))
    name = f"{finding.promise} + core"
    return replace(finding, promise=name, words=words, proven=finding.proven and answer is False)


def core_findings(instance: Instance, limits: Limits) -> list[Diagnosis]:
    """Return what may bend in a region that has a plan without the promise ``core`` only."""
    found = [_core(instance, limits), _more_operators(instance, limits)]
    return [*(f for f in found if f is not None), *_sets(instance, limits)]


def _core(instance: Instance, limits: Limits) -> Diagnosis | None:
    free = without_core(instance)
    solution = _solve(free, limits, gap=0.0)
    if not solution.areas:
        return None
    case = case_of(free)
    verdicts = core_rule(case, stop=lambda: limits.over).judge([a.members for a in solution.areas])
    worst = max(verdicts, key=lambda v: v.gain_year)
    leavers = [case.reach.towns[t] for t in worst.leavers]
    money = round_money(sum(v.gain_year for v in verdicts))
    need = sum(area.requirement_year for area in solution.areas)
    words = reason(
        "core",
        Message("in every grouping some towns would do better by leaving"),
        Message(
            "in the cheapest, {towns} by {amount}",
            towns=named(instance, leavers),
            amount=money_text(worst.gain_year, instance),
        ),
        Message("set core to no (optimizer stability then says what would keep them)"),
    )
    unit = f"{instance.currency}/year"
    sure = solution.status == "optimal"
    return Diagnosis("core", money, unit, words, money / max(need, 1e-9), sure, free)


def _more_operators(instance: Instance, limits: Limits) -> Diagnosis | None:
    most = instance.policy.operators_most
    if most is None:
        return None
    for count in range(most + 1, len(instance.towns) + 1):
        changed = instance.replace(policy=instance.policy.replace(operators_most=count))
        answer = has_plan(changed, limits)
        if answer or limits.over:
            break
    if not answer:
        return None
    words = reason(
        "operator_count",
        Message("with at most {n}, some towns would leave any grouping", n=most),
        Message("raise {field} from {n} to {limit}", field="operators_most", n=most, limit=count),
    )
    more = count - most
    return Diagnosis("operator_count", float(more), "operators", words, more / most, bent=changed)


def _sets(instance: Instance, limits: Limits) -> Iterator[Diagnosis]:
    stated = instance.policy.keep_together
    for k, group in enumerate(stated):
        left = stated[:k] + stated[k + 1 :]
        changed = instance.replace(policy=instance.policy.replace(keep_together=left))
        if limits.over or not has_plan(changed, limits):
            continue
        words = reason(
            "keep_together",
            Message("some of {towns} would leave", towns=named(instance, group)),
            Message("give up the set"),
        )
        yield Diagnosis("keep_together", 1.0, "sets", words, 1.0 / len(stated), bent=changed)


def has_plan(instance: Instance, limits: Limits) -> bool | None:
    """Return whether a region has a plan, the promise ``core`` kept; ``None`` if not known."""
    solution = _solve(instance, limits, gap=1.0)
    if solution.areas:
        return True
    return False if solution.status == "infeasible" else None


def _solve(instance: Instance, limits: Limits, *, gap: float) -> Solution:
    seconds = max(0.01, min(limits.seconds_each, limits.left))
    clock = Clock(Options(gap=gap, time_limit=seconds))
    clock.interrupts.asked = int(limits.stop())
    return solve_columns(case_of(instance), clock)
