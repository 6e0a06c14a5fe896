"""Columns of plans without totals."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch

__all__ = ["plain"]


def plain(groups: GroupBatch, requirement: Floats, money: Floats | None = None) -> Columns:
    """Groups as columns that add nothing to totals; without public money where none is given."""
    money = np.zeros(len(groups)) if money is None else money
    return Columns(groups, requirement, money, np.zeros((len(groups), 0)))
