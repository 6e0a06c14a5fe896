"""The command line: what it writes and prints, and its exit codes; never a traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from optimizer.cli.app import app


def run(*words: str) -> Result:
    """Run the command line; a traceback is a failure of the test."""
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def test_solve_writes_a_run_that_can_be_audited(tmp_path: Path) -> None:
    done = run("solve", "instances/pair", "--results", str(tmp_path), "--run", "first")
    assert done.exit_code == 0
    folder = tmp_path / "pair" / "first"
    assert {"run.json", "plan.gpkg", "areas.csv", "towns.csv"} <= {f.name for f in folder.iterdir()}
    assert run("audit", str(folder)).exit_code == 0


def test_a_changed_run_fails_its_audit(tmp_path: Path) -> None:
    run("solve", "instances/pair", "--results", str(tmp_path), "--run", "first")
    table = tmp_path / "pair" / "first" / "finances.csv"
    table.write_text(table.read_text().replace("153000", "999000"))
    assert run("audit", str(tmp_path / "pair" / "first")).exit_code == 6


def test_json_is_one_document(tmp_path: Path) -> None:
    done = run("solve", "instances/pair", "--results", str(tmp_path), "--json")
    record = json.loads(done.stdout)
    assert record["status"] == "optimal"
    assert record["objective_year"] == pytest.approx(153_000)
    assert Path(record["run"]).is_dir()


def test_set_changes_a_promise(tmp_path: Path) -> None:
    done = run(
        "solve", "instances/pair", "--results", str(tmp_path), "--json", "--set", "reach_hours=0.1"
    )
    assert json.loads(done.stdout)["service_areas"] == 2


@pytest.mark.parametrize(
    "word", ["reach_hour=1", "reach_hours=far", "reach_hours", "reach_hours=-1"]
)
def test_wrong_setting_is_wrong_usage(word: str) -> None:
    assert run("solve", "instances/pair", "--set", word).exit_code == 2


def test_wrong_method_is_wrong_usage() -> None:
    assert run("solve", "instances/pair", "--method", "magic").exit_code == 2


def test_unknown_command_is_wrong_usage() -> None:
    assert run("sovle").exit_code == 2


def test_bad_input(tmp_path: Path) -> None:
    shutil.copytree("instances/pair", tmp_path / "pair")
    towns = tmp_path / "pair" / "towns.csv"
    towns.write_text(towns.read_text().replace("connections", "conections"))
    done = run("check", str(tmp_path / "pair"))
    assert done.exit_code == 3
    assert "towns.csv" in done.output
    assert "connections" in done.output
    assert json.loads(run("check", str(tmp_path / "pair"), "--json").stdout)["problems"]


def test_no_folder() -> None:
    assert run("solve", "instances/nowhere").exit_code == 3


def test_no_plan_exists(tmp_path: Path) -> None:
    done = run(
        "solve",
        "instances/unaffordable",
        "--results",
        str(tmp_path),
        "--set",
        "operating_subsidy=false",
    )
    assert done.exit_code == 4
    assert "operating_subsidy" in done.output
    assert not list(tmp_path.iterdir())


def test_stopped_before_any_plan(tmp_path: Path) -> None:
    """No time to merge 47 towns into 12 areas, or to solve anything."""
    done = run(
        "solve",
        "instances/san_martin",
        "--method",
        "compact",
        "--results",
        str(tmp_path),
        "--set",
        "operators_most=12",
        "--time-limit",
        "0.001",
    )
    assert done.exit_code == 5
    assert not list(tmp_path.iterdir())


def test_evaluate_lists_broken_promises(tmp_path: Path) -> None:
    done = run("evaluate", "instances/islands", "together", "--results", str(tmp_path), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["status"] == "evaluated"


def test_new_makes_an_instance_that_reads(tmp_path: Path) -> None:
    assert run("new", "valley", "--folder", str(tmp_path)).exit_code == 0
    made = next(p for p in tmp_path.rglob("instance.toml"))
    assert run("check", str(made.parent)).exit_code == 0


def test_explain_prints_words_and_equations() -> None:
    done = run("explain", "instances/pair", "--rule", "cover_cost", "--town", "alba")
    assert done.exit_code == 0
    assert "In words" in done.output
    assert "alba" in done.output
    assert run("explain", "instances/pair", "--rule", "cover_costs").exit_code == 2


def _two_runs(folder: Path) -> list[str]:
    run("solve", "instances/pair", "--results", str(folder), "--run", "grouped")
    run("evaluate", "instances/pair", "alone", "--results", str(folder), "--run", "alone")
    return [str(folder / "pair" / name) for name in ("alone", "grouped")]


def test_compare_and_report(tmp_path: Path) -> None:
    runs = _two_runs(tmp_path)
    assert "grouped" in run("compare", *runs).output
    page = tmp_path / "both.html"
    assert run("report", *runs, "--out", str(page)).exit_code == 0
    assert "<svg" in page.read_text(encoding="utf-8")
    assert run("report", runs[1], "--lang", "es", "--xlsx").exit_code == 0
    assert (tmp_path / "pair" / "grouped" / "plan.xlsx").is_file()


def test_runs_of_different_regions_are_not_compared(tmp_path: Path) -> None:
    runs = _two_runs(tmp_path)
    run("solve", "instances/line", "--results", str(tmp_path), "--run", "other")
    assert run("compare", runs[0], str(tmp_path / "line" / "other")).exit_code == 3


def test_explain_a_run_and_its_stability(tmp_path: Path) -> None:
    runs = _two_runs(tmp_path)
    done = run("explain", runs[1], "--town", "alba", "--rule", "reach")
    assert done.exit_code == 0
    assert "Alba" in done.output
    assert run("stability", runs[1]).exit_code == 0
    assert run("explain", runs[1]).exit_code == 2


def test_stability_by_measure_and_for_machines(tmp_path: Path) -> None:
    runs = _two_runs(tmp_path)
    done = run("stability", runs[1], "--measure", "requirement", "--json")
    record = json.loads(done.output)
    assert record["measure"] == "requirement"
    assert record["stable"] is True
    assert {"areas", "towns", "leavers", "shares", "rules"} <= set(record)
    wrong = run("stability", runs[1], "--measure", "profit")
    assert wrong.exit_code == 2
    assert "write value or requirement" in wrong.output


def test_election_of_one_run_and_the_best_of_several(tmp_path: Path) -> None:
    runs = _two_runs(tmp_path)
    one = run("election", runs[1], "--chance", "0.5", "--draws", "50")
    assert "50 simulated elections" in one.output
    both = run("election", *runs, "--chance", "0.05", "--draws", "200")
    assert both.exit_code == 0
    assert "best in expectation: " in both.output
    table = json.loads(run("election", *runs, "--draws", "20", "--json").output)
    assert len(table["data"]) == 2


def test_chances_of_an_election_are_checked(tmp_path: Path) -> None:
    """Every problem at once, with its line."""
    runs = _two_runs(tmp_path)
    file = tmp_path / "chances.csv"
    file.write_text("town,leaving_chance\nalba,2\nbrisa,x\nalba,0.1\n")
    done = run("election", runs[1], "--chances", str(file))
    assert done.exit_code == 3
    for words in ("2 is above 1", "'x' is not a number", "'alba' stands in line 2"):
        assert words in " ".join(done.output.split())
    file.write_text("town,leaving_chance\nbrisa,1\n")
    sure = run("election", runs[1], "--chances", str(file), "--chance", "0", "--draws", "10")
    assert "stayers    expect to lose 18,000 a year" in sure.output


def test_frontier_prints_a_table(tmp_path: Path) -> None:
    words = ("--over", "reach_hours", "--values", "0.1,0.5", "--results", str(tmp_path))
    done = run("frontier", "instances/pair", *words)
    assert done.exit_code == 0
    assert "optimal" in done.output
    assert (
        run("frontier", "instances/pair", "--over", "reach_hours", "--values", "x").exit_code == 2
    )
