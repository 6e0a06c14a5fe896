"""What a search of seats found: groups, and what their list is complete to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.pricing.neighbourhood import Neighbourhoods
from optimizer.solving.branch_and_price.problem.area_rules import keeps_rules
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns, no_columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.group_value import money_bound
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.ways import ways_from

__all__ = ["PricingResult", "finish", "join_results", "least_of_each"]


@dataclass(frozen=True, eq=False)
class PricingResult:
    """Groups found from some seats.

    Attributes
    ----------
    columns : Columns
        Groups, requirement, lower bound on the public money, and what they add to totals.
    seat : int array of shape (g,)
        Seat of each group.
    seats : int array, complete_to : float array
        Seats that were searched; no group of a seat that is missing here has a reduced cost below
        ``complete_to``.
    """

    columns: Columns
    seat: Ints
    seats: Ints
    complete_to: Floats

    @property
    def groups(self) -> GroupBatch:
        """Members of each group."""
        return self.columns.groups

    @property
    def requirement(self) -> Floats:
        """Requirement of each group, money per year."""
        return self.columns.requirement

    @property
    def money(self) -> Floats:
        """Lower bound on the public money of each group, money per year."""
        return self.columns.money


def join_results(parts: Sequence[PricingResult], totals: int) -> PricingResult:
    """Return what several searches found, one after the other, of a plan with so many totals."""
    return PricingResult(
        columns=join_columns([no_columns(totals), *(p.columns for p in parts)]),
        seat=_cat([p.seat.astype(np.float64) for p in parts]).astype(np.int64),
        seats=_cat([p.seats.astype(np.float64) for p in parts]).astype(np.int64),
        complete_to=_cat([p.complete_to for p in parts]),
    )


def _cat(parts: list[Floats]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])


def least_of_each(
    place: Ints, bound: Floats, most: int | Ints, complete_to: Floats
) -> tuple[Ints, Floats]:
    """Return the positions of the ``most`` (one number, or one per place) least bounds.

    ``complete_to`` comes back lowered to the least bound that was left out of each place.
    """
    order = np.lexsort((bound, place))
    sorted_place = place[order]
    first = np.searchsorted(sorted_place, sorted_place)
    nth = np.arange(len(order)) - first
    limit = np.broadcast_to(np.asarray(most), complete_to.shape)[sorted_place]
    left_out = order[nth >= limit]
    complete_to = complete_to.copy()
    np.minimum.at(complete_to, place[left_out], bound[left_out])
    return np.sort(order[nth < limit]), complete_to


def finish(  # noqa: PLR0917 - the inner loop's own state
    problem: Problem,
    near: Neighbourhoods,
    place: Ints,
    member: Bools,
    duals: Duals,
    limits: tuple[Floats, Floats, Ints],
) -> PricingResult:
    """Return the complete decisions as groups with their requirement and public money."""
    threshold, complete_to, most = limits
    member = near.towns_of(place, member)
    row, at = np.nonzero(member)
    start = np.concatenate([[0], np.cumsum(member.sum(axis=1))]).astype(np.int64)
    groups = GroupBatch(near.item[place[row], at], start)
    key = groups.keys(problem.key) + place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    kept = np.unique(key, return_index=True)[1]
    kept = kept[keeps_rules(problem.rules, groups.take(kept))]
    pairs = GroupBatch(near.pair[place[row], at], start).take(kept)
    groups, place = groups.take(kept), place[kept]
    if len(problem.totals):
        return _finish_ways(problem, near, groups, place, duals, limits)
    total = pairs.total(problem.serve[pairs.town]) + problem.open[None, :]
    limits_of = problem.case.resources
    admitted = limits_of.admits(groups.total_of(limits_of.amount), near.seat[place])
    total = np.where(admitted, total, np.inf)
    requirement, money, reduced = _cheapest_kind(problem, groups, total, duals)
    wanted = np.flatnonzero((reduced < threshold[place]) & np.isfinite(reduced))
    best, complete_to = least_of_each(place[wanted], reduced[wanted], most, complete_to)
    wanted = wanted[best]
    columns = Columns(groups, requirement, money, np.zeros((len(groups), 0)))
    return PricingResult(columns.take(wanted), near.seat[place[wanted]], near.seat, complete_to)


def _finish_ways(  # noqa: PLR0917 - as finish
    problem: Problem,
    near: Neighbourhoods,
    groups: GroupBatch,
    place: Ints,
    duals: Duals,
    limits: tuple[Floats, Floats, Ints],
) -> PricingResult:
    """Return groups as columns by every operator model: each adds something else to totals."""
    threshold, complete_to, most = limits
    ways = ways_from(problem, groups, near.seat[place])
    columns, place = ways.columns, place[ways.owner]
    money = np.zeros(len(place))
    for kind in range(problem.case.kinds):
        mine = np.flatnonzero(problem.case.of_kind(kind)[ways.model])
        able = mine[np.isfinite(columns.requirement[mine])]
        some, requirement = columns.groups.take(able), columns.requirement[able]
        money[able] = money_bound(problem, some, requirement, kind=kind)
    requirement = np.where(np.isfinite(money), columns.requirement, np.inf)
    money = np.where(np.isfinite(money), money, 0.0)
    columns = Columns(columns.groups, requirement, money, columns.amounts)
    reduced = duals.reduced(columns)
    wanted = np.flatnonzero((reduced < threshold[place]) & np.isfinite(reduced))
    order = np.lexsort((reduced[wanted], columns.take(wanted).keys(problem.key), place[wanted]))
    wanted = wanted[order]
    key = columns.take(wanted).keys(problem.key)
    new = (np.diff(key, prepend=key[:1] ^ np.uint64(1)) != 0) | (
        np.diff(place[wanted], prepend=-1) != 0
    )
    wanted = np.sort(wanted[new])
    best, complete_to = least_of_each(place[wanted], reduced[wanted], most, complete_to)
    wanted = wanted[best]
    return PricingResult(columns.take(wanted), near.seat[place[wanted]], near.seat, complete_to)


def _cheapest_kind(
    problem: Problem, groups: GroupBatch, total: Floats, duals: Duals
) -> tuple[Floats, Floats, Floats]:
    """Return requirement, bound on public money and reduced cost of groups at their seats.

    ``total`` holds the requirement by operator model, ``inf`` where it does not fit.
    """
    best = [np.full(len(groups), np.inf) for _ in range(3)]
    none = np.zeros((len(groups), 0))
    for kind in range(problem.case.kinds):
        mine = total[:, problem.case.of_kind(kind)]
        requirement = mine.min(axis=1, initial=np.inf)
        there = np.isfinite(requirement)
        money = money_bound(problem, groups, np.where(there, requirement, 0.0), kind=kind)
        able = there & np.isfinite(money)
        reduced = np.full(len(groups), np.inf)
        found = Columns(groups, requirement, np.where(able, money, 0.0), none)
        reduced[able] = duals.reduced(found)[able]
        better = reduced < best[2]
        each = (requirement, money, reduced)
        best = [np.where(better, new, old) for new, old in zip(each, best, strict=True)]
    return best[0], best[1], best[2]
