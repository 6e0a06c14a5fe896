"""What a second service, sewerage, means for the years: its limits and its tariffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["SHARES", "affordable_share"]

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
