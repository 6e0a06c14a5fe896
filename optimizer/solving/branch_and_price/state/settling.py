"""Seats and operator models of given areas such that the totals of the plan are within limits."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from optimizer.solving.branch_and_price.problem.columns import Columns, no_columns
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.ways import Ways, every_way
from optimizer.solving.clock import Clock
from optimizer.solving.highs import RunSettings, run_highs
from optimizer.solving.programme import Program

__all__ = ["settled"]


def settled(problem: Problem, totals: Totals, areas: Columns, clock: Clock) -> Columns:
    """Return the same areas, each served in the way that is cheapest for all of them together.

    No columns where no choice of seats and operator models keeps the totals.
    """
    nothing = no_columns(len(problem.totals))
    if not len(areas) or not totals.least <= len(areas) <= totals.most:
        return nothing
    ways = every_way(problem, areas.groups)
    able = ways.take(np.flatnonzero(np.isfinite(ways.columns.requirement)))
    if len(np.unique(able.owner)) < len(areas):
        return nothing
    result = run_highs(
        _programme(problem, totals, able, len(areas)).in_highs(),
        RunSettings(
            gap=0.0,
            time_limit=min(problem.parameters.primal.settle_seconds, clock.left),
            seed=clock.options.seed,
            stop=lambda: clock.stop,
        ),
    )
    if result.values is None:
        return nothing
    found = able.columns.take(np.flatnonzero(result.values > 0.5))
    return found if totals.kept(found) else nothing


def _programme(problem: Problem, totals: Totals, ways: Ways, areas: int) -> Program:
    """Return the choice of one way for each area, within the totals."""
    count, columns = len(ways.owner), ways.columns
    value = columns.value(problem.money_price)
    scale = problem.totals.scale
    once = coo_array((np.ones(count), (ways.owner, np.arange(count))), shape=(areas, count))
    rows = [once, csr_array((columns.amounts / scale).T)]
    least = [np.ones(areas), totals.sum_least / scale]
    most = [np.ones(areas), totals.sum_most / scale]
    if math.isfinite(totals.budget):
        unit = max(1.0, totals.budget)
        rows.append(csr_array(columns.money[None, :] / unit))
        least.append(np.array([-np.inf]))
        most.append(np.array([totals.budget / unit]))
    return Program(
        cost=value / max(float(np.abs(value).mean()), 1e-6),
        lower=np.zeros(count),
        upper=np.ones(count),
        rows=csr_array(vstack(rows, format="csr")),
        row_lower=np.concatenate(least),
        row_upper=np.concatenate(most),
        whole=np.ones(count, dtype=np.bool_),
    )
