"""Demand that responds, customer by customer: every schedule of the menu is tried."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from benchmarks.brute_force.bills import Floats
from benchmarks.brute_force.costs import Offer
from benchmarks.brute_force.region import Customers, Region

__all__ = ["Menu"]


@dataclass(frozen=True)
class Brought:
    """What a town brings at a schedule, a year, and whether all protected can pay it."""

    revenue: float
    avoided: float
    affordable: bool


@dataclass(eq=False)
class Menu:
    """The schedules of a region, and what each town brings at each."""

    region: Region

    @cached_property
    def shapes(self) -> list[Floats]:
        """Schedules at level 1."""
        given = self.region.instance.demand.shapes
        return [np.array(shape) for shape in given] or [np.ones(1)]

    @cached_property
    def schedules(self) -> list[Floats]:
        """Every schedule of the menu, as prices."""
        levels = self.region.instance.demand.levels
        made = []
        for shape in self.shapes:
            made += [level * shape for level in levels or self._own_levels(shape)]
        return made

    @cached_property
    def table(self) -> list[list[Brought]]:
        """What each town brings at each schedule."""
        return [[self._brought(i, p) for p in self.schedules] for i in range(self.region.towns)]

    @cached_property
    def price_today(self) -> dict[int, float]:
        """Average price today, money/m3, of the customers who answer to theirs."""
        found = {}
        for town, name in enumerate(self.region.names):
            customers = self.region.customers[town]
            homes = [own for own in customers if own.household]
            size = sum(own.connections for own in homes)
            mean = sum(own.connections * float(own.bill @ self.shapes[0]) for own in homes) / size
            today = self._bill_today(name)
            for own in customers:
                unit = float(own.bill @ self.shapes[0])
                if own.elasticity < 0 and own.use_m3 > 0 and unit > 0 and today > 0 and mean > 0:
                    found[id(own)] = today / mean * unit / own.use_m3
        return found

    def public_money(self, group: tuple[int, ...], offer: Offer) -> float:
        """Return the least subsidy with which a group meets an offer's requirement, a year."""
        return self.short(group, offer.requirement, offer.model.efficiency * offer.model.with_fee)

    def short(self, group: tuple[int, ...], need: float, factor: float) -> float:
        """Return the least subsidy for a requirement; ``factor`` is what avoided cost takes off."""
        policy = self.region.instance.policy
        each = [
            [b.revenue + factor * b.avoided if b.affordable else -math.inf for b in self.table[i]]
            for i in group
        ]
        if policy.tariff_scope == "town":
            most = sum(max(own) for own in each)
        else:
            most = max(map(sum, zip(*each, strict=True)))
        short = max(0.0, need - most)
        return math.inf if short > 1e-9 * need and not policy.operating_subsidy else short

    def use(self, own: Customers, prices: Floats) -> float:
        """Return the consumption that results, m3/month."""
        today = self.price_today.get(id(own))
        if today is None:
            return own.use_m3
        change = self.region.instance.demand.change_most

        def beyond(use: float) -> float:
            price = self._bill(own, use, prices) / use
            factor = (price / today) ** own.elasticity if price > 0 else math.inf
            return use - own.use_m3 * min(1.0 + change, max(1.0 - change, factor))

        low, high = own.use_m3 * (1.0 - change), own.use_m3 * (1.0 + change)
        if beyond(low) >= 0:
            return low
        if beyond(high) <= 0:
            return high
        return float(brentq(beyond, low, high, xtol=1e-14, rtol=1e-14))

    def _bill(self, own: Customers, use: float, prices: Floats) -> float:
        weight = self.region.rules.bill(own.category, use, unmetered=own.unmetered, sewer=own.sewer)
        return float(weight @ prices)

    def _brought(self, town: int, prices: Floats) -> Brought:
        cost, revenue, avoided, affordable = self.region.costs[town], 0.0, 0.0, True
        for own in self.region.customers[town]:
            use = self.use(own, prices)
            bill = self._bill(own, use, prices)
            revenue += 12.0 * own.connections * bill
            per_m3 = cost.water_m3 + (cost.sewer_m3 if own.sewer else 0.0)
            avoided += own.connections * (own.use_m3 - use) * per_m3
            affordable &= not own.protected or bill <= own.limit * (1 + 1e-8)
        return Brought(self.region.collection[town] * revenue, avoided, affordable)

    def _bill_today(self, name: str) -> float:
        targets, today = self.region.instance.targets, math.nan
        if targets is not None and name in targets.index:
            today = float(targets["bill_today_month"].loc[name])
        general = self.region.instance.demand.bill_today_month
        return general if math.isnan(today) and general is not None else today

    def _own_levels(self, shape: Floats) -> list[float]:
        """Return the largest affordable level of every town, found by trying."""
        found = []
        for customers in self.region.customers:
            level = math.inf
            for own in customers:
                if own.protected and float(own.bill @ shape) > 0:
                    level = min(level, self._level_of(own, shape))
            found.append(level)
        return sorted({level for level in found if math.isfinite(level)})

    def _level_of(self, own: Customers, shape: Floats) -> float:
        def over(log_level: float) -> float:
            prices = math.exp(log_level) * shape
            return math.log(self._bill(own, self.use(own, prices), prices) / own.limit)

        near = math.log(own.limit / float(own.bill @ shape))
        return math.exp(float(brentq(over, near - 5.0, near + 5.0, xtol=1e-13, rtol=1e-13)))
