"""Groupings that a planner brings: which operator serves each town, from a file or from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from optimizer.errors import InstanceError
from optimizer.instance.check.table_checks import grouping_checks
from optimizer.instance.csv_cells import unescaped
from optimizer.instance.reading.cells import Table, typed
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.table_file import raw_rows
from optimizer.instance.reading.tables import RawRows, RawTable, as_text, is_missing, raw_from_rows
from optimizer.instance.schema.fields import GroupingRow
from optimizer.instance.town_names import TownNames

__all__ = ["grouping_of_file", "grouping_table", "keyed", "labels_from_file", "labels_from_python"]


def labels_from_file(path: Path, names: TownNames) -> dict[str, str]:
    """Return the operator of each town as a file says; see :func:`grouping_of_file`.

    Raises
    ------
    InstanceError
        If the file cannot be read, or towns are missing, unknown or named twice.
    """
    found = Findings()
    rows = grouping_of_file(path, found)
    if rows is None:
        raise InstanceError(found.problems)
    return _labels(rows, names, found)


def labels_from_python(
    grouping: Mapping[str, str] | pd.Series, names: TownNames, name: str
) -> dict[str, str]:
    """Return the operator of each town as a mapping or Series says, whose name messages give.

    Raises
    ------
    InstanceError
        If towns are missing, unknown or named twice, or have no operator.

    Examples
    --------
    >>> names = TownNames({"a": "Alba", "7": "Brisa"}, {})
    >>> labels_from_python({"Alba": "north", 7: 2}, names, "grouping")
    {'a': 'north', '7': '2'}
    """
    found = Findings()
    return _labels(grouping_table(grouping, name, found), names, found)


def grouping_of_file(path: Path, found: Findings, *, file: str = "") -> Table | None:
    """Return the rows of a grouping, or None where the file cannot be read or its header not used.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file or a spreadsheet with the columns town and operator, whatever stands beside
        them; the ``towns.csv`` of a run, whose service areas are then the operators; or the folder
        of a run.
    found : Findings
        Receives problems and notes.
    file : str
        Name in messages, the file's own where left out.
    """
    path = path / "towns.csv" if path.is_dir() else path
    name = file or path.name
    raw = raw_rows(path, name, found)
    if raw is None:
        return None
    head = raw.header
    label = "operator" if "operator" in head or "service_area" not in head else "service_area"
    if {"town", label} <= set(head):
        raw = _columns(raw, ["town", label])
    table = raw_from_rows(raw, GroupingRow, name, found)
    return None if table is None else typed(table, GroupingRow, found)


def _columns(raw: RawRows, kept: list[str]) -> RawRows:
    """Return the columns town and operator alone, the latter from the second kept column."""
    head = raw.header
    places = [at for at, column in enumerate(head) if column in kept]
    (line, _), *rows = raw.rows
    names = ["town" if head[at] == "town" else "operator" for at in places]
    width = len(head)
    inside = [
        (n, [unescaped(cells[at]) for at in places] if len(cells) >= width else cells)
        for n, cells in rows
    ]
    return RawRows([(line, names), *inside], raw.decimal_commas)


def keyed(table: Table, names: TownNames) -> Table:
    """Return a grouping whose towns are keys where they were called by a name."""
    towns = [names.keyed(str(town)) for town in table.frame["town"]]
    return replace(table, frame=table.frame.assign(town=pd.Series(towns, dtype="str")))


def grouping_table(grouping: Mapping[str, str] | pd.Series, name: str, found: Findings) -> Table:
    """Return the typed rows of a grouping from Python; missing labels are problems.

    Parameters
    ----------
    grouping : mapping or Series
        Town -> operator.
    name : str
        Name in messages.
    found : Findings
        Receives problems; a line is the number of an entry, counted from 1.

    Examples
    --------
    >>> found = Findings()
    >>> _ = grouping_table({"a": "north", "b": float("nan")}, "grouping", found)
    >>> found.problems[0].what
    "town 'b' has no operator (nan)"
    """
    cells: dict[str, list[object]] = {"town": [], "operator": []}
    lines = []
    for number, (town, operator) in enumerate(grouping.items(), start=1):
        if is_missing(town):
            what = f"the operator {operator!r} has a town without a key ({town!r})"
            found.problem(name, number, "town", what, "use a key of towns.csv")
            continue
        if is_missing(operator):
            what = f"town {town!r} has no operator ({operator!r})"
            found.problem(name, number, "operator", what, "name its operator")
        cells["town"].append(as_text(town))
        cells["operator"].append("?" if is_missing(operator) else as_text(operator))
        lines.append(number)
    return typed(RawTable(name, cells, lines), GroupingRow, found)


def _labels(rows: Table, names: TownNames, found: Findings) -> dict[str, str]:
    rows = keyed(rows, names)
    grouping_checks(rows, names, found)
    found.raise_for_problems()
    pairs = zip(rows.frame["town"].tolist(), rows.frame["operator"].tolist(), strict=True)
    return {str(town): str(operator) for town, operator in pairs}
