"""``optimizer explain`` knows every rule: of the model, of the audits, of the years."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.analysis.explain.path_price import PATH_PROMISES, path_price_of
from optimizer.audit import RULES
from optimizer.audit.years.rules import PATH_RULES
from optimizer.cli.app import app
from optimizer.cli.explaining import explain_rule, explain_run, known_rules
from optimizer.errors import PolicyError
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Plan
from tests.plan.test_years import TODAY, TWO
from tests.support.year_regions import one_town


@pytest.fixture(scope="module")
def growing() -> Plan:
    return op.evaluate(op.read("instances/growing"), "together")


@pytest.mark.parametrize("rule", known_rules())
def test_every_rule_is_explained_for_a_region_and_a_run(rule: str, growing: Plan) -> None:
    of_region = explain_rule(growing.instance, rule, most=1)
    assert of_region.startswith(f"{rule}\n- ")
    assert "In words: " in of_region
    of_run = explain_run(growing, rule=rule)
    assert of_run.startswith(f"{rule}\n- ")
    assert of_run.split("\n\n")[1], of_run


def test_what_a_rule_costs_or_why_it_costs_nothing(growing: Plan) -> None:
    assert (
        "core promised: cost 0 more and public money 0 more a year; weighted 0 more"
        in explain_run(growing, rule="core")
    )
    nothing = "cost 0 less and public money 0 less a year; weighted 0 less"
    years = explain_run(growing, rule="affordable_bill")
    assert f"affordable_bill dropped: {nothing}" in years
    assert "affordable_bill dropped, over the years:" in years
    assert "growing does not promise it" in explain_run(growing, rule="same_zone")
    assert "it cannot be dropped" in explain_run(growing, rule="cover_cost")
    assert "one_price" in explain_rule(growing.instance, "one_price")


def test_every_promise_of_the_years_has_a_price_and_words() -> None:
    promises = {name for name, rule in PATH_RULES.items() if rule.kind == "promise"}
    assert set(PATH_PROMISES) == promises
    assert promises | set(RULES) <= set(known_rules())


def test_the_price_of_the_largest_rise_by_hand() -> None:
    """Rises of at most 25 %: 28,800 of public money (see test_years); of 30 %: 20,045.

    Levels 0.78 and 1.014: 93,600 of 120,000 in year 1 and 121,680 of 120,000 in year 2. What is
    short is 120,000 / 1.25 + 120,000 / 1.5625 - (93,600 / 1.25 + 121,680 / 1.5625) = 20,045 today.
    """
    plan = op.evaluate(one_town(TWO.replace(increase_share_most=0.25), targets=TODAY), "alone")
    found = path_price_of(plan, "increase_share_most").table["public_money_value"]
    assert found["promised"] == pytest.approx(28_800.0)
    assert found["loosened to 0.3"] == pytest.approx(20_044.8)
    assert found["dropped"] == pytest.approx(0.0, abs=0.01)


def test_the_price_of_limited_bridging_by_hand() -> None:
    """At most 5,000 bridged: 7,000 of public money in year 1, worth 5,600 today; else none."""
    tight = TWO.replace(increase_share_most=0.5, bridging_most=5_000.0)
    found = path_price_of(op.evaluate(one_town(tight, targets=TODAY), "alone"), "bridging_most")
    money = found.table["public_money_value"]
    assert money["promised"] == pytest.approx(5_600.0)
    assert money["loosened to 5,500"] == pytest.approx(5_200.0)
    assert money["dropped"] == pytest.approx(0.0, abs=0.01)
    assert found.table.loc["dropped", "bridging_largest"] == pytest.approx(12_000.0)


def test_a_broken_promise_of_the_years_has_a_price_too() -> None:
    years = TWO.replace(increase_share_most=0.25)
    region = one_town(years, targets=TODAY, policy=Policy(operating_subsidy=False))
    found = path_price_of(op.evaluate(region, "alone"), "operating_subsidy")
    assert found.table["broken_promises"].tolist() == [2.0, 0.0]
    assert "2 broken promises" in str(found)


def test_what_has_no_price() -> None:
    plan = op.evaluate(op.read("instances/pair"), "alone")
    with pytest.raises(PolicyError, match="no \\[horizon\\]"):
        path_price_of(plan, "bridging_most")
    with pytest.raises(PolicyError, match="increase_share_most"):
        path_price_of(plan, "reach")
    open_path = op.evaluate(one_town(TWO), "alone")
    with pytest.raises(PolicyError, match="not among the promises"):
        path_price_of(open_path, "bridging_most")


def test_the_command(tmp_path: Path, growing: Plan) -> None:
    run = growing.write(tmp_path / "run")
    done = CliRunner().invoke(app, ["explain", str(run), "--rule", "increase_share_most"])
    assert done.exit_code == 0, done.output
    assert "increase_share_most dropped, over the years" in done.output
    wrong = CliRunner().invoke(app, ["explain", str(run), "--rule", "increase_share"])
    assert wrong.exit_code == 2
    assert "did you mean increase_share_most" in wrong.output
