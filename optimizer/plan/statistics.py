"""Key figures of one plan or of many, with their units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.plan.assessment.pieces import pieces_of

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = [
    "METRICS",
    "Metric",
    "affordable_limits",
    "is_bound_of_menu",
    "mean_bill",
    "people_over_limit",
    "statistics",
]


@dataclass(frozen=True)
class Metric:
    """One key figure.

    Attributes
    ----------
    name, unit : str
        Row of the table.
    meaning : str
        What it is, for people.
    of : callable
        The figure of one plan.
    """

    name: str
    unit: str
    meaning: str
    of: Callable[[Plan], float]


def statistics(plans: Plan | Mapping[str, Plan]) -> pd.DataFrame:
    """Return the key figures of one plan, or of several side by side.

    Parameters
    ----------
    plans : Plan or mapping of str to Plan
        One plan (its column is called ``plan``) or several by name.

    Returns
    -------
    pandas.DataFrame
        Index ``(metric, unit)``, one column of floats per plan. Where the currencies or price
        years of several instances differ, money is not comparable; nothing is converted.

    Examples
    --------
    >>> import optimizer as op
    >>> alone = op.evaluate(op.read("instances/pair"), grouping="alone")
    >>> float(statistics({"alone": alone}).loc[("operators", "operators"), "alone"])
    2.0
    """
    named = plans if isinstance(plans, Mapping) else {"plan": plans}
    index = pd.MultiIndex.from_tuples([(m.name, m.unit) for m in METRICS], names=["metric", "unit"])
    columns = {name: [float(m.of(plan)) for m in METRICS] for name, plan in named.items()}
    return pd.DataFrame(columns, index=index, dtype="float64")


def is_bound_of_menu(plan: Plan) -> bool:
    """Return whether objective and bound speak of a menu that lacks some level.

    So it is where demand responds and the planner gave the levels, or some were skipped. Otherwise
    every town's largest affordable level is in the menu, and no level outside it is better.
    """
    demand = plan.instance.demand
    skipped = len(plan.instance.towns) > demand.levels_most
    return plan.instance.policy.demand_response and (bool(demand.levels) or skipped)


def people_over_limit(plan: Plan) -> float:
    """Return how many people live in households whose paid bill exceeds the affordability limit.

    All household groups count, protected or not; people are shared by connections. Households that
    are left without the support due to them are above the limit.
    """
    bills = plan.bills
    town = bills.index.get_level_values("town")
    whole = bills["connections"].groupby(level="town").sum().reindex(town).to_numpy()
    people = plan.towns["population"].reindex(town).to_numpy() * bills["connections"] / whole
    limit = affordable_limits(plan)
    missed = bills["missed_connections"] / bills["connections"].where(bills["connections"] > 0, 1.0)
    return float((people * missed.where(bills["burden"] <= limit * (1 + 1e-6), 1.0)).sum())


def affordable_limits(plan: Plan) -> pd.Series[float]:
    """Return the largest affordable burden of each row of ``plan.bills`` under the plan's policy.

    ``affordable_share``, with sewerage ``affordable_share_both`` where that is larger.
    """
    policy, sewer = plan.instance.policy, plan.bills["sewer"].to_numpy(dtype=bool)
    both = max(policy.affordable_share, policy.affordable_share_both)
    limit = np.where(sewer, both, policy.affordable_share)
    return pd.Series(limit, index=plan.bills.index, dtype="float64")


def _mean(values: pd.Series, weights: pd.Series) -> float:
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total else np.nan


def _public_money(plan: Plan) -> float:
    areas = plan.areas
    return float((areas["operating_subsidy_year"] + areas["household_support_year"]).sum())


def mean_bill(plan: Plan) -> float:
    """Return the mean household bill less what public money pays of it, money per month."""
    number = plan.bills["connections"]
    supported = plan.bills["support_year"] / (12.0 * number.where(number > 0))
    return _mean(plan.bills["bill_month"] - supported.fillna(0.0), number)


def _largest(values: pd.Series) -> float:
    return float(values.max()) if len(values) else np.nan


def _towns_that(plan: Plan, word: str) -> float:
    return float((plan.towns["gains"] == word).sum())


def _recovered(plan: Plan) -> float:
    requirement = float(plan.areas["requirement_year"].sum())
    return float(plan.areas["revenue_year"].sum()) / requirement if requirement else np.nan


def _unserved(plan: Plan) -> float:
    """Return the people of towns without a connection; bills and burdens say nothing of them."""
    targets = plan.instance.targets
    if targets is None:
        return np.nan
    share = 1.0 - targets["coverage"].reindex(plan.towns.index)
    return float((plan.towns["population"] * share).sum(min_count=1))


def _saving(plan: Plan) -> float:
    """Return what the towns that can stand alone would need alone, less what they need here.

    Both at today's consumption, where demand responds.
    """
    saving = plan.towns["alone_requirement_year"] - plan.towns["cost_year"]
    return float(saving.dropna().sum()) - _forgone_water(plan)


def _forgone_water(plan: Plan) -> float:
    return float(plan.finances["forgone_water_year"].sum())


_MONEY = "money/year"

METRICS: tuple[Metric, ...] = (
    Metric("objective", _MONEY, "requirement plus weighted public money", lambda p: p.objective),
    Metric("bound", _MONEY, "no plan can be cheaper", lambda p: p.bound),
    Metric("gap", "share 0-1", "objective above bound", lambda p: p.gap),
    Metric(
        "requirement_year",
        _MONEY,
        "cost, board fee and margin of all areas",
        lambda p: p.areas["requirement_year"].sum(),
    ),
    Metric("cost_year", _MONEY, "before fee and margin", lambda p: p.areas["cost_year"].sum()),
    Metric(
        "operating_subsidy_year",
        _MONEY,
        "public money to operators",
        lambda p: p.areas["operating_subsidy_year"].sum(),
    ),
    Metric(
        "household_support_year",
        _MONEY,
        "public money toward poor households' bills",
        lambda p: p.areas["household_support_year"].sum(),
    ),
    Metric("public_money_year", _MONEY, "both together", _public_money),
    Metric(
        "tariff_recovery_share",
        "share 0-1",
        "part of the requirement that bills bring in",
        _recovered,
    ),
    Metric("operators", "operators", "service areas", lambda p: len(p.areas)),
    Metric(
        "towns_sharing",
        "towns",
        "towns that share an operator",
        lambda p: p.areas.loc[p.areas["town_count"] > 1, "town_count"].sum(),
    ),
    Metric(
        "areas_in_pieces",
        "areas",
        "areas whose towns are not joined through neighbours",
        lambda p: (pieces_of(p) > 1).sum(),
    ),
    Metric(
        "people_without_service",
        "persons",
        "people without a connection, of towns whose coverage is known",
        _unserved,
    ),
    Metric("people_over_limit", "persons", "people with unaffordable bills", people_over_limit),
    Metric(
        "burden_worst",
        "share 0-1",
        "largest bill over income of any household group",
        lambda p: _largest(p.bills["burden"]),
    ),
    Metric(
        "consumption_m3_month",
        "m3/month",
        "mean household consumption at these bills",
        lambda p: _mean(p.bills["consumption_m3_month"], p.bills["connections"]),
    ),
    Metric(
        "forgone_water_year",
        _MONEY,
        "what the requirement falls by because customers use less; no saving of the plan",
        _forgone_water,
    ),
    Metric("bill_mean_month", "money/month", "mean household bill after support", mean_bill),
    Metric(
        "travel_hours_mean",
        "hours",
        "mean travel from the seat, weighted by connections",
        lambda p: _mean(p.towns["travel_hours"], p.towns["connections"]),
    ),
    Metric(
        "travel_hours_most",
        "hours",
        "travel from a seat to its farthest town, at most",
        lambda p: _largest(p.towns["travel_hours"]),
    ),
    Metric(
        "towns_gain",
        "towns",
        "towns with a lower bill than alone",
        lambda p: _towns_that(p, "gains"),
    ),
    Metric(
        "towns_lose",
        "towns",
        "towns with a higher bill than alone",
        lambda p: _towns_that(p, "loses"),
    ),
    Metric("towns_same", "towns", "bill within 1 % of alone", lambda p: _towns_that(p, "same")),
    Metric(
        "towns_not_alone",
        "towns",
        "no operator model is made for the town alone",
        lambda p: _towns_that(p, "cannot stand alone"),
    ),
    Metric("saving_year", _MONEY, "requirement alone less requirement here", _saving),
    Metric(
        "cross_subsidy_year",
        _MONEY,
        "paid by towns above the cost they cause",
        lambda p: p.towns["cross_subsidy_year"].clip(lower=0.0).sum(),
    ),
)
"""Every key figure, in the order of the table."""
