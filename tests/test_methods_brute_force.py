"""Both methods against brute force over all partitions, on random regions with mixed rules."""

from __future__ import annotations

import math

import pytest

from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from tests.partitions import least_cost
from tests.regions import random_region

BATCH = 10


@pytest.mark.parametrize("batch", range(20))
def test_methods_equal_brute_force(batch: int) -> None:
    """200 regions in 20 batches; an infeasible region must be found infeasible by all three."""
    for seed in range(BATCH * batch, BATCH * (batch + 1)):
        case = case_of(random_region(seed))
        expected = least_cost(case)
        for method in (solve_compact, solve_columns):
            with Clock(Options()) as clock:
                solution = method(case, clock)
            if math.isinf(expected):
                assert solution.status == "infeasible", (seed, solution.method)
                continue
            assert solution.status == "optimal", (seed, solution.method)
            assert solution.objective == pytest.approx(expected, rel=1e-6), (seed, solution.method)
            assert solution.bound <= solution.objective, (seed, solution.method)


def test_brute_force_sees_both_kinds() -> None:
    """The 200 regions would prove little if all, or none, had a plan."""
    feasible = sum(math.isfinite(least_cost(case_of(random_region(seed)))) for seed in range(40))
    assert 10 <= feasible <= 38
