"""What a search of seats found: groups, and what their list is complete to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.pricing.neighbourhood import Neighbourhoods
from optimizer.solving.branch_and_price.problem.area_rules import keeps_rules
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, join
from optimizer.solving.branch_and_price.problem.group_value import money_bound
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["PricingResult", "finish", "join_results", "least_of_each"]


@dataclass(frozen=True, eq=False)
class PricingResult:
    """Groups found from some seats.

    Attributes
    ----------
    groups : GroupBatch
        Their members.
    seat : int array of shape (g,)
        Seat of each group.
    requirement, money : arrays of shape (g,)
        Requirement, and lower bound on the public money, money per year.
    seats : int array, complete_to : float array
        Seats that were searched; no group of a seat that is missing here has a reduced cost below
        ``complete_to``.
    """

    groups: GroupBatch
    seat: Ints
    requirement: Floats
    money: Floats
    seats: Ints
    complete_to: Floats


def join_results(parts: Sequence[PricingResult]) -> PricingResult:
    """Return what several searches found, one after the other."""
    return PricingResult(
        groups=join([p.groups for p in parts]),
        seat=_cat([p.seat.astype(np.float64) for p in parts]).astype(np.int64),
        requirement=_cat([p.requirement for p in parts]),
        money=_cat([p.money for p in parts]),
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
    total = pairs.total(problem.serve[pairs.town]) + problem.open[None, :]
    limits_of = problem.case.resources
    admitted = limits_of.admits(groups.total_of(limits_of.amount), near.seat[place])
    total = np.where(admitted, total, np.inf)
    requirement, money, reduced = _cheapest_kind(problem, groups, total, duals)
    wanted = np.flatnonzero((reduced < threshold[place]) & np.isfinite(reduced))
    best, complete_to = least_of_each(place[wanted], reduced[wanted], most, complete_to)
    wanted = wanted[best]
    return PricingResult(
        groups=groups.take(wanted),
        seat=near.seat[place[wanted]],
        requirement=requirement[wanted],
        money=money[wanted],
        seats=near.seat,
        complete_to=complete_to,
    )


def _cheapest_kind(
    problem: Problem, groups: GroupBatch, total: Floats, duals: Duals
) -> tuple[Floats, Floats, Floats]:
    """Return requirement, bound on public money and reduced cost of groups at their seats.

    ``total`` holds the requirement by operator model, ``inf`` where it does not fit.
    """
    best = [np.full(len(groups), np.inf) for _ in range(3)]
    for kind in range(problem.case.kinds):
        mine = total[:, problem.case.of_kind(kind)]
        requirement = mine.min(axis=1, initial=np.inf)
        there = np.isfinite(requirement)
        money = money_bound(problem, groups, np.where(there, requirement, 0.0), kind=kind)
        able = there & np.isfinite(money)
        reduced = np.full(len(groups), np.inf)
        reduced[able] = duals.reduced(groups, requirement, np.where(able, money, 0.0))[able]
        found = (requirement, money, reduced)
        better = reduced < best[2]
        best = [np.where(better, new, old) for new, old in zip(found, best, strict=True)]
    return best[0], best[1], best[2]
