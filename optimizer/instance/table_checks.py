"""Checks of typed tables against themselves and each other: keys, references, shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.instance.cells import Table
from optimizer.instance.derive import SHARES_OFF_MOST
from optimizer.instance.findings import Findings, near, number_of
from optimizer.instance.tariff_fields import SEWER, UNMETERED

__all__ = ["Tables", "table_checks"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Tables:
    """The typed tables of a region, before or after gaps are filled.

    Attributes
    ----------
    towns, operator_models : Table
        Always there, possibly without rows.
    households, customers, travel, adjacency : Table or None
        None where the planner gave none.
    groupings : mapping of str to Table
        The planner's groupings by name.
    targets, investments : Table or None
        What a horizon needs to know; checked by :mod:`optimizer.instance.years_checks`.
    """

    towns: Table
    operator_models: Table
    households: Table | None = None
    customers: Table | None = None
    travel: Table | None = None
    adjacency: Table | None = None
    groupings: Mapping[str, Table] = field(default_factory=dict)
    targets: Table | None = None
    investments: Table | None = None


def table_checks(tables: Tables, found: Findings) -> None:
    """Check that keys are unique, references exist, and shares and sizes make sense.

    Parameters
    ----------
    tables : Tables
        Typed tables.
    found : Findings
        Receives problems, each with file and line.
    """
    known = tables.towns.frame["town"].tolist()
    _towns(tables.towns, found)
    _operator_models(tables.operator_models, found)
    if tables.households is not None:
        _references(tables.households, ("town",), known, found)
        _unique(tables.households, ("town", "group"), found)
        _shares(tables.households, found)
        _kept_names(tables.households, "group", found)
    if tables.customers is not None:
        _references(tables.customers, ("town",), known, found)
        _unique(tables.customers, ("town", "category"), found)
        _kept_names(tables.customers, "category", found)
    if tables.travel is not None:
        _references(tables.travel, ("origin", "destination"), known, found)
        _unique(tables.travel, ("origin", "destination"), found)
        _no_loops(tables.travel, ("origin", "destination"), found, harmless="hours")
    if tables.adjacency is not None:
        _references(tables.adjacency, ("town_a", "town_b"), known, found)
        _no_loops(tables.adjacency, ("town_a", "town_b"), found)
    for table in tables.groupings.values():
        _references(table, ("town",), known, found)
        _unique(table, ("town",), found)
        _covers(table, known, found)


def _towns(towns: Table, found: Findings) -> None:
    frame = towns.frame
    if not len(frame):
        if all(problem.file != towns.file for problem in found.problems):
            found.problem(towns.file, None, "", "has no towns", "give at least one row")
        return
    _unique(towns, ("town",), found)
    crowded = (frame["connections"] > frame["population"]).to_numpy(dtype=bool)
    for row in np.flatnonzero(crowded):
        what = f"{frame['connections'].iloc[row]:g} connections are more than the people, "
        what += f"{frame['population'].iloc[row]:g}"
        remedy = "give household connections and the population that they serve"
        found.problem(towns.file, towns.line(int(row)), "connections", what, remedy)
    if not frame["seat_allowed"].any():
        remedy = "allow a seat in one town at least"
        found.problem(towns.file, None, "seat_allowed", "no town may hold a seat", remedy)


def _operator_models(models: Table, found: Findings) -> None:
    frame = models.frame
    if not len(frame):
        remedy = "give at least one, with its overhead_year"
        found.problem(models.file, None, "operator_models", "there is no operator model", remedy)
        return
    _unique(models, ("operator_model",), found)
    crossed = frame["connections_least"] > frame["connections_most"]
    for row in np.flatnonzero(crossed.to_numpy(dtype=bool)):
        least, most = frame["connections_least"].iloc[row], frame["connections_most"].iloc[row]
        what = f"{least:g} is above connections_most, {most:g}"
        line = models.line(int(row))
        found.problem(models.file, line, "connections_least", what, "exchange or correct them")


def _unique(table: Table, keys: Sequence[str], found: Findings) -> None:
    """Report every row whose key stands above it already."""
    frame = table.frame
    twice = frame.duplicated(list(keys)).to_numpy(dtype=bool)
    if not twice.any():
        return
    first = frame.drop_duplicates(list(keys)).reset_index().set_index(list(keys))["index"]
    for row in np.flatnonzero(twice):
        key = tuple(frame.loc[row, list(keys)])
        above = table.line(int(first.loc[key if len(key) > 1 else key[0]]))
        what = f"{' / '.join(map(repr, key))} stands in line {above} already"
        found.problem(table.file, table.line(int(row)), keys[-1], what, "keep one of the two")


def _references(
    table: Table, columns: Sequence[str], known: Sequence[str], found: Findings
) -> None:
    """Report every town that the table names and the instance does not have, once."""
    for column in columns:
        values = table.frame[column]
        unknown = values[~values.isin(known)]
        for value, rows in unknown.groupby(unknown).groups.items():
            count = len(rows)
            what = f"town {value!r} is not in towns.csv" + (
                f" ({number_of(count, 'row')})" if count > 1 else ""
            )
            remedy = near(str(value), known) + "correct the key or add the town"
            found.problem(table.file, table.line(int(rows[0])), column, what, remedy)


def _no_loops(
    table: Table, ends: tuple[str, str], found: Findings, *, harmless: str | None = None
) -> None:
    """Report pairs of a town with itself, unless the named column is 0 there."""
    frame = table.frame
    loop = frame[ends[0]] == frame[ends[1]]
    if harmless is not None:
        loop &= frame[harmless] != 0
    for row in np.flatnonzero(loop.to_numpy(dtype=bool)):
        what = f"joins town {frame[ends[0]].iloc[row]!r} with itself"
        found.problem(table.file, table.line(int(row)), ends[1], what, "remove the row")


def _shares(households: Table, found: Findings) -> None:
    """Report towns whose groups do not sum to 1; rounding is left to be scaled."""
    frame = households.frame
    if frame["share"].isna().any():
        return
    total = frame.groupby("town", sort=False)["share"].sum()
    first = frame.drop_duplicates("town").reset_index().set_index("town")["index"]
    for town, value in total[(total - 1.0).abs() > SHARES_OFF_MOST].items():
        line = households.line(int(first.loc[str(town)]))
        what = f"shares of town {town!r} sum to {value:.4g}, not 1"
        found.problem(households.file, line, "share", what, "correct the shares of its groups")


def _kept_names(table: Table, column: str, found: Findings) -> None:
    """Report names that are kept for the part of a group with sewerage or without a meter."""
    taken = table.frame[column].str.endswith((SEWER, UNMETERED)).to_numpy(dtype=bool)
    for row in np.flatnonzero(taken)[:1]:
        what = f"{table.frame[column].iloc[row]!r} ends like the name of a part of a group"
        remedy = "name it otherwise; sewer_share and unmetered_share say how many belong there"
        found.problem(table.file, table.line(int(row)), column, what, remedy)


def _covers(grouping: Table, known: Sequence[str], found: Findings) -> None:
    missing = pd.Index(known).difference(pd.Index(grouping.frame["town"]), sort=False)
    if len(missing):
        shown = ", ".join(map(repr, missing[:5])) + (" ..." if len(missing) > 5 else "")
        what = f"{number_of(len(missing), 'town')} without an operator: {shown}"
        remedy = "give every town an operator, its own key where it is alone"
        found.problem(grouping.file, None, "town", what, remedy)
