"""Neighbourhoods of seats as the search sees them: by unit, each of one town or of some together.

Towns that the planner keeps together are one unit: a group holds all of them or none, so that they
are decided at once. What a unit costs, raises and weighs is the sum over its towns; it limits a
tariff as much as the tightest of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.area_rules import OwnRules, neighbour_entries
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.subset_rows import PairTable, pair_table
from optimizer.tariffs.response.response import Response

__all__ = ["Neighbourhoods", "neighbourhoods"]

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Neighbourhoods of several seats side by side, padded to the largest: k towns in u units.

    Attributes
    ----------
    seat, own : int arrays of shape (b,)
        Seats, and the unit of each in its own neighbourhood.
    item, pair : int arrays of shape (b, k), valid : bool array of shape (b, k)
        Towns, pairs of seat and town, and whether there is one (``False`` where padded).
    unit : int array of shape (b, k)
        Unit of each town; u, which no group holds, where padded.
    real : bool array of shape (b, u)
        Whether there is such a unit.
    merged : bool
        Whether any unit has several towns; otherwise units are towns, in the same order.
    serve : array of shape (b, u, models), size : array of shape (b, u)
        Requirement and connections.
    extra : array of shape (b, u, e)
        Resources of an area other than connections.
    revenue : array of shape (b, u, u or 1, kinds)
        Bound on the revenue of one unit in a group that holds another; one for all where towns do
        not limit each other's tariff. By kind of operator model where demand responds.
    rank : int array of shape (b, u)
        Order from the tightest affordability; -1 where padded.
    apart : bool array of shape (b, u, u)
        Units of which a group holds one at most; of shape (b, 0, 0) where there are none.
    adjacent : bool array of shape (b, u, u)
        Neighbouring units; of shape (b, 0, 0) where areas need not be connected.
    """

    seat: Ints
    own: Ints
    item: Ints
    pair: Ints
    valid: Bools
    unit: Ints
    real: Bools
    merged: bool
    serve: Floats
    size: Floats
    extra: Floats
    revenue: Floats
    rank: Ints
    apart: Bools
    adjacent: Bools

    def price(self, duals: Duals) -> Floats:
        """Return the dual of each unit: of its towns, less subset rows that it holds, (b, u).

        Such a subset row is paid for by every group that holds the unit.
        """
        units, subset_rows = self.real.shape[1], duals.subset_rows
        units_of = _Units(self.unit, units, self.merged)
        price = _summed(np.where(self.valid, duals.town[self.item], 0.0), units_of)
        used = np.flatnonzero(subset_rows.price > 0)
        if not self.merged or not len(used):
            return price
        for b in range(len(self.seat)):
            place = np.full(len(duals.town), units)
            place[self.item[b, self.valid[b]]] = self.unit[b, self.valid[b]]
            at = np.sort(place[subset_rows.town[used]], axis=1)
            first = np.where(at[:, 0] == at[:, 1], at[:, 0], at[:, 1])
            twice = (at[:, 0] == at[:, 1]) | (at[:, 1] == at[:, 2])
            inside = np.flatnonzero(twice & (first < units))
            np.subtract.at(price[b], first[inside], subset_rows.price[used[inside]])
        return price

    def priced(self, problem: Problem, duals: Duals) -> Floats:
        """Return the dual of each unit served by each operator model, shape (b, u, models).

        What serving adds to totals of the plan is paid for with it.
        """
        price = self.price(duals)[:, :, None]
        totals = problem.totals
        if not len(totals) or not len(duals.sums):
            return np.broadcast_to(price, (*price.shape[:2], len(problem.open)))
        each = np.where(self.valid[:, :, None], totals.served[self.pair] @ duals.sums, 0.0)
        served: Floats = _summed(each, _Units(self.unit, self.real.shape[1], self.merged))
        return price + served

    def subset_rows(self, duals: Duals) -> PairTable:
        """Return what subset rows cost a group that takes one unit more."""
        towns, units = len(duals.town), self.real.shape[1]
        return pair_table(duals.subset_rows, self.item, self.valid, self.unit, (towns, units))

    def towns_of(self, place: Ints, member: Bools) -> Bools:
        """Return the towns of groups of units, shape (g, k).

        Parameters
        ----------
        place : int array of shape (g,)
            Neighbourhood of each group.
        member : bool array of shape (g, u + 1)
            Its units.
        """
        if not self.merged:
            return member[:, :-1]
        return np.asarray(np.take_along_axis(member, self.unit[place], axis=1), dtype=np.bool_)


def neighbourhoods(problem: Problem, seats: Ints) -> Neighbourhoods:
    """Return the neighbourhoods of seats, each seat within its own reach."""
    count = problem.start[seats + 1] - problem.start[seats]
    place = np.arange(int(count.max()))
    valid = place[None, :] < count[:, None]
    pair = np.where(valid, problem.start[seats][:, None] + place[None, :], 0)
    item = problem.served[pair]
    units = _units(problem.rules, item, valid)
    mine = (item == seats[:, None]) & valid
    amount = np.where(valid[:, :, None], problem.case.resources.amount[item], 0.0)
    return Neighbourhoods(
        seat=seats,
        own=np.asarray(units.of[np.arange(len(seats)), mine.argmax(axis=1)], dtype=np.int64),
        item=item,
        pair=pair,
        valid=valid,
        unit=units.of,
        real=np.arange(units.count) < np.where(valid, units.of + 1, 0).max(axis=1, keepdims=True),
        merged=units.merged,
        serve=_summed(np.where(valid[:, :, None], problem.serve[pair], 0.0), units),
        size=_summed(amount[:, :, 0], units),
        extra=_summed(amount[:, :, 1:], units),
        revenue=_united(_pair_revenue(problem, item), valid, units),
        rank=_least(np.where(valid, problem.rank[item], -1), units),
        apart=_apart(problem.rules, item, valid, units),
        adjacent=_adjacent(problem.rules, item, valid, units),
    )


@dataclass(frozen=True, eq=False)
class _Units:
    """Unit of each town of each neighbourhood, most units of one, whether any has several towns."""

    of: Ints
    count: int
    merged: bool


def _units(rules: OwnRules, item: Ints, valid: Bools) -> _Units:
    """Return the unit of each town of each neighbourhood, numbered by their first towns."""
    width = item.shape[1]
    first = rules.first_of_unit[item]
    lead = valid & (first == item)
    number = np.cumsum(lead, axis=1) - 1
    units = int(lead.sum(axis=1).max(initial=0))
    if (lead == valid).all():
        return _Units(np.where(valid, np.arange(width), width), width, merged=False)
    unit = np.where(valid, number, units)
    for b, k in zip(*np.nonzero(valid & ~lead), strict=True):
        where = np.flatnonzero(valid[b] & (item[b] == first[b, k]))
        unit[b, k] = number[b, where[0]]
    return _Units(unit, units, merged=True)


def _summed(values: NDArray[T], units: _Units) -> NDArray[T]:
    """Return the sums over the towns of each unit: second axis k becomes u."""
    if not units.merged:
        return values
    total = np.zeros((values.shape[0], units.count + 1, *values.shape[2:]), dtype=values.dtype)
    np.add.at(total, (np.arange(len(values))[:, None], units.of), values)
    return total[:, :-1]


def _least(values: NDArray[T], units: _Units) -> NDArray[T]:
    """Return the least over the towns of each unit: second axis k becomes u; -1 where none."""
    if not units.merged:
        return values
    high = values.max(initial=0) + 1
    least = np.full((values.shape[0], units.count + 1, *values.shape[2:]), high, dtype=values.dtype)
    np.minimum.at(least, (np.arange(len(values))[:, None], units.of), values)
    return np.where(least == high, np.asarray(-1, dtype=values.dtype), least)[:, :-1]


def _united(revenue: Floats, valid: Bools, units: _Units) -> Floats:
    """Return the bounds on revenue of units from those of towns, ``(b, k, k or 1, kinds)``."""
    if not units.merged:
        return revenue
    total = _summed(np.where(valid[:, :, None, None], revenue, 0.0), units)
    if total.shape[2] == 1:
        return total
    least = np.full((*total.shape[:2], units.count + 1, total.shape[3]), np.inf)
    row, one = np.arange(len(total))[:, None, None], np.arange(units.count)[None, :, None]
    np.minimum.at(least, (row, one, units.of[:, None, :]), total)
    return np.where(np.isinf(least), 0.0, least)[:, :, :-1]


def _apart(rules: OwnRules, item: Ints, valid: Bools, units: _Units) -> Bools:
    """Return which units hold towns that are kept apart, shape (b, u, u); (b, 0, 0) if none are."""
    if not rules.keep_apart:
        return np.zeros((len(item), 0, 0), dtype=bool)
    clash = np.zeros((len(item), units.count, units.count), dtype=bool)
    for towns in rules.keep_apart:
        inside = _summed((np.isin(item, towns) & valid).astype(np.int64), units) > 0
        clash |= inside[:, :, None] & inside[:, None, :]
    clash[:, np.arange(units.count), np.arange(units.count)] = False
    return clash


def _adjacent(rules: OwnRules, item: Ints, valid: Bools, units: _Units) -> Bools:
    """Return which units are neighbours, shape (b, u, u); (b, 0, 0) if that does not matter."""
    if not rules.connected:
        return np.zeros((len(item), 0, 0), dtype=bool)
    row, at = np.nonzero(valid)
    unit = units.of[row, at]
    one, other = neighbour_entries(rules, row, item[row, at])
    adjacent = np.zeros((len(item), units.count, units.count), dtype=bool)
    adjacent[row[one], unit[one], unit[other]] = True
    return adjacent


def _pair_revenue(problem: Problem, item: Ints) -> Floats:
    if problem.case.response is not None:
        return _pair_menu(problem, problem.case.response, item)
    return _pair_rays(problem, item)[:, :, :, None]


def _pair_menu(problem: Problem, response: Response, item: Ints) -> Floats:
    """Return what town i brings at the highest schedule that it and town k can afford.

    No group that holds both has a higher one. Where no schedule suits both there is no such
    group, and any bound will do.
    """
    if not problem.shared_tariff:
        return response.own_net_year[item][:, :, None, :]
    best = np.full((*item.shape, item.shape[1], problem.case.kinds), -np.inf)
    for s in range(len(response.shapes)):
        place = response.place[item][:, :, s]
        both = np.minimum(place[:, :, None], place[:, None, :])
        net = response.net_year[item[:, :, None], s, np.maximum(both, 0)]
        best = np.maximum(best, net)
    return best


def _pair_rays(problem: Problem, item: Ints) -> Floats:
    own = problem.own_best[item][:, :, None]
    if not problem.shared_tariff:
        return own
    revenue, cap = problem.ray_revenue[item], problem.ray_bound[item]
    least = np.full((*item.shape, item.shape[1]), np.inf)
    for c in range(cap.shape[2]):
        most = np.zeros_like(least)
        for e in range(cap.shape[3]):
            with np.errstate(divide="ignore", invalid="ignore"):
                raised = revenue[:, :, None, e] / cap[:, None, :, c, e]
            np.fmax(most, raised, out=most)
        np.minimum(least, most, out=least)
    return np.minimum(problem.spread * least, own)
