"""The audit of demand that responds: honest plans pass, deliberate breaks are named."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.plan.plan import Plan
from tests.support.demand_regions import demand_region

Break = Callable[[Plan], Plan]


@functools.cache
def responding() -> Plan:
    """Two shapes, two of four towns with shops, elasticities and meters mixed."""
    region = demand_region(5, operating_subsidy=True)
    assert region.demand.shapes
    return op.solve(region)


def with_table(plan: Plan, name: str, frame: pd.DataFrame) -> Plan:
    return dataclasses.replace(plan, **{name: frame})


def more_use(plan: Plan) -> Plan:
    """One household group is said to use a tenth of a cubic metre more."""
    bills = plan.bills.copy()
    row = bills["consumption_change"].abs().argmax()
    bills.iloc[row, bills.columns.get_loc("consumption_m3_month")] += 0.1
    return with_table(plan, "bills", bills)


def use_of_today(plan: Plan) -> Plan:
    bills = plan.bills.assign(
        consumption_m3_month=plan.bills["consumption_today_m3_month"], consumption_change=0.0
    )
    return with_table(plan, "bills", bills)


def dearer(plan: Plan) -> Plan:
    """All prices rise by 1 % and nobody answers."""
    return with_table(plan, "tariffs", plan.tariffs.assign(price=1.01 * plan.tariffs["price"]))


def other_today(plan: Plan) -> Plan:
    bills = plan.bills.copy()
    bills.iloc[0, bills.columns.get_loc("consumption_today_m3_month")] += 1.0
    return with_table(plan, "bills", bills)


def more_forgone(plan: Plan) -> Plan:
    books = plan.finances.assign(forgone_water_year=plan.finances["forgone_water_year"] + 100.0)
    return with_table(plan, "finances", books)


def worse_than_menu(plan: Plan) -> Plan:
    outcome = dataclasses.replace(plan.outcome, refined_saving_year=-500.0)
    return dataclasses.replace(plan, outcome=outcome)


def off_the_menu(plan: Plan) -> Plan:
    """The last block alone is cheaper: no multiple of a shape any more."""
    tariffs = plan.tariffs.copy()
    last = tariffs.index.get_level_values("component") == "block 3"
    tariffs.loc[last, "price"] *= 0.95
    return with_table(plan, "tariffs", tariffs)


BREAKS: list[tuple[Break, str, str]] = [
    (more_use, "demand_response", "bills: consumption_m3_month"),
    (use_of_today, "demand_response", "bills: consumption_m3_month"),
    (dearer, "demand_response", "bills: consumption_m3_month"),
    (other_today, "tables", "consumption_today_m3_month"),
    (more_forgone, "demand_response", "forgone_water_year"),
    (worse_than_menu, "objective", "more than those of the menu"),
    (off_the_menu, "tariff_shape", "no multiple of a shape"),
]


def test_the_plan_passes_and_consumption_is_counted() -> None:
    found = responding().audit()
    assert found.passed, str(found)
    assert found.checked["demand_response"] > len(responding().bills)
    assert responding().bills["consumption_change"].abs().max() > 0.02


@pytest.mark.parametrize(("change", "rule", "words"), BREAKS, ids=[b[0].__name__ for b in BREAKS])
def test_break_is_named(change: Break, rule: str, words: str) -> None:
    found = change(responding()).audit().failures
    named = found.loc[found["rule"] == rule, "message"]
    assert named.str.contains(words).any(), found.to_string()


@pytest.mark.parametrize("seed", range(100, 110))
def test_plans_of_many_kinds_pass(seed: int) -> None:
    """Each scope, menus with and without levels, one shape and two, evaluated groupings too."""
    region = demand_region(seed, operating_subsidy=True, subsidy_budget_year=None)
    alone = op.evaluate(region, "alone")
    assert alone.audit().sound, str(alone.audit())
    together = dict.fromkeys(region.towns.index, "all")
    assert op.evaluate(region, together).audit().sound


def test_a_saving_without_a_menu_is_named() -> None:
    plan = op.solve(op.read("instances/pair"))
    outcome = dataclasses.replace(plan.outcome, refined_saving_year=5.0)
    found = dataclasses.replace(plan, outcome=outcome).audit().failures
    assert found["message"].str.contains("without a menu").any()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_shows_consumption(language: str, tmp_path: object) -> None:
    page = responding().report(f"{tmp_path}/page.html", language=language).read_text("utf-8")
    words = {
        "en": ("Consumption at these bills", "consumption today", "no saving of the plan"),
        "es": ("Consumo con estos recibos", "consumo hoy", "no es un ahorro del plan"),
    }
    assert all(text in page for text in words[language])
    assert "consumption     " in str(responding())
    off = op.solve(op.read("instances/pair"))
    assert words["en"][0] not in off.report(f"{tmp_path}/off.html").read_text("utf-8")
    assert "consumption     " not in str(off)


def test_a_run_keeps_what_was_refined(tmp_path: object) -> None:
    region = demand_region(5, operating_subsidy=True)
    plan = op.solve(region.replace(demand=region.demand.replace(levels=(0.2, 1.0, 5.0))))
    again = op.read_plan(plan.write(f"{tmp_path}/run"))
    assert again.outcome.refined_saving_year == plan.outcome.refined_saving_year
    assert again.audit().passed
    assert "objective and bound are the menu's" in " ".join(str(plan).split())
    page = plan.report(f"{tmp_path}/page.html").read_text("utf-8")
    assert "Objective and bound are those of the menu" in page


def test_a_given_grouping_may_have_no_schedule_of_the_menu_in_common() -> None:
    """One town can afford only the steep shape of the menu, the other only the flat one."""
    pair = op.read("instances/pair")
    region = pair.replace(
        tariff=pair.tariff.model_copy(update={"ladder": 9.0, "fixed_charge_share": 0.9}),
        households=pair.households.assign(
            consumption_m3_month=[5.0, 30.0], income_month=[240.0, 3_000.0]
        ),
        demand=op.Demand(shapes=((9.0, 1.0, 1.0), (0.0, 1.0, 9.0)), levels=(1.0,)),
        policy=pair.policy.replace(demand_response=True),
    )
    # Alba, 7.20 at most: 9 + 5 = 14 or 5. Brisa, 90 at most: 9 + 30 = 39 or 20 + 90 = 110.
    plan = op.evaluate(region, "together")
    assert np.isfinite(plan.objective)
    assert plan.audit().sound
    assert op.solve(region).areas["town_count"].tolist() == [1, 1]


def test_comparison_shows_consumption(tmp_path: object) -> None:
    region = demand_region(5, operating_subsidy=True)
    both = op.compare({"alone": op.evaluate(region, "alone"), "best": responding()})
    figures = both.statistics.loc[("consumption_m3_month", "m3/month")]
    assert (figures > 0).all()
    assert "households use" in str(both)
    page = both.report(f"{tmp_path}/both.html").read_text("utf-8")
    assert "mean household consumption at these bills" in page


@pytest.mark.parametrize("income", [1e-5, 1.0, 100.0])
def test_towns_that_pay_next_to_nothing_use_more_and_may_need_more(income: float) -> None:
    """At 3 % of so little water is nearly free: 13 m3 a month instead of 10, 3 x 0.10 more each."""
    region = op.read("instances/answering")
    poor = region.replace(households=region.households.assign(income_month=income))
    plan = op.solve(poor)
    assert plan.audit().passed
    if income <= 1.0:
        alba = plan.towns.loc["alba"]
        paid = 12 * 1000 * 0.03 * income
        assert alba["alone_subsidy_year"] == pytest.approx(132_000 + 12 * 1000 * 3 * 0.1 - paid)
    lacking = plan.towns.assign(alone_subsidy_year=plan.towns["alone_subsidy_year"] + 50_000.0)
    rules = set(dataclasses.replace(plan, towns=lacking).audit().failures["rule"])
    assert "stand_alone" in rules
