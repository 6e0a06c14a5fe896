"""The commands that compute many plans: what they print, resume and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import run


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
