"""Random regions with a tariff promise, by both methods and by brute force."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import pytest

import optimizer as op
from benchmarks.brute_force.best_plan import BruteForce
from benchmarks.brute_force.region import region_of as forced
from optimizer.instance.instance import Instance
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options


def check_random_tariffs(
    seeds: Iterable[int],
    region_of: Callable[[int], Instance],
    without: Callable[[Instance], Instance],
) -> int:
    """Both methods equal brute force; return in how many regions the promise costs something.

    Parameters
    ----------
    seeds : iterable of int
        Numbers of regions.
    region_of : callable
        The region of a number, with the promise.
    without : callable
        The same region without it.
    """
    dearer = 0
    for seed in seeds:
        region = region_of(seed)
        expected = BruteForce(forced(region)).least_cost()
        dearer += expected > BruteForce(forced(without(region))).least_cost() * (1 + 1e-9)
        for method in (solve_compact, solve_columns):
            with Clock(Options()) as clock:
                solution = method(op.case_of(region), clock)
            if math.isinf(expected):
                assert solution.status == "infeasible", (seed, solution.method)
                continue
            assert solution.status == "optimal", (seed, solution.method)
            assert solution.objective == pytest.approx(expected, rel=1e-6), (seed, solution.method)
    return dearer
