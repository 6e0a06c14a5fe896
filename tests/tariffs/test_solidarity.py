"""Contributions of some categories cover the subsidies of others, area by area."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.audit import audit
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.tariffs.stand_alone import stand_alone
from tests.instance.test_schedules import rich_region
from tests.support.brute_force import least_cost
from tests.support.method_checks import check_methods
from tests.tariffs.test_two_services import sewer_region


def balanced(region: Instance, **changes: object) -> Instance:
    policy = region.policy.replace(solidarity_balance=True, **changes)
    return region.replace(policy=policy)


@pytest.mark.parametrize("seed", range(18))
def test_methods_equal_brute_force_and_pass_the_audit(seed: int) -> None:
    region = balanced(sewer_region(seed) if seed % 3 == 0 else rich_region(seed))
    check_methods(region)


def test_the_promise_costs_something_somewhere() -> None:
    """The comparison with brute force would prove little if the promise never mattered."""
    dearer = 0
    for seed in range(6):
        region = rich_region(seed, policy=Policy(reach_hours=1.0))
        free = least_cost(op.case_of(region))
        bound = least_cost(op.case_of(balanced(region)))
        assert bound >= free * (1 - 1e-9)
        dearer += bound > free * (1 + 1e-6)
    assert dearer >= 2


def strata(**changes: object) -> Instance:
    """600 homes of stratum 1 use 20 m3 and pay 0.3 x 16 + 4 = 8.8 u instead of 20 u; 400 of
    stratum 6 use 20 m3 and pay 32 u; an operator needs 100,000 a year.
    """
    homes = {
        "town": ["A", "A"],
        "group": ["poor", "rich"],
        "share": [0.6, 0.4],
        "income_month": [500.0, 2000.0],
        "consumption_m3_month": [20.0, 20.0],
        "category": ["one", "six"],
    }
    towns = {
        "town": ["A"],
        "lon": [-76.0],
        "lat": [-6.0],
        "population": [4000.0],
        "connections": [1000.0],
        "collection_rate": [1.0],
    }
    return op.instance_from_tables(
        name="strata",
        title="Strata",
        currency="COP",
        price_year=2024,
        crs="EPSG:32718",
        towns=pd.DataFrame(towns),
        operator_models=pd.DataFrame({"operator_model": ["one"], "overhead_year": [100_000.0]}),
        households=pd.DataFrame(homes),
        tariff=Tariff(
            blocks_m3=(),
            shape=(0.0, 1.0),
            categories=(
                Category(category="one", factor=0.3, factor_up_to_m3=16.0),
                Category(category="six", factor=1.6),
            ),
        ),
        policy=Policy(affordable_share=0.5, **changes),
    )


def test_the_deficit_is_public_money_by_hand() -> None:
    """A year brings 216,960 u and lacks 12 (600 x 11.2 - 400 x 12) u = 23,040 u in solidarity.

    With the promise the subsidy is at least that: 216,960 u + 23,040 u = 100,000, so u = 100,000 /
    240,000: as much as if everybody paid the domestic schedule, 12 x 1,000 x 20 u. The subsidy is
    9,600, and the objective 100,000 + 3 x 9,600.
    """
    assert op.solve(strata()).objective == pytest.approx(100_000)
    plan = op.solve(strata(solidarity_balance=True))
    assert plan.objective == pytest.approx(128_800)
    assert plan.areas["operating_subsidy_year"].iloc[0] == pytest.approx(9_600)
    assert plan.finances["solidarity_balance_year"].iloc[0] == pytest.approx(-9_600)
    assert plan.tariffs["price"].xs("domestic", level="category").max() == pytest.approx(5 / 12)
    alone = stand_alone(op.case_of(plan.instance))
    assert alone.subsidy_year == pytest.approx([9_600])


def test_without_public_money_no_plan_and_the_reason() -> None:
    region = strata(solidarity_balance=True, operating_subsidy=False)
    assert op.solve(region).status == "infeasible"
    assert [found.promise for found in op.diagnose(region)] == ["operating_subsidy"]


def test_the_audit_sees_a_balance_that_is_not_kept() -> None:
    plan = op.solve(strata())
    wrong = plan.with_instance(strata(solidarity_balance=True))
    failures = audit(wrong).failures
    broken = failures[failures["rule"] == "solidarity_balance"]
    assert broken["amount"].to_numpy() == pytest.approx([-23_040 * 100_000 / 216_960])
    assert "solidarity_balance" not in set(audit(plan).failures["rule"])


def test_price_of_the_promise() -> None:
    plan = op.solve(strata(solidarity_balance=True))
    assert "solidarity_balance" in str(op.price_of(plan, "solidarity_balance"))


def test_money_scales_and_nothing_else() -> None:
    region = balanced(rich_region(1, policy=Policy(reach_hours=1.0)))
    plan = op.solve(region)
    towns, models = region.towns.copy(), region.operator_models.copy()
    money = ["fixed_cost_year", "connection_cost_year", "volume_cost_m3"]
    money += ["replacement_cost_year", "transition_cost_year"]
    towns[money] = 100.0 * towns[money]
    models[["overhead_year", "crew_hour_cost"]] *= 100.0
    homes = region.households.assign(income_month=100.0 * region.households["income_month"])
    dear = op.solve(region.replace(towns=towns, operator_models=models, households=homes))
    assert dear.objective == pytest.approx(100.0 * plan.objective, rel=1e-6)
    assert np.allclose(dear.bills["burden"], plan.bills["burden"], rtol=1e-4)
