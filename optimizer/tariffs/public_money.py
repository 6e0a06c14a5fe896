"""The least public money that lets a group cover its cost within its affordability limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import OptimizerError
from optimizer.tariffs.case import Case
from optimizer.tariffs.programme import (
    make_programme,
    public_money_row,
    public_money_rows,
    solve_in_order,
)

__all__ = ["PublicMoney", "least_public_money"]


@dataclass(frozen=True, eq=False)
class PublicMoney:
    """Operating subsidy and household support of many groups, money per year, shape (g,)."""

    subsidy_year: Floats
    support_year: Floats

    @property
    def total_year(self) -> Floats:
        """Both together."""
        return self.subsidy_year + self.support_year


def least_public_money(
    case: Case, towns: Ints, member: Bools, *, requirement: Floats, best: Floats
) -> PublicMoney:
    """Return the least ``subsidy + support`` with which each group covers its requirement.

    Without household support the subsidy is the requirement less the best revenue, where that is
    positive. With it, a higher tariff may be cheaper than a subsidy: ``min_p max(0, R -
    revenue(p)) + sum_ig 12 paid_ig max(0, bill_ig(p) - alpha I_ig)``, where ``paid_ig`` are the
    connections of the group less those missed, and others who get the support too. With
    ``solidarity_balance`` the subsidy is also at least what subsidies of categories exceed their
    contributions.

    Parameters
    ----------
    case, towns, member
        Groups, as in :func:`optimizer.tariffs.revenue.best_revenue`.
    requirement, best : arrays of shape (g,)
        Revenue requirement and best revenue (under limits relaxed by support), money per year.

    Returns
    -------
    PublicMoney
        ``inf`` subsidy where the policy allows none and revenue cannot reach the requirement.
    """
    policy = case.instance.policy
    gap = np.maximum(0.0, requirement - best)
    gap = np.where(gap <= 1e-12 * np.maximum(1.0, requirement), 0.0, gap)
    support = np.zeros(len(member))
    if case.programmed:
        for g in np.flatnonzero(requirement > 0):
            gap[g], support[g] = _by_programme(case, towns[member[g]], float(requirement[g]))
    if not policy.operating_subsidy:
        gap = np.where(gap > 1e-9 * np.maximum(1.0, requirement), np.inf, 0.0)
    return PublicMoney(gap, support)


def _by_programme(case: Case, members: Ints, requirement: float) -> tuple[float, float]:
    """Return subsidy and support of one group, from its tariff programme."""
    programme = make_programme(case, members, requirement)
    money = public_money_row(case, programme)
    try:
        point = solve_in_order(
            programme,
            public_money_rows(case, programme),
            subsidy_allowed=case.instance.policy.operating_subsidy,
        )
    except OptimizerError:
        return np.inf, 0.0
    subsidy = float(point[programme.prices]) * requirement
    return subsidy, float(money @ point) * requirement - subsidy
