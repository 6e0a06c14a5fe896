"""Lift the bound: add the triples that the master breaks, and generate columns again.

The bound of the master without triples is within a few hundredths of a percent of the best plan;
with them mostly within a few thousandths, so that far fewer areas are left for the proof.
"""

from __future__ import annotations

import numpy as np

from optimizer.economics.demand import Ints
from optimizer.solving.columns.generate import Generation, generate
from optimizer.solving.columns.state import State
from optimizer.solving.columns.triples import broken_triples

__all__ = ["lift"]

ROUNDS = 12
PER_ROUND = 30
MOST_TRIPLES = 600
LEAST_GAIN = 0.03
KEEP = 0.005


def lift(state: State, work: Generation) -> None:
    """Add broken triples of the open parts while that raises the bound noticeably."""
    for _ in range(ROUNDS):
        room = MOST_TRIPLES - len(work.master.triples)
        if state.enough or work.point is None or room <= 0:
            return
        town = _broken(state, work)[:room]
        if not len(town):
            return
        gap = float((state.value - state.lagrange).sum())
        _shed(state, work)
        _add_triples(work, town)
        generate(state, work)
        left = float((state.value - state.lagrange).sum())
        if not np.isfinite(gap) or left > (1 - LEAST_GAIN) * gap:
            return


def _shed(state: State, work: Generation) -> None:
    """Take columns that are dear at the best prices out of the master, which is solved faster."""
    if work.point is None:
        return
    reduced = state.prices.reduced(*work.columns())
    work.set_aside((reduced > KEEP * work.unit) & (work.point.share < 1e-9))


def _add_triples(work: Generation, town: Ints) -> None:
    """Add triples of towns (t, 3) to master and pool."""
    work.master.add_triples(town, work.columns()[0])
    work.pool.add_triples(work.master.triples)


def _broken(state: State, work: Generation) -> Ints:
    """Return new triples that the master breaks in each open part, those broken most first."""
    point = work.point
    if point is None or point.missing > 1e-7:
        return np.zeros((0, 3), dtype=np.int64)
    groups, _, _ = work.columns()
    part = state.part[groups.town[groups.start[:-1]]]
    found = []
    for p in state.open_parts:
        mine = np.flatnonzero((part == p) & (point.share > 1e-7))
        towns = int((state.part == p).sum())
        most = max(PER_ROUND, towns // 4)
        found.append(broken_triples(groups.take(mine), point.share[mine], most=most))
    every = np.concatenate(found)
    known = {tuple(t) for t in work.master.triples.tolist()}
    return every[[tuple(t) not in known for t in every.tolist()]]
