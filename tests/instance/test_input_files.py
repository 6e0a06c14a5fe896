"""What a file can do to its reader: every kind of text is read by one reader, nonsense is quick."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import optimizer as op
from optimizer.analysis.loyalty.election import read_leaving_chances
from optimizer.analysis.what_if.scenario_file import read_scenarios
from optimizer.errors import InstanceError, OptimizerError, StoreError
from optimizer.instance.reading.findings import TOLD_MOST
from optimizer.instance.reading.read import read
from optimizer.plan.store import read_plan, write_plan
from tests.support.instance_folder import TOML, folder_with

KINDS = {
    "comma": ",".join,
    "semicolon": ";".join,
    "tab": "\t".join,
}
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_tables_given_by_path(tmp_path: Path, kind: str, encoding: str) -> None:
    joined, file = KINDS[kind], tmp_path / "x.csv"
    rows = [["town", "operator"], ["alba", "Peñón"], ["brisa", "Peñón"]]
    file.write_bytes("\r\n".join(map(joined, rows)).encode(encoding))
    plan = op.evaluate(op.read("instances/pair"), file)
    assert plan.areas.index.tolist() == ["Peñón"]
    rows = [["town", "leaving_chance"], ["alba", "0.25"], ["Peñón", "1"]]
    file.write_bytes("\r\n".join(map(joined, rows)).encode(encoding))
    assert read_leaving_chances(file).to_dict() == {"alba": 0.25, "Peñón": 1.0}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_scenarios_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "s.toml"
    file.write_bytes('[dear]\ntitle = "Año"\nmultiply = { costs = 1.2 }\n'.encode(encoding))
    assert read_scenarios(file)["dear"].title == "Año"


def refused(home: Path, files: dict[str, str | bytes | None]) -> tuple[str, ...]:
    with pytest.raises(InstanceError) as caught:
        read(folder_with(home, files))
    return tuple(map(str, caught.value.problems))


def test_something_else_than_a_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "households.csv").mkdir()
    (folder / "roads.gpkg").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "travel.csv")
    (folder / "groupings").write_text("town,operator\n")
    with pytest.raises(InstanceError) as caught:
        read(folder)
    said = [(p.file, p.what) for p in caught.value.problems]
    assert ("households.csv", "is not a file") in said
    assert ("roads.gpkg", "is a link to nothing") in said
    assert ("travel.csv", "is not a file") in said
    assert ("groupings", "is not a folder") in said
    for reader in (read_leaving_chances, read_scenarios):
        with pytest.raises(InstanceError, match="is not a file"):
            reader(folder / "travel.csv")


def test_groupings_that_would_be_ignored(tmp_path: Path) -> None:
    said = refused(tmp_path, {"groupings/now.CSV": "town,operator\n"})
    assert said == ("groupings/now.CSV: would be ignored; save it as CSV, with the ending .csv",)


@pytest.mark.parametrize(
    "nonsense",
    [
        "x = " + "[" * 100_000,
        "x = " + "{a=" * 100_000,
        "a" + ".a" * 20_000 + " = 1",
        "[a" + ".a" * 20_000 + "]",
        "x = { a" + " . a" * 20_000 + " = 1 }",
        "x = " + "9" * 100_000,
        "x = 2024-99-99",
        "".join(f"x{k} = 1\n" for k in range(20_000)),
        'title = """\n[' + " " * 100_000 + '\n"""\n' + TOML.split("\n", 1)[1],
    ],
)
def test_nonsense_in_settings_is_refused_soon(tmp_path: Path, nonsense: str) -> None:
    said = refused(tmp_path, {"instance.toml": nonsense})
    assert len(said) <= TOLD_MOST + 5
    assert max(map(len, said)) < 5000
    file = tmp_path / "s.toml"
    file.write_text(nonsense)
    with pytest.raises(OptimizerError):
        read_scenarios(file)


def test_large_nonsense_in_tables_is_counted(tmp_path: Path) -> None:
    """Each of these took a minute: they are told as the first twenty and a count."""
    many = 30_000
    head = "town,lon,lat,population"
    unknown = head + "".join(f",column{k}" for k in range(many)) + "\n"
    twice = head + "\n" + "A,-76.1,-6.1,8000\n" * many
    strangers = "origin,destination,hours\n" + "".join(f"A,x{k},1\n" for k in range(many))
    loops = "town_a,town_b\n" + "A,A\n" * many
    short = "town,group,share,income_month\n" + "A,q\n" * many
    files: dict[str, str | bytes | None] = {
        "travel.csv": strangers,
        "adjacency.csv": loops,
        "households.csv": short,
        "targets.csv": "town,coverage\n" + "".join(f"y{k},0.5\n" for k in range(many)),
    }
    said = refused(tmp_path, {**files, "towns.csv": unknown})
    assert any("29,980 more columns with the same fault" in line for line in said)
    said = refused(tmp_path, {**files, "towns.csv": twice})
    for words in (
        "towns.csv:23 [town]: 29,979 more rows with the same fault",
        "travel.csv:22 [destination]: 29,980 more keys with the same fault",
        "adjacency.csv:22 [town_b]: 29,980 more rows with the same fault",
        "households.csv:22: 29,980 more rows with the same fault",
        "targets.csv:22 [town]: 29,980 more rows with the same fault",
    ):
        assert any(line.startswith(words) for line in said), (words, said)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda _: "[" * 100_000,
        lambda record: json.dumps(record | {"instance": {"fingerprint": record["fingerprint"]}}),
        lambda record: json.dumps(record | {"outcome": [1]}),
        lambda record: json.dumps([record]),
    ],
)
def test_a_broken_record_of_a_run(tmp_path: Path, break_it: object) -> None:
    plan = op.evaluate(op.read("instances/pair"), "alone")
    folder = write_plan(plan, tmp_path / "run")
    record = json.loads((folder / "run.json").read_text())
    record["fingerprint"] = record["instance"]["fingerprint"]
    (folder / "run.json").write_text(break_it(record))  # type: ignore[operator]
    with pytest.raises(StoreError):
        read_plan(folder)


def test_a_grouping_that_is_no_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "groupings" / "now.csv").mkdir(parents=True)
    (folder / "groupings" / "then.csv").symlink_to(folder / "nowhere")
    with pytest.raises(InstanceError) as caught:
        read(folder)
    assert [(p.file, p.what) for p in caught.value.problems] == [
        ("groupings/now.csv", "is not a file"),
        ("groupings/then.csv", "is not a file"),
    ]
