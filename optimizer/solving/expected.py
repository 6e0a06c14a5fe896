"""Areas and plans by their mean over the draws of uncertain data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue, candidate_seats
from optimizer.uncertainty.cases import drawn_cases
from optimizer.uncertainty.values import DrawnValues, Offer

__all__ = ["drawn_values", "mean_value", "offers_of", "plan_mean"]


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
    fits = np.flatnonzero(case.resources.admits(total[None, :])[0])
    seats = [
        seat
        for seat in candidate_seats(case, group)
        if np.isin(group, case.reached_from(seat)[0]).all()
    ]
    return [Offer(key, seat, int(model)) for seat in seats for model in fits]


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
    drawn = [values.draws_of(Offer(a.members, a.seat, a.model)) for a in areas]
    total = np.sum([area.requirement_year for area in drawn], axis=0)
    return float(values.region(total).value_year(values.price).mean())
