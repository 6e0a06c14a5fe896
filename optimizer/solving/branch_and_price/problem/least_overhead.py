"""A bound by counting: how much overhead it takes at least to run all connections of a part."""

from __future__ import annotations

import numpy as np
from scipy.optimize import LinearConstraint, milp

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["counted_bound"]


def counted_bound(problem: Problem, part: Ints) -> Floats:
    """Return a bound on each part by whole numbers of operators, money per year.

    Formula: ``sum_i min serve_ij + min sum_m open_m y_m`` with whole numbers ``y_m`` of operators
    of model m that can run all connections of the part: ``sum_m most_m y_m >= sum_i n_i``. It is 0
    for parts of few towns, whose bound needs no counting.

    Parameters
    ----------
    problem : Problem
        The case.
    part : int array of shape (towns,)
        Part of each town.
    """
    size = problem.case.cost.size
    serve = np.full(problem.towns, np.inf)
    np.minimum.at(serve, problem.served, problem.serve.min(axis=1))
    bound = np.bincount(part, weights=serve).astype(np.float64)
    for own in range(len(bound)):
        total = float(size[part == own].sum())
        few = int((part == own).sum()) <= problem.parameters.problem.counted_above_towns
        bound[own] = 0.0 if few else bound[own] + _overhead(problem, total)
    return bound


def _overhead(problem: Problem, connections: float) -> float:
    """Return the least overhead of operators that can run so many connections."""
    most = np.minimum(problem.case.cost.most / connections, 1.0)
    opened = problem.open / max(float(problem.open.max()), 1e-300)
    found = milp(
        opened,
        constraints=LinearConstraint(most, lb=1.0 - 1e-9),
        integrality=np.ones(len(most), dtype=np.int64),
    )
    if found.status != 0 or found.mip_dual_bound is None:
        return 0.0
    return float(found.mip_dual_bound) * float(problem.open.max())
