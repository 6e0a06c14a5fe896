"""Triples that the master breaks, added to it and to the pool."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.bounding.column_generation import Generation
from optimizer.solving.branch_and_price.problem.subset_rows import broken_triples
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["add_broken"]


def add_broken(state: State, work: Generation, *, room: int = 10**9) -> int:
    """Add the triples that the master breaks most; return how many.

    Columns that are dear at the best prices leave the master first, which is solved faster then.

    Parameters
    ----------
    room : int
        Most triples to add.
    """
    town = _broken(state, work)[:room]
    if not len(town) or work.point is None:
        return 0
    reduced = state.prices.reduced(*work.columns())
    dear = reduced > state.parameters.bounding.cut_keep_share * work.unit
    work.set_aside(dear & (work.point.share < 1e-9))
    work.master.add_triples(town, work.columns()[0])
    work.pool.add_triples(work.master.triples)
    return len(town)


def _broken(state: State, work: Generation) -> Ints:
    """Return new triples that the master breaks in each open part, those broken most first."""
    point = work.point
    if point is None or point.missing > 1e-7:
        return np.zeros((0, 3), dtype=np.int64)
    groups, _, _ = work.columns()
    part = state.part[groups.town[groups.start[:-1]]]
    found, tuned = [], state.parameters.bounding
    for p in state.open_parts:
        mine = np.flatnonzero((part == p) & (point.share > 1e-7))
        towns = int((state.part == p).sum())
        most = max(tuned.cuts_per_round, towns // tuned.cut_towns_each)
        above = state.parameters.problem.least_violation
        found.append(broken_triples(groups.take(mine), point.share[mine], above=above, most=most))
    every = np.concatenate(found)
    every = every[work.master.holds(every)]
    known = {tuple(t) for t in work.master.triples.tolist()}
    return every[[tuple(t) not in known for t in every.tolist()]]
