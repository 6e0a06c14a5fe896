"""Plan tables as CSV text and back, exactly.

Numbers are written so that reading gives the same double again; an empty cell is NaN. A text that
a spreadsheet would take for a formula gets a leading apostrophe, which reading takes away.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from optimizer.errors import StoreError
from optimizer.instance.csv_cells import escaped, number_text, unescaped
from optimizer.instance.schema.plan_tables import Column, Table

__all__ = ["read_table", "write_rows", "write_table"]

_TRUE, _FALSE = "yes", "no"
Cell = TypeVar("Cell", int, float, bool)


def write_table(
    frame: pd.DataFrame, table: Table, path: Path, *, beside: pd.DataFrame | None = None
) -> None:
    """Write a plan table; points become the columns ``lon`` and ``lat``.

    Parameters
    ----------
    frame : DataFrame
        With the index and columns of ``table``.
    table : Table
        The columns.
    path : pathlib.Path
        CSV file to make, UTF-8, comma, LF.
    beside : pandas.DataFrame, optional
        Columns of the planner's own, in the same rows, written behind the table's.
    """
    flat = frame.reset_index()
    names: list[str] = []
    columns: list[list[str]] = []
    for column in table.index + table.columns:
        values = flat[column.name]
        if column.kind == "geometry":
            names += ["lon", "lat"]
            columns += [[number_text(p.x) for p in values], [number_text(p.y) for p in values]]
        else:
            names.append(column.name)
            columns.append([_cell(value, column) for value in values])
    if beside is not None:
        names += [escaped(str(name)) for name in beside.columns]
        columns += [[escaped(str(value)) for value in beside[name]] for name in beside.columns]
    write_rows(path, names, list(zip(*columns, strict=True)))


def write_rows(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a header and rows of cells that are escaped already."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _cell(value: object, column: Column) -> str:
    if column.kind == "text":
        return escaped(str(value))
    if column.kind == "flag":
        return _TRUE if value else _FALSE
    if column.kind == "count":
        return str(int(str(value)))
    return number_text(float(str(value)))


def read_table(table: Table, path: Path) -> pd.DataFrame:
    """Read a plan table as :func:`write_table` wrote it, without the planner's own columns.

    Parameters
    ----------
    table : Table
        The columns.
    path : pathlib.Path
        The CSV file.

    Returns
    -------
    pandas.DataFrame
        A GeoDataFrame in EPSG:4326 where the table has geometry.

    Raises
    ------
    StoreError
        If the file is not there or is not such a table.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            names, *rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise StoreError(f"{path.name}: cannot be read ({error})") from error
    wanted = _file_columns(table)
    known = names[: len(wanted)] if table.name == "towns" else names  # the planner's own follow
    if known != wanted:
        raise StoreError(f"{path.name}: the columns are {names}, they should be {wanted}")
    for line, row in enumerate(rows, start=2):
        if len(row) != len(names):
            raise StoreError(f"{path.name}: row {line} has {len(row)} cells, not {len(names)}")
    cells = {name: [row[k] for row in rows] for k, name in enumerate(names)}
    frame = pd.DataFrame({c.name: _values(cells, c, path) for c in table.index + table.columns})
    frame = frame.set_index([c.name for c in table.index])
    if any(c.kind == "geometry" for c in table.columns):
        return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")
    return frame


def _file_columns(table: Table) -> list[str]:
    names: list[str] = []
    for column in table.index + table.columns:
        names += ["lon", "lat"] if column.kind == "geometry" else [column.name]
    return names


def _values(cells: dict[str, list[str]], column: Column, path: Path) -> pd.Series:
    """Return the values of a column with its type."""
    name = column.name
    if column.kind == "geometry":
        lon, lat = (_read_cells(cells[side], float, path, side) for side in ("lon", "lat"))
        return pd.Series(gpd.points_from_xy(lon, lat), dtype="geometry")
    if column.kind == "number":
        numbers = _read_cells(cells[name], lambda v: float(v) if v else math.nan, path, name)
        return pd.Series(numbers, dtype="float64")
    if column.kind == "count":
        return pd.Series(_read_cells(cells[name], int, path, name), dtype="int64")
    if column.kind == "flag":
        flags = _read_cells(cells[name], {_TRUE: True, _FALSE: False}.__getitem__, path, name)
        return pd.Series(flags, dtype="bool")
    return pd.Series([unescaped(v) for v in cells[name]], dtype="str")


def _read_cells(
    cells: Sequence[str], value: Callable[[str], Cell], path: Path, name: str
) -> list[Cell]:
    """Return the values of the cells of a column; the first wrong one is named with its row."""
    read: list[Cell] = []
    for row, cell in enumerate(cells, start=2):
        try:
            read.append(value(cell))
        except (ValueError, KeyError, OverflowError):
            raise StoreError(f"{path.name}: column {name}, row {row} holds {cell[:80]!r}") from None
    return read
