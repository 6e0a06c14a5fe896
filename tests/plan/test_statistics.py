"""Key figures, summary and shortcuts of a plan, on the plan worked out by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from optimizer.audit import Audit
from optimizer.instance.instance import Derived
from optimizer.instance.schema.plan_tables import TABLES, check_columns, empty_table, label_of
from optimizer.plan.plan import Outcome, Plan
from optimizer.plan.statistics import METRICS, people_over_limit, statistics
from optimizer.plan.summary import summary
from tests.support.hand_plan import good_plan

# Mean bill: (1,000 x 10.5 + 500 x 8.25 + 400 x 11.25) / 1,900 = 19,125 / 1,900.
# Travel: 0.5 h for 500 of 2,000 connections. Saving: 134,250 + 82,500 + 60,000 - 260,000.
EXPECTED = {
    "objective": 336_020.0,
    "bound": 320_000.0,
    "gap": 16_020.0 / 336_020.0,
    "requirement_year": 260_000.0,
    # A 500 x 10 + 500 x 14, B 500 x 10, C 400 x 10 m3 of 1,900 households
    "consumption_m3_month": 21_000.0 / 1_900.0,
    "forgone_water_year": 0.0,
    "cost_year": 208_000.0,
    "operating_subsidy_year": 17_840.0,
    "household_support_year": 7_500.0,
    "public_money_year": 25_340.0,
    "tariff_recovery_share": 242_160.0 / 260_000.0,
    "operators": 2.0,
    "towns_sharing": 2.0,
    "areas_in_pieces": 0,
    "people_without_service": math.nan,  # no coverage is known
    "people_over_limit": 0.0,
    "burden_worst": 0.05,
    "bill_mean_month": 19_125.0 / 1_900.0,
    "travel_hours_mean": 0.125,
    "travel_hours_most": 0.5,
    "towns_gain": 1.0,
    "towns_lose": 1.0,
    "towns_same": 1.0,
    "towns_not_alone": 0.0,
    "saving_year": 16_750.0,
    "cross_subsidy_year": 27_914.4375,
}


def evaluated(plan: Plan) -> Plan:
    told = dataclasses.replace(
        plan.outcome, status="evaluated", bound=math.nan, broken_promises=("reach: B is too far",)
    )
    return dataclasses.replace(plan, outcome=told)


def limit_at(plan: Plan, share: float) -> Plan:
    policy = plan.instance.policy.replace(affordable_share=share)
    return plan.with_instance(plan.instance.replace(policy=policy))


@pytest.mark.parametrize("name", [m.name for m in METRICS])
def test_key_figures_by_hand(name: str) -> None:
    found = statistics(good_plan()).xs(name, level="metric")["plan"].iloc[0]
    assert found == pytest.approx(EXPECTED[name], rel=1e-12, nan_ok=True)


def test_many_plans_side_by_side_with_units() -> None:
    table = statistics({"one": good_plan(), "two": evaluated(good_plan())})
    assert table.columns.tolist() == ["one", "two"]
    assert table.index.names == ["metric", "unit"]
    assert table.loc[("cost_year", "money/year")].tolist() == [208_000.0, 208_000.0]
    assert np.isnan(table.loc[("gap", "share 0-1"), "two"])


def test_people_with_unaffordable_bills() -> None:
    """At 4 %: q1 of A (2,000 people at 4.25 %), of B (1,000 at 5 %) and of C (800 at 5 %)."""
    assert people_over_limit(limit_at(good_plan(), 0.04)) == pytest.approx(3_800.0)
    assert people_over_limit(limit_at(good_plan(), 0.045)) == pytest.approx(1_800.0)


def test_shortcuts_of_a_plan() -> None:
    plan = good_plan()
    assert (plan.objective, plan.bound, plan.status) == (336_020.0, 320_000.0, "time_limit")
    assert plan.gap == pytest.approx(16_020.0 / 336_020.0)
    assert plan.seconds == {"build": 0.1, "solve": 1.5}
    assert isinstance(plan.audit(), Audit)
    assert plan.statistics().equals(statistics(plan))


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (100.0, 90.0, 0.1),
        (100.0, 100.0, 0.0),
        (100.0, 100.1, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, -1.0, math.inf),
        (100.0, -math.inf, math.inf),
    ],
)
def test_gap(objective: float, bound: float, gap: float) -> None:
    assert Outcome("time_limit", objective, bound).gap == pytest.approx(gap)


def test_gap_without_a_bound_is_not_zero() -> None:
    assert math.isnan(Outcome("evaluated", 100.0, math.nan).gap)


def test_summary_is_one_screen_and_tells_what_matters() -> None:
    text = str(good_plan())
    assert text == repr(good_plan()) == summary(good_plan())
    lines = text.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 100
    for part in (
        "money in PEN of 2024",
        "3 towns (7,600 people) under 2 operators; 2 of them share 1 operator",
        "260,000 a year required, 242,160 of it from bills (93.1%)",
        "operating subsidy 17,840, household support 7,500 a year",
        "heaviest burden 5.00% of income (Bajo, q1)",
        "nobody",
        "1 with a lower bill, 1 with a higher bill, 1 with the same",
        "no plan below 320,000: gap 4.7676%",
        "every datum was given",
    ):
        assert part in " ".join(text.split()), part


def test_summary_names_who_cannot_pay_and_what_is_broken() -> None:
    text = " ".join(str(evaluated(limit_at(good_plan(), 0.04))).split())
    assert "3,800 people in 3 towns: Alto, Bajo, Cuesta" in text
    assert "reach: B is too far" in text
    assert "no bound was computed" in text


def test_summary_says_what_was_derived() -> None:
    plan = good_plan()
    derived = (Derived("towns", "trips_year", 3, "from [costs]"),)
    plan = plan.with_instance(plan.instance.replace(derived=derived))
    assert "towns.trips_year" in str(plan)


def test_plan_without_areas_prints_and_counts() -> None:
    plan = good_plan()
    nothing = dataclasses.replace(
        plan,
        areas=empty_table("areas"),
        towns=plan.towns.iloc[:0],
        tariffs=empty_table("tariffs"),
        bills=empty_table("bills"),
        finances=empty_table("finances"),
        outcome=Outcome("infeasible", math.nan, math.nan),
    )
    assert check_columns(nothing) == []
    assert "no plan keeps every promise" in str(nothing)
    assert statistics(nothing).loc[("operators", "operators"), "plan"] == 0.0
    assert nothing.audit().failures["rule"].tolist() == ["status"]


def test_columns_of_every_table_are_described() -> None:
    assert check_columns(good_plan()) == []
    for table in TABLES.values():
        names = [c.name for c in table.index + table.columns]
        assert len(names) == len(set(names))
        assert all(c.unit and c.meaning for c in table.index + table.columns)
    assert label_of("bills", "burden") == "paid bill over income (share 0-1)"
