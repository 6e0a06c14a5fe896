"""Search for alternatives: ask towns to part or to go together, and see what it costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from optimizer.analysis.compare.grouping_difference import pairs_together
from optimizer.analysis.many.runner import Job, Running, RunProgress, run_many
from optimizer.geography.reach import reach_of
from optimizer.plan.plan import Plan

__all__ = ["Pair", "Search", "search_alternatives"]

Pair = tuple[str, str]
SMALL = 1e-9


@dataclass(eq=False)
class Search:
    """What a search for alternatives has found so far.

    Attributes
    ----------
    plans : list of Plan
        Different groupings within the limit, the best plan first.
    core : set of (str, str)
        Pairs of towns that share an area in all of them.
    proven : set of (str, str)
        Pairs that no plan within the limit separates.
    open : set of (str, str)
        Pairs whose question was asked and left open (no proof in the time that was allowed).
    solves : int
        Questions asked.
    """

    plans: list[Plan]
    core: set[Pair]
    proven: set[Pair] = field(default_factory=set)
    open: set[Pair] = field(default_factory=set)
    solves: int = 0


@dataclass(frozen=True, eq=False)
class _Asking:
    """How questions are asked: the best plan, the limit and the means."""

    best: Plan
    limit: float
    running: Running
    on_progress: Callable[[RunProgress], None] | None


def search_alternatives(
    best: Plan,
    limit: float,
    solves: int,
    running: Running,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Search:
    """Return the groupings within a limit that a number of questions brings to light.

    Parameters
    ----------
    best : Plan
        The best plan; its region's promises hold in every question.
    limit : float
        Largest objective, money per year.
    solves : int
        Most questions.
    running : Running
        Where and how hard to compute.
    on_progress : callable, optional
        Called after every question.
    """
    search = Search([best], set(pairs_together(best.towns["service_area"])))
    asking = _Asking(best, limit, running, on_progress)
    joins = _joins(best)
    stack: list[list[Pair]] = []
    while search.solves < solves:
        if not stack:
            batch = _one_of_each_area(search, best)
            if not batch:
                break
            stack.append(batch)
        left = [p for p in stack.pop() if p in search.core - search.proven - search.open]
        if left and not _part(search, asking, left) and len(left) > 1:
            half = len(left) // 2
            stack += [left[half:], left[:half]]
    for pair in joins:
        if search.solves >= solves:
            break
        if not any(pair in pairs_together(p.towns["service_area"]) for p in search.plans):
            _ask(search, asking, "keep_together", [pair])
    return search


def _part(search: Search, asking: _Asking, pairs: list[Pair]) -> bool:
    """Ask pairs to part; return whether there is a plan within the limit."""
    plan, bound = _ask(search, asking, "keep_apart", pairs)
    if plan is None and len(pairs) == 1:
        beyond = bound > asking.limit + SMALL * abs(asking.limit)
        (search.proven if beyond else search.open).update(pairs)
    return plan is not None


def _ask(
    search: Search, asking: _Asking, rule: str, pairs: list[Pair]
) -> tuple[Plan | None, float]:
    """Return the best plan with more pairs apart (or together), and the bound of the answer."""
    search.solves += 1
    region = asking.best.instance
    stated = region.policy.model_dump()[rule]
    changed = region.replace(policy=region.policy.replace(**{rule: (*stated, *pairs)}))
    name = f"{rule.replace('_', ' ')} {' '.join('+'.join(pair) for pair in pairs)}"
    runs = run_many([Job(name, changed, start=asking.best)], running=asking.running)
    row = runs.table.iloc[0]
    if asking.on_progress is not None:
        status, seconds = str(row["status"]), float(row["seconds"])
        told = name, status, seconds, runs.plans.get(name)
        asking.on_progress(RunProgress(search.solves, 0, *told))
    bound = -np.inf if row["status"] == "failed" else float(row["bound"])
    found = runs.plans.get(name)
    if found is None or found.objective > asking.limit + SMALL * abs(asking.limit):
        return None, bound
    plan = _under_own_promises(found, asking.best)
    if not plan.audit().passed:
        return None, -np.inf
    _take(search, plan)
    return plan, bound


def _under_own_promises(found: Plan, best: Plan) -> Plan:
    """Return an answer as a plan of the region itself: its bound is that of the best plan.

    The gap that it keeps is then the one that was asked for.
    """
    outcome = dataclasses.replace(
        found.outcome, status="within_gap", bound=min(best.bound, found.objective)
    )
    asked = {**outcome.options, "gap": min(1.0, outcome.gap)}
    outcome = dataclasses.replace(outcome, options=asked)
    return dataclasses.replace(found, instance=best.instance, outcome=outcome)


def _take(search: Search, plan: Plan) -> None:
    pairs = pairs_together(plan.towns["service_area"])
    search.core &= pairs
    known = (pairs_together(other.towns["service_area"]) for other in search.plans)
    if pairs not in set(known):
        search.plans.append(plan)


def _one_of_each_area(search: Search, best: Plan) -> list[Pair]:
    """Return one undecided pair of every area: the one farthest from each other by road."""
    hours = _hours(best)
    areas = best.towns["service_area"]
    chosen: dict[str, Pair] = {}
    for pair in sorted(search.core - search.proven - search.open):
        area = str(areas[pair[0]])
        away = hours.get(pair, np.inf)
        if area not in chosen or away > hours.get(chosen[area], np.inf):
            chosen[area] = pair
    return list(chosen.values())


def _hours(plan: Plan) -> dict[Pair, float]:
    return {tuple(sorted((a, b))): h for a, b, h in _travel(plan)}  # type: ignore[misc]


def _travel(plan: Plan) -> Iterator[tuple[str, str, float]]:
    reach = reach_of(plan.instance)
    columns: Iterable[tuple[int, int, float]] = reach.pairs[["town", "seat", "hours"]].itertuples(
        index=False, name=None
    )
    for town, seat, hours in columns:
        if town != seat:
            yield reach.towns[town], reach.towns[seat], hours


def _joins(best: Plan) -> list[Pair]:
    """Return the seat of each area with the nearest town of each area that it reaches."""
    areas = best.towns["service_area"]
    seats = set(best.areas["seat"])
    nearest: dict[tuple[str, str], tuple[float, Pair]] = {}
    for town, seat, hours in _travel(best):
        if seat in seats and areas[town] != areas[seat]:
            key = (str(areas[seat]), str(areas[town]))
            pair = (min(town, seat), max(town, seat))
            nearest[key] = min(nearest.get(key, (np.inf, pair)), (hours, pair))
    return [pair for _, pair in sorted(set(nearest.values()))]
