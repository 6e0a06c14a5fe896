"""Some towns as a region of their own: what of a state, a pool and the columns lies within them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    give_columns,
)
from optimizer.solving.branch_and_price.master.column_pool import ColumnPool
from optimizer.solving.branch_and_price.master.restricted_master import RestrictedMaster
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.subset_rows import SubsetRows
from optimizer.solving.branch_and_price.problem.ways import columns_of
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.clock import Clock

__all__ = ["NO_TOTALS", "alone", "within"]

NO_TOTALS = Totals(0.0, float("inf"), float("inf"))


def within(columns: Columns, mine: Bools) -> Columns:
    """Return the columns whose towns are all among ``mine``, a bool array of shape (towns,)."""
    groups = columns.groups
    whole = groups.total((~mine[groups.town]).astype(np.int64)) == 0
    whole &= np.isfinite(columns.requirement)
    return columns.take(whole)


def alone(
    state: State,
    work: ColumnGeneration,
    inside: Ints,
    clock: Clock,
    *,
    near: float,
    totals: Totals = NO_TOTALS,
    known: Columns | None = None,
) -> tuple[State, ColumnGeneration]:
    """Return the state and the column generation of some towns alone.

    They begin with the duals, subset rows, groups and columns that lie within the towns.

    Parameters
    ----------
    inside : int array
        The towns; they are part 0, all others a part without value.
    clock : Clock
        Its time.
    near : float
        Share of the value of the master by which its bound may stay below it.
    totals : Totals
        Rules across its areas.
    known : Columns, optional
        Columns at hand; those of the generation where absent.
    """
    problem = state.problem
    mine = np.zeros(problem.towns, dtype=bool)
    mine[inside] = True
    seat = problem.pair_key // problem.towns
    pairs = np.flatnonzero(mine[seat] & mine[problem.served])
    small = replace(
        problem,
        start=np.searchsorted(seat[pairs], np.arange(problem.towns + 1)).astype(np.int64),
        served=problem.served[pairs],
        pair_key=problem.pair_key[pairs],
        serve=problem.serve[pairs],
        totals=problem.totals.of_pairs(pairs),
    )
    subset_rows = np.flatnonzero(mine[work.pool.triple_town].all(axis=1))
    begun = _state(state, small, mine, clock, totals)
    begun.duals = replace(begun.duals, subset_rows=_triples(state, work.pool, subset_rows))
    pool = _pool(work.pool, small, mine, pairs, subset_rows)
    master = RestrictedMaster(small, inside, totals, work.unit, clock.options, outside=begun.duals)
    tuned = problem.parameters.bounding
    effort = work.effort.at_most(min(tuned.subproblem_list, work.effort.longest))
    generation = ColumnGeneration(
        pool, master, work.unit, effort, work.per_seat, tuned.box, tuned.patience, near=near
    )
    columns = within(work.columns() if known is None else known, mine)
    give_columns(begun, generation, join_columns([begun.areas(), columns]))
    return begun, generation


def _state(state: State, small: Problem, mine: Bools, clock: Clock, totals: Totals) -> State:
    """Return the state of some towns, with the areas of the plan among them and towns alone."""
    priced = state.duals if totals.couple else Duals(state.duals.town, 0.0, small.money_price)
    alone = State(
        problem=small,
        totals=totals,
        clock=clock,
        part=np.where(mine, 0, 1),
        bound=np.zeros(2),
        value=np.array([np.inf, 0.0]),
        lagrange=np.array([-np.inf, 0.0]),
        label=np.full(small.towns, -1),
        requirement=np.full(small.towns, np.inf),
        money=np.zeros(small.towns),
        amounts=np.zeros((small.towns, len(small.totals))),
        duals=Duals(
            np.where(mine, state.duals.town, 0.0), priced.area, priced.money, sums=priced.sums
        ),
        worst=np.full(2, np.inf),
        lazy_core=state.lazy_core,
    )
    plan = _with_singles(small, within(state.areas(), mine), np.flatnonzero(mine))
    if not totals.couple or totals.counted(plan):
        alone.offer(plan, "alone")
    return alone


def _with_singles(problem: Problem, own: Columns, inside: Ints) -> Columns:
    """Return the areas with every town left alone as an area of its own, if it can be one."""
    left = np.setdiff1d(inside, own.groups.town)
    single = listed([[int(t)] for t in left])
    return join_columns([own, columns_of(problem, single)])


def _triples(state: State, pool: ColumnPool, inside: Ints) -> SubsetRows:
    """Return the subset rows of the pool that lie inside, at the duals of the state."""
    known = state.duals.subset_rows.padded(pool.triple_town)
    return SubsetRows(known.town[inside], known.price[inside])


def _pool(
    pool: ColumnPool, small: Problem, mine: Bools, pairs: Ints, subset_rows: Ints
) -> ColumnPool:
    """Return a pool of its own with the groups among some towns, and what is known of others.

    Subset rows of which one town lies outside are left out; groups that paid for them when their
    seat was searched may now be cheaper by as much.
    """
    whole = pool.groups.total((~mine[pool.groups.town]).astype(np.int64)) == 0
    used = np.diff(small.start) > 0
    paid, cheaper = pool.paid.of(used).without(subset_rows, small.towns)
    complete_to = pool.complete_to - cheaper
    return replace(
        pool,
        problem=small,
        groups=pool.groups.take(whole),
        seat=pool.seat[whole],
        requirement=pool.requirement[whole],
        money=pool.money[whole],
        amounts=pool.amounts[whole],
        exact=pool.exact[whole],
        complete_to=np.where(used, complete_to, np.inf),
        town_dual=pool.town_dual[pairs],
        area_dual=pool.area_dual.copy(),
        money_price=pool.money_price.copy(),
        sum_duals=pool.sum_duals.copy(),
        paid=paid,
        class_price=pool.class_price.copy(),
    )
