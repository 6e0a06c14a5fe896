"""Deliberate changes of a stored run: each file that disagrees with the tables is named."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.analysis.many.run_cache import folder_of
from optimizer.analysis.many.runner import Running
from optimizer.cli.app import app
from optimizer.errors import AuditError
from optimizer.plan.run_audit import audit_run, read_sound
from optimizer.plan.store import read_plan
from tests.support.hand_plan import good_plan


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-worked plan as it is read, written once more: reading tells what it derives."""
    options = {"method": "auto", "gap": 0.1, "time_limit": 60.0}
    runs = tmp_path_factory.mktemp("runs")
    return read_plan(good_plan().write(runs / "first")).write(runs / "hand", options=options)


@pytest.fixture
def run(stored: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(stored, tmp_path / "run"))


def record(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """A change of ``run.json``."""

    def apply(run: Path) -> None:
        file = run / "run.json"
        told = json.loads(file.read_text(encoding="utf-8"))
        change(told)
        file.write_text(json.dumps(told), encoding="utf-8")

    return apply


def text(name: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(run: Path) -> None:
        told = (run / name).read_text(encoding="utf-8")
        assert old in told
        (run / name).write_text(told.replace(old, new), encoding="utf-8")

    return apply


def sql(command: str) -> Callable[[Path], None]:
    """A change of the map layers, triggers put aside."""

    def apply(run: Path) -> None:
        with sqlite3.connect(run / "plan.gpkg") as base:
            names = base.execute("select name from sqlite_master where type = 'trigger'").fetchall()
            for (name,) in names:
                base.execute(f'drop trigger "{name}"')
            base.execute(command)

    return apply


CHANGES: list[tuple[str, Callable[[Path], None], str]] = [
    ("policy", record(lambda r: r["policy"].update(reach_hours=9.0)), "policy.reach_hours is 9.0"),
    ("promise added", record(lambda r: r["policy"].update(core=True)), "policy.core is True"),
    ("gap", record(lambda r: r.update(gap=0.0)), "gap is 0.0, it should be 0.04767"),
    ("no gap", record(lambda r: r.pop("gap")), "gap is missing"),
    (
        "audit passed",
        record(lambda r: r["audit"].update(passed=False)),
        "audit.passed is False, it should be True",
    ),
    ("checks", record(lambda r: r["audit"]["checks"].update(reach=99)), "audit.checks.reach is 99"),
    (
        "failures",
        record(lambda r: r["audit"]["failures"].update(reach=1)),
        "audit.failures.reach is no part of a run's record",
    ),
    ("title", record(lambda r: r["instance"].update(title="Other")), "instance.title is 'Other'"),
    ("more", record(lambda r: r.update(praised=True)), "praised is no part of a run's record"),
    (
        "unknown option",
        record(lambda r: r["options"].update(speed=3)),
        "options.speed is no option",
    ),
    ("no such gap", record(lambda r: r["options"].update(gap="small")), "options.gap is 'small'"),
    ("method", record(lambda r: r["options"].update(method="compact")), "options.method is"),
    ("grouping", record(lambda r: r["options"].update(grouping="alone")), "options.grouping is"),
    ("summary", text("summary.txt", "336,020", "236,020"), "summary.txt: says"),
    ("no summary", lambda run: (run / "summary.txt").unlink(), "summary.txt: cannot be read"),
    (
        "a failure that is none",
        lambda run: (run / "audit.csv").write_text(
            (run / "audit.csv").read_text(encoding="utf-8") + "promise,reach,B,A,1,hours,far\n",
            encoding="utf-8",
        ),
        "audit.csv: lists 1 failures, not the 0 that there are",
    ),
    (
        "map: money",
        sql("update areas set cost_year = 1 where service_area = 'A'"),
        "cost_year of A",
    ),
    ("map: area", sql("update towns set service_area = 'C' where town = 'B'"), "service_area of B"),
    ("map: row", sql("delete from seats where service_area = 'C'"), "the service_areas are not"),
    (
        "map: territory",
        sql(
            "update areas set geom = (select geom from areas where service_area = 'C')"
            " where service_area = 'A'"
        ),
        "plan.gpkg: areas: A is drawn elsewhere",
    ),
    (
        "map: place",
        sql("update towns set geom = (select geom from towns where town = 'C') where town = 'A'"),
        "plan.gpkg: towns: A is drawn elsewhere",
    ),
    ("no map", lambda run: (run / "plan.gpkg").write_bytes(b"no"), "plan.gpkg: cannot be read"),
]


@pytest.mark.parametrize(("change", "words"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_change_is_named(run: Path, change: Callable[[Path], None], words: str) -> None:
    change(run)
    found = audit_run(run).failures
    assert found["rule"].unique().tolist() == ["files"]
    assert any(words in message for message in found["message"]), found["message"].tolist()
    with pytest.raises(AuditError):
        read_sound(run)


def test_an_untouched_run_passes(run: Path) -> None:
    found = audit_run(run)
    assert found.passed
    assert found.checked["files"] >= 8
    again = read_sound(run)
    assert again.outcome.options["gap"] == 0.1


def test_within_a_gap_that_nobody_asked_for(tmp_path: Path) -> None:
    plan = read_plan(good_plan().write(tmp_path / "first"))
    outcome = dataclasses.replace(plan.outcome, status="within_gap")
    run = dataclasses.replace(plan, outcome=outcome).write(tmp_path / "run", options={"gap": 0.05})
    assert audit_run(run).passed
    record(lambda r: r["options"].update(gap=0.01))(run)
    assert "within_gap is claimed" in audit_run(run).failures["message"].iloc[0]


def test_a_solved_run_tells_its_options(tmp_path: Path) -> None:
    plan = op.solve(op.read("instances/line"), gap=0.01, seed=3)
    run = plan.write(tmp_path / "run")
    told = json.loads((run / "run.json").read_text(encoding="utf-8"))["options"]
    assert (told["gap"], told["seed"], told["method"]) == (0.01, 3, "auto")
    assert audit_run(run).passed


def test_the_years_of_a_run_are_audited(tmp_path: Path) -> None:
    run = op.solve(op.read("instances/growing")).write(tmp_path / "run")
    assert audit_run(run).passed
    told = (run / "path_years.csv").read_text(encoding="utf-8").splitlines()
    cells = told[1].split(",")
    cells[3] = repr(float(cells[3]) + 1000.0)
    (run / "path_years.csv").write_text(
        "\n".join([told[0], ",".join(cells), *told[2:], ""]), encoding="utf-8"
    )
    messages = audit_run(run).failures["message"].tolist()
    assert messages
    assert all(m.startswith("path: ") for m in messages)
    run = op.solve(op.read("instances/growing")).write(tmp_path / "other")
    (run / "path_summary.txt").write_text("all is well\n", encoding="utf-8")
    assert "path_summary.txt" in audit_run(run).failures["message"].iloc[0]


def test_the_command_names_the_file(run: Path) -> None:
    text("summary.txt", "336,020", "236,020")(run)
    result = CliRunner().invoke(app, ["audit", str(run)])
    assert result.exit_code == 6
    assert "summary.txt" in result.output
    again = CliRunner().invoke(app, ["compare", str(run)])
    assert again.exit_code == 6


def test_finished_plans_that_were_changed_are_computed_again(tmp_path: Path) -> None:
    """Forged tables, forged files and a forged record: none is shown by a frontier."""
    region = op.read("instances/pair")
    running = Running(folder=str(tmp_path))

    def objectives() -> list[float]:
        found = op.frontier(region, over="operator_count", values=[1], running=running)
        return [float(v) for v in found.table["objective"]]

    assert objectives() == [153_000.0]
    place = folder_of(tmp_path, "operator_count 1")
    forgeries: list[Callable[[Path], None]] = [
        record(lambda r: r["outcome"].update(objective=100_000.0, bound=100_000.0)),
        text("areas.csv", "153000", "100000"),
        text("summary.txt", "153,000", "100,000"),
    ]
    for forge in forgeries:
        forge(place)
        assert not audit_run(place).passed
        assert objectives() == [153_000.0]
        assert audit_run(place).passed


def test_a_run_of_a_grouping_with_broken_promises_is_sound(tmp_path: Path) -> None:
    region = op.read("instances/line")
    near = region.replace(policy=region.policy.replace(reach_hours=0.1))
    plan = op.evaluate(near, dict.fromkeys(map(str, region.towns.index), "all"))
    assert plan.outcome.broken_promises
    run = plan.write(tmp_path / "run")
    found = audit_run(run)
    assert found.sound
    assert not found.passed
    rows = pd.read_csv(run / "audit.csv")
    assert len(rows) == len(found.failures)
    rows.iloc[1:].to_csv(run / "audit.csv", index=False)
    assert "audit.csv" in audit_run(run).failures["message"].iloc[0]
    record(lambda r: r["outcome"].update(broken_promises=[]))(run)
    assert set(audit_run(run).failures["rule"]) >= {"broken_promises"}
    with pytest.raises(AuditError, match="broken_promises"):
        read_sound(run)
