"""Proof: a better plan can only use columns whose reduced cost is below the gap; choose among all.

Source: reduced cost fixing, G. L. Nemhauser and L. A. Wolsey, Integer and Combinatorial
Optimization (1988), II.5; for columns, R. Baldacci, N. Christofides and A. Mingozzi (2008).
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.economics.demand import Ints
from optimizer.solving.columns.accept import choose_kept
from optimizer.solving.columns.choose import Choice, choose_fast, choose_model
from optimizer.solving.columns.cuts import tighten
from optimizer.solving.columns.generate import Generation
from optimizer.solving.columns.improve import Columns, pool_columns
from optimizer.solving.columns.search import search_seats
from optimizer.solving.columns.state import State

__all__ = ["prove"]

MOST_GROUPS = (4_000, 40_000, 400_000)
MOST_MODEL_COLUMNS = 60_000
MOST_STATES = 3_000_000
MOST_PYOMO_COLUMNS = 30_000
SHARES = (0.15, 0.4, 1.0)


def prove(state: State, work: Generation) -> None:
    """Prove the plan of each part that is still open, smallest first, or find a better one."""
    size = np.bincount(state.part, minlength=state.parts)
    for part in sorted(state.open_parts, key=lambda p: size[p]):
        if state.enough:
            return
        _prove_part(state, work, int(part))


def _prove_part(state: State, work: Generation, part: int) -> None:
    towns = np.flatnonzero(state.part == part)
    for share in SHARES:
        gap = float(state.value[part] - state.lagrange[part])
        if not math.isfinite(gap) and share < 1.0:
            continue
        if part not in state.open_parts or state.enough:
            return
        width = share * gap + 1e-9 * abs(float(state.bound[part]))
        columns = _columns_below(state, work, part, width)
        if columns is None:
            return
        _choose(state, towns, part, columns, proof=share == 1.0)
        while state.accept is not None and not state.enough:
            struck = state.accept.struck(columns.groups)
            if not struck.any():
                break
            columns = columns.take(~struck)
            _choose(state, towns, part, columns, proof=share == 1.0)


def _columns_below(state: State, work: Generation, part: int, width: float) -> Columns | None:
    """Return all columns of a part with a reduced cost up to ``width``; ``None`` if too many."""
    seats = np.flatnonzero((state.part == part) & (np.diff(state.land.start) > 0))
    if not _complete(state, work, seats, width):
        return None
    limits = np.full(state.parts, -np.inf)
    limits[part] = width
    columns = pool_columns(state, work, limits)
    mine = state.part[columns.groups.town[columns.groups.start[:-1]]] == part
    columns = columns.take(np.flatnonzero(mine & (columns.reduced <= width)))
    return columns if len(columns.groups) <= MOST_MODEL_COLUMNS else None


def _choose(state: State, towns: Ints, part: int, columns: Columns, *, proof: bool) -> None:
    """Choose among columns for a better plan; with all that matter, for proof as well."""
    groups, requirement, money = columns.groups, columns.requirement, columns.money
    covered = np.zeros(state.land.towns, dtype=bool)
    covered[groups.town] = True
    upper = float(state.value[part])
    if not covered[towns].all():
        _raise(state, part, upper if proof else -math.inf)
        return
    value = requirement + state.land.money_price * money
    choice = Choice(towns, groups, value, money, state.totals)
    tight = tighten(choice, upper, state.clock.options, left=lambda: _left(state))
    if tight.whole is not None:
        kept = tight.whole
        state.offer(groups.take(kept), requirement[kept], money[kept], "cuts")
    _raise(state, part, tight.bound if proof else -math.inf)
    if tight.whole is not None or not len(tight.kept) or _left(state) <= 0:
        return
    kept = tight.kept
    choice = Choice(towns, groups.take(kept), value[kept], money[kept], state.totals)
    if len(kept) > MOST_PYOMO_COLUMNS:
        proof = False
    if proof:
        result, chosen = choose_kept(
            state.accept,
            choice,
            lambda some: choose_model(state.land, some, state.clock, triples=tight.triples),
        )
    else:
        result, chosen = choose_kept(
            state.accept,
            choice,
            lambda some: choose_fast(some, state.clock, seconds=20.0, triples=tight.triples),
        )
    kept = kept[chosen]
    if len(kept):
        state.offer(groups.take(kept), requirement[kept], money[kept], "choice")
    if proof:
        done = result.status in {"optimal", "infeasible"}
        _raise(state, part, upper if done else result.bound)


def _raise(state: State, part: int, bound: float) -> None:
    proven = np.full(state.parts, -np.inf)
    proven[part] = min(bound, float(state.value[part]))
    state.raise_bound(proven, "proof")


def _left(state: State) -> float:
    return 0.0 if state.clock.stop else state.clock.left


def _complete(state: State, work: Generation, seats: Ints, width: float) -> bool:
    """Search seats until every group with a reduced cost up to ``width`` is in the pool."""
    for most in MOST_GROUPS:
        missing = work.pool.missing_at_least(state.prices)
        todo = seats[missing[seats] < width]
        if not len(todo):
            return True
        if most * len(todo) > MOST_STATES:
            return False
        found = search_seats(
            state.land,
            todo,
            state.prices,
            np.full(len(todo), width),
            most=most,
            stop=lambda: state.clock.stop,
        )
        work.pool.replace(found, state.prices)
        if state.clock.stop:
            return False
    missing = work.pool.missing_at_least(state.prices)
    return bool((missing[seats] >= width).all())
