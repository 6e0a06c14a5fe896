"""Where the header of a sheet stands, over how many rows, and where its rows begin."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

from optimizer.importing.reading.sheet import Grid, Sheet
from optimizer.importing.reading.workbook_file import Date
from optimizer.importing.values.gaps import is_gap
from optimizer.instance.reading.findings import Findings, number_of

__all__ = ["grid_of", "looks_like_number"]

NUMBER = re.compile(
    r"(?:[A-Z]{0,3}\$|S/\.?|[€£¥₱])?[^\w]{0,3}[\d.,'’ ]*"
    r"\d[\d.,'’ ]*\s?(%|[a-zA-Z]{0,3}\$?)?"
)
YEARS = range(1900, 2101)
ROWS_ABOVE_MOST = 40
HEADER_ROWS_MOST = 4
FILLED_LEAST = 0.5
"""A header fills at least this share of the columns that rows usually fill."""
NUMERIC_LEAST = 0.7
"""A column is one of numbers where this share of its cells are."""


def looks_like_number(cell: object) -> bool:
    """Return whether a cell is a number, however it is written.

    Examples
    --------
    >>> [looks_like_number(c) for c in (3.5, "1.234,5", "12 %", "S/ 3.50", "A1", None, "2ª")]
    [True, True, True, True, False, False, False]
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, Date):
        return False
    return isinstance(cell, int | float) or bool(NUMBER.fullmatch(str(cell)))


def grid_of(sheet: Sheet, found: Findings) -> Grid | None:
    """Return the named columns of a sheet, or None where it has no header.

    Titles above the header and a row that numbers the columns are left out; a header over several
    rows is joined, its merged cells spread; all is said.

    Parameters
    ----------
    sheet : Sheet
        Rows as they come.
    found : Findings
        Receives problems.
    """
    rows = [row for row in sheet.rows if any(cell is not None for cell in row)]
    lines = [n for n, row in zip(sheet.lines, sheet.rows, strict=True) if any(row)]
    lines = lines if len(lines) == len(rows) else sheet.lines[: len(rows)]
    if len(rows) < 2:
        remedy = "give a header and a row for each town"
        found.problem(sheet.file, None, "", f"{_named(sheet)}has no rows", remedy)
        return None
    first, last = (0, 1) if sheet.named else _header_rows(rows)
    notes: list[str] = []
    if first is None or last is None:
        remedy = "add a row above the numbers that names each column"
        found.problem(sheet.file, lines[0], "", f"{_named(sheet)}has no header row", remedy)
        return None
    if first:
        notes.append(f"{number_of(first, 'row')} above the header left out")
    if last - first > 1:
        notes.append(f"the header stands in {last - first} rows, joined")
    names = _names(rows[first:last])
    body, body_lines = rows[last:], lines[last:]
    if _numbers_columns(body[0]):
        notes.append("the row that numbers the columns left out")
        body, body_lines = body[1:], body_lines[1:]
    shapes = sheet.shapes
    _too_long(sheet.file, body, body_lines, len(names), found)
    columns = _columns(names, body, notes)
    return Grid(sheet.file, sheet.name, columns, body_lines, shapes, notes)


def _named(sheet: Sheet) -> str:
    return f"sheet {sheet.name!r} " if sheet.name else ""


def _header_rows(rows: list[list[object]]) -> tuple[int | None, int | None]:
    """Return the first row of the header and the first behind it."""
    filled = [sum(cell is not None for cell in row) for row in rows]
    usual = median(filled[: ROWS_ABOVE_MOST * 5])
    least = max(1.0, FILLED_LEAST * usual) if usual < 2 else max(2.0, FILLED_LEAST * usual)
    first = next((at for at, n in enumerate(filled[:ROWS_ABOVE_MOST]) if n >= least), None)
    if first is None:
        return None, None
    numeric = _numeric_columns(rows, first + 1)
    if _is_data(rows[first], numeric):
        return None, None
    last = first + 1
    while (
        last < min(first + HEADER_ROWS_MOST, len(rows) - 1)
        and (numeric := _numeric_columns(rows, last + 1))
        and _continues(rows[last], numeric)
    ):
        last += 1
    above = rows[first - 1] if first else []
    if any(cell is not None for cell in above[1:]) and not any(map(looks_like_number, above)):
        first -= 1
    return first, last


def _numeric_columns(rows: list[list[object]], start: int) -> set[int]:
    """Return the columns that hold numbers from a row on."""
    body = rows[start : start + 60]
    numeric = set()
    for at in range(max(map(len, rows[: start + 60]), default=0)):
        cells = [row[at] for row in body if at < len(row) and row[at] is not None]
        cells = [cell for cell in cells if not is_gap(cell)]
        if cells and sum(map(looks_like_number, cells)) >= NUMERIC_LEAST * len(cells):
            numeric.add(at)
    return numeric


def _is_data(row: list[object], numeric: set[int]) -> bool:
    """Return whether a row holds numbers where numbers are due, and not years for names."""
    there = [row[at] for at in numeric if at < len(row) and row[at] is not None]
    numbers = [cell for cell in there if looks_like_number(cell) and not _is_year(cell)]
    return len(numbers) > len(there) / 2


def _is_year(cell: object) -> bool:
    text = str(cell)
    return text.isdigit() and int(text) in YEARS


def _continues(row: list[object], numeric: set[int]) -> bool:
    """Return whether a row still names columns: texts where numbers are due."""
    there = [row[at] for at in numeric if at < len(row) and row[at] is not None]
    named = [cell for cell in there if not is_gap(cell)]
    return bool(named) and not any(looks_like_number(cell) and not _is_year(cell) for cell in named)


def _numbers_columns(row: list[object]) -> bool:
    """Return whether a row only numbers the columns: 1, 2, 3 or (1), (2), (3)."""
    bare = [str(cell).strip("()[]. ") for cell in row if cell is not None]
    return len(bare) > 2 and bare == [str(n) for n in range(1, len(bare) + 1)]


def _names(header: list[list[object]]) -> list[str]:
    """Return one name for each column from the rows of a header; merged cells are spread."""
    width = max(map(len, header))
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(header):
        held = ""
        for at in range(width):
            cell = row[at] if at < len(row) else None
            below = any(at < len(other) and other[at] is not None for other in header[depth + 1 :])
            if cell is not None:
                held = str(cell)
            elif not below:
                held = ""
            if held and held not in parts[at]:
                parts[at].append(held)
    return [" ".join(words) for words in parts]


def _too_long(
    file: str, body: list[list[object]], lines: list[int], width: int, found: Findings
) -> None:
    """Tell rows with more cells than the header has columns."""
    long = [at for at, row in enumerate(body) if any(c is not None for c in row[width:])]
    if long:
        what = f"{number_of(len(long), 'row')} with more cells than the header has columns"
        remedy = "put quotation marks around texts and numbers that hold the separator"
        found.problem(file, lines[long[0]], "", what, remedy)


def _columns(
    names: list[str], body: list[list[object]], notes: list[str]
) -> dict[str, list[object]]:
    """Return the cells by column; columns without any cell are left out."""
    width = max([len(names), *map(len, body)]) if body else len(names)
    told = Counter(name for name in names if name)
    times: Counter[str] = Counter()
    columns: dict[str, list[object]] = {}
    empty = 0
    for at in range(width):
        cells = [row[at] if at < len(row) else None for row in body]
        name = names[at] if at < len(names) else ""
        if all(cell is None for cell in cells):
            empty += bool(name)
            continue
        if not name:
            name = f"column {at + 1}"
            notes.append(f"column {at + 1} has no name; kept as {name!r}")
        elif told[name] > 1:
            times[name] += 1
            if times[name] > 1:
                notes.append(f"the column {name!r} stands more than once; numbered")
                name = f"{name} {times[name]}"
        columns[name] = cells
    if empty:
        notes.append(f"{number_of(empty, 'column')} without any value left out")
    return columns
