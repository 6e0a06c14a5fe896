"""The pool: every group found so far, per seat, and what is known about those not found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.master.cut_duals import NOTHING_PAID, PaidTriples
from optimizer.solving.branch_and_price.pricing.pricing_result import Found
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.group_batch import Groups, join
from optimizer.solving.branch_and_price.problem.group_value import exact_money, money_is_exact
from optimizer.solving.branch_and_price.problem.problem import Land
from optimizer.solving.branch_and_price.problem.subset_rows import NO_TRIPLES, holds_two

if TYPE_CHECKING:
    from optimizer.solving.branch_and_price.bounding.lazy_core import Accept

__all__ = ["Pool", "empty_pool"]


@dataclass(eq=False)
class Pool:
    """Groups with their worth, and a promise about the groups of each seat that are missing.

    No group of seat j that is missing has a reduced cost below ``complete_to[j]`` at the prices of
    the seat's last search. At other prices it is lower by at most what the prices of the towns
    within reach have risen since (and the price of an area, and what public money and the triples
    within reach have become cheaper): :meth:`missing_at_least`.

    Attributes
    ----------
    land : Land
        The case.
    groups, seat, requirement, money, exact
        Groups, their seats, requirement, public money, and whether that money is exact or a
        lower bound; arrays of shape (g,).
    complete_to : array of shape (towns,)
        ``-inf`` before the first search.
    town_price : array of shape (pairs,)
        Price of the town of each pair at the last search of the pair's seat.
    area_price, money_price : arrays of shape (towns,)
        The other prices at the last search of each seat.
    paid : PaidTriples
        Prices of triples at the last search of each seat.
    class_price : array of shape (towns, classes)
        Price of an area by the levels of connections that it exceeds, at the last search.
    accept : Accept or None
        Groups that it has struck cost ``inf``.
    """

    land: Land
    groups: Groups
    seat: Ints
    requirement: Floats
    money: Floats
    exact: Bools
    complete_to: Floats
    town_price: Floats
    area_price: Floats
    money_price: Floats
    paid: PaidTriples
    class_price: Floats
    accept: Accept | None = None
    _held: tuple[Groups, Ints, csr_array] | None = field(default=None, init=False, repr=False)

    @property
    def triple_town(self) -> Ints:
        """The triples, an int array of shape (triples, 3)."""
        return self.paid.town

    def reduced(self, prices: Prices) -> Floats:
        """Return the reduced cost of every group (a lower bound where not exact)."""
        plain = replace(prices, triples=NO_TRIPLES)
        reduced = plain.reduced(self.groups, self.requirement, self.money)
        if not len(prices.triples):
            return reduced
        paid = self._pays_for() @ prices.triples.padded(self.triple_town).price
        return np.asarray(reduced + paid, dtype=np.float64)

    def _pays_for(self) -> csr_array:
        """Return which groups pay for which triples; kept while neither groups nor triples change.

        Reduced costs are asked for far more often.
        """
        known = self._held
        if known is None or known[0] is not self.groups or known[1] is not self.triple_town:
            known = (self.groups, self.triple_town, holds_two(self.triple_town, self.groups))
            self._held = known
        return known[2]

    def missing_at_least(self, prices: Prices) -> Floats:
        """Return, by seat, a lower bound on the reduced cost of the groups that are missing."""
        land = self.land
        change = prices.town[land.served] - self.town_price
        seat = land.pair_key // land.towns
        rise = np.where(land.served == seat, change, np.maximum(change, 0.0))
        risen = np.bincount(seat, weights=rise, minlength=land.towns).astype(np.float64)
        drift = risen + np.maximum(0.0, prices.area - self.area_price) + self._dearer(prices)
        cheaper = np.maximum(0.0, self.money_price - prices.money)
        if (cheaper > 0).any():
            drift = drift + cheaper * _largest_requirement(land, seat)
        if len(self.paid.price):
            drift = drift + self.paid.fallen(prices.triples, land.towns)
        return self.complete_to - drift

    def _dearer(self, prices: Prices) -> Floats:
        """Return, by seat, by how much an area of any size is worth more at most than it was."""
        now = prices.counts.by_class(np.arange(self.land.towns))
        risen: Floats = np.maximum(0.0, (now - self.class_price).max(axis=1))
        return risen

    def least_reduced(self, reduced: Floats, missing: Floats) -> Floats:
        """Return a lower bound on the least reduced cost of each seat, from both sources."""
        least = missing.copy()
        np.minimum.at(least, self.seat, reduced)
        return least

    def replace(self, found: Found, prices: Prices) -> None:
        """Put the groups of a new search in place of the old ones of the same seats."""
        searched = np.zeros(self.land.towns, dtype=bool)
        searched[found.seats] = True
        kept = np.flatnonzero(~searched[self.seat])
        exact = np.full(len(found.seat), money_is_exact(self.land))
        if self.accept is not None:
            found.requirement[self.accept.struck(found.groups)] = np.inf
        self.groups = join([self.groups.take(kept), found.groups])
        self.seat = np.concatenate([self.seat[kept], found.seat])
        self.requirement = np.concatenate([self.requirement[kept], found.requirement])
        self.money = np.concatenate([self.money[kept], found.money])
        self.exact = np.concatenate([self.exact[kept], exact])
        self.complete_to[found.seats] = found.complete_to
        pair_seat = self.land.pair_key // self.land.towns
        renewed = searched[pair_seat]
        self.town_price[renewed] = prices.town[self.land.served[renewed]]
        self.area_price[found.seats] = prices.area
        self.money_price[found.seats] = prices.money
        self.class_price[found.seats] = prices.counts.by_class(found.seats)
        if len(self.triple_town):
            now = prices.triples.padded(self.triple_town)
            self.paid = self.paid.renewed(found.seats, searched, self._reached(found.seats), now)

    def part(self, seats: Ints) -> Pool:
        """Return a pool of its own with the groups of some seats; the other seats hold nothing."""
        mine = np.zeros(self.land.towns, dtype=bool)
        mine[seats] = True
        kept = np.flatnonzero(mine[self.seat])
        return replace(
            self,
            groups=self.groups.take(kept),
            seat=self.seat[kept],
            requirement=self.requirement[kept],
            money=self.money[kept],
            exact=self.exact[kept],
            complete_to=np.where(mine, self.complete_to, np.inf),
            town_price=self.town_price.copy(),
            area_price=self.area_price.copy(),
            money_price=self.money_price.copy(),
            paid=self.paid.of(mine),
            class_price=self.class_price.copy(),
        )

    def take_back(self, part: Pool, seats: Ints, triples: Ints) -> None:
        """Put what a part of the pool has become in place of the same seats' groups.

        Parameters
        ----------
        seats : int array
            Seats of the part.
        triples : int array
            Position of each triple of the part among those of the whole.
        """
        mine = np.zeros(self.land.towns, dtype=bool)
        mine[seats] = True
        kept = np.flatnonzero(~mine[self.seat])
        self.groups = join([self.groups.take(kept), part.groups])
        self.seat = np.concatenate([self.seat[kept], part.seat])
        self.requirement = np.concatenate([self.requirement[kept], part.requirement])
        self.money = np.concatenate([self.money[kept], part.money])
        self.exact = np.concatenate([self.exact[kept], part.exact])
        pairs = mine[self.land.pair_key // self.land.towns]
        self.town_price[pairs] = part.town_price[pairs]
        self.complete_to[seats] = part.complete_to[seats]
        self.area_price[seats] = part.area_price[seats]
        self.money_price[seats] = part.money_price[seats]
        self.paid = self.paid.taken_back(part.paid, mine, triples)

    def add_triples(self, town: Ints) -> None:
        """Take a longer list of triples; the new ones cost nothing so far."""
        self.paid = self.paid.longer(town)

    def add_levels(self, count: int) -> None:
        """Let areas have a price by the levels of connections that they exceed; 0 so far."""
        self.class_price = np.zeros((self.land.towns, count + 1))

    def _reached(self, seats: Ints) -> Groups:
        """Return the towns that each of some seats may serve."""
        start = self.land.start
        entry = [np.arange(start[s], start[s + 1]) for s in seats]
        cuts = np.concatenate([[0], np.cumsum(start[seats + 1] - start[seats])])
        return Groups(self.land.served[np.concatenate([seats[:0], *entry])], cuts)

    def make_exact(self, chosen: Ints) -> None:
        """Compute the exact public money of some groups; impossible ones cost ``inf``."""
        todo = chosen[~self.exact[chosen]]
        if not len(todo):
            return
        money = exact_money(self.land, self.groups.take(todo), self.requirement[todo])
        self.requirement[todo] = np.where(np.isfinite(money), self.requirement[todo], np.inf)
        self.money[todo] = np.where(np.isfinite(money), money, 0.0)
        self.exact[todo] = True


def _largest_requirement(land: Land, seat: Ints) -> Floats:
    """Return a bound on the requirement of any group of each seat."""
    each = land.serve.max(axis=1) + land.debt[land.served]
    serve = np.bincount(seat, weights=each, minlength=land.towns)
    return np.asarray(serve + land.open.max())


def empty_pool(land: Land) -> Pool:
    """Return a pool that holds nothing and promises nothing."""
    none = np.zeros(0)
    complete = np.where(np.diff(land.start) > 0, -np.inf, np.inf)
    return Pool(
        land=land,
        groups=Groups(np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)),
        seat=np.zeros(0, dtype=np.int64),
        requirement=none,
        money=none,
        exact=np.zeros(0, dtype=bool),
        complete_to=complete,
        town_price=np.zeros(len(land.served)),
        area_price=np.zeros(land.towns),
        money_price=np.full(land.towns, land.money_price),
        paid=NOTHING_PAID,
        class_price=np.zeros((land.towns, 1)),
    )
