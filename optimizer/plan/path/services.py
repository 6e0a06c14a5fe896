"""What a second service, sewerage, means for the years: its limits, its costs, its tariffs.

A plan or an instance for water alone lacks the columns of sewerage; nothing is then added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["SHARES", "affordable_share", "sewer_added"]

SHARES = ("sewer share of water bill",)
"""Components of a schedule that are shares of a bill, not money: they do not follow a level."""


def affordable_share(bills: pd.DataFrame, plan: Plan) -> Floats:
    """Return the largest affordable burden of household groups: their own, else the policy's.

    Parameters
    ----------
    bills : pandas.DataFrame
        Rows of ``plan.bills``.
    plan : Plan
        The plan.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), "alone")
    >>> affordable_share(plan.bills, plan).tolist()
    [0.03, 0.03]
    """
    own = bills.reindex(columns=["affordable_share"])["affordable_share"].astype(float)
    filled = own.fillna(plan.instance.policy.affordable_share)
    return np.asarray(filled, dtype=np.float64)


def sewer_added(plan: Plan, households: Floats, customers: Floats) -> Floats:
    """Return what operating sewers costs above the plan, before the efficiency path.

    Formula: ``e_m (sewer_connection_i (n^s_it - n^s_i) + sewer_m3_i (m3^s_it - m3^s_i))`` with n^s
    connections that have sewerage, whose share of all connections stays.

    Parameters
    ----------
    plan : Plan
        The plan.
    households, customers : arrays of shape (n, T)
        Connections for each one of the plan, towns in the order of ``plan.towns``.

    Returns
    -------
    array of shape (n, T), money/year
    """
    keys = plan.towns.index
    homes = plan.bills.reindex(columns=["connections", "consumption_m3_month", "sewer"])
    drained = homes["sewer"].fillna(value=0.0).astype(float)
    others = plan.instance.customers
    part = others.reindex(columns=["sewer_share"])["sewer_share"].fillna(0.0).astype(float)
    grown = np.zeros(households.shape)
    for table, share, factor in ((homes, drained, households), (others, part, customers)):
        size = (table["connections"] * share).groupby(level="town").sum()
        use = 12.0 * (table["connections"] * share * table["consumption_m3_month"])
        m3 = use.groupby(level="town").sum()
        cost = _cost(plan, "sewer_connection_cost_year") * _by_town(size, keys)
        cost = cost + _cost(plan, "sewer_volume_cost_m3") * _by_town(m3, keys)
        grown += cost[:, None] * (factor - 1.0)
    efficiency = plan.instance.operator_models["efficiency"].reindex(plan.towns["operator_model"])
    return efficiency.to_numpy(dtype=float)[:, None] * grown


def _by_town(values: pd.Series, keys: pd.Index) -> Floats:
    return values.reindex(keys).fillna(0.0).to_numpy(dtype=np.float64)


def _cost(plan: Plan, name: str) -> Floats:
    """Return a cost of the instance's towns; 0 where there is none."""
    towns = pd.DataFrame(plan.instance.towns).reindex(columns=[name])[name].astype(float)
    return _by_town(towns, plan.towns.index)
