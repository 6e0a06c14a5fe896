"""The commands that compute many plans: what they print, resume and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import optimizer as op
from optimizer.cli.settings import opened
from tests.cli.test_cli import run
from tests.paths import ROOT


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are written where the test works; the bundled regions are found by their names."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "option", [("--workers", "0"), ("--gap", "2"), ("--time-limit", "0"), ("--cluster", "here")]
)
def test_wrong_numbers_are_wrong_usage(option: tuple[str, str]) -> None:
    done = run("frontier", "pair", "--over", "reach_hours", "--values", "0.1", *option)
    assert done.exit_code == 2
    assert option[0] in done.output


def test_a_cluster_that_does_not_answer_is_bad_input() -> None:
    words = ("scenarios", "pair", "--cluster", "tcp://127.0.0.1:9")
    file = ROOT / "instances" / "pair" / "instance.toml"
    assert run(*words[:2], str(file), *words[2:]).exit_code == 3


def test_frontier_tells_progress_and_resumes(tmp_path: Path) -> None:
    words = ["frontier", "ring", "--over", "operator_count", "--values", "2,3"]
    done = run(*words, "--finished", str(tmp_path / "plans"))
    assert done.exit_code == 0
    assert "1 of 2: operator_count 3: optimal" in done.output
    assert len(list((tmp_path / "plans").iterdir())) == 2
    again = run(*words, "--finished", str(tmp_path / "plans"))
    assert "operator_count 3: optimal, 0.0 s" in again.output


def test_frontier_says_why_a_value_has_no_plan() -> None:
    done = run("frontier", "ring", "--over", "operator_count", "--values", "2,3")
    lines = done.stdout.splitlines()
    assert any(line.startswith("2 ") and "infeasible" in line for line in lines)
    assert any(line.startswith("2: operator_count: no plan has fewer than 3") for line in lines)
    assert "nan" not in done.stdout


def test_settings_change_the_promises_of_a_study() -> None:
    words = ["frontier", "pair", "--over", "operator_count", "--values", "1", "--json"]
    found = json.loads(run(*words, "--set", "reach_hours=0.1").stdout)
    assert found["data"][0]["status"] == "infeasible"


def test_trade_off_prints_the_curve() -> None:
    """Rich and poor: 320,000 with 104,000 of public money, or 340,000 with 12,000."""
    done = run("trade-off", "rich_and_poor", "--json")
    rows = json.loads(done.stdout)["data"]
    assert [round(row["cost_year"]) for row in rows] == [320_000, 340_000]
    assert [round(row["public_money_year"]) for row in rows] == [104_000, 12_000]
    assert run("trade-off", "pair", "--against", "seats").exit_code == 2


def test_alternatives_name_the_core() -> None:
    done = run("alternatives", "ring", "--count", "2", "--questions", "8")
    assert done.exit_code == 0
    assert "alternative 1" in done.output
    assert "0 pairs of towns go together" in done.output
    assert "towns that move: Boca, Dique, Faro" in done.output


def test_robustness_of_stored_runs(tmp_path: Path) -> None:
    run("solve", "pair", "--results", str(tmp_path), "--run", "grouped")
    file = tmp_path / "uncertain.toml"
    file.write_text('[costs]\ndistribution = "uniform"\nlow = 0.9\nhigh = 1.1\n', encoding="utf-8")
    done = run("robustness", str(file), str(tmp_path / "pair" / "grouped"), "--draws", "200")
    assert done.exit_code == 0
    assert "best on average: grouped" in done.output


def test_charts_as_files(tmp_path: Path) -> None:
    run("solve", "pair", "--results", str(tmp_path), "--run", "grouped")
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
    done = run("scenarios", "line", str(file), "--json")
    assert done.exit_code == 0, done.output
    rows = {row["scenario"]: row for row in json.loads(done.stdout)["data"]}
    assert {row["status"] for row in rows.values()} == {"optimal"}
    assert rows["as is"]["objective"] == pytest.approx(306_000)
    assert rows["dear"]["objective"] > rows["as is"]["objective"]
    assert rows["landslide"]["operators"] == 2
    assert rows["landslide"]["kept_breaks"].startswith("reach")
    assert rows["refusal"]["operators"] >= 2
    assert rows["cooperative"]["objective"] < 306_000
    shown = run("scenarios", "line", str(file)).output
    assert "landslide, areas kept: reach" in shown


def test_a_study_leaves_runs_that_open_everywhere(tmp_path: Path) -> None:
    """Of three values one has no plan; the folder stands for its runs in report and compare."""
    values = ("--over", "operator_count", "--values", "2,3,4")
    done = run("frontier", "ring", *values, "--run", "steps")
    assert done.exit_code == 0, done.output
    study = tmp_path / "results" / "ring" / "steps"
    assert f"2 runs written to {Path('results/ring/steps')}" in done.stdout
    runs = sorted(folder for folder in study.iterdir() if folder.is_dir())
    assert [folder.name for folder in runs] == ["operator_count_3", "operator_count_4"]
    for folder in runs:
        assert op.audit_run(folder).passed
        assert (folder / "map.png").is_file()
    assert "operator_count 4 against operator_count 3" in run("compare", str(study)).stdout
    assert run("report", str(study)).exit_code == 0
    assert "operator_count 4" in (study / "report.html").read_text(encoding="utf-8")
    head, *rows = (study / "frontier.csv").read_text(encoding="utf-8").splitlines()
    money = {"requirement_year", "public_money_year", "bill_mean_month", "broken_promises"}
    assert money <= set(head.split(","))
    assert rows[1].startswith("3,operator_count 3,optimal,,392400,392400,")
    assert opened(study) == runs  # what the workbench opens
    assert run("frontier", "ring", *values, "--run", "steps").exit_code == 3


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("alternatives", "ring", "--count", "1"), ["alternative_1", "best"]),
        (("trade-off", "rich_and_poor"), ["point_1", "point_2"]),
        (("support", "unaffordable", "--share", "0.5"), ["both", "household_support"]),
        (("scenarios", "pair", "s.toml"), ["as_is", "dear", "dear_areas_kept"]),
    ],
)
def test_every_study_prints_money_and_leaves_its_plans(
    tmp_path: Path, words: tuple[str, ...], names: list[str]
) -> None:
    (tmp_path / "s.toml").write_text("[dear]\nmultiply = { costs = 1.2 }\n", encoding="utf-8")
    done = run(*words, "--run", "one", "--results", str(tmp_path / "r"))
    assert done.exit_code == 0, done.output
    for column in ("cost_year", "public_money_year", "bill_month", "broken", "weighted_year"):
        assert column in done.stdout
    assert "PEN of 2023; cost: what all areas require" in done.stdout
    (study,) = (tmp_path / "r").glob("*/one")
    plans = {f.name: op.read_plan(f) for f in study.iterdir() if f.is_dir()}
    assert set(names) <= set(plans)
    assert len(op.compare(plans).plans) >= 2


def test_a_study_in_python(tmp_path: Path) -> None:
    region = op.read(ROOT / "instances" / "pair")
    found = op.frontier(region, over="operator_count", values=[1, 2])
    folder = found.write(tmp_path / "study")
    assert {f.name for f in folder.iterdir()} >= {"study.json", "summary.txt", "frontier.csv"}
    with pytest.raises(op.StoreError, match="holds a study already"):
        found.write(folder)
    assert found.write(folder, overwrite=True) == folder


def test_a_time_limit_for_what_has_nothing_to_show_before_its_end(tmp_path: Path) -> None:
    words = ("evaluate", "san_martin", "alone", "--results", str(tmp_path), "--run", "alone")
    done = run(*words, "--time-limit", "0.0001")
    assert done.exit_code == 5
    assert "the time limit of 0.0001 s is over" in done.output
    assert not list(tmp_path.iterdir())
    assert run(*words, "--time-limit", "-1").exit_code == 2


def test_stability_says_what_a_time_limit_left_open() -> None:
    """San Martin in one area: 47 towns, whose coalitions nobody goes through in a moment."""
    plan = op.evaluate(op.read(ROOT / "instances" / "san_martin"), "together")
    told: list[str] = []
    found = op.stability(plan, time_limit=0.01, on_progress=told.append)
    assert len(told) == len(plan.areas)
    assert told[-1].endswith(f"area {len(plan.areas)} of {len(plan.areas)}")
    assert not found.areas["proven"].all()
    assert "a coalition may have been missed" in str(found)
