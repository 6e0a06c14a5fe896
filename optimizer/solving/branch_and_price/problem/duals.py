"""Dual prices of the master programme, at which groups are searched and bounds are taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.count_cuts import NO_COUNT_PRICES, CountPrices
from optimizer.solving.branch_and_price.problem.group_batch import Groups
from optimizer.solving.branch_and_price.problem.subset_rows import NO_TRIPLES, Triples

__all__ = ["Prices"]


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual prices of the master programme.

    Attributes
    ----------
    town : array of shape (towns,)
        Price of covering each town, money per year.
    area : float
        Price of opening one more area, money per year; positive where areas are too few.
    money : float
        Weight of public money in the value, its price under a budget included.
    triples : Triples
        Prices of triples of towns.
    counts : CountPrices
        Prices of limits on how many areas have more than some connections.
    """

    town: Floats
    area: float
    money: float
    triples: Triples = NO_TRIPLES
    counts: CountPrices = NO_COUNT_PRICES

    def with_triples(self, longer: Ints) -> Prices:
        """Return the same prices with a longer list of triples; the new ones cost nothing."""
        return replace(self, triples=self.triples.padded(longer))

    def reduced(self, groups: Groups, requirement: Floats, money: Floats) -> Floats:
        """Return the reduced cost of groups, money per year.

        ``requirement + weight of public money x public money - prices of the towns - price of an
        area, also by its connections, + prices of the triples of which the group holds two or
        more``.
        """
        value = requirement + self.money * money - groups.total_of(self.town) - self.area
        return value - self.counts.worth(groups) + self.triples.penalty(groups)
