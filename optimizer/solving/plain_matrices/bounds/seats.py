"""Branch and bound on the open seats, with bounds from whole loads, where loads are limited.

Once the open seats are known, the bound from whole loads almost meets the best plan; the gap comes
from seats that are open in parts. So seats are branched on, and what the prices leave of a node is
closed as soon as it is small: Holmberg, Rönnqvist and Yuan, "An exact algorithm for the capacitated
facility location problems with single sourcing", *European Journal of Operational Research* 113,
1999.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices.bounds.lagrange import Ascent, Relaxation, ascend, rule_out
from optimizer.solving.plain_matrices.bounds.whole import whole_loads
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.exact import Cuts, Effort, close
from optimizer.solving.plain_matrices.programme.improve import place

__all__ = ["branch_on_seats"]

CLIMB = Ascent(rounds=24, patience=6, step=0.4, smallest=0.02)

FEW_PAIRS = 250
"""A node with so few pairs to choose goes to the assignment model."""


@dataclass(frozen=True)
class _Node:
    """A part of the plans: fewer pairs and seats allowed, some seats open."""

    problem: Matrices
    price: Floats


class _Climb:
    """Watches a climb: the best bound, and how often each seat is opened, the last rounds most."""

    def __init__(self, seats: int) -> None:
        self.often = np.zeros(seats)
        self.best = -math.inf

    def __call__(self, found: Relaxation) -> None:
        self.best = max(self.best, found.bound)
        self.often *= 0.9
        self.often[found.opened] += 0.1


def branch_on_seats(
    problem: Matrices, found: Relaxation, progress: Progress, effort: Effort
) -> int:
    """Search until the best plan is proven or the time is over; return the number of nodes.

    Parameters
    ----------
    problem : Matrices
        With limited loads in whole units, without connectivity.
    found : Relaxation
        Its prices are the first.
    progress : Progress
        Takes the plans found, and the bound.
    effort : Effort
    """
    queue = [(found.bound, 0, _Node(problem, found.price))]
    made = nodes = 0
    while queue and not progress.finished:
        bound, _, node = queue[0]
        progress.raise_bound(min(bound, progress.cutoff))
        if bound >= progress.cutoff:
            break
        nodes += 1
        children = _explore(node, progress, effort)
        if children is None:
            return nodes
        heapq.heappop(queue)
        for below, child in children:
            made += 1
            heapq.heappush(queue, (max(bound, below), -made, child))
    if not queue or queue[0][0] >= progress.cutoff:
        progress.raise_bound(progress.cutoff)
    return nodes


def _explore(node: _Node, progress: Progress, effort: Effort) -> list[tuple[float, _Node]] | None:
    """Bound a node; return what remains of it, in two parts, or None when the time is over."""
    climb = _Climb(node.problem.seats)
    found = ascend(
        node.problem,
        node.price,
        whole_loads,
        CLIMB,
        target=lambda: progress.cutoff,
        stop=lambda: progress.finished or climb.best >= progress.cutoff,
        seen=climb,
    )
    if progress.finished:
        return None
    if found.bound >= progress.cutoff:
        return []
    plan = place(node.problem, found.opened, node.problem.cost, lambda: progress.finished)
    progress.offer(plan)
    sharp = whole_loads(node.problem, found.price, exact_forced=True)
    left = rule_out(node.problem, replace(found, loads=sharp), progress.cutoff)
    if not left.allowed.any(axis=1).all():
        return []
    must = _must(left) | (_must(node.problem) & left.openable)
    left = replace(left, must_open=must)
    free = np.flatnonzero(left.openable & ~must)
    if free.size == 0 or left.allowed.sum() - left.towns <= FEW_PAIRS:
        if _close(left, progress, effort):
            return []
        if free.size == 0 or progress.finished:
            return None
    often = climb.often[free]
    seat = free[np.minimum(often, 1.0 - often).argmax()]
    opened, openable = must.copy(), left.openable.copy()
    opened[seat], openable[seat] = True, False
    without = replace(left.restrict(left.allowed, openable), must_open=must)
    return [
        (found.bound, _Node(without, found.price)),
        (found.bound, _Node(replace(left, must_open=opened), found.price)),
    ]


def _must(problem: Matrices) -> Mask:
    """Return the seats that must open."""
    none = np.zeros(problem.seats, dtype=bool)
    return none if problem.must_open is None else problem.must_open


def _close(problem: Matrices, progress: Progress, effort: Effort) -> bool:
    """Find the best plan of a node by the assignment model; say whether that was done."""
    part = progress.aside()
    done = close(problem, part, Cuts(None), effort)
    progress.offer(part.best)
    return done
