"""From a plan and its outlook to the funds whose paths are computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plan.path.fund import PathFund
from optimizer.plan.path.horizon import compound
from optimizer.plan.path.outlook import Outlook
from optimizer.plan.path.services import affordable_share
from optimizer.tariffs.household_support import paid_connections

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["REGION", "FundBooks", "fund_books"]

REGION = "region"
"""Label of the fund where the whole region has one tariff."""


@dataclass(frozen=True, eq=False)
class FundBooks:
    """A fund with the figures behind it; T years.

    Attributes
    ----------
    fund : PathFund
        What its path must keep to.
    towns : int array of shape (k,)
        Positions of its towns in ``plan.towns``.
    schedule_towns : tuple of int arrays
        Towns that pay each schedule.
    schedule_names : tuple of str
        Town of each schedule; empty where all its towns share one.
    protected : pandas.DataFrame
        The protected household groups, rows of ``plan.bills`` with the town's position ``at``.
    operating_cost_year, replacement_year, fee_and_margin_year : arrays of shape (T,)
        Lines of the requirement.
    granted_saving_year : array of shape (T,)
        The part of the requirement that saves for the replacement of granted works.
    base_requirement_year : float
        Requirement in the plan itself.
    """

    fund: PathFund
    towns: Ints
    schedule_towns: tuple[Ints, ...]
    schedule_names: tuple[str, ...]
    protected: pd.DataFrame
    operating_cost_year: Floats
    replacement_year: Floats
    fee_and_margin_year: Floats
    granted_saving_year: Floats
    base_requirement_year: float


def fund_books(plan: Plan, horizon: Horizon, ahead: Outlook) -> list[FundBooks]:
    """Return the funds of a plan: one per service area, or one for the region."""
    area_of = plan.towns["service_area"].to_numpy()
    if plan.instance.policy.tariff_scope == "region":
        return [_books(plan, horizon, ahead, label=REGION, areas=list(plan.areas.index))]
    return [
        _books(plan, horizon, ahead, label=str(area), areas=[area])
        for area in plan.areas.index
        if (area_of == area).any()
    ]


def _books(
    plan: Plan, horizon: Horizon, ahead: Outlook, *, label: str, areas: list[str]
) -> FundBooks:
    towns = np.flatnonzero(plan.towns["service_area"].isin(areas).to_numpy(dtype=bool))
    lines = [_requirement(plan, horizon, ahead, area) for area in areas]
    operating, replacement, fee, granted = (
        np.sum([line[k] for line in lines], axis=0) for k in range(4)
    )
    scope_town = plan.instance.policy.tariff_scope == "town"
    schedules = tuple(towns[[k]] for k in range(len(towns))) if scope_town else (towns,)
    protected = _protected(plan, towns)
    own = (ahead.investment_year - ahead.grants_year)[towns].sum(axis=0)
    fund = PathFund(
        label=label,
        horizon=horizon,
        collected_year=np.stack([_collected(ahead, own_towns) for own_towns in schedules]),
        level_reference=np.array([_today(ahead, s)[0] for s in schedules]),
        level_strictest=np.array([_today(ahead, s)[1] for s in schedules]),
        bill_schedule=_schedule_of(protected, schedules),
        bill_year=_group_year(protected, ahead, protected["bill_month"]),
        affordable_year=_group_year(protected, ahead, protected["income_month"])
        * affordable_share(protected, plan)[:, None]
        * compound(horizon.income_growth_share_year, horizon.years),
        support_share=plan.instance.policy.household_support_share,
        support_part=_support_part(plan, protected),
        support_weight=(protected["paid_for"] / protected["connections"]).to_numpy(float),
        subsidy_allowed=plan.instance.policy.operating_subsidy,
        requirement_year=operating + replacement + fee,
        investment_own_year=own,
        remaining_value=float(ahead.own_remaining_value[towns].sum()),
        cash_today=float(ahead.cash_today[towns].sum()),
    )
    return FundBooks(
        fund=fund,
        towns=towns,
        schedule_towns=schedules,
        schedule_names=tuple(str(plan.towns.index[s[0]]) if scope_town else "" for s in schedules),
        protected=protected,
        operating_cost_year=operating,
        replacement_year=replacement,
        fee_and_margin_year=fee,
        granted_saving_year=granted,
        base_requirement_year=float(plan.finances.loc[areas, "requirement_year"].sum()),
    )


def _requirement(
    plan: Plan, horizon: Horizon, ahead: Outlook, area: str
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the requirement of an area by year: operation, replacement, fee and margin.

    The last array is the part of it that saves for granted works, fee and margin included.

    Formula: ``operating_t = (1 - x)^t (overhead + operation + travel + added_t) + transition``;
    fee and margin take the share of cost that they take in the plan.
    """
    towns = np.flatnonzero((plan.towns["service_area"] == area).to_numpy(dtype=bool))
    books = {str(k): float(v) for k, v in plan.finances.loc[area].to_dict().items()}
    running = books["overhead_year"] + books["operation_year"] + books["travel_year"]
    gain = compound(-horizon.efficiency_share_year, horizon.years)
    operating = gain * (running + ahead.operation_added_year[towns].sum(axis=0))
    operating = operating + books["transition_year"]
    saving = ahead.provision_year[towns].sum(axis=0)
    replacement = books["replacement_year"] + saving
    fee = books["requirement_year"] / books["cost_year"] - 1.0 if books["cost_year"] else 0.0
    return operating, replacement, fee * (operating + replacement), (1.0 + fee) * saving


def _collected(ahead: Outlook, towns: Ints) -> Floats:
    """Return what a schedule brings per unit of its level, money/year, by year."""
    billed = ahead.households_year[towns] + ahead.customers_year[towns]
    return np.asarray((ahead.collection_rate[towns] * billed).sum(axis=0), dtype=np.float64)


def _today(ahead: Outlook, towns: Ints) -> tuple[float, float]:
    """Return today's level of a schedule (1 where not known) and the least of its towns'."""
    plan_bill, today = ahead.bill_plan_month[towns], ahead.bill_today_month[towns]
    number = ahead.households_now[towns]
    known = ~np.isnan(today) & (plan_bill > 0)
    if not known.any():
        return 1.0, np.inf
    weighted = float((number * plan_bill)[known].sum())
    level = float((number * today)[known].sum()) / weighted
    return level, float((today[known] / plan_bill[known]).min())


def _protected(plan: Plan, towns: Ints) -> pd.DataFrame:
    """Return the protected groups of some towns that use water, with the town's position ``at``.

    ``paid_for`` are the connections for which the public pays per unit of support.
    """
    table = plan.bills.reset_index()
    place = {key: at for at, key in enumerate(plan.towns.index)}
    table["at"] = [place[town] for town in table["town"]]
    table["paid_for"] = paid_connections(
        table["at"].to_numpy(dtype=np.int64),
        table["connections"].to_numpy(dtype=float),
        table["eligible"].to_numpy(dtype=bool),
        np.ones(len(table), dtype=bool),
        policy=plan.instance.policy,
    )
    kept = table["protected"] & table["at"].isin(towns.tolist()) & (table["bill_month"] > 0)
    return table[kept].reset_index(drop=True)


def _support_part(plan: Plan, protected: pd.DataFrame) -> Floats:
    """Return the part of each group's bill on which support is counted, at any level."""
    counted = protected["bill_month"] * (plan.instance.policy.household_support_share or 1.0)
    return np.asarray(protected["support_most_month"] / counted, dtype=np.float64)


def _schedule_of(protected: pd.DataFrame, schedules: tuple[Ints, ...]) -> Ints:
    """Return the schedule that each protected group pays."""
    pays = {town: u for u, towns in enumerate(schedules) for town in towns.tolist()}
    return np.array([pays[at] for at in protected["at"]], dtype=np.int64)


def _group_year(protected: pd.DataFrame, ahead: Outlook, per_month: pd.Series) -> Floats:
    """Return 12 months of a monthly amount for all connections of each group, by year."""
    number = protected["connections"].to_numpy(dtype=float)[:, None]
    grown = number * ahead.households[protected["at"].to_numpy(dtype=np.int64)]
    return np.asarray(12.0 * per_month.to_numpy(dtype=float)[:, None] * grown, dtype=np.float64)
