"""Cells to typed columns: every value is checked by the field table, column by column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from optimizer.errors import Problem
from optimizer.instance.reading.findings import Findings, number_of
from optimizer.instance.reading.separators import open_cells
from optimizer.instance.reading.tables import RawTable
from optimizer.instance.reading.wording import said
from optimizer.messages.message import Message
from optimizer.record import Row, is_number, only_plain, unit_of

__all__ = ["Table", "typed"]

DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")


CELLS_SHOWN_MOST = 5
"""Wrong cells of one column that are told one by one; the rest are counted."""


@dataclass(frozen=True, eq=False)
class Table:
    """A typed table whose rows know their line.

    Attributes
    ----------
    file : str
        Name in messages.
    frame : pandas.DataFrame
        All columns of the record, in its order; numbers are floats with NaN for an empty cell.
    lines : numpy.ndarray of int
        Line of each row; see :class:`~optimizer.instance.reading.tables.RawTable`.
    """

    file: str
    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]

    def line(self, row: int) -> int:
        """Return the line of a row given by position."""
        return int(self.lines[row])


def typed(raw: RawTable, record: type[Row], found: Findings) -> Table:
    """Return the typed columns of a raw table; cells that are wrong become problems.

    Parameters
    ----------
    raw : RawTable
        Cells as they came.
    record : type of Row
        Fields with their types and bounds.
    found : Findings
        Receives problems, and a note where decimal commas were read.

    Returns
    -------
    Table
        Rows with a wrong cell hold a filler there, so that the remaining checks can go on.

    Examples
    --------
    >>> from optimizer.instance.schema.fields import Customer
    >>> cells = {"town": ["A"], "category": ["shop"], "connections": ["3"],
    ...          "consumption_m3_month": ["20,5"]}
    >>> found = Findings()
    >>> raw = RawTable("customers.csv", cells, [2], decimal_commas=True)
    >>> typed(raw, Customer, found).frame[list(cells)]
      town category  connections  consumption_m3_month
    0    A     shop          3.0                  20.5
    """
    points = _without_commas(raw, record, found)
    doubtful = {name: _open(raw, record, name, found) for name in points.columns}
    frame = pd.DataFrame(
        {
            name: _column(points, record, name, doubtful.get(name, set()), found)
            for name in record.model_fields
        },
        index=pd.RangeIndex(len(raw.lines)),
    )
    return Table(raw.file, frame, np.asarray(raw.lines, dtype=np.int64))


@cache
def _adapter(record: type[Row], name: str) -> TypeAdapter[list[Any]]:
    """Return the validator of a whole column; errors carry the position of the cell."""
    info = record.model_fields[name]
    cell: Any = info.annotation
    for mark in info.metadata:
        cell = Annotated[cell, mark]
    if is_number(info):
        cell = Annotated[cell, BeforeValidator(only_plain)]
    return TypeAdapter(list[cell], config=ConfigDict(allow_inf_nan=False))


def _open(raw: RawTable, record: type[Row], name: str, found: Findings) -> set[int]:
    """Report the cells of a column that can be read in two ways; return their positions."""
    info = record.model_fields[name]
    if not is_number(info):
        return set()
    cells, unit = raw.columns[name], unit_of(record, name)
    doubtful = open_cells(cells, unit, info, any_unit=raw.decimal_commas)

    def problem(row: int) -> Problem:
        fraction, thousands = doubtful[row]
        what = f"{str(cells[row])!r} may mean {fraction} or {thousands}"
        remedy = f"write {fraction} or {thousands}, whichever is meant ({unit})"
        return Problem(raw.file, raw.lines[row], name, what, remedy)

    found.faults(list(doubtful), problem, "cell")
    return set(doubtful)


def _column(
    raw: RawTable, record: type[Row], name: str, doubtful: set[int], found: Findings
) -> pd.Series:
    info = record.model_fields[name]
    cells = list(raw.columns.get(name, [None] * len(raw.lines)))
    if is_number(info):  # yes and no are no numbers, though Python says so
        cells = [str(cell) if isinstance(cell, bool | np.bool_) else cell for cell in cells]
    if not info.is_required() and info.default is not None:
        cells = [info.default if cell is None else cell for cell in cells]
    try:
        values = _adapter(record, name).validate_python(cells)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=True)
        details = [e for e in errors if e["loc"][0] not in doubtful]
        for detail in details[:CELLS_SHOWN_MOST]:
            row = cast(int, detail["loc"][0])
            what, remedy = _wording(detail, cells[row], record, name)
            found.problem(raw.file, raw.lines[row], name, what, remedy)
        if more := details[CELLS_SHOWN_MOST:]:
            line = raw.lines[cast(int, more[0]["loc"][0])]
            what = f"{number_of(len(more), 'more cell')} of this column cannot be used"
            found.problem(raw.file, line, name, what, "correct them likewise")
        values = _filled(cells, {cast(int, d["loc"][0]) for d in errors}, record, name)
    if doubtful:
        values = [np.nan if row in doubtful else value for row, value in enumerate(values)]
    kind = "float64" if is_number(info) else "bool" if info.annotation is bool else "str"
    return pd.Series(values, index=pd.RangeIndex(len(cells)), dtype=kind)


def _wording(detail: ErrorDetails, cell: object, record: type[Row], name: str) -> tuple[str, str]:
    return said(detail, cell, record.model_fields[name], unit_of(record, name))


def _filled(cells: Sequence[object], wrong: set[int], record: type[Row], name: str) -> list[Any]:
    """Return the validated good cells, with a filler that passes for the wrong ones."""
    info = record.model_fields[name]
    good = [cell for row, cell in enumerate(cells) if row not in wrong]
    values = iter(_adapter(record, name).validate_python(good))
    filler: object = "?"
    if is_number(info):
        filler = np.nan
    elif info.annotation is bool:
        filler = True
    return [filler if row in wrong else next(values) for row in range(len(cells))]


def _without_commas(raw: RawTable, record: type[Row], found: Findings) -> RawTable:
    """Return the table with decimal points, where its columns are not split at commas."""
    if not raw.decimal_commas:
        return raw
    numbers = [n for n in raw.columns if is_number(record.model_fields[n])]
    texts = [str(cell) for n in numbers for cell in raw.columns[n] if cell is not None]
    commas = [t for t in texts if DECIMAL_COMMA.fullmatch(t)]
    if not commas:
        return raw
    if any("." in t for t in texts):
        what = f"mixes decimal commas ({commas[0]}) and points"
        found.problem(raw.file, None, "", what, "write every number with a decimal point")
    else:
        found.note(
            raw.file, "", len(commas), Message("numbers with a decimal comma, read as a point")
        )
    fixed = {
        n: [
            c.replace(",", ".") if isinstance(c, str) and DECIMAL_COMMA.fullmatch(c) else c
            for c in cells
        ]
        if n in numbers
        else cells
        for n, cells in raw.columns.items()
    }
    return RawTable(raw.file, fixed, raw.lines)
