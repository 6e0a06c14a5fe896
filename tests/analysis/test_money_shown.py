"""Money is shown as money, the weighted sum as such; comparisons tell moves and broken promises."""

from __future__ import annotations

import pandas as pd
import pytest

import optimizer as op
from optimizer.analysis.compare.grouping_difference import moved_towns
from optimizer.analysis.what_if.scenario_file import Scenario
from optimizer.analysis.what_if.scenarios import scenarios
from optimizer.instance.schema.policy import Policy
from optimizer.messages.words import words_of
from optimizer.plan.plan import Plan
from optimizer.report.figures import percent
from optimizer.report.page.answer import answer
from tests.support.regions import random_region


@pytest.fixture(scope="module")
def supported() -> Plan:
    """A plan in which the state pays subsidies and a part of poor households' bills."""
    policy = Policy(
        household_support_share=0.5, affordable_share=0.015, reach_hours=3.0, public_money_price=3.0
    )
    plan = op.evaluate(random_region(11, towns=5, policy=policy), "together")
    assert (plan.areas["household_support_year"] > 0).any()
    return plan


def test_support_counts_as_public_money_and_not_as_what_customers_pay(supported: Plan) -> None:
    """What customers pay and public money add up to what service needs."""
    areas = supported.areas
    public = areas[["operating_subsidy_year", "household_support_year"]].sum().sum()
    need = areas["requirement_year"].sum()
    text = " ".join(answer(supported, words_of("en")))
    share = percent(float(1.0 - public / need), words_of("en"))
    assert f"needs PEN {need:,.0f} a year, of which customers pay {share}" in text
    assert f"public money {public:,.0f}" in text


def test_scenarios_print_money_and_call_the_weighted_sum_weighted() -> None:
    found = scenarios(op.read("instances/pair"), {"dear": Scenario(multiply={"costs": 1.2})})
    head = str(found).splitlines()[0].split()
    money = ["cost_year", "public_money_year", "bill_month", "broken", "weighted_year"]
    assert set(money) | {"weighted_change", "weighted_regret"} <= set(head)
    assert head.index("cost_year") < head.index("weighted_year")
    assert "weighted: cost and 3 times public money" in str(found)


@pytest.mark.parametrize("size", [100.0, 9000.0])
def test_one_town_that_leaves_an_area_of_five_is_one_town_that_moves(size: float) -> None:
    towns = pd.Index(["a", "b", "c", "d", "e"])
    weight = pd.Series([size, 500.0, 500.0, 500.0, 500.0], index=towns)
    before = pd.Series("x", index=towns)
    after = pd.Series(["y", "x", "x", "x", "x"], index=towns)
    assert moved_towns(before, after, weight).tolist() == [True, False, False, False, False]
    assert moved_towns(after, before, weight).tolist() == [True, False, False, False, False]


def test_a_grouping_that_was_brought_since_changes_no_data() -> None:
    pair = op.read("instances/pair")
    more = pair.replace(
        groupings={**pair.groupings, "mine": pd.Series(["x", "x"], index=pair.towns.index)}
    )
    found = op.compare({"one": op.evaluate(pair, "alone"), "two": op.evaluate(more, "alone")})
    assert found.same_data
    dear = pair.replace(towns=pair.towns.assign(fixed_cost_year=1000.0))
    other = op.compare({"one": op.evaluate(pair, "alone"), "two": op.evaluate(dear, "alone")})
    assert not other.same_data


def test_a_comparison_tells_the_promises_that_its_plans_break() -> None:
    pair = op.read("instances/pair")
    keys = [str(town) for town in pair.towns.index]
    apart = pair.replace(policy=pair.policy.replace(keep_apart=((keys[0], keys[1]),)))
    broken = op.evaluate(apart, dict.fromkeys(keys, "x"))
    assert len(broken.outcome.broken_promises) == 1
    text = str(op.compare({"alone": op.evaluate(pair, "alone"), "together": broken}))
    assert "together breaks 1 promise:" in text
    assert broken.outcome.broken_promises[0] in text
    assert "alone breaks" not in text
