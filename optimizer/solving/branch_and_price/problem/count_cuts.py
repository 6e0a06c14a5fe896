"""How many areas of each part have more than some connections: limits that plans keep, and duals.

Rule ``count_above``: with ``x`` the areas that are opened, for every part of the region and every
level of connections,

    least <= sum of x over areas of the part with more connections than the level <= most

A linear programme opens fractions of areas, each filled to the most connections that an operator
model takes: 2.75 operators where every plan needs 3. The limits are whole numbers, and whatever
lies outside them is proven not to be better than the best plan (:mod:`.rounding`).

Source: branching on aggregate numbers of columns, F. Vanderbeck, On Dantzig-Wolfe decomposition in
integer programming, Operations Research 48 (2000); rounded capacities, G. Laporte and Y. Nobert
(1983).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.problem import Problem

SLACK = 1e-9

__all__ = ["NO_COUNT_DUALS", "CountDuals", "Counts", "SizedModels", "levels_of", "sized_models"]


@dataclass(frozen=True, eq=False)
class Counts:
    """Limits on numbers of areas, by part and level.

    Attributes
    ----------
    part : int array of shape (towns,)
        Part of each town.
    size : array of shape (towns,)
        Connections.
    level : array of shape (q,)
        Connections that the counted areas exceed, rising.
    least, most : arrays of shape (parts, q)
        Fewest and most of them.
    """

    part: Ints
    size: Floats
    level: Floats
    least: Floats
    most: Floats

    def above(self, groups: GroupBatch) -> Bools:
        """Return which groups exceed which level, shape (g, q)."""
        size = groups.total_of(self.size)[:, None]
        return np.asarray(size > self.level * (1 + SLACK), dtype=np.bool_)

    def part_of(self, groups: GroupBatch) -> Ints:
        """Return the part of each group."""
        return self.part[groups.town[groups.start[:-1]]]

    def limited(self) -> tuple[Ints, Ints]:
        """Return the part and the level of each limit that says anything."""
        part, level = np.nonzero((self.least > 0) | np.isfinite(self.most))
        return part, level

    def with_limit(self, part: int, level: int, *, least: float, most: float) -> Counts:
        """Return the limits with those of one part and level changed."""
        fewest, greatest = self.least.copy(), self.most.copy()
        fewest[part, level], greatest[part, level] = least, most
        return replace(self, least=fewest, most=greatest)


@dataclass(frozen=True, eq=False)
class CountDuals:
    """Duals of the limits: what one more area that exceeds a level is worth.

    Attributes
    ----------
    counts : Counts
        The limits.
    price : array of shape (parts, q)
        Money per year; positive where areas are too few, negative where they are too many.
    """

    counts: Counts
    price: Floats

    def worth(self, groups: GroupBatch) -> Floats:
        """Return the duals of the limits that each group counts for, money per year."""
        if not self.price.any() or not len(groups):
            return np.zeros(len(groups))
        price = self.price[self.counts.part_of(groups)]
        return np.asarray((price * self.counts.above(groups)).sum(axis=1), dtype=np.float64)

    def total(self) -> Floats:
        """Return what the limits add to the Lagrangian bound of each part, money per year."""
        limit = np.where(self.price >= 0, self.counts.least, self.counts.most)
        priced = np.where(self.price == 0, 0.0, self.price * limit)
        return np.asarray(priced.sum(axis=1), dtype=np.float64)

    def by_class(self, seats: Ints) -> Floats:
        """Return the price of an area of each seat that exceeds just the first k levels.

        Returns
        -------
        array of shape (seats, q + 1)
        """
        none = np.zeros((len(seats), 1))
        if not len(self.price):
            return none
        return np.concatenate([none, self.price[self.counts.part[seats]].cumsum(axis=1)], axis=1)

    def mixed(self, other: CountDuals, weight: float) -> CountDuals:
        """Return duals between these and others, ``weight`` of the way to the others."""
        if not len(other.price):
            return replace(self, price=(1 - weight) * self.price)
        mine = self.price if len(self.price) else np.zeros_like(other.price)
        return CountDuals(other.counts, (1 - weight) * mine + weight * other.price)

    def chosen(self, other: CountDuals, better: Bools) -> CountDuals:
        """Return the duals with those of some parts from others."""
        if not len(other.price):
            return self
        mine = self.price if len(self.price) else np.zeros_like(other.price)
        return CountDuals(other.counts, np.where(better[:, None], other.price, mine))


_NONE = np.zeros((0, 0))
NO_COUNT_DUALS = CountDuals(
    Counts(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), _NONE, _NONE), _NONE
)


@dataclass(frozen=True, eq=False)
class SizedModels:
    """Operator models by the levels that their areas exceed; arrays of shape (models,).

    Attributes
    ----------
    source : int array
        Operator model.
    exceeds : int array
        How many levels its areas exceed.
    least, most : arrays
        Connections.
    """

    source: Ints
    exceeds: Ints
    least: Floats
    most: Floats


def sized_models(problem: Problem, level: Floats) -> SizedModels:
    """Return every operator model cut at the levels, so that all areas of a piece cost the same."""
    edges = np.concatenate([[-np.inf], level, [np.inf]])
    source, exceeds, least, most = [], [], [], []
    for m in range(len(problem.open)):
        for k in range(len(edges) - 1):
            low = max(float(problem.least[m]), float(edges[k]))
            high = min(float(problem.case.cost.most[m]), float(edges[k + 1]))
            if low < high or low == high > edges[k]:
                source.append(m)
                exceeds.append(k)
                least.append(low)
                most.append(high)
    return SizedModels(
        np.array(source, dtype=np.int64),
        np.array(exceeds, dtype=np.int64),
        np.array(least),
        np.array(most),
    )


def levels_of(problem: Problem) -> Floats:
    """Return the levels: 0, which all areas exceed, and the most that each model takes."""
    most = np.unique(problem.case.cost.most)
    return np.concatenate([[0.0], most[np.isfinite(most)]])
