"""Columns: groups with what they need, as the master, the plan and every heuristic pass them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, Keys, join, listed

__all__ = ["Columns", "amount_keys", "join_columns", "no_columns"]


@dataclass(frozen=True, eq=False)
class Columns:
    """Groups with their requirement and public money, and what they add to totals of the plan.

    Attributes
    ----------
    groups : GroupBatch
        Towns of each column.
    requirement, money : arrays of shape (g,)
        Requirement, ``inf`` where no plan may use the group, and public money, money per year.
    amounts : array of shape (g, k)
        What each adds to the k totals of a plan; the same group with another seat or operator
        model may add something else, and is then a column of its own.
    """

    groups: GroupBatch
    requirement: Floats
    money: Floats
    amounts: Floats

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def feasible(self) -> bool:
        """Whether every group can be served."""
        return bool(np.isfinite(self.requirement).all())

    def take(self, chosen: Ints | Bools) -> Columns:
        """Return some of the columns, by position or mask."""
        return Columns(
            self.groups.take(chosen),
            self.requirement[chosen],
            self.money[chosen],
            self.amounts[chosen],
        )

    def value(self, money_price: float) -> Floats:
        """Return the value of each column at a weight of public money, money per year."""
        return self.requirement + money_price * self.money

    def keys(self, keys: Keys) -> Keys:
        """Return a number that is the same for the same members and amounts."""
        return self.groups.keys(keys) ^ amount_keys(self.amounts)


def amount_keys(amounts: Floats) -> Keys:
    """Return a number for each row of amounts that is the same for the same amounts.

    Examples
    --------
    >>> same = amount_keys(np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 1.0]]))
    >>> bool(same[0] == same[1]), bool(same[0] == same[2])
    (True, False)
    """
    key = np.zeros(len(amounts), dtype=np.uint64)
    for column in amounts.T:
        rounded = np.ascontiguousarray(np.round(column, 6) + 0.0).view(np.uint64)
        key = (key ^ rounded) * np.uint64(0x9E3779B97F4A7C15)
        key = key ^ (key >> np.uint64(29))
    return key


def join_columns(parts: Sequence[Columns]) -> Columns:
    """Return the columns of several lists, one after the other.

    Examples
    --------
    >>> one = Columns(listed([[0, 1]]), np.array([9.0]), np.array([1.0]), np.zeros((1, 0)))
    >>> both = join_columns([one, one])
    >>> both.value(3.0).tolist()
    [12.0, 12.0]
    """
    return Columns(
        join([part.groups for part in parts]),
        np.concatenate([part.requirement for part in parts]),
        np.concatenate([part.money for part in parts]),
        np.concatenate([part.amounts for part in parts]),
    )


def no_columns(totals: int) -> Columns:
    """Return no columns, of a plan with so many totals."""
    return Columns(listed([]), np.zeros(0), np.zeros(0), np.zeros((0, totals)))
