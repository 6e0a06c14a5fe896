"""The answer of a plan in three sentences, and what to say where nobody shares an operator."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from optimizer.geography.nearest import nearest_reach
from optimizer.messages.words import STATUS, Words
from optimizer.plan.assessment.pieces import pieces_of
from optimizer.plan.assessment.standing import more_words, standing
from optimizer.plan.statistics import affordable_limits, mean_bill, people_over_limit
from optimizer.report.figures import money, percent
from optimizer.report.page.operators_view import operator_words

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.plan.plan import Plan

__all__ = [
    "alone_words",
    "answer",
    "beside_words",
    "drawn_words",
    "proof_words",
    "town_names",
]


def town_names(instance: Instance) -> dict[str, str]:
    """Return the name of each town by its key, as messages are told."""
    return {str(key): str(name) for key, name in instance.towns["name"].items()}


def answer(plan: Plan, words: Words) -> list[str]:
    """Return three sentences: who shares, what it costs and who pays, how sure it is.

    Each operator that exists has one more.

    Parameters
    ----------
    plan : Plan
        Any plan.
    words : Words
        The language.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.messages.words import words_of
    >>> plan = op.evaluate(op.read("instances/pair"), "together")
    >>> answer(plan, words_of("en"))[0]
    '2 towns with 6,000 people are served by 1 operator, and 2 towns share an operator.'
    """
    if plan.areas.empty:
        named = words.named(town_names(plan.instance))
        reasons = [named.said(text) for text in plan.outcome.broken_promises]
        return [words("No plan keeps every promise."), *reasons]
    return [
        _who(plan, words),
        _cost(plan, words),
        *operator_words(plan, words),
        proof_words(plan, words),
    ]


def _who(plan: Plan, words: Words) -> str:
    sharing = int(plan.areas.loc[plan.areas["town_count"] > 1, "town_count"].sum())
    towns = words.count(len(plan.towns), "{n} town", "{n} towns")
    people = money(float(plan.towns["population"].sum()), words)
    operators = words.count(len(plan.areas), "{n} operator", "{n} operators")
    if not sharing and plan.status == "optimal" and len(plan.towns) > 1:
        text = (
            "The best plan is every town by itself: {towns} with {people} people are served by "
            "{operators}, and no grouping that keeps the promises weighs less."
        )
        return words(text, towns=towns, people=people, operators=operators)
    if not sharing:
        text = "{towns} with {people} people are served by {operators}: no town shares an operator."
        return words(text, towns=towns, people=people, operators=operators)
    text = (
        "{towns} with {people} people are served by {operators}, and {sharing} share an operator."
    )
    shared = words.count(sharing, "{n} town", "{n} towns")
    told = words(text, towns=towns, people=people, operators=operators, sharing=shared)
    apart = int((pieces_of(plan) > 1).sum())
    if not apart:
        return told
    pieces = words.count(
        apart,
        "{n} area is in pieces: no chain of neighbours joins its towns.",
        "{n} areas are in pieces: no chain of neighbours joins their towns.",
    )
    return f"{told} {pieces}"


def _cost(plan: Plan, words: Words) -> str:
    areas = plan.areas
    need, support = (
        float(areas[name].sum()) for name in ("requirement_year", "household_support_year")
    )
    paid = float(areas["revenue_year"].sum()) - support
    public = float(areas["operating_subsidy_year"].sum()) + support
    bill = mean_bill(plan)
    over = people_over_limit(plan)
    limit = " / ".join(percent(s, words) for s in sorted(set(affordable_limits(plan))))
    text = (
        "Service needs {currency} {need} a year, of which customers pay {share} (on average {bill} "
        "a month for a household) and public money {public}; "
    )
    text += (
        "{over} people live in households whose bill is above {limit} of income."
        if over >= 0.5
        else "no household pays more than {limit} of its income."
    )
    return words(
        text,
        currency=plan.instance.currency,
        need=money(need, words),
        share=percent(paid / need, words) if need else "–",
        bill=words.number(bill, ",.2f"),
        public=money(public, words),
        over=money(over, words),
        limit=limit,
    )


def drawn_words(plan: Plan, words: Words) -> list[str]:
    """Return how the plan stands when the data are off; nothing where that is not known."""
    found = standing(plan)
    return [] if found is None else [words.said(found.message)]


def beside_words(plan: Plan, words: Words) -> list[str]:
    """Return what stands beside the saving: what it is made of, for whom, what limits it."""
    if plan.areas.empty:
        return []
    return [words.said(message) for message in more_words(plan)]


def proof_words(plan: Plan, words: Words) -> str:
    """Return one sentence on how sure the plan is."""
    status = words(STATUS[plan.status])
    if plan.status in {"optimal", "within_gap"} and plan.draws is None:
        status = words("{status}, for the given figures", status=status)
    elif plan.status in {"optimal", "within_gap"}:
        text = "{status}, on average over {n:,.0f} draws of the data"
        status = words(text, status=status, n=float(plan.instance.uncertainty.draws))
    if math.isfinite(plan.bound):
        text = (
            "How sure: {status}; counting public money {weight} times, this plan weighs "
            "{objective} a year and no plan weighs less than {bound} (gap {gap})."
        )
        return words(
            text,
            status=status,
            weight=words.number(plan.instance.policy.public_money_price, "g"),
            bound=money(plan.bound, words),
            objective=money(plan.objective, words),
            gap=percent(plan.gap, words, digits=2),
        )
    broken = len(plan.outcome.broken_promises)
    if broken:
        text = "How sure: {status}; it was not searched for, and it breaks {broken}."
        return words(text, status=status, broken=words.count(broken, "{n} promise", "{n} promises"))
    return words(
        "How sure: {status}; it was not searched for, so no bound is known.", status=status
    )


def alone_words(plan: Plan, words: Words) -> list[str]:
    """Return what to say where no two towns share an operator; nothing where some do.

    The first sentence says it plainly; the others name the pairs of towns that a longer reach
    would let share an operator, nearest first, at most five.
    """
    if plan.areas.empty or int(plan.areas["town_count"].max()) > 1 or len(plan.towns) < 2:
        return []
    reach = plan.instance.policy.reach_hours
    near = nearest_reach(plan.instance).set_index("town")
    pairs: dict[frozenset[str], float] = {}
    for town, row in near.sort_values("hours", kind="stable").iterrows():
        if str(row["nearest"]):
            pairs.setdefault(frozenset((str(town), str(row["nearest"]))), float(row["hours"]))
    hours = list(pairs.values())
    if hours and hours[0] <= reach:
        within = sum(h <= reach for h in hours)
        text = (
            "No two towns share an operator although {pairs} lie within {reach} h: here each is "
            "better alone."
            if plan.status == "optimal"
            else "No two towns share an operator in this plan; {pairs} lie within the reach of "
            "{reach} h and could."
        )
        counted = words.count(within, "{n} pair of towns", "{n} pairs of towns")
        return [words(text, pairs=counted, reach=words.number(reach, "g"))]
    lines = [
        words(
            "No two towns can share an operator: no pair lies within the reach of {reach} h.",
            reach=words.number(reach, "g"),
        )
    ]
    names = plan.towns["name"]
    for pair, least in list(pairs.items())[:5]:
        first, second = sorted(pair, key=list(names.index).index)
        text = "{first} and {second} could share one from a reach of {hours} h on."
        rounded = math.ceil(least * 10.0 - 1e-9) / 10.0
        lines.append(
            words(
                text,
                first=str(names[first]),
                second=str(names[second]),
                hours=words.number(rounded, "g"),
            )
        )
    return lines
