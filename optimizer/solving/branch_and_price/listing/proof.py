"""A region whose groups are all listed: bound, plans and proof without any search."""

from __future__ import annotations

import math
import time

import numpy as np

from optimizer.solving.branch_and_price.bounding.column_generation import ColumnGeneration
from optimizer.solving.branch_and_price.exact.enumeration import choose_all, choose_best
from optimizer.solving.branch_and_price.listing.groups import groups_at_most
from optimizer.solving.branch_and_price.listing.listing import Listing, list_groups
from optimizer.solving.branch_and_price.listing.pricing import (
    add_listed_cuts,
    generate_listed,
    move_to_middle,
)
from optimizer.solving.branch_and_price.listing.values import GivenValues
from optimizer.solving.branch_and_price.pricing.compiled_search import COMPILED
from optimizer.solving.branch_and_price.primal.window_choice import PoolColumns
from optimizer.solving.branch_and_price.problem.group_value import money_is_exact
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["prove_by_listing", "solve_listed", "wants_listing"]


def wants_listing(problem: Problem) -> bool:
    """Return whether all groups are to be listed: values are hard to bound, and groups few."""
    tuned = problem.parameters.listing
    hard = problem.supported and problem.case.response is None
    if not hard or len(problem.totals) or problem.towns < tuned.towns_least:
        return False
    together = problem.price_rows is not None or money_is_exact(problem)
    return groups_at_most(problem) <= (tuned.groups_most if together else tuned.groups_most_alone)


def prove_by_listing(state: State, work: ColumnGeneration) -> None:
    """List and value all groups, solve the master over them, and choose among the last ones."""
    if state.problem.price_rows is not None:
        state.clock.report(COMPILED)
    few = groups_at_most(state.problem) <= state.parameters.listing.settled_most
    values = GivenValues(state.problem, bounded=not few)
    listing = list_groups(state.problem, values, stop=lambda: state.clock.stop)
    if listing is not None and few:
        _settle_all(state, listing)
    state.clock.finish_phase("listing")
    if listing is not None:
        solve_listed(state, work, listing)


def _settle_all(state: State, listing: Listing) -> None:
    """Value all groups, as long as there is time, and tell how far it is."""
    at_once, told = state.parameters.listing.groups_at_once, time.perf_counter()
    for first in range(0, len(listing), at_once):
        if state.clock.stop:
            return
        listing.settle(np.arange(first, min(first + at_once, len(listing))))
        if time.perf_counter() - told > state.parameters.listing.tell_seconds:
            told = time.perf_counter()
            state.clock.report(f"groups valued: {first / len(listing):.0%}")


def solve_listed(state: State, work: ColumnGeneration, listing: Listing) -> None:
    """Solve the master over all listed groups and choose among those that a better plan may use."""
    generate_listed(state, work, listing)
    state.clock.finish_phase("columns")
    _better_plans(state, work, listing)
    add_listed_cuts(state, work, listing)
    _better_plans(state, work, listing)
    state.clock.finish_phase("lift")
    move_to_middle(state, work, listing)
    state.clock.finish_phase("middle")
    for part in state.open_parts:
        _last_choice(state, work, listing, int(part))
    state.clock.finish_phase("last proof")


def _better_plans(state: State, work: ColumnGeneration, listing: Listing) -> None:
    for part in state.open_parts:
        if not state.enough:
            choose_best(state, int(part), _columns(state, work, listing, int(part), few=True))


def _last_choice(state: State, work: ColumnGeneration, listing: Listing, part: int) -> None:
    """Choose among all columns within the gap; where they are too many, among the best first."""
    seen = math.inf
    while part in state.open_parts and not state.enough:
        gap = float(state.value[part] - state.lagrange[part])
        columns = _columns(state, work, listing, part)
        if len(columns.groups) <= state.parameters.listing.columns_most:
            choose_all(state, part, columns)
            return
        if gap >= seen:
            return
        seen = gap
        choose_best(state, part, columns)


def _columns(
    state: State, work: ColumnGeneration, listing: Listing, part: int, *, few: bool = False
) -> PoolColumns:
    """Return the columns of a part with a reduced cost up to the gap, or the best few of them.

    Without a plan they are those of the master.
    """
    if state.lazy_core is not None:
        listing.strike(state.lazy_core.keys)
    gap = float(state.value[part] - state.lagrange[part])
    if not math.isfinite(gap):
        given = work.columns()
        return PoolColumns(given, state.duals.reduced(given))
    width = gap + 1e-9 * abs(float(state.bound[part]))
    reduced = listing.reduced(state.duals, up_to=width)
    near = np.flatnonzero(reduced <= width)
    near = near[state.part[listing.seat(near)] == part]
    most = state.parameters.listing.few_columns
    if few and len(near) > most:
        near = np.sort(near[np.argpartition(reduced[near], most)[:most]])
    if not listing.settled[near].all():
        listing.settle(near)
        near = near[listing.reduced_of(near, state.duals) <= width]
    columns = listing.columns(near)
    return PoolColumns(columns, state.duals.reduced(columns))
