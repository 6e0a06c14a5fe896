"""Better plans of large regions: windows of some hundred towns solved anew as regions of their own.

A choice among the columns at hand (``primal.window_choice``) finds no plan that
holds areas which no search has met. Here columns are generated for the towns of a window alone,
which tells good prices within its borders, and dives end with areas that fit each other.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    Columns,
    Generation,
    generate,
    unfit,
)
from optimizer.solving.branch_and_price.bounding.separation import add_broken
from optimizer.solving.branch_and_price.bounding.subproblem import alone
from optimizer.solving.branch_and_price.primal.diving import QUICK, dive
from optimizer.solving.branch_and_price.primal.window_choice import pool_columns
from optimizer.solving.branch_and_price.primal.windows import (
    NewAreas,
    Queue,
    areas_within,
    centres,
    near_areas,
    totals_left,
    try_windows,
)
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.branch_and_price.state.sub_clock import Quiet

__all__ = ["TOWNS", "known_columns", "redo", "solved_anew"]

TOWNS = 250
VISITS = 1
WIDTH = 0.001
BOX = 0.03
NEAR = 1e-3
ROUNDS = 12
PER_SEAT = 2
LONGEST = 40
LIFTS = 2
LIFT_ROUNDS = 4
SECONDS_SHARE = 0.1
SECONDS = 15.0
LIFT_SHARE = 0.4


def known_columns(state: State, work: Generation) -> Columns:
    """Return the columns at hand of which the best prices say that they may serve."""
    known = pool_columns(state, work, np.full(state.parts, WIDTH * work.unit))
    return known.groups, known.requirement, known.money


def redo(state: State, work: Generation) -> None:
    """Solve windows anew, each town in about one, and take what is better."""
    if not np.isfinite(state.value).all():
        return
    columns = known_columns(state, work)
    visits = np.zeros(state.land.towns, dtype=np.int64)
    queue = Queue(near_areas(state), TOWNS, centres(state), visits, VISITS, again=False)
    while queue.waiting and not state.enough:
        try_windows(state, queue, partial(solved_anew, state, work, columns))


def solved_anew(state: State, work: Generation, known: Columns, towns: Ints) -> NewAreas | None:
    """Solve some towns as a region of their own; return its areas where they are better.

    Where the towns are not whole areas of the plan, any areas are.
    """
    land, plan = state.land, state.areas()
    inside = np.zeros(land.towns, dtype=bool)
    inside[towns] = True
    seconds = min(SECONDS, SECONDS_SHARE * state.clock.left)
    clock = Quiet(state.clock, seconds, threads=state.clock.options.threads)
    now = areas_within(plan, inside)
    before = math.inf if now is None else float((now[1] + land.money_price * now[2]).sum())
    totals = totals_left(state, plan, inside)
    own, begun = alone(state, work, towns, clock, near=NEAR, totals=totals, known=known)
    begun.rounds, begun.box, begun.per_seat = ROUNDS, BOX, PER_SEAT
    begun.effort = begun.effort.at_most(LONGEST)
    generate(own, begun)
    begun.rounds = LIFT_ROUNDS
    for _ in range(LIFTS):
        late = clock.left < (1 - LIFT_SHARE) * seconds
        if own.enough or late or not (add_broken(own, begun) or unfit(begun)):
            break
        generate(own, begun)
    dive(own, begun, ways=QUICK, share=1.0)
    if float(own.value[0]) >= before - 1e-9 * abs(before):
        return None
    return own.areas()
