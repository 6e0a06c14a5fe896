"""Groupings that a planner brings: which operator serves each town, from a file or from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from optimizer.instance.check.table_checks import grouping_checks
from optimizer.instance.reading.cells import Table, typed
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.table_file import rows_of
from optimizer.instance.reading.tables import RawTable, as_text, is_missing
from optimizer.instance.schema.fields import GroupingRow

__all__ = ["grouping_table", "labels_from_file", "labels_from_python"]


def labels_from_file(path: Path, towns: Sequence[str]) -> dict[str, str]:
    """Return the operator of each town as a CSV file with the columns town and operator says.

    Raises
    ------
    InstanceError
        If the file cannot be read, or towns are missing, unknown or named twice.
    """
    found = Findings()
    return _labels(rows_of(path, GroupingRow, found), towns, found)


def labels_from_python(
    grouping: Mapping[str, str] | pd.Series, towns: Sequence[str], name: str
) -> dict[str, str]:
    """Return the operator of each town as a mapping or Series says, whose name messages give.

    Raises
    ------
    InstanceError
        If towns are missing, unknown or named twice, or have no operator.

    Examples
    --------
    >>> labels_from_python({"a": "north", 7: 2}, ["a", "7"], "grouping")
    {'a': 'north', '7': '2'}
    """
    found = Findings()
    return _labels(grouping_table(grouping, name, found), towns, found)


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


def _labels(rows: Table, towns: Sequence[str], found: Findings) -> dict[str, str]:
    grouping_checks(rows, towns, found)
    found.raise_for_problems()
    pairs = zip(rows.frame["town"].tolist(), rows.frame["operator"].tolist(), strict=True)
    return {str(town): str(operator) for town, operator in pairs}
