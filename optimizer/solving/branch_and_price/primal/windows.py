"""Windows: neighbouring areas of a plan that are chosen again, by whatever way, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.threads import in_threads

__all__ = [
    "Queue",
    "areas_within",
    "centres",
    "near_areas",
    "totals_left",
    "try_windows",
]


@dataclass(eq=False)
class Queue:
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
        How many windows held each town so far.
    most_visits : int
        No window grows from a town that has been in so many.
    again : bool
        Whether windows are counted anew for the towns of one that gave a better plan.
    tried : set of bytes
        Windows with their plans.
    """

    near: tuple[Ints, Ints]
    size: int
    waiting: list[int]
    visits: Ints
    most_visits: int
    again: bool = True
    tried: set[bytes] = field(default_factory=set)

    def next(self, state: State) -> list[Ints]:
        """Return the next windows, of which no two share a town, and take them off the list.

        Windows depend on each other where rules across areas tie them together or areas are judged.
        """
        tuned = state.parameters.primal
        most = 1 if state.totals.couple or state.lazy_core is not None else tuned.windows_together
        taken = np.zeros(state.problem.towns, dtype=bool)
        found: list[Ints] = []
        later: list[int] = []
        while self.waiting and len(found) < most and len(later) < tuned.windows_looked_ahead:
            centre = self.waiting.pop(0)
            if self.visits[centre] >= self.most_visits:
                continue
            towns = _window(state, self.near, centre, self.size)
            mark = towns.tobytes() + state.label[towns].tobytes()
            if mark in self.tried or not len(towns):
                continue
            if taken[towns].any():
                later.append(centre)
                continue
            self.tried.add(mark)
            taken[towns] = True
            found.append(towns)
        self.waiting[:0] = later
        return found


def try_windows(state: State, queue: Queue, better: Callable[[Ints], Columns | None]) -> None:
    """Choose again within the next windows side by side and take what is better.

    Parameters
    ----------
    better : callable
        Areas of some towns that are better than those of the plan; ``None`` if none are found.
    """
    windows = queue.next(state)
    found = list(in_threads(better, windows, state.clock.options.threads))
    for towns, areas in zip(windows, found, strict=True):
        if areas is None:
            queue.visits[towns] += 1
        else:
            queue.visits[towns] = 0 if queue.again else queue.visits[towns] + 1
            _take(state, areas, towns)


def near_areas(state: State) -> tuple[Ints, Ints]:
    """Return the towns near each town (either reaches the other), as a flat list and its cuts."""
    problem = state.problem
    seat = problem.pair_key // problem.towns
    a = np.concatenate([seat, problem.served])
    b = np.concatenate([problem.served, seat])
    order = np.argsort(a, kind="stable")
    return b[order], np.searchsorted(a[order], np.arange(problem.towns + 1))


def centres(state: State) -> list[int]:
    """Return towns from which windows grow: those of the areas farthest from the bound first."""
    areas = state.areas()
    groups, requirement, reduced = areas.groups, areas.requirement, state.duals.reduced(areas)
    open_ = np.isin(state.part[groups.town[groups.start[:-1]]], state.open_parts)
    order = np.argsort(-reduced, kind="stable")
    chosen = [g for g in order if open_[g] and reduced[g] > 1e-9 * requirement[g]]
    missing = np.flatnonzero((state.label < 0) & np.isin(state.part, state.open_parts))
    return [int(t) for t in missing] + [int(groups.town[groups.start[g]]) for g in chosen]


def _window(state: State, near: tuple[Ints, Ints], centre: int, size: int) -> Ints:
    """Return the towns of the areas around a town, nearest first, until there are enough."""
    flat, cuts = near
    inside = np.zeros(state.problem.towns, dtype=bool)
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


def areas_within(areas: Columns, inside: Bools) -> Columns | None:
    """Return the plan's areas in the window, ``None`` where some of its towns have none."""
    groups = areas.groups
    mine = (
        np.flatnonzero(inside[groups.town[groups.start[:-1]]]) if len(groups) else np.zeros(0, int)
    )
    if int(groups.count[mine].sum()) != int(inside.sum()):
        return None
    return areas.take(mine)


def totals_left(state: State, areas: Columns, inside: Bools) -> Totals:
    """Return what the rules across areas leave for a window, the other areas being fixed."""
    first = areas.groups.town[areas.groups.start[:-1]]
    return state.totals.left(areas.take(np.flatnonzero(~inside[first])))


def _take(state: State, areas: Columns, towns: Ints) -> None:
    """Offer the plan with the window's areas replaced."""
    plan = state.areas()
    inside = np.zeros(state.problem.towns, dtype=bool)
    inside[towns] = True
    parts = np.unique(state.part[towns])
    first = plan.groups.town[plan.groups.start[:-1]]
    kept = np.flatnonzero(~inside[first] & np.isin(state.part[first], parts))
    state.offer(join_columns([plan.take(kept), areas]), "window")
