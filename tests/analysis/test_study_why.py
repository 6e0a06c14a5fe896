"""Why, and at what price: figures follow from the hand-worked regions."""

from __future__ import annotations

import numpy as np
import pytest

import optimizer as op
from optimizer.analysis.explain.marginal_cost import area_contributions
from optimizer.analysis.explain.price import price_of
from optimizer.analysis.explain.relaxations import relaxable, relaxations_of
from optimizer.analysis.explain.why import why, why_all
from optimizer.errors import PolicyError
from optimizer.plan.plan import Plan
from tests.support.regions import WIDE_LIMITS


@pytest.fixture(scope="module")
def line() -> Plan:
    return op.solve(op.read("instances/line"))


@pytest.fixture(scope="module")
def islands() -> Plan:
    return op.solve(op.read("instances/islands"))


def test_leaving_the_line(line: Plan) -> None:
    # without Uno, Tres drives 2 h instead of 3: 100,000 + 160,000 + 4,000; Uno alone 140,000
    found = why(line, "uno")
    assert found.service_area == "tres"
    assert found.next_best == "alone"
    alone = found.options.loc["alone"]
    assert alone["weighted_change_year"] == pytest.approx(404_000 - 306_000)
    assert alone["bill_month"] == pytest.approx(140_000 / 12_000)
    assert alone["bill_change_month"] == pytest.approx(140_000 / 12_000 - 5.1)


def test_a_poor_town_and_public_money(islands: Plan) -> None:
    # Norte alone: 140,000, 72,000 come in; Medio and Sur 191,000: value 535,000 instead of 320,000
    found = why(islands, "norte")
    assert list(found.options.index) == ["medio", "alone"]  # the other islands are out of reach
    alone = found.options.loc["alone"]
    assert alone["weighted_change_year"] == pytest.approx(215_000)
    assert alone["public_money_change_year"] == pytest.approx(68_000 - 26_000)
    assert alone["requirement_change_year"] == pytest.approx(331_000 - 242_000)


def test_what_prevents_an_option() -> None:
    # around the lake an operator runs two towns, and areas are connected by land
    ring = op.evaluate(
        op.read("instances/ring"),
        {
            "alba": "a",
            "boca": "a",
            "caleta": "c",
            "dique": "c",
            "estero": "e",
            "faro": "e",
        },
    )
    assert why(ring, "alba").options["prevents"].to_dict() == {
        "a": "",
        "alone": "",
        "c": "connected",
        "e": "viable_size",
    }
    all_towns = why_all(ring)
    assert (all_towns["next_best"] == "alone").all()


def test_moving_between_areas_of_a_given_grouping() -> None:
    # Uno+Dos (1,000 travel) and the rest from Cuatro (2,000): Dos moved to the others (operator
    # in Tres or Cuatro, 4,000 travel) changes travel by +1,000
    grouping = {"uno": "west", "dos": "west", "tres": "east", "cuatro": "east", "cinco": "east"}
    plan = op.evaluate(op.read("instances/line"), grouping)
    found = why(plan, "dos")
    assert found.next_best == "east"
    assert found.options.loc["east", "weighted_change_year"] == pytest.approx(1_000)
    assert "in the area of Cuatro: cost 1,000 more" in str(found)


def test_what_towns_bring(line: Plan, islands: Plan) -> None:
    found = area_contributions(line).loc["tres"]
    assert found.loc["uno", "added_requirement_year"] == pytest.approx(42_000)
    # without Tres the operator sits in Dos or Cuatro and drives 3 h: 266,000
    assert found.loc["tres", "added_requirement_year"] == pytest.approx(40_000)
    assert found.loc["tres", "weighted_saves_year"] == pytest.approx(266_000 + 140_000 - 306_000)
    assert found["revenue_year"].sum() == pytest.approx(306_000)
    norte = area_contributions(islands).loc[("medio", "norte")]
    assert norte["added_public_money_year"] == pytest.approx(26_000)
    assert norte["added_value_year"] == pytest.approx(320_000 - 191_000)
    assert norte["weighted_saves_year"] == pytest.approx(215_000)


def test_a_town_alone_saves_nothing() -> None:
    plan = op.evaluate(op.read("instances/pair"), "alone")
    found = area_contributions(plan)
    assert found["weighted_saves_year"].tolist() == pytest.approx([0, 0])
    assert why(plan, "brisa").next_best == "alba"
    assert np.isnan(why_all(plan).loc["brisa", "alone_weighted_change_year"])


def test_price_of_affordability() -> None:
    # without the limit the two share an operator at 13.33 a month: 320,000 instead of 376,000;
    # at 4 % they stay apart without public money: 340,000
    plan = op.solve(op.read("instances/rich_and_poor"))
    found = price_of(plan, "affordable_bill").table["weighted_saving_year"]
    assert found.loc[("affordable_bill", "dropped")] == pytest.approx(56_000)
    assert found.loc[("affordable_bill", "loosened to 4 % of income")] == pytest.approx(36_000)


def test_every_promise_bends_or_is_not_made() -> None:
    region = op.read("instances/pair")
    strict = region.replace(
        policy=region.policy.replace(
            **WIDE_LIMITS,
            same_zone=True,
            connected=True,
            participation=True,
            core=True,
            solidarity_balance=True,
            operating_subsidy=False,
            keep_together=(("alba", "brisa"),),
            fixed_seats=("alba",),
            subsidy_budget_year=10.0,
            operators_least=1,
            operators_most=2,
        ),
        towns=region.towns.assign(seat_allowed=[True, False], zone="valley"),
    )
    stated = {rule for rule in relaxable() if relaxations_of(strict, rule)}
    assert set(relaxable()) - stated == {
        "keep_apart",
        "sewer_share",
        "category_multiple",
        "demand_response",
        "incumbent_area",
        "host_towns",
    }
    for rule in stated:
        for bend in relaxations_of(strict, rule):
            changed = bend.change(strict)
            assert changed.fingerprint() != strict.fingerprint(), (rule, bend.how)


def test_what_cannot_be_asked(line: Plan) -> None:
    with pytest.raises(PolicyError, match="there is no town 'lima'"):
        why(line, "lima")
    with pytest.raises(PolicyError, match="serve_once is not a promise"):
        price_of(line, "serve_once")
    with pytest.raises(PolicyError, match="not among the promises"):
        price_of(line, "connected")
