"""A plan of a large region from its blocks: areas across their borders too, and what they leave.

The masters of blocks use some areas for the most part; where two of them overlap, the surer stays.
Towns that none of them serves are solved anew, some hundred at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
)
from optimizer.solving.branch_and_price.bounding.subproblem import within
from optimizer.solving.branch_and_price.large.spatial_blocks import blocks_of
from optimizer.solving.branch_and_price.primal.large_neighbourhood import (
    known_columns,
    solved_anew,
)
from optimizer.solving.branch_and_price.primal.windows import (
    near_areas,
)
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.threads import in_threads

__all__ = ["complete"]


Solve = Callable[[Ints], Columns | None]


def complete(state: State, work: ColumnGeneration) -> None:
    """Make a plan of what the masters of blocks use for the most part; solve what is left anew."""
    if not work.used or state.totals.couple:
        return
    taken = _without_overlap(state, work.used)
    left = _left(state, taken)
    label = blocks_of(state.problem, state.parameters.primal.anew_towns, inside=left)
    windows = [left[label[left] == b] for b in np.unique(label[left])]
    solve = partial(solved_anew, state, work, known_columns(state, work))
    threads = 1 if state.lazy_core is not None else state.clock.options.threads
    parts = [taken]
    for towns, areas in zip(windows, in_threads(solve, windows, threads), strict=True):
        state.clock.report("areas left")
        parts.append(_or_as_now(state, towns, areas))
    plan = join_columns(parts)
    for _ in range(state.parameters.large.repairs):
        if not len(_left(state, plan)) or state.clock.stop:
            break
        plan = _repaired(state, plan, solve)
    state.offer(plan, "areas left")


def _left(state: State, areas: Columns) -> Ints:
    """Return the towns of the open parts that no area can serve at a cost."""
    served = areas.groups.take(np.isfinite(areas.requirement)).town
    return np.setdiff1d(np.flatnonzero(np.isin(state.part, state.open_parts)), served)


def _without_overlap(state: State, used: list[tuple[Columns, Floats]]) -> Columns:
    """Return columns that share no town, the surest first, of the open parts."""
    columns = join_columns([columns for columns, _ in used])
    sure = np.concatenate([each for _, each in used])
    open_ = np.isin(state.part, state.open_parts)
    chosen: list[int] = []
    for g in np.argsort(-sure, kind="stable"):
        members = columns.groups.members(int(g))
        if open_[members].all():
            open_[members] = False
            chosen.append(int(g))
    kept = np.array(chosen, dtype=np.int64)
    return columns.take(kept)


def _or_as_now(state: State, towns: Ints, areas: Columns | None) -> Columns:
    """Return new areas of some towns, or those of the plan where they are no worse."""
    inside = np.isin(np.arange(state.problem.towns), towns)
    return within(state.areas(), inside) if areas is None else areas


def _repaired(state: State, plan: Columns, solve: Solve) -> Columns:
    """Return a plan with the towns that it leaves, and the areas near them, solved anew together.

    A town that cannot be served alone may be left with no neighbour that is still free.
    """
    left = _left(state, plan)
    flat, cuts = near_areas(state)
    touched = np.isin(np.arange(state.problem.towns), left)
    touched[np.concatenate([flat[cuts[t] : cuts[t + 1]] for t in left])] = True
    groups = plan.groups
    again = groups.total(touched[groups.town].astype(np.float64)) > 0
    towns = np.union1d(left, groups.take(again).town)
    return join_columns([plan.take(~again), _or_as_now(state, towns, solve(towns))])
