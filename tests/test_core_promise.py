"""The promise ``core`` in both methods, against brute force over all partitions."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from optimizer.economics.case import Case, case_of
from optimizer.economics.payments import area_payments
from optimizer.instance.instance import Instance
from optimizer.solving.clock import Clock
from optimizer.solving.columns import solve_columns
from optimizer.solving.compact import solve_compact
from optimizer.solving.options import Options
from tests.partitions import area_of, partitions, total_of
from tests.regions import random_region

BATCH = 10


def promising(seed: int, *, towns: int | None = None) -> Instance:
    """A random region that promises ``core``; one tariff for the region becomes one per area."""
    region = random_region(seed, towns=towns)
    scope = region.policy.tariff_scope
    scope = "service_area" if scope == "region" else scope
    return region.replace(policy=region.policy.replace(core=True, tariff_scope=scope))


def stays(case: Case, group: tuple[int, ...]) -> bool:
    """Whether no subset costs less by itself than it pays, every one of them looked at."""
    pays = dict(zip(group, area_payments(case, np.array(group)), strict=True))
    price, room = case.instance.policy.public_money_price, 1e-6 * sum(pays.values())
    for size in range(1, len(group)):
        for some in combinations(group, size):
            requirement, public, _ = area_of(case, some)
            if sum(pays[i] for i in some) - requirement - price * public > room:
                return False
    return True


def least_cost(case: Case) -> float:
    """The objective of the best plan in which nobody would leave."""
    known: dict[tuple[int, ...], tuple[float, float, int]] = {}
    best, policy = math.inf, case.instance.policy
    for partition in partitions(list(range(case.towns))):
        most = policy.operators_most or case.towns
        if not policy.operators_least <= len(partition) <= most:
            continue
        for group in partition:
            if group not in known:
                area = area_of(case, group)
                kept = math.isfinite(area[0]) and stays(case, group)
                known[group] = area if kept else (math.inf, math.inf, -1)
        areas = [known[group] for group in partition]
        if all(math.isfinite(area[0]) for area in areas):
            best = min(best, total_of(case, areas))
    return best


@pytest.mark.parametrize("batch", range(6))
def test_methods_equal_brute_force(batch: int) -> None:
    """60 regions; where no plan keeps everybody, both methods say so."""
    for seed in range(BATCH * batch, BATCH * (batch + 1)):
        case = case_of(promising(seed))
        expected = least_cost(case)
        for method in (solve_columns, solve_compact):
            with Clock(Options()) as clock:
                solution = method(case, clock)
            if math.isinf(expected):
                assert solution.status == "infeasible", (seed, solution.method)
                continue
            assert solution.status == "optimal", (seed, solution.method)
            assert solution.objective == pytest.approx(expected, rel=1e-6), (seed, solution.method)
            assert solution.bound <= solution.objective, (seed, solution.method)
