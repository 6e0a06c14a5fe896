"""Areas that grow from their seats: every town goes to a neighbouring area that has room for it.

So that areas come out neither too heavy nor too light, each seat first gets a toll for a unit of
load, by subgradient steps on the assignment without connectivity: the prices of a transport problem
whose cells are power diagrams (Aurenhammer, Hoffmann and Aronov, "Minkowski-type theorems and
least-squares clustering", *Algorithmica* 20, 1998). A town then joins the area that it regrets
least.
"""

from __future__ import annotations

import heapq
import math

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import Matrices

__all__ = ["grow", "tolls"]

ROUNDS = 80
SHORTER = 0.97
"""Steps of the tolls, each so many times as long as the one before."""


def grow(problem: Matrices, near: list[list[int]], seats: Ints) -> Ints | None:
    """Return the place among the seats of the area of each town; None where some find none.

    Areas grow once by cost and once by cost with tolls; the division whose loads are less beyond
    their limits is taken.

    Parameters
    ----------
    problem : Matrices
        With the towns of the seats.
    near : list of list of int
        Neighbours of every town.
    seats : array of int
        Open seats.
    """
    cost = problem.cost[:, seats]
    if not np.isfinite(cost).any(axis=1).all():
        return None
    with_tolls = cost + tolls(problem, seats) * problem.demand[:, None]
    regret = with_tolls - with_tolls.min(axis=1)[:, None]
    ways = [at for key in (regret, cost) if (at := _grown(problem, near, seats, key)) is not None]
    return min(ways, key=lambda at: _fault(problem, seats, at), default=None)


def tolls(problem: Matrices, seats: Ints) -> Floats:
    """Return the toll for a unit of load at each seat that brings loads nearest to their limits.

    Examples
    --------
    Four towns at 0, 1, 2 and 9, seats in the first and the last, at most two towns for each: the
    town at 2 is to go 7 instead of 2, for a toll of 5.

    >>> from optimizer.solving.plain_matrices.problem.checks import read_matrices
    >>> place = np.array([0.0, 1.0, 2.0, 9.0])
    >>> data = {"operators": None, "min_demand": None, "adjacency": None, "seat_towns": [0, 3]}
    >>> line = read_matrices(abs(place[:, None] - [0, 9]), 0.0, np.ones(4), 2.0, **data)
    >>> toll = tolls(line, np.array([0, 1]))
    >>> (line.cost + toll).argmin(axis=1).tolist()
    [0, 0, 1, 1]
    """
    cost, demand = problem.cost[:, seats], problem.demand
    found = np.zeros(seats.size)
    some = demand > 0
    if seats.size < 2 or not some.any():
        return found
    nearest = np.partition(cost[some], 1, axis=1)[:, :2]
    with np.errstate(invalid="ignore"):
        apart = (nearest[:, 1] - nearest[:, 0]) / demand[some]
    step = float(np.median(apart[np.isfinite(apart)])) if np.isfinite(apart).any() else 0.0
    high, low = np.minimum(problem.capacity[seats], demand.sum()), problem.least[seats]
    best, least_fault = found, math.inf
    for _ in range(ROUNDS):
        at = (cost + found * demand[:, None]).argmin(axis=1)
        load = np.bincount(at, weights=demand, minlength=seats.size)
        beyond = np.maximum(load - high, 0.0) - np.maximum(low - load, 0.0)
        fault = float(np.abs(beyond).sum())
        if fault < least_fault:
            best, least_fault = found, fault
        if fault == 0:
            break
        found = found + step * beyond / np.maximum(high, 1e-9)
        found = np.where(low > 0, found, np.maximum(found, 0.0))
        step *= SHORTER
    return best


def _grown(problem: Matrices, near: list[list[int]], seats: Ints, key: Floats) -> Ints | None:
    """Give every town to a neighbouring area, the smallest key that has room for it first."""
    may, room = np.isfinite(problem.cost[:, seats]), problem.capacity[seats].copy()
    at = np.full(problem.towns, -1, dtype=np.int64)
    queue: list[tuple[float, int, int]] = []

    def take(town: int, area: int) -> None:
        at[town] = area
        room[area] -= problem.demand[town]
        for other in near[town]:
            if at[other] < 0 and may[other, area]:
                heapq.heappush(queue, (float(key[other, area]), other, area))

    homes = np.arange(0) if problem.seat_town is None else problem.seat_town[seats]
    at[homes] = np.arange(homes.size)
    for area, home in enumerate(homes):
        take(int(home), area)
    waiting = []
    while queue:
        regret, town, area = heapq.heappop(queue)
        if at[town] >= 0:
            continue
        if problem.demand[town] <= room[area]:
            take(town, area)
        else:
            waiting.append((regret, town, area))
    queue = waiting
    heapq.heapify(queue)
    while queue:
        _, town, area = heapq.heappop(queue)
        if at[town] < 0:
            take(town, area)
    return None if (at < 0).any() else at


def _fault(problem: Matrices, seats: Ints, at: Ints) -> float:
    """Return how far the loads of a division are beyond their limits."""
    load = np.bincount(at, weights=problem.demand, minlength=seats.size)
    over = np.maximum(load - problem.capacity[seats], 0.0)
    return float((over + np.maximum(problem.least[seats] - load, 0.0)).sum())
