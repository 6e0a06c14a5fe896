"""Duals of the restricted master, at which groups are searched and bounds are taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.count_cuts import NO_COUNT_DUALS, CountDuals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
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
    """

    town: Floats
    area: float
    money: float
    subset_rows: SubsetRows = NO_SUBSET_ROWS
    counts: CountDuals = NO_COUNT_DUALS

    def with_subset_rows(self, longer: Ints) -> Duals:
        """Return the same duals with a longer list of subset rows; the new ones cost nothing."""
        return replace(self, subset_rows=self.subset_rows.padded(longer))

    def reduced(self, groups: GroupBatch, requirement: Floats, money: Floats) -> Floats:
        """Return the reduced cost of groups, money per year.

        ``requirement + weight of public money x public money - duals of the towns - dual of an
        area, also by its connections, + duals of the subset rows of which the group holds two or
        more``.
        """
        value = requirement + self.money * money - groups.total_of(self.town) - self.area
        return value - self.counts.worth(groups) + self.subset_rows.penalty(groups)
