"""Workbooks (xlsx, xls, xlsb, ods): read apart, within limits of size and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from optimizer.importing.reading import workbook_child
from optimizer.importing.reading.sheet import Sheet, clean_text
from optimizer.instance.reading.findings import Findings

__all__ = ["Date", "read_workbook", "unpacked_problem"]

BYTES_MOST = 500_000_000
"""Largest size of a file once unpacked, in bytes."""
MEMORY_MOST = 4_000_000_000
"""Memory that the reading of one workbook may take, in bytes."""
SECONDS_MOST = 120.0
EXPANSION_MOST = 1032
"""Largest ratio that deflate can reach; what is below the limit even so need not be unpacked."""


@dataclass(frozen=True)
class Date:
    """A cell that a spreadsheet took for a date or a time."""

    text: str

    def __str__(self) -> str:
        return self.text


def unpacked_problem(path: Path) -> str:
    """Return what is wrong with a packed file, empty where it may be opened."""
    try:
        with zipfile.ZipFile(path) as pack:
            total = 0
            for member in pack.infolist():
                total += member.file_size
                if total > BYTES_MOST:
                    return f"would unpack to more than {BYTES_MOST:,} bytes"
                if member.compress_size * EXPANSION_MOST > BYTES_MOST:
                    with pack.open(member) as stream:
                        while stream.read(1 << 20):
                            pass
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        return f"cannot be unpacked ({str(error)[:80]})"
    return ""


def read_workbook(path: Path, found: Findings) -> list[Sheet]:
    """Return the visible sheets of a workbook that hold anything; none where it cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        A file of a spreadsheet program.
    found : Findings
        Receives problems.
    """
    if zipfile.is_zipfile(path) and (problem := unpacked_problem(path)):
        found.problem(path.name, None, "", problem, "save the sheet that is needed as a new file")
        return []
    command = [sys.executable, workbook_child.__file__, str(path), str(MEMORY_MOST)]
    try:
        done = subprocess.run(  # noqa: S603 - this program's own file
            command, capture_output=True, check=False, timeout=SECONDS_MOST
        )
    except subprocess.TimeoutExpired:
        found.problem(path.name, None, "", "takes too long to read", "save one sheet as CSV")
        return []
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1][:120] if said else "it needs too much memory"
        what = f"cannot be read as a workbook ({reason})"
        found.problem(path.name, None, "", what, "save the sheet that is needed as CSV UTF-8")
        return []
    sheets = [
        _sheet(path.name, name, rows) for name, rows in json.loads(done.stdout or b"{}").items()
    ]
    full = [sheet for sheet in sheets if sheet.rows]
    if not full:
        found.problem(path.name, None, "", "has no sheet with cells", "give a sheet with towns")
    return full


def _sheet(file: str, name: str, rows: list[list[object]]) -> Sheet:
    kept = [
        (line, [_cell(cell) for cell in row])
        for line, row in enumerate(rows, start=1)
        if any(cell not in ("", None) for cell in row)
    ]
    return Sheet(file, name, [row for _, row in kept], [line for line, _ in kept])


def _cell(cell: object) -> object:
    """Return a cell as it is meant: texts cleaned, dates named, whole numbers without decimals."""
    if isinstance(cell, str):
        return clean_text(cell) or None
    if isinstance(cell, dict):
        return Date(next(iter(map(str, cell.values()))))
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell
