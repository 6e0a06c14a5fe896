"""Remove pairs that no plan can use, before any optimisation.

The arguments by demand along a path are those of Validi, Buchanan and Lykhovyd, "Imposing
contiguity constraints in political districting models", *Operations Research* 70, 2022.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import LOAD_TOLERANCE, Mask, Matrices

__all__ = ["reduce_pairs", "tighten_limits"]

SEATS_AT_ONCE = 64
"""Seats whose walks are measured between two looks at the clock."""


def reduce_pairs(problem: Matrices, stop: Callable[[], bool]) -> Matrices | None:
    """Return the problem without useless pairs, or None when it visibly has no plan.

    Parameters
    ----------
    problem : Matrices
    stop : callable
        Asked now and then; what is removed by then is removed.
    """
    most = min(problem.most, problem.seats)
    if problem.fewest > most:
        return None
    problem = tighten_limits(replace(problem, most=most))
    if problem.fewest > problem.most:
        return None
    room = problem.capacity + LOAD_TOLERANCE * np.maximum(1.0, problem.demand.sum())
    allowed = problem.allowed & (problem.demand[:, None] <= room)
    while True:
        before = int(allowed.sum())
        if problem.seat_town is not None:
            allowed &= _own_town(problem, allowed, room)
        if problem.graph is not None:
            allowed &= _within_walk(problem, allowed, room, stop)
        allowed &= problem.demand @ allowed >= problem.least * (1 - LOAD_TOLERANCE)
        if int(allowed.sum()) == before or stop():
            break
    if not allowed.any(axis=1).all() or not _enough_room(problem, allowed):
        return None
    return problem.restrict(allowed)


def tighten_limits(problem: Matrices) -> Matrices:
    """Tighten the number of seats by their loads, and the loads by the number of seats.

    The open seats together hold all demand: so many of the largest are needed, and no more than
    the smallest least loads allow; a seat must leave no more than the others hold.
    """
    usable = problem.openable
    if not problem.limited:
        return problem
    total = float(problem.demand.sum())
    slack = LOAD_TOLERANCE * max(1.0, total)
    capacity = np.sort(np.minimum(problem.capacity[usable], total))[::-1]
    least = np.sort(problem.least[usable])
    needed = int(np.searchsorted(np.cumsum(capacity), total - slack)) + 1 if total > 0 else 0
    bearable = int(np.searchsorted(np.cumsum(least), total + slack, side="right"))
    fewest, most = max(problem.fewest, needed), min(problem.most, bearable)
    if fewest > most or most == 0:
        return replace(problem, fewest=fewest, most=most)
    others = float(capacity[: most - 1].sum())
    spared = float(least[: fewest - 1].sum()) if fewest > 1 else 0.0
    return replace(
        problem,
        fewest=fewest,
        most=most,
        least=np.maximum(problem.least, total - others - slack),
        capacity=np.minimum(problem.capacity, total - spared + slack),
    )


def _own_town(problem: Matrices, allowed: Mask, room: Floats) -> Mask:
    """Keep pairs whose town fits beside the seat's own town."""
    own = problem.seat_town
    if own is None:
        return allowed
    seats = np.arange(problem.seats)
    together = problem.demand[:, None] + problem.demand[own]
    together[own, seats] = problem.demand[own]
    return allowed[own, seats] & (together <= room)


def _within_walk(problem: Matrices, allowed: Mask, room: Floats, stop: Callable[[], bool]) -> Mask:
    """Keep pairs whose lightest path from the seat fits under its capacity.

    Pairs that time did not suffice for are kept.
    """
    if problem.graph is None or problem.seat_town is None:
        return allowed
    walks = _Walks.of(problem)
    keep = allowed.copy()
    whole = np.asarray(allowed.all(axis=0))
    for first in range(0, problem.seats, SEATS_AT_ONCE):
        if stop():
            break
        seats = np.arange(first, min(first + SEATS_AT_ONCE, problem.seats))
        free = seats[whole[seats]]
        if free.size:
            keep[:, free] &= room[free] >= walks.weights(problem.seat_town[free]).T
        for seat in seats[~whole[seats]]:
            weight = walks.weights_inside(int(problem.seat_town[seat]), allowed[:, seat])
            keep[:, seat] &= weight <= room[seat]
    return keep


@dataclass(frozen=True)
class _Walks:
    """The neighbourhood graph, each step weighed by the demand of the town that it enters."""

    demand: Floats
    steps: sparse.csr_array

    @classmethod
    def of(cls, problem: Matrices) -> _Walks:
        one, other = problem.edges
        tail, head = np.concatenate([one, other]), np.concatenate([other, one])
        shape = (problem.towns, problem.towns)
        steps = sparse.csr_array((problem.demand[head], (tail, head)), shape=shape)
        return cls(problem.demand, steps)

    def weights(self, homes: Ints) -> Floats:
        """Smallest demand of a path from each home to each town, both ends counted."""
        paths = csgraph.dijkstra(self.steps, indices=homes)
        return np.asarray(paths + self.demand[homes][:, None], dtype=np.float64)

    def weights_inside(self, home: int, inside: Mask) -> Floats:
        """Return the same for one home, over some towns only."""
        weight = np.full(inside.size, np.inf)
        if inside[home]:
            towns = np.flatnonzero(inside)
            steps = self.steps[towns][:, towns]
            place = int(np.searchsorted(towns, home))
            weight[towns] = (
                csgraph.dijkstra(steps, indices=np.array([place]))[0] + self.demand[home]
            )
        return weight


def _enough_room(problem: Matrices, allowed: Mask) -> bool:
    """Say whether the largest seats together hold all demand and the smallest do not exceed it."""
    total = float(problem.demand.sum())
    usable = allowed.any(axis=0)
    if problem.seat_town is None:
        usable |= problem.least <= 0
    if usable.sum() < problem.fewest:
        return False
    capacity = np.sort(np.minimum(problem.capacity[usable], total))[::-1]
    least = np.sort(problem.least[usable])
    slack = LOAD_TOLERANCE * max(1.0, total)
    enough = capacity[: problem.most].sum() >= total - slack
    return bool(enough and least[: problem.fewest].sum() <= total + slack)
