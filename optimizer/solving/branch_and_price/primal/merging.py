"""A first plan in seconds at any size: merge areas, many at a time, while merging saves.

Source: the savings method of G. Clarke and J. W. Wright (1964), with all unions that are the best
choice of both partners made at once (a locally dominant matching), so that each round is one
vectorised evaluation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.area_rules import keeps_rules
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, listed
from optimizer.solving.branch_and_price.problem.group_value import offers
from optimizer.solving.branch_and_price.problem.partition import groups_of_labels
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.ways import columns_of

__all__ = ["first_plan", "merge_plan"]

SAME = 1e-12


def first_plan(
    problem: Problem,
    totals: Totals,
    *,
    start: Ints | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Columns:
    """Return the plan that a computation begins with: merged from single towns, or a known one.

    A known grouping need not keep every promise. It stands as it is where it does; beside it,
    its areas that can be served are merged on, while those that cannot fall apart into towns
    first. Of these and of the plan merged from single towns the cheapest that keeps the rules
    across areas is returned.

    Parameters
    ----------
    problem : Problem
        The case.
    totals : Totals
        The rules across areas.
    start : int array of shape (towns,), optional
        Label of each town in the known grouping.
    stop : callable
        Asked between rounds.
    """
    merged = merge_plan(problem, least=totals.least, most=totals.most, stop=stop)
    if start is None:
        return merged
    groups = groups_of_labels(start)
    known = columns_of(problem, groups)
    able = np.isfinite(known.requirement)[np.unique(start, return_inverse=True)[1]]
    kept = np.where(able, start, start.max() + 1 + problem.rules.first_of_unit)
    carried = merge_plan(problem, least=totals.least, most=totals.most, begin=kept, stop=stop)
    fit = [plan for plan in (known, carried, merged) if _fits(plan, totals)]
    price = problem.money_price
    return min(fit, key=lambda plan: float(plan.value(price).sum()), default=merged)


def _fits(plan: Columns, totals: Totals) -> bool:
    """Return whether every area can be served and the rules across areas are kept."""
    return plan.feasible and totals.counted(plan)


def merge_plan(
    problem: Problem,
    *,
    least: float = 0.0,
    most: float = np.inf,
    begin: Ints | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Columns:
    """Return a plan made by merging areas while that saves, or while they are too many.

    Parameters
    ----------
    problem : Problem
        The case.
    least, most : float
        Fewest and most areas wanted.
    begin : int array of shape (towns,), optional
        Label of each town's area at the beginning; single towns (and the sets that must stay
        together) where absent.
    stop : callable
        Asked between rounds.
    """
    label = problem.rules.first_of_unit if begin is None else begin
    dear = _dear(problem)
    groups = groups_of_labels(label)
    cost = _cost(problem, groups, dear)
    areas = [groups.members(g) for g in range(len(groups))]
    alive = np.ones(len(areas), dtype=bool)
    label = np.empty(problem.towns, dtype=np.int64)
    label[groups.town] = groups.owner
    pairs, saving = np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    fresh = alive.copy()
    while not stop():
        wanted = _neighbour_pairs(problem, label)
        wanted = wanted[fresh[wanted].any(axis=1)]
        kept = alive[pairs].all(axis=1)
        unions = listed([np.concatenate([areas[a], areas[b]]) for a, b in wanted])
        union_cost = _cost(problem, unions, dear)
        pairs = np.concatenate([pairs[kept], wanted])
        saving = np.concatenate(
            [saving[kept], cost[wanted[:, 0]] + cost[wanted[:, 1]] - union_cost]
        )
        chosen = _best_of_both(pairs, saving, len(areas), excess=alive.sum() - most)
        chosen = chosen[: max(0, int(alive.sum() - least))]
        if not len(chosen):
            break
        fresh = np.zeros(len(areas) + len(chosen), dtype=bool)
        fresh[len(areas) :] = True
        alive = np.concatenate([alive, np.ones(len(chosen), dtype=bool)])
        merged_cost = cost[pairs[chosen]].sum(axis=1) - saving[chosen]
        for a, b in pairs[chosen]:
            union = np.sort(np.concatenate([areas[a], areas[b]]))
            label[union] = len(areas)
            areas.append(union)
        alive[pairs[chosen].ravel()] = False
        cost = np.concatenate([cost, merged_cost])
    groups = groups_of_labels(label)
    return columns_of(problem, groups)


def _best_of_both(pairs: Ints, saving: Floats, areas: int, *, excess: float) -> Ints:
    """Return the pairs that save and are the best pair of both partners, each in one pair only.

    Where several pairs of a partner save as much, any of them may be taken.
    """
    able = np.flatnonzero(saving > 1e-9)
    if not len(able):
        if excess <= 0 or not len(saving):
            return able
        best = int(saving.argmax())
        return np.array([best]) if np.isfinite(saving[best]) else able
    able = able[np.lexsort((able, -saving[able]))]
    most = np.zeros(areas)
    np.maximum.at(most, pairs[able], saving[able, None])
    able = able[saving[able] >= (1 - SAME) * most[pairs[able]].max(axis=1)]
    taken = np.zeros(areas, dtype=bool)
    chosen = []
    for pair in able:
        a, b = pairs[pair]
        if not (taken[a] or taken[b]):
            taken[a] = taken[b] = True
            chosen.append(pair)
    return np.array(chosen, dtype=np.int64)


def _neighbour_pairs(problem: Problem, label: Ints) -> Ints:
    """Return the pairs of areas that hold a town and a seat within reach of each other."""
    seat = problem.pair_key // problem.towns
    a, b = label[seat], label[problem.served]
    count = int(label.max(initial=0)) + 1
    both = np.unique((np.minimum(a, b) * count + np.maximum(a, b))[a != b])
    return np.stack(np.divmod(both, count), axis=1).astype(np.int64)


def _dear(problem: Problem) -> float:
    """Return a price above that of any plan, for areas that no operator can serve."""
    seat = problem.pair_key // problem.towns
    dearest = np.zeros(problem.towns)
    np.maximum.at(dearest, seat, problem.serve.max(axis=1))
    return float((dearest.max(initial=0.0) + problem.open.max()) * (1 + problem.money_price) * 10)


def _cost(problem: Problem, groups: GroupBatch, dear: float) -> Floats:
    """Return the value of groups, public money by its lower bound.

    ``dear`` per town stands for groups that no operator can serve.
    """
    kept = np.flatnonzero(keeps_rules(problem.rules, groups))
    value = np.full(len(groups), np.inf)
    requirement, money, _ = offers(problem, groups.take(kept))
    able = np.isfinite(requirement) & np.isfinite(money)
    value[kept[able]] = requirement[able] + problem.money_price * money[able]
    return np.where(np.isfinite(value), value, dear * (1.0 + 0.01 * groups.count))
