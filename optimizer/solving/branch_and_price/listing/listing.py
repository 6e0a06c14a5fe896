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
from optimizer.solving.branch_and_price.listing.values import ListedValues
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, Keys, join
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["Listing", "list_groups"]


@dataclass(frozen=True, eq=False)
class Listing:
    """Every group that some operator can serve, from every seat that may be best for it.

    Attributes
    ----------
    problem : Problem
        The case.
    values : ListedValues
        Values groups exactly.
    items : tuple of SeatItems
        What each seat may serve.
    start : int array of shape (seats + 1,)
        Groups of seat k are ``start[k]`` to ``start[k + 1]``.
    bits : int array of shape (g,)
        Members, as bits of the seat's items.
    requirement, money : arrays of shape (g,)
        Requirement and public money, money per year; an infinite requirement where no plan may use
        the group. Their value is a lower bound where it is not ``settled``.
    settled : bool array of shape (g,)
        Whether they are exact.
    """

    problem: Problem
    values: ListedValues
    items: tuple[SeatItems, ...]
    start: Ints
    bits: Ints
    requirement: Floats
    money: Floats
    settled: Bools

    def __len__(self) -> int:
        return len(self.bits)

    def seat(self, chosen: Ints) -> Ints:
        """Return the seats of some of the groups."""
        seats = np.array([items.seat for items in self.items], dtype=np.int64)
        return seats[np.searchsorted(self.start, chosen, side="right") - 1]

    def settle(self, chosen: Ints) -> None:
        """Value some of the groups exactly, positions rising."""
        todo = chosen[~self.settled[chosen]]
        cuts = np.searchsorted(todo, self.start)
        for k in np.flatnonzero(np.diff(cuts)):
            some = todo[cuts[k] : cuts[k + 1]]
            items, bits = self.items[k], self.bits[some]
            groups = items.groups(bits)
            self.requirement[some], self.money[some] = self.values.exact(
                items, bits, groups, self.requirement[some]
            )
        self.settled[todo] = True

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
            self.items[k].groups(self.bits[chosen[cuts[k] : cuts[k + 1]]])
            for k in np.flatnonzero(np.diff(cuts))
        ]
        return join(parts)

    def columns(self, chosen: Ints) -> Columns:
        """Return some of the groups as columns, positions rising."""
        none = np.zeros((len(chosen), 0))
        return Columns(self.groups(chosen), self.requirement[chosen], self.money[chosen], none)

    def reduced_of(self, chosen: Ints, duals: Duals) -> Floats:
        """Return the reduced cost of some of the groups, positions rising."""
        return duals.reduced(self.columns(chosen))

    def reduced(self, duals: Duals, *, up_to: float) -> Floats:
        """Return the reduced cost of every group, never more than the true one.

        Parameters
        ----------
        up_to : float
            What subset rows add is left out where the reduced cost lies above without it.
        """
        reduced = np.empty(len(self))
        for k, items in enumerate(self.items):
            mine = slice(int(self.start[k]), int(self.start[k + 1]))
            paid = sums_over_bits(self.bits[mine], items.per_item(duals.town[items.town]))
            value = self.requirement[mine] + duals.money * self.money[mine]
            value -= paid + duals.area
            if len(duals.subset_rows):
                near = np.flatnonzero(value <= up_to)
                value[near] += penalty(items, self.bits[mine][near], duals.subset_rows)
            reduced[mine] = value
        return reduced

    def least(self, reduced: Floats) -> Floats:
        """Return the least reduced cost of each seat, ``inf`` where it serves nothing."""
        least = np.full(self.problem.towns, np.inf)
        for k, items in enumerate(self.items):
            mine = reduced[self.start[k] : self.start[k + 1]].min(initial=np.inf)
            least[items.seat] = min(least[items.seat], mine)
        return least


def list_groups(
    problem: Problem,
    values: ListedValues,
    *,
    models_apart: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Listing | None:
    """Return the listing of a case; ``None`` where it was stopped before.

    Parameters
    ----------
    values : ListedValues
        Bounds and values groups.
    models_apart : bool
        Whether a group is listed for each operator model: where the weight of public money decides
        which is best.
    stop : callable
        Asked between seats.
    """
    items: list[SeatItems] = []
    bits, needs, moneys, exact = [], [], [], []
    for seat in np.flatnonzero(np.diff(problem.start) > 0):
        own = seat_items(problem, int(seat))
        found, fits = groups_of_seat(problem, own)
        ways = np.eye(fits.shape[1], dtype=bool) if models_apart else [np.ones(fits.shape[1], bool)]
        for models in ways:
            if stop():
                return None
            able = (fits & models).any(axis=1)
            need, money, sure = values.bounds(own, found[able], fits[able] & models)
            kept = np.isfinite(need)
            items.append(own.run_by(models))
            bits.append(found[able][kept])
            needs.append(need[kept])
            moneys.append(money[kept])
            exact.append(sure[kept])
    kept_ones = [np.ones(len(b), dtype=bool) for b in bits]
    if values.one_seat:
        kept_ones = _cheapest_seat(problem, items, bits, needs)

    def joined(parts: list[Floats]) -> Floats:
        return np.concatenate([p[k] for p, k in zip(parts, kept_ones, strict=True)])

    counts = [int(k.sum()) for k in kept_ones]
    return Listing(
        problem=problem,
        values=values,
        items=tuple(items),
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        bits=np.concatenate([b[k] for b, k in zip(bits, kept_ones, strict=True)]),
        requirement=joined(needs),
        money=joined(moneys),
        settled=np.concatenate([e[k] for e, k in zip(exact, kept_ones, strict=True)]),
    )


def _cheapest_seat(
    problem: Problem, items: list[SeatItems], bits: list[Ints], needs: list[Floats]
) -> list[Bools]:
    """Return which groups of each seat no other seat serves for less; of equal ones the first."""
    words = town_words(problem.towns, items, bits)
    order = np.lexsort([np.concatenate(needs), *words])
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in words:
        new[1:] |= key[order[1:]] != key[order[:-1]]
    kept = np.zeros(len(order), dtype=bool)
    kept[order[new]] = True
    return np.split(kept, np.cumsum([len(b) for b in bits])[:-1])


def town_words(towns: int, items: list[SeatItems], bits: list[Ints]) -> list[Ints]:
    """Return the members of all groups as bits of the region's towns, 63 a number."""
    word = np.arange(towns) // 63
    mask = np.left_shift(np.int64(1), np.arange(towns, dtype=np.int64) % 63)
    words = []
    for w in range(int(word.max(initial=0)) + 1):
        part = np.where(word == w, mask, 0)
        sums = [
            sums_over_bits(b, i.per_item(part[i.town])) for i, b in zip(items, bits, strict=True)
        ]
        words.append(np.concatenate(sums))
    return words
