"""Checks of the horizon's tables: known towns, years that lie ahead, targets that make sense."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.schema.year_fields import Horizon
from optimizer.messages.message import Message

__all__ = ["years_checks"]


def years_checks(
    towns: pd.DataFrame,
    targets: Table | None,
    investments: Table | None,
    *,
    price_year: int,
    horizon: Horizon | None,
    used: bool = False,
    found: Findings,
) -> None:
    """Check the tables of a horizon against the towns, the price year and each other.

    Parameters
    ----------
    towns : pandas.DataFrame
        Column ``town``.
    targets, investments : Table or None
        Typed rows of ``targets.csv`` and ``investments.csv``.
    price_year : int
        Works of this year or an earlier one are there already.
    horizon : Horizon or None
        Without one, a note says that the tables are not used.
    used : bool
        Whether today's bills are used all the same.
    found : Findings
        Receives problems and notes.

    Examples
    --------
    >>> from optimizer.instance.reading.cells import typed
    >>> from optimizer.instance.schema.year_fields import Investment
    >>> from optimizer.instance.reading.tables import RawTable
    >>> found, towns = Findings(), pd.DataFrame({"town": ["A"]})
    >>> cells = {"town": ["A"], "year": ["2020"], "amount": ["5"]}
    >>> works = typed(RawTable("investments.csv", cells, [2]), Investment, found)
    >>> years_checks(towns, None, works, price_year=2024, horizon=Horizon(), found=found)
    >>> found.problems[0].what
    '2020 is not after the price year, 2024'
    """
    known = [str(town) for town in towns["town"].drop_duplicates()]
    for name, table in (("targets", targets), ("investments", investments)):
        if table is None:
            continue
        _known_towns(table, known, found)
        if horizon is None and not (used and name == "targets"):
            how = Message("rows not used: instance.toml has no [horizon]")
            found.note(name, "", len(table.frame), how)
    if targets is not None:
        _targets(targets, found)
    if investments is not None:
        _years(investments, price_year, found)
    if targets is not None and investments is not None:
        _counted_twice(targets, investments, found)


def _known_towns(table: Table, known: list[str], found: Findings) -> None:
    names = table.frame["town"]

    def problem(row: int) -> Problem:
        town = str(names.iloc[row])
        remedy = near(town, known) + "correct the key or add the town"
        return Problem(
            table.file, table.line(row), "town", f"town {town!r} is not in towns.csv", remedy
        )

    found.faults(_where(~names.isin(known)), problem)


def _where(flags: pd.Series) -> list[int]:
    return [int(row) for row in np.flatnonzero(flags.to_numpy(dtype=bool))]


def _targets(targets: Table, found: Findings) -> None:
    """Report towns that stand twice, and a target of coverage without today's coverage."""
    frame, file, line = targets.frame, targets.file, targets.line

    def twice(row: int) -> Problem:
        what = f"town {frame['town'].iloc[row]!r} stands in an earlier line already"
        return Problem(file, line(row), "town", what, "keep one of the two")

    def blind(row: int) -> Problem:
        remedy = "give the share of households connected today"
        return Problem(file, line(row), "coverage", "is empty beside coverage_target", remedy)

    found.faults(_where(frame["town"].duplicated()), twice)
    found.faults(_where(frame["coverage_target"].notna() & frame["coverage"].isna()), blind)


def _years(investments: Table, price_year: int, found: Findings) -> None:
    year, file, line = investments.frame["year"], investments.file, investments.line

    def fraction(row: int) -> Problem:
        what = f"{year.iloc[row]:g} is not a calendar year"
        return Problem(file, line(row), "year", what, "give a whole number")

    def past(row: int) -> Problem:
        what = f"{year.iloc[row]:g} is not after the price year, {price_year}"
        remedy = "give a later year; works of the price year belong to towns.csv"
        return Problem(file, line(row), "year", what, remedy)

    broken = year.notna() & (year != year.round())
    found.faults(_where(broken), fraction)
    found.faults(_where(~broken & (year <= price_year)), past)


def _counted_twice(targets: Table, investments: Table, found: Findings) -> None:
    """Report towns whose new connections come both from a target and from the works."""
    rows = targets.frame
    aimed = set(rows.loc[rows["coverage_target"].notna(), "town"])
    works = investments.frame

    def problem(row: int) -> Problem:
        town = works["town"].iloc[row]
        what = f"town {town!r} has a coverage_target too, so its connections count twice"
        remedy = "leave connections_added empty, or remove the coverage_target"
        return Problem(investments.file, investments.line(row), "connections_added", what, remedy)

    found.faults(_where((works["connections_added"] > 0) & works["town"].isin(aimed)), problem)
