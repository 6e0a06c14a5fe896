"""The workbook: every table whole, no text ever a formula."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import openpyxl
import pytest

import optimizer as op
from optimizer.instance.schema.plan_tables import TABLES, frames_of
from optimizer.instance.schema.policy import Policy
from tests.support.report_regions import HOSTILE, bundled_plan, hostile_plans, no_plan
from tests.tariffs.test_two_services import KINDS, sewer_region


def test_workbook_holds_every_table(tmp_path: Path) -> None:
    plan = bundled_plan("ring", "together")
    book = openpyxl.load_workbook(plan.workbook(tmp_path / "sub" / "ring.xlsx"))
    assert book.sheetnames == [*TABLES, "figures", "sureness", "Data dictionary"]
    for name, frame in frames_of(plan).items():
        rows = list(book[name].values)
        assert len(rows) == len(frame) + 1
    areas = book["areas"]
    heads = [c.value for c in areas[1]]
    column = heads.index("requirement_year")
    values = [row[column] for row in areas.iter_rows(min_row=2, values_only=True)]
    assert np.allclose(values, plan.areas["requirement_year"], rtol=1e-15)


def test_every_column_is_explained(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(bundled_plan("pair", "alone").workbook(tmp_path / "p.xlsx"))
    told = {(row[0], row[1]) for row in book["Data dictionary"].iter_rows(values_only=True)}
    for name, table in TABLES.items():
        for column in table.index + table.columns:
            shown = "lon, lat" if column.kind == "geometry" else column.name
            assert (name, shown) in told


@pytest.mark.parametrize("language", ["en", "es"])
def test_names_are_never_formulas_or_links(tmp_path: Path, language: str) -> None:
    path = hostile_plans()["together"].workbook(tmp_path / "h.xlsx", language=language)
    with ZipFile(path) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if "worksheets/sheet" in n]
        assert not [n for n in archive.namelist() if "_rels/sheet" in n]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    book = openpyxl.load_workbook(path)
    towns = book[book.sheetnames[1]]
    column = [c.value for c in towns[1]].index("name")
    cells = [row[column] for row in towns.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == list(HOSTILE)


def test_workbook_of_no_plan(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(no_plan().workbook(tmp_path / "none.xlsx"))
    assert len(list(book["areas"].values)) == 1


def test_cells_in_spanish_are_told_by_the_table_of_labels(tmp_path: Path) -> None:
    """Codes of the tables are words for people; columns keep their names, explained beside."""
    plan = op.solve(sewer_region(2, policy=Policy(reach_hours=3.0), kind=KINDS[2]))
    book = openpyxl.load_workbook(plan.workbook(tmp_path / "s.xlsx", language="es"))
    told = {str(cell) for sheet in book for row in sheet.values for cell in row}
    english = {"fixed charge", "block 1", "sewer block 1", "loses", "same", "same town", "domestic"}
    english |= {"q1, sewer", "straight line", "minimum bill"}
    assert not told & english
    assert {"cargo fijo", "rango 1", "rango 1 de alcantarillado", "doméstica"} <= told
