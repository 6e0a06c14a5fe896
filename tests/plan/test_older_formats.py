"""Runs and regions that an earlier version wrote are read and audited; newer ones are refused.

``tests/samples/format_1`` holds runs of three bundled regions, written by the program at a9b9417
(their pictures left out): instances without a format number, records of format 1.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import optimizer as op
from optimizer.errors import InstanceError, StoreError
from optimizer.plan.run_record import FORMAT
from tests.paths import ROOT

SAMPLES = ROOT / "tests" / "samples" / "format_1"
REGIONS = ("growing", "pair", "ring")
VALUES = {"growing": 153_000.0, "pair": 153_000.0, "ring": 392_400.0}


@pytest.mark.parametrize("name", REGIONS)
def test_runs_of_format_1_are_read_and_pass_their_audit(name: str) -> None:
    run = SAMPLES / name
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["format"] == 1
    found = op.audit_run(run)
    assert found.passed, found
    plan = op.read_plan(run)
    assert plan.objective == plan.bound == VALUES[name]
    assert plan.outcome.duals is None


@pytest.mark.parametrize("name", REGIONS)
def test_regions_without_a_format_number_are_read_and_give_the_plan_of_then(name: str) -> None:
    text = (SAMPLES / name / "instance" / "instance.toml").read_text(encoding="utf-8")
    assert "format" not in text
    region = op.read(SAMPLES / name / "instance")
    assert (
        region.replace(name=name).fingerprint() == op.read(ROOT / "instances" / name).fingerprint()
    )
    assert op.solve(region).objective == VALUES[name]


def test_a_run_of_format_1_written_again_is_of_the_format_of_today(tmp_path: Path) -> None:
    run = op.read_plan(SAMPLES / "ring").write(tmp_path / "run")
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["format"] == FORMAT
    assert op.audit_run(run).passed


CHANGES: list[tuple[str, str, str, str]] = [
    ("run.json", '"objective": 392400.0', '"objective": 392000.0', "objective"),
    ("run.json", '"reach_hours": 2.0', '"reach_hours": 3.0', "policy.reach_hours is 3.0"),
    ("run.json", '"public_money_price": 3.0', '"towns_most": 2', "policy.towns_most is no part"),
    ("run.json", '"passed": true', '"passed": false', "audit.passed is False"),
    ("summary.txt", "392,400", "392,000", "summary.txt: says"),
    ("tariffs.csv", "0.", "1.", ""),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), CHANGES)
def test_changed_runs_of_format_1_fail_their_audit(
    file: str, old: str, new: str, message: str, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(SAMPLES / "ring", tmp_path / "run"))
    text = (run / file).read_text(encoding="utf-8")
    assert old in text
    (run / file).write_text(text.replace(old, new), encoding="utf-8")
    found = op.audit_run(run)
    assert message in str(found)
    assert not found.passed


@pytest.mark.parametrize("line", ["core = true", "towns_most = 2"])
def test_a_changed_instance_of_a_run_of_format_1_is_noticed(line: str, tmp_path: Path) -> None:
    run = Path(shutil.copytree(SAMPLES / "ring", tmp_path / "run"))
    file = run / "instance" / "instance.toml"
    text = file.read_text(encoding="utf-8").replace("core = false\n", "")
    file.write_text(text.replace("[policy]", f"[policy]\n{line}"), encoding="utf-8")
    with pytest.raises(StoreError, match="was changed after the run"):
        op.read_plan(run)


def settings(folder: Path, change: Callable[[str], str]) -> Path:
    file = op.new_instance(folder, "Valley") / "instance.toml"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def test_what_is_written_carries_the_number_of_its_format(tmp_path: Path) -> None:
    valley = settings(tmp_path / "valley", lambda text: text)
    assert "\nformat = 1\n" in (valley / "instance.toml").read_text(encoding="utf-8")
    again = op.write(op.read(valley), tmp_path / "again")
    assert (again / "instance.toml").read_text(encoding="utf-8").startswith("format = 1\n")
    without = settings(tmp_path / "without", lambda text: text.replace("\nformat = 1\n", "\n"))
    assert op.read(without).fingerprint() == op.read(again).fingerprint()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("7", "is 7: the folder was written by a newer version; read it with that version"),
        ("0", "0 is below 1"),
        ('"new"', "'new' is not a number"),
    ],
)
def test_another_format_is_refused_with_its_line(number: str, words: str, tmp_path: Path) -> None:
    folder = settings(
        tmp_path / "valley", lambda text: text.replace("format = 1", f"format = {number}")
    )
    with pytest.raises(InstanceError) as error:
        op.read(folder)
    assert len(error.value.problems) == 1
    assert f"instance.toml:3 [format]: {words}" in str(error.value)
