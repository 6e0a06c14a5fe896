"""Duals of the restricted master, at which groups are searched and bounds are taken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.count_cuts import NO_COUNT_DUALS, CountDuals
from optimizer.solving.branch_and_price.problem.subset_rows import NO_SUBSET_ROWS, SubsetRows

__all__ = ["Duals"]


@dataclass(frozen=True, eq=False)
class Duals:
    """Duals of the restricted master.

    Attributes
    ----------
    town : array of shape (towns,)
        Price of covering each town, money per year.
    area : float
        Price of opening one more area, money per year; positive where areas are too few.
    money : float
        Weight of public money in the value, its price under a budget included.
    subset_rows : SubsetRows
        Duals of subset rows of towns.
    counts : CountDuals
        Duals of limits on how many areas have more than some connections.
    sums : array of shape (k,)
        Duals of the totals of a plan, money per year and unit; positive where a total is too
        small. Empty where all are 0.
    """

    town: Floats
    area: float
    money: float
    subset_rows: SubsetRows = NO_SUBSET_ROWS
    counts: CountDuals = NO_COUNT_DUALS
    sums: Floats = field(default_factory=lambda: np.zeros(0))

    def with_subset_rows(self, longer: Ints) -> Duals:
        """Return the same duals with a longer list of subset rows; the new ones cost nothing."""
        return replace(self, subset_rows=self.subset_rows.padded(longer))

    def reduced(self, columns: Columns) -> Floats:
        """Return the reduced cost of columns, money per year.

        ``requirement + weight of public money x public money - duals of the towns - dual of an
        area, also by its connections, + duals of the subset rows of which the group holds two or
        more - duals of the totals x what the column adds to them``.
        """
        groups = columns.groups
        value = columns.value(self.money) - groups.total_of(self.town) - self.area
        value = value - self.counts.worth(groups) + self.subset_rows.penalty(groups)
        return value - columns.amounts @ self.sums if len(self.sums) else value

    def sums_of(self, count: int) -> Floats:
        """Return the duals of so many totals."""
        return self.sums if len(self.sums) else np.zeros(count)
