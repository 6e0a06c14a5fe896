"""Better plans from the pool: choose again, exactly, among the areas of one window at a time.

A window is a set of neighbouring areas of the plan. All groups of the pool that lie within it
compete with them in a small exact choice. Windows begin where the plan is farthest from the
bound, as told by the reduced costs of its areas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
)
from optimizer.solving.branch_and_price.bounding.lazy_core import choose_kept
from optimizer.solving.branch_and_price.master.choice import Choice, choose_fast
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.primal.windows import (
    Queue,
    areas_within,
    centres,
    near_areas,
    totals_left,
    try_windows,
)
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["PoolColumns", "enrich", "improve", "pool_columns"]


@dataclass(frozen=True, eq=False)
class PoolColumns:
    """Columns at hand, and their reduced cost at the best duals."""

    columns: Columns
    reduced: Floats

    @property
    def groups(self) -> GroupBatch:
        """Towns of each."""
        return self.columns.groups

    def take(self, chosen: Ints | Bools) -> PoolColumns:
        """Return some of them."""
        return PoolColumns(self.columns.take(chosen), self.reduced[chosen])


def pool_columns(state: State, work: ColumnGeneration, most_reduced: Floats) -> PoolColumns:
    """Return the columns of pool, master and plan with exact values, each set of towns once.

    Where totals of the plan are limited, once for everything that it may add to them.

    Parameters
    ----------
    most_reduced : array of shape (parts,)
        Largest reduced cost that is wanted, by part.
    """
    pool, duals = work.pool, state.duals
    part = state.part[pool.seat]
    near = np.flatnonzero(pool.reduced(duals) <= most_reduced[part])
    pool.make_exact(near)
    near = near[pool.reduced(duals)[near] <= most_reduced[part[near]]]
    found = pool.columns(near)
    every = join_columns([state.areas(), work.columns(), *work.aside, found])
    reduced, key = duals.reduced(every), every.keys(state.problem.key)
    order = np.lexsort((reduced, key))
    key = key[order]
    first = order[np.concatenate([[True], key[1:] != key[:-1]])]
    first = first[np.isfinite(every.requirement[first])]
    if state.lazy_core is not None:
        first = first[~state.lazy_core.struck(every.groups.take(first))]
    return PoolColumns(every.take(first), reduced[first])


def improve(state: State, work: ColumnGeneration, *, sizes: tuple[int, int] = (0, 10**9)) -> None:
    """Improve the plan window by window until no window helps or time is up.

    Parameters
    ----------
    sizes : (int, int)
        Least and most towns of a window.

    Notes
    -----
    Parts as small as a window are left to the proof, which chooses again among all their areas.
    """
    tuned = state.parameters.primal
    towns = np.bincount(state.part, minlength=state.parts)
    if towns[state.open_parts].max() <= tuned.window_above_towns:
        return
    near = near_areas(state)
    for size, share in zip(tuned.window_towns, tuned.window_widths, strict=True):
        if not sizes[0] <= size <= sizes[1]:
            continue
        gap = np.where(np.isfinite(state.gap), state.gap, 3.0 * work.unit)
        columns = pool_columns(state, work, np.minimum(gap, share * work.unit))
        by_town = _by_town(columns.groups, state.problem.towns)
        queue = Queue(
            near,
            size,
            centres(state),
            np.zeros(state.problem.towns, dtype=np.int64),
            tuned.window_visits,
        )
        while queue.waiting and not state.enough:
            try_windows(state, queue, partial(_choose_window, state, columns, by_town))


def enrich(state: State, work: ColumnGeneration) -> None:
    """Search the seats of open parts for more areas near the bound, of which windows choose."""
    problem = state.problem
    seats = np.flatnonzero((np.diff(problem.start) > 0) & np.isin(state.part, state.open_parts))
    width = problem.parameters.primal.rich_width * work.unit
    todo = seats[work.pool.missing_at_least(state.duals)[seats] < width]
    found = search_seats(
        problem,
        todo,
        state.duals,
        np.full(len(todo), width),
        most=problem.parameters.primal.rich_list,
        stop=lambda: state.clock.stop,
        threads=state.clock.options.threads,
    )
    work.pool.replace(found, state.duals)


def _by_town(groups: GroupBatch, towns: int) -> tuple[Ints, Ints]:
    """Return, for each town, the groups that hold it, as a flat list and its cuts."""
    order = np.argsort(groups.town, kind="stable")
    cuts = np.searchsorted(groups.town[order], np.arange(towns + 1))
    return groups.owner[order], cuts


def _choose_window(
    state: State, columns: PoolColumns, by_town: tuple[Ints, Ints], towns: Ints
) -> Columns | None:
    """Choose again within a window; return its areas where they are better."""
    flat, cuts = by_town
    problem, state_areas = state.problem, state.areas()
    tuned = problem.parameters.primal
    inside = np.zeros(problem.towns, dtype=bool)
    inside[towns] = True
    local = np.unique(np.concatenate([flat[cuts[t] : cuts[t + 1]] for t in towns]))
    here = columns.take(local)
    within = here.groups.total((~inside[here.groups.town]).astype(np.int64)) == 0
    here = here.take(within)
    now = areas_within(state_areas, inside)
    old = float(now.value(problem.money_price).sum()) if now is not None else math.inf
    most = max(tuned.window_columns, tuned.window_columns_per_town * len(towns))
    if len(here.groups) > most:
        here = here.take(np.sort(np.argsort(here.reduced, kind="stable")[:most]))
    some = here.columns if now is None else join_columns([now, here.columns])
    groups, value = some.groups, some.value(problem.money_price)
    covered = np.zeros(problem.towns, dtype=bool)
    covered[groups.town] = True
    if not covered[towns].all():
        return None
    totals = totals_left(state, state_areas, inside)
    choice = Choice(towns, some, value, totals)
    start = None if now is None else np.arange(len(now.groups))
    _, chosen = choose_kept(
        state.lazy_core,
        choice,
        lambda some: choose_fast(some, state.clock, seconds=tuned.window_seconds, start=start),
    )
    if not len(chosen) or value[chosen].sum() >= old - 1e-9 * abs(old):
        return None
    return some.take(chosen)
