"""Columns: groups with what they need, as the master, the plan and every heuristic pass them on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, join, listed

__all__ = ["NO_COLUMNS", "Columns", "join_columns"]


class Columns(NamedTuple):
    """Groups with their requirement and public money.

    Attributes
    ----------
    groups : GroupBatch
        Towns of each column.
    requirement, money : arrays of shape (g,)
        Requirement, ``inf`` where no plan may use the group, and public money, money per year.
    """

    groups: GroupBatch
    requirement: Floats
    money: Floats

    def take(self, chosen: Ints | Bools) -> Columns:
        """Return some of the columns, by position or mask."""
        return Columns(self.groups.take(chosen), self.requirement[chosen], self.money[chosen])

    def value(self, money_price: float) -> Floats:
        """Return the value of each column at a weight of public money, money per year."""
        return self.requirement + money_price * self.money


def join_columns(parts: Sequence[Columns]) -> Columns:
    """Return the columns of several lists, one after the other.

    Examples
    --------
    >>> one = Columns(listed([[0, 1]]), np.array([9.0]), np.array([1.0]))
    >>> both = join_columns([one, one])
    >>> both.value(3.0).tolist()
    [12.0, 12.0]
    """
    return Columns(
        join([part.groups for part in parts]),
        np.concatenate([part.requirement for part in parts]),
        np.concatenate([part.money for part in parts]),
    )


NO_COLUMNS = Columns(listed([]), np.zeros(0), np.zeros(0))
