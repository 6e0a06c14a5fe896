"""What a plan's towns look like in the years ahead: customers, water, costs, works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.cost_terms.terms import Line
from optimizer.costs.quantities import Quantities
from optimizer.costs.sums import town_cost
from optimizer.instance.schema.year_fields import Horizon, Investment, Target
from optimizer.plan.path.horizon import (
    compound,
    provision_share,
    remaining_share,
    straight_line,
)

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
    billed, homes = _households(plan, keys)
    others = _other_customers(plan, keys)
    number = homes.connections
    customers = _growth(aims["connection_growth_share_year"], horizon)
    households = customers * _coverage(aims, horizon) + works.connections / number[:, None]
    towns = plan.instance.towns.reindex(keys)
    rate, lost = (towns[c].to_numpy(dtype=float) for c in ("collection_rate", "non_revenue_water"))
    revenue = plan.towns["revenue_year"].to_numpy(dtype=float)
    now = _served(homes, others, lost, np.ones(len(keys)), np.ones(len(keys)))
    losses = straight_line(lost, aims["non_revenue_water_target"], horizon.years)
    ahead = _served(homes, others, losses.T, households.T, customers.T)
    return Outlook(
        households=households,
        customers=customers,
        connections=ahead.connections.T,
        billed_m3_year=12.0 * ahead.billed_m3_month.T,
        households_now=number,
        m3_now_year=12.0 * now.billed_m3_month,
        households_year=billed[:, None] * households,
        customers_year=np.maximum(revenue / rate - billed, 0.0)[:, None] * customers,
        collection_rate=straight_line(rate, aims["collection_rate_target"], horizon.years),
        operation_added_year=works.operation + _operation_added(plan, keys, now, ahead),
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


@dataclass(frozen=True, eq=False)
class _Served:
    """Connections, and their use in m3 per month, of each town; those with sewerage apart."""

    connections: Floats
    m3_month: Floats
    sewer_connections: Floats
    sewer_m3_month: Floats


def _households(plan: Plan, keys: list[object]) -> tuple[Floats, _Served]:
    """Return what households are billed a year, and who they are, by town."""
    bills = plan.bills
    year = (12.0 * bills["connections"] * bills["bill_month"]).groupby(level="town").sum()
    sewer = bills.reindex(columns=["sewer"])["sewer"].fillna(value=0.0).astype(float)
    return year.reindex(keys).to_numpy(dtype=float), _sums(bills, sewer, keys)


def _other_customers(plan: Plan, keys: list[object]) -> _Served:
    """Return the customers that are not households, by town."""
    table = plan.instance.customers
    sewer = table.reindex(columns=["sewer_share"])["sewer_share"].fillna(0.0).astype(float)
    return _sums(table, sewer, keys)


def _sums(table: pd.DataFrame, sewer: pd.Series, keys: list[object]) -> _Served:
    """Return the sums of a table of customers, of which a share has sewerage, by town."""
    number, use = table["connections"], table["consumption_m3_month"]
    parts = (number, number * use, number * sewer, number * sewer * use)
    sums = (part.groupby(level="town").sum().reindex(keys).fillna(0.0) for part in parts)
    return _Served(*(part.to_numpy(dtype=float) for part in sums))


def _served(
    homes: _Served, others: _Served, losses: Floats, households: Floats, customers: Floats
) -> Quantities:
    """Return what there is when households and others are so many for each one of the plan.

    Parameters
    ----------
    losses, households, customers : arrays of shape (..., n)
        Share of produced water that is lost; factors on connections.
    """
    return Quantities(
        connections=homes.connections * households + others.connections * customers,
        billed_m3_month=homes.m3_month * households + others.m3_month * customers,
        sewer_connections=homes.sewer_connections * households
        + others.sewer_connections * customers,
        sewer_m3_month=homes.sewer_m3_month * households + others.sewer_m3_month * customers,
        non_revenue_water=losses,
    )


def _growth(of_town: Floats, horizon: Horizon) -> Floats:
    """Return ``(1 + growth)^t``, the town's own growth where it is given; shape (n, T)."""
    growth = np.where(np.isnan(of_town), horizon.connection_growth_share_year, of_town)
    return np.stack([compound(float(g), horizon.years) for g in growth])


def _coverage(aims: dict[str, Floats], horizon: Horizon) -> Floats:
    """Return ``coverage_t / coverage_0``, full coverage where none is given; shape (n, T)."""
    now = np.where(np.isnan(aims["coverage"]), 1.0, aims["coverage"])
    return straight_line(now, aims["coverage_target"], horizon.years) / now[:, None]


def _operation_added(plan: Plan, keys: list[object], now: Quantities, ahead: Quantities) -> Floats:
    """Return what operation costs more (less) than in the plan, before the efficiency path.

    Parameters
    ----------
    now, ahead : Quantities
        What there is in the plan, shape (n,), and in each year, shape (T, n).

    Returns
    -------
    array of shape (n, T), money/year
    """
    towns = pd.DataFrame(plan.instance.towns).loc[keys]
    efficiency = plan.instance.operator_models["efficiency"]
    factor = efficiency.reindex(plan.towns["operator_model"]).to_numpy(dtype=float)
    added: Floats = np.zeros((1, len(keys)))
    for scaled in (True, False):
        before, after = (
            town_cost(towns, here, Line.OPERATION, efficiency=scaled) for here in (now, ahead)
        )
        added = added + (factor if scaled else 1.0) * (after - before)
    return np.asarray(added.T, dtype=np.float64)


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
