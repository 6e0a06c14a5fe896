"""Labels that another one of the same branch makes needless.

Two labels of one branch have decided the same towns, so the same towns can follow. Where
one costs no more, lacks no more revenue and has no more connections, every group that can come of
the other costs at least as much as the same continuation of this one. The least reduced cost of the
branch is kept; groups other than the best may be lost, so that a list shortened in this way is
complete only to its own least bound.

Source: S. Martello and P. Toth, Knapsack Problems (1990), 2.6 (dominance in dynamic programming).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.pricing.bounds import PricingBranches

__all__ = ["ComparedLabels", "comparable", "dominated"]


def comparable(rows: PricingBranches, sigma: Floats, has_triples: Bools) -> Bools:
    """Return the branches in which labels may be compared, shape (r,).

    Not where a multiplier favours size (``sigma < 0``), and not where duals of subset rows make the
    cost of what follows differ.
    """
    return (sigma >= 0) & ~has_triples[rows.place]


@dataclass(frozen=True, eq=False)
class ComparedLabels:
    """Labels, arrays of shape (s,).

    Attributes
    ----------
    branch, alike : int arrays
        Branch of each, and the class of those of one branch to which the same towns may be added
        as far as resources other than connections go.
    low, high : arrays
        Additive bounds without public money and with all of it; what can follow counts the same in
        all of one branch.
    size : array
        Connections.
    gap_least, gap_most : arrays
        Least and largest lack of revenue that can come of it, money per year.
    """

    branch: Ints
    alike: Ints
    low: Floats
    high: Floats
    size: Floats
    gap_least: Floats
    gap_most: Floats


def dominated(rows: PricingBranches, partial: ComparedLabels) -> Bools:
    """Return which labels another one of the same branch makes needless, shape (s,).

    The value of a group is the larger of its cost without public money and that with all of it. So
    a smaller decision makes another needless if it is not dearer in both; without public money is
    enough where revenue suffices whatever follows, and with it where it never does.

    Notes
    -----
    One that is smaller than the operator model's least size makes nothing needless: what follows
    may stay too small. Each is compared with a few of the smaller ones only, so that some that are
    needless stay.
    """
    order = np.lexsort((partial.high, partial.low, partial.size, partial.alike))
    mine = partial.alike[order]
    first = np.searchsorted(mine, mine)
    able = partial.size[order] >= rows.least[partial.branch[order]] * (1 - 1e-9)
    low, high = partial.low[order], partial.high[order]
    covered = able & (partial.gap_most[order] <= 0)
    short = able & (partial.gap_least[order] >= 0)
    gone = _beaten(mine, first, np.where(covered, low, np.inf), (low,))
    gone |= _beaten(mine, first, np.where(short, high, np.inf), (high,))
    for value in (low, high, low + high):
        gone |= _beaten(mine, first, np.where(able, value, np.inf), (low, high))
    result = np.zeros(len(order), dtype=bool)
    result[order] = gone
    return result


def _beaten(mine: Ints, first: Ints, value: Floats, costs: tuple[Floats, ...]) -> Bools:
    """Return where the entry before with the least ``value`` is not dearer in any of ``costs``."""
    best = _best_before(mine, first, value)
    result = best >= 0
    for cost in costs:
        result &= cost[best] <= cost
    return result


def _best_before(mine: Ints, first: Ints, value: Floats) -> Ints:
    """Return, for each entry, the entry of the same branch before it with the least value, or -1.

    Entries of one branch lie side by side.
    """
    finite = np.where(np.isfinite(value), value, np.nan)
    if np.isnan(finite).all():
        return np.full(len(value), -1)
    low, high = float(np.nanmin(finite)), float(np.nanmax(finite))
    drop = (high - low) + 1.0
    falling = np.where(np.isfinite(value), value, high + 0.5 * drop) - 2.0 * drop * mine
    least = np.minimum.accumulate(falling)
    new = np.concatenate([[True], falling[1:] < least[:-1]])
    where = np.maximum.accumulate(np.where(new, np.arange(len(value)), 0))
    before = np.concatenate([[-1], where[:-1]])
    before = np.where(before >= first, before, -1)
    return np.where((before >= 0) & np.isfinite(value[before]), before, -1)
