"""Better plans from the pool: choose again, exactly, among the areas of one window at a time.

A window is a set of neighbouring areas of the plan. All groups of the pool that lie within it
compete with them in a small exact choice. Windows begin where the plan is farthest from the
bound, as told by the reduced costs of its areas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from optimizer.economics.demand import Bools, Floats, Ints
from optimizer.solving.columns.accept import choose_kept
from optimizer.solving.columns.choose import Choice, choose_fast
from optimizer.solving.columns.generate import Generation, joined
from optimizer.solving.columns.groups import Groups, join
from optimizer.solving.columns.master import Totals
from optimizer.solving.columns.search import search_seats
from optimizer.solving.columns.state import State
from optimizer.solving.threads import in_threads

__all__ = ["enrich", "improve", "pool_columns"]

WINDOWS = ((80, 0.004), (120, 0.01), (200, 0.02), (320, 0.03), (500, 0.05))
MOST_COLUMNS = 3_000
COLUMNS_PER_TOWN = 25
SECONDS = 10.0
SMALL_PART = 120
TOGETHER = 4
VISITS = 5
RICH = 100
RICH_WIDTH = 0.05

NewAreas = tuple[Groups, Floats, Floats]


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns at hand: groups, requirement, public money and reduced cost at the best prices."""

    groups: Groups
    requirement: Floats
    money: Floats
    reduced: Floats

    def take(self, chosen: Ints | Bools) -> Columns:
        """Return some of them."""
        return Columns(
            self.groups.take(chosen),
            self.requirement[chosen],
            self.money[chosen],
            self.reduced[chosen],
        )


def pool_columns(state: State, work: Generation, most_reduced: Floats) -> Columns:
    """Return the columns of pool, master and plan with exact values, each set of towns once.

    Parameters
    ----------
    most_reduced : array of shape (parts,)
        Largest reduced cost that is wanted, by part.
    """
    pool, prices = work.pool, state.prices
    part = state.part[pool.seat]
    near = np.flatnonzero(pool.reduced(prices) <= most_reduced[part])
    pool.make_exact(near)
    near = near[pool.reduced(prices)[near] <= most_reduced[part[near]]]
    found = (pool.groups.take(near), pool.requirement[near], pool.money[near])
    groups, requirement, money = joined([state.areas(), work.columns(), *work.aside, found])
    reduced = prices.reduced(groups, requirement, money)
    order = np.lexsort((reduced, groups.keys(state.land.key)))
    key = groups.keys(state.land.key)[order]
    first = order[np.concatenate([[True], key[1:] != key[:-1]])]
    first = first[np.isfinite(requirement[first])]
    if state.accept is not None:
        first = first[~state.accept.struck(groups.take(first))]
    return Columns(groups.take(first), requirement[first], money[first], reduced[first])


def improve(state: State, work: Generation, *, sizes: tuple[int, int] = (0, 10**9)) -> None:
    """Improve the plan window by window until no window helps or time is up.

    Parameters
    ----------
    sizes : (int, int)
        Least and most towns of a window.

    Notes
    -----
    Parts as small as a window are left to the proof, which chooses again among all their areas.
    """
    towns = np.bincount(state.part, minlength=state.parts)
    if towns[state.open_parts].max() <= SMALL_PART:
        return
    near = _near_areas(state)
    for size, share in WINDOWS:
        if not sizes[0] <= size <= sizes[1]:
            continue
        gap = np.where(np.isfinite(state.gap), state.gap, 3.0 * work.unit)
        columns = pool_columns(state, work, np.minimum(gap, share * work.unit))
        by_town = _by_town(columns.groups, state.land.towns)
        queue = _Queue(near, size, _centres(state), np.zeros(state.land.towns, dtype=np.int64))
        while queue.waiting and not state.enough:
            _choose_windows(state, columns, by_town, queue)


@dataclass(eq=False)
class _Queue:
    """Windows of one size that are still to be tried.

    Attributes
    ----------
    near : tuple of int arrays
        Towns near each town.
    size : int
        Towns of a window.
    waiting : list of int
        Towns from which windows grow.
    visits : int array of shape (towns,)
        How many windows without a better plan held each town.
    tried : set of bytes
        Windows with their plans.
    """

    near: tuple[Ints, Ints]
    size: int
    waiting: list[int]
    visits: Ints
    tried: set[bytes] = field(default_factory=set)

    def next(self, state: State) -> list[Ints]:
        """Return the next windows, of which no two share a town, and take them off the list.

        Windows depend on each other where rules across areas tie them together or areas are judged.
        """
        most = 1 if state.totals.couple or state.accept is not None else TOGETHER
        taken = np.zeros(state.land.towns, dtype=bool)
        found: list[Ints] = []
        while self.waiting and len(found) < most:
            if self.visits[self.waiting[0]] >= VISITS:
                self.waiting.pop(0)
                continue
            towns = _window(state, self.near, self.waiting[0], self.size)
            mark = towns.tobytes() + state.label[towns].tobytes()
            if mark not in self.tried and taken[towns].any():
                break
            self.waiting.pop(0)
            if mark not in self.tried and len(towns):
                self.tried.add(mark)
                taken[towns] = True
                found.append(towns)
        return found


def _choose_windows(
    state: State, columns: Columns, by_town: tuple[Ints, Ints], queue: _Queue
) -> None:
    """Choose again within the next windows side by side and take what is better."""

    def better(towns: Ints) -> NewAreas | None:
        return _choose_window(state, columns, by_town, towns)

    windows = queue.next(state)
    found = list(in_threads(better, windows, state.clock.options.threads))
    for towns, areas in zip(windows, found, strict=True):
        if areas is None:
            queue.visits[towns] += 1
        else:
            queue.visits[towns] = 0
            _take_window(state, areas, towns)


def enrich(state: State, work: Generation) -> None:
    """Search the seats of open parts for more areas near the bound, of which windows choose."""
    land = state.land
    seats = np.flatnonzero((np.diff(land.start) > 0) & np.isin(state.part, state.open_parts))
    width = RICH_WIDTH * work.unit
    todo = seats[work.pool.missing_at_least(state.prices)[seats] < width]
    found = search_seats(
        land,
        todo,
        state.prices,
        np.full(len(todo), width),
        most=RICH,
        stop=lambda: state.clock.stop,
        threads=state.clock.options.threads,
    )
    work.pool.replace(found, state.prices)


def _by_town(groups: Groups, towns: int) -> tuple[Ints, Ints]:
    """Return, for each town, the groups that hold it, as a flat list and its cuts."""
    order = np.argsort(groups.town, kind="stable")
    cuts = np.searchsorted(groups.town[order], np.arange(towns + 1))
    return groups.owner[order], cuts


def _near_areas(state: State) -> tuple[Ints, Ints]:
    """Return the towns near each town (either reaches the other), as a flat list and its cuts."""
    land = state.land
    seat = land.pair_key // land.towns
    a = np.concatenate([seat, land.served])
    b = np.concatenate([land.served, seat])
    order = np.argsort(a, kind="stable")
    return b[order], np.searchsorted(a[order], np.arange(land.towns + 1))


def _centres(state: State) -> list[int]:
    """Return towns from which windows grow: those of the areas farthest from the bound first."""
    groups, requirement, money = state.areas()
    reduced = state.prices.reduced(groups, requirement, money)
    open_ = np.isin(state.part[groups.town[groups.start[:-1]]], state.open_parts)
    order = np.argsort(-reduced, kind="stable")
    chosen = [g for g in order if open_[g] and reduced[g] > 1e-9 * requirement[g]]
    missing = np.flatnonzero((state.label < 0) & np.isin(state.part, state.open_parts))
    return [int(t) for t in missing] + [int(groups.town[groups.start[g]]) for g in chosen]


def _window(state: State, near: tuple[Ints, Ints], centre: int, size: int) -> Ints:
    """Return the towns of the areas around a town, nearest first, until there are enough."""
    flat, cuts = near
    inside = np.zeros(state.land.towns, dtype=bool)
    front = _whole_areas(state, np.array([centre]))
    inside[front] = True
    while inside.sum() < size and len(front):
        around = np.unique(np.concatenate([flat[cuts[t] : cuts[t + 1]] for t in front]))
        front = _whole_areas(state, around[~inside[around]])
        front = front[~inside[front]]
        room = size - int(inside.sum())
        if len(front) > room:
            keep = front[:room]
            front = _whole_areas(state, keep)
            front = front[~inside[front]]
            inside[front] = True
            break
        inside[front] = True
    return np.flatnonzero(inside)


def _whole_areas(state: State, towns: Ints) -> Ints:
    labels = np.unique(state.label[towns])
    served = np.flatnonzero(np.isin(state.label, labels[labels >= 0]))
    return np.union1d(served, towns)


def _choose_window(
    state: State, columns: Columns, by_town: tuple[Ints, Ints], towns: Ints
) -> NewAreas | None:
    """Choose again within a window; return its areas where they are better."""
    flat, cuts = by_town
    land, state_areas = state.land, state.areas()
    inside = np.zeros(land.towns, dtype=bool)
    inside[towns] = True
    local = np.unique(np.concatenate([flat[cuts[t] : cuts[t + 1]] for t in towns]))
    here = columns.take(local)
    within = here.groups.total((~inside[here.groups.town]).astype(np.int64)) == 0
    here = here.take(within)
    now = _areas_within(state_areas, inside)
    old = float((now[1] + land.money_price * now[2]).sum()) if now is not None else math.inf
    most = max(MOST_COLUMNS, COLUMNS_PER_TOWN * len(towns))
    if len(here.groups) > most:
        here = here.take(np.sort(np.argsort(here.reduced, kind="stable")[:most]))
    groups, requirement, money = here.groups, here.requirement, here.money
    if now is not None:
        groups = join([now[0], groups])
        requirement = np.concatenate([now[1], requirement])
        money = np.concatenate([now[2], money])
    value = requirement + land.money_price * money
    covered = np.zeros(land.towns, dtype=bool)
    covered[groups.town] = True
    if not covered[towns].all():
        return None
    totals = _left_totals(state, state_areas, inside)
    choice = Choice(towns, groups, value, money, totals)
    start = None if now is None else np.arange(len(now[0]))
    _, chosen = choose_kept(
        state.accept,
        choice,
        lambda some: choose_fast(some, state.clock, seconds=SECONDS, start=start),
    )
    if not len(chosen) or value[chosen].sum() >= old - 1e-9 * abs(old):
        return None
    return groups.take(chosen), requirement[chosen], money[chosen]


def _areas_within(
    areas: tuple[Groups, Floats, Floats], inside: Bools
) -> tuple[Groups, Floats, Floats] | None:
    """Return the plan's areas in the window, ``None`` where some of its towns have none."""
    groups, requirement, money = areas
    mine = (
        np.flatnonzero(inside[groups.town[groups.start[:-1]]]) if len(groups) else np.zeros(0, int)
    )
    if int(groups.count[mine].sum()) != int(inside.sum()):
        return None
    return groups.take(mine), requirement[mine], money[mine]


def _left_totals(state: State, areas: tuple[Groups, Floats, Floats], inside: Bools) -> Totals:
    """Return what the rules across areas leave for a window, the other areas being fixed."""
    totals = state.totals
    groups, _, money = areas
    if not totals.couple or not len(groups):
        return totals
    outside = ~inside[groups.town[groups.start[:-1]]]
    count = int(outside.sum())
    return Totals(
        max(0.0, totals.least - count),
        totals.most - count,
        totals.budget - float(money[outside].sum()),
    )


def _take_window(state: State, areas: NewAreas, towns: Ints) -> None:
    """Offer the plan with the window's areas replaced."""
    old, old_requirement, old_money = state.areas()
    inside = np.zeros(state.land.towns, dtype=bool)
    inside[towns] = True
    parts = np.unique(state.part[towns])
    first = old.town[old.start[:-1]]
    kept = np.flatnonzero(~inside[first] & np.isin(state.part[first], parts))
    groups, requirement, money = areas
    state.offer(
        join([old.take(kept), groups]),
        np.concatenate([old_requirement[kept], requirement]),
        np.concatenate([old_money[kept], money]),
        "window",
    )
