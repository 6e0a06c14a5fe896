"""Demand that responds: both methods against brute force over partitions, models and the menu."""

from __future__ import annotations

import math

import pytest

import optimizer as op
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from tests.support.brute_force import least_cost
from tests.support.demand_regions import demand_region

BATCH = 10


@pytest.mark.parametrize("batch", range(4))
def test_methods_equal_brute_force(batch: int) -> None:
    """40 regions by columns, every second one by the compact model too."""
    for seed in range(BATCH * batch, BATCH * (batch + 1)):
        case = op.case_of(demand_region(seed))
        expected = least_cost(case)
        methods = (solve_compact, solve_columns) if seed % 2 == 0 else (solve_columns,)
        for method in methods:
            with Clock(Options()) as clock:
                solution = method(case, clock)
            if math.isinf(expected):
                assert solution.status == "infeasible", (seed, solution.method)
                continue
            assert solution.status == "optimal", (seed, solution.method)
            assert solution.objective == pytest.approx(expected, rel=1e-6), (seed, solution.method)
            assert solution.bound <= solution.objective, (seed, solution.method)
