"""The best plan in the mean over draws: every partition, seat and model, in every draw."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from benchmarks.brute_force.best_plan import BruteForce, partitions
from benchmarks.brute_force.costs import Offer, offers
from benchmarks.brute_force.programme import least_public_money
from benchmarks.brute_force.region import Region, region_of
from optimizer.instance.instance import Instance
from optimizer.uncertainty.draws import draws_of
from optimizer.uncertainty.regions import drawn_region

__all__ = ["DrawnOffer", "ExpectedByForce", "expected_by_force"]


@dataclass(frozen=True, eq=False)
class DrawnOffer:
    """A seat and a model for a group: requirement and public money in every draw, a year."""

    seat: int
    requirement: np.ndarray
    public: np.ndarray


@dataclass(eq=False)
class ExpectedByForce:
    """Values of areas and plans in the mean over draws.

    Attributes
    ----------
    given : BruteForce
        The region at its given figures, which says who may share an area, seat and model.
    drawn : tuple of Region
        The region in each draw.
    """

    given: BruteForce
    drawn: tuple[Region, ...]
    known: dict[tuple[int, ...], list[DrawnOffer]] = field(init=False, default_factory=dict)

    def least_mean(self) -> float:
        """Return the least mean of all plans; infinite where none keeps every promise."""
        return min((self.mean(p) for p in partitions(self.given.region.towns)), default=math.inf)

    def mean(self, plan: list[tuple[int, ...]]) -> float:
        """Return the least mean of a partition over seats and models; infinite where it may not be.

        A budget couples the areas, so all combinations of their offers are tried where one is set.
        """
        policy = self.given.region.instance.policy
        most = policy.operators_most or self.given.region.towns
        if not policy.operators_least <= len(plan) <= most:
            return math.inf
        each = [self.offers(group) for group in plan]
        if not all(each):
            return math.inf
        price, budget = policy.public_money_price, policy.subsidy_budget_year
        if policy.tariff_scope == "region":
            return self._pooled(each)
        if budget is None:
            return sum(min(self._value(o, price) for o in own) for own in each)
        return self._within(each, price, budget)

    def offers(self, group: tuple[int, ...]) -> list[DrawnOffer]:
        """Return every seat and model of a group with its money in every draw."""
        if group not in self.known:
            self.known[group] = list(self._offers(group))
        return self.known[group]

    def _offers(self, group: tuple[int, ...]) -> Iterator[DrawnOffer]:
        region = self.given.region
        if not self.given._allowed(group):
            return
        there = [self._by_place(d, group) for d in self.drawn]
        for offer in offers(region, group):
            place = (offer.seat, region.models.index(offer.model))
            due = np.array([own[place].requirement for own in there])
            public = np.zeros(len(due))
            if region.instance.policy.tariff_scope != "region":
                public = np.array(
                    [
                        least_public_money(d, group, need)
                        for d, need in zip(self.drawn, due, strict=True)
                    ]
                )
            yield DrawnOffer(offer.seat, due, public)

    def _by_place(self, drawn: Region, group: tuple[int, ...]) -> Mapping[tuple[int, int], Offer]:
        """Return the offers of a draw by seat and position of the model."""
        return {(o.seat, drawn.models.index(o.model)): o for o in offers(drawn, group)}

    @staticmethod
    def _value(offer: DrawnOffer, price: float) -> float:
        return float((offer.requirement + price * offer.public).mean())

    def _within(self, each: list[list[DrawnOffer]], price: float, budget: float) -> float:
        best = math.inf
        states = [(0.0, 0.0)]
        for own in each:
            states = [
                (value + self._value(o, price), public + float(o.public.mean()))
                for value, public in states
                for o in own
            ]
        for value, public in states:
            if public <= budget * (1 + 1e-9):
                best = min(best, value)
        return best

    def _pooled(self, each: list[list[DrawnOffer]]) -> float:
        """Return the least mean under one tariff: every combination of seats and models."""
        policy, everyone = self.given.region.instance.policy, tuple(range(self.given.region.towns))
        best, totals = math.inf, [np.zeros(len(self.drawn))]
        for own in each:
            totals = [total + o.requirement for total in totals for o in own]
        budget = math.inf if policy.subsidy_budget_year is None else policy.subsidy_budget_year
        for total in totals:
            public = np.array(
                [
                    least_public_money(d, everyone, float(need))
                    for d, need in zip(self.drawn, total, strict=True)
                ]
            )
            if public.mean() <= budget * (1 + 1e-9):
                best = min(best, float((total + policy.public_money_price * public).mean()))
        return best


def expected_by_force(
    instance: Instance,
    *,
    hours: Mapping[tuple[int, int], float] | None = None,
    borders: frozenset[tuple[int, int]] | None = None,
) -> ExpectedByForce:
    """Return the brute force of a region; hours and borders as for ``region_of``."""
    draws = draws_of(instance)
    regions = [
        region_of(drawn_region(instance, draws, d), hours=hours, borders=borders)
        for d in range(draws.count)
    ]
    given = BruteForce(region_of(instance, hours=hours, borders=borders))
    return ExpectedByForce(given, tuple(regions))
