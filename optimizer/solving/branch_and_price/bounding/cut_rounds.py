"""Lift the bound: add the triples that the master breaks, and generate columns again.

The bound of the master without triples is within a few hundredths of a percent of the best plan;
with them mostly within a few thousandths, so that far fewer areas are left for the proof.
"""

from __future__ import annotations

import numpy as np

from optimizer.solving.branch_and_price.bounding.column_generation import (
    Generation,
    generate,
)
from optimizer.solving.branch_and_price.bounding.separation import add_broken
from optimizer.solving.branch_and_price.pricing.compiled_search import COMPILED, wants_fast
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["LEAST_GAIN", "add_cut_rounds", "gap_of"]

ROUNDS = 12
MOST_TRIPLES = 600
LEAST_GAIN = 0.03
SMALL, PATIENCE = 200, 1


def add_cut_rounds(state: State, work: Generation) -> None:
    """Add broken triples of the open parts while that raises the bound noticeably."""
    if wants_fast(state.land, 0, triples=True) and not wants_fast(state.land, 0):
        state.clock.report(COMPILED)
    idle = 0
    for _ in range(ROUNDS):
        gap = gap_of(state)
        room = MOST_TRIPLES - len(work.master.triples)
        if state.enough or room <= 0 or not add_broken(state, work, room=room):
            return
        generate(state, work)
        idle = 0 if _gained(gap, gap_of(state)) else idle + 1
        if idle > (PATIENCE if state.land.towns <= SMALL else 0):
            return


def gap_of(state: State) -> float:
    """Return the money per year between plan and Lagrangian bound; not finite without a plan."""
    return float((state.value - state.lagrange).sum())


def _gained(gap: float, left: float) -> bool:
    """Return whether noticeably less of a gap is left."""
    return bool(np.isfinite(gap)) and left <= (1 - LEAST_GAIN) * gap
