"""All groups of many seats below their thresholds, seat by seat; compiled.

The same task as ``search.search_seats`` does by numpy, whose
bounds these are. Where a seat has more groups than wanted, the least are kept. Where its partial
decisions are too many, only the least reduced cost is sought, and where even they are too many, all
below a lower threshold: the list *says* what it is complete to.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled
from optimizer.solving.branch_and_price.pricing.compiled.best_heap import BestHeap, put, room
from optimizer.solving.branch_and_price.pricing.compiled.cut_penalties import Pairs, pairs_of, rise
from optimizer.solving.branch_and_price.pricing.compiled.extra import Extra, within
from optimizer.solving.branch_and_price.pricing.compiled.labels import Branch, Task, walk
from optimizer.solving.branch_and_price.pricing.compiled.multipliers import (
    best_multipliers,
    best_sigma,
)
from optimizer.solving.branch_and_price.pricing.compiled.resources import Ties, ties_of

__all__ = ["Around", "Depth", "Kinds", "list_seats"]

TOWNS = 5


class Around(NamedTuple):
    """The neighbourhood of a seat: towns by place.

    Attributes
    ----------
    own : int
        Place of the seat.
    rank : int array of shape (k,)
        Order from the tightest affordability.
    price : array of shape (k, models)
        Dual, with what serving adds to totals of the plan.
    size : array of shape (k,)
        Connections.
    extra : array of shape (k, e)
        Resources other than connections.
    serve : array of shape (k, models)
        Requirement.
    revenue : array of shape (k, k or 1, kinds)
        Bound on the revenue of a town in a group that holds another.
    area : array of shape (models,)
        Price of an area; minus infinity where such an operator may not sit.
    pairs : Pairs
        Subset rows.
    ties : Ties
        Towns that are kept apart, neighbours.
    """

    own: int
    rank: Ints
    price: Floats
    size: Floats
    extra: Floats
    serve: Floats
    revenue: Floats
    area: Floats
    pairs: Pairs
    ties: Ties


class Depth(NamedTuple):
    """How deep one search goes, in the order of ``PricingParameters``.

    Attributes
    ----------
    tries, for_all, before_lowering : int
        Tries in all, for all groups, and before the threshold is lowered.
    splits, branches : int
        Splits of the branches in a try, and the number of branches from which none is split.
    guards : int
        Labels kept at each step to dominate later ones.
    halvings, rounds : int
        Precision of the multipliers.
    """

    tries: int
    for_all: int
    before_lowering: int
    splits: int
    branches: int
    guards: int
    halvings: int
    rounds: int


class Kinds(NamedTuple):
    """Operator models, cut at the levels of counts, and what is the same for all groups.

    Attributes
    ----------
    opened, least, most : arrays of shape (models,)
        Requirement of the overhead, least and most connections.
    extra_least, extra_most : arrays of shape (models, e)
        Limits of resources other than connections.
    kind : int array of shape (models,)
        Kind of each.
    top : float
        Largest weight of a lack of revenue.
    shared : bool
        Whether towns limit each other's tariff.
    depth : Depth
        How deep one search goes.
    """

    opened: Floats
    least: Floats
    most: Floats
    extra_least: Floats
    extra_most: Floats
    kind: Ints
    top: float
    shared: bool
    depth: Depth


@compiled
def _branch(around: Around, kinds: Kinds, row: Floats) -> Branch:
    """Return the branch of a row of :func:`_roots`, without its weights."""
    m, tight, decided = int(row[3]), int(row[4]), row[TOWNS:]
    own, rank, width = around.own, around.rank, around.revenue.shape[1]
    towns, most = len(rank), kinds.most[m] * (1 + 1e-9)
    free, place = np.empty((3, towns)), np.empty(towns, dtype=np.int64)
    many = around.extra.shape[1]
    more, held = np.empty((many, towns)), np.zeros(many)
    for i in range(towns):
        for r in range(many if decided[i] > 0 else 0):
            held[r] += around.extra[i, r]
    member = np.zeros(around.pairs.price.shape[0], dtype=np.bool_)
    root = np.zeros(4)
    root[0], root[1] = kinds.opened[m] - around.area[m], kinds.opened[m]
    root[2] = (around.size * (decided > 0)).sum()
    n = 0
    for i in range(towns):
        if decided[i] < 0 or (decided[i] == 0 and root[2] + around.size[i] > most):
            continue
        if decided[i] == 0 and kinds.shared and rank[i] <= rank[tight]:
            continue
        fits = True
        for r in range(many if decided[i] == 0 else 0):
            fits &= held[r] + around.extra[i, r] <= kinds.extra_most[m, r] * (1 + 1e-9)
            more[r, n] = around.extra[i, r]
        if not fits:
            continue
        earned = around.revenue[i, tight if width > 1 else 0, kinds.kind[m]]
        if kinds.shared and width > 1:
            earned = min(earned, around.revenue[i, own, kinds.kind[m]])
        serve = around.serve[i, m]
        if decided[i] > 0:
            root[0] += serve - around.price[i, m]
            root[1] += serve - earned
            root[3] += rise(around.pairs, i, member)
            member[i] = True
            continue
        free[0, n], free[1, n] = serve - around.price[i, m], serve - earned
        free[2, n], place[n] = around.size[i], i
        n += 1
    limits = np.array([kinds.least[m], kinds.most[m]])
    extra = Extra(more[:, :n].copy(), held, kinds.extra_least[m], kinds.extra_most[m])
    return Branch(free[:, :n].copy(), root, place[:n].copy(), limits, extra, np.zeros((1, 2)))


@compiled
def _with_weights(branch: Branch, omega: float, sigma: float, kinds: Kinds) -> Branch:
    """Return the branch with the multipliers of its bounds."""
    top, halvings = kinds.top, kinds.depth.halvings
    weights = np.zeros((7, 2))
    weights[0, 0], weights[0, 1], weights[2, 0] = omega, sigma, top
    n = 3
    for end in (0.0, top):
        size = best_sigma(branch.free, branch.root, branch.limits, end, halvings)
        if size != 0.0 and omega != end:
            weights[n, 0], weights[n, 1] = end, size
            n += 1
    for between in (0.5 * omega, 0.5 * (omega + top)):
        if 0.0 < omega < top:
            weights[n, 0], weights[n, 1] = between, sigma
            n += 1
    used = weights[:n].copy()
    return Branch(branch.free, branch.root, branch.place, branch.limits, branch.extra, used)


@compiled
def _bounded(around: Around, kinds: Kinds, row: Floats, threshold: float) -> bool:
    """Write the bound and best multipliers of a branch; return whether it is below a threshold."""
    branch = _branch(around, kinds, row)
    reached = branch.root[2] + branch.free[2].sum()
    least, most = branch.limits[0] * (1 - 1e-9), branch.limits[1] * (1 + 1e-9)
    if branch.root[2] > most or reached < least or not within(branch.extra):
        return False
    wanted = threshold - branch.root[3]
    precision = (kinds.depth.halvings, kinds.depth.rounds)
    found = best_multipliers(
        branch.free, branch.root, branch.limits, (kinds.top, wanted), precision
    )
    row[0] = max(row[0], found[0] + branch.root[3])
    row[1], row[2] = found[1], found[2]
    return bool(row[0] < threshold)


@compiled
def _roots(around: Around, kinds: Kinds, threshold: float) -> Floats:
    """Return the branches that may hold a group below the threshold, least bound first.

    Rows of bound, best multipliers (omega, sigma), operator model, tightest town, and by town 1
    where every group holds it, -1 where none does.
    """
    towns, models = around.serve.shape
    found = np.zeros((towns * models, TOWNS + towns))
    n, own = 0, around.own
    for t in range(towns):
        if t != own and not (kinds.shared and around.rank[t] < around.rank[own]):
            continue
        for m in range(models):
            if around.area[m] == -math.inf:
                continue
            row = found[n]
            row[:] = 0.0
            row[0], row[3], row[4] = -math.inf, m, t
            row[TOWNS + t] = row[TOWNS + own] = 1.0
            if _bounded(around, kinds, row, threshold):
                n += 1
    return found[:n][np.argsort(found[:n, 0].copy())]


@compiled
def _critical(branch: Branch, omega: float, sigma: float) -> int:
    """Return the place of the town that the multipliers weigh most while they leave it open."""
    chosen, most = -1, -math.inf
    for i in range(branch.free.shape[1]):
        cost, lack, size = branch.free[0, i], branch.free[1, i], branch.free[2, i]
        weight = abs(omega * lack) + abs(sigma * size) - abs(cost + omega * lack + sigma * size)
        if weight > most:
            chosen, most = branch.place[i], weight
    return chosen


@compiled
def _split(around: Around, kinds: Kinds, roots: Floats, threshold: float) -> Floats:
    """Return the branches below a threshold with one more town decided in each."""
    found = np.empty((2 * len(roots), roots.shape[1]))
    n = 0
    for r in range(len(roots)):
        if roots[r, 0] >= threshold:
            break
        branch = _branch(around, kinds, roots[r])
        town = _critical(branch, roots[r, 1], roots[r, 2])
        for choice in (1.0, -1.0):
            found[n] = roots[r]
            if town >= 0:
                found[n, TOWNS + town] = choice
            if (town >= 0 or choice > 0) and _bounded(around, kinds, found[n], threshold):
                n += 1
    return found[:n][np.argsort(found[:n, 0].copy())]


@compiled
def _pass(
    around: Around,
    kinds: Kinds,
    roots: Floats,
    least: BestHeap,
    task: Task,
) -> tuple[float, int]:
    """Walk through all branches once; returns as ``labels.walk``."""
    cut, nodes = task.cut, task.nodes
    member = np.zeros(least.members.shape[1], dtype=np.bool_)
    for r in range(len(roots)):
        if roots[r, 0] >= cut or nodes < 0:
            break
        branch = _branch(around, kinds, roots[r])
        member[: len(around.rank)] = roots[r, TOWNS:] > 0
        weighted = _with_weights(branch, roots[r, 1], roots[r, 2], kinds)
        left = Task(cut, nodes, task.least_only, task.guards)
        cut, nodes = walk(weighted, (around.pairs, around.ties), member, least, left)
    return cut, nodes


@compiled
def list_seat(around: Around, kinds: Kinds, least: BestHeap, task: Task) -> float:
    """List the groups of one seat; return the reduced cost below which the list is complete.

    ``task.least_only`` says whether the least alone may be sought where groups are too many.
    """
    compare, level, found, depth = task.least_only, task.cut, least, kinds.depth
    roots = _roots(around, kinds, level)
    for attempt in range(depth.tries):
        only = compare and attempt >= depth.for_all
        cut, left = _pass(around, kinds, roots, found, Task(level, task.nodes, only, depth.guards))
        if attempt > 0:
            least.held[0] = least.held[0] if only else 0
            for j in range(found.held[0]):
                put(least, found.values[j], found.members[j])
        full = least.held[0] == len(least.values)
        if left >= 0:
            return min(cut, float(least.values[0])) if full else cut
        if only or attempt > depth.before_lowering:
            level = 0.5 * (float(roots[0, 0]) + level)
        elif compare and attempt == depth.for_all - 1:
            level = min(level, 0.0)
        for j in range(least.held[0] if compare and attempt >= depth.for_all - 1 else 0):
            level = min(level, float(least.values[j]))
        for _ in range(depth.splits):
            if 0 < len(roots) < depth.branches:
                roots = _split(around, kinds, roots, level)
        if len(roots) == 0:
            return level
        found = room(len(least.values), least.members.shape[1])
    return float(roots[0, 0])


@compiled
def list_seats(
    near: tuple[Ints, Ints, Ints, Floats, Floats, Floats, Floats, Floats, Floats],
    kinds: Kinds,
    table: tuple[Ints, Ints, Floats, Bools, Bools],
    wanted: tuple[Floats, Ints, Ints, Bools],
) -> tuple[Ints, Bools, Floats]:
    """List the groups of several seats.

    Parameters
    ----------
    near : tuple
        Number of towns of each neighbourhood, and own place, rank, price, size, other resources,
        serve, revenue and price of an area (:class:`Around`), padded to the largest.
    table : tuple
        First, second and price of :class:`Pairs`, units apart and adjacent, by seat.
    wanted : tuple of arrays of shape (b,)
        Reduced cost below which groups are wanted, most groups, most labels, and whether
        the least alone may be sought where they are too many.

    Returns
    -------
    seat, member, complete_to : position of the seat (g,), towns (g, k + 1), and shape (b,)
    """
    towns, own, rank, price, size, extra, serve, revenue, area = near
    width = price.shape[1] + 1
    threshold, most, nodes, compare = wanted
    complete, total = threshold.copy(), 0
    seat, member = np.empty(256, dtype=np.int64), np.empty((256, width), dtype=np.bool_)
    for s in range(len(towns)):
        k = towns[s]
        earned = revenue[s, :k, : min(k, revenue.shape[2])].copy()
        around = Around(
            own[s],
            rank[s, :k].copy(),
            price[s, :k].copy(),
            size[s, :k].copy(),
            extra[s, :k].copy(),
            serve[s, :k].copy(),
            earned,
            area[s].copy(),
            pairs_of(table[0][s], table[1][s], table[2][s]),
            ties_of(own[s], k, table[3][s], table[4][s]),
        )
        least = room(most[s], width)
        wanted_here = Task(threshold[s], nodes[s], compare[s], kinds.depth.guards)
        complete[s] = list_seat(around, kinds, least, wanted_here)
        count = least.held[0]
        if total + count > len(seat):
            more = total + 2 * count
            seat = np.concatenate((seat[:total], np.empty(more, dtype=np.int64)))
            member = np.concatenate((member[:total], np.empty((more, width), dtype=np.bool_)))
        seat[total : total + count] = s
        member[total : total + count] = least.members[:count]
        total += count
    return seat[:total], member[:total], complete
