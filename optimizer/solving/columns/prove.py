"""Proof: a better plan can only use columns whose reduced cost is below the gap; choose among all.

Source: reduced cost fixing, G. L. Nemhauser and L. A. Wolsey, Integer and Combinatorial
Optimization (1988), II.5; for columns, R. Baldacci, N. Christofides and A. Mingozzi (2008).
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.economics.demand import Floats, Ints
from optimizer.solving.columns.choose import Choice, choose_model
from optimizer.solving.columns.cuts import tighten
from optimizer.solving.columns.generate import Generation
from optimizer.solving.columns.improve import pool_columns
from optimizer.solving.columns.search import search_seats
from optimizer.solving.columns.state import State

__all__ = ["prove"]

MOST_GROUPS = (4_000, 40_000, 400_000)
MOST_MODEL_COLUMNS = 150_000


def prove(state: State, work: Generation) -> None:
    """Prove the plan of each part that is still open, smallest first, or find a better one."""
    size = np.bincount(state.part, minlength=state.parts)
    for part in sorted(state.open_parts, key=lambda p: size[p]):
        if state.enough:
            return
        _prove_part(state, work, int(part))


def _prove_part(state: State, work: Generation, part: int) -> None:
    land = state.land
    towns = np.flatnonzero(state.part == part)
    seats = towns[np.diff(land.start)[towns] > 0]
    gap = float(state.value[part] - state.bound[part])
    width = (gap + 1e-9 * abs(float(state.bound[part]))) if math.isfinite(gap) else math.inf
    if not _complete(state, work, seats, width):
        return
    limits = np.full(state.parts, -np.inf)
    limits[part] = width
    columns = pool_columns(state, work, limits)
    mine = state.part[columns.groups.town[columns.groups.start[:-1]]] == part
    columns = columns.take(np.flatnonzero(mine & (columns.reduced <= width)))
    if len(columns.groups) > MOST_MODEL_COLUMNS:
        return
    _choose(state, towns, part, (columns.groups, columns.requirement, columns.money))


def _choose(state: State, towns: Ints, part: int, columns: tuple) -> None:
    groups, requirement, money = columns
    covered = np.zeros(state.land.towns, dtype=bool)
    covered[groups.town] = True
    proven = np.full(state.parts, -np.inf)
    if not covered[towns].all():
        proven[part] = state.value[part]
        state.raise_bound(proven, "proof")
        return
    value = requirement + state.land.money_price * money
    choice = Choice(towns, groups, value, money, state.totals)
    tight = tighten(
        choice, float(state.value[part]), state.clock.options, left=lambda: 0.0 if state.clock.stop else state.clock.left
    )
    proven[part] = min(tight.bound, float(state.value[part]))
    if tight.whole is not None:
        chosen = tight.whole
        state.offer(groups.take(chosen), requirement[chosen], money[chosen], "choice")
    state.raise_bound(proven, "cuts")
    if part not in state.open_parts or state.clock.stop:
        return
    groups, requirement, money = groups.take(tight.kept), requirement[tight.kept], money[tight.kept]
    choice = Choice(towns, groups, value[tight.kept], money, state.totals)
    result, chosen = choose_model(state.land, choice, state.clock)
    if len(chosen):
        state.offer(groups.take(chosen), requirement[chosen], money[chosen], "choice")
    if result.status in {"optimal", "infeasible"}:
        proven[part] = state.value[part]
    elif math.isfinite(result.bound):
        proven[part] = min(float(state.value[part]), result.bound * 1000.0)
    state.raise_bound(proven, "proof")


def _complete(state: State, work: Generation, seats: Ints, width: float) -> bool:
    """Search seats until every group with a reduced cost up to ``width`` is in the pool."""
    for most in MOST_GROUPS:
        missing = work.pool.missing_at_least(state.prices)
        todo = seats[missing[seats] < width]
        if not len(todo):
            return True
        if most * len(todo) > 20_000_000:
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
