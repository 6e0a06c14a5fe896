"""Every town by itself: what it would need, pay and be paid, best case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats
from optimizer.tariffs.case import Case
from optimizer.tariffs.design import design_tariff
from optimizer.tariffs.response.design import design_schedules, responding_case
from optimizer.tariffs.revenue import town_best_prices

__all__ = ["StandAlone", "stand_alone"]


@dataclass(frozen=True, eq=False)
class StandAlone:
    """Towns by themselves; arrays of shape (towns,), ``nan`` where a town cannot stand alone.

    Attributes
    ----------
    requirement_year, subsidy_year : array
        Revenue requirement and the subsidy that remains, money per year.
    bill_month : array
        Mean household bill net of support, money per month.
    """

    requirement_year: Floats
    subsidy_year: Floats
    bill_month: Floats


def stand_alone(case: Case) -> StandAlone:
    """Return every town's stand-alone tariff and subsidy under the same promises.

    A subsidy is allowed here even where the policy allows none: it is what would be missing.
    """
    policy = case.instance.policy.replace(operating_subsidy=True, participation=False)
    plain = case if policy == case.instance.policy else case.with_policy(policy)
    towns = np.arange(case.towns)
    need = case.stand_alone_year
    able = np.isfinite(need)
    if plain.response is not None:
        return _responding(plain)
    if plain.programmed:
        return _one_by_one(plain, need)
    prices = town_best_prices(plain, towns, break_ties=True).point
    best = (plain.revenue_year * prices).sum(axis=1)
    safe = np.where(able, need, 0.0)
    level = np.minimum(1.0, np.where(best > 0, safe / np.maximum(best, 1e-300), 1.0))
    bill = mean_household_bill(plain, prices * level[:, None], np.zeros(len(case.classes.town)))
    return StandAlone(
        np.where(able, need, np.nan),
        np.where(able, np.maximum(0.0, safe - best), np.nan),
        np.where(able, bill, np.nan),
    )


def mean_household_bill(case: Case, prices: Floats, support_month: Floats) -> Floats:
    """Return the connection-weighted mean household bill net of support, by town.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    prices : array of shape (towns, components)
        Prices in each town.
    support_month : array of shape (classes,)
        Support per connection and month; who is missed gets none, others may get it too.
    """
    classes = case.classes
    bill = (case.space.bill * prices[classes.town]).sum(axis=1)
    weight = np.where(classes.household, classes.connections, 0.0)
    total = classes.total_per_town(weight * bill, case.towns)
    total -= classes.total_per_town(case.support.connections * support_month, case.towns)
    return total / np.maximum(classes.total_per_town(weight, case.towns), 1e-300)


def _responding(case: Case) -> StandAlone:
    """Return every town by itself where demand responds, with the cheapest operator model.

    The requirement is that of today's consumption; subsidy and bill are those of the consumption
    that results.
    """
    cost, here = case.cost, np.zeros(case.towns)
    total = cost.serve_requirement(np.arange(case.towns), here, here) + cost.open_requirement()
    total = np.where(cost.admits(cost.size) & cost.sits, total, np.inf)
    model, need = total.argmin(axis=1), total.min(axis=1)
    able = np.isfinite(need)
    kind = np.array([case.kind_of(int(m)) for m in model], dtype=np.int64)
    prices = design_schedules(case, np.arange(case.towns), np.where(able, need, 0.0), kind)
    there = responding_case(case, prices)
    factor = (cost.requirement_factor * cost.efficiency)[model]
    net = (there.revenue_year * prices).sum(axis=1)
    net += factor * (cost.operation_year - there.cost.operation_year)
    short = np.where(able, need, 0.0) - net
    subsidy = np.where(short > 1e-9 * np.where(able, need, 1.0), short, 0.0)
    bill = mean_household_bill(there, prices, np.zeros(len(case.classes.town)))
    return StandAlone(
        np.where(able, need, np.nan),
        np.where(able, subsidy, np.nan),
        np.where(able, bill, np.nan),
    )


def _one_by_one(case: Case, need: Floats) -> StandAlone:
    subsidy = np.full(case.towns, np.nan)
    bill = np.full(case.towns, np.nan)
    for town in np.flatnonzero(np.isfinite(need)):
        design = design_tariff(case, np.array([town]), float(need[town]))
        subsidy[town] = design.subsidy_year
        prices = np.zeros((case.towns, len(case.space.components)))
        prices[town] = design.prices[0]
        bill[town] = mean_household_bill(case, prices, design.support_month)[town]
    return StandAlone(np.where(np.isfinite(need), need, np.nan), subsidy, bill)
