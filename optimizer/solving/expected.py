"""Areas and plans by their mean over the draws of uncertain data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue, candidate_seats
from optimizer.uncertainty.cases import drawn_cases
from optimizer.uncertainty.values import AreaDraws, DrawnValues, Offer

__all__ = ["drawn_values", "keeps_mean_totals", "mean_value", "offers_of", "plan_mean"]


def drawn_values(case: Case) -> DrawnValues | None:
    """Return the draws of a case whose objective is a mean over them; None otherwise."""
    if case.instance.policy.objective != "expected":
        return None
    return DrawnValues(drawn_cases(case))


def offers_of(case: Case, members: Sequence[int]) -> list[Offer]:
    """Return every seat and operator model that may serve a group at the given figures."""
    group = np.array(sorted(members), dtype=np.int64)
    key = tuple(int(m) for m in group)
    total = case.resources.amount[group].sum(axis=0)
    fits = case.resources.admits(total[None, :])[0]
    seats = [
        seat
        for seat in candidate_seats(case, group)
        if np.isin(group, case.reached_from(seat)[0]).all()
    ]
    return [
        Offer(key, seat, int(model))
        for seat in seats
        for model in np.flatnonzero(fits & case.resources.sits[seat])
    ]


def mean_value(values: DrawnValues, offers: Sequence[Offer]) -> GroupValue:
    """Return the best offer of a group with the means of its figures over the draws."""
    best, area = values.best_offer(offers)
    return GroupValue(
        members=best.members,
        seat=best.seat,
        model=best.model,
        requirement_year=float(area.requirement_year.mean()),
        best_revenue_year=float(area.best_revenue_year.mean()),
        subsidy_year=float(area.subsidy_year.mean()),
        support_year=float(area.support_year.mean()),
        value_year=float(area.value_year(values.price).mean()),
    )


def plan_mean(values: DrawnValues, areas: Sequence[GroupValue]) -> float:
    """Return the mean over the draws of the value of a plan, money per year."""
    if not values.pooled:
        return float(sum(area.value_year for area in areas))
    return float(_pooled(values, areas).value_year(values.price).mean())


def keeps_mean_totals(values: DrawnValues, areas: Sequence[GroupValue]) -> bool:
    """Return whether areas keep the promises about all of them together.

    Parameters
    ----------
    values : DrawnValues
        The draws.
    areas : sequence of GroupValue
        Areas that partition the towns, with the means of their figures.
    """
    policy = values.given.instance.policy
    most = values.given.towns if policy.operators_most is None else policy.operators_most
    seats = {values.given.reach.towns[area.seat] for area in areas}
    if not policy.operators_least <= len(areas) <= most or not seats.issuperset(policy.fixed_seats):
        return False
    budget = policy.subsidy_budget_year
    if budget is None:
        return True
    if values.pooled:
        return bool(_pooled(values, areas).public_year.mean() <= budget)
    return sum(area.subsidy_year + area.support_year for area in areas) <= budget


def _pooled(values: DrawnValues, areas: Sequence[GroupValue]) -> AreaDraws:
    """Return the money of the whole region in every draw."""
    drawn = [values.draws_of(Offer(a.members, a.seat, a.model)) for a in areas]
    return values.region(np.sum([area.requirement_year for area in drawn], axis=0))
