"""Lift the bound of a large region: block by block, each with a small master of its own."""

from __future__ import annotations

import numpy as np

from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    search_and_bound,
)
from optimizer.solving.branch_and_price.bounding.cut_rounds import (
    add_cut_rounds,
    gap_of,
)
from optimizer.solving.branch_and_price.large.block_dual_ascent import sweep
from optimizer.solving.branch_and_price.large.spatial_blocks import (
    blocks_of,
    works_in_blocks,
)
from optimizer.solving.branch_and_price.problem.columns import join_columns
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["lift"]


def lift(state: State, work: ColumnGeneration) -> None:
    """Add broken subset rows while that raises the bound noticeably: at once, or block by block."""
    if works_in_blocks(state):
        _lift_by_blocks(state, work)
    else:
        add_cut_rounds(state, work)


def _lift_by_blocks(state: State, work: ColumnGeneration) -> None:
    """Let blocks with ever other borders add subset rows, until the next ones may gain little.

    Each gains a share of what the last one gained, so that two tell of a third.
    """
    last, tuned = 0.0, state.parameters.large
    least_gain = state.parameters.bounding.cut_gain
    for turn in tuned.cut_turns:
        if state.enough:
            return
        bound, before = float(state.lagrange.sum()), state.duals
        label = blocks_of(state.problem, tuned.block_towns, turn)
        seconds = tuned.cut_seconds_share * (state.clock.left - work.reserve)
        known = join_columns([work.columns(), *work.aside])
        known = sweep(state, work, known, block_of=label, seconds=seconds, pace=tuned.cut_pace)
        work.aside = [known]
        duals, state.duals = state.duals, before
        todo = np.flatnonzero(work.pool.missing_at_least(duals) < 0.0)
        search_and_bound(state, work, todo, duals, compare=True)
        gain = float(state.lagrange.sum()) - bound
        expected = gain * min(1.0, gain / last) if last else gain
        if expected < min(tuned.cut_rise * abs(bound), least_gain * gap_of(state)):
            return
        last = gain
