"""Proof: a better plan can only use columns whose reduced cost is below the gap; choose among all.

Source: reduced cost fixing, G. L. Nemhauser and L. A. Wolsey, Integer and Combinatorial
Optimization (1988), II.5; for columns, R. Baldacci, N. Christofides and A. Mingozzi (2008).
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.economics.demand import Ints
from optimizer.solving.columns.choose import Choice, choose_fast, choose_model
from optimizer.solving.columns.cuts import tighten
from optimizer.solving.columns.generate import Generation
from optimizer.solving.columns.improve import Columns, pool_columns
from optimizer.solving.columns.search import search_seats
from optimizer.solving.columns.state import State

__all__ = ["prove"]

FIRST_EACH = (80, 160, 320, 640)
EACH = (1_000, 8_000, 50_000, 500_000)
MOST_STATES = 3_000_000
MOST_COLUMNS = 60_000
MANY_COLUMNS = 15_000
BEST_COLUMNS = 1_000
PER_TOWN = 60
FIRST_SHARE = 1 / 32
WIDER = 1.5
MOST_PYOMO_COLUMNS = 1_000
SECONDS = 10.0


def prove(state: State, work: Generation) -> None:
    """Prove the plan of each part that is still open, smallest first, or find a better one."""
    size = np.bincount(state.part, minlength=state.parts)
    for part in sorted(state.open_parts, key=lambda p: size[p]):
        if state.enough:
            return
        _prove_part(state, work, int(part))


def _prove_part(state: State, work: Generation, part: int) -> None:
    """Prove one part from a list of all columns whose reduced cost is within a width.

    A plan better than the Lagrangian bound plus the width uses no other columns. So either the
    list holds the best plan of all, or the bound rises by the width. The whole gap is the first
    width; where its list is too long, narrow widths that grow.
    """
    _better_plan_first(state, work, part)
    narrow, share = False, 1.0
    while part in state.open_parts and not state.enough:
        value, lagrange = float(state.value[part]), float(state.lagrange[part])
        most = value - lagrange + 1e-9 * abs(float(state.bound[part]))
        width = share * most
        whole = _complete(state, work, part, width, MOST_COLUMNS if narrow else MANY_COLUMNS)
        if whole is None and not narrow:
            narrow, share = True, FIRST_SHARE
            continue
        complete = whole is not None
        if whole is None:
            width = float(work.pool.missing_at_least(state.prices)[_seats(state, part)].min())
            whole = _columns(state, work, part, width)
        if width <= 0 or len(whole.groups) > MOST_COLUMNS:
            return
        limit = value if width >= most else min(value, lagrange + width)
        _choose(state, part, whole, upper=limit, limit=limit)
        if not complete:
            return
        share = min(1.0, share * WIDER)


def _seats(state: State, part: int) -> Ints:
    return np.flatnonzero((state.part == part) & (np.diff(state.land.start) > 0))


def _complete(
    state: State, work: Generation, part: int, width: float, most_columns: int
) -> Columns | None:
    """Return all columns of a part with a reduced cost up to ``width``; ``None`` if too many."""
    for each in EACH:
        todo = _missing(state, work, part, width)
        if not len(todo):
            break
        if each * len(todo) > MOST_STATES or state.clock.stop:
            return None
        _search(state, work, todo, width, each)
    if len(_missing(state, work, part, width)):
        return None
    columns = _columns(state, work, part, width)
    return columns if len(columns.groups) <= most_columns else None


def _missing(state: State, work: Generation, part: int, width: float) -> Ints:
    """Return the seats of a part that may have groups within the width that the pool lacks."""
    seats = _seats(state, part)
    return seats[work.pool.missing_at_least(state.prices)[seats] < width]


def _search(state: State, work: Generation, seats: Ints, width: float, each: int) -> None:
    """Search seats for up to ``each`` groups each with a reduced cost up to ``width``."""
    found = search_seats(
        state.land,
        seats,
        state.prices,
        np.full(len(seats), width),
        most=each,
        stop=lambda: state.clock.stop,
    )
    work.pool.replace(found, state.prices)


def _better_plan_first(state: State, work: Generation, part: int) -> None:
    """Look for better plans among the best columns, of which more are searched each time."""
    for each in (0, *FIRST_EACH):
        gap = float(state.value[part] - state.lagrange[part])
        if part not in state.open_parts or state.enough or not math.isfinite(gap):
            return
        if each:
            todo = _missing(state, work, part, gap)
            if not len(todo):
                return
            _search(state, work, todo, gap, each)
        columns = _columns(state, work, part, gap)
        best = np.argsort(columns.reduced, kind="stable")[:BEST_COLUMNS]
        few = columns.take(np.union1d(best, _best_for_each_town(columns, PER_TOWN)))
        _choose(state, part, few, upper=float(state.value[part]))


def _best_for_each_town(columns: Columns, most: int) -> Ints:
    """Return, for each town, the columns that hold it with the least reduced cost."""
    groups = columns.groups
    order = np.lexsort((columns.reduced[groups.owner], groups.town))
    town = groups.town[order]
    nth = np.arange(len(town)) - np.searchsorted(town, town)
    return np.unique(groups.owner[order[nth < most]])


def _columns(state: State, work: Generation, part: int, width: float) -> Columns:
    """Return the columns of a part that are at hand with a reduced cost up to ``width``."""
    limits = np.full(state.parts, -np.inf)
    limits[part] = width
    columns = pool_columns(state, work, limits)
    mine = state.part[columns.groups.town[columns.groups.start[:-1]]] == part
    return columns.take(np.flatnonzero(mine & (columns.reduced <= width)))


def _choose(
    state: State, part: int, columns: Columns, *, upper: float, limit: float = -math.inf
) -> None:
    """Choose among columns for a plan cheaper than ``upper``.

    ``limit`` is what every plan that uses other columns costs at least: the bound of the part
    rises to it or to the cheapest plan of these columns; ``-inf`` where nothing is known of others.
    """
    towns = np.flatnonzero(state.part == part)
    groups, requirement, money = columns.groups, columns.requirement, columns.money
    covered = np.zeros(state.land.towns, dtype=bool)
    covered[groups.town] = True
    if not covered[towns].all():
        _raise(state, part, limit)
        return
    value = requirement + state.land.money_price * money
    choice = Choice(towns, groups, value, money, state.totals)
    tight = tighten(choice, upper, state.clock.options, left=lambda: _left(state))
    if tight.whole is not None:
        kept = tight.whole
        state.offer(groups.take(kept), requirement[kept], money[kept], "cuts")
    _raise(state, part, min(limit, tight.bound))
    if tight.whole is not None or not len(tight.kept) or _left(state) <= 0:
        return
    kept = tight.kept
    choice = Choice(towns, groups.take(kept), value[kept], money[kept], state.totals)
    if math.isfinite(limit) and len(kept) <= MOST_PYOMO_COLUMNS:
        result, chosen = choose_model(state.land, choice, state.clock)
    else:
        seconds = SECONDS if math.isinf(limit) else math.inf
        result, chosen = choose_fast(choice, state.clock, seconds=seconds)
    kept = kept[chosen]
    if len(kept):
        state.offer(groups.take(kept), requirement[kept], money[kept], "choice")
    done = result.status in {"optimal", "infeasible"}
    _raise(state, part, limit if done else min(limit, result.bound))


def _raise(state: State, part: int, bound: float) -> None:
    proven = np.full(state.parts, -np.inf)
    proven[part] = min(bound, float(state.value[part]))
    state.raise_bound(proven, "proof")


def _left(state: State) -> float:
    return 0.0 if state.clock.stop else state.clock.left
