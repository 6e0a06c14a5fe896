"""One region by both methods and by brute force: the row of the table."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

import optimizer as op
from benchmarks.brute_force.best_plan import BruteForce
from benchmarks.brute_force.random_regions import kind_of, random_region
from benchmarks.brute_force.region import region_of
from optimizer.instance.instance import Instance
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from optimizer.solving.solution import Solution
from optimizer.tariffs.case import Case

__all__ = ["METHODS", "Answer", "Row", "answer_of", "compare", "describe", "whole_answer", "wrong"]

METHODS: dict[str, Callable[[Case, Clock], Solution]] = {
    "columns": solve_columns,
    "compact": solve_compact,
}
SAME = 1e-6
SECONDS = 60.0
WHOLE = 5
"""Of so many regions one is solved as a planner would: with tariffs, audit or diagnosis."""


@dataclass(frozen=True)
class Answer:
    """What a method says: status, objective, bound; ``failure`` holds an error's first line."""

    status: str
    objective: float
    bound: float
    failure: str = ""
    seconds: float = 0.0

    @property
    def stopped(self) -> bool:
        """Whether the time limit was reached, so that nothing needs to be proven."""
        return self.status == "time_limit" and self.seconds >= SECONDS


@dataclass(frozen=True)
class Row:
    """A region's row; ``wrong`` says what disagrees, ``stopped`` who reached the time limit."""

    region: int
    kind: str
    towns: int
    promises: str
    expected: float
    columns: float
    compact: float
    columns_status: str
    compact_status: str
    wrong: str
    stopped: str
    cpu_s: float

    @classmethod
    def names(cls) -> list[str]:
        """Return the columns of the table."""
        return [field.name for field in fields(cls)]

    def cells(self) -> dict[str, object]:
        """Return the row as cells of the table."""
        return asdict(self) | {"cpu_s": round(self.cpu_s, 2)}


def compare(seed: int) -> Row:
    """Return the row of a random region."""
    begin = time.process_time()
    region = random_region(seed)
    expected = BruteForce(region_of(region)).least_cost()
    answers = {method: answer_of(region, method) for method in METHODS}
    if seed % WHOLE == 0:
        answers["solve"] = whole_answer(region)
    faults = {name: wrong(answer, expected) for name, answer in answers.items()}
    return Row(
        region=seed,
        kind=kind_of(seed),
        towns=len(region.towns),
        promises=describe(region),
        expected=expected,
        columns=answers["columns"].objective,
        compact=answers["compact"].objective,
        columns_status=answers["columns"].status,
        compact_status=answers["compact"].status,
        wrong="; ".join(f"{name}: {what}" for name, what in faults.items() if what),
        stopped=", ".join(name for name, answer in answers.items() if answer.stopped),
        cpu_s=time.process_time() - begin,
    )


def answer_of(region: Instance, method: str) -> Answer:
    """Return what a method says, an error included."""
    begin = time.perf_counter()
    try:
        with Clock(Options(time_limit=SECONDS)) as clock:
            found = METHODS[method](op.case_of(region), clock)
    except Exception as error:  # noqa: BLE001 - whatever is raised is an answer of the table
        return _failed(error)
    seconds = time.perf_counter() - begin
    return Answer(found.status, found.objective, found.bound, seconds=seconds)


def whole_answer(region: Instance) -> Answer:
    """Return what a planner gets: the plan with its audit, or the reasons why there is none."""
    begin = time.perf_counter()
    try:
        plan = op.solve(region, time_limit=SECONDS)
        failure = ""
        if plan.status == "infeasible":
            failure = "" if plan.outcome.broken_promises else "no reason is given"
        elif not plan.audit().passed:
            rules = sorted(set(map(str, plan.audit().failures["rule"])))
            failure = f"audit fails: {', '.join(rules)}"
    except Exception as error:  # noqa: BLE001 - whatever is raised is an answer of the table
        return _failed(error)
    seconds = time.perf_counter() - begin
    return Answer(plan.status, plan.objective, plan.outcome.bound, failure, seconds)


def _failed(error: Exception) -> Answer:
    if isinstance(error, op.PolicyError):
        return Answer("refused", math.inf, math.inf)
    first = str(error).splitlines()[0] if str(error) else ""
    return Answer("error", math.nan, math.nan, f"{type(error).__name__}: {first}")


def wrong(answer: Answer, expected: float) -> str:
    """Return what is wrong with an answer, nothing where it is right.

    A region may be refused, with the reason, instead of solved where it has no plan.

    Examples
    --------
    >>> wrong(Answer("optimal", 100.0, 100.0), 100.0), wrong(Answer("infeasible", 0, 0), math.inf)
    ('', '')
    >>> wrong(Answer("optimal", 101.0, 101.0), 100.0)
    'objective 101 instead of 100'
    """
    if answer.failure:
        return answer.failure
    if answer.stopped:
        true = answer.bound <= expected * (1 + SAME) and answer.objective >= expected * (1 - SAME)
        return "" if true else f"bound {answer.bound:.10g} above {expected:.10g}"
    if math.isinf(expected):
        known = answer.status in {"infeasible", "refused"}
        return "" if known else f"{answer.status} instead of infeasible"
    return _different(answer, expected)


def _different(answer: Answer, expected: float) -> str:
    """Return what is wrong with an answer that was not stopped, for a region that has a plan."""
    if answer.status != "optimal":
        return f"{answer.status} instead of optimal"
    room = SAME * abs(expected)
    if not abs(answer.objective - expected) <= room:
        return f"objective {answer.objective:.10g} instead of {expected:.10g}"
    if not expected - room <= answer.bound <= answer.objective + 1e-9 * abs(expected):
        return f"bound {answer.bound:.10g}, objective {answer.objective:.10g}"
    return ""


def describe(region: Instance) -> str:
    """Return the promises and rules that a region asks for, in short."""
    policy, tariff = region.policy, region.tariff
    asked = {
        policy.tariff_scope: True,
        "given shape": tariff.shape is not None,
        "sewerage": bool((region.households["sewer_share"] > 0).any()),
        "no subsidy": not policy.operating_subsidy,
        "budget": policy.subsidy_budget_year is not None,
        "support": policy.household_support_share > 0,
        "solidarity": policy.solidarity_balance,
        "participation": policy.participation,
        "core": policy.core,
        "demand": policy.demand_response,
        "connected": region.areas_connected,
        "zones": policy.same_zone,
        "together": bool(policy.keep_together),
        "apart": bool(policy.keep_apart),
        "seats": bool(policy.fixed_seats),
        "count": policy.operators_least > 0 or policy.operators_most is not None,
    }
    return ", ".join(name for name, is_asked in asked.items() if is_asked)
