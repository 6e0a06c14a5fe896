"""A first plan with fewer areas: all towns of an area go to its neighbours where that saves.

Merging joins whole areas. Where operators can run so many connections and no more, it ends with
areas of which no two fit together, though the towns of one may fit into the room that several
leave. Many towns that are alike make that usual.
"""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.area_rules import keeps_rules
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, listed
from optimizer.solving.branch_and_price.problem.group_value import offers, values
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.ways import columns_of
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["offer_dissolved"]

LEAST = 1e-9


def offer_dissolved(state: State) -> None:
    """Offer the best plan with areas dissolved among their neighbours, one after the other."""
    problem, totals = state.problem, state.totals
    if (
        problem.towns > problem.parameters.primal.dissolve_towns
        or not np.isfinite(state.value).all()
    ):
        return
    now = state.areas()
    groups, before = now.groups, len(now)
    work = _Dissolving(
        problem,
        [groups.members(g) for g in range(before)],
        now.value(problem.money_price),
    )
    for _ in range(problem.parameters.primal.dissolve_sweeps):
        if not work.sweep(state):
            break
    if len(work.areas) == before:
        return
    areas = columns_of(problem, listed(work.areas))
    if not totals.couple or totals.counted(areas):
        state.offer(areas, "areas dissolved")


class _Dissolving:
    """Areas and their values while they are dissolved."""

    def __init__(self, problem: Problem, areas: list[Ints], value: Floats) -> None:
        self.problem, self.areas, self.value = problem, areas, value

    def sweep(self, state: State) -> bool:
        """Try to dissolve each area, the smallest first; return whether one was."""
        size = self.problem.case.cost.size
        done = False
        waiting = sorted(self.areas, key=lambda area: (size[area].sum(), int(area[0])))
        for area in waiting:
            enough = len(self.areas) <= max(1.0, state.totals.least)
            if state.clock.stop or enough:
                return False
            place = next((k for k, own in enumerate(self.areas) if own is area), None)
            done |= place is not None and self._dissolve(place)
        return done

    def _dissolve(self, gone: int) -> bool:
        """Send the towns of an area to its neighbours if that saves; return whether it did."""
        problem, size = self.problem, self.problem.case.cost.size
        near = self._near(gone)
        first = problem.rules.first_of_unit[self.areas[gone]]
        units = [self.areas[gone][first == f] for f in np.unique(first)]
        units.sort(key=lambda unit: -size[unit].sum())
        room = np.array([problem.case.cost.most.max() - size[self.areas[b]].sum() for b in near])
        need = np.array([size[unit].sum() for unit in units])
        if not len(near) or need.sum() > room.sum() * (1 + LEAST) or need.max() > room.max():
            return False
        unions = [np.concatenate([self.areas[b], unit]) for unit in units for b in near]
        extra = self._estimate(listed(unions)).reshape(len(units), -1) - self.value[near]
        held: dict[int, list[Ints]] = {}
        for unit, needed, costs in zip(units, need, extra, strict=True):
            at = int(np.where(room >= needed * (1 - LEAST), costs, np.inf).argmin())
            if not np.isfinite(costs[at]) or room[at] < needed * (1 - LEAST):
                return False
            room[at] -= needed
            held.setdefault(int(near[at]), []).append(unit)
        return self._take(gone, {b: np.concatenate([self.areas[b], *u]) for b, u in held.items()})

    def _take(self, gone: int, grown: dict[int, Ints]) -> bool:
        """Put grown areas in the place of old ones if all together save."""
        requirement, money, _ = values(self.problem, listed(grown.values()))
        new = requirement + self.problem.money_price * money
        old = self.value[gone] + self.value[list(grown)].sum()
        if not new.sum() < (1 - LEAST) * old:
            return False
        for (b, area), value in zip(grown.items(), new, strict=True):
            self.areas[b], self.value[b] = np.sort(area), value
        del self.areas[gone]
        self.value = np.delete(self.value, gone)
        return True

    def _near(self, area: int) -> Ints:
        """Return the areas with a town or seat within reach of one of the area's."""
        problem = self.problem
        label = np.empty(problem.towns, dtype=np.int64)
        for at, towns in enumerate(self.areas):
            label[towns] = at
        seat, town = label[problem.pair_key // problem.towns], label[problem.served]
        both: Bools = (seat == area) != (town == area)
        return np.unique(np.where(seat[both] == area, town[both], seat[both]))

    def _estimate(self, groups: GroupBatch) -> Floats:
        """Return the value of groups, public money by its lower bound."""
        kept = np.flatnonzero(keeps_rules(self.problem.rules, groups))
        value = np.full(len(groups), np.inf)
        requirement, money, _ = offers(self.problem, groups.take(kept))
        able = np.isfinite(requirement) & np.isfinite(money)
        value[kept[able]] = requirement[able] + self.problem.money_price * money[able]
        return value
