"""Remove pairs that no plan can use, before any optimisation.

The arguments by demand along a path are those of Validi, Buchanan and Lykhovyd, "Imposing
contiguity constraints in political districting models", *Operations Research* 70, 2022.
"""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices.problem.problem import LOAD_TOLERANCE, Mask, Matrices

__all__ = ["reduce_pairs"]


def reduce_pairs(problem: Matrices) -> Matrices | None:
    """Return the problem without useless pairs, or None when it visibly has no plan."""
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
            allowed &= _within_walk(problem, allowed, room)
        allowed &= problem.demand @ allowed >= problem.least * (1 - LOAD_TOLERANCE)
        if int(allowed.sum()) == before:
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


def _within_walk(problem: Matrices, allowed: Mask, room: Floats) -> Mask:
    """Keep pairs whose lightest path from the seat fits under its capacity."""
    keep = np.zeros_like(allowed)
    for seat in range(problem.seats):
        weight = _lightest_paths(problem, seat, allowed[:, seat])
        keep[:, seat] = weight <= room[seat]
    return keep & allowed


def _lightest_paths(problem: Matrices, seat: int, inside: Mask) -> Floats:
    """Smallest demand of a path from the seat's town to each town, both ends counted."""
    weight = np.full(problem.towns, np.inf)
    if problem.graph is None or problem.seat_town is None:
        return weight
    home = int(problem.seat_town[seat])
    if not inside[home]:
        return weight
    weight[home] = problem.demand[home]
    queue = [(float(weight[home]), home)]
    while queue:
        so_far, town = heapq.heappop(queue)
        if so_far > weight[town]:
            continue
        for other in problem.graph[town]:
            further = so_far + problem.demand[other]
            if inside[other] and further < weight[other]:
                weight[other] = further
                heapq.heappush(queue, (float(further), other))
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
