"""A partition of towns into areas of known value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["Plan", "groups_of_labels"]


@dataclass(frozen=True, eq=False)
class Plan:
    """A partition of some towns.

    Attributes
    ----------
    groups : GroupBatch
        Areas.
    requirement, money : arrays of shape (areas,)
        Requirement (``inf`` where no operator can serve the area) and public money, money/year.
    """

    groups: GroupBatch
    requirement: Floats
    money: Floats

    @property
    def feasible(self) -> bool:
        """Whether every area can be served."""
        return bool(np.isfinite(self.requirement).all())

    def value(self, problem: Problem) -> float:
        """Return the sum of the areas' values, money per year."""
        return float((self.requirement + problem.money_price * self.money).sum())


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
