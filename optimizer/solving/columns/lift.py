"""Lift the bound: add the triples that the master breaks, and generate columns again.

The bound of the master without triples is within a few hundredths of a percent of the best plan;
with them mostly within a few thousandths, so that far fewer areas are left for the proof. In a
large region that is done block by block, each with a small master of its own.
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.solving.columns.blocks import blocks_of, works_in_blocks
from optimizer.solving.columns.broken import add_broken
from optimizer.solving.columns.fast import COMPILED, wants_fast
from optimizer.solving.columns.generate import (
    Generation,
    generate,
    joined,
    search_and_bound,
)
from optimizer.solving.columns.state import State
from optimizer.solving.columns.sweep import Pace, sweep

__all__ = ["lift"]

ROUNDS = 12
MOST_TRIPLES = 600
LEAST_GAIN = 0.03
LEAST_RISE = 1e-4
SMALL, PATIENCE = 200, 1
BLOCK = 450
TURNS = (0.0, math.pi / 4, math.pi / 2, 3 * math.pi / 8)
PACE = Pace(40, 5e-6, lifts=6, patience=15, box=0.05)
SWEEP_SHARE = 0.4


def lift(state: State, work: Generation) -> None:
    """Add broken triples of the open parts while that raises the bound noticeably."""
    if works_in_blocks(state):
        _lift_by_blocks(state, work)
        return
    if wants_fast(state.land, 0, triples=True) and not wants_fast(state.land, 0):
        state.clock.report(COMPILED)
    idle = 0
    for _ in range(ROUNDS):
        gap = _gap(state)
        room = MOST_TRIPLES - len(work.master.triples)
        if state.enough or room <= 0 or not add_broken(state, work, room=room):
            return
        generate(state, work)
        idle = 0 if _gained(gap, _gap(state)) else idle + 1
        if idle > (PATIENCE if state.land.towns <= SMALL else 0):
            return


def _lift_by_blocks(state: State, work: Generation) -> None:
    """Let blocks with ever other borders add broken triples, until the next ones may gain little.

    Each gains a share of what the last one gained, so that two tell of a third.
    """
    last = 0.0
    for turn in TURNS:
        if state.enough:
            return
        bound, before = float(state.lagrange.sum()), state.prices
        label = blocks_of(state.land, BLOCK, turn)
        seconds = SWEEP_SHARE * (state.clock.left - work.reserve)
        known = joined([work.columns(), *work.aside])
        known = sweep(state, work, known, block_of=label, seconds=seconds, pace=PACE)
        work.aside = [known]
        prices, state.prices = state.prices, before
        todo = np.flatnonzero(work.pool.missing_at_least(prices) < 0.0)
        search_and_bound(state, work, todo, prices, compare=True)
        gain = float(state.lagrange.sum()) - bound
        expected = gain * min(1.0, gain / last) if last else gain
        if expected < min(LEAST_RISE * abs(bound), LEAST_GAIN * _gap(state)):
            return
        last = gain


def _gap(state: State) -> float:
    """Return the money per year between plan and Lagrangian bound; not finite without a plan."""
    return float((state.value - state.lagrange).sum())


def _gained(gap: float, left: float) -> bool:
    """Return whether noticeably less of a gap is left."""
    return bool(np.isfinite(gap)) and left <= (1 - LEAST_GAIN) * gap
