"""Duals of a large region, block by block: those of a block are the best for the fixed rest.

The dual of the restricted master is concave in the duals, so that raising it over the duals of
one block after the other, the others held fixed, never lowers it. Areas that cross the border of a
block compete in it: their towns outside are paid for at their present duals. Blocks of the next
sweep have other borders.

Source: block coordinate ascent on a dual, D. P. Bertsekas, Nonlinear Programming (1999), 6.3;
overlapping domains after H. A. Schwarz (1870).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    generate,
    give_columns,
    unfit,
)
from optimizer.solving.branch_and_price.bounding.separation import separate_subset_rows
from optimizer.solving.branch_and_price.bounding.subproblem import NO_TOTALS
from optimizer.solving.branch_and_price.master.restricted_master import RestrictedMaster
from optimizer.solving.branch_and_price.parameters import Pace
from optimizer.solving.branch_and_price.pricing.effort import Effort, first_effort
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.branch_and_price.state.sub_clock import Shares
from optimizer.solving.clock import Clock
from optimizer.solving.threads import in_threads

__all__ = ["sweep", "touching"]


def sweep(
    state: State,
    work: ColumnGeneration,
    known: Columns,
    *,
    block_of: Ints,
    seconds: float,
    pace: Pace,
) -> Columns:
    """Improve the duals of every block once; return the columns that matter at the new duals.

    Blocks that share no seat do not see each other, and are solved side by side.

    Parameters
    ----------
    known : Columns
        Columns known so far.
    block_of : int array of shape (towns,)
        Block of each town, counted from 0.
    seconds : float
        Time for the sweep.
    pace : Pace
        How far each block is taken.
    """
    tuned = state.parameters.large
    count, found = int(block_of.max()) + 1, [known]
    work.used = []
    state.duals = state.duals.with_subset_rows(work.pool.triple_town)
    effort = first_effort(state.problem, work.unit, longest=tuned.list_most)
    shares = Shares(state.clock, seconds, count)
    inside = [np.flatnonzero(block_of == b) for b in range(count)]
    seats = [touching(state.problem, towns) for towns in inside]
    for together in _apart(seats, state.problem.towns):
        subset_rows = len(state.duals.subset_rows)
        blocks = [
            _Block(inside[b], seats[b], join_columns(found), subset_rows, effort, pace)
            for b in together
        ]

        solved = partial(_solved, state, work, partial(shares.next, len(blocks)))
        done = []
        for b, one in zip(
            together, in_threads(solved, blocks, state.clock.options.threads), strict=True
        ):
            state.clock.report(f"border block {b + 1} of {count}")
            done.append(one)
        for block, one in zip(blocks, done, strict=True):
            if one is not None:
                found.append(_take(state, work, block, *one))
                work.used.append(_most_used(one[1], block.inside))
    return _worth_keeping(state, join_columns(found), tuned.keep_share * work.unit)


@dataclass(frozen=True, eq=False)
class _Block:
    """What a block begins with.

    Attributes
    ----------
    inside, seats : int arrays
        Its towns, and the seats that may serve any of them.
    known : Columns
        Columns known before it.
    subset_rows : int
        How many subset rows are known before it.
    effort : Effort
        How hard its seats are searched.
    pace : Pace
        How far it is taken.
    """

    inside: Ints
    seats: Ints
    known: Columns
    subset_rows: int
    effort: Effort
    pace: Pace


def _apart(seats: list[Ints], towns: int) -> list[list[int]]:
    """Return the blocks in groups of which no two share a seat."""
    groups, waiting = [], list(range(len(seats)))
    while waiting:
        taken, together = np.zeros(towns, dtype=bool), []
        for b in waiting:
            if not taken[seats[b]].any():
                taken[seats[b]] = True
                together.append(b)
        waiting = [b for b in waiting if b not in together]
        groups.append(together)
    return groups


def _solved(
    state: State, work: ColumnGeneration, next_clock: Callable[[], Clock], block: _Block
) -> tuple[Duals, ColumnGeneration] | None:
    """Return the best duals of a block's towns and its generation; ``None`` if time is up."""
    clock = next_clock()
    if clock.stop:
        return None
    small = _block_state(state, block, clock)
    begun = _block_work(small, work, block)
    before = -math.inf
    generate(small, begun)
    for _ in range(block.pace.cut_rounds):
        bound = float(small.lagrange[0])
        risen = bound > before + state.parameters.large.cut_block_rise * abs(bound)
        if clock.stop or not risen or not (separate_subset_rows(small, begun) or unfit(begun)):
            break
        before = bound
        generate(small, begun)
    return small.duals, begun


def _take(
    state: State, work: ColumnGeneration, block: _Block, duals: Duals, begun: ColumnGeneration
) -> Columns:
    """Take what a block has become: its duals, its groups; return its columns."""
    town = state.duals.town.copy()
    town[block.inside] = duals.town[block.inside]
    own = duals.subset_rows.padded(begun.pool.triple_town)
    subset_rows, place = own.taken_into(state.duals.subset_rows, block.subset_rows, block.inside)
    state.duals = Duals(town, state.duals.area, state.duals.money, subset_rows)
    work.pool.add_subset_rows(subset_rows.town)
    work.pool.take_back(begun.pool, block.seats, place)
    return begun.columns()


def _most_used(begun: ColumnGeneration, inside: Ints) -> tuple[Columns, Floats]:
    """Return the columns that a block's master uses for the most part, and how sure they are.

    The surer the more they are used, and the more of their towns lie within the block.
    """
    columns = begun.columns()
    groups = columns.groups
    share = np.zeros(len(groups)) if begun.point is None else begun.point.share
    within = np.isin(groups.town, inside).astype(np.float64)
    sure = share * groups.total(within) / groups.count
    most = np.flatnonzero(share > begun.master.problem.parameters.large.sure_share)
    return columns.take(most), sure[most]


def touching(problem: Problem, inside: Ints) -> Ints:
    """Return the seats that may serve any town of a block."""
    mine = np.zeros(problem.towns, dtype=bool)
    mine[inside] = True
    return np.unique((problem.pair_key // problem.towns)[mine[problem.served]])


def _block_state(state: State, block: _Block, clock: Clock) -> State:
    """Return the state of a block: its seats are one part, all else a part without value."""
    problem = state.problem
    mine = np.zeros(problem.towns, dtype=bool)
    mine[block.seats] = mine[block.inside] = True
    return State(
        problem=problem,
        totals=NO_TOTALS,
        clock=clock,
        part=np.where(mine, 0, 1),
        bound=np.array([-np.inf, 0.0]),
        value=np.array([np.inf, 0.0]),
        lagrange=np.array([-np.inf, 0.0]),
        label=np.full(problem.towns, -1),
        requirement=np.full(problem.towns, np.inf),
        money=np.zeros(problem.towns),
        amounts=np.zeros((problem.towns, len(problem.totals))),
        duals=Duals(state.duals.town, 0.0, problem.money_price, state.duals.subset_rows),
        worst=np.full(2, np.inf),
    )


def _block_work(small: State, work: ColumnGeneration, block: _Block) -> ColumnGeneration:
    """Return the generation of a block; areas pay for towns outside at their fixed duals."""
    duals, inside, options = small.duals, block.inside, small.clock.options
    master = RestrictedMaster(small.problem, inside, NO_TOTALS, work.unit, options, outside=duals)
    near, pace, subset_rows = small.part == 0, block.pace, duals.subset_rows
    paid = subset_rows.price[near[subset_rows.town[:, 0]] & ~master.holds(subset_rows.town)]
    master.constant = float(duals.town[near].sum() - duals.town[inside].sum() - paid.sum())
    pool = work.pool.part(block.seats)
    begun = ColumnGeneration(
        pool,
        master,
        work.unit,
        block.effort,
        small.parameters.bounding.columns_per_seat,
        pace.box,
        pace.patience,
        near=pace.near,
        rounds=pace.rounds,
        seats=block.seats,
    )
    groups = block.known.groups
    some = np.flatnonzero(
        small.duals.reduced(block.known) < small.parameters.large.begin_share * work.unit
    )
    some = some[master.touches(groups.take(some))]
    give_columns(small, begun, block.known.take(some))
    return begun


def _worth_keeping(state: State, columns: Columns, width: float) -> Columns:
    """Return each set of towns once, where its reduced cost is small."""
    reduced = state.duals.reduced(columns)
    key = columns.groups.keys(state.problem.key)
    order = np.lexsort((reduced, key))
    first = order[np.unique(key[order], return_index=True)[1]]
    kept = np.sort(first[reduced[first] <= width])
    return columns.take(kept)
