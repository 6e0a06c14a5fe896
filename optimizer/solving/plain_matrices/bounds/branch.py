"""Branch and bound on the open seats, with bounds from town prices, where loads are not limited.

Beasley, "A note on solving large p-median problems", *European Journal of Operational Research*
21, 1985. Each node climbs from its parent's prices and rules seats out; the seat that the climb
opened about half of the time is opened in one child and closed in the other.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.bounds.knapsack import free_loads
from optimizer.solving.plain_matrices.bounds.lagrange import Ascent, Relaxation, ascend, rule_out
from optimizer.solving.plain_matrices.problem.problem import Assignment, Mask, Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.improve import interchange, nearest

__all__ = ["branch"]

CLIMB = Ascent(rounds=200, patience=20, step=1.0, smallest=0.02)


@dataclass(frozen=True)
class _Node:
    """A part of the plans: some seats closed, some open.

    Attributes
    ----------
    columns : array of int
        Seats that may open.
    must : array of bool
        Those of them that are open.
    price : array of float, shape (towns,)
        Prices of the parent.
    """

    columns: Ints
    must: Mask
    price: Floats


class _Climb:
    """Watches a climb: how often each seat is opened, and whether the node is done."""

    def __init__(self, seats: int) -> None:
        self.often = np.zeros(seats)
        self.best = -math.inf

    def __call__(self, found: Relaxation) -> None:
        self.best = max(self.best, found.bound)
        self.often *= 0.95
        self.often[found.opened] += 0.05


def branch(problem: Matrices, price: Floats, progress: Progress) -> int:
    """Search until the best plan is proven or the time is over; return the number of nodes.

    Parameters
    ----------
    problem : Matrices
        Without load limits and connectivity.
    price : array of float, shape (towns,)
        Good prices.
    progress : Progress
        Takes the plans found, and the bound.
    """
    columns = np.flatnonzero(problem.openable)
    must = np.zeros(columns.size, dtype=bool)
    if problem.must_open is not None:
        must = problem.must_open[columns]
    queue = [(progress.bound, 0, _Node(columns, must, price))]
    made = nodes = 0
    tried: set[frozenset[int]] = set()
    while queue and not progress.finished:
        bound, _, node = heapq.heappop(queue)
        progress.raise_bound(min(bound, progress.cutoff))
        if bound >= progress.cutoff:
            break
        nodes += 1
        for below, child in _explore(problem, node, progress, tried):
            made += 1
            heapq.heappush(queue, (max(bound, below), -made, child))
    if (
        not progress.interrupts.asked
        and (not queue or queue[0][0] >= progress.cutoff)
        and progress.left > 0
    ):
        progress.raise_bound(progress.cutoff)
    return nodes


def _explore(
    problem: Matrices, node: _Node, progress: Progress, tried: set[frozenset[int]]
) -> list[tuple[float, _Node]]:
    """Bound a node; return what remains of it, in two parts."""
    part = replace(problem.take(node.columns), must_open=node.must)
    climb = _Climb(part.seats)
    found = ascend(
        part,
        node.price,
        free_loads,
        CLIMB,
        target=lambda: progress.cutoff,
        stop=lambda: progress.finished or climb.best >= progress.cutoff,
        seen=climb,
    )
    key = frozenset(node.columns[found.opened].tolist())
    if math.isfinite(found.bound) and key not in tried:
        tried.add(key)
        better = interchange(part, found.opened, lambda: progress.finished)
        _offer(node.columns[better], progress)
    if found.bound >= progress.cutoff:
        return []
    part = rule_out(part, found, progress.cutoff)
    must = part.must_open if part.must_open is not None else node.must
    must = must | node.must
    keep = np.flatnonzero(part.openable)
    if must.sum() >= problem.most or keep.size == must.sum():
        _offer(node.columns[must], progress)
        return []
    free = np.flatnonzero(part.openable & ~must)
    often = climb.often[free]
    chosen = free[np.minimum(often, 1.0 - often).argmax()]
    opened, closed = must.copy(), part.openable.copy()
    opened[chosen], closed[chosen] = True, False
    return [
        (found.bound, _Node(node.columns[closed], must[closed], found.price)),
        (found.bound, _Node(node.columns[keep], opened[keep], found.price)),
    ]


def _offer(seats: Ints, progress: Progress) -> None:
    plan: Assignment | None = nearest(progress.problem, seats)
    progress.offer(plan)
