"""What every promise on a sum over an area's towns is put through."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pytest

import optimizer as op
from benchmarks.brute_force.best_plan import NONE, Area
from optimizer.instance.instance import Instance
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from tests.support.brute_force import CaseByForce, brute_force
from tests.support.regions import random_region

Keeps = Callable[[Instance, list[str]], bool]


@dataclass(eq=False)
class Promised(CaseByForce):
    """Brute force in which areas that break a promise are none."""

    keeps: Keeps

    def area(self, group: tuple[int, ...]) -> Area:
        """The cheapest way to serve a group that keeps the promise."""
        towns = [self.case.reach.towns[i] for i in group]
        return super().area(group) if self.keeps(self.case.instance, towns) else NONE


def check_against_brute_force(
    seeds: range,
    promise: Callable[[int, Instance], dict[str, object]],
    keeps: Keeps,
    region_of: Callable[[int], Instance] = random_region,
) -> int:
    """Both methods equal brute force on random regions; return how many it makes dearer.

    Parameters
    ----------
    promise : callable
        Changes of the policy for a seed and a region.
    keeps : callable
        Whether the towns of an area keep the promise; written for the test alone.
    region_of : callable
        The region of a seed.
    """
    dearer = 0
    for seed in seeds:
        free = region_of(seed)
        region = free.replace(policy=free.policy.replace(**promise(seed, free)))
        without = brute_force(op.case_of(region))
        expected = Promised(without.region, without.case, keeps).least_cost()
        dearer += expected > without.least_cost() * (1 + 1e-9)
        for method in (solve_compact, solve_columns):
            with Clock(Options()) as clock:
                solution = method(op.case_of(region), clock)
            if math.isinf(expected):
                assert solution.status == "infeasible", (seed, solution.method)
                continue
            assert solution.status == "optimal", (seed, solution.method)
            assert solution.objective == pytest.approx(expected, rel=1e-6), (seed, solution.method)
    return dearer
