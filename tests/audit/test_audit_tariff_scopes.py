"""The hand-worked plan under other kinds of tariff: per town, regional, given shape."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from optimizer.audit import audit
from optimizer.instance.schema.fields import Category
from optimizer.plan.plan import Plan
from tests.support.hand_plan import good_plan


def per_town(plan: Plan) -> Plan:
    """The same prices, written once for each town."""
    policy = plan.instance.policy.replace(tariff_scope="town")
    rows = plan.tariffs.reset_index()
    parts = [
        rows[rows["service_area"] == area].assign(town=town)
        for town, area in plan.towns["service_area"].items()
    ]
    tariffs = pd.concat(parts).set_index(["service_area", "town", "category", "component"])
    plan = plan.with_instance(plan.instance.replace(policy=policy))
    return dataclasses.replace(plan, tariffs=tariffs)


def regional(plan: Plan) -> Plan:
    """C on the tariff of A, with 1,000 a year from A's surplus.

    C bills 8.5 to all: 12 x 0.8 x 400 x 8.5 = 32,640, so it needs 27,360, of which 1,000 from the
    fund and 26,360 in subsidy; A needs 1,000 more: 6,840. No household of C needs support:
    8.5 / 200, and the most would be 0.2 x 8.5 = 1.7. Value: 200,000 + 3 (6,840 + 1,500);
    60,000 + 3 x 26,360.
    """
    policy = plan.instance.policy.replace(tariff_scope="region", subsidy_budget_year=None)
    tariffs = plan.tariffs.copy()
    tariffs.loc["C", "price"] = tariffs.loc["A", "price"].to_numpy()
    bills = plan.bills.copy()
    bills.loc[["C"], ["bill_month", "support_month", "paid_month"]] = [8.5, 0.0, 8.5]
    bills.loc[["C"], "burden"] = [0.0425, 0.02125]
    bills.loc[["C"], ["support_most_month", "supported_connections", "support_year"]] = [1.7, 0, 0]
    finances, areas, towns = plan.finances.copy(), plan.areas.copy(), plan.towns.copy()
    finances.loc["C", ["billed_households_year", "uncollected_year"]] = [40_800.0, 8_160.0]
    for frame in (finances, areas):
        frame["revenue_year"] = [194_160.0, 32_640.0]
        frame["operating_subsidy_year"] = [6_840.0, 26_360.0]
        frame["transfer_year"] = [-1_000.0, 1_000.0]
        frame["household_support_year"] = [1_500.0, 0.0]
    areas["value_year"] = [225_020.0, 139_080.0]
    areas["burden_worst"] = [0.05, 0.0425]
    towns.loc["C", ["revenue_year", "operating_subsidy_year"]] = [32_640.0, 27_360.0]
    towns.loc["C", ["household_support_year", "bill_month"]] = [0.0, 8.5]
    towns.loc["C", ["burden_worst", "bill_change_month", "gains"]] = [0.0425, -2.75, "gains"]
    return dataclasses.replace(
        plan.with_instance(plan.instance.replace(policy=policy)),
        areas=areas,
        towns=towns,
        tariffs=tariffs,
        bills=bills,
        finances=finances,
        outcome=dataclasses.replace(plan.outcome, objective=364_100.0),
    )


def shaped(plan: Plan, *categories: Category) -> Plan:
    """A's prices as the given shape."""
    tariff = plan.instance.tariff.model_copy(
        update={"shape": (2.0, 1.5, 2.0), "categories": categories}
    )
    return plan.with_instance(plan.instance.replace(tariff=tariff))


def rules(plan: Plan) -> list[tuple[str, str]]:
    found = audit(plan).failures
    return list(zip(found["rule"], found["service_area"], strict=True))


def test_one_schedule_per_town() -> None:
    plan = per_town(good_plan())
    assert rules(plan) == []
    without = dataclasses.replace(plan, tariffs=plan.tariffs.drop(index="B", level="town"))
    missing = audit(without).failures
    assert missing[missing["rule"] == "tariff_scope"]["town"].tolist() == ["B"]


def test_one_schedule_for_the_region() -> None:
    plan = regional(good_plan())
    assert rules(plan) == []
    tariffs = plan.tariffs.copy()
    tariffs.loc[("C", "", "domestic", "block 2"), "price"] = 1.1
    tariffs.loc[("C", "", "commercial", "block 2"), "price"] = 2.2
    assert ("tariff_scope", "C") in rules(dataclasses.replace(plan, tariffs=tariffs))


def test_transfers_of_a_region_sum_to_zero() -> None:
    plan = regional(good_plan())
    finances = plan.finances.copy()
    finances.loc["C", "transfer_year"] = 1_500.0
    found = audit(dataclasses.replace(plan, finances=finances)).failures
    assert found[found["rule"] == "transfers"]["amount"].tolist() == pytest.approx([500.0])


def test_given_shape_allows_multiples_only() -> None:
    """A is the shape times 0.5; C (2.5, 1, 1.5) is no multiple of (2, 1.5, 2)."""
    plan = shaped(good_plan(), Category(category="commercial", factor=2.0))
    assert set(rules(plan)) == {("tariff_shape", "C")}


def test_category_with_a_shape_of_its_own() -> None:
    """Shops of A pay 4 a month and 3 to 10 m3, 4 above, times 0.5: the prices of the plan."""
    own = Category(category="commercial", blocks_m3=(10.0,), shape=(4.0, 3.0, 4.0))
    assert {area for _, area in rules(shaped(good_plan(), own))} == {"C"}
    other = Category(category="commercial", blocks_m3=(12.0,), shape=(4.0, 3.0, 4.0))
    assert ("tables", "A") in rules(shaped(good_plan(), other))
