"""What each town of a plan pays, and how far its prices may depart from the area's tariff."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.analysis.loyalty.coalitions.cost_game import Measure
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import affordable_limits
from optimizer.tariffs.payments import pays_year

__all__ = ["departure_limits", "payments"]


def payments(plan: Plan, measure: Measure) -> pd.Series[float]:
    """Return what each town pays per year, as the measure counts it; index town.

    ``value``: revenue + (1 + lambda) operating subsidy + lambda household support.
    ``requirement``: revenue + operating subsidy. The subsidy of an area is shared by the cost
    that each town causes.

    Examples
    --------
    >>> import optimizer as op
    >>> payments(op.solve(op.read("instances/pair")), "value").round().tolist()
    [102000.0, 51000.0]
    """
    towns = plan.towns
    cost = towns.groupby("service_area")["cost_year"].transform("sum")
    subsidy = towns["service_area"].map(plan.areas["operating_subsidy_year"])
    own_subsidy = subsidy * towns["cost_year"] / cost.where(cost > 0, 1.0)
    price = plan.instance.policy.public_money_price if measure == "value" else 0.0
    support = towns["household_support_year"]
    pays = pays_year(towns["revenue_year"], own_subsidy, support, price)
    return pd.Series(pays.to_numpy(dtype=float), index=towns.index, name="pays_year")


def departure_limits(plan: Plan, towns: pd.Index) -> pd.DataFrame:
    """Return the smallest and largest surcharge of each town, money per year.

    A surcharge multiplies the town's whole schedule, so the ladder and the share of fixed charges
    are kept. At most, a protected household's bill net of its support reaches its affordability
    limit (``affordable_bill``), or the town pays its stand-alone requirement where the policy
    promises ``participation``. At least, bills fall to nothing, or until the support is as large a
    part of the bill as the policy allows.

    Returns
    -------
    DataFrame
        Index town: ``lowest_year`` (at most 0), ``highest_year`` (at least 0).
    """
    policy = plan.instance.policy
    bills = plan.bills[plan.bills.index.get_level_values("town").isin(towns)]
    guarded = bills[bills["protected"] & (bills["bill_month"] > 0)]
    share = affordable_limits(plan).reindex(guarded.index)
    limit = share * guarded["income_month"] + guarded["support_month"]
    room = (limit / guarded["bill_month"] - 1.0).groupby(level="town").min()
    supported = guarded[guarded["support_month"] > 0]
    part = supported["support_month"] / supported["support_most_month"]
    fall = (part - 1.0).groupby(level="town").max()
    revenue = plan.towns["revenue_year"].loc[towns].astype(float)
    highest = room.reindex(towns).fillna(np.inf) * revenue.where(revenue > 0, 0.0)
    highest = highest.where(revenue > 0, 0.0)
    if policy.participation:
        alone = plan.towns["alone_requirement_year"].loc[towns].astype(float)
        room_alone = (alone - revenue).fillna(np.inf)
        highest = highest.where(highest < room_alone, room_alone)
    lowest = fall.reindex(towns).fillna(-1.0) * revenue
    tiny = 1e-9 * revenue.abs()
    return pd.DataFrame(
        {
            "lowest_year": lowest.where(lowest < -tiny, 0.0),
            "highest_year": highest.where(highest > tiny, 0.0),
        },
        index=towns,
    )
