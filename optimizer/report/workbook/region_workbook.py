"""A region as a workbook to be edited, and back: the same instance."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from pathlib import Path

import xlsxwriter

from optimizer.errors import InstanceError, StoreError
from optimizer.importing.reading.workbook_file import read_workbook
from optimizer.instance.csv_cells import number_text
from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.read import read
from optimizer.instance.writing.write import write

__all__ = ["from_xlsx", "to_xlsx"]

SETTINGS = "instance.toml"
LAYERS = ("roads.gpkg", "boundaries.gpkg")


def to_xlsx(instance: Instance, path: str | Path) -> Path:
    """Write a region as a workbook: a sheet for each of its tables, one for its settings.

    Every cell is text as in the region's files, so that nothing is rounded and no code loses its
    zeros. Map layers do not fit: they are written beside the workbook, as ``NAME.roads.gpkg``.

    Parameters
    ----------
    instance : Instance
        Any region.
    path : str or pathlib.Path
        File to make.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/line")
    >>> file = to_xlsx(region, Path(tempfile.mkdtemp()) / "line.xlsx")
    >>> from_xlsx(file).fingerprint() == region.fingerprint()
    True
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    harmless = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with tempfile.TemporaryDirectory() as home:
        folder = write(instance, Path(home) / "region")
        with xlsxwriter.Workbook(str(target), harmless) as book:
            head = book.add_format({"bold": True, "bottom": 1})
            text = book.add_format({"num_format": "@"})
            sheet = book.add_worksheet(SETTINGS)
            sheet.set_column(0, 0, 110)
            for row, line in enumerate((folder / SETTINGS).read_text("utf-8").splitlines()):
                sheet.write_string(row, 0, line, text)
            for file in sorted(folder.rglob("*.csv")):
                name = str(file.relative_to(folder)).removesuffix(".csv").replace("/", ".")
                sheet = book.add_worksheet(name[:31])
                with file.open(encoding="utf-8", newline="") as rows:
                    for row, cells in enumerate(csv.reader(rows)):
                        for column, cell in enumerate(cells):
                            sheet.write_string(row, column, cell, text if row else head)
                sheet.freeze_panes(1, 1)
        for layer in LAYERS:
            if (folder / layer).is_file():
                shutil.copy(folder / layer, target.with_suffix(f".{layer}"))
    return target


def from_xlsx(path: str | Path, folder: str | Path | None = None) -> Instance:
    """Return the region of a workbook that :func:`to_xlsx` made and somebody edited.

    Parameters
    ----------
    path : str or pathlib.Path
        The workbook; its map layers lie beside it.
    folder : str or pathlib.Path, optional
        Folder of a region to make; it may not exist.

    Raises
    ------
    InstanceError
        With every problem of the workbook.
    StoreError
        If the folder exists already.
    """
    source, found = Path(path), Findings()
    sheets = read_workbook(source, found) if source.is_file() else []
    if not source.is_file():
        found.problem(str(path), None, "", "is not there", "give a workbook of `optimizer to-xlsx`")
    elif not found.problems and SETTINGS not in {sheet.name for sheet in sheets}:
        remedy = "give a workbook of `optimizer to-xlsx`"
        found.problem(source.name, None, "", f"has no sheet {SETTINGS}", remedy)
    if found.problems:
        raise InstanceError(found.problems)
    target = None if folder is None else Path(folder)
    if target is not None and target.exists():
        raise StoreError(f"{target}: exists already; choose another folder")
    with tempfile.TemporaryDirectory() as home:
        fresh = Path(home) / (target.name if target else source.stem)
        fresh.mkdir()
        for sheet in sheets:
            rows = [[_text(cell) for cell in row] for row in sheet.rows]
            if sheet.name == SETTINGS:
                lines = "\n".join(row[0] for row in rows) + "\n"
                (fresh / SETTINGS).write_text(lines, encoding="utf-8")
                continue
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(rows)
            file = fresh / f"{sheet.name.replace('groupings.', 'groupings/')}.csv"
            file.parent.mkdir(exist_ok=True)
            file.write_text(out.getvalue(), encoding="utf-8")
        for layer in LAYERS:
            if source.with_suffix(f".{layer}").is_file():
                shutil.copy(source.with_suffix(f".{layer}"), fresh / layer)
        instance = read(fresh)
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(fresh, target)
    return instance


def _text(cell: object) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return number_text(float(cell))
    return "" if cell is None else str(cell)
