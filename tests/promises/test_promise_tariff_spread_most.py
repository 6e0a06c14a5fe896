"""Prices of an area's towns within a factor: methods, brute force, audit, and both ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import optimizer as op
from benchmarks.brute_force.random_regions import random_region
from optimizer.instance.instance import Instance
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from tests.support.tariff_promises import check_random_tariffs

SPREADS = (1.2, 1.5, 2.0, 4.0)


def with_spread(region: Instance, spread: float) -> Instance:
    """One schedule an area, or towns that differ by a factor."""
    policy = region.policy.replace(tariff_scope="service_area", tariff_spread_most=spread)
    return region.replace(policy=policy)


def plain(seed: int) -> Instance:
    """A region of the benchmark without response."""
    return with_spread(random_region(seed), SPREADS[seed % 4])


def wide(region: Instance) -> Instance:
    """The same region with a schedule per town."""
    policy = region.policy.replace(tariff_scope="town", tariff_spread_most=1.0)
    return region.replace(policy=policy)


def test_both_methods_equal_brute_force() -> None:
    """Free prices, given shapes, support, solidarity and participation as they come."""
    seeds = [s for s in range(200, 220) if s % 10 < 8]
    assert check_random_tariffs(seeds, plain, wide) >= 3


def test_both_ends_are_one_price_and_a_schedule_per_town() -> None:
    """Within a factor of 1 nothing differs; within 1,000 each town pays what it would alone."""
    region = op.read("instances/san_martin")
    shaped = region.replace(tariff=region.tariff.model_copy(update={"shape": (1.2, 1.0, 1.3, 1.5)}))
    found = []
    for spread in (1.0, 1.0 + 1e-9, 1.3, 1000.0):
        with Clock(Options(time_limit=60)) as clock:
            case = op.case_of(with_spread(shaped, spread))
            found.append(solve_columns(case, clock).objective)
    with Clock(Options(time_limit=60)) as clock:
        apart = solve_columns(op.case_of(wide(shaped)), clock).objective
    assert found[1] == pytest.approx(found[0], rel=1e-7)
    assert found[3] == pytest.approx(apart, rel=1e-7)
    assert found[0] > found[2] * 1.0001 > apart * 1.0002


def test_levels_of_a_given_shape_are_worked_by_hand() -> None:
    """Limits of 2 and 5: levels 2 and 2 at one price, 2 and 3 within 1.5, 2 and 5 by town."""
    pair = op.read("instances/pair")
    tariff = pair.tariff.model_copy(update={"shape": (0.0, 1.0, 1.0), "fixed_charge_share": 0.0})
    homes = pair.households.copy()
    first, second = pair.towns.index
    use = homes["consumption_m3_month"].iloc[0]
    share = pair.policy.affordable_share
    for town, level in ((first, 2.0), (second, 5.0)):
        homes.loc[homes.index.get_level_values("town") == town, "income_month"] = (
            level * use / share
        )
    homes["consumption_m3_month"] = use
    poor = pair.operator_models.assign(overhead_year=1e9)
    region = pair.replace(tariff=tariff, households=homes, operator_models=poor)
    for spread, due in ((1.0, [2.0, 2.0]), (1.5, [2.0, 3.0]), (10.0, [2.0, 5.0])):
        plan = op.evaluate(with_spread(region, spread), "together")
        price = plan.tariffs.xs(("domestic", "block 1"), level=("category", "component"))["price"]
        paid = price.to_list() * (2 if spread == 1.0 else 1)
        assert sorted(paid) == pytest.approx(due)
        assert plan.audit().passed


def test_a_wider_spread_than_promised_fails_the_audit() -> None:
    region = with_spread(op.read("instances/san_martin"), 1.5)
    plan = op.solve(region, time_limit=60, gap=0.01)
    assert plan.audit().passed
    shared = plan.areas.index[plan.areas["town_count"] > 1][0]
    broken = plan.tariffs.copy()
    place = np.flatnonzero(broken.index.get_level_values("service_area") == shared)
    town = broken.index.get_level_values("town")[place[0]]
    broken.loc[broken.index.get_level_values("town") == town, "price"] *= 3.0
    failures = replace(plan, tariffs=broken).audit().failures
    assert "tariff_spread_most" in set(failures["rule"])
    narrow = replace(plan, instance=with_spread(region, 1.01))
    assert "tariff_spread_most" in set(narrow.audit().failures["rule"])


def test_core_with_different_prices_equals_brute_force() -> None:
    """No part of an area pays more than it would by itself, at prices within a factor too."""
    seeds = [s for s in range(300, 345) if s % 10 == 9]

    def loose(region: Instance) -> Instance:
        return region.replace(policy=region.policy.replace(core=False))

    assert check_random_tariffs(seeds, plain, loose) >= 0


@pytest.mark.parametrize("scope", ["town", "region"])
def test_a_spread_needs_the_scope_of_an_area(scope: str) -> None:
    region = op.read("instances/pair")
    policy = region.policy.replace(tariff_scope=scope, tariff_spread_most=2.0)
    with pytest.raises(op.InstanceError, match="tariff_spread_most"):
        region.replace(policy=policy)
