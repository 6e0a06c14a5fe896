"""Column generation by lookup: every group is known, so pricing is a sum over a table."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    FITS,
    Box,
    ColumnGeneration,
    give_columns,
    offer_whole_parts,
)
from optimizer.solving.branch_and_price.bounding.cut_rounds import gap_of
from optimizer.solving.branch_and_price.bounding.lagrangian_bound import (
    bound_of_least,
    mix,
    take_bound,
)
from optimizer.solving.branch_and_price.bounding.separation import separate_subset_rows
from optimizer.solving.branch_and_price.listing.listing import Listing
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["add_listed_cuts", "generate_listed", "move_to_middle"]


def generate_listed(state: State, work: ColumnGeneration, listing: Listing) -> None:
    """Solve the master over all groups: add those of negative reduced cost until none is left."""
    tolerance, tuned = 1e-8 * work.unit, state.parameters.listing
    width = state.parameters.bounding.box * np.maximum(state.duals.town, 0.05 * work.unit)
    box = Box(width, 20.0 * work.unit)
    for _ in range(tuned.rounds):
        box.put(state.duals, work)
        work.point = None if state.clock.stop else work.master.solve(state.clock.left)
        if work.point is None:
            return
        if state.lazy_core is not None and state.lazy_core.strike_used(state, work):
            listing.strike(state.lazy_core.keys)
            continue
        offer_whole_parts(state, work)
        chosen = np.zeros(0, dtype=np.int64)
        for weight in (tuned.smoothing, 1.0):
            duals = mix(state.duals, work.point.duals, weight)
            chosen = _below(state, listing, duals, tolerance, work.point.duals)
            if len(chosen):
                break
        fits = work.point.missing <= FITS
        left = work.point.objective - float(state.lagrange.sum())
        if state.enough or (fits and left <= 1e-10 * abs(work.point.objective)):
            return
        if len(chosen):
            give_columns(state, work, listing.columns(chosen))
        elif fits or state.hopeless():
            return
        else:
            box.widen(work.point)


def _below(state: State, listing: Listing, duals: Duals, tolerance: float, master: Duals) -> Ints:
    """Return the best groups of each seat that lower the master; the bound learns from it.

    The best are valued exactly until all of them are.
    """
    reduced = listing.reduced(duals, up_to=0.0)
    chosen = best_of_seats(state, listing, reduced, tolerance)
    while not listing.settled[chosen].all() and not state.clock.stop:
        take_bound(state, bound_of_least(state, listing.least(reduced), duals), duals)
        listing.settle(chosen)
        reduced[chosen] = listing.reduced_of(chosen, duals)
        chosen = best_of_seats(state, listing, reduced, tolerance)
    take_bound(state, bound_of_least(state, listing.least(reduced), duals), duals)
    chosen = chosen[listing.settled[chosen]]
    return chosen[listing.reduced_of(chosen, master) < -tolerance]


def best_of_seats(state: State, listing: Listing, reduced: Floats, tolerance: float) -> Ints:
    """Return the groups of each seat with the least reduced cost, as far as it is negative."""
    each, found = state.parameters.listing.columns_per_seat, [np.zeros(0, dtype=np.int64)]
    for first, until in pairwise(listing.start.tolist()):
        mine = first + np.flatnonzero(reduced[first:until] < -tolerance)
        if len(mine) > each:
            mine = mine[np.argpartition(reduced[mine], each)[:each]]
        found.append(np.sort(mine))
    return np.concatenate(found)


def add_listed_cuts(state: State, work: ColumnGeneration, listing: Listing) -> None:
    """Add subset rows that the master breaks, and solve it again, while the bound rises."""
    tuned, idle = state.parameters.bounding, 0
    for _ in range(state.parameters.listing.cut_rounds):
        gap = gap_of(state)
        room = tuned.cuts_most - len(work.master.subset_rows)
        if state.enough or room <= 0 or not separate_subset_rows(state, work, room=room):
            return
        generate_listed(state, work, listing)
        idle = 0 if gap_of(state) <= (1 - tuned.cut_gain) * gap else idle + 1
        if idle > tuned.cut_patience:
            return


def move_to_middle(state: State, work: ColumnGeneration, listing: Listing) -> None:
    """Move to duals in the middle of the best where their bound is about as good."""
    tuned, tolerance = state.parameters.bounding, 1e-8 * work.unit
    width = tuned.middle_box * np.maximum(state.duals.town, 0.05 * work.unit)
    work.master.set_box(state.duals.town - width, state.duals.town + width, 20.0 * work.unit)
    for _ in range(tuned.middle_rounds):
        point = None if state.enough else work.master.solve_middle(state.clock.left)
        if point is None or not np.isfinite(gap_of(state)):
            return
        reduced = listing.reduced(point.duals, up_to=0.0)
        chosen = best_of_seats(state, listing, reduced, tolerance)
        listing.settle(chosen)
        reduced[chosen] = listing.reduced_of(chosen, point.duals)
        bound: Floats = bound_of_least(state, listing.least(reduced), point.duals)
        if float((state.lagrange - bound).sum()) <= tuned.middle_loss * gap_of(state):
            state.lagrange, state.duals = bound, point.duals
            state.raise_bound(bound, "middle")
            return
        chosen = chosen[reduced[chosen] < -tolerance]
        if not len(chosen):
            return
        give_columns(state, work, listing.columns(chosen))
