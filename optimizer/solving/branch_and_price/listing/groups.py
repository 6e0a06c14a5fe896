"""All groups of a seat that keep every rule on one group.

How many there are is bounded before by counting connections on a coarse scale; they are then made
item by item, and what is too large for every operator model is dropped with all that holds it.
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.listing.seat_items import SeatItems
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["groups_at_most", "groups_of_seat"]

SLACK = 1e-9


def groups_at_most(problem: Problem) -> float:
    """Return a bound on the number of groups of all seats that fit an operator model.

    Formula: subsets of the towns in reach whose connections, each rounded down to a 500th of what
    the largest operator model takes, do not exceed it.
    """
    most = float(problem.case.cost.most.max(initial=0.0))
    total, size, cells = 0.0, problem.case.cost.size, problem.parameters.listing.cells
    for seat in np.flatnonzero(np.diff(problem.start) > 0):
        towns = problem.served[problem.start[seat] : problem.start[seat + 1]]
        others = towns[towns != seat]
        if not math.isfinite(most) or most >= size[towns].sum():
            total += 2.0 ** len(others)
            continue
        cell = np.floor(size * (cells / most)).astype(np.int64)
        count = np.zeros(cells + 1)
        count[min(int(cell[seat]), cells)] = 1.0
        for step in cell[others]:
            count[step:] += count[: cells + 1 - step].copy() if step else count
        total += float(count.sum())
    return total


def groups_of_seat(problem: Problem, items: SeatItems) -> tuple[Ints, Bools]:
    """Return the groups of a seat as bits, and which operator models may run each."""
    resources = problem.case.resources
    count = resources.amount.shape[1]
    apart = items.amount.shape[1] - count
    most = np.hstack([resources.most, np.ones((len(resources.most), apart))])
    falling = (items.amount < 0).any(axis=0)
    bits, amount = np.zeros(1, dtype=np.int64), items.amount[:1]
    for i in range(1, len(items)):
        new = amount + items.amount[i]
        small = _below(new, np.where(falling, np.inf, most))
        bits = np.concatenate([bits, bits[small] | 1 << (i - 1)])
        amount = np.concatenate([amount, new[small]])
    free = np.asarray((amount[:, count:] <= 1).all(axis=1), dtype=np.bool_)
    fits = resources.admits(amount[:, :count], items.seat) & free[:, None]
    kept: Bools = np.asarray(fits.any(axis=1), dtype=np.bool_)
    if problem.rules.connected:
        kept &= _connected(problem, items, bits)
    return bits[kept], fits[kept]


def _below(amount: Floats, most: Floats) -> Bools:
    """Return whether any model may run areas with some amounts, as far as the most goes."""
    below = amount - SLACK * np.maximum(1.0, amount)
    kept = np.zeros(len(amount), dtype=bool)
    for limit in most:
        kept |= (below <= limit).all(axis=1)
    return kept


def _connected(problem: Problem, items: SeatItems, bits: Ints) -> Bools:
    """Return which groups are connected: the seat's part is grown until it stays."""
    member = items.members(bits)
    place = np.full(problem.towns, -1)
    place[items.town] = np.arange(len(items.town))
    ends = place[problem.rules.edges]
    near = np.zeros((len(items.town), len(items.town)), dtype=np.float32)
    for a, b in ends[(ends >= 0).all(axis=1)]:
        near[a, b] = near[b, a] = 1.0
    reached = np.zeros_like(member)
    reached[:, place[items.seat]] = True
    while True:
        grown: Bools = member & (reached | (reached.astype(np.float32) @ near > 0))
        if (grown == reached).all():
            return np.asarray((reached == member).all(axis=1), dtype=np.bool_)
        reached = grown
