"""Cells of a spreadsheet file (xlsx, xlsb, xls, ods) as the texts that a CSV file would hold."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path

from optimizer.instance.csv_cells import number_text
from optimizer.instance.reading.findings import Findings

__all__ = ["SPREADSHEETS", "sheet_rows"]

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
"""Endings of the files that are read so."""

UNPACKED_MOST = 500_000_000
"""Largest content of a packed file, in bytes: what a bomb unpacks to is refused unread."""


def sheet_rows(path: Path, file: str, found: Findings) -> list[tuple[int, list[str]]] | None:
    """Return the rows of the one sheet that has any, each with its line; None where unreadable.

    Whole numbers lose their decimals, dates are written as 2024-12-31, yes and no as words. Several
    sheets with cells are a problem: nothing says which is meant.

    Parameters
    ----------
    path : pathlib.Path
        A file with one of the endings of :data:`SPREADSHEETS`.
    file : str
        Its name in messages.
    found : Findings
        Receives problems and notes.
    """
    from python_calamine import (  # noqa: PLC0415 - only where there is a spreadsheet
        CalamineError,
        CalamineWorkbook,
    )

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                size = sum(part.file_size for part in packed.infolist())
            if size > UNPACKED_MOST:
                what = f"is too large: {size:,} bytes unpacked, at most {UNPACKED_MOST:,} are read"
                found.problem(file, None, "", what, "keep only the rows that are needed")
                return None
        book = CalamineWorkbook.from_path(path)
        sheets = [
            (name, _rows(book.get_sheet_by_name(name).to_python(skip_empty_area=False)))
            for name in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        what = f"cannot be read as a spreadsheet ({error})"
        found.problem(file, None, "", what, "save it again as xlsx, ods or CSV, without a password")
        return None
    filled = [(name, rows) for name, rows in sheets if rows]
    if len(filled) > 1:
        names = ", ".join(repr(name) for name, _ in filled)
        what = f"has {len(filled)} sheets with cells: {names}"
        found.problem(file, None, "", what, "keep one, or save that one as CSV")
        return None
    return filled[0][1] if filled else []


def _rows(cells: Sequence[Sequence[object]]) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything, with their lines."""
    rows = [(line, [_text(cell) for cell in row]) for line, row in enumerate(cells, start=1)]
    return [(line, row) for line, row in rows if any(map(str.strip, row))]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
