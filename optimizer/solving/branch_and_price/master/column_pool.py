"""The pool: every group found so far, per seat, and what is known about those not found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.master.cut_duals import NO_CUT_DUALS, CutDuals
from optimizer.solving.branch_and_price.pricing.pricing_result import PricingResult
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, join
from optimizer.solving.branch_and_price.problem.group_value import exact_money, money_is_exact
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.subset_rows import NO_SUBSET_ROWS, holds_two

if TYPE_CHECKING:
    from optimizer.solving.branch_and_price.bounding.lazy_core import LazyCore

__all__ = ["ColumnPool", "empty_pool"]


@dataclass(eq=False)
class ColumnPool:
    """Groups with their worth, and a promise about the groups of each seat that are missing.

    No group of seat j that is missing has a reduced cost below ``complete_to[j]`` at the duals of
    the seat's last search. At other duals it is lower by at most what the duals of the towns
    within reach have risen since (and the dual of an area, and what public money and the subset
    rows within reach have become cheaper): :meth:`missing_at_least`.

    Attributes
    ----------
    problem : Problem
        The case.
    groups, seat, requirement, money, amounts, exact
        Groups, their seats, requirement, public money, what they add to totals of the plan, and
        whether that money is exact or a lower bound; arrays of shape (g,), amounts of (g, k).
    complete_to : array of shape (towns,)
        ``-inf`` before the first search.
    town_dual : array of shape (pairs,)
        Price of the town of each pair at the last search of the pair's seat.
    area_dual, money_price : arrays of shape (towns,)
        The other duals at the last search of each seat.
    paid : CutDuals
        Duals of subset rows at the last search of each seat.
    class_price : array of shape (towns, classes)
        Price of an area by the levels of connections that it exceeds, at the last search.
    sum_duals : array of shape (towns, k)
        Duals of the totals of the plan at the last search of each seat.
    lazy_core : LazyCore or None
        Groups that it has struck cost ``inf``.
    """

    problem: Problem
    groups: GroupBatch
    seat: Ints
    requirement: Floats
    money: Floats
    amounts: Floats
    exact: Bools
    complete_to: Floats
    town_dual: Floats
    area_dual: Floats
    money_price: Floats
    paid: CutDuals
    class_price: Floats
    sum_duals: Floats
    lazy_core: LazyCore | None = None
    _held: tuple[GroupBatch, Ints, csr_array] | None = field(default=None, init=False, repr=False)

    @property
    def triple_town(self) -> Ints:
        """The subset rows, an int array of shape (subset rows, 3)."""
        return self.paid.town

    def columns(self, chosen: Ints | None = None) -> Columns:
        """Return the groups as columns: some by position, or all."""
        every = Columns(self.groups, self.requirement, self.money, self.amounts)
        return every if chosen is None else every.take(chosen)

    def reduced(self, duals: Duals) -> Floats:
        """Return the reduced cost of every group (a lower bound where not exact)."""
        plain = replace(duals, subset_rows=NO_SUBSET_ROWS)
        reduced = plain.reduced(self.columns())
        if not len(duals.subset_rows):
            return reduced
        paid = self._pays_for() @ duals.subset_rows.padded(self.triple_town).price
        return np.asarray(reduced + paid, dtype=np.float64)

    def _pays_for(self) -> csr_array:
        """Return which groups pay for which subset rows; kept while neither of them changes.

        Reduced costs are asked for far more often.
        """
        known = self._held
        if known is None or known[0] is not self.groups or known[1] is not self.triple_town:
            known = (self.groups, self.triple_town, holds_two(self.triple_town, self.groups))
            self._held = known
        return known[2]

    def missing_at_least(self, duals: Duals) -> Floats:
        """Return, by seat, a lower bound on the reduced cost of the groups that are missing."""
        problem = self.problem
        change = duals.town[problem.served] - self.town_dual
        seat = problem.pair_key // problem.towns
        rise = np.where(problem.served == seat, change, np.maximum(change, 0.0))
        risen = np.bincount(seat, weights=rise, minlength=problem.towns).astype(np.float64)
        drift = risen + np.maximum(0.0, duals.area - self.area_dual) + self._dearer(duals)
        cheaper = np.maximum(0.0, self.money_price - duals.money)
        if (cheaper > 0).any():
            drift = drift + cheaper * _largest_requirement(problem, seat)
        if len(duals.sums):
            drift = drift + _most_added(problem, seat, duals.sums - self.sum_duals)
        if len(self.paid.price):
            drift = drift + self.paid.fallen(duals.subset_rows, problem.towns)
        return self.complete_to - drift

    def _dearer(self, duals: Duals) -> Floats:
        """Return, by seat, by how much an area of any size is worth more at most than it was."""
        now = duals.counts.by_class(np.arange(self.problem.towns))
        risen: Floats = np.maximum(0.0, (now - self.class_price).max(axis=1))
        return risen

    def least_reduced(self, reduced: Floats, missing: Floats) -> Floats:
        """Return a lower bound on the least reduced cost of each seat, from both sources."""
        least = missing.copy()
        np.minimum.at(least, self.seat, reduced)
        return least

    def replace(self, found: PricingResult, duals: Duals) -> None:
        """Put the groups of a new search in place of the old ones of the same seats."""
        searched = np.zeros(self.problem.towns, dtype=bool)
        searched[found.seats] = True
        kept = np.flatnonzero(~searched[self.seat])
        exact = np.full(len(found.seat), money_is_exact(self.problem))
        new = found.columns
        if self.lazy_core is not None:
            new.requirement[self.lazy_core.struck(new.groups)] = np.inf
        self.groups = join([self.groups.take(kept), new.groups])
        self.seat = np.concatenate([self.seat[kept], found.seat])
        self.requirement = np.concatenate([self.requirement[kept], new.requirement])
        self.money = np.concatenate([self.money[kept], new.money])
        self.amounts = np.concatenate([self.amounts[kept], new.amounts])
        self.exact = np.concatenate([self.exact[kept], exact])
        self.complete_to[found.seats] = found.complete_to
        pair_seat = self.problem.pair_key // self.problem.towns
        renewed = searched[pair_seat]
        self.town_dual[renewed] = duals.town[self.problem.served[renewed]]
        self.area_dual[found.seats] = duals.area
        self.money_price[found.seats] = duals.money
        self.class_price[found.seats] = duals.counts.by_class(found.seats)
        self.sum_duals[found.seats] = duals.sums_of(self.sum_duals.shape[1])
        if len(self.triple_town):
            now = duals.subset_rows.padded(self.triple_town)
            self.paid = self.paid.renewed(found.seats, searched, self._reached(found.seats), now)

    def part(self, seats: Ints) -> ColumnPool:
        """Return a pool of its own with the groups of some seats; the other seats hold nothing."""
        mine = np.zeros(self.problem.towns, dtype=bool)
        mine[seats] = True
        kept = np.flatnonzero(mine[self.seat])
        return replace(
            self,
            groups=self.groups.take(kept),
            seat=self.seat[kept],
            requirement=self.requirement[kept],
            money=self.money[kept],
            amounts=self.amounts[kept],
            exact=self.exact[kept],
            complete_to=np.where(mine, self.complete_to, np.inf),
            town_dual=self.town_dual.copy(),
            area_dual=self.area_dual.copy(),
            money_price=self.money_price.copy(),
            paid=self.paid.of(mine),
            class_price=self.class_price.copy(),
            sum_duals=self.sum_duals.copy(),
        )

    def take_back(self, part: ColumnPool, seats: Ints, subset_rows: Ints) -> None:
        """Put what a part of the pool has become in place of the same seats' groups.

        Parameters
        ----------
        seats : int array
            Seats of the part.
        subset_rows : int array
            Position of each subset row of the part among those of the whole.
        """
        mine = np.zeros(self.problem.towns, dtype=bool)
        mine[seats] = True
        kept = np.flatnonzero(~mine[self.seat])
        self.groups = join([self.groups.take(kept), part.groups])
        self.seat = np.concatenate([self.seat[kept], part.seat])
        self.requirement = np.concatenate([self.requirement[kept], part.requirement])
        self.money = np.concatenate([self.money[kept], part.money])
        self.amounts = np.concatenate([self.amounts[kept], part.amounts])
        self.exact = np.concatenate([self.exact[kept], part.exact])
        pairs = mine[self.problem.pair_key // self.problem.towns]
        self.town_dual[pairs] = part.town_dual[pairs]
        self.complete_to[seats] = part.complete_to[seats]
        self.area_dual[seats] = part.area_dual[seats]
        self.money_price[seats] = part.money_price[seats]
        self.sum_duals[seats] = part.sum_duals[seats]
        self.paid = self.paid.taken_back(part.paid, mine, subset_rows)

    def add_subset_rows(self, town: Ints) -> None:
        """Take a longer list of subset rows; the new ones cost nothing so far."""
        self.paid = self.paid.longer(town)

    def add_levels(self, count: int) -> None:
        """Let areas have a price by the levels of connections that they exceed; 0 so far."""
        self.class_price = np.zeros((self.problem.towns, count + 1))

    def _reached(self, seats: Ints) -> GroupBatch:
        """Return the towns that each of some seats may serve."""
        start = self.problem.start
        entry = [np.arange(start[s], start[s + 1]) for s in seats]
        cuts = np.concatenate([[0], np.cumsum(start[seats + 1] - start[seats])])
        return GroupBatch(self.problem.served[np.concatenate([seats[:0], *entry])], cuts)

    def make_exact(self, chosen: Ints) -> None:
        """Compute the exact public money of some groups; impossible ones cost ``inf``."""
        todo = chosen[~self.exact[chosen]]
        if not len(todo):
            return
        money = exact_money(self.problem, self.groups.take(todo), self.requirement[todo])
        self.requirement[todo] = np.where(np.isfinite(money), self.requirement[todo], np.inf)
        self.money[todo] = np.where(np.isfinite(money), money, 0.0)
        self.exact[todo] = True


def _largest_requirement(problem: Problem, seat: Ints) -> Floats:
    """Return a bound on the requirement of any group of each seat."""
    each = problem.serve.max(axis=1) + problem.debt[problem.served]
    serve = np.bincount(seat, weights=each, minlength=problem.towns)
    return np.asarray(serve + problem.open.max())


def _most_added(problem: Problem, seat: Ints, rise: Floats) -> Floats:
    """Return, by seat, the most that risen duals of totals, shape (towns, k), take off a column."""
    totals = problem.totals
    each = np.einsum("pmk,pk->pm", totals.served, rise[seat]).max(axis=1, initial=-np.inf)
    own = problem.served == seat
    most = np.where(own, each, np.maximum(each, 0.0))
    served = np.bincount(seat, weights=most, minlength=problem.towns)
    opened = np.einsum("jmk,jk->jm", totals.opened, rise).max(axis=1, initial=0.0)
    return np.asarray(served + opened, dtype=np.float64)


def empty_pool(problem: Problem) -> ColumnPool:
    """Return a pool that holds nothing and promises nothing."""
    none, totals = np.zeros(0), len(problem.totals)
    complete = np.where(np.diff(problem.start) > 0, -np.inf, np.inf)
    return ColumnPool(
        problem=problem,
        groups=GroupBatch(np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)),
        seat=np.zeros(0, dtype=np.int64),
        requirement=none,
        money=none,
        amounts=np.zeros((0, totals)),
        exact=np.zeros(0, dtype=bool),
        complete_to=complete,
        town_dual=np.zeros(len(problem.served)),
        area_dual=np.zeros(problem.towns),
        money_price=np.full(problem.towns, problem.money_price),
        paid=NO_CUT_DUALS,
        class_price=np.zeros((problem.towns, 1)),
        sum_duals=np.zeros((problem.towns, totals)),
    )
