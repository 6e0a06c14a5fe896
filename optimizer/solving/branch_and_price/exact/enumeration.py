"""Proof: a better plan can only use columns whose reduced cost is below the gap; choose among all.

Source: reduced cost fixing, G. L. Nemhauser and L. A. Wolsey, Integer and Combinatorial
Optimization (1988), II.5; for columns, R. Baldacci, N. Christofides and A. Mingozzi (2008).
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
)
from optimizer.solving.branch_and_price.bounding.lazy_core import choose_kept
from optimizer.solving.branch_and_price.master.choice import Choice, choose_fast, choose_model
from optimizer.solving.branch_and_price.master.reduced_cost_fixing import tighten
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.primal.window_choice import PoolColumns, pool_columns
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["choose_all", "choose_best", "prove"]


def prove(state: State, work: ColumnGeneration, *, short: bool) -> None:
    """Prove the plan of each part that is still open, smallest first, or find a better one.

    Parameters
    ----------
    short : bool
        Only where the list of areas that a better plan may use is short.
    """
    size = np.bincount(state.part, minlength=state.parts)
    tuned = state.parameters.exact
    limits = (tuned.short_labels, tuned.short_columns)
    for part in sorted(state.open_parts, key=lambda p: size[p]):
        if state.enough:
            return
        _better_plan_first(state, work, int(part))
        if part not in state.open_parts or state.enough:
            continue
        gap = float(state.value[part] - state.lagrange[part])
        columns = _complete(state, work, int(part), _width(state, part, gap), limits)
        if columns is not None:
            choose_all(state, int(part), columns)
        elif not short:
            _prove_by_widths(state, work, int(part))


def choose_all(state: State, part: int, columns: PoolColumns) -> None:
    """Choose among all columns that a better plan may use; a long list is first cut at half width.

    Where the best plan lies in the lower half of the gap, the shorter list holds and proves it.
    """
    lagrange = float(state.lagrange[part])
    long = len(columns.groups) > state.parameters.exact.halved_above
    halved = long and math.isfinite(state.value[part] - lagrange)
    for share in (0.5, 1.0) if halved else (1.0,):
        if part not in state.open_parts or state.enough:
            return
        value = float(state.value[part])
        width = share * (value - lagrange)
        able = columns.reduced <= _width(state, part, width)
        limit = value if share == 1.0 else lagrange + width
        _choose(state, part, columns.take(np.flatnonzero(able)), upper=limit, limit=limit)


def _width(state: State, part: int, gap: float) -> float:
    return gap + 1e-9 * abs(float(state.bound[part]))


def _prove_within(state: State, work: ColumnGeneration, part: int, width: float) -> bool:
    """Choose among all columns of a part up to a width; return whether their list was complete.

    A plan better than the Lagrangian bound plus the width uses no other columns. So either the
    list holds the best plan of all, or the bound rises by the width.
    """
    value, lagrange = float(state.value[part]), float(state.lagrange[part])
    tuned = state.parameters.exact
    limits = (tuned.long_labels, tuned.long_columns)
    columns = _complete(state, work, part, width, limits)
    complete = columns is not None
    if columns is None:
        width = float(work.pool.missing_at_least(state.duals)[_seats(state, part)].min())
        columns = _columns(state, work, part, width)
        if width <= 0 or len(columns.groups) > tuned.long_columns:
            return False
    limit = value if width >= value - lagrange else lagrange + width
    _choose(state, part, columns, upper=limit, limit=limit)
    return complete


def _prove_by_widths(state: State, work: ColumnGeneration, part: int) -> None:
    """Prove a part whose list within the whole gap is long by narrow widths that grow."""
    tuned = state.parameters.exact
    share = tuned.first_width
    while part in state.open_parts and not state.enough:
        gap = float(state.value[part] - state.lagrange[part])
        if not _prove_within(state, work, part, _width(state, part, share * gap)):
            return
        if state.lazy_core is not None and share >= 1.0:
            return  # an area whose rule was not settled in time is in the way
        share = min(1.0, share * tuned.wider)


def _seats(state: State, part: int) -> Ints:
    return np.flatnonzero((state.part == part) & (np.diff(state.problem.start) > 0))


def _complete(
    state: State, work: ColumnGeneration, part: int, width: float, limits: tuple[int, int]
) -> PoolColumns | None:
    """Return all columns of a part with a reduced cost up to ``width``; ``None`` if too many."""
    most_states, most_columns = limits
    for each in state.parameters.exact.lists:
        todo = _missing(state, work, part, width)
        if not len(todo):
            break
        if each * len(todo) > most_states or state.clock.stop:
            return None
        _search(state, work, todo, width, each)
    columns = _columns(state, work, part, width)
    return columns if len(columns.groups) <= most_columns else None


def _missing(state: State, work: ColumnGeneration, part: int, width: float) -> Ints:
    """Return the seats of a part that may have groups within the width that the pool lacks."""
    seats = _seats(state, part)
    return seats[work.pool.missing_at_least(state.duals)[seats] < width]


def _search(state: State, work: ColumnGeneration, seats: Ints, width: float, each: int) -> None:
    """Search seats for up to ``each`` groups each with a reduced cost up to ``width``."""
    found = search_seats(
        state.problem,
        seats,
        state.duals,
        np.full(len(seats), width),
        most=each,
        stop=lambda: state.clock.stop,
        threads=state.clock.options.threads,
    )
    work.pool.replace(found, state.duals)


def _better_plan_first(state: State, work: ColumnGeneration, part: int) -> None:
    """Look for better plans among the best columns, of which more are searched each time.

    A seat is searched again only where it may have columns that are better than those at hand.
    """
    tuned = state.parameters.exact
    dearest, most = math.inf, tuned.better_columns
    for each in (0, *tuned.better_lists):
        gap = float(state.value[part] - state.lagrange[part])
        if part not in state.open_parts or state.enough or not math.isfinite(gap):
            return
        width = min(gap, dearest)
        if each:
            todo = _missing(state, work, part, width)
            if not len(todo):
                return
            _search(state, work, todo, width, each)
        columns = _columns(state, work, part, gap)
        if len(columns.groups) > most:
            dearest = float(np.partition(columns.reduced, most)[most])
        choose_best(state, part, columns)


def choose_best(state: State, part: int, columns: PoolColumns) -> None:
    """Choose among the columns with the least reduced cost, in search of a better plan."""
    tuned = state.parameters.exact
    best = np.argsort(columns.reduced, kind="stable")[: tuned.better_columns]
    each = _best_for_each_town(columns, tuned.better_columns_per_town)
    _choose(state, part, columns.take(np.union1d(best, each)), upper=float(state.value[part]))


def _best_for_each_town(columns: PoolColumns, most: int) -> Ints:
    """Return, for each town, the columns that hold it with the least reduced cost."""
    groups = columns.groups
    order = np.lexsort((columns.reduced[groups.owner], groups.town))
    town = groups.town[order]
    nth = np.arange(len(town)) - np.searchsorted(town, town)
    return np.unique(groups.owner[order[nth < most]])


def _columns(state: State, work: ColumnGeneration, part: int, width: float) -> PoolColumns:
    """Return the columns of a part that are at hand with a reduced cost up to ``width``."""
    limits = np.full(state.parts, -np.inf)
    limits[part] = width
    columns = pool_columns(state, work, limits)
    mine = state.part[columns.groups.town[columns.groups.start[:-1]]] == part
    return columns.take(np.flatnonzero(mine & (columns.reduced <= width)))


def _choose(
    state: State, part: int, columns: PoolColumns, *, upper: float, limit: float = -math.inf
) -> None:
    """Choose among columns; again without those that turn out to break the rule ``core``."""
    _choose_once(state, part, columns, upper=upper, limit=limit)
    while state.lazy_core is not None and not state.enough:
        struck = state.lazy_core.struck(columns.groups)
        if not struck.any():
            return
        columns = columns.take(~struck)
        _choose_once(state, part, columns, upper=upper, limit=limit)


def _choose_once(
    state: State, part: int, columns: PoolColumns, *, upper: float, limit: float
) -> None:
    """Choose among columns for a plan cheaper than ``upper``.

    ``limit`` is what every plan that uses other columns costs at least: the bound of the part
    rises to it or to the cheapest plan of these columns; ``-inf`` where nothing is known of others.
    """
    tuned = state.parameters.exact
    towns = np.flatnonzero(state.part == part)
    groups = columns.groups
    covered = np.zeros(state.problem.towns, dtype=bool)
    covered[groups.town] = True
    if not covered[towns].all():
        _raise(state, part, limit)
        return
    value = columns.columns.value(state.problem.money_price)
    choice = Choice(towns, columns.columns, value, state.totals)
    tight = tighten(
        choice,
        upper,
        state.clock.options,
        parameters=state.parameters,
        left=lambda: _left(state),
    )
    if tight.whole is not None:
        state.offer(columns.columns.take(tight.whole), "cuts")
    _raise(state, part, min(limit, tight.bound))
    if tight.whole is not None or not len(tight.kept) or _left(state) <= 0:
        return
    kept = tight.kept
    choice = choice.take(kept)
    if math.isfinite(limit) and len(kept) <= tuned.pyomo_columns:
        result, chosen = choose_kept(
            state.lazy_core, choice, lambda some: choose_model(state.problem, some, state.clock)
        )
    else:
        seconds = tuned.better_seconds if math.isinf(limit) else math.inf
        result, chosen = choose_kept(
            state.lazy_core, choice, lambda some: choose_fast(some, state.clock, seconds=seconds)
        )
    kept = kept[chosen]
    if len(kept):
        state.offer(columns.columns.take(kept), "choice")
    done = result.status in {"optimal", "infeasible"}
    _raise(state, part, limit if done else min(limit, result.bound))


def _raise(state: State, part: int, bound: float) -> None:
    proven = np.full(state.parts, -np.inf)
    proven[part] = min(bound, float(state.value[part]))
    state.raise_bound(proven, "proof")


def _left(state: State) -> float:
    return 0.0 if state.clock.stop else state.clock.left
