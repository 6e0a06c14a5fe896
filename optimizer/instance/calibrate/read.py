"""A table of providers to rows that can be fitted; what cannot is counted, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.instance.calibrate.provider import Provider
from optimizer.instance.reading.cells import typed
from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.reading.tables import RawTable, whole_csv
from optimizer.instance.reading.text import read_text
from optimizer.record import is_number

__all__ = ["Limits", "Providers", "read_providers"]

NEEDED = ("connections", "operating_cost_year")


@dataclass(frozen=True)
class Limits:
    """Which providers are fitted; the others are left out and counted.

    Attributes
    ----------
    connections_least, connections_most : float
        Range of sizes.
    unit_cost_least, unit_cost_most : float
        Cost per connection and year (in the table's money) outside which an account is taken as an
        error.
    """

    connections_least: float = 0.0
    connections_most: float = np.inf
    unit_cost_least: float = 0.0
    unit_cost_most: float = np.inf


@dataclass(frozen=True, eq=False)
class Providers:
    """Usable providers and what was left out.

    Attributes
    ----------
    source : str
        Name of the table.
    rows : pandas.DataFrame
        The columns of :class:`Provider`, sorted by figures, so that the order of the table and the
        names of the providers change nothing.
    dropped : pandas.DataFrame
        Index ``reason``; ``providers`` left out for it (the first reason that holds).
    read : int
        Rows of the table.
    """

    source: str
    rows: pd.DataFrame
    dropped: pd.DataFrame
    read: int


def read_providers(
    table: pd.DataFrame | str | Path,
    *,
    columns: Mapping[str, str],
    where: Mapping[str, str],
    volume_factor: float,
    limits: Limits,
) -> Providers:
    """Return the providers of a table.

    Parameters
    ----------
    table : pandas.DataFrame, str or pathlib.Path
        A table, or a CSV file (``.gz`` too).
    columns : mapping of str to str
        Field of :class:`Provider` to the table's own column; a field that is not named has its own
        name.
    where : mapping of str to str
        Only rows with this text in this column.
    volume_factor : float
        Factor on volumes (1,000 where the table has thousands of m3).
    limits : Limits
        Which providers are fitted.

    Raises
    ------
    InstanceError
        If the table cannot be used; every wrong column and cell is listed with its row.
    """
    found = Findings()
    source = "table of providers" if isinstance(table, pd.DataFrame) else Path(table).name
    raw = _raw(table, source, found)
    kept = None if raw is None else _chosen(raw, columns, where, found)
    frame = pd.DataFrame() if kept is None else typed(kept, Provider, found).frame
    found.raise_for_problems()
    frame["volume_m3_year"] = frame["volume_m3_year"] * volume_factor
    usable, dropped = _usable(frame, limits)
    return Providers(source, usable, dropped, len(frame))


def _raw(table: pd.DataFrame | str | Path, source: str, found: Findings) -> RawTable | None:
    if not isinstance(table, pd.DataFrame):
        text = read_text(Path(table), source, found)
        return None if text is None else whole_csv(text, source, found)
    named = table.reset_index() if any(n is not None for n in table.index.names) else table
    gaps = named.isna()
    cells: dict[str, list[object]] = {
        str(name): [
            None if gap else cell
            for cell, gap in zip(named.iloc[:, at].tolist(), gaps.iloc[:, at].tolist(), strict=True)
        ]
        for at, name in enumerate(named.columns)
    }
    return RawTable(source, cells, list(range(1, len(named) + 1)))


def _chosen(
    raw: RawTable, columns: Mapping[str, str], where: Mapping[str, str], found: Findings
) -> RawTable | None:
    """Return the named columns of the wanted rows; None where a needed column is missing."""
    known = list(raw.columns)
    before = len(found.problems)
    for field in columns:
        if field not in Provider.model_fields:
            hint = (
                near(field, Provider.model_fields) or f"fields: {', '.join(Provider.model_fields)}"
            )
            found.problem(raw.file, None, field, "is not a field of a provider", hint.strip())
    for field in Provider.model_fields:
        own = columns.get(field, field)
        if own not in raw.columns and (field in NEEDED or field in columns):
            hint = near(own, known) or f"columns are: {', '.join(known[:12])}. "
            meaning = Provider.model_fields[field].description
            remedy = f"{hint}name the column that holds the {meaning}"
            found.problem(raw.file, 1, own, "column is missing", remedy)
    for own in where:
        if own not in raw.columns:
            remedy = f"{near(own, known)}choose rows by a column of the table"
            found.problem(raw.file, 1, own, "column is missing", remedy)
    if len(found.problems) > before:
        return None
    rows = [
        at
        for at in range(len(raw.lines))
        if all(str(raw.columns[own][at]) == text for own, text in where.items())
    ]
    if not rows:
        wanted = " and ".join(f"{own} = {text}" for own, text in where.items())
        what = f"has no row with {wanted}" if wanted else "has no rows"
        found.problem(raw.file, None, "", what, "choose other rows, or fill the table")
        return None
    cells = {
        field: [_cell(raw.columns[own][at], field) for at in rows]
        for field in Provider.model_fields
        if (own := columns.get(field, field)) in raw.columns
    }
    return RawTable(raw.file, cells, [raw.lines[at] for at in rows], raw.decimal_commas)


def _cell(cell: object, field: str) -> object:
    if cell is None or is_number(Provider.model_fields[field]):
        return cell
    return "".join(c if c.isprintable() else " " for c in str(cell))


def _usable(frame: pd.DataFrame, limits: Limits) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that can be fitted, and how many cannot, by the first reason that holds."""
    size, cost = frame["connections"], frame["operating_cost_year"]
    each = cost / size.where(size > 0)
    reasons = {
        "no connections given": ~(size > 0),
        "no operating cost given": ~(cost > 0),
        "weight 0": frame["weight"] == 0,
        f"fewer than {limits.connections_least:,.0f} connections": size < limits.connections_least,
        f"more than {limits.connections_most:,.0f} connections": size > limits.connections_most,
        f"cost per connection below {limits.unit_cost_least:,.6g}": each < limits.unit_cost_least,
        f"cost per connection above {limits.unit_cost_most:,.6g}": each > limits.unit_cost_most,
    }
    why = np.select([r.to_numpy() for r in reasons.values()], list(reasons), default="")
    counts = pd.Series(why[why != ""], dtype="str").value_counts()
    dropped = pd.DataFrame({"providers": counts.reindex([r for r in reasons if r in counts.index])})
    dropped.index.name = "reason"
    order = ["service", "connections", "operating_cost_year", "volume_m3_year", "weight"]
    usable = frame[why == ""].sort_values(order, kind="stable", ignore_index=True)
    return usable.assign(weight=usable["weight"].fillna(1.0)), dropped
