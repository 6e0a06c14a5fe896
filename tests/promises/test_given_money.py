"""A given grouping keeps every promise on money that its tariffs can keep."""

from __future__ import annotations

import pandas as pd
import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Travel
from tests.support.regions import random_region


def _grouping(plan: op.Plan) -> dict[str, str]:
    return {str(town): str(area) for town, area in plan.towns["service_area"].items()}


def _same(region: Instance) -> bool:
    """Evaluate the best plan's own grouping: the same value, and no promise broken."""
    plan = op.solve(region)
    if plan.status == "infeasible":
        return False
    given = op.evaluate(region, _grouping(plan))
    assert given.outcome.broken_promises == ()
    assert given.objective == pytest.approx(plan.objective, rel=1e-6)
    return True


def test_the_grouping_of_the_best_plan_keeps_what_the_plan_keeps() -> None:
    """Participation, subsidies, support, budgets and solidarity, in all scopes; on 12 regions."""
    assert sum(_same(random_region(seed)) for seed in range(12)) >= 6


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_participation_is_kept_by_any_grouping(scope: str) -> None:
    """No town pays more than alone; before, tariffs were set as if that was not promised."""
    for seed in range(2):
        region = random_region(seed, towns=4, policy=op.Policy(reach_hours=3.0))
        promise = region.policy.replace(participation=True, tariff_scope=scope)
        region = region.replace(policy=promise)
        given = op.evaluate(region, "together")
        broken = " ".join(given.outcome.broken_promises)
        assert "participation" not in broken
        assert given.objective >= op.solve(region).bound * (1 - 1e-6)


def test_support_is_paid_before_a_subsidy_that_is_not_allowed() -> None:
    """Support of 4 tenths of a bill lets tariffs cover cost, though a subsidy would cost less."""
    found = 0
    for seed in range(3):
        region = random_region(seed, towns=4, policy=op.Policy(reach_hours=3.0))
        promise = region.policy.replace(operating_subsidy=False, household_support_share=0.5)
        found += _same(region.replace(policy=promise))
    assert found >= 2


def test_a_seat_is_taken_from_which_every_way_is_known() -> None:
    """Ways are known from t1 only, 2.5 h to each; t0 would be nearer to t2 in a straight line."""
    region = random_region(1, towns=3, policy=op.Policy(reach_hours=3.0))
    ways = pd.DataFrame({"hours": 2.5, "km": 60.0}, index=[["t1", "t1"], ["t0", "t2"]])
    ways.index.names = ["origin", "destination"]
    region = region.replace(
        travel_table=ways,
        travel=Travel(speed_km_h=35.0, derive_missing=False),
        towns=region.towns.assign(seat_allowed=True),
    )
    given = op.evaluate(region, dict.fromkeys(region.towns.index, "x"))
    assert given.areas["seat"].tolist() == ["t1"]
    assert given.outcome.broken_promises == ()
