"""Fixed plans under uncertain data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optimizer as op
from optimizer.analysis.what_if.fixed_plan import fixed_money
from optimizer.analysis.what_if.robustness import robustness
from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.uncertainty_fields import Uncertain
from optimizer.plan.plan import Plan
from optimizer.uncertainty.file import read_uncertain
from tests.support.regions import random_region

ONE = np.ones((1, 1))


@pytest.fixture(scope="module")
def alone() -> Plan:
    return op.evaluate(op.read("instances/pair"), "alone")


@pytest.fixture(scope="module")
def grouped() -> Plan:
    return op.evaluate(op.read("instances/pair"), "together")


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_unchanged_data_give_the_plan_itself(scope: str) -> None:
    policy = Policy(tariff_scope=scope, reach_hours=3.0, household_support_share=0.3)
    region = random_region(11, towns=5, policy=policy)
    plan = op.evaluate(region, "together")
    money = fixed_money(plan, {})
    finances = plan.finances
    for name, found in {
        "cost_year": money.cost_year,
        "board_fee_year": money.fee_year,
        "requirement_year": money.requirement_year,
        "income_year": money.income_year,
    }.items():
        assert found[0] == pytest.approx(finances[name].to_numpy(), rel=1e-9), name
    assert money.unaffordable.tolist() == [0]


def test_bills_follow_the_blocks() -> None:
    plan = op.evaluate(random_region(3, towns=4), "alone")
    factor = 1.3
    found = fixed_money(plan, {"consumption": np.array([[factor]])}).income_year[0]
    due = (plan.areas["operating_subsidy_year"] + plan.areas["transfer_year"]).to_dict()
    bills = plan.bills.reset_index()
    customers = plan.instance.customers.reset_index()
    tariffs = plan.tariffs.sort_index()
    columns = ["town", "category", "connections", "consumption_m3_month"]
    for table in (bills, customers):
        for town, category, count, use in table[columns].to_numpy().tolist():
            area = plan.towns.loc[town, "service_area"]
            key = town if plan.instance.policy.tariff_scope == "town" else ""
            bill = 0.0
            for name, row in tariffs.loc[(area, key, category)].iterrows():
                top = np.inf if np.isnan(row["to_m3"]) else row["to_m3"]
                volume = max(0.0, min(use * factor, top) - row["from_m3"])
                bill += row["price"] * (1.0 if name == "fixed charge" else volume)
            rate = plan.instance.towns.loc[town, "collection_rate"]
            due[area] += 12 * rate * count * bill
    assert found == pytest.approx(list(due.values()), rel=1e-9)


def test_each_kind_of_cost(grouped: Plan) -> None:
    # 60,000 overhead + 90,000 operation + 2,000 joining + 1,000 travel
    base = 153_000
    for name, extra in {
        "overhead": 60_000,
        "operation": 90_000,
        "transition": 2_000,
        "crew_hour_cost": 1_000,
        "replacement": 0,
        "connections": 90_000,
        "costs": base,
    }.items():
        cost = fixed_money(grouped, {name: 2 * ONE}).cost_year
        assert cost.ravel().tolist() == pytest.approx([base + extra]), name
    per_town = fixed_money(grouped, {"operation": np.array([[1.0, 2.0]])}).cost_year
    assert per_town.ravel().tolist() == pytest.approx([base + 30_000])  # Brisa's operation
    poorer = fixed_money(grouped, {"income": 0.25 * ONE})  # 8.50 of 250 is 3.4 %
    assert poorer.unaffordable.tolist() == [1]


def test_reserve_and_shares(grouped: Plan) -> None:
    # half of the bills come in: 76,500 short in every draw
    half = Uncertain(distribution="uniform", low=0.5, high=0.5, absolute=True)
    found = robustness(grouped, {"collection_rate": half}, draws=20)
    row = found.areas.iloc[0]
    assert row["covers_cost_share"] == 0
    assert row["reserve_year"] == pytest.approx(76_500)
    assert found.plans.loc["plan", "total_mean_year"] == pytest.approx(153_000 + 3 * 76_500)


def test_which_plan_is_best_depends_on_how_bad_it_gets(alone: Plan, grouped: Plan) -> None:
    plans = {"alone": alone, "grouped": grouped}
    costs = Uncertain(distribution="triangular", low=0.9, mode=1.0, high=1.3)
    found = robustness(plans, {"costs": costs}, draws=500, seed=4)
    assert (found.best_on_average, found.best_in_worst_tenth) == ("grouped", "grouped")
    assert len(found.totals) == 500
    # trips that may cost 100 times as much: 1,000 becomes up to 100,000 where towns are grouped
    trips = Uncertain(distribution="uniform", low=1, high=100)
    dear = robustness(plans, {"crew_hour_cost": trips}, draws=500, seed=4)
    # mean: 153,000 + 49,500 + 3 x 49,500; alone has no travel: 210,000
    assert dear.best_on_average == "alone"
    rare = Uncertain(distribution="lognormal", sd=1.5)  # median 1: seldom dear
    seldom = robustness(plans, {"crew_hour_cost": rare}, draws=2000, seed=4)
    assert seldom.best_on_average == "grouped"


def test_problems_of_the_file(tmp_path: Path, grouped: Plan) -> None:
    file = tmp_path / "uncertain.toml"
    file.write_text('[costs]\ndistribution = "uniform"\nlow = 0.9\nhigh = 1.1\n', encoding="utf-8")
    assert read_uncertain(file)["costs"].high == 1.1
    assert len(robustness(grouped, file, draws=10).totals) == 10
    for text, word in {
        '[cost]\ndistribution = "normal"\nsd = 0.1': "did you mean 'costs'",
        '[costs]\ndistribution = "uniform"\nlow = 1': "needs high",
        '[costs]\ndistribution = "uniform"\nlow = 2\nhigh = 1': "must rise",
        '[costs]\ndistribution = "normal"\nsd = 1\nabsolute = true': "cannot be drawn as a value",
        "": "is empty",
    }.items():
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InstanceError, match=word):
            read_uncertain(file)
    with pytest.raises(PolicyError, match="draws"):
        robustness(grouped, {}, draws=0)
