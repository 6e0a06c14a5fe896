"""The least public money of many groups: one tiny programme each, by a simplex method over kinks.

Public money is a convex function of the tariff that is made of pieces: operating subsidy makes up
what revenue lacks, and household support makes up what bills exceed an affordable one, class by
class. The method walks from vertex to vertex of the tariffs (:mod:`.kinked_simplex`); a programme
takes some microseconds. An answer counts only where its dual proves it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled, inlined
from optimizer.tariffs.kinks.kinked_simplex import (
    Kinked,
    descend,
    dual_value,
    kinked,
)

__all__ = ["MoneyFound", "PriceRows", "least_money"]

FEASIBLE, PROVEN = 1e-9, 1e-9
PERTURBED = 1e-7
DEAR = 1e4


class PriceRows(NamedTuple):
    """Rows of one town after the other; a unit of a price is the most that any town allows.

    Attributes
    ----------
    cone : array of shape (rows, prices)
        Admissible prices: ``cone @ p <= 0``, largest entry of a row 1.
    revenue, balance : arrays of shape (towns, prices)
        Revenue, and what categories contribute, money per year and unit of each price.
    caps : array of shape (n, prices + 1), caps_start : int array of shape (towns + 1,)
        ``weight . p <= limit`` of each town, the limit last, largest weight 1.
    kinks : array of shape (n, prices + 2), kinks_start : int array of shape (towns + 1,)
        Support ``cost max(0, weight . p - limit)`` of each town: weights, limit, money per year.
    """

    cone: Floats
    revenue: Floats
    balance: Floats
    caps: Floats
    caps_start: Ints
    kinks: Floats
    kinks_start: Ints


class MoneyFound(NamedTuple):
    """Operating subsidy and household support of many groups, money per year, shape (g,).

    Attributes
    ----------
    subsidy, support : arrays
        ``inf`` subsidy where none is allowed and no tariff suffices.
    solved : bool array
        Whether the dual proves the answer.
    """

    subsidy: Floats
    support: Floats
    solved: Bools


@compiled
def least_money(  # noqa: PLR0917 - arrays, as compiled code takes them
    town: Ints,
    start: Ints,
    requirement: Floats,
    rows: PriceRows,
    balanced: bool,  # noqa: FBT001
    subsidised: bool,  # noqa: FBT001
) -> MoneyFound:
    """Return the least public money of each group.

    Parameters
    ----------
    town, start : int arrays
        Members of group g are ``town[start[g]:start[g + 1]]``.
    requirement : array of shape (g,)
        Money per year, positive.
    rows : PriceRows
        What a tariff brings and costs.
    balanced, subsidised : bool
        Whether categories must balance, and whether operating subsidy is allowed.
    """
    count, prices = len(start) - 1, rows.revenue.shape[1]
    found = MoneyFound(np.zeros(count), np.zeros(count), np.zeros(count, dtype=np.bool_))
    work = kinked(prices + 1, len(rows.cone) + prices + 3 + _most_rows(town, start, rows))
    for b in range(prices + 1):
        work.normal[b, b] = -1.0
    for r in range(len(rows.cone)):
        work.normal[prices + 1 + r, :prices] = rows.cone[r]
        work.moved[prices + 1 + r] = PERTURBED * (1.0 + 0.618 * r)
    need = prices + 1 + len(rows.cone)
    for g in range(count):
        goal = requirement[g]
        first, until = _fill(work, rows, town[start[g] : start[g + 1]], need, goal, balanced)
        _begin(work, need, until)
        work.weight[0], work.weight[1] = 1.0, 1.0 if subsidised else 0.0
        sure = descend(work, first, until)
        enough = subsidised or work.point[prices] <= FEASIBLE
        if sure and enough and not subsidised:
            work.weight[0], work.weight[1] = DEAR, 1.0
            sure = descend(work, first, until)
        least = dual_value(work, first, until)
        feasible, support = _unmoved(work, first, until)
        subsidy = max(0.0, float(work.point[prices]))
        if not enough:
            found.solved[g] = sure and feasible and least > 0.1 * FEASIBLE
            found.subsidy[g] = np.inf
            continue
        total = subsidy + support
        allowed = subsidised or subsidy <= 0.1 * FEASIBLE
        proven = abs(total - least) <= PROVEN * max(1.0, total)
        found.solved[g] = sure and feasible and allowed and proven
        found.subsidy[g] = subsidy * goal if subsidised else 0.0
        found.support[g] = support * goal
    return found


@compiled
def _most_rows(town: Ints, start: Ints, rows: PriceRows) -> int:
    """Return the most caps and kinks of a group."""
    most = 0
    for g in range(len(start) - 1):
        held = 0
        for k in range(start[g], start[g + 1]):
            i = town[k]
            held += rows.caps_start[i + 1] - rows.caps_start[i]
            held += rows.kinks_start[i + 1] - rows.kinks_start[i]
        most = max(most, held)
    return most


@inlined
def _fill(  # noqa: PLR0917
    work: Kinked,
    rows: PriceRows,
    members: Ints,
    need: int,
    goal: float,
    balanced: bool,  # noqa: FBT001
) -> tuple[int, int]:
    """Put the rows of a group in place; return its first kink and how many rows there are."""
    prices, at = rows.revenue.shape[1], need + 1
    work.normal[need : need + 2] = 0.0
    for i in members:
        work.normal[need, :prices] -= rows.revenue[i] / goal
    work.normal[need, prices] = work.limit[need] = -1.0
    if balanced:
        for i in members:
            work.normal[at, :prices] -= rows.balance[i] / goal
        work.normal[at, prices], work.limit[at] = -1.0, 0.0
        at += 1
    for i in members:
        for c in range(rows.caps_start[i], rows.caps_start[i + 1]):
            work.normal[at, :prices] = rows.caps[c, :prices]
            work.normal[at, prices] = 0.0
            work.limit[at] = rows.caps[c, prices]
            at += 1
    first = at
    for i in members:
        for c in range(rows.kinks_start[i], rows.kinks_start[i + 1]):
            work.normal[at, :prices] = rows.kinks[c, :prices]
            work.normal[at, prices] = 0.0
            work.limit[at] = rows.kinks[c, prices]
            work.cost[at] = rows.kinks[c, prices + 1] / goal
            at += 1
    work.moved[need:at] = work.limit[need:at]
    return first, at


@inlined
def _begin(work: Kinked, need: int, until: int) -> None:
    """Begin without any price: all of the requirement is subsidy."""
    size = len(work.basis)
    work.basic[:until] = -1
    work.above[:until] = False
    work.inverse[:] = 0.0
    work.point[:] = 0.0
    for i in range(size):
        work.basis[i] = i if i < size - 1 else need
        work.basic[work.basis[i]] = i
        work.inverse[i, i] = -1.0
        work.inverse[size - 1, i] = -work.normal[need, i] if i < size - 1 else -1.0
    work.point[size - 1] = 1.0


@inlined
def _unmoved(work: Kinked, first: int, until: int) -> tuple[bool, float]:
    """Return whether the vertex keeps the rows that were moved, and the support paid there."""
    size, feasible, paid = len(work.basis), True, 0.0
    for i in range(size):
        work.point[i] = 0.0
        for j in range(size):
            work.point[i] += work.inverse[i, j] * work.limit[work.basis[j]]
    for r in range(until):
        over = -work.limit[r]
        for b in range(size):
            over += work.normal[r, b] * work.point[b]
        if r < first:
            feasible = feasible and over <= FEASIBLE
        elif over > 0.0:
            paid += work.cost[r] * over
    return feasible, paid
