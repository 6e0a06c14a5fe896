"""Tables as they come, from CSV text or from Python, before their values are checked."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
import pandas as pd
from pydantic.fields import FieldInfo

from optimizer.errors import Problem
from optimizer.instance.reading.findings import Findings, near
from optimizer.record import Row, is_number

__all__ = [
    "RawRows",
    "RawTable",
    "as_text",
    "csv_rows",
    "is_missing",
    "raw_from_csv",
    "raw_from_frame",
    "raw_from_rows",
    "whole_csv",
]


@dataclass(frozen=True, eq=False)
class RawTable:
    """Cells of a table with the place of each row.

    Attributes
    ----------
    file : str
        Name in messages.
    columns : dict of str to list
        Cells of every known column, all of the same length; texts are stripped, an empty cell is
        ``None``.
    lines : list of int
        Line of each row in the file (or its number in a table from Python), counted from 1.
    decimal_commas : bool
        Whether a comma may be a decimal sign (only where the columns are split at
        semicolons or tabs).
    """

    file: str
    columns: dict[str, list[object]]
    lines: list[int]
    decimal_commas: bool = False


@dataclass(frozen=True, eq=False)
class RawRows:
    """The rows of a file that are not blank, the header first.

    Attributes
    ----------
    rows : sequence of (int, list of str)
        Line and cells of each.
    decimal_commas : bool
        Whether a comma may be a decimal sign.
    """

    rows: Sequence[tuple[int, list[str]]]
    decimal_commas: bool = False

    @property
    def header(self) -> list[str]:
        """The names of the columns; none where there is no row."""
        return [name.strip() for name in self.rows[0][1]] if self.rows else []


def raw_from_csv(text: str, record: type[Row], file: str, found: Findings) -> RawTable | None:
    r"""Return the known columns of CSV text, or None when there is no usable header.

    Commas, semicolons and tabs are told apart by the header; Windows line ends, quoted cells that
    hold line breaks, and blank lines are understood.

    Parameters
    ----------
    text : str
        The file's text.
    record : type of Row
        The record that names the columns.
    file : str
        Name in messages.
    found : Findings
        Receives problems and notes.

    Examples
    --------
    >>> from optimizer.instance.schema.fields import GroupingRow
    >>> found = Findings()
    >>> raw = raw_from_csv("town;operator\r\n\r\nA;x\r\n", GroupingRow, "a.csv", found)
    >>> raw.columns, raw.lines
    ({'town': ['A'], 'operator': ['x']}, [3])
    """
    return raw_from_rows(csv_rows(text, file, found), record, file, found)


def csv_rows(text: str, file: str, found: Findings) -> RawRows:
    """Return the rows of CSV text that are not blank."""
    return RawRows(list(_rows(text, file, found)), _delimiter(text) != ",")


def raw_from_rows(raw: RawRows, record: type[Row], file: str, found: Findings) -> RawTable | None:
    """Return the known columns of rows, the header first, or None without a usable header.

    Parameters
    ----------
    raw : RawRows
        Header and rows.
    record, file, found
        As in :func:`raw_from_csv`.
    """
    if not raw.rows:
        if not found.problems or found.problems[-1].file != file:
            remedy = f"give a header line: {','.join(_required(record))}"
            found.problem(file, None, "", "is empty", remedy)
        return None
    (line, names), *body = raw.rows
    positions = _columns(names, [cells for _, cells in body], record, (file, line), found)
    if positions is None:
        return None
    kept = _full(body, len(names), file, found)
    columns: dict[str, list[object]] = {
        name: [cells[at].strip() or None for _, cells in kept] for name, at in positions.items()
    }
    return RawTable(file, columns, [n for n, _ in kept], raw.decimal_commas)


def whole_csv(text: str, file: str, found: Findings) -> RawTable | None:
    r"""Return every named column of CSV text, whatever its name; None without a usable header.

    Parameters
    ----------
    text : str
        The file's text.
    file : str
        Name in messages.
    found : Findings
        Receives problems.

    Examples
    --------
    >>> whole_csv("a,b\n1,\n", "a.csv", Findings()).columns
    {'a': ['1'], 'b': [None]}
    """
    rows = _rows(text, file, found)
    head = next(rows, None)
    if head is None:
        if not found.problems:
            found.problem(file, None, "", "is empty", "give a header line and a row per provider")
        return None
    line, names = head[0], [name.strip() for name in head[1]]
    twice = [name for name, times in Counter(names).items() if name and times > 1]
    found.faults(twice, lambda name: _twice(file, line, name), "column")
    kept = _full(list(rows), len(names), file, found)
    columns: dict[str, list[object]] = {
        name: [cells[at].strip() or None for _, cells in kept]
        for at, name in enumerate(names)
        if name
    }
    return RawTable(file, columns, [n for n, _ in kept], _delimiter(text) != ",")


def raw_from_frame(
    frame: pd.DataFrame, record: type[Row], file: str, found: Findings
) -> RawTable | None:
    """Return the known columns of a table from Python, or None when one is missing or unknown.

    A named index counts as columns. Whole numbers in text columns become text.
    """
    named = [str(name) for name in frame.index.names if name is not None]
    whole = pd.DataFrame(frame.reset_index()[named + [str(c) for c in frame.columns]])
    whole = whole.drop(columns="geometry", errors="ignore")
    names = [str(c) for c in whole.columns]
    positions = _columns(names, [], record, (file, None), found)
    if positions is None:
        return None
    columns = {
        name: _cells(whole.iloc[:, at], record.model_fields[name]) for name, at in positions.items()
    }
    return RawTable(file, columns, list(range(1, len(whole) + 1)))


def _cells(column: pd.Series, info: FieldInfo) -> list[object]:
    """Return the cells of a column; gaps are None, and whole numbers in a text column are text."""
    values: list[object] = column.tolist()
    gaps = column.isna().to_numpy(dtype=bool)
    if gaps.any():
        values = [None if gap else cell for cell, gap in zip(values, gaps.tolist(), strict=True)]
    if is_number(info) or info.annotation is bool:
        return values
    return [as_text(cell) for cell in values]


def is_missing(value: object) -> bool:
    """Return whether a value from Python says nothing: None, NaN, NaT, NA or a blank text.

    Examples
    --------
    >>> [is_missing(v) for v in (None, float("nan"), pd.NaT, pd.NA, " ", "nan", 0)]
    [True, True, True, True, True, False, False]
    """
    if isinstance(value, str):
        return not value.strip()
    return bool(pd.Series([value], dtype=object).isna().iloc[0])


def as_text(cell: object) -> object:
    """Return a text stripped, a whole number as text, ``None`` for a missing value.

    Anything else stays what it is, so that it is refused where a text is due.

    Examples
    --------
    >>> as_text(" a "), as_text(7), as_text(7.0), as_text(7.5), as_text(float("nan"))
    ('a', '7', '7', 7.5, None)
    """
    if is_missing(cell):
        return None
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool | np.bool_):
        return cell
    if isinstance(cell, Integral) or (isinstance(cell, float) and cell.is_integer()):
        return str(int(cell))
    return cell


def _delimiter(text: str) -> str:
    """Return the delimiter that the first line with content uses most outside quotes."""
    head = next((line for line in text.splitlines() if line.strip(' \t,;"')), "")
    counts = Counter("".join(head.split('"')[::2]))
    return max(",;\t", key=lambda mark: counts[mark])


def _rows(text: str, file: str, found: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and cells of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        remedy = 'close every quotation mark and double those inside a text (""like this"")'
        found.problem(file, line, "", f"is not readable as CSV ({error})", remedy)


def _required(record: type[Row]) -> list[str]:
    return [name for name, info in record.model_fields.items() if info.is_required()]


def _columns(
    names: Sequence[str],
    body: Sequence[Sequence[str]],
    record: type[Row],
    place: tuple[str, int | None],
    found: Findings,
) -> dict[str, int] | None:
    """Return the position of every known column; None when the header cannot be used."""
    file, line = place
    known = list(record.model_fields)
    positions: dict[str, int] = {}
    unknown, twice, nameless = list[str](), list[str](), list[int]()
    usable = True
    for at, raw in enumerate(names):
        name = raw.strip()
        if name in positions:
            twice.append(name)
        elif name in record.model_fields:
            positions[name] = at
        elif name:
            unknown.append(name)
        elif any(len(cells) > at and cells[at].strip() for cells in body):
            nameless.append(at + 1)
    left = [name for name in known if name not in positions]

    def unknown_one(name: str) -> Problem:
        hint = near(name, left)
        remedy = f"{hint}rename or remove it" if hint else f"columns are: {', '.join(known)}"
        return Problem(file, line, name, "is not a known column", remedy)

    def nameless_one(at: int) -> Problem:
        return Problem(
            file, line, "", f"column {at} has values and no name", "name it or remove it"
        )

    found.faults(twice, lambda name: _twice(file, line, name), "column")
    found.faults(nameless, nameless_one, "column")
    found.faults(unknown, unknown_one, "column")
    for name in _required(record):
        if name not in positions:
            info = record.model_fields[name]
            remedy = f"add it: {info.description}"
            found.problem(file, line, name, "column is missing", remedy)
            usable = False
    return positions if usable else None


def _twice(file: str, line: int | None, name: str) -> Problem:
    return Problem(file, line, name, "stands twice in the header", "keep one of the two")


def _full(
    body: Sequence[tuple[int, list[str]]], width: int, file: str, found: Findings
) -> list[tuple[int, list[str]]]:
    """Return the rows that have as many cells as the header; say which have not."""
    fits = [
        len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:])))
        for _, cells in body
    ]

    def problem(row: tuple[int, list[str]]) -> Problem:
        line, cells = row
        what = f"has {len(cells)} cells, the header has {width}"
        remedy = (
            "put quotation marks around texts and numbers that hold the separator, or remove it"
        )
        if len(cells) < width:
            remedy = "fill the row up with empty cells"
        return Problem(file, line, "", what, remedy)

    found.faults([row for row, fit in zip(body, fits, strict=True) if not fit], problem)
    return [row for row, fit in zip(body, fits, strict=True) if fit]
