"""The commands that compute many plans: what they print, resume and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import run


@pytest.mark.parametrize(
    "option", [("--workers", "0"), ("--gap", "2"), ("--time-limit", "0"), ("--cluster", "here")]
)
def test_wrong_numbers_are_wrong_usage(option: tuple[str, str]) -> None:
    done = run("frontier", "instances/pair", "--over", "reach_hours", "--values", "0.1", *option)
    assert done.exit_code == 2
    assert option[0] in done.output


def test_a_cluster_that_does_not_answer_is_bad_input() -> None:
    words = ("scenarios", "instances/pair", "--cluster", "tcp://127.0.0.1:9")
    file = Path("instances/pair/instance.toml")
    assert run(*words[:2], str(file), *words[2:]).exit_code == 3


def test_frontier_tells_progress_and_resumes(tmp_path: Path) -> None:
    words = ["frontier", "instances/ring", "--over", "operator_count", "--values", "2,3"]
    done = run(*words, "--finished", str(tmp_path / "plans"))
    assert done.exit_code == 0
    assert "1 of 2: operator_count 3: optimal" in done.output
    assert len(list((tmp_path / "plans").iterdir())) == 2
    again = run(*words, "--finished", str(tmp_path / "plans"))
    assert "operator_count 3: optimal, 0.0 s" in again.output


def test_frontier_says_why_a_value_has_no_plan() -> None:
    done = run("frontier", "instances/ring", "--over", "operator_count", "--values", "2,3")
    lines = done.stdout.splitlines()
    assert any(line.startswith("2 ") and "infeasible" in line for line in lines)
    assert any(line.startswith("2: operator_count: no plan has fewer than 3") for line in lines)
    assert "nan" not in done.stdout


def test_settings_change_the_promises_of_a_study() -> None:
    words = ["frontier", "instances/pair", "--over", "operator_count", "--values", "1", "--json"]
    found = json.loads(run(*words, "--set", "reach_hours=0.1").stdout)
    assert found["data"][0]["status"] == "infeasible"


def test_trade_off_prints_the_curve() -> None:
    """Rich and poor: 320,000 with 104,000 of public money, or 340,000 with 12,000."""
    done = run("trade-off", "instances/rich_and_poor", "--json")
    rows = json.loads(done.stdout)["data"]
    assert [round(row["cost_year"]) for row in rows] == [320_000, 340_000]
    assert [round(row["public_money_year"]) for row in rows] == [104_000, 12_000]
    assert run("trade-off", "instances/pair", "--against", "seats").exit_code == 2


def test_alternatives_name_the_core() -> None:
    done = run("alternatives", "instances/ring", "--count", "2", "--questions", "8")
    assert done.exit_code == 0
    assert "alternative 1" in done.output
    assert "0 pairs of towns go together" in done.output
    assert "towns that move: Boca, Dique, Faro" in done.output


def test_robustness_of_stored_runs(tmp_path: Path) -> None:
    run("solve", "instances/pair", "--results", str(tmp_path), "--run", "grouped")
    file = tmp_path / "uncertain.toml"
    file.write_text('[costs]\ndistribution = "uniform"\nlow = 0.9\nhigh = 1.1\n', encoding="utf-8")
    done = run("robustness", str(file), str(tmp_path / "pair" / "grouped"), "--draws", "200")
    assert done.exit_code == 0
    assert "best on average: grouped" in done.output


def test_charts_as_files(tmp_path: Path) -> None:
    run("solve", "instances/pair", "--results", str(tmp_path), "--run", "grouped")
    folder = tmp_path / "pair" / "grouped"
    done = run("report", str(folder), "--charts")
    assert done.exit_code == 0
    names = {file.suffix for file in (folder / "charts").iterdir()}
    assert names == {".svg", ".png"}


SCENARIOS = """
[dear]
title = "Costs 20 % more, incomes 10 % less"
multiply = { costs = 1.2, income = 0.9 }

[collection]
set = { collection_rate = 0.7 }

[landslide]
close_roads = [["dos", "tres"]]

[refusal]
refuse = ["tres"]

[cooperative]
[[cooperative.operator_models]]
operator_model = "cooperative"
overhead_year = 30000
connections_most = 100000
"""


def test_scenarios_of_a_file_from_the_command_line(tmp_path: Path) -> None:
    """The line of five towns: 306,000 with one operator for all.

    A landslide between Dos and Tres leaves two parts; a refusing town stays alone; a cooperative
    that needs 30,000 and whose crews cost nothing takes all five.
    """
    file = tmp_path / "scenarios.toml"
    file.write_text(SCENARIOS, encoding="utf-8")
    done = run("scenarios", "instances/line", str(file), "--json")
    assert done.exit_code == 0, done.output
    rows = {row["scenario"]: row for row in json.loads(done.stdout)["data"]}
    assert {row["status"] for row in rows.values()} == {"optimal"}
    assert rows["as is"]["objective"] == pytest.approx(306_000)
    assert rows["dear"]["objective"] > rows["as is"]["objective"]
    assert rows["landslide"]["operators"] == 2
    assert rows["landslide"]["kept_breaks"].startswith("reach")
    assert rows["refusal"]["operators"] >= 2
    assert rows["cooperative"]["objective"] < 306_000
    shown = run("scenarios", "instances/line", str(file)).output
    assert "landslide, areas kept: reach" in shown
