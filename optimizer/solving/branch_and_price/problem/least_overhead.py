"""A bound by counting: how much overhead it takes at least to run all connections of a part."""

from __future__ import annotations

import numpy as np
from scipy.optimize import LinearConstraint, milp

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.problem import Land

__all__ = ["counted_bound"]


def counted_bound(land: Land, part: Ints) -> Floats:
    """Return a bound on each part by whole numbers of operators, money per year.

    Formula: ``sum_i min serve_ij + min sum_m open_m y_m`` with whole numbers ``y_m`` of operators
    of model m that can run all connections of the part: ``sum_m most_m y_m >= sum_i n_i``. It is 0
    for parts of few towns, whose bound needs no counting.

    Parameters
    ----------
    land : Land
        The case.
    part : int array of shape (towns,)
        Part of each town.
    """
    size = land.case.cost.size
    serve = np.full(land.towns, np.inf)
    np.minimum.at(serve, land.served, land.serve.min(axis=1))
    bound = np.bincount(part, weights=serve).astype(np.float64)
    for own in range(len(bound)):
        total = float(size[part == own].sum())
        few = int((part == own).sum()) <= land.parameters.problem.counted_above_towns
        bound[own] = 0.0 if few else bound[own] + _overhead(land, total)
    return bound


def _overhead(land: Land, connections: float) -> float:
    """Return the least overhead of operators that can run so many connections."""
    most = np.minimum(land.case.cost.most / connections, 1.0)
    opened = land.open / max(float(land.open.max()), 1e-300)
    found = milp(
        opened,
        constraints=LinearConstraint(most, lb=1.0 - 1e-9),
        integrality=np.ones(len(most), dtype=np.int64),
    )
    if found.status != 0 or found.mip_dual_bound is None:
        return 0.0
    return float(found.mip_dual_bound) * float(land.open.max())
