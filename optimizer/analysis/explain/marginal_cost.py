"""What each town brings to its area, and what it costs there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.analysis.explain.plan_as_groups import Standing, standing_of
from optimizer.analysis.renamed_columns import Renamed
from optimizer.plan.plan import Plan
from optimizer.tariffs.group_value import GroupValue

__all__ = ["area_contributions"]


def area_contributions(plan: Plan) -> pd.DataFrame:
    """Return what each town brings to its area and what it adds to the area's needs.

    An area is valued with and without the town, each time with its best seat, operator model and
    tariff. The figures of the towns of one area need not add up to the area's: what all share
    (the overhead) is added by nobody alone.

    Parameters
    ----------
    plan : Plan
        A plan with service areas; under the tariff scope ``region`` public money is pooled, and
        only requirements are given.

    Returns
    -------
    pandas.DataFrame
        Index ``(service_area, town)``, money per year: ``name``, ``revenue_year`` (what its
        bills bring), ``added_requirement_year``, ``added_public_money_year``,
        ``added_value_year`` (area with the town less area without it), ``alone_value_year``,
        ``saves_requirement_year``, ``saves_public_money_year`` and ``weighted_saves_year`` (what
        the town being in the area saves against area without it plus town alone: cost, public
        money, and both with public money weighted), ``area_prevented_without`` and
        ``prevented_alone``: the rule that prevents it, empty where none does. Figures that need
        what is not possible are empty.

    Raises
    ------
    PolicyError
        If the plan has no service areas.

    Examples
    --------
    Without Brisa, Alba needs 120,000; with it both need 153,000; Brisa alone needs 90,000:

    >>> import optimizer as op
    >>> found = area_contributions(op.solve(op.read("instances/pair")))
    >>> found[["added_requirement_year", "weighted_saves_year"]]
                        added_requirement_year  weighted_saves_year
    service_area town
    alba         alba                  63000.0              57000.0
                 brisa                 33000.0              57000.0
    """
    standing = standing_of(plan)
    rows = [
        _row(standing, label, area, town)
        for label, area in standing.areas.items()
        for town in area.members
    ]
    return Renamed(pd.DataFrame(rows).set_index(["service_area", "town"]))


def _row(standing: Standing, label: str, area: GroupValue, town: int) -> dict[str, object]:
    rest = [m for m in area.members if m != town]
    without = standing.value(rest) if rest else GroupValue((), -1, -1, 0.0, 0.0, 0.0, 0.0, 0.0)
    alone = standing.value([town])
    pooled = standing.plan.instance.policy.tariff_scope == "region"
    left = without.value_year
    key = standing.case.reach.towns[town]
    own = area if not rest else alone
    public = _public(area) - _public(without)
    requirement = without.requirement_year + own.requirement_year - area.requirement_year
    possible = left + own.value_year < np.inf
    return {
        "service_area": label,
        "town": key,
        "name": str(standing.plan.towns["name"].loc[key]),
        "revenue_year": float(standing.plan.towns["revenue_year"].loc[key]),
        "added_requirement_year": _finite(area.requirement_year - without.requirement_year),
        "added_public_money_year": np.nan if pooled else _finite(public if left < np.inf else left),
        "added_value_year": _finite(area.value_year - left),
        "alone_value_year": _finite(own.value_year),
        "saves_requirement_year": _finite(requirement),
        "saves_public_money_year": _public(own) - public if possible and not pooled else np.nan,
        "weighted_saves_year": _finite(left + own.value_year - area.value_year),
        "area_prevented_without": standing.why_not(rest) if rest else "",
        "prevented_alone": standing.why_not([town]) if rest else "",
    }


def _public(group: GroupValue) -> float:
    return group.subsidy_year + group.support_year


def _finite(amount: float) -> float:
    return amount if np.isfinite(amount) else np.nan
