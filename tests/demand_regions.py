"""Small random regions whose customers answer to the price, and their brute force.

The brute force tries every partition, seat, operator model and schedule of the menu. Consumption,
bills and money are computed customer by customer from the schedule; only the cost table, travel
and today's average prices come from the case.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from optimizer.instance.instance import Instance
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.tariffs.case import Case
from optimizer.tariffs.price_space import schedule_of
from tests.partitions import _allowed, partitions
from tests.regions import random_region

SHAPE = (1.2, 0.344, 0.457, 0.510)
STEEP = (0.6, 0.25, 0.5, 0.7)


def demand_region(seed: int, **policy: object) -> Instance:
    """A region of 4 or 5 towns with mixed elasticities, meters, menus and promises."""
    rng = np.random.default_rng(10_000 + seed)

    def sometimes(chance: float) -> bool:
        return bool(rng.random() < chance)

    scope = str(rng.choice(["service_area", "service_area", "town", "region"]))
    equal = scope == "region" or sometimes(0.3)
    promises = {
        "demand_response": True,
        "affordable_share": float(rng.choice([0.02, 0.03, 0.05])),
        "protected_groups": ("q1",) if sometimes(0.3) else (),
        "reach_hours": float(rng.choice([0.6, 1.0, 3.0])),
        "connected": sometimes(0.25),
        "operators_least": 2 if sometimes(0.15) else 0,
        "operators_most": 3 if sometimes(0.2) else None,
        "tariff_scope": scope,
        "operating_subsidy": not sometimes(0.15),
        "subsidy_budget_year": float(rng.uniform(1e5, 2e6)) if equal and sometimes(0.5) else None,
        "public_money_price": float(rng.choice([0.5, 1.0, 3.0])),
    }
    region = random_region(seed, towns=int(rng.choice([4, 4, 5])), policy=Policy())
    models = region.operator_models
    if equal:
        same = ["board_fee_share_cost", "board_fee_share_revenue", "margin_share_revenue"]
        models = models.assign(efficiency=1.0, margin_share_cost=0.05)
        models = models.assign(**dict.fromkeys(same, 0.02))
    shapes = (SHAPE, STEEP) if sometimes(0.5) else ()
    category = Category(category="commercial", factor=1.4, minimum_m3=10.0)
    tariff = Tariff(
        blocks_m3=(8.0, 20.0),
        fixed_charge_share=0.5,
        shape=None if shapes else SHAPE,
        categories=(category,),
        unmetered_m3_month=18.0 if sometimes(0.3) else None,
    )
    levels = () if sometimes(0.6) else tuple(np.round(np.geomspace(0.1, 9.0, 7), 3).tolist())
    households = region.households.assign(
        unmetered_share=rng.choice([0.0, 0.0, 0.4], len(region.households)),
        price_elasticity=rng.choice([-0.4, -0.2, -0.1, 0.0, np.nan], len(region.households)),
    )
    volume = rng.uniform(0.1, 0.6, len(region.towns))
    return region.replace(
        towns=region.towns.assign(volume_cost_m3=volume),
        households=households,
        operator_models=models,
        tariff=tariff,
        demand=Demand(change_most=float(rng.choice([0.1, 0.3, 0.5])), levels=levels, shapes=shapes),
        targets=today(region, rng.choice([4.0, 9.0, 25.0, np.nan], len(region.towns))),
        policy=Policy(**(promises | policy)),
    )


def today(region: Instance, bill: object) -> pd.DataFrame:
    """A table of targets that says today's bills and nothing else."""
    names = ["bill_today_month", "cash_today", "connection_growth_share_year", "coverage"]
    names += ["coverage_target", "collection_rate_target", "non_revenue_water_target"]
    table = pd.DataFrame(np.nan, index=region.towns.index, columns=names)
    return table.assign(bill_today_month=bill)


class Plain:
    """The region customer by customer."""

    def __init__(self, case: Case) -> None:
        self.case, self.demand = case, case.instance.demand
        self.shapes = [np.array(s) for s in self.demand.shapes] or [np.ones(1)]
        self.classes = [
            [int(k) for k in np.flatnonzero(case.classes.town == i)] for i in range(case.towns)
        ]
        self.at = cache(self._at)
        self.levels = [self.demand.levels or self._own_levels(s) for s in range(len(self.shapes))]

    def use(self, k: int, schedule: object) -> tuple[float, float]:
        """Consumption and bill of one class under a schedule."""
        classes, curve = self.case.classes, self.case.response.curve
        own = schedule.categories[classes.category[k]]
        q0, e = float(classes.consumption_m3_month[k]), float(curve.elasticity[k])
        flat, c = bool(classes.unmetered[k]), self.demand.change_most

        def answer(q: float) -> float:
            price = own.bill(q, unmetered=flat) / q
            return q0 * min(1 + c, max(1 - c, (price / curve.price_today_m3[k]) ** e))

        if e < 0:
            low, high = q0 * (1 - c), q0 * (1 + c)
            if answer(low) <= low:
                q0 = low
            elif answer(high) >= high:
                q0 = high
            else:
                q0 = brentq(lambda q: q - answer(q), low, high, xtol=1e-14, rtol=1e-14)
        return q0, own.bill(q0, unmetered=flat)

    def _at(self, i: int, s: int, level: float) -> tuple[float, float, bool]:
        """Revenue, avoided operating cost and affordability of a town at a schedule."""
        case, classes = self.case, self.case.classes
        town = case.instance.towns.iloc[i]
        schedule = schedule_of(case.instance.tariff, level * self.shapes[s])
        revenue = avoided = 0.0
        able = True
        for k in self.classes[i]:
            q, bill = self.use(k, schedule)
            revenue += 12 * town.collection_rate * classes.connections[k] * bill
            less = classes.connections[k] * (classes.consumption_m3_month[k] - q)
            avoided += 12 * less * town.volume_cost_m3 / (1 - town.non_revenue_water)
            limit = case.instance.policy.affordable_share * classes.income_month[k]
            able &= not classes.protected[k] or bill <= limit * (1 + 1e-8)
        return revenue, avoided, able

    def _own_levels(self, s: int) -> tuple[float, ...]:
        """The largest affordable level of every town, found by trying."""
        case, found = self.case, []
        for i in range(case.towns):
            level = math.inf
            for k in self.classes[i]:
                if not case.classes.protected[k]:
                    continue
                limit = case.instance.policy.affordable_share * case.classes.income_month[k]

                def over(x: float, k: int = k, limit: float = limit) -> float:
                    schedule = schedule_of(case.instance.tariff, x * self.shapes[s])
                    return self.use(k, schedule)[1] - limit

                level = min(level, brentq(over, 1e-6, 1e4, xtol=1e-13, rtol=1e-13))
            found.append(level)
        return tuple(found)

    def short(self, group: tuple[int, ...], need: float, factor: float) -> float:
        """Least public money with which towns under one schedule meet a requirement."""
        best = math.inf
        for s in range(len(self.shapes)):
            for level in self.levels[s]:
                each = [self.at(i, s, level) for i in group]
                if all(able for _, _, able in each):
                    brought = sum(r + factor * a for r, a, _ in each)
                    best = min(best, max(0.0, need - brought))
        return best

    def money(self, group: tuple[int, ...], need: float, factor: float) -> float:
        """As :meth:`short`, with a schedule per town where the policy has that scope."""
        policy = self.case.instance.policy
        if policy.tariff_scope == "town":
            large = 1e12
            brought = sum(large - self.short((i,), large, factor) for i in group)
            short = max(0.0, need - brought)
        else:
            short = self.short(group, need, factor)
        return math.inf if short > 1e-9 * need and not policy.operating_subsidy else short


def least_cost(case: Case) -> float:
    """The objective of the best plan over the menu; ``inf`` where none keeps every promise."""
    plain, policy = Plain(case), case.instance.policy
    area = cache(lambda group: _area(plain, group))
    best = math.inf
    for partition in partitions(list(range(case.towns))):
        most = policy.operators_most or case.towns
        if not policy.operators_least <= len(partition) <= most:
            continue
        areas = [area(group) for group in partition]
        need, public = sum(a[0] for a in areas), sum(a[1] for a in areas)
        if not math.isfinite(need):
            continue
        if policy.tariff_scope == "region":
            cost = case.cost
            factor = float(cost.efficiency[0] * cost.requirement_factor[0])
            public = plain.money(tuple(range(case.towns)), need, factor)
        budget = policy.subsidy_budget_year
        if budget is None or public <= budget * (1 + 1e-9):
            best = min(best, need + policy.public_money_price * public)
    return best


def _area(plain: Plain, group: tuple[int, ...]) -> tuple[float, float]:
    """Requirement at today's consumption and public money of the best seat and model."""
    case, policy = plain.case, plain.case.instance.policy
    best, found = math.inf, (math.inf, math.inf)
    if not _allowed(case, group):
        return found
    cost = case.cost
    hours = {(int(p.seat), int(p.town)): float(p.hours) for p in case.reach.pairs.itertuples()}
    size = float(sum(cost.size[i] for i in group))
    for seat in group:
        if any((seat, i) not in hours for i in group):
            continue
        for m in range(len(cost.models)):
            if not cost.least[m] <= size <= cost.most[m]:
                continue
            total = float(cost.overhead_year[m])
            for i in group:
                total += cost.efficiency[m] * cost.operation_year[i] + cost.replacement_year[i]
                total += cost.transition_year[i] if i != seat else 0.0
                total += cost.crew_hour_cost[m] * 2 * hours[seat, i] * cost.trips_year[i]
            total *= cost.requirement_factor[m]
            factor = float(cost.efficiency[m] * cost.requirement_factor[m])
            pooled = policy.tariff_scope == "region"
            public = 0.0 if pooled else plain.money(group, total, factor)
            value = total + policy.public_money_price * public
            if value < best:
                best, found = value, (total, public)
    return found
