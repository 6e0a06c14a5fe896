"""Plans of connected areas, and better plans from plans.

Areas grow from their seats (`growing`); then towns move between neighbouring areas,
the best move that is not forbidden, with loads beyond limits at a price that rises while they last
(Bozkaya, Erkut and Laporte, "A tabu search heuristic and adaptive memory procedure for political
districting", *European Journal of Operational Research* 144, 2003). Where that stands still, two
areas are put together and divided anew along a random tree (`Territory.part_after`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.plain_matrices.areas.growing import grow
from optimizer.solving.plain_matrices.areas.territory import Neighbours, Territory
from optimizer.solving.plain_matrices.problem.problem import Assignment, Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.improve import move_seats
from optimizer.solving.plain_matrices.programme.polish import change_seats

__all__ = ["Planner", "polish_areas"]

TENURE = 8
"""Moves for which a town may not come back to the area that it left."""

SEAT_CHANGES = 5
HOPELESS = 150
"""Numbers of seats that are tried where loads break their limits: one more or less, then two, four
and so on; after so many moves that bring loads no nearer to their limits the next is tried."""

DEARER, CHEAPER = 1.05, 0.97
LEAST_WEIGHT, MOST_WEIGHT = 0.1, 1e3
"""How an area's price of a load beyond its limits changes while it is, and while it is not; it
stays between so many times the first one."""

HEAT = 3e-3
STALE = 8
"""After so many moves without a better plan two areas are divided anew, which may make the plan
dearer by about such a part of its cost."""


POLISH_MOVES = 3_000
MOVES_OF_A_TOWN = 30
PATIENCE = 6
SHARE_OF_TIME = 0.4
MOST_SECONDS = 60.0
"""A plan is polished for so many moves at a time, fewer for few towns, until so many trials gave
nothing better, or for that part of the time that is left, at most so many seconds."""


@dataclass
class _Best:
    """The best plan of a search, and the smallest fault met before there is one."""

    plan: Assignment | None = None
    fault: float = math.inf

    @property
    def objective(self) -> float:
        return math.inf if self.plan is None else self.plan.objective


class Planner:
    """Makes plans of connected areas.

    Parameters
    ----------
    problem : Matrices
        With neighbours and the towns of the seats.
    seed : int
    """

    def __init__(self, problem: Matrices, seed: int) -> None:
        self.problem = problem
        self.beside = Neighbours(problem)
        self.draw = np.random.default_rng(seed)
        finite = problem.cost[problem.allowed]
        typical = float(np.median(np.abs(finite))) + 1e-9
        some = problem.demand[problem.demand > 0]
        self.weight = typical / (float(np.median(some)) if some.size else 1.0)

    def place(self, seats: Ints, moves: int, stop: Callable[[], bool]) -> Assignment | None:
        """Return a plan with about the given open seats, None when none is found.

        Parameters
        ----------
        seats : array of int
        moves : int
            How many moves to look for.
        stop : callable
            Asked before every move.
        """
        problem = self.problem
        for tried in range(SEAT_CHANGES):
            if not self._usable(seats):
                return None
            at = grow(problem, self.beside.near, seats)
            if at is None:
                return None
            here = Territory(problem, self.beside, seats, at, self.weight)
            plan = self._search(here, moves, stop)
            changed = None if plan is not None or stop() else self._other_count(here, 2**tried)
            if changed is None:
                return plan
            seats = changed
        return None

    def _usable(self, seats: Ints) -> bool:
        """Say whether so many seats may open, each in a town of its own."""
        problem = self.problem
        if seats.size == 0 or not problem.fewest <= seats.size <= problem.most:
            return False
        return problem.seat_town is not None and bool(
            np.unique(problem.seat_town[seats]).size == seats.size
        )

    def _other_count(self, here: Territory, count: int) -> Ints | None:
        """Return some seats more where areas are too heavy, some less where they are too light.

        New seats lie in the areas that are most too heavy, if they can; the seats that close have
        the lightest loads. None where the number of seats may not change so.
        """
        problem, seats, home = self.problem, here.seats, self.problem.seat_town
        if home is None:
            return None
        over = np.maximum(here.load - here.high, 0.0)
        under = np.maximum(here.low - here.load, 0.0)
        if under.sum() > over.sum():
            count = min(count, seats.size - max(1, problem.fewest))
            return np.delete(seats, np.argsort(here.load)[:count]) if count > 0 else None
        free = problem.openable.copy()
        free[np.isin(home, home[seats])] = False
        others = np.flatnonzero(free)
        count = min(count, others.size, problem.most - seats.size)
        heavy = over[here.at[home[others]]]
        order = others[np.lexsort((-problem.capacity[others], -heavy))]
        _, apart = np.unique(home[order], return_index=True)
        return np.append(seats, order[np.sort(apart)[:count]]) if count > 0 else None

    def improve(self, plan: Assignment, moves: int, stop: Callable[[], bool]) -> Assignment:
        """Return the best plan met from a plan on, itself when none is better."""
        seats = np.flatnonzero(plan.opened)
        at = np.searchsorted(seats, plan.seat_of)
        here = Territory(self.problem, self.beside, seats, at, self.weight)
        better = self._search(here, moves, stop)
        return plan if better is None or better.objective >= plan.objective else better

    def _search(self, here: Territory, moves: int, stop: Callable[[], bool]) -> Assignment | None:
        """Return the best plan met from a division on, None when there was none."""
        best = _Best()
        self._look(here, best)
        forbidden = np.zeros((self.problem.towns, here.seats.size), dtype=np.int64)
        idle = 0
        for round_number in range(1, moves + 1):
            if stop() or (best.plan is None and idle > HOPELESS):
                break
            if self._move(here, forbidden, round_number, best):
                idle = 0
            else:
                idle += 1
            if idle and idle % STALE == 0:
                self._settle(here)
                if self._divide_two(here) and self._look(here, best):
                    idle = 0
            here.weight *= np.where(here.faults > 0, DEARER, CHEAPER)
            here.weight = np.clip(
                here.weight, LEAST_WEIGHT * self.weight, MOST_WEIGHT * self.weight
            )
        self._settle(here)
        self._look(here, best)
        return best.plan

    def _move(self, here: Territory, forbidden: Ints, now: int, best: _Best) -> bool:
        """Make the best move that keeps areas connected; say whether that gave a better plan."""
        town, area, change = here.shifts()
        free = (forbidden[town, area] <= now) & np.isfinite(change)
        town, area, change = town[free], area[free], change[free]
        for row in np.argsort(change, kind="stable"):
            if here.may_leave(int(town[row])):
                left = int(here.at[town[row]])
                here.move(int(town[row]), int(area[row]))
                forbidden[town[row], left] = now + TENURE + int(self.draw.integers(TENURE))
                return self._look(here, best)
        return False

    def _settle(self, here: Territory) -> None:
        """Move every seat to where its area is served cheapest."""
        moved = move_seats(self.problem, here.seats, here.at)
        if moved is not None:
            here.settle(moved)

    def _divide_two(self, here: Territory) -> bool:
        """Put two neighbouring areas together and divide them anew; say whether that was done."""
        cross = here.at[here.beside.tail] != here.at[here.beside.head]
        one, two = here.at[here.beside.tail[cross]], here.at[here.beside.head[cross]]
        if one.size == 0:
            return False
        faulty = here.faults > 0
        if faulty.any():
            wanted = faulty[one]
            one, two = one[wanted], two[wanted]
        row = int(self.draw.integers(one.size)) if one.size else -1
        if row < 0:
            return False
        first, second = int(one[row]), int(two[row])
        before = self._worth(here, here.at, here.seats)
        choices: list[tuple[float, int, Ints, Ints]] = []
        for part in here.part_after(first, second, self.draw):
            at = np.where((here.at == first) | (here.at == second), second, here.at)
            at[part] = first
            seats = self._seats_of(here, at, first, second)
            if seats is not None:
                choices.append((self._worth(here, at, seats), len(choices), at, seats))
        if not choices:
            return False
        worth, _, at, seats = min(choices, key=lambda choice: choice[:2])
        room = abs(before) * HEAT * float(self.draw.exponential())
        if worth > before + room:
            return False
        here.take(at, seats)
        return True

    def _seats_of(self, here: Territory, at: Ints, first: int, second: int) -> Ints | None:
        """Return the seats with those of two areas chosen anew, None where one has none."""
        problem, seats = self.problem, here.seats.copy()
        for area in (first, second):
            towns = np.flatnonzero(at == area)
            inside = np.zeros(problem.towns, dtype=bool)
            inside[towns] = True
            usable = np.flatnonzero(problem.openable & inside[problem.seat_town])
            if usable.size == 0:
                return None
            load = float(problem.demand[towns].sum())
            cost = problem.cost[np.ix_(towns, usable)].sum(axis=0) + problem.open_cost[usable]
            fault = np.maximum(load - problem.capacity[usable], 0.0)
            fault += np.maximum(problem.least[usable] - load, 0.0)
            cost += here.weight[area] * fault * (1.0 + fault / here.unit)
            if not np.isfinite(cost).any():
                return None
            seats[area] = usable[int(cost.argmin())]
        return seats

    def _worth(self, here: Territory, at: Ints, seats: Ints) -> float:
        """Cost of a division, loads beyond limits at their price."""
        problem = self.problem
        load = np.bincount(at, weights=problem.demand, minlength=seats.size)
        fault = np.maximum(load - problem.capacity[seats], 0.0)
        fault += np.maximum(problem.least[seats] - load, 0.0)
        fault *= here.weight * (1.0 + fault / here.unit)
        served = float(problem.cost[np.arange(at.size), seats[at]].sum())
        return served + float(problem.open_cost[seats].sum() + fault.sum())

    def _look(self, here: Territory, best: _Best) -> bool:
        """Keep the plan if it is better; say whether it, or its smaller fault, is."""
        fault = float(here.faults.sum())
        if fault > 0:
            less = best.plan is None and fault < best.fault
            best.fault = min(fault, best.fault)
            return less
        served = float(here.cost[np.arange(here.at.size), here.at].sum())
        value = served + float(self.problem.open_cost[here.seats].sum())
        if value >= best.objective - 1e-9 * max(1.0, abs(value)):
            return False
        plan = self.problem.assignment(here.seats[here.at])
        if plan is None:
            return False
        best.plan = plan
        return True


def polish_areas(planner: Planner, opened: Ints, progress: Progress) -> None:
    """Look for a plan, or for better ones, from the best plan and from changed seats.

    Parameters
    ----------
    planner : Planner
    opened : array of int
        Seats to begin with where there is no plan.
    progress : Progress
        Holds the best plan and takes better ones.
    """
    problem, idle = planner.problem, 0
    moves = min(POLISH_MOVES, MOVES_OF_A_TOWN * problem.towns)
    end = progress.seconds + min(MOST_SECONDS, SHARE_OF_TIME * progress.left)
    late = partial(progress.later, end)
    plan: Assignment | None
    while idle < PATIENCE and not late():
        best = progress.best
        if best is not None and idle % 2 == 0:
            plan = planner.improve(best, moves, late)
        else:
            seats = np.zeros(problem.seats, dtype=bool)
            seats[opened if best is None else np.flatnonzero(best.opened)] = True
            if best is not None or idle:
                served = problem.cost.argmin(axis=1) if best is None else best.seat_of
                change_seats(problem, seats, served, planner.draw)
            plan = planner.place(np.flatnonzero(seats), moves, late)
        idle = 0 if progress.offer(plan) else idle + 1
    progress.note("areas polished")
