"""A region to a workbook and back is the same; an edited cell changes what it says."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import optimizer as op
from tests.paths import ROOT


@pytest.mark.parametrize("name", ["san_martin", "growing", "line"])
def test_there_and_back_is_the_same_region(name: str, tmp_path: Path) -> None:
    region = op.read(ROOT / "instances" / name)
    file = op.to_xlsx(region, tmp_path / f"{name}.xlsx")
    assert op.from_xlsx(file, tmp_path / name).fingerprint() == region.fingerprint()
    assert op.read(tmp_path / name).fingerprint() == region.fingerprint()


def test_an_edited_cell_counts(tmp_path: Path) -> None:
    file = op.to_xlsx(op.read(ROOT / "instances" / "line"), tmp_path / "line.xlsx")
    book = openpyxl.load_workbook(file)
    sheet = book["towns"]
    column = next(c.column for c in sheet[1] if c.value == "population")
    sheet.cell(row=2, column=column, value=4321)
    book.save(file)
    assert op.from_xlsx(file).towns["population"].iloc[0] == 4321
    with pytest.raises(op.InstanceError, match="is not there"):
        op.from_xlsx(tmp_path / "nothing.xlsx")
