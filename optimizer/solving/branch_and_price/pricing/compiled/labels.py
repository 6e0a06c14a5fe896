"""All groups of one branch below a threshold, town by town, depth first; compiled.

A label carries several additive bounds (``pricing.bounds``), each
the best that can still come, its connections and its lack of revenue. The first guess for each town
is what the best multipliers say, so that good groups are met early and cut off the rest.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled
from optimizer.solving.branch_and_price.pricing.compiled.best_heap import BestHeap, put
from optimizer.solving.branch_and_price.pricing.compiled.cut_penalties import Pairs, rise
from optimizer.solving.branch_and_price.pricing.compiled.dominance import guard, needless, no_guards
from optimizer.solving.branch_and_price.pricing.compiled.extra import (
    Extra,
    add_extra,
    extra_labels,
)
from optimizer.solving.branch_and_price.pricing.compiled.resources import Ties, clash, joined

__all__ = ["Branch", "Task", "walk"]

SLACK = 1e-9


class Branch(NamedTuple):
    """A branch: towns that its groups hold, and towns that they may hold.

    Attributes
    ----------
    free : array of shape (3, n)
        Cost, lack of revenue and connections of each free town.
    root : array of shape (4,)
        The same of the towns that every group holds, overhead included, and what subset rows cost.
    place : int array of shape (n,)
        Place of each free town in the neighbourhood.
    limits : array of shape (2,)
        Least and most connections.
    extra : Extra
        Resources other than connections.
    weights : array of shape (w, 2)
        Multipliers ``omega`` and ``sigma`` of the bounds: the best of the root, ``(0, 0)``,
        ``(largest omega, 0)``, and others.
    """

    free: Floats
    root: Floats
    place: Ints
    limits: Floats
    extra: Extra
    weights: Floats


class Task(NamedTuple):
    """What is wanted.

    Attributes
    ----------
    cut : float
        Reduced cost below which groups are wanted, money per year.
    nodes : int
        Labels that may be looked at.
    least_only : bool
        Whether only the least reduced cost matters: labels that another one makes
        needless are left out, and so is all that is not less than the least found.
    guards : int
        Labels kept at each step to dominate later ones.
    """

    cut: float
    nodes: int
    least_only: bool
    guards: int


@compiled
def _start(branch: Branch, term: Floats) -> Floats:
    """Write the terms of every town and return the bounds before any decision."""
    free, root, weights = branch.free, branch.root, branch.weights
    bound = np.empty(len(weights))
    for g in range(len(weights)):
        omega, sigma = weights[g, 0], weights[g, 1]
        limit = min(branch.limits[1], 1e15) if sigma >= 0 else branch.limits[0]
        total = root[0] + omega * root[1] + sigma * (root[2] - limit) + root[3]
        for i in range(free.shape[1]):
            term[i, g] = free[0, i] + omega * free[1, i] + sigma * free[2, i]
            total += min(0.0, term[i, g])
        bound[g] = total
    return bound


@compiled
def _ahead(free: Floats, order: Ints) -> Floats:
    """Return, by step, connections still to come and how far the lack can still fall and rise."""
    n = len(order)
    ahead = np.zeros((n + 1, 3))
    for d in range(n - 1, -1, -1):
        i = order[d]
        ahead[d, 0] = ahead[d + 1, 0] + free[2, i]
        ahead[d, 1] = ahead[d + 1, 1] + min(0.0, free[1, i])
        ahead[d, 2] = ahead[d + 1, 2] + max(0.0, free[1, i])
    return ahead


@compiled
def _offered(least: BestHeap, cut: float, value: float, member: Bools, task: Task) -> float:
    """List a group below the cut; return below what groups are wanted after that."""
    if value >= cut:
        return cut
    put(least, value, member)
    if task.least_only:
        return value
    full = least.held[0] == len(least.values)
    return min(cut, float(least.values[0])) if full else cut


@compiled
def _raise_bounds(bound: Floats, d: int, term: Floats, taken: bool, more: float) -> float:  # noqa: FBT001
    """Write the bounds after a decision; return the highest."""
    highest = -math.inf
    for g in range(len(term)):
        bound[d + 1, g] = bound[d, g] + max(0.0, term[g] if taken else -term[g]) + more
        highest = max(highest, bound[d + 1, g])
    return highest


@compiled
def _possible(ties: Ties, member: Bools, step_of: Ints) -> bool:
    """Return whether the towns that every group holds may be together."""
    for p in range(len(ties.apart)):
        if member[p] and clash(ties, p, member):
            return False
    return joined(ties, member, step_of, 0)


@compiled
def walk(
    branch: Branch,
    bonds: tuple[Pairs, Ties],
    member: Bools,
    least: BestHeap,
    task: Task,
) -> tuple[float, int]:
    """List the groups of a branch whose reduced cost may lie below a threshold.

    Parameters
    ----------
    branch, bonds
        The branch, and the subset rows and ties of its neighbourhood.
    member : bool array of shape (k + 1,)
        Towns that every group holds; comes back as it was.
    least : BestHeap
        List of the least groups found so far.
    task : Task
        What is wanted.

    Returns
    -------
    cut, nodes : the reduced cost below which all groups are listed (in the list's room); nodes
        left, negative if they did not suffice
    """
    free, place, weights = branch.free, branch.place, branch.weights
    pairs, ties = bonds
    parted, tied, least_only = len(ties.apart) > 0, len(ties.start) > 0, task.least_only
    cut, nodes, n = task.cut, task.nodes, free.shape[1]
    low_size, high_size = branch.limits[0] * (1 - SLACK), branch.limits[1] * (1 + SLACK)
    term, now = np.empty((n, len(weights))), np.empty((n + 1, 4))
    bound = np.empty((n + 1, len(weights)))
    bound[0] = _start(branch, term)
    order = np.argsort(-np.abs(term[:, 0]))
    ahead = _ahead(free, order)
    held, coming = extra_labels(branch.extra, order)
    now[0, 2], now[0, 3] = branch.root[2], branch.root[1]
    guards = no_guards(
        pairs, place[order], len(member), (branch.extra, coming), task.guards * least_only
    )
    stage = np.zeros(n + 1, dtype=np.int64)
    d = 0 if _possible(ties, member, guards.step_of) else -1
    while d >= 0:
        if d == n:
            cut = _offered(least, cut, max(bound[n, 1], bound[n, 2]), member, task)
            d -= 1
            continue
        i, p, e = order[d], place[order[d]], d + 1
        nodes -= 1
        if stage[d] == 2 or nodes < 0:
            member[p] = False
            d -= 1
            continue
        taken = (term[i, 0] < 0) == (stage[d] == 0)
        stage[d] += 1
        member[p] = taken and not (parted and clash(ties, p, member))
        if taken and not member[p]:
            continue
        more = rise(pairs, p, member) if taken else 0.0
        now[e, 2] = now[d, 2] + (free[2, i] if taken else 0.0)
        now[e, 3] = now[d, 3] + (free[1, i] if taken else 0.0)
        if now[e, 2] > high_size or now[e, 2] + ahead[e, 0] < low_size:
            continue
        if not add_extra(branch.extra, held, coming, (d, i), taken):
            continue
        highest = _raise_bounds(bound, d, term[i], taken, more)
        if highest >= cut or (tied and not joined(ties, member, guards.step_of, e)):
            continue
        if least_only and e < n:
            now[e, 0], now[e, 1] = bound[e, 1], bound[e, 2]
            if needless(guards, e, (now[e], held[e]), ahead[e], member):
                continue
            if now[e, 2] >= low_size:
                guard(guards, e, (now[e], held[e]), member)
        stage[e] = 0
        d = e
    return cut, nodes
