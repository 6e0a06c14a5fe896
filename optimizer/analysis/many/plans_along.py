"""Plans along a line of values: which come first, and which plan each one begins with."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping

import pandas as pd

from optimizer.analysis.many.runner import Job, Running, RunProgress, Runs, run_many
from optimizer.plan.plan import Plan

__all__ = ["nearest_plan", "waves", "with_neighbours"]

Keeps = Callable[[Plan, float], bool]


def _keeps_reach(plan: Plan, value: float) -> bool:
    return float(plan.areas["reach_hours"].max()) <= value


def _keeps_budget(plan: Plan, value: float) -> bool:
    public = plan.areas["operating_subsidy_year"] + plan.areas["household_support_year"]
    return float(public.sum()) <= value


def _keeps_count(plan: Plan, value: float) -> bool:
    return len(plan.areas) <= value


TIGHTER: Mapping[str, Keeps] = {
    "reach_hours": _keeps_reach,
    "subsidy_budget": _keeps_budget,
    "subsidy_budget_year": _keeps_budget,
    "operators_most": _keeps_count,
}
"""Promises that only forbid more when they are smaller: whether a plan keeps a smaller value."""


def waves(count: int, *, at_once: int) -> list[list[int]]:
    """Return the places of a line in waves: every place has a neighbour in the waves before it.

    One at a time they follow each other. Otherwise the ends come first (and the middle where three
    can be computed at once), then, again and again, the middles of the gaps between places done.

    Parameters
    ----------
    count : int
        Places of the line.
    at_once : int
        How many can be computed at the same time.

    Examples
    --------
    >>> waves(4, at_once=1)
    [[0], [1], [2], [3]]
    >>> waves(6, at_once=2)
    [[0, 5], [2], [1, 3], [4]]
    >>> waves(6, at_once=3)
    [[0, 2, 5], [1, 3], [4]]
    """
    if at_once <= 1:
        return [[place] for place in range(count)]
    ends = sorted({0, count - 1} | ({(count - 1) // 2} if at_once > 2 else set()))
    found = [ends] if count else []
    done = set(ends)
    while len(done) < count:
        places = sorted(done)
        gaps = itertools.pairwise(places)
        middles = [(low + high) // 2 for low, high in gaps if high - low > 1]
        found.append(middles)
        done |= set(middles)
    return found


def nearest_plan(plans: Mapping[float, Plan], value: float) -> Plan | None:
    """Return the plan of the nearest value; of two the smaller one's, whose promise is tighter.

    ``None`` where there is no plan yet.
    """
    if not plans:
        return None
    return plans[min(plans, key=lambda other: (abs(other - value), other))]


def with_neighbours(
    jobs: Mapping[float, Job],
    *,
    over: str,
    running: Running,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Runs:
    """Return the plans of questions that differ in one number, each begun with its neighbour's.

    The values are visited from the largest to the smallest, or in waves where several can be
    computed at once: the ends, then the values between them. Where a proven plan of a larger value
    already keeps a smaller one (:data:`TIGHTER`), it is taken over instead of being computed again.

    Parameters
    ----------
    jobs : mapping of float to Job
        The questions by their value.
    over : str
        The promise that changes.
    running : Running
        Where and how hard to compute.
    on_progress : callable, optional
        Called after every plan.
    """
    order = sorted(jobs, reverse=True)
    keeps = TIGHTER.get(over)
    plans: dict[float, Plan] = {}
    rows: dict[float, pd.DataFrame] = {}

    def tell(step: RunProgress) -> None:
        if on_progress is not None:
            on_progress(dataclasses.replace(step, done=len(rows) + step.done, total=len(order)))

    for places in waves(len(order), at_once=3 if running.cluster else running.workers):
        asked: list[float] = []
        for value in (order[place] for place in places):
            looser = None if keeps is None else _keeper(plans, keeps, value)
            if looser is None:
                asked.append(value)
                continue
            job = jobs[value]
            tell(RunProgress(1, 1, job.name, plans[looser].status, 0.0, plans[looser]))
            plans[value] = plans[looser].with_instance(job.instance)
            row = rows[looser].set_axis([job.name]).rename_axis("plan")
            rows[value] = row.assign(seconds=0.0, resumed=False)
        begun = [dataclasses.replace(jobs[v], start=nearest_plan(plans, v)) for v in asked]
        runs = run_many(begun, running=running, on_progress=tell)
        for value in asked:
            name = jobs[value].name
            rows[value] = runs.table.loc[[name]]
            if name in runs.plans:
                plans[value] = runs.plans[name]
    names = {jobs[value].name: plans[value] for value in jobs if value in plans}
    return Runs(names, pd.concat([rows[value] for value in jobs]))


def _keeper(plans: Mapping[float, Plan], keeps: Keeps, value: float) -> float | None:
    """Return the smallest larger value whose proven plan keeps this one, or ``None``."""
    found = (
        other
        for other, plan in plans.items()
        if other > value and plan.status == "optimal" and keeps(plan, value)
    )
    return min(found, default=None)
