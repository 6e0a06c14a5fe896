"""A large region begins with its blocks: neighbouring towns solved alone give duals and a plan.

The restricted master of thousands of towns is slow, and its first duals are far off. Blocks of a
few hundred towns are fast; their duals are right except near their borders, where areas that
cross are not seen, and their plans together are a plan of the region. Blocks with other borders
then mend the duals (``large.block_dual_ascent``). Any duals give a true bound, so
nothing is lost if they are off.
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    generate,
    give_columns,
)
from optimizer.solving.branch_and_price.bounding.lagrangian_bound import try_bound
from optimizer.solving.branch_and_price.bounding.subproblem import alone, within
from optimizer.solving.branch_and_price.large.block_dual_ascent import sweep
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.branch_and_price.state.sub_clock import Shares
from optimizer.solving.threads import in_threads

__all__ = ["begin_with_blocks", "blocks_of", "works_in_blocks"]


def works_in_blocks(state: State) -> bool:
    """Return whether a region is large, and no rule ties all of it together."""
    return (
        state.problem.towns > state.parameters.large.blocks_above_towns and not state.totals.couple
    )


def begin_with_blocks(state: State, work: ColumnGeneration) -> None:
    """Take duals, columns and a plan from the blocks of a large region."""
    if not works_in_blocks(state):
        return
    tuned = state.parameters.large
    known = _blocks_alone(state, work)
    for turn in tuned.sweep_turns:
        if state.clock.stop:
            break
        seconds = tuned.sweep_seconds_share * state.clock.left
        label = blocks_of(state.problem, tuned.block_towns, turn)
        pace = tuned.sweep_pace
        known = sweep(state, work, known, block_of=label, seconds=seconds, pace=pace)
        try_bound(state, work.pool, state.duals)
    give_columns(state, work, known)
    work.box = tuned.after_box


def _blocks_alone(state: State, work: ColumnGeneration) -> Columns:
    """Solve every block by itself; return columns that may matter for the region."""
    tuned = state.parameters.large
    label = blocks_of(state.problem, tuned.block_towns)
    count = int(label.max()) + 1
    shares = Shares(state.clock, tuned.alone_seconds_share * state.clock.left, count)
    together = 1 if state.lazy_core is not None else count

    def solved(block: int) -> tuple[Floats, Columns, Columns] | None:
        clock = shares.next(together)
        if clock.stop:
            return None
        inside = np.flatnonzero(label == block)
        small, begun = alone(state, work, inside, clock, near=tuned.alone_near)
        generate(small, begun)
        own = within(state.areas(), label == block)
        areas = small.areas() if np.isfinite(small.value).all() else own
        return small.duals.town[inside], _useful(small, begun), areas

    done = []
    threads = min(together, state.clock.options.threads)
    for block, one in enumerate(in_threads(solved, range(count), threads)):
        state.clock.report(f"block {block + 1} of {count}")
        if one is not None:
            done.append((block, one))
    found = join_columns([work.columns(), *(useful for _, (_, useful, _) in done)])
    if len(done) < count:
        return found
    town = state.duals.town.copy()
    for block, (duals, _, _) in done:
        town[label == block] = duals
    state.duals = Duals(town, state.duals.area, state.duals.money)
    state.offer(join_columns([areas for _, (_, _, areas) in done]), "blocks")
    return found


def blocks_of(
    problem: Problem, most: int, angle: float = 0.0, *, inside: Ints | None = None
) -> Ints:
    """Return the block of each town: halves along or across a direction until they are small.

    Towns that must stay together are in one block.

    Parameters
    ----------
    most : int
        Most towns of a block.
    angle : float
        How far the directions are turned.
    inside : int array, optional
        Only these towns have blocks; the others get the block 0 as well.
    """
    places = problem.case.instance.towns[["lon", "lat"]].to_numpy(dtype=float)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    places = places @ turn
    label = np.zeros(problem.towns, dtype=np.int64)
    waiting, count = [np.arange(problem.towns) if inside is None else inside], 0
    while waiting:
        towns = waiting.pop()
        if len(towns) <= most:
            label[towns] = count
            count += 1
            continue
        spread = np.ptp(places[towns], axis=0)
        order = towns[np.argsort(places[towns, int(spread.argmax())], kind="stable")]
        waiting += [order[: len(order) // 2], order[len(order) // 2 :]]
    for together in problem.rules.keep_together:
        label[together] = label[together[0]]
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _useful(state: State, work: ColumnGeneration) -> Columns:
    """Return the columns of a block's master that may matter for the region."""
    columns = work.columns()
    reduced = state.duals.reduced(columns)
    kept = np.flatnonzero(reduced <= state.parameters.large.useful_share * work.unit)
    return columns.take(kept)
