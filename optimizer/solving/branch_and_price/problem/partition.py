"""A partition of towns into areas."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch

__all__ = ["groups_of_labels"]


def groups_of_labels(label: Ints) -> GroupBatch:
    """Return the groups of towns that share a label; towns with label -1 are in none.

    Examples
    --------
    >>> groups_of_labels(np.array([5, 2, 5])).padded().tolist()
    [[1, -1], [0, 2]]
    """
    inside = np.flatnonzero(label >= 0)
    order = inside[np.argsort(label[inside], kind="stable")]
    _, count = np.unique(label[inside], return_counts=True)
    return GroupBatch(order, np.concatenate([[0], np.cumsum(count)]).astype(np.int64))
