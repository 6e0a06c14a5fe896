"""What groups are worth in every draw: requirement, revenue, public money, and the mean.

Seat, operator model and grouping are decided before the data are known; tariff, subsidy and support
are set again in each draw. So the value of a group with a seat and a model in a draw depends on the
group alone, and its mean over the draws is again the cost of a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.tariffs.batched_simplex import maximise_listed
from optimizer.tariffs.case import Case
from optimizer.tariffs.kinks.least_money import PriceRows, least_money
from optimizer.tariffs.kinks.price_rows import price_rows
from optimizer.tariffs.public_money import least_public_money
from optimizer.tariffs.revenue import best_revenue, town_best_prices
from optimizer.uncertainty.cases import DrawnCases

__all__ = ["AreaDraws", "DrawnValues", "Offer"]

COMPILED_TOWNS = 12
"""Towns from which programmes are solved by compiled code."""


@dataclass(frozen=True)
class Offer:
    """A seat and an operator model for a group.

    Attributes
    ----------
    members : tuple of int
        Positions of the towns, rising.
    seat, model : int
        Positions of seat and operator model.
    """

    members: tuple[int, ...]
    seat: int
    model: int


@dataclass(frozen=True, eq=False)
class AreaDraws:
    """A group in every draw; arrays of shape (draws,), money per year.

    Attributes
    ----------
    requirement_year : array
        Cost, fee and margin.
    best_revenue_year : array
        Most that its customers can pay.
    subsidy_year, support_year : array
        Public money to the operator and for households.
    """

    requirement_year: Floats
    best_revenue_year: Floats
    subsidy_year: Floats
    support_year: Floats

    @property
    def public_year(self) -> Floats:
        """All public money."""
        return self.subsidy_year + self.support_year

    def value_year(self, public_money_price: float) -> Floats:
        """Return requirement and weighted public money."""
        return self.requirement_year + public_money_price * self.public_year


@dataclass(frozen=True, eq=False)
class DrawnValues:
    """Values of groups in every draw.

    Attributes
    ----------
    drawn : DrawnCases
        The case in each draw.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.uncertainty.cases import drawn_cases
    >>> case = op.case_of(op.read("instances/pair"))
    >>> values = DrawnValues(drawn_cases(case))
    >>> values.draws_of(Offer((0, 1), 0, 0)).requirement_year.shape
    (100,)
    """

    drawn: DrawnCases
    _known: dict[tuple[int, ...], Floats] = field(default_factory=dict, init=False)

    @property
    def given(self) -> Case:
        """The case at the given figures."""
        return self.drawn.given

    @property
    def price(self) -> float:
        """Weight of public money."""
        return self.given.instance.policy.public_money_price

    @property
    def pooled(self) -> bool:
        """Whether the whole region shares one balance."""
        return self.given.instance.policy.tariff_scope == "region"

    @cached_property
    def cases(self) -> list[Case]:
        """The case of each draw, kept."""
        return list(self.drawn)

    def requirement(self, members: Ints, hours: Floats, *, seat: int) -> Floats:
        """Return the requirement of a group from a seat in each draw by each operator model.

        Shape (draws, operator models), money per year; whether a model may run it is not asked.
        """
        d, cost = self.drawn, self.given.cost
        moves = cost.moves(members, members != seat).astype(np.float64)
        scaled = d.operation_year[:, members].sum(axis=1)
        steady = d.steady_operation_year[:, members] + d.replacement_year[:, members]
        moving = d.transition_year[:, members] @ moves
        road = 2.0 * d.trips_year[:, members] @ hours
        total = d.overhead_year + cost.efficiency * scaled[:, None] + moving
        total = total + steady.sum(axis=1)[:, None]
        return np.asarray(cost.requirement_factor * (total + d.crew_hour_cost * road[:, None]))

    def best_revenue(self, members: Ints) -> Floats:
        """Return the most revenue of a group in each draw, money per year."""
        key = tuple(members.tolist())
        if key not in self._known:
            self._known[key] = self._best_revenue(members)
        return self._known[key]

    def money(self, members: Ints, requirement: Floats) -> AreaDraws:
        """Return the public money of a group whose requirement in each draw is known."""
        nothing = np.zeros(len(requirement))
        if self.pooled:
            return AreaDraws(requirement, nothing, nothing, nothing)
        return self._money(members, requirement)

    def draws_of(self, offer: Offer) -> AreaDraws:
        """Return what an area comes to in each draw."""
        members = np.array(offer.members, dtype=np.int64)
        reached, hours = self.given.reached_from(offer.seat)
        here = hours[np.searchsorted(reached, members)]
        need = self.requirement(members, here, seat=offer.seat)[:, offer.model]
        return self.money(members, need)

    def best_offer(self, offers: Sequence[Offer]) -> tuple[Offer, AreaDraws]:
        """Return the offer whose value is least in the mean; all must be of one group.

        Offers are looked at in the order of a bound of theirs (the public money that is left when
        households are helped for nothing), until the bound is above the best value.
        """
        bound = []
        for offer in offers:
            members = np.array(offer.members, dtype=np.int64)
            reached, hours = self.given.reached_from(offer.seat)
            here = hours[np.searchsorted(reached, members)]
            need = self.requirement(members, here, seat=offer.seat)[:, offer.model]
            least = need.mean()
            if not self.pooled:
                short = np.maximum(0.0, need - self.best_revenue(members))
                least += self.price * short.mean()
            bound.append((float(least), need))
        best, found = np.inf, (offers[0], self.money(np.array(offers[0].members), bound[0][1]))
        for at in np.argsort([least for least, _ in bound], kind="stable"):
            if bound[at][0] >= best:
                break
            area = self.money(np.array(offers[at].members, dtype=np.int64), bound[at][1])
            value = float(area.value_year(self.price).mean())
            if value < best:
                best, found = value, (offers[at], area)
        return found

    def region(self, requirement: Floats) -> AreaDraws:
        """Return the money of the whole region under one tariff (scope ``region``)."""
        return self._money(np.arange(self.given.towns), requirement)

    def _money(self, members: Ints, requirement: Floats) -> AreaDraws:
        best = self.best_revenue(members)
        if not self.given.programmed:
            gap = np.maximum(0.0, requirement - best)
            gap = np.where(gap <= 1e-12 * np.maximum(1.0, requirement), 0.0, gap)
            return AreaDraws(requirement, best, gap, np.zeros(len(gap)))
        money = np.array([self._programme(d, members, need) for d, need in enumerate(requirement)])
        return AreaDraws(requirement, best, money[:, 0], money[:, 1])

    def _programme(self, draw: int, members: Ints, requirement: float) -> tuple[float, float]:
        """Return subsidy and support of a group in one draw, from its programme."""
        need = np.array([requirement])
        policy = self.given.instance.policy
        if self.programmes and requirement > 0:
            found = least_money(
                members,
                np.array([0, len(members)]),
                need,
                self.programmes[draw],
                policy.solidarity_balance,
                policy.operating_subsidy,
            )
            if found.solved[0]:
                return float(found.subsidy[0]), float(found.support[0])
        everyone = np.ones((1, len(members)), dtype=bool)
        money = least_public_money(
            self.cases[draw], members, everyone, requirement=need, best=np.zeros(1)
        )
        return float(money.subsidy_year[0]), float(money.support_year[0])

    @cached_property
    def programmes(self) -> list[PriceRows]:
        """Rows of the programmes of each draw; none where towns have schedules of their own.

        Small regions have too few programmes to compile code for.
        """
        policy = self.given.instance.policy
        one_price = policy.tariff_scope != "town" and not policy.own_schedules
        if not one_price or self.given.towns < COMPILED_TOWNS:
            return []
        return [price_rows(case) for case in self.cases]

    def _best_revenue(self, members: Ints) -> Floats:
        scope, components = self.given.instance.policy.tariff_scope, self.given.space.components
        if scope == "town":
            return np.asarray(self._own_best[:, members].sum(axis=1), dtype=np.float64)
        if len(components) == 1:
            everyone = np.ones((1, len(members)), dtype=bool)
            return np.array([float(best_revenue(c, members, everyone)[0]) for c in self.cases])
        return self._programmes(members)

    @cached_property
    def _own_best(self) -> Floats:
        """Most revenue of each town by itself; shape (draws, towns)."""
        towns = np.arange(self.given.towns)
        return np.array(
            [(c.revenue_year * town_best_prices(c, towns).point).sum(axis=1) for c in self.cases]
        )

    def _programmes(self, members: Ints) -> Floats:
        """Return the most revenue under one schedule: a programme for each draw, all at once."""
        given, count = self.given, len(self.cases)
        kept = np.flatnonzero(np.isin(given.caps.town, members))
        cone, width = given.space.cone, len(given.space.components)
        weight, limit, revenue, box = (self._stacked[k] for k in range(4))
        rows = np.concatenate([cone, weight[:, kept].reshape(-1, width)])
        limits = np.concatenate([np.zeros(len(cone)), limit[:, kept].ravel()])
        first = len(cone) + len(kept) * np.arange(count)[:, None] + np.arange(len(kept))
        shared = np.broadcast_to(np.arange(len(cone)), (count, len(cone)))
        total = revenue[:, members].sum(axis=1)
        found = maximise_listed(
            total[:, None, :],
            rows,
            limits,
            np.concatenate([shared, first], axis=1).astype(np.int64),
            box[:, members].min(axis=1),
        )
        best = (total * found.point).sum(axis=1)
        everyone = np.ones((1, len(members)), dtype=bool)
        for d in np.flatnonzero(~found.solved):
            best[d] = best_revenue(self.cases[d], members, everyone)[0]
        return np.asarray(best, dtype=np.float64)

    @cached_property
    def _stacked(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Weights and limits of the caps, revenue and largest prices of every draw."""
        return (
            np.stack([c.caps.weight for c in self.cases]),
            np.stack([c.caps.limit for c in self.cases]),
            np.stack([c.revenue_year for c in self.cases]),
            np.stack([c.price_most for c in self.cases]),
        )
