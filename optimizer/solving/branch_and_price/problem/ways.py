"""Every way to serve a group: by each seat and operator model, with what each adds to totals.

Where totals of a plan are limited, the cheapest seat and model of an area may not be those that the
plan can use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.area_rules import keeps_rules
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.group_value import (
    exact_money,
    money_bound,
    values,
)
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["Ways", "columns_of", "every_way", "ways_from"]


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways to serve some groups.

    Attributes
    ----------
    columns : Columns
        Each as a column; the requirement is ``inf`` where it is impossible.
    owner, seat, model : int arrays of shape (w,)
        Which of the groups each serves, from where, and by which operator model.
    """

    columns: Columns
    owner: Ints
    seat: Ints
    model: Ints

    def take(self, chosen: Ints) -> Ways:
        """Return some of them, by position."""
        return Ways(
            self.columns.take(chosen), self.owner[chosen], self.seat[chosen], self.model[chosen]
        )


def columns_of(problem: Problem, groups: GroupBatch) -> Columns:
    """Return groups as columns, each served in its cheapest way.

    The requirement is ``inf`` where no plan may use the group.
    """
    if not len(problem.totals):
        requirement, money, _ = values(problem, groups)
        return Columns(groups, requirement, money, np.zeros((len(groups), 0)))
    ways = every_way(problem, groups)
    value = ways.columns.value(problem.money_price)
    order = np.lexsort((value, ways.owner))
    first = order[np.searchsorted(ways.owner[order], np.arange(len(groups)))]
    return ways.columns.take(first)


def every_way(problem: Problem, groups: GroupBatch) -> Ways:
    """Return every way to serve each of some groups, public money exact."""
    kept = keeps_rules(problem.rules, groups)
    each = groups.take(groups.owner)
    ways = ways_from(problem, each, groups.town)
    requirement, money = ways.columns.requirement, np.zeros(len(ways.owner))
    owner = groups.owner[ways.owner]
    able = np.flatnonzero(np.isfinite(requirement) & kept[owner])
    mine = ways.columns.groups.take(able)
    requirement[~kept[owner]] = np.inf
    for kind in range(problem.case.kinds):
        of = problem.case.of_kind(kind)[ways.model[able]]
        here = np.flatnonzero(of)
        some, needed = mine.take(here), requirement[able[here]]
        one = problem.case.kinds == 1
        found = (
            exact_money(problem, some, needed)
            if one
            else money_bound(problem, some, needed, kind=kind)
        )
        money[able[here]] = found
    requirement[~np.isfinite(money)] = np.inf
    money[~np.isfinite(money)] = 0.0
    amounts = ways.columns.amounts
    columns = Columns(ways.columns.groups, requirement, money, amounts)
    return Ways(columns, owner, ways.seat, ways.model)


def ways_from(problem: Problem, groups: GroupBatch, seat: Ints) -> Ways:
    """Return the ways to serve each group from its seat, one a model, without public money."""
    models, sums = len(problem.open), len(problem.totals)
    total, amounts = np.full((len(groups), models), np.inf), np.zeros((len(groups), models, sums))
    if len(groups) and len(problem.pair_key):
        pair, found = problem.pairs_of(seat[groups.owner], groups.town)
        resources = problem.case.resources
        admitted = resources.admits(groups.total_of(resources.amount), seat)
        missing = groups.total((~found).astype(np.int64)) > 0
        total = groups.total(problem.serve[pair]) + problem.open[None, :]
        total = np.where(admitted & ~missing[:, None], total, np.inf)
        amounts = _added(problem, groups, pair, seat)
    owner = np.repeat(np.arange(len(groups)), models)
    columns = Columns(
        groups.take(owner),
        total.reshape(-1),
        np.zeros(len(owner)),
        amounts.reshape(len(owner), sums),
    )
    return Ways(columns, owner, seat[owner], np.tile(np.arange(models), len(groups)))


def _added(problem: Problem, groups: GroupBatch, pair: Ints, seat: Ints) -> Floats:
    """Return what groups add to the totals under each model, shape (g, models, k).

    Parameters
    ----------
    pair : int array
        Pair of each entry of ``groups.town`` with the seat of its group.
    seat : int array of shape (g,)
        Seat of each group.
    """
    totals = problem.totals
    return np.asarray(groups.total(totals.served[pair]) + totals.opened[seat], dtype=np.float64)
