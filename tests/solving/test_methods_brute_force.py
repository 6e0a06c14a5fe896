"""Both methods against brute force over all partitions, on random regions of every kind.

1,000 regions and more are compared by ``python -m benchmarks.brute_force``; these are the first of
them.
"""

from __future__ import annotations

import math

import pytest

from benchmarks.brute_force.best_plan import BruteForce
from benchmarks.brute_force.compare import compare
from benchmarks.brute_force.random_regions import random_region
from benchmarks.brute_force.region import region_of

BATCH, BATCHES = 5, 14
ONCE_WRONG = (216, 584, 634, 671, 826)
"""Found by the command: feasible regions called infeasible (free prices), infeasible ones called
stopped (one tariff for the region, no subsidy)."""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_methods_equal_brute_force(batch: int) -> None:
    """Status, objective and bound of both; of every fifth region the plan's audit, or reasons."""
    for seed in range(BATCH * batch, BATCH * (batch + 1)):
        row = compare(seed)
        assert not row.wrong, (seed, row.promises, row.wrong)


@pytest.mark.parametrize("seed", ONCE_WRONG)
def test_regions_that_were_answered_wrongly(seed: int) -> None:
    row = compare(seed)
    assert not row.wrong, (row.promises, row.wrong)


def test_the_regions_are_of_every_kind() -> None:
    """They would prove little if all, or none, had a plan, or a promise were never asked for."""
    regions = [random_region(seed) for seed in range(BATCH * BATCHES)]
    policies = [region.policy for region in regions]
    scopes = {policy.tariff_scope for policy in policies}
    assert scopes == {"service_area", "town", "region"}
    asked = {
        "same_zone": [policy.same_zone for policy in policies],
        "connected": [policy.connected for policy in policies],
        "keep_together": [bool(policy.keep_together) for policy in policies],
        "keep_apart": [bool(policy.keep_apart) for policy in policies],
        "fixed_seats": [bool(policy.fixed_seats) for policy in policies],
        "participation": [policy.participation for policy in policies],
        "core": [policy.core for policy in policies],
        "solidarity": [policy.solidarity_balance for policy in policies],
        "support": [policy.household_support_share > 0 for policy in policies],
        "demand": [policy.demand_response for policy in policies],
        "no subsidy": [not policy.operating_subsidy for policy in policies],
        "budget": [policy.subsidy_budget_year is not None for policy in policies],
        "two services": [region_of(region).rules.sewer_prices for region in regions],
    }
    plans = [math.isfinite(BruteForce(region_of(r)).least_cost()) for r in regions[:20]]
    asked["has a plan"] = plans
    assert all(any(flags) and not all(flags) for flags in asked.values()), asked
