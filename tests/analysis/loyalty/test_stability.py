"""Who would leave, and what keeps everybody: answers worked by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.analysis.games import core_violations
from optimizer.analysis.loyalty.stability import stability
from optimizer.analysis.loyalty.stability_payments import payments
from optimizer.errors import InfeasibleError, PolicyError
from optimizer.plan.build import empty_plan
from optimizer.plan.plan import Outcome
from optimizer.solving.group_rules import group_rules
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import group_value
from tests.support.regions import random_region
from tests.support.stability_regions import dear_and_cheap, empty_core, flat_region


def test_line_is_stable_and_its_least_core_is_the_hand_worked_one() -> None:
    # Four towns cost 260,000 + travel: without uno, dos, tres, cuatro, cinco 4, 5, 6, 5, 4
    # thousand. The four save x_i - (306 - c(N - i)); the sum of (306 - c) is 206, so each saves
    # (306 - 206) / 5 = 20, and the end towns pay 62, their neighbours 61, the middle 60 thousand.
    found = stability(op.solve(op.read("instances/line")))
    area = found.areas.iloc[0]
    assert found.stable
    assert area["verdict"] == "stable"
    assert area["epsilon_year"] == pytest.approx(20e3)
    shares = found.shares["nucleolus_year"].droplevel("service_area")
    assert shares.loc[["uno", "dos", "tres", "cuatro", "cinco"]].tolist() == pytest.approx(
        [62e3, 61e3, 60e3, 61e3, 62e3]
    )
    assert found.leavers.empty
    assert found.towns["surcharge_year"].eq(0).all()


def test_payments_add_up_to_the_value_of_every_area() -> None:
    for seed in (0, 3, 11):
        policy = random_region(seed).policy.replace(tariff_scope="service_area")
        plan = op.evaluate(random_region(seed).replace(policy=policy), "together")
        for measure, column in (("value", "value_year"), ("requirement", "requirement_year")):
            paid = payments(plan, measure).groupby(plan.towns["service_area"]).sum()
            expected = plan.areas[column]
            pd.testing.assert_series_equal(
                paid.loc[expected.index], expected, check_names=False, rtol=1e-7
            )


def test_empty_core_needs_forty_thousand_shared_by_all() -> None:
    found = stability(op.evaluate(empty_core(), "together"))
    area = found.areas.iloc[0]
    assert area["verdict"] == "only with a subsidy"
    assert bool(area["core_empty"])
    assert area["epsilon_year"] == pytest.approx(60e3 - 2 * 130e3 / 3)
    # each pays 43,333, a pair 86,667 instead of 60,000
    assert area["leavers_gain_year"] == pytest.approx(2 * 130e3 / 3 - 60e3)
    assert area["leavers_count"] == 2
    assert area["stabilising_subsidy_year"] == pytest.approx(40e3, abs=0.1)
    assert found.towns["subsidy_year"].tolist() == pytest.approx([40e3 / 3] * 3, abs=0.1)
    assert found.towns["surcharge_year"].tolist() == pytest.approx([0.0] * 3, abs=0.1)
    assert len(found.leavers) == 3  # the three pairs; a town alone pays 60,000
    assert not found.rules["in_core"].any()


def test_smallest_departures_from_one_price() -> None:
    found = stability(op.evaluate(dear_and_cheap(), "together"))
    area = found.areas.iloc[0]
    assert area["verdict"] == "stable with surcharges and rebates"
    assert area["leavers"] == "t1"
    assert area["leavers_gain_year"] == pytest.approx(40e3)
    assert found.towns["surcharge_year"].tolist() == pytest.approx([40e3, -40e3], abs=0.1)
    assert found.towns["surcharge_share"].tolist() == pytest.approx([0.25, -0.25], abs=1e-6)
    assert area["departures_year"] == pytest.approx(80e3, abs=0.1)
    assert area["stabilising_subsidy_year"] == 0.0
    assert area["rebates_at_one_price_year"] == pytest.approx(40e3, abs=0.1)
    assert found.towns["rebate_at_one_price_year"].tolist() == pytest.approx([0, 40e3], abs=0.1)


def test_affordability_leaves_half_of_the_surcharge() -> None:
    # Income 500: bills up to 15. At one price they are 13.33, so t0 has room for 20,000 a year of
    # the 40,000 that t1 pays too much. Alone, t0 cannot pay its 220,000 (18.33 a month): it keeps
    # 180,000 and 40,000 of public money, value 340,000, so only t1 would leave.
    found = stability(op.evaluate(dear_and_cheap(rich_income=500.0), "together"))
    area = found.areas.iloc[0]
    assert area["verdict"] == "only with a subsidy: no affordable sharing keeps everybody"
    assert found.towns["surcharge_year"].tolist() == pytest.approx([20e3, -20e3], abs=0.1)
    assert found.towns["subsidy_year"].tolist() == pytest.approx([0.0, 20e3], abs=0.1)
    assert found.towns["alone_year"].tolist() == pytest.approx([340e3, 120e3])


def test_rich_and_poor_by_requirement() -> None:
    # One price stops at 9 a month: 108,000 in each town, and 104,000 of public money shared by
    # cost (210 : 110), so Pobre is charged 143,750 and needs 120,000 alone.
    plan = op.evaluate(op.read("instances/rich_and_poor"), "together")
    found = stability(plan, measure="requirement")
    assert found.towns["pays_year"].to_dict() == pytest.approx({"rica": 176250, "pobre": 143750})
    assert found.areas["leavers"].tolist() == ["Pobre"]
    assert found.towns["surcharge_year"].to_dict() == pytest.approx(
        {"rica": 23750, "pobre": -23750}, abs=0.1
    )
    assert found.shares["shapley_year"].tolist() == pytest.approx([210e3, 110e3])


def test_weighted_public_money_makes_both_leave() -> None:
    # By value: Rica 108,000 + 4 x 68,250 = 381,000 against 220,000; Pobre 251,000 against 156,000.
    plan = op.evaluate(op.read("instances/rich_and_poor"), "together")
    found = stability(plan)
    assert found.leavers["gain_year"].tolist() == pytest.approx([161e3, 95e3])
    assert found.areas["stabilising_subsidy_year"].tolist() == pytest.approx([256e3], abs=0.1)
    assert "Rica would gain 161,000" in str(found)
    assert all(len(line) <= 100 for line in str(found).splitlines())


def test_region_tariff_is_left_by_the_town_that_carries_it() -> None:
    # Apart under one price of 9: Rica brings 108,000 of 220,000 and by itself would bring it all;
    # counted 108,000 + 4 x 112,000 = 556,000. Pobre pays what it would anyway (156,000).
    region = op.read("instances/rich_and_poor")
    region = region.replace(policy=region.policy.replace(tariff_scope="region"))
    found = stability(op.evaluate(region, "alone"))
    assert found.areas["verdict"].to_dict() == {
        "rica": "would do better as an area of its own",
        "pobre": "one town",
    }
    assert found.leavers["gain_year"].tolist() == pytest.approx([336e3])


def test_who_cannot_be_served_cannot_leave() -> None:
    # Operators need 1,500 connections: no single town can leave, two of the three can.
    region = flat_region([0.0, 0.0, 90.0], overheads=[(60e3, 1500, 3000)])
    found = stability(op.evaluate(region, "together"))
    # 150,000 at one price: 50,000 each; t0 and t1 cost 60,000 together and pay 100,000
    assert np.isinf(found.towns["alone_year"]).all()
    assert found.leavers[["towns", "gain_year"]].to_numpy().tolist() == [
        ["t0, t1", pytest.approx(40e3)]
    ]
    rules = found.rules.droplevel("service_area")
    assert "infinite cost" in rules["note"].loc["shapley"]
    assert found.shares["shapley_year"].isna().all()
    # t2 pays 90,000 more, the others 30,000 each: nothing but its own cost
    assert found.areas["stabilising_subsidy_year"].tolist() == [0.0]
    assert found.towns["surcharge_year"].tolist() == pytest.approx([-20e3, -20e3, 40e3], abs=0.1)


def test_planners_rules_bind_those_who_leave() -> None:
    region = dear_and_cheap()
    tied = region.replace(policy=region.policy.replace(keep_together=(("t0", "t1"),)))
    assert stability(op.evaluate(tied, "together")).stable
    assert not stability(op.evaluate(region, "together")).stable


def test_surcharges_leave_no_coalition_that_gains() -> None:
    for seed in range(5):
        region = random_region(seed, towns=5)
        policy = region.policy.replace(
            tariff_scope="service_area", household_support_share=0.0, operating_subsidy=True
        )
        plan = op.evaluate(region.replace(policy=policy), "together")
        found = stability(plan)
        case = op.case_of(plan.instance)
        for label, row in found.areas.iterrows():
            towns = found.towns[found.towns["service_area"] == label]
            then = towns["pays_then_year"]
            assert then.sum() == pytest.approx(row["pays_year"] - row["stabilising_subsidy_year"])
            assert row["stabilising_subsidy_year"] <= row["rebates_at_one_price_year"] + 1
            left = core_violations(game_of(case, then, row["pays_year"]), then)
            assert (left["violation"] <= 2e-6 * row["pays_year"]).all()


def game_of(case: Case, towns: pd.Series, total: float) -> dict[frozenset[str], float]:
    """All coalitions by the value of a group, one by one; together they cost what they pay."""
    place = {str(t): k for k, t in enumerate(case.reach.towns)}
    rules, game = group_rules(case), {}
    for size in range(1, len(towns) + 1):
        for names in itertools.combinations([str(t) for t in towns.index], size):
            members = [place[name] for name in names]
            value = group_value(case, members).value_year if rules.allows(members) else np.inf
            game[frozenset(names)] = total if size == len(towns) else value
    return game


def test_input_is_checked() -> None:
    region = op.read("instances/pair")
    with pytest.raises(PolicyError, match="unknown: use one of value, requirement"):
        stability(op.evaluate(region, "alone"), measure="bills")  # type: ignore[arg-type]
    with pytest.raises(InfeasibleError, match="no service areas"):
        stability(empty_plan(region, Outcome("infeasible", np.inf, np.inf)))
