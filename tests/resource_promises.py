"""What every promise on a sum over an area's towns is put through."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from optimizer.tariffs.case import Case
from tests import partitions
from tests.regions import random_region

SCOPES = ("service_area", "town", "region")


def check_against_brute_force(
    seeds: range,
    promise: Callable[[int, Instance], dict[str, object]],
    keeps: Callable[[Instance, list[str]], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> int:
    """Both methods equal brute force on random regions; return how many it makes dearer.

    Parameters
    ----------
    promise : callable
        Changes of the policy for a seed and a region.
    keeps : callable
        Whether the towns of an area keep the promise; written for the test alone.
    """
    allowed = partitions._allowed
    dearer = 0
    for seed in seeds:
        free = random_region(seed)
        region = free.replace(policy=free.policy.replace(**promise(seed, free)))

        def kept(case: Case, group: tuple[int, ...], region: Instance = region) -> bool:
            towns = [case.reach.towns[i] for i in group]
            return allowed(case, group) and keeps(region, towns)

        monkeypatch.setattr(partitions, "_allowed", kept)
        expected = partitions.least_cost(op.case_of(region))
        monkeypatch.setattr(partitions, "_allowed", allowed)
        dearer += expected > partitions.least_cost(op.case_of(free)) * (1 + 1e-9)
        for method in (solve_compact, solve_columns):
            with Clock(Options()) as clock:
                solution = method(op.case_of(region), clock)
            if math.isinf(expected):
                assert solution.status == "infeasible", (seed, solution.method)
                continue
            assert solution.status == "optimal", (seed, solution.method)
            assert solution.objective == pytest.approx(expected, rel=1e-6), (seed, solution.method)
    return dearer
