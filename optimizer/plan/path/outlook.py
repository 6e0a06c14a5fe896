"""What a plan's towns look like in the years ahead: customers, water, costs, works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.instance.schema.year_fields import Horizon, Investment, Target
from optimizer.plan.path.horizon import (
    compound,
    provision_share,
    remaining_share,
    straight_line,
)
from optimizer.plan.path.services import sewer_added

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["Outlook", "outlook"]


@dataclass(frozen=True, eq=False)
class Outlook:
    """A plan's n towns, in the order of ``plan.towns``, over T years; real money.

    Attributes
    ----------
    households, customers : arrays of shape (n, T)
        Household connections, and other connections, for each one of the plan.
    connections, billed_m3_year : arrays of shape (n, T)
        All connections; water billed to them.
    households_now, m3_now_year : arrays of shape (n,)
        Household connections, and water billed to all, in the plan's own year.
    households_year, customers_year : arrays of shape (n, T)
        Billed to households and to others at the plan's own schedule, money/year.
    collection_rate : array of shape (n, T)
        Share of billed money that comes in.
    operation_added_year : array of shape (n, T)
        Operating cost above (below) the plan's, before the efficiency path.
    provision_year : array of shape (n, T)
        Saving for the replacement of granted works.
    investment_year, grants_year : arrays of shape (n, T)
        Works built, and what the state gives.
    own_remaining_value, all_remaining_value : arrays of shape (n,)
        What works are worth at the end: the part that no grant paid, and all of it.
    cash_today, bill_today_month, bill_plan_month : arrays of shape (n,)
        Cash brought; mean household bill today (NaN where not known) and in the plan.
    """

    households: Floats
    customers: Floats
    connections: Floats
    billed_m3_year: Floats
    households_now: Floats
    m3_now_year: Floats
    households_year: Floats
    customers_year: Floats
    collection_rate: Floats
    operation_added_year: Floats
    provision_year: Floats
    investment_year: Floats
    grants_year: Floats
    own_remaining_value: Floats
    all_remaining_value: Floats
    cash_today: Floats
    bill_today_month: Floats
    bill_plan_month: Floats


def outlook(plan: Plan, horizon: Horizon) -> Outlook:
    """Return the outlook of a plan's towns.

    Household connections follow ``n (1 + growth)^t coverage_t / coverage_0`` plus what works of
    earlier years add; other customers grow alone. Consumption of a connection stays. Collection,
    losses and coverage move on straight lines to their targets.

    Parameters
    ----------
    plan : Plan
        A plan with areas.
    horizon : Horizon
        The years.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), "alone")
    >>> ahead = outlook(plan, Horizon(years=2, connection_growth_share_year=0.1))
    >>> ahead.connections.round(1).tolist()
    [[1100.0, 1210.0], [550.0, 605.0]]
    """
    keys = list(plan.towns.index)
    aims = _aims(plan, keys)
    works = _works(plan, horizon, keys)
    number, billed, homes_m3 = _households(plan, keys)
    others, others_m3 = _other_customers(plan, keys)
    customers = _growth(aims["connection_growth_share_year"], horizon)
    households = customers * _coverage(aims, horizon) + works.connections / number[:, None]
    rate = plan.instance.towns["collection_rate"].reindex(keys).to_numpy(dtype=float)
    revenue = plan.towns["revenue_year"].to_numpy(dtype=float)
    connections = number[:, None] * households + others[:, None] * customers
    m3 = homes_m3[:, None] * households + others_m3[:, None] * customers
    use = (homes_m3 + others_m3, m3)
    return Outlook(
        households=households,
        customers=customers,
        connections=connections,
        billed_m3_year=m3,
        households_now=number,
        m3_now_year=use[0],
        households_year=billed[:, None] * households,
        customers_year=np.maximum(revenue / rate - billed, 0.0)[:, None] * customers,
        collection_rate=straight_line(rate, aims["collection_rate_target"], horizon.years),
        operation_added_year=works.operation
        + _operation_added(
            plan, keys, (number + others, connections), use, aims["non_revenue_water_target"]
        )
        + sewer_added(plan, households, customers),
        provision_year=works.provision,
        investment_year=works.amount,
        grants_year=works.grants,
        own_remaining_value=works.own_remaining,
        all_remaining_value=works.all_remaining,
        cash_today=np.nan_to_num(aims["cash_today"]),
        bill_today_month=aims["bill_today_month"],
        bill_plan_month=billed / (12.0 * number),
    )


def _aims(plan: Plan, keys: list[object]) -> dict[str, Floats]:
    """Return the columns of ``targets.csv`` by town; NaN where nothing is given."""
    columns = [name for name in Target.model_fields if name != "town"]
    targets = plan.instance.targets
    if targets is None:
        targets = pd.DataFrame(columns=columns, dtype=float)
    table = targets.reindex(keys)
    return {name: table[name].to_numpy(dtype=float) for name in columns}


def _households(plan: Plan, keys: list[object]) -> tuple[Floats, Floats, Floats]:
    """Return household connections, what they are billed a year, and their yearly m3, by town."""
    bills = plan.bills.reset_index()
    bills["billed"] = 12.0 * bills["connections"] * bills["bill_month"]
    bills["m3"] = 12.0 * bills["connections"] * bills["consumption_m3_month"]
    sums = bills.groupby("town")[["connections", "billed", "m3"]].sum().reindex(keys)
    number, billed, m3 = (sums[name].to_numpy(dtype=float) for name in sums.columns)
    return number, billed, m3


def _growth(of_town: Floats, horizon: Horizon) -> Floats:
    """Return ``(1 + growth)^t``, the town's own growth where it is given; shape (n, T)."""
    growth = np.where(np.isnan(of_town), horizon.connection_growth_share_year, of_town)
    return np.stack([compound(float(g), horizon.years) for g in growth])


def _coverage(aims: dict[str, Floats], horizon: Horizon) -> Floats:
    """Return ``coverage_t / coverage_0``, full coverage where none is given; shape (n, T)."""
    now = np.where(np.isnan(aims["coverage"]), 1.0, aims["coverage"])
    return straight_line(now, aims["coverage_target"], horizon.years) / now[:, None]


def _other_customers(plan: Plan, keys: list[object]) -> tuple[Floats, Floats]:
    """Return connections and yearly m3 of customers that are not households, by town."""
    table = plan.instance.customers.reset_index()
    table["m3"] = 12.0 * table["connections"] * table["consumption_m3_month"]
    sums = table.groupby("town")[["connections", "m3"]].sum().reindex(keys).fillna(0.0)
    return sums["connections"].to_numpy(dtype=float), sums["m3"].to_numpy(dtype=float)


def _operation_added(
    plan: Plan,
    keys: list[object],
    size: tuple[Floats, Floats],
    use: tuple[Floats, Floats],
    losses_target: Floats,
) -> Floats:
    """Return what operation costs more (less) than in the plan, before the efficiency path.

    Formula: ``e_m (per_connection_i (n_it - n_i) + per_m3_i (m3_it / (1 - rho_it) - m3_i / (1 -
    rho_i)))``; shape (n, T), money/year.

    Parameters
    ----------
    size, use : pairs of arrays of shapes (n,) and (n, T)
        Connections and billed m3/year, in the plan and in each year.
    """
    towns = plan.instance.towns.loc[keys]
    efficiency = plan.instance.operator_models["efficiency"]
    factor = efficiency.reindex(plan.towns["operator_model"]).to_numpy(dtype=float)
    losses = towns["non_revenue_water"].to_numpy(dtype=float)
    produced = use[0] / (1.0 - losses)
    path = use[1] / (1.0 - straight_line(losses, losses_target, size[1].shape[1]))
    by_size = towns["connection_cost_year"].to_numpy(dtype=float)[:, None]
    by_m3 = towns["volume_cost_m3"].to_numpy(dtype=float)[:, None]
    grown = by_size * (size[1] - size[0][:, None]) + by_m3 * (path - produced[:, None])
    return np.asarray(factor[:, None] * grown, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Works:
    """Works by town and year; see :class:`Outlook`."""

    amount: Floats
    grants: Floats
    connections: Floats
    operation: Floats
    provision: Floats
    own_remaining: Floats
    all_remaining: Floats


def _works(plan: Plan, horizon: Horizon, keys: list[object]) -> _Works:
    """Return the works of the horizon's years; what they add comes from the year after."""
    shape = (len(keys), horizon.years)
    amount, grants, connections, operation, provision = (np.zeros(shape) for _ in range(5))
    left = np.zeros(len(keys)), np.zeros(len(keys))
    made = _Works(amount, grants, connections, operation, provision, *left)
    works = plan.instance.investments
    if works is None:
        return made
    towns = pd.Index(keys).get_indexer(pd.Index(works["town"])).tolist()
    built = (works["year"].to_numpy(dtype=float) - plan.instance.price_year - 1).astype(int)
    figures = [name for name, info in Investment.model_fields.items() if info.annotation is float]
    rows = works[figures].to_dict("list")
    for k, (at, year) in enumerate(zip(towns, built.tolist(), strict=True)):
        if 0 <= year < horizon.years:
            _add(made, at, year, {name: float(rows[name][k]) for name in figures}, horizon)
    return made


def _add(made: _Works, at: int, built: int, row: dict[str, float], horizon: Horizon) -> None:
    """Add works of one town and year."""
    life, rate = row["asset_life_years"], horizon.discount_rate
    granted = row["amount"] * row["grant_share"]
    after = slice(built + 1, None)
    worn = slice(built + 1, built + 1 + int(np.ceil(life)))
    made.amount[at, built] += row["amount"]
    made.grants[at, built] += granted
    made.connections[at, after] += row["connections_added"]
    made.operation[at, after] += row["operating_cost_added_year"]
    made.provision[at, worn] += granted * provision_share(rate, life)
    left = remaining_share(rate, life, horizon.years - built - 1)
    made.own_remaining[at] += (row["amount"] - granted) * left
    made.all_remaining[at] += row["amount"] * left
