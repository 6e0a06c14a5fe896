"""Column generation at its start: an empty pool, and a master with the areas of the plan."""

from __future__ import annotations

import math

import numpy as np

from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    give_columns,
)
from optimizer.solving.branch_and_price.master.column_pool import empty_pool
from optimizer.solving.branch_and_price.master.restricted_master import RestrictedMaster
from optimizer.solving.branch_and_price.pricing.effort import first_effort
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["start_work"]


def start_work(state: State) -> ColumnGeneration:
    """Return column generation that knows the areas of the plan and nothing else."""
    problem = state.problem
    tuned, bounding = problem.parameters.solver, problem.parameters.bounding
    areas = state.areas()
    usual = areas.value(problem.money_price)
    unit = float(usual.mean()) if len(usual) else float(state.bound.sum()) / problem.towns * 3
    master = RestrictedMaster(
        problem, np.arange(problem.towns), state.totals, max(unit, 1e-6), state.clock.options
    )
    unit = max(unit, 1e-6)
    pool = empty_pool(problem)
    pool.lazy_core = state.lazy_core
    work = ColumnGeneration(
        pool,
        master,
        unit,
        first_effort(problem, unit),
        bounding.columns_per_seat,
        bounding.box,
        bounding.patience,
    )
    work.share = tuned.close_share if problem.towns > tuned.small_towns else 0.0
    if problem.towns > tuned.many_towns and math.isfinite(state.clock.left):
        work.effort.longest = tuned.many_towns_list
        work.reserve = tuned.reserve_share * state.clock.left
    give_columns(state, work, areas)
    return work
