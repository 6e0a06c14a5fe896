"""Separation: subset rows that the restricted master breaks, added to it and to the pool."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
)
from optimizer.solving.branch_and_price.problem.subset_rows import violated_subset_rows
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["separate_subset_rows"]


def separate_subset_rows(state: State, work: ColumnGeneration, *, room: int = 10**9) -> int:
    """Add the subset rows that the master breaks most; return how many.

    Columns that are dear at the best duals leave the master first, which is solved faster then.

    Parameters
    ----------
    room : int
        Most subset rows to add.
    """
    town = _broken(state, work)[:room]
    if not len(town) or work.point is None:
        return 0
    reduced = state.duals.reduced(work.columns())
    dear = reduced > state.parameters.bounding.cut_keep_share * work.unit
    work.set_aside(dear & (work.point.share < 1e-9))
    work.master.add_subset_rows(town, work.columns().groups)
    work.pool.add_subset_rows(work.master.subset_rows)
    return len(town)


def _broken(state: State, work: ColumnGeneration) -> Ints:
    """Return new subset rows that the master breaks in each open part, those broken most first."""
    point = work.point
    if point is None or point.missing > 1e-7:
        return np.zeros((0, 3), dtype=np.int64)
    groups = work.columns().groups
    part = state.part[groups.town[groups.start[:-1]]]
    found, tuned = [], state.parameters.bounding
    for p in state.open_parts:
        mine = np.flatnonzero((part == p) & (point.share > 1e-7))
        towns = int((state.part == p).sum())
        most = max(tuned.cuts_per_round, towns // tuned.cut_towns_each)
        above = state.parameters.problem.least_violation
        found.append(
            violated_subset_rows(groups.take(mine), point.share[mine], above=above, most=most)
        )
    every = np.concatenate(found)
    every = every[work.master.holds(every)]
    known = {tuple(t) for t in work.master.subset_rows.tolist()}
    return every[[tuple(t) not in known for t in every.tolist()]]
