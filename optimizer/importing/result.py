"""What an import found: tables, towns, what was handled, what is asked, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.importing.fields import kind_of
from optimizer.importing.table import ReadTable
from optimizer.importing.wishes import Question
from optimizer.instance.instance import Instance

__all__ = ["Imported"]

SAMPLES = 3
SAID_MOST = 40
WIDTH = 30


@dataclass(frozen=True, eq=False)
class Imported:
    """The result of :func:`~optimizer.importing.import_region.import_region`.

    Attributes
    ----------
    tables : tuple of ReadTable
        Every table that was read, with its columns named.
    towns : pandas.DataFrame
        The towns of all tables together; columns are fields, shares from 0 to 1, NaN unknown.
    beside : pandas.DataFrame
        Columns that are not the program's, index ``town``.
    said : tuple of str
        What was handled.
    asked : tuple of Question
        What should be confirmed.
    missing : tuple of str
        What a region still needs.
    assumptions : tuple of str
        What was assumed.
    instance : Instance or None
        The region, where nothing is missing.
    folder : pathlib.Path or None
        Where it was written.
    """

    tables: tuple[ReadTable, ...]
    towns: pd.DataFrame
    beside: pd.DataFrame
    said: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()
    missing: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    instance: Instance | None = None
    folder: Path | None = None

    def columns(self) -> pd.DataFrame:
        """Return which column was taken for which field, how sure, with a sample of values.

        Returns
        -------
        pandas.DataFrame
            ``table``, ``field``, ``column``, ``sure`` (0 to 1), ``known`` (rows with a value),
            ``sample``.
        """
        rows = []
        for table in self.tables:
            named = {name: (column, 1.0) for name, column in table.wishes.columns.items() if column}
            named |= {guess.field: (guess.column, guess.sure) for guess in table.guesses}
            for name, (column, sure) in named.items():
                if name not in table.fields:
                    continue
                cells = table.fields[name]
                known = cells[cells.notna() & (cells.astype(str) != "")]
                sample = ", ".join(_shown(value) for value in known.head(SAMPLES))
                rows.append((table.place, name, column, sure, len(known), sample))
        names = ["table", "field", "column", "sure", "known", "sample"]
        return pd.DataFrame(rows, columns=names)

    def sums(self) -> dict[str, dict[str, float]]:
        """Return for each table its rows, and the sum or mean of each field with numbers."""
        return {table.place: _sums(table) for table in self.tables}

    def __str__(self) -> str:
        lines: list[str] = []
        columns = self.columns()
        for table in self.tables:
            lines += _of_table(table, columns[columns["table"] == table.place])
        lines += _block("handled", self.said)
        lines += _block("please confirm", [str(question) for question in self.asked])
        lines += _block("still missing", self.missing)
        if self.instance is not None:
            people = self.instance.towns["population"].sum()
            lines.append(f"region: {len(self.instance.towns):,} towns, {people:,.0f} people")
            lines += _block("assumed, for a first plan", self.assumptions)
        if self.folder is not None:
            lines.append(f"written to {self.folder}")
        return "\n".join(lines)


def _block(title: str, lines: list[str] | tuple[str, ...]) -> list[str]:
    shown = [f"  - {line}" for line in lines[:SAID_MOST]]
    more = [f"  - {len(lines) - SAID_MOST:,} more"] if len(lines) > SAID_MOST else []
    return [f"{title}:", *shown, *more] if lines else []


def _of_table(table: ReadTable, columns: pd.DataFrame) -> list[str]:
    sums = _sums(table)
    lines = [f"{table.place}: {sums['rows']:,.0f} {table.kind}"]
    for row in columns.itertuples():
        column, sure = str(row.column)[:WIDTH], 100 * float(str(row.sure))
        head = f"  {row.field:<20} {column:<{WIDTH}} {sure:>3.0f} %"
        lines.append(f"{head}  {row.known:>6,} known  {str(row.sample)[:60]}")
    told = [f"{name} {value:,.12g}" for name, value in sums.items() if name != "rows"]
    if told:
        lines.append("  sums: " + "; ".join(told))
    beside = list(table.beside.columns)
    if beside and table.kind != "roads":
        more = f" and {len(beside) - 8} more" if len(beside) > 8 else ""
        lines.append(f"  kept beside: {', '.join(beside[:8])}{more}")
    return lines


def _sums(table: ReadTable) -> dict[str, float]:
    """Return rows, sums of counts and money, means of shares, and the box of the places."""
    fields = table.fields
    count = len(table.beside) if table.kind == "roads" else len(fields)
    told: dict[str, float] = {"rows": float(count)}
    for name in fields.columns:
        values = fields[name]
        if values.dtype != float or not values.notna().any():
            continue
        if name in ("lon", "lat"):
            told[f"{name} from"], told[f"{name} to"] = float(values.min()), float(values.max())
        elif kind_of(name) == "count" or name.endswith("_year"):
            told[name] = float(np.nansum(values))
        elif kind_of(name) == "share":
            told[f"{name} mean"] = float(values.mean())
        else:
            told[f"{name} median"] = float(values.median())
    return told


def _shown(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)[:40]
