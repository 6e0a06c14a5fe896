"""The files of a horizon: read, checked with file and line, written, in runs, on the page."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.cli.app import app
from optimizer.errors import AuditError, InstanceError, StoreError
from optimizer.instance.schema.path_tables import PATH_TABLES
from optimizer.messages.words import LANGUAGES, words_of
from optimizer.plan.csv_tables import read_table
from optimizer.plan.path.path import path_frames
from optimizer.report.charts.path_chart import draw_path, path_svg
from optimizer.report.page.page import page_html
from optimizer.report.page.path_view import PATH_SHORT
from tests.support.instance_folder import TOML, folder_with
from tests.support.year_regions import one_town, path_of

HORIZON = "[horizon]\nyears = 3\n"


def problems(home: Path, files: dict[str, str]) -> list[str]:
    with pytest.raises(InstanceError) as caught:
        op.read(folder_with(home, files))
    return [str(problem) for problem in caught.value.problems]


def test_all_problems_are_told_at_once_with_their_line(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        {
            "instance.toml": TOML + "[horizon]\nyears = 0\ninflation = 0.02\n",
            "targets.csv": "town,coverage,coverage_target\nA,0.8,0.9\nA,0.8,\nAx,1.2,\nB,,0.9\n",
            "investments.csv": "town,year,amount,connections_added\nA,2030,5,10\nB,2020,5,\n"
            "C,2030.5,-1,\n",
        },
    )
    told = "\n".join(found)
    for words in (
        "instance.toml:10 [horizon.years]: 0 is below 1",
        "instance.toml:11 [horizon.inflation]: is not a known key; did you mean",
        "targets.csv:3 [town]: town 'A' stands in an earlier line already",
        "targets.csv:4 [town]: town 'Ax' is not in towns.csv; did you mean 'A'?",
        "targets.csv:4 [coverage]: 1.2 is above 1",
        "targets.csv:5 [coverage]: is empty beside coverage_target",
        "investments.csv:2 [connections_added]: town 'A' has a coverage_target too",
        "investments.csv:3 [year]: 2020 is not after the price year, 2024",
        "investments.csv:4 [town]: town 'C' is not in towns.csv",
        "investments.csv:4 [year]: 2030.5 is not a calendar year",
        "investments.csv:4 [amount]: -1 is not above 0",
    ):
        assert words in told, words


def test_tables_without_a_horizon_are_noted(tmp_path: Path) -> None:
    region = op.read(folder_with(tmp_path, {"targets.csv": "town,bill_today_month\nA,5\n"}))
    assert region.horizon is None
    assert ("targets", 1) in [(note.table, note.count) for note in region.derived]


def test_a_horizon_is_written_and_read_again(tmp_path: Path) -> None:
    growing = op.read("instances/growing")
    again = op.read(op.write(growing, tmp_path / "growing"))
    assert again.fingerprint() == growing.fingerprint()
    assert again.horizon == growing.horizon
    plain = growing.replace(horizon=None, targets=None, investments=None)
    longer = growing.replace(horizon=growing.horizon.replace(years=6))
    assert len({r.fingerprint() for r in (growing, plain, longer)}) == 3


def test_wrong_tables_are_refused_in_python() -> None:
    growing = op.read("instances/growing")
    with pytest.raises(InstanceError, match="not after the price year"):
        growing.replace(price_year=2028)
    with pytest.raises(InstanceError, match=r"cash_today.*column is missing"):
        growing.replace(targets=growing.targets.drop(columns="cash_today"))
    with pytest.raises(InstanceError, match="not in towns"):
        growing.replace(targets=growing.targets.rename(index={"alba": "abla"}))


def test_a_run_holds_the_path_and_the_command_line_shows_it(tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(words))
        assert "Traceback" not in result.output
        return result.exit_code, result.output

    code, _ = run("solve", "instances/growing", "--results", str(tmp_path), "--run", "one")
    folder = tmp_path / "growing" / "one"
    assert code == 0
    assert {f"{name}.csv" for name in PATH_TABLES} <= {file.name for file in folder.iterdir()}
    path = op.tariff_path(op.read_plan(folder))
    for name, frame in path_frames(path).items():
        stored = read_table(PATH_TABLES[name], folder / f"{name}.csv")
        assert stored.index.equals(frame.index)
        assert stored.equals(frame), name
    code, text = run("path", str(folder), "--set", "horizon.years=2", "--out", str(tmp_path / "p"))
    assert code == 0
    assert "2026 to 2027" in text
    assert (tmp_path / "p" / "path.png").stat().st_size > 5_000
    assert run("path", str(folder), "--out", str(tmp_path / "p"))[0] == 3
    assert run("path", str(folder), "--out", str(tmp_path / "p"), "--overwrite")[0] == 0
    assert run("path", str(folder), "--set", "horizon.yers=2")[0] == 2
    rules = ("--set", "operating_subsidy=false", "--set", "horizon.bridging_most=0")
    code, text = run("path", str(folder), *rules)
    assert code == 4
    assert "bridging_most: Alba needs" in text
    code, text = run("path", str(folder), "--json")
    assert code == 0
    assert len(json.loads(text)["data"]) == 5


def test_a_path_without_a_horizon_is_a_usage_error(tmp_path: Path) -> None:
    op.evaluate(op.read("instances/pair"), "alone").write(tmp_path / "run")
    assert not list((tmp_path / "run").glob("path_*"))
    result = CliRunner().invoke(app, ["path", str(tmp_path / "run")])
    assert result.exit_code == 2
    words = ["path", str(tmp_path / "run"), "--set", "horizon.years=2"]
    assert CliRunner().invoke(app, words).exit_code == 0


def test_a_broken_path_is_not_written(tmp_path: Path) -> None:
    path = path_of(one_town(op.Horizon(years=2)))
    broken = dataclasses.replace(path, years=path.years.assign(cash=1e6))
    with pytest.raises(AuditError, match="cash_balance"):
        broken.write(tmp_path / "bad")
    assert not (tmp_path / "bad").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match="something else"):
        path.write(tmp_path / "other", overwrite=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_years(language: str) -> None:
    plan = op.evaluate(op.read("instances/growing"), "together")
    page = page_html(plan, language=language)
    words = words_of(language)
    assert f"<h2>{words('Years')}</h2>" in page
    assert words("Cash flow by year") in page
    assert words.number(37_376) in page
    bare = plan.with_instance(plan.instance.replace(horizon=None))
    assert 'href="#years"' not in page_html(bare, language=language)
    svg = path_svg(op.tariff_path(plan), language=language)
    assert svg == path_svg(op.tariff_path(plan), language=language)
    assert "<script" not in svg


def test_the_chart_draws_every_year_and_a_hostile_name_harmlessly() -> None:
    region = one_town(op.Horizon(years=3))
    towns = region.towns.assign(name="<script>$x$")
    path = op.tariff_path(op.evaluate(region.replace(towns=towns), "alone"))
    figure = draw_path(path)
    assert figure.axes[0].lines[0].get_xdata().tolist() == [2025, 2026, 2027, 2028]
    figure.canvas.draw()
    assert path.plot(figure.add_subplot()) in figure.axes
    page = page_html(path.plan)
    assert "<script>$x$" not in page


def test_the_workbook_holds_the_years(tmp_path: Path) -> None:
    plan = op.evaluate(op.read("instances/growing"), "together")
    book = openpyxl.load_workbook(plan.workbook(tmp_path / "plan.xlsx"))
    rows = list(book["path_years"].values)
    assert rows[0][:3] == ("service_area", "year", "level")
    assert [row[1] for row in rows[1:]] == [2026, 2027, 2028, 2029, 2030]


def test_every_label_of_a_path_exists_in_every_language() -> None:
    columns = [c for t in PATH_TABLES.values() for c in t.index + t.columns]
    said = (
        set(PATH_TABLES)
        | {c.meaning for c in columns}
        | {c.unit for c in columns}
        | set(PATH_SHORT.values())
    )
    for language in LANGUAGES[1:]:
        table = words_of(language).table
        assert sorted(text for text in said if not table.get(text)) == []
