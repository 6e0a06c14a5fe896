"""What one seat may serve, as items that a group takes whole, and sums over groups as bits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["SeatItems", "seat_items", "sums_over_bits"]

N = TypeVar("N", np.float64, np.int64, np.uint64)


@dataclass(frozen=True, eq=False)
class SeatItems:
    """Items that a seat may serve: towns, or sets that are kept together; item 0 holds the seat.

    A group of the seat is a number: item i + 1 is a member where its bit i is set.

    Attributes
    ----------
    seat : int
        Position of the seat.
    town : int array of shape (t,)
        Towns within reach, rising.
    item : int array of shape (t,)
        Item of each town.
    serve : array of shape (items, models)
        Requirement that serving the item adds, money per year.
    amount : array of shape (items, r)
        What the item adds to each resource, and to each set of towns that is kept apart.
    models : bool array of shape (models,)
        Operator models that are looked at.
    """

    seat: int
    town: Ints
    item: Ints
    serve: Floats
    amount: Floats
    models: Bools

    def __len__(self) -> int:
        return len(self.serve)

    def members(self, bits: Ints) -> Bools:
        """Return which towns each group holds, shape (g, t)."""
        held = (bits[:, None] << 1 | 1) >> self.item[None, :] & 1
        return np.asarray(held, dtype=np.bool_)

    def groups(self, bits: Ints) -> GroupBatch:
        """Return groups given as bits with their towns."""
        member = self.members(bits)
        _, place = np.nonzero(member)
        start = np.concatenate([[0], np.cumsum(member.sum(axis=1))]).astype(np.int64)
        return GroupBatch(self.town[place], start)

    def run_by(self, models: Bools) -> SeatItems:
        """Return the same items, some operator models looked at."""
        return replace(self, models=models)

    def per_item(self, per_town: npt.NDArray[N]) -> npt.NDArray[N]:
        """Return the sum over the towns of each item of values given per town within reach."""
        total = np.zeros((len(self), *per_town.shape[1:]), dtype=per_town.dtype)
        np.add.at(total, self.item, per_town)
        return total


def seat_items(problem: Problem, seat: int) -> SeatItems:
    """Return the items of a seat, the largest first: groups that are too large are met soon."""
    pairs = np.arange(problem.start[seat], problem.start[seat + 1])
    town = problem.served[pairs]
    unit, size = problem.rules.first_of_unit[town], problem.case.cost.size[town]
    _, item = np.unique(unit, return_inverse=True)
    weight = np.bincount(item, weights=size)
    if len(town):
        weight[item[np.searchsorted(town, seat)]] = np.inf
    place = np.empty(len(weight), dtype=np.int64)
    place[np.argsort(-weight, kind="stable")] = np.arange(len(weight))
    empty = np.zeros((len(weight), 0))
    own = SeatItems(seat, town, place[item], empty, empty, np.ones(len(problem.open), dtype=bool))
    amount = problem.case.resources.amount
    apart = [np.isin(np.arange(problem.towns), some) for some in problem.rules.keep_apart]
    every = np.column_stack([amount, *apart]).astype(np.float64)
    serve, adds = own.per_item(problem.serve[pairs]), own.per_item(every[town])
    return replace(own, serve=serve, amount=adds)


def sums_over_bits(bits: Ints, per_item: npt.NDArray[N], *, at_once: int = 12) -> npt.NDArray[N]:
    """Return the sum over each group of values given per item, item 0 included.

    Sums of ``at_once`` items are looked up in a table.

    Examples
    --------
    >>> sums_over_bits(np.array([0, 1, 3]), np.array([1.0, 10.0, 100.0])).tolist()
    [1.0, 11.0, 111.0]
    """
    total = np.broadcast_to(per_item[:1], (len(bits), *per_item.shape[1:])).copy()
    for first in range(1, len(per_item), at_once):
        some = per_item[first : first + at_once]
        table = np.zeros((1, *per_item.shape[1:]), dtype=per_item.dtype)
        for value in some:
            table = np.concatenate([table, table + value])
        total += table[bits >> (first - 1) & (len(table) - 1)]
    return total
