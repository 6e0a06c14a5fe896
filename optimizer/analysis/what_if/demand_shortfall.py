"""What a plan's schedules bring if customers answer to them, and what is then missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.errors import PolicyError
from optimizer.instance.schema.demand_fields import Demand
from optimizer.plan.plan import Plan
from optimizer.tariffs.case import Case, case_of
from optimizer.tariffs.response.consumption import consumption_that_results, demand_curve
from optimizer.tariffs.response.menu import bills_today

__all__ = ["demand_shortfall"]


def demand_shortfall(plan: Plan, *, demand: Demand | None = None) -> pd.DataFrame:
    """Return what each area lacks at the consumption that results from the plan's schedules.

    Areas, schedules and public money stay as the plan says. A plan that was made with today's
    consumption, where customers answer, brings in less than its areas require: higher prices lower
    the use, and most cost does not fall with it.

    Parameters
    ----------
    plan : Plan
        A plan with areas, made with demand that responds or without.
    demand : Demand, optional
        How consumption follows the price; that of the instance by default.

    Returns
    -------
    pandas.DataFrame
        Index ``service_area``: ``consumption_today_m3_month``, ``consumption_m3_month`` (mean of
        the households), ``revenue_year``, ``requirement_year``, ``operating_subsidy_year``,
        ``transfer_year``, and ``shortfall_year``, the requirement less the other three; negative
        where something is left.

    Raises
    ------
    PolicyError
        If the plan has no areas.

    Notes
    -----
    Today's schedule is taken to have the given shape, or the first of the menu, or else the shape
    of the plan's own schedule. Towns whose bill today is not known do not respond.

    Examples
    --------
    The pair pays 0.85 per m3 where it paid 0.50: at an elasticity of -0.2 a tenth less is used.

    >>> import optimizer as op
    >>> plan = op.solve(op.read("instances/pair"))
    >>> found = demand_shortfall(plan, demand=op.Demand(bill_today_month=5.0))
    >>> found.round(1).iloc[0][["consumption_m3_month", "shortfall_year"]].tolist()
    [9.0, 15405.3]
    """
    if plan.areas.empty:
        raise PolicyError(f"the plan has no service areas ({plan.status})")
    case = case_of(plan.instance.replace(demand=demand or plan.instance.demand))
    prices = _prices(plan, case)
    there = case.with_consumption(_consumption(case, prices))
    revenue = pd.Series((there.revenue_year * prices).sum(axis=1), index=case.reach.towns)
    label = plan.towns["service_area"]
    table = pd.DataFrame(
        {
            "consumption_today_m3_month": _mean_use(case, label),
            "consumption_m3_month": _mean_use(there, label),
            "revenue_year": revenue.groupby(label).sum(),
            "requirement_year": _requirement(plan, there),
            "operating_subsidy_year": plan.finances["operating_subsidy_year"],
            "transfer_year": plan.finances["transfer_year"],
        }
    ).loc[plan.areas.index]
    income = table[["revenue_year", "operating_subsidy_year", "transfer_year"]].sum(axis=1)
    return table.assign(shortfall_year=table["requirement_year"] - income)


def _consumption(case: Case, prices: Floats) -> Floats:
    """Return the consumption of each class that results from prices in each town."""
    instance, space = case.instance, case.space
    if case.response is not None:
        curve = case.response.curve
        return consumption_that_results(curve, prices[case.classes.town])
    shapes = prices
    if instance.tariff.shape is not None:
        shapes = np.ones_like(prices)
    elif instance.demand.shapes:
        shapes = np.tile(np.array(instance.demand.shapes[0]), (case.towns, 1))
    bill = (space.bill * shapes[case.classes.town]).sum(axis=1, keepdims=True)
    curve = demand_curve(
        instance.tariff,
        instance.demand,
        case.classes,
        bill=bill,
        shape=np.ones(1),
        bill_today_month=bills_today(instance),
    )
    return consumption_that_results(curve, prices[case.classes.town])


def _prices(plan: Plan, case: Case) -> Floats:
    """Return the prices in each town, from the plan's domestic schedules."""
    tariff = plan.instance.tariff
    table = plan.tariffs["price"].xs("domestic", level="category")
    per_town = plan.instance.policy.own_schedules
    names = list(case.space.components)
    if tariff.shape is not None:
        largest = int(np.argmax(tariff.shape))
        names = ["fixed charge" if largest == 0 else f"block {largest}"]
    rows = []
    for town, area in plan.towns["service_area"].reindex(case.reach.towns).items():
        own = table.xs((area, town if per_town else ""), level=("service_area", "town"))
        rows.append(own.reindex(names).fillna(0.0).to_numpy(dtype=float))
    prices = np.array(rows)
    return prices if tariff.shape is None else prices / max(tariff.shape)


def _mean_use(case: Case, label: pd.Series) -> pd.Series:
    """Return the mean consumption of the households of each area, m3/month."""
    classes = case.classes
    weight = np.where(classes.household, classes.connections, 0.0)
    used = classes.total_per_town(weight * classes.consumption_m3_month, case.towns)
    whole = classes.total_per_town(weight, case.towns)
    table = pd.DataFrame({"used": used, "whole": whole}, index=list(case.reach.towns))
    total = table.groupby(label).sum()
    return total["used"] / total["whole"]


def _requirement(plan: Plan, case: Case) -> pd.Series:
    """Return the requirement of each area of the plan at the case's consumption."""
    place = {town: k for k, town in enumerate(case.reach.towns)}
    found = {}
    for area, row in plan.areas.to_dict(orient="index").items():
        mine = plan.towns[plan.towns["service_area"] == area]
        members = np.array([place[str(t)] for t in mine.index], dtype=np.int64)
        model = case.cost.models.index(str(row["operator_model"]))
        hours = mine["travel_hours"].to_numpy(dtype=float)
        terms = case.cost.terms(members, hours, seat=place[str(row["seat"])], model=model)
        found[str(area)] = terms.cost_year * float(case.cost.requirement_factor[model])
    return pd.Series(found)
