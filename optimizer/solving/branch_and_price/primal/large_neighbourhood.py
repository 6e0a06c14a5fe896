"""Better plans of large regions: windows of some hundred towns solved anew as regions of their own.

A choice among the columns at hand (``primal.window_choice``) finds no plan that
holds areas which no search has met. Here columns are generated for the towns of a window alone,
which tells good duals within its borders, and dives end with areas that fit each other.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    generate,
    unfit,
)
from optimizer.solving.branch_and_price.bounding.separation import separate_subset_rows
from optimizer.solving.branch_and_price.bounding.subproblem import alone
from optimizer.solving.branch_and_price.primal.diving import dive, quick_dives
from optimizer.solving.branch_and_price.primal.window_choice import pool_columns
from optimizer.solving.branch_and_price.primal.windows import (
    Queue,
    areas_within,
    centres,
    near_areas,
    totals_left,
    try_windows,
)
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.branch_and_price.state.sub_clock import Quiet

__all__ = ["known_columns", "redo", "solved_anew"]


def known_columns(state: State, work: ColumnGeneration) -> Columns:
    """Return the columns at hand of which the best duals say that they may serve."""
    width = state.parameters.primal.anew_width * work.unit
    return pool_columns(state, work, np.full(state.parts, width)).columns


def redo(state: State, work: ColumnGeneration) -> None:
    """Solve windows anew, each town in about one, and take what is better."""
    if not np.isfinite(state.value).all():
        return
    tuned = state.parameters.primal
    columns = known_columns(state, work)
    visits = np.zeros(state.problem.towns, dtype=np.int64)
    queue = Queue(
        near_areas(state), tuned.anew_towns, centres(state), visits, tuned.anew_visits, again=False
    )
    while queue.waiting and not state.enough:
        try_windows(state, queue, partial(solved_anew, state, work, columns))


def solved_anew(
    state: State, work: ColumnGeneration, known: Columns, towns: Ints
) -> Columns | None:
    """Solve some towns as a region of their own; return its areas where they are better.

    Where the towns are not whole areas of the plan, any areas are.
    """
    problem, plan = state.problem, state.areas()
    tuned = problem.parameters.primal
    inside = np.zeros(problem.towns, dtype=bool)
    inside[towns] = True
    seconds = min(tuned.anew_seconds, tuned.anew_seconds_share * state.clock.left)
    clock = Quiet(state.clock, seconds, threads=state.clock.options.threads)
    now = areas_within(plan, inside)
    before = math.inf if now is None else float(now.value(problem.money_price).sum())
    totals = totals_left(state, plan, inside)
    own, begun = alone(state, work, towns, clock, near=tuned.anew_near, totals=totals, known=known)
    begun.rounds, begun.box, begun.per_seat = (
        tuned.anew_rounds,
        tuned.anew_box,
        tuned.anew_columns_per_seat,
    )
    begun.effort = begun.effort.at_most(tuned.anew_list)
    generate(own, begun)
    begun.rounds = tuned.anew_rounds_with_cuts
    for _ in range(tuned.anew_cut_rounds):
        late = clock.left < (1 - tuned.anew_cut_share) * seconds
        if own.enough or late or not (separate_subset_rows(own, begun) or unfit(begun)):
            break
        generate(own, begun)
    dive(own, begun, ways=quick_dives(tuned), share=1.0)
    if float(own.value[0]) >= before - 1e-9 * abs(before):
        return None
    return own.areas()
