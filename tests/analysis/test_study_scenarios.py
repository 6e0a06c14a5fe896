"""Scenarios: files, changes, plans; figures follow from the hand-worked pair of towns."""

from __future__ import annotations

from pathlib import Path

import pytest

import optimizer as op
from optimizer.analysis.what_if.scenario_change import changed_region
from optimizer.analysis.what_if.scenario_file import Scenario, read_scenarios
from optimizer.analysis.what_if.scenarios import scenarios
from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.instance import Instance
from tests.support.diagnose_regions import region

TEXT = """
[dear]
title = "Everything costs 20 % more"
multiply = { costs = 1.2 }

[flood]
close = [["alba", "brisa"]]

[refusal]
refuse = ["brisa"]

[typo]
refuse = ["brissa"]

[[company.operator_models]]
operator_model = "company"
overhead_year = 40000
"""


@pytest.fixture(scope="module")
def pair() -> Instance:
    return op.read("instances/pair")


def test_scenarios_of_a_file(pair: Instance, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.toml"
    file.write_text(TEXT, encoding="utf-8")
    found = scenarios(pair, file)
    table = found.table
    # dear: 1.2 x 153,000; flood and refusal: alone, 210,000; a company without travel cost:
    # 40,000 + 90,000 + joining 2,000 (no crew cost is given)
    expected = {"as is": 153e3, "dear": 183.6e3, "flood": 210e3, "refusal": 210e3, "company": 132e3}
    for name, objective in expected.items():
        assert table.loc[name, "objective"] == pytest.approx(objective), name
    assert table.loc["typo", "status"] == "failed"
    assert "'brissa' is not in the region; did you mean 'Brisa'?" in table.loc["typo", "reason"]
    assert table["towns_moved"].to_dict() == {
        "as is": 0,
        "dear": 0,
        "flood": 1,
        "refusal": 1,
        "typo": 0,
        "company": 0,
    }
    assert table.loc["dear", "weighted_regret_year"] == pytest.approx(0)
    assert table.loc["flood", "kept_breaks"].startswith("reach")
    assert table.loc["refusal", "kept_breaks"].startswith("keep_apart")
    assert table.loc["dear", "title"] == "Everything costs 20 % more"
    assert not found.comparison.same_data


def test_every_change_reaches_its_table(pair: Instance) -> None:
    changed = changed_region(
        pair,
        Scenario(
            multiply={"income": 0.9, "consumption": 1.1, "connections": 2.0, "overhead": 0.5},
            set={"collection_rate": 0.7},
            policy={"affordable_share": 0.05},
            tariff={"ladder": 2.0},
            hours=(("alba", "brisa", 1.5),),
        ),
    )
    assert changed.households["income_month"].tolist() == pytest.approx([900, 900])
    assert changed.households["consumption_m3_month"].tolist() == pytest.approx([11, 11])
    assert changed.households["connections"].tolist() == [2000, 1000]
    assert changed.towns["collection_rate"].tolist() == [0.7, 0.7]
    assert changed.operator_models["overhead_year"].tolist() == [30_000]
    assert changed.policy.affordable_share == 0.05
    assert changed.tariff.ladder == 2.0
    assert changed.travel_table is not None
    assert changed.travel_table.loc[("brisa", "alba"), "hours"] == 1.5
    assert changed.travel_table.loc[("alba", "brisa"), "km"] == 20


def test_a_closed_road_sends_travel_the_other_way() -> None:
    """A - B - C and A - D - C: 1 + 1 and 1 + 1.5 h; B to D leads over A (2 h) or C (2.5 h).

    Without the road from A to B: A to C 2.5 h over D, B to D 2.5 h over C, A to B 3.5 h all round.
    """
    hours = {"AB": 1.0, "BC": 1.0, "AC": 2.0, "AD": 1.0, "CD": 1.5, "BD": 2.0}
    square = region(dict.fromkeys("ABCD", 1000.0), hours)
    changed = changed_region(square, Scenario(close_roads=(("A", "B"),)))
    assert changed.travel_table is not None
    made = changed.travel_table["hours"]
    expected = {"AB": 3.5, "BC": 1.0, "AC": 2.5, "AD": 1.0, "CD": 1.5, "BD": 2.5}
    for pair_of, value in expected.items():
        a, b = pair_of
        assert made[a, b] == pytest.approx(value), pair_of
        assert made[b, a] == pytest.approx(value), pair_of
    both = changed_region(square, Scenario(close_roads=(("A", "B"), ("A", "D"))))
    assert both.travel_table is not None
    assert both.travel_table.loc[("A", "C"), "hours"] == 1000.0
    assert both.travel_table.loc[("B", "D"), "hours"] == pytest.approx(2.5)
    with pytest.raises(InstanceError, match="close_roads"):
        changed_region(square, Scenario(close_roads=(("A", "X"),)))


def test_shares_stay_shares_and_models_go(pair: Instance) -> None:
    assert changed_region(pair, Scenario(multiply={"collection_rate": 1.5})).towns[
        "collection_rate"
    ].tolist() == [1, 1]
    with pytest.raises(InstanceError):
        changed_region(pair, Scenario(drop_operator_models=("social enterprise",)))
    with pytest.raises(InstanceError, match="collection_rate"):
        changed_region(pair, Scenario(set={"collection_rate": 1.7}))
    with pytest.raises(PolicyError, match="ladder"):
        changed_region(pair, Scenario(tariff={"ladder": 0.5}))
    with pytest.raises(PolicyError, match="as is"):
        scenarios(pair, {"as is": Scenario()})


def test_every_problem_of_a_file_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[one]\nmultply = { costs = 2 }\n[two]\nclose = ["a"]\n', encoding="utf-8")
    with pytest.raises(InstanceError) as caught:
        read_scenarios(file)
    first, second = caught.value.problems
    assert (first.line, first.column) == (2, "one.multply")
    assert "did you mean 'multiply'?" in first.remedy
    assert second.line == 4
    file.write_text("[one]\nmultiply = { cost = 2 }\n", encoding="utf-8")
    with pytest.raises(InstanceError, match="did you mean 'costs'"):
        read_scenarios(file)
    file.write_text("[one\n", encoding="utf-8")
    with pytest.raises(InstanceError, match="not valid TOML"):
        read_scenarios(file)
    with pytest.raises(InstanceError, match="cannot be read"):
        read_scenarios(tmp_path / "absent.toml")
