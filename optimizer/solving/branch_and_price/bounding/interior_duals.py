"""Duals from the middle of all that are best: fewer areas then lie near reduced cost zero.

The restricted master mostly has many optimal duals. A corner of them, as the simplex method
gives it, leaves many areas at reduced cost zero by accident, and the proof must list them all. The
interior point method ends in the middle, where only areas that some optimal solution uses have
reduced cost zero.

Source: L.-M. Rousseau, M. Gendreau and D. Feillet, Interior point stabilization for column
generation, Operations Research Letters 35 (2007).
"""

from __future__ import annotations

import numpy as np

from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    add_below,
)
from optimizer.solving.branch_and_price.bounding.lagrangian_bound import lagrangian_bound
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["centre"]


def centre(state: State, work: ColumnGeneration) -> None:
    """Move to duals in the middle, unless their bound is noticeably lower.

    Areas that have a negative reduced cost there are added and the middle is taken again.
    """
    if work.master.interior or work.point is None or work.point.missing > 1e-7:
        return
    before = work.master.columns
    _seek(state, work)
    if work.master.columns > before:
        work.point = work.master.solve(state.clock.left)


def _seek(state: State, work: ColumnGeneration) -> None:
    """Add areas below zero in the middle and take it again, until its bound is good."""
    seats = np.flatnonzero(np.diff(state.problem.start) > 0)
    tuned = state.parameters.bounding
    tolerance = 1e-8 * work.unit
    width = tuned.middle_box * np.maximum(state.duals.town, 0.05 * work.unit)
    work.master.set_box(state.duals.town - width, state.duals.town + width, 20.0 * work.unit)
    for _ in range(tuned.middle_rounds):
        gap = float((state.value - state.lagrange).sum())
        point = None if state.enough else work.master.solve_middle(state.clock.left)
        if point is None or not np.isfinite(gap):
            return
        duals = point.duals
        todo = seats[work.pool.missing_at_least(duals)[seats] < -tolerance]
        if len(todo):
            found = search_seats(
                state.problem,
                todo,
                duals,
                np.full(len(todo), 1e-3 * work.unit),
                most=np.minimum(work.effort.most[todo], tuned.middle_list),
                compare=True,
                stop=lambda: state.clock.stop,
                threads=state.clock.options.threads,
            )
            work.pool.replace(found, duals)
        bound = lagrangian_bound(state, work.pool, duals)
        if float((state.lagrange - bound).sum()) <= tuned.middle_loss * gap:
            state.lagrange, state.duals = bound, duals
            state.raise_bound(bound, "middle")
            return
        if not add_below(state, work, duals, tolerance):
            return
