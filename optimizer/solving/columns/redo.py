"""Better plans of large regions: windows of some hundred towns solved anew as regions of their own.

A choice among the columns at hand (:mod:`optimizer.solving.columns.improve`) finds no plan that
holds areas which no search has met. Here columns are generated for the towns of a window alone,
which tells good prices within its borders, and dives end with areas that fit each other.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from optimizer.economics.demand import Floats, Ints
from optimizer.solving.columns.alone import alone, within
from optimizer.solving.columns.blocks import blocks_of
from optimizer.solving.columns.broken import add_broken
from optimizer.solving.columns.dive import dive
from optimizer.solving.columns.generate import Columns, Generation, generate, joined
from optimizer.solving.columns.improve import pool_columns
from optimizer.solving.columns.shares import Quiet
from optimizer.solving.columns.state import State
from optimizer.solving.columns.sweep import unfit
from optimizer.solving.columns.windows import (
    NewAreas,
    Queue,
    areas_within,
    centres,
    near_areas,
    totals_left,
    try_windows,
)
from optimizer.solving.threads import in_threads

__all__ = ["complete", "redo"]

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


def complete(state: State, work: Generation) -> None:
    """Make a plan of what the masters of blocks use for the most part; solve what is left anew.

    Areas lie across the borders of blocks, so that the plan knows none.
    """
    if not work.used or state.totals.couple:
        return
    taken = _without_overlap(state, work.used)
    left = np.setdiff1d(np.flatnonzero(np.isin(state.part, state.open_parts)), taken[0].town)
    label = blocks_of(state.land, TOWNS, inside=left)
    windows = [left[label[left] == b] for b in np.unique(label[left])]
    columns = _known(state, work)
    threads = 1 if state.accept is not None else state.clock.options.threads
    parts = [taken]
    solved = in_threads(partial(_solved_anew, state, work, columns), windows, threads)
    for towns, areas in zip(windows, solved, strict=True):
        state.clock.report("areas left")
        inside = np.isin(np.arange(state.land.towns), towns)
        parts.append(within(state.areas(), inside) if areas is None else areas)
    state.offer(*joined(parts), "areas left")


def _without_overlap(state: State, used: list[tuple[Columns, Floats]]) -> Columns:
    """Return columns that share no town, the surest first, of the open parts."""
    groups, requirement, money = joined([columns for columns, _ in used])
    sure = np.concatenate([each for _, each in used])
    open_ = np.isin(state.part, state.open_parts)
    chosen: list[int] = []
    for g in np.argsort(-sure, kind="stable"):
        members = groups.members(int(g))
        if open_[members].all():
            open_[members] = False
            chosen.append(int(g))
    kept = np.array(chosen, dtype=np.int64)
    return groups.take(kept), requirement[kept], money[kept]


def _known(state: State, work: Generation) -> Columns:
    """Return the columns at hand of which the best prices say that they may serve."""
    known = pool_columns(state, work, np.full(state.parts, WIDTH * work.unit))
    return known.groups, known.requirement, known.money


def redo(state: State, work: Generation) -> None:
    """Solve windows anew, each town in about one, and take what is better."""
    if not np.isfinite(state.value).all():
        return
    columns = _known(state, work)
    visits = np.zeros(state.land.towns, dtype=np.int64)
    queue = Queue(near_areas(state), TOWNS, centres(state), visits, VISITS, again=False)
    while queue.waiting and not state.enough:
        try_windows(state, queue, partial(_solved_anew, state, work, columns))


def _solved_anew(state: State, work: Generation, known: Columns, towns: Ints) -> NewAreas | None:
    """Solve some towns as a region of their own; return its areas where they are better."""
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
    dive(own, begun, careful=0, share=1.0)
    if float(own.value[0]) >= before - 1e-9 * abs(before):
        return None
    return own.areas()
