"""How sure a plan is: proof, audit, what was assumed, derived and taken from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.messages.words import Words
from optimizer.plan.statistics import is_bound_of_menu
from optimizer.report.figures import money
from optimizer.report.page.answer import proof_words, town_names

if TYPE_CHECKING:
    from optimizer.instance.schema.fields import Source
    from optimizer.plan.plan import Plan

__all__ = ["Assurance", "assurance"]

_MOST = 30


@dataclass(frozen=True)
class Assurance:
    """What stands behind a plan, in words."""

    proof: str
    audit: str
    audit_good: bool
    failures: tuple[str, ...]
    broken: tuple[str, ...]
    own: tuple[str, ...]
    assumptions: tuple[str, ...]
    derived: tuple[str, ...]
    travel: tuple[str, ...]
    sources: tuple[str, ...]
    versions: str


def assurance(plan: Plan, words: Words) -> Assurance:
    """Return what stands behind a plan; the plan is audited for it.

    Parameters
    ----------
    plan : Plan
        Any plan.
    words : Words
        The language.
    """
    found = plan.audit()
    checks = words.number(int(found.checked.sum()))
    if found.passed:
        told = words("The audit recomputed the plan: {checks} checks, all passed.", checks=checks)
    elif found.sound and plan.areas.size:
        text = (
            "The audit recomputed the plan: {checks} checks; the arithmetic holds, {n} promises "
            "are broken."
        )
        told = words(text, checks=checks, n=str(len(found.failures)))
    else:
        text = "The audit failed: {n} of {checks} checks. Do not use this plan."
        told = words(text, checks=checks, n=str(len(found.failures)))
    instance = plan.instance
    named = words.named(town_names(instance))
    shown = found.failures.head(_MOST)[["rule", "message"]].to_numpy()
    lines = [f"{rule}: {named.said(text)}" for rule, text in shown]
    counts = plan.towns["travel_source"].value_counts()
    return Assurance(
        proof=_proof(plan, words),
        audit=told,
        audit_good=found.passed,
        failures=tuple(lines),
        broken=tuple(named.said(text) for text in plan.outcome.broken_promises),
        own=tuple(f"{own.name}: {words.said(own.words_said)}" for own in instance.policy.own),
        assumptions=instance.assumptions,
        derived=tuple(
            f"{d.table}.{d.column}: {words.said(d.how)} ({words.number(d.count)})"
            for d in instance.derived
        ),
        travel=tuple(
            f"{words(str(source))}: {words.number(count)}" for source, count in counts.items()
        ),
        sources=tuple(_source(source) for source in instance.sources),
        versions=", ".join(f"{name} {version}" for name, version in plan.outcome.versions.items()),
    )


def _proof(plan: Plan, words: Words) -> str:
    """Return how sure the plan is, and of what the bound speaks where schedules were refined."""
    told, saved = proof_words(plan, words), plan.outcome.refined_saving_year
    if not is_bound_of_menu(plan):
        return told
    more = words(
        "Objective and bound are those of the menu; the published schedules weigh {amount} a year "
        "less.",
        amount=money(saved, words),
    )
    return f"{told} {more}"


def _source(source: Source) -> str:
    """Return one source in a line."""
    parts = [source.title, source.publisher, source.licence, source.used_for]
    return "; ".join(part for part in parts if part)
