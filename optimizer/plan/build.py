"""Make a plan's tables from its settled areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.instance.instance import Instance
from optimizer.instance.schema.plan_tables import empty_table
from optimizer.plan.finances import finances_table
from optimizer.plan.plan import Outcome, Plan
from optimizer.plan.tariff_design import AreaChoice, Settlement, settle
from optimizer.plan.tariff_tables import bills_table, tariffs_table
from optimizer.tariffs.case import Case
from optimizer.tariffs.payments import caused_cost
from optimizer.tariffs.response.design import responding_case
from optimizer.tariffs.stand_alone import mean_household_bill, stand_alone

__all__ = ["build_plan", "empty_plan"]

SAME_BILL = 0.01


def build_plan(
    case: Case,
    choices: Sequence[AreaChoice],
    outcome: Outcome,
    *,
    draws: pd.DataFrame | None = None,
) -> Plan:
    """Return the plan of the given areas: tariffs designed, tables filled.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    choices : sequence of AreaChoice
        Areas that partition the towns.
    outcome : Outcome
        How they were found.
    draws : pandas.DataFrame, optional
        What the areas come to in the draws that the objective is a mean of.

    Raises
    ------
    OptimizerError
        If the policy allows no subsidy and an area cannot cover its requirement.
    """
    ordered = sorted(
        choices, key=lambda c: (-float(case.cost.size[list(c.members)].sum()), c.label)
    )
    settled = settle(case, ordered)
    there = _resulting(case, settled)
    finances = finances_table(there, settled, today=case)
    bills = bills_table(there, settled, today=case)
    towns = _towns_table(there, settled, bills, today=case)
    areas = _areas_table(case, settled, finances, bills)
    if case.response is not None and not case.response.complete:
        outcome = _refined(outcome, float(areas["value_year"].sum()))
    return Plan(
        instance=case.instance,
        areas=areas,
        towns=towns,
        tariffs=tariffs_table(there, settled),
        bills=bills,
        finances=finances,
        outcome=outcome,
        draws=draws,
    )


def _resulting(case: Case, settled: Sequence[Settlement]) -> Case:
    """Return the case at the consumption that results from a plan; the same without response."""
    if case.response is None:
        return case
    prices = np.zeros((case.towns, len(case.space.components)))
    for area in settled:
        prices[area.members] = area.prices
    return responding_case(case, prices)


def _refined(outcome: Outcome, value_year: float) -> Outcome:
    """Return the outcome with what refined schedules save; a menu without a plan saves nothing."""
    if not np.isfinite(outcome.objective):
        return replace(outcome, objective=value_year)
    return replace(outcome, refined_saving_year=outcome.objective - value_year)


def empty_plan(instance: Instance, outcome: Outcome) -> Plan:
    """Return a plan without areas, for an instance that has none; all columns are there."""
    geometry = gpd.GeoSeries([], crs=instance.towns.crs)
    return Plan(
        instance=instance,
        areas=empty_table("areas"),
        towns=gpd.GeoDataFrame(empty_table("towns").drop(columns="geometry"), geometry=geometry),
        tariffs=empty_table("tariffs"),
        bills=empty_table("bills"),
        finances=empty_table("finances"),
        outcome=outcome,
    )


def _areas_table(
    case: Case, settled: Sequence[Settlement], finances: pd.DataFrame, bills: pd.DataFrame
) -> pd.DataFrame:
    names = case.reach.towns
    shown = case.instance.towns["name"]
    population = case.instance.towns["population"].to_numpy(dtype=float)
    price = case.instance.policy.public_money_price
    protected = bills[bills["protected"]]
    worst = protected.groupby("service_area")["burden"].max()
    rows = [
        {
            "service_area": area.choice.label,
            "seat": names[area.choice.seat],
            "seat_name": str(shown.iloc[area.choice.seat]),
            "operator_model": case.cost.models[area.choice.model],
            "town_count": len(area.members),
            "population": float(population[area.members].sum()),
            "connections": float(case.cost.size[area.members].sum()),
            "reach_hours": float(area.hours.max()),
            "burden_worst": float(worst[area.choice.label]),
        }
        for area in settled
    ]
    table = pd.DataFrame(rows).set_index("service_area")
    money = [
        "cost_year",
        "requirement_year",
        "revenue_year",
        "operating_subsidy_year",
        "transfer_year",
        "household_support_year",
    ]
    for place, name in enumerate(money):
        table.insert(7 + place, name, finances[name])
    public = table["operating_subsidy_year"] + table["household_support_year"]
    need = table["requirement_year"] + finances["forgone_water_year"]
    table.insert(13, "value_year", need + price * public)
    return table


def _towns_table(
    case: Case, settled: Sequence[Settlement], bills: pd.DataFrame, *, today: Case
) -> gpd.GeoDataFrame:
    towns = _served(case, settled)
    prices = np.zeros((case.towns, len(case.space.components)))
    support = np.zeros(len(case.classes.town))
    for area in settled:
        prices[area.members] = area.prices
        support += area.support_month
    _add_support(case, towns, support)
    towns["bill_month"] = mean_household_bill(case, prices, support)
    worst = bills[bills["protected"]].groupby("town")["burden"].max()
    towns["burden_worst"] = worst.reindex(towns.index).to_numpy(dtype=float)
    _add_alone(today, towns)
    geometry = case.instance.towns.geometry
    return gpd.GeoDataFrame(towns, geometry=geometry.loc[towns.index], crs=geometry.crs)


def _served(case: Case, settled: Sequence[Settlement]) -> pd.DataFrame:
    """Return every town with what it costs and pays, money per year, in the order of the case."""
    order = np.argsort(np.concatenate([area.members for area in settled]), kind="stable")
    money = [_money_year(case, area) for area in settled]
    names, source = np.array(case.reach.towns, dtype=object), case.instance.towns
    sizes = [len(area.members) for area in settled]
    seat = np.repeat([area.choice.seat for area in settled], sizes)[order]
    label = np.repeat(np.array([a.choice.label for a in settled], dtype=object), sizes)[order]
    model = np.repeat([area.choice.model for area in settled], sizes)[order]
    here = source.loc[list(case.reach.towns)]
    way = _ways_from(case, seat)
    columns = {
        "name": here["name"].astype(str),
        "service_area": pd.Series(label, index=here.index, dtype=str),
        "seat": pd.Series(names[seat], index=here.index, dtype=str),
        "operator_model": pd.Series(np.array(case.cost.models, dtype=object)[model], here.index),
        "travel_hours": np.concatenate([area.hours for area in settled])[order],
        "travel_km": way["km"].to_numpy(dtype=float),
        "travel_source": way["source"].astype(str).to_numpy(),
        "population": here["population"].astype(float),
        "connections": case.cost.size,
    }
    figures = {name: np.concatenate([m[name] for m in money])[order] for name in money[0]}
    towns = pd.DataFrame(columns | figures, index=here.index)
    towns.index.name = "town"
    return towns


def _money_year(case: Case, area: Settlement) -> dict[str, Floats]:
    """Return what each town of one area costs, brings in and is given, money per year."""
    seat, model = area.choice.seat, area.choice.model
    direct, overhead = caused_cost(case, area.members, area.hours, seat=seat, model=model)
    cost = direct + overhead
    public_year = area.subsidy_year + area.transfer_year
    total = float(cost.sum())
    public = public_year * cost / total if total > 0 else np.zeros(len(cost))
    return {
        "direct_cost_year": direct,
        "overhead_share_year": overhead,
        "cost_year": cost,
        "revenue_year": area.revenue_year,
        "operating_subsidy_year": public,
        "cross_subsidy_year": area.revenue_year + public - cost,
    }


def _ways_from(case: Case, seat: Ints) -> pd.DataFrame:
    """Return how each town is reached from its seat."""
    pairs = case.reach.pairs
    key = pairs["seat"].to_numpy() * case.towns + pairs["town"].to_numpy()
    order = np.argsort(key, kind="stable")
    at = order[np.searchsorted(key[order], seat * case.towns + np.arange(case.towns))]
    return pairs.iloc[at]


def _add_support(case: Case, towns: pd.DataFrame, support_month: Floats) -> None:
    yearly = case.support.year(support_month)
    towns["household_support_year"] = case.classes.total_per_town(yearly, case.towns)


def _add_alone(case: Case, towns: pd.DataFrame) -> None:
    """Add what each town would need and pay by itself, and whether it gains by the plan."""
    alone = stand_alone(case)
    towns["alone_requirement_year"] = alone.requirement_year
    towns["alone_subsidy_year"] = alone.subsidy_year
    towns["alone_bill_month"] = alone.bill_month
    change = towns["bill_month"].to_numpy(dtype=float) - alone.bill_month
    towns["bill_change_month"] = change
    small = SAME_BILL * alone.bill_month
    towns["gains"] = np.select(
        [np.isnan(alone.bill_month), np.abs(change) <= small, change < 0],
        ["cannot stand alone", "same", "gains"],
        default="loses",
    )
