"""Checks of typed tables against themselves and each other: keys, references, shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.check.operator_checks import operators_that_exist
from optimizer.instance.derive.derive import SHARES_OFF_MOST
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings, near, number_of
from optimizer.instance.schema.tariff_fields import SEWER, UNMETERED
from optimizer.instance.town_names import TownNames
from optimizer.plain_numbers import figure

__all__ = ["GIVEN_WORDS", "Tables", "grouping_checks", "table_checks", "unique_checks"]

GIVEN_WORDS = ("alone", "together")
"""Groupings that need no file; a file of such a name would never be read."""


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
        What a horizon needs to know; checked by :mod:`optimizer.instance.check.years_checks`.
    operators : Table or None
        Operators that exist, where they stand in a file of their own.
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
    operators: Table | None = None

    @property
    def all_models(self) -> pd.DataFrame:
        """Operator models and operators that exist, in one table."""
        frames = [t.frame for t in (self.operator_models, self.operators) if t is not None]
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def table_checks(tables: Tables, found: Findings) -> None:
    """Check that keys are unique, references exist, and shares and sizes make sense.

    Parameters
    ----------
    tables : Tables
        Typed tables.
    found : Findings
        Receives problems, each with file and line.
    """
    known = tables.towns.frame["town"].drop_duplicates().tolist()
    _towns(tables.towns, found)
    _operator_models(tables.operator_models, tables.operators, known, found)
    if tables.households is not None:
        _references(tables.households, ("town",), known, found)
        unique_checks(tables.households, ("town", "group"), found)
        _shares(tables.households, found)
        _kept_names(tables.households, "group", found)
    if tables.customers is not None:
        _references(tables.customers, ("town",), known, found)
        unique_checks(tables.customers, ("town", "category"), found)
        _kept_names(tables.customers, "category", found)
    if tables.travel is not None:
        _references(tables.travel, ("origin", "destination"), known, found)
        unique_checks(tables.travel, ("origin", "destination"), found)
        _no_loops(tables.travel, ("origin", "destination"), found, harmless="hours")
    if tables.adjacency is not None:
        _references(tables.adjacency, ("town_a", "town_b"), known, found)
        _no_loops(tables.adjacency, ("town_a", "town_b"), found)
    for name, table in tables.groupings.items():
        if name in GIVEN_WORDS:
            what = f"{name!r} already means a grouping: every town alone, or all together in reach"
            found.problem(table.file, None, "", what, "give it another name")
        grouping_checks(table, TownNames.of(tables.towns.frame), found)


def grouping_checks(table: Table, names: TownNames, found: Findings) -> None:
    """Check that the rows of a grouping name every known town exactly once.

    Parameters
    ----------
    table : Table
        Columns ``town`` and ``operator``.
    names : TownNames
        The towns of the region.
    found : Findings
        Receives problems.
    """
    known = list(names.names)
    _references(table, ("town",), known, found, hint=names.hint)
    unique_checks(table, ("town",), found)
    _covers(table, known, found)


def _towns(towns: Table, found: Findings) -> None:
    frame = towns.frame
    if not len(frame):
        if all(problem.file != towns.file for problem in found.problems):
            found.problem(towns.file, None, "", "has no towns", "give at least one row")
        return
    unique_checks(towns, ("town",), found)
    crowded = (frame["connections"] > frame["population"]).to_numpy(dtype=bool)

    def crowded_one(row: int) -> Problem:
        what = f"{frame['connections'].iloc[row]:g} connections are more than the people, "
        what += f"{frame['population'].iloc[row]:g}"
        remedy = "give household connections and the population that they serve"
        return Problem(towns.file, towns.line(row), "connections", what, remedy)

    found.faults(np.flatnonzero(crowded).tolist(), crowded_one)
    if not frame["seat_allowed"].any():
        remedy = "allow a seat in one town at least"
        found.problem(towns.file, None, "seat_allowed", "no town may hold a seat", remedy)


def _operator_models(
    models: Table, operators: Table | None, known: Sequence[str], found: Findings
) -> None:
    if not len(models.frame) + (0 if operators is None else len(operators.frame)):
        remedy = "give at least one, with its overhead_year"
        found.problem(models.file, None, "operator_models", "there is no operator model", remedy)
        return
    tables = [models] if operators is None else [models, operators]
    for table in tables:
        _sizes(table, found)
    _twice_named(tables, found)
    operators_that_exist(tables, known, found)


def _twice_named(tables: Sequence[Table], found: Findings) -> None:
    """Report names of operator models that stand twice, in one table or in two."""
    unique_checks(tables[0], ("operator_model",), found)
    names = set(tables[0].frame["operator_model"])
    for table in tables[1:]:
        unique_checks(table, ("operator_model",), found)
        for row in np.flatnonzero(table.frame["operator_model"].isin(names).to_numpy(dtype=bool)):
            what = f"{table.frame['operator_model'].iloc[row]!r} is an operator model too"
            remedy = "give the operator another name"
            found.problem(table.file, table.line(int(row)), "operator_model", what, remedy)


def _sizes(models: Table, found: Findings) -> None:
    """Report operator models whose least size is above their largest."""
    frame = models.frame
    crossed = frame["connections_least"] > frame["connections_most"]
    for row in np.flatnonzero(crossed.to_numpy(dtype=bool)):
        least, most = frame["connections_least"].iloc[row], frame["connections_most"].iloc[row]
        what = f"{figure(least, 'g')} is above connections_most, {figure(most, 'g')}"
        line = models.line(int(row))
        found.problem(models.file, line, "connections_least", what, "exchange or correct them")


def unique_checks(table: Table, keys: Sequence[str], found: Findings) -> None:
    """Report every row whose key, in the given columns, stands above it already."""
    frame = table.frame
    twice = frame.duplicated(list(keys)).to_numpy(dtype=bool)
    if not twice.any():
        return
    first = frame.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy()
    above = np.flatnonzero(~twice)[first]

    def problem(row: int) -> Problem:
        key = " / ".join(repr(frame[name].iloc[row]) for name in keys)
        what = f"{key} stands in line {table.line(int(above[row]))} already"
        return Problem(table.file, table.line(row), keys[-1], what, "keep one of the two")

    found.faults(np.flatnonzero(twice).tolist(), problem)


def _references(
    table: Table,
    columns: Sequence[str],
    known: Sequence[str],
    found: Findings,
    *,
    hint: Callable[[str], str] | None = None,
) -> None:
    """Report every town that the table names and the instance does not have, once."""
    nearest = hint or partial(near, known=known)

    for column in columns:
        values = table.frame[column]
        unknown = values[~values.isin(known)]
        first = unknown.drop_duplicates()
        times = unknown.value_counts()

        def problem(row: int, values: pd.Series = values, times: pd.Series = times) -> Problem:
            value = str(values.iloc[row])
            what = f"town {value!r} is not in towns.csv"
            what += f" ({number_of(int(times[value]), 'row')})" if times[value] > 1 else ""
            remedy = nearest(value) + "correct the key or add the town"
            return Problem(table.file, table.line(row), str(values.name), what, remedy)

        found.faults(first.index.tolist(), problem, "key")


def _no_loops(
    table: Table, ends: tuple[str, str], found: Findings, *, harmless: str | None = None
) -> None:
    """Report pairs of a town with itself, unless the named column is 0 there."""
    frame = table.frame
    loop = frame[ends[0]] == frame[ends[1]]
    if harmless is not None:
        loop &= frame[harmless] != 0

    def problem(row: int) -> Problem:
        what = f"joins town {frame[ends[0]].iloc[row]!r} with itself"
        return Problem(table.file, table.line(row), ends[1], what, "remove the row")

    found.faults(np.flatnonzero(loop.to_numpy(dtype=bool)).tolist(), problem)


def _shares(households: Table, found: Findings) -> None:
    """Report towns whose groups do not sum to 1; rounding is left to be scaled."""
    frame = households.frame
    if frame["share"].isna().any():
        return
    total = frame.groupby("town", sort=False)["share"].sum()
    first = frame.drop_duplicates("town").reset_index().set_index("town")["index"]

    def problem(town: str) -> Problem:
        line = households.line(int(first.loc[town]))
        what = f"shares of town {town!r} sum to {total[town]:.4g}, not 1"
        return Problem(households.file, line, "share", what, "correct the shares of its groups")

    off = total[(total - 1.0).abs() > SHARES_OFF_MOST]
    found.faults([str(town) for town in off.index], problem, "town")


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
