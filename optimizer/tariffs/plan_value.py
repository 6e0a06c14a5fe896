"""The value of a whole plan: areas together, with what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue
from optimizer.tariffs.public_money import least_public_money
from optimizer.tariffs.revenue import best_revenue

__all__ = ["PlanValue", "added_to_totals", "keeps_totals", "plan_value"]


@dataclass(frozen=True)
class PlanValue:
    """Totals of a plan, money per year.

    Attributes
    ----------
    requirement_year, subsidy_year, support_year : float
        Sums over the areas; pooled for the tariff scope ``region``.
    value_year : float
        ``requirement + lambda (subsidy + support)``; ``inf`` where an area cannot be served.
    """

    requirement_year: float
    subsidy_year: float
    support_year: float
    value_year: float


def plan_value(case: Case, areas: Sequence[GroupValue]) -> PlanValue:
    """Return the totals of a plan.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    areas : sequence of GroupValue
        Areas that partition the towns.
    """
    policy = case.instance.policy
    requirement = float(sum(area.requirement_year for area in areas))
    if policy.tariff_scope != "region":
        return PlanValue(
            requirement,
            float(sum(area.subsidy_year for area in areas)),
            float(sum(area.support_year for area in areas)),
            float(sum(area.value_year for area in areas)),
        )
    if not np.isfinite(requirement):
        return PlanValue(requirement, 0.0, 0.0, np.inf)
    towns = np.arange(case.towns)
    everyone = np.ones((1, case.towns), dtype=bool)
    money = least_public_money(
        case,
        towns,
        everyone,
        requirement=np.array([requirement]),
        best=best_revenue(case, towns, everyone),
    )
    public = float(money.total_year[0])
    total = requirement + policy.public_money_price * public if np.isfinite(public) else np.inf
    return PlanValue(requirement, float(money.subsidy_year[0]), float(money.support_year[0]), total)


def keeps_totals(case: Case, areas: Sequence[GroupValue]) -> bool:
    """Return whether areas keep the promises about all of them together, and can be paid for.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    areas : sequence of GroupValue
        Areas that partition the towns.
    """
    policy, total = case.instance.policy, plan_value(case, areas)
    budget = policy.subsidy_budget_year
    most = case.towns if policy.operators_most is None else policy.operators_most
    seats = {case.reach.towns[area.seat] for area in areas}
    return (
        bool(np.isfinite(total.value_year))
        and policy.operators_least <= len(areas) <= most
        and (budget is None or total.subsidy_year + total.support_year <= budget)
        and case.totals.kept(added_to_totals(case, areas))
        and seats.issuperset(policy.fixed_seats)
    )


def added_to_totals(case: Case, areas: Sequence[GroupValue]) -> Floats:
    """Return what areas add to the totals of a plan, shape (k,)."""
    totals = case.totals
    summed = np.zeros(len(totals))
    for area in areas if len(totals) else ():
        first, last = case.start[area.seat], case.start[area.seat + 1]
        pairs = first + np.searchsorted(case.served[first:last], list(area.members))
        summed += totals.served[pairs, area.model].sum(axis=0)
        summed += totals.opened[area.seat, area.model]
    return summed
