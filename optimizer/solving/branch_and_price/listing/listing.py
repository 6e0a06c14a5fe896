"""The listing: every group of every seat once, with its value, asked for at any duals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.listing.groups import groups_of_seat
from optimizer.solving.branch_and_price.listing.penalty import penalty
from optimizer.solving.branch_and_price.listing.seat_items import (
    SeatItems,
    seat_items,
    sums_over_bits,
)
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, Keys, join
from optimizer.solving.branch_and_price.problem.group_value import exact_money
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.programmed_money import programmed_money

__all__ = ["Listing", "list_groups"]


@dataclass(frozen=True, eq=False)
class Listing:
    """Every group that some operator can serve, once, with its cheapest seat.

    Attributes
    ----------
    problem : Problem
        The case.
    items : tuple of SeatItems
        What each seat may serve.
    start : int array of shape (seats + 1,)
        Groups of seat k are ``start[k]`` to ``start[k + 1]``.
    bits : int array of shape (g,)
        Members, as bits of the seat's items.
    requirement, money : arrays of shape (g,)
        Least requirement, and exact public money, money per year; ``inf`` where no plan may use
        the group.
    """

    problem: Problem
    items: tuple[SeatItems, ...]
    start: Ints
    bits: Ints
    requirement: Floats
    money: Floats

    def __len__(self) -> int:
        return len(self.bits)

    def seat(self, chosen: Ints) -> Ints:
        """Return the seats of some of the groups."""
        seats = np.array([items.seat for items in self.items], dtype=np.int64)
        return seats[np.searchsorted(self.start, chosen, side="right") - 1]

    def strike(self, keys: Keys) -> None:
        """Let no plan use some groups, given as :meth:`GroupBatch.keys`."""
        for k, items in enumerate(self.items):
            mine = slice(int(self.start[k]), int(self.start[k + 1]))
            own = sums_over_bits(self.bits[mine], items.per_item(self.problem.key[items.town]))
            self.requirement[mine][np.isin(own, keys)] = np.inf

    def groups(self, chosen: Ints) -> GroupBatch:
        """Return some of the groups, positions rising."""
        cuts = np.searchsorted(chosen, self.start)
        parts = [
            _batch(self.items[k], self.bits[chosen[cuts[k] : cuts[k + 1]]])
            for k in np.flatnonzero(np.diff(cuts))
        ]
        return join(parts)

    def columns(self, chosen: Ints) -> Columns:
        """Return some of the groups as columns, positions rising."""
        none = np.zeros((len(chosen), 0))
        return Columns(self.groups(chosen), self.requirement[chosen], self.money[chosen], none)

    def reduced(self, duals: Duals, *, up_to: float) -> tuple[Floats, Floats]:
        """Return the reduced cost of every group, and the least of each seat.

        Parameters
        ----------
        up_to : float
            What subset rows add is left out where the reduced cost lies above without it.

        Returns
        -------
        tuple of arrays of shape (g,) and (towns,)
            Never more than the true ones; exact up to ``up_to``.
        """
        reduced, least = np.empty(len(self)), np.full(self.problem.towns, np.inf)
        for k, items in enumerate(self.items):
            mine = slice(int(self.start[k]), int(self.start[k + 1]))
            paid = sums_over_bits(self.bits[mine], items.per_item(duals.town[items.town]))
            value = self.requirement[mine] + duals.money * self.money[mine]
            value -= paid + duals.area
            if len(duals.subset_rows):
                near = np.flatnonzero(value <= up_to)
                value[near] += penalty(items, self.bits[mine][near], duals.subset_rows)
            reduced[mine] = value
            least[items.seat] = value.min(initial=np.inf)
        return reduced, least


def _batch(items: SeatItems, bits: Ints) -> GroupBatch:
    member = items.members(bits)
    _, place = np.nonzero(member)
    start = np.concatenate([[0], np.cumsum(member.sum(axis=1))]).astype(np.int64)
    return GroupBatch(items.town[place], start)


def list_groups(
    problem: Problem, *, tell: Callable[[float], None], stop: Callable[[], bool]
) -> Listing | None:
    """Return the listing of a case, valued exactly; ``None`` where it was stopped before.

    Parameters
    ----------
    tell : callable
        Told now and then which share of the groups is valued.
    stop : callable
        Asked between batches.
    """
    seats = np.flatnonzero(np.diff(problem.start) > 0)
    items, bits, needs = [], [], []
    for seat in seats:
        if stop():
            return None
        own = seat_items(problem, int(seat))
        found, need = groups_of_seat(problem, own)
        items.append(own)
        bits.append(found)
        needs.append(need)
    kept = _cheapest_seat(problem, items, bits, needs)
    bits = [b[k] for b, k in zip(bits, kept, strict=True)]
    start = np.concatenate([[0], np.cumsum([len(b) for b in bits])]).astype(np.int64)
    requirement = np.concatenate([n[k] for n, k in zip(needs, kept, strict=True)])
    listing = Listing(
        problem, tuple(items), start, np.concatenate(bits), requirement, np.zeros(len(requirement))
    )
    at_once = problem.parameters.listing.groups_at_once
    for first in range(0, len(listing), at_once):
        if stop():
            return None
        some = np.arange(first, min(first + at_once, len(listing)))
        groups = listing.groups(some)
        if problem.price_rows is None:
            money = exact_money(problem, groups, requirement[some])
        else:
            rows = problem.price_rows
            money = programmed_money(problem.case, rows, groups, requirement[some])
        requirement[some[~np.isfinite(money)]] = np.inf
        listing.money[some] = np.where(np.isfinite(money), money, 0.0)
        tell(float(some[-1] + 1) / len(listing))
    return listing


def _cheapest_seat(
    problem: Problem, items: list[SeatItems], bits: list[Ints], needs: list[Floats]
) -> list[Bools]:
    """Return which groups of each seat no other seat serves for less; of equal ones the first."""
    word = np.arange(problem.towns) // 63
    mask = np.left_shift(np.int64(1), np.arange(problem.towns, dtype=np.int64) % 63)
    words = []
    for w in range(int(word.max(initial=0)) + 1):
        part = np.where(word == w, mask, 0)
        sums = [
            sums_over_bits(b, i.per_item(part[i.town])) for i, b in zip(items, bits, strict=True)
        ]
        words.append(np.concatenate(sums))
    order = np.lexsort([np.concatenate(needs), *words])
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in words:
        new[1:] |= key[order[1:]] != key[order[:-1]]
    kept = np.zeros(len(order), dtype=bool)
    kept[order[new]] = True
    return np.split(kept, np.cumsum([len(b) for b in bits])[:-1])
