"""The tables of a tariff path, from what was decided for each fund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.instance.schema.path_tables import PATH_TABLES
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plan.path.fund import (
    PathDecision,
    debt_left,
    debt_service,
    flow_year,
    npv,
)
from optimizer.plan.path.funds import FundBooks
from optimizer.plan.path.horizon import compound, discount_factors
from optimizer.plan.path.outlook import Outlook
from optimizer.plan.path.services import affordable_share

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["Settled", "bills_table", "levels_table", "worth_table", "years_table"]

AFFORDABLE = 1e-6
"""A burden above its limit by less than this share of it is rounding."""


@dataclass(frozen=True, eq=False)
class Settled:
    """A fund and its path."""

    books: FundBooks
    decision: PathDecision

    def town_level(self, towns: int) -> Floats:
        """Return the level that each of a plan's towns pays, shape (towns, T); NaN elsewhere."""
        level = np.full((towns, self.decision.level.shape[1]), np.nan)
        for own, values in zip(self.books.schedule_towns, self.decision.level, strict=True):
            level[own] = values
        return level


def _in_order(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a frame with the index and the columns of a path table."""
    layout = PATH_TABLES[table]
    frame = frame.set_index([c.name for c in layout.index])
    return frame[[c.name for c in layout.columns]]


def levels_table(plan: Plan, horizon: Horizon, settled: Sequence[Settled]) -> pd.DataFrame:
    """Return the level of every schedule and year, with its real rise."""
    years = plan.instance.price_year + 1 + np.arange(horizon.years)
    parts = []
    for area in settled:
        fund = area.books.fund
        for u, town in enumerate(area.books.schedule_names):
            level = area.decision.level[u]
            known = np.isfinite(fund.level_strictest[u])
            start = fund.level_reference[u] if known else np.nan
            before = np.concatenate([[start], level[:-1]])
            rise = np.divide(level, before, out=np.full(len(level), np.nan), where=before > 0) - 1.0
            row = {"service_area": fund.label, "town": town, "year": years}
            parts.append(pd.DataFrame({**row, "level": level, "increase_share": rise}))
    return _in_order(pd.concat(parts, ignore_index=True), "path_levels")


def bills_table(
    plan: Plan, horizon: Horizon, ahead: Outlook, settled: Sequence[Settled]
) -> pd.DataFrame:
    """Return bill and burden of every household group of every town in every year."""
    table = plan.bills.reset_index()
    place = {key: at for at, key in enumerate(plan.towns.index)}
    at = np.array([place[town] for town in table["town"]], dtype=np.int64)
    level = np.nansum([area.town_level(len(place)) for area in settled], axis=0)[at]
    support = _support_month(table, ahead, settled)
    income = table["income_month"].to_numpy(dtype=float)[:, None] * compound(
        horizon.income_growth_share_year, horizon.years
    )
    limit = affordable_share(table, plan)[:, None] * (1.0 + AFFORDABLE)
    number = table["connections"].to_numpy(dtype=float)[:, None] * ahead.households[at]
    protected = np.repeat(table["protected"].to_numpy(dtype=bool)[:, None], horizon.years, axis=1)
    bill = table["bill_month"].to_numpy(dtype=float)[:, None] * level
    burden = (bill - support) / income
    figures: dict[str, np.ndarray] = {
        "connections": number,
        "income_month": income,
        "bill_month": bill,
        "support_month": support,
        "paid_month": bill - support,
        "burden": burden,
        "protected": protected,
        "affordable": (burden <= limit) | ~protected,
    }
    rows = np.repeat(np.arange(len(table)), horizon.years)
    flat = table[["town", "group"]].iloc[rows].reset_index(drop=True)
    flat["year"] = np.tile(plan.instance.price_year + 1 + np.arange(horizon.years), len(table))
    return _in_order(flat.assign(**{k: v.ravel() for k, v in figures.items()}), "path_bills")


def _support_month(table: pd.DataFrame, ahead: Outlook, settled: Sequence[Settled]) -> Floats:
    """Return the household support per connection and month of each group, by year."""
    keys = pd.MultiIndex.from_frame(table[["town", "group"]])
    support = np.zeros((len(table), ahead.households.shape[1]))
    for area in settled:
        own = area.books.protected
        number = own["connections"].to_numpy(dtype=float)[:, None]
        grown = 12.0 * number * ahead.households[own["at"].to_numpy(dtype=np.int64)]
        rows = keys.get_indexer(pd.MultiIndex.from_frame(own[["town", "group"]]))
        support[rows] = area.decision.support_year / grown
    return support


def years_table(
    plan: Plan, horizon: Horizon, ahead: Outlook, settled: Sequence[Settled], bills: pd.DataFrame
) -> pd.DataFrame:
    """Return the cash flow of every fund and year."""
    worst = _worst(plan, bills)
    parts = [_fund_years(plan, horizon, ahead, area, worst) for area in settled]
    return _in_order(pd.concat(parts, ignore_index=True), "path_years")


def _worst(plan: Plan, bills: pd.DataFrame) -> Floats:
    """Return the largest burden of a protected household by town and year."""
    burden = bills["burden"].where(bills["protected"]).groupby(level=["town", "year"]).max()
    years = bills.index.unique("year")
    every = pd.MultiIndex.from_product([plan.towns.index, years])
    return burden.reindex(every).to_numpy(dtype=float).reshape(len(plan.towns), len(years))


def _fund_years(
    plan: Plan, horizon: Horizon, ahead: Outlook, area: Settled, worst: Floats
) -> pd.DataFrame:
    books, made, towns = area.books, area.decision, area.books.towns
    fund = books.fund
    level = area.town_level(len(plan.towns))[towns]
    households = ahead.households_year[towns]
    number = (ahead.households_now[:, None] * ahead.households)[towns].sum(axis=0)
    bill = (level * households).sum(axis=0) / (12.0 * number)
    repaid = (1.0 + horizon.loan_rate) * fund.keep * np.concatenate([[0.0], made.bridging[:-1]])
    return pd.DataFrame(
        {
            "service_area": fund.label,
            "year": plan.instance.price_year + 1 + np.arange(horizon.years),
            "level": _mean(level, households),
            "connections": ahead.connections[towns].sum(axis=0),
            "billed_m3_year": ahead.billed_m3_year[towns].sum(axis=0),
            "bill_month": bill,
            "bill_nominal_month": bill * compound(horizon.inflation_share_year, horizon.years),
            "burden_worst": np.fmax.reduce(worst[towns], axis=0),
            "revenue_year": (fund.collected_year * made.level).sum(axis=0),
            "operating_subsidy_year": made.subsidy_year,
            "household_support_year": fund.support_weight @ made.support_year,
            "operating_cost_year": books.operating_cost_year,
            "replacement_year": books.replacement_year,
            "fee_and_margin_year": books.fee_and_margin_year,
            "requirement_year": fund.requirement_year,
            "investment_year": ahead.investment_year[towns].sum(axis=0),
            "grants_year": ahead.grants_year[towns].sum(axis=0),
            "loan_year": made.loan_year,
            "debt_service_year": made.loan_year @ debt_service(horizon),
            "debt": made.loan_year @ debt_left(horizon),
            "bridging": made.bridging,
            "bridging_repaid_year": repaid,
            "cash": _cash(area),
        }
    )


def _mean(level: Floats, billed: Floats) -> Floats:
    """Return the level of bills together: the mean by what is billed; NaN where nothing is."""
    total = billed.sum(axis=0)
    none = np.full(len(total), np.nan)
    mean = np.divide((level * billed).sum(axis=0), total, out=none, where=total > 0)
    return np.asarray(mean, dtype=np.float64)


def _cash(area: Settled) -> Floats:
    """Return ``cash_t = keep cash_{t-1} + flow_t``."""
    fund = area.books.fund
    cash, made = fund.cash_today, []
    for flow in flow_year(fund, area.decision).tolist():
        cash = fund.keep * cash + flow
        made.append(cash)
    return np.array(made)


def worth_table(horizon: Horizon, ahead: Outlook, settled: Sequence[Settled]) -> pd.DataFrame:
    """Return present values and average tariffs of every fund."""
    rows = [_fund_values(horizon, ahead, area) for area in settled]
    return _in_order(pd.DataFrame(rows), "path_worth")


def _fund_values(horizon: Horizon, ahead: Outlook, area: Settled) -> dict[str, float | str]:
    books, made, fund = area.books, area.decision, area.books.fund
    discount = discount_factors(horizon.discount_rate, horizon.years)
    public = made.subsidy_year + area.books.fund.support_weight @ made.support_year
    revenue = float(discount @ (fund.collected_year * made.level).sum(axis=0))
    requirement = float(discount @ fund.requirement_year)
    own = float(discount @ fund.investment_own_year)
    remaining = float(discount[-1]) * fund.remaining_value
    value = npv(fund, made)
    subsidy = float(discount @ made.subsidy_year)
    m3 = float(discount @ ahead.billed_m3_year[books.towns].sum(axis=0))
    bill_today, bill_plan = _bills_today(ahead, books)
    return {
        "service_area": fund.label,
        "level_today": bill_today / bill_plan if bill_plan else np.nan,
        "bill_today_month": bill_today,
        "cash_today": fund.cash_today,
        "revenue_value": revenue,
        "public_money_value": float(discount @ public),
        "grants_value": float(discount @ ahead.grants_year[books.towns].sum(axis=0)),
        "requirement_value": requirement,
        "investment_own_value": own,
        "financing_value": revenue + subsidy + remaining - requirement - own - value,
        "remaining_value": remaining,
        "npv": value,
        "average_tariff_m3": (requirement + own - remaining) / m3 if m3 else np.nan,
        "average_incremental_tariff_m3": _incremental(horizon, ahead, books, discount),
    }


def _bills_today(ahead: Outlook, books: FundBooks) -> tuple[float, float]:
    """Return the mean household bill today and in the plan, of the towns where today's is known."""
    today, at_plan = ahead.bill_today_month[books.towns], ahead.bill_plan_month[books.towns]
    number = ahead.households_now[books.towns]
    known = ~np.isnan(today) & (at_plan > 0)
    if not known.any():
        return np.nan, np.nan
    total = float(number[known].sum())
    mean_today = float((number * today)[known].sum()) / total
    return mean_today, float((number * at_plan)[known].sum()) / total


def _incremental(horizon: Horizon, ahead: Outlook, books: FundBooks, discount: Floats) -> float:
    """Return the average incremental tariff: added cost and works over added water, discounted.

    Works count whole, grants included: what the added water costs is asked, whoever pays.
    """
    towns = books.towns
    use = float(ahead.m3_now_year[towns].sum())
    added = float(discount @ (ahead.billed_m3_year[towns].sum(axis=0) - use))
    if added <= 1e-9 * use * horizon.years:
        return float("nan")
    built = ahead.investment_year[towns].sum(axis=0)
    remaining = float(ahead.all_remaining_value[towns].sum())
    cost = books.fund.requirement_year - books.base_requirement_year - books.granted_saving_year
    return float(discount @ (cost + built) - discount[-1] * remaining) / added
