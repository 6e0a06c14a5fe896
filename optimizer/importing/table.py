"""One sheet to towns, providers, trips or roads: columns named, values mended, rows kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.importing.columns.codes import CodeSystem, code_text, system_of
from optimizer.importing.columns.guess import ASKED_BELOW, Guess, guesses
from optimizer.importing.fields import values_of
from optimizer.importing.place_fields import placed
from optimizer.importing.reading.header import grid_of
from optimizer.importing.reading.sheet import Grid, Sheet
from optimizer.importing.row_choice import chosen_rows, wanted_rows
from optimizer.importing.values.numbers import Signs, signs_of
from optimizer.importing.wishes import Question, Wishes
from optimizer.instance.reading.findings import Findings

__all__ = ["ReadTable", "read_table"]

LINES = ("LineString", "MultiLineString")


@dataclass(frozen=True, eq=False)
class ReadTable:
    """A sheet whose columns are known.

    Attributes
    ----------
    file, sheet : str
        Where it stands.
    kind : str
        ``towns``, ``providers``, ``travel``, ``roads`` or ``other``.
    guesses : tuple of Guess
        Fields and their columns.
    fields : pandas.DataFrame
        Fields with typed values.
    beside : pandas.DataFrame
        The other columns, as they are.
    shapes : geopandas.GeoSeries or None
        Polygons or lines of the rows, in degrees where they are polygons.
    system : CodeSystem or None
        The list of the keys.
    said : tuple of str
        What was handled.
    asked : tuple of Question
        What must be confirmed.
    """

    file: str
    sheet: str
    kind: str
    guesses: tuple[Guess, ...]
    fields: pd.DataFrame
    beside: pd.DataFrame
    shapes: gpd.GeoSeries | None = None
    system: CodeSystem | None = None
    said: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def place(self) -> str:
        """Return the file, with its sheet where it has several."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file


def read_table(sheet: Sheet, wishes: Wishes, found: Findings) -> ReadTable | None:
    """Return what a sheet says, or None where it has no header.

    Parameters
    ----------
    sheet : Sheet
        Rows as they come.
    wishes : Wishes
        What the planner asks for.
    found : Findings
        Receives problems.
    """
    grid = grid_of(sheet, found)
    if grid is None:
        return None
    if _has_lines(grid):
        return ReadTable(
            grid.file,
            grid.name,
            "roads",
            (),
            pd.DataFrame(),
            pd.DataFrame(grid.columns),
            grid.shapes,
            said=tuple(grid.notes),
        )
    named = _named(grid, wishes)
    signs = sum((signs_of(c, counts=False) for c in grid.columns.values()), Signs())
    grid, said = wanted_rows(grid, wishes, found)
    guessed = guesses(grid, signs, taken=named)
    rows = chosen_rows(grid, guessed, named, signs, wishes)
    grid = rows.grid
    values = values_of(grid, guessed, named, signs)
    table = ReadTable(
        grid.file,
        grid.name,
        _kind({g.field for g in guessed} | {f for f, c in named.items() if c}),
        tuple(guessed),
        values.frame,
        _beside(grid, guessed, named),
        grid.shapes,
        None,
        (*grid.notes, *said, *rows.said, *values.said),
        (*rows.asked, *values.asked),
        wishes,
    )
    return _finished(table, grid, found)


def _finished(table: ReadTable, grid: Grid, found: Findings) -> ReadTable:
    """Return the table with codes in full, places in degrees, and repeated rows settled."""
    frame, said, asked = table.fields.copy(), list(table.said), list(table.asked)
    system = None
    named = table.wishes.columns.get("town", "")
    column = next((g.column for g in table.guesses if g.field == "town"), named)
    if "town" in frame:
        frame["town"], system, how = _whole_codes(frame["town"], column)
        said += how
    for guess in table.guesses:
        if guess.sure < ASKED_BELOW:
            what = f"{guess.column!r} taken for {guess.field} ({100 * guess.sure:.0f} % sure)"
            asked.append(Question(table.place, what, f"--map {guess.field}=COLUMN, or = for none"))
        elif guess.others and guess.field in ("population", "poverty_rate"):
            others = ", ".join(map(repr, guess.others[:3]))
            what = f"{guess.field} is {guess.column!r}; {others} could be meant as well"
            asked.append(Question(table.place, what, f"--map {guess.field}=COLUMN"))
    table = replace(table, fields=frame, system=system)
    if table.kind == "towns":
        spots = placed(table, grid, frame, system, found)
        frame, said, asked = spots.frame, said + list(spots.said), asked + list(spots.asked)
        table = replace(table, fields=frame, shapes=spots.shapes)
    return replace(table, said=tuple(dict.fromkeys(said)), asked=tuple(dict.fromkeys(asked)))


def _has_lines(grid: Grid) -> bool:
    if grid.shapes is None:
        return False
    kinds = grid.shapes.geom_type
    return bool(kinds.isin(LINES).sum() > len(kinds) / 2)


def _named(grid: Grid, wishes: Wishes) -> dict[str, str]:
    """Return the planner's own names that this table has."""
    named = {}
    for name, column in wishes.columns.items():
        parts = [part for part in column.split(" ")[::2] if part not in grid.columns]
        numbers = all(part.replace(".", "", 1).isdigit() for part in parts)
        if column in grid.columns or not column or (" " in column and numbers):
            named[name] = column
    return named


def _kind(fields: set[str]) -> str:
    if {"origin", "destination"} <= fields and fields & {"hours", "km"}:
        return "travel"
    if "provider_code" in fields and "town" not in fields:
        return "providers"
    return "towns" if fields & {"town", "name"} else "other"


def _beside(grid: Grid, guessed: list[Guess], named: dict[str, str]) -> pd.DataFrame:
    used = {guess.column for guess in guessed} | set(named.values())
    rest = {key: cells for key, cells in grid.columns.items() if key not in used}
    frame = pd.DataFrame({key: pd.Series(cells, dtype=object) for key, cells in rest.items()})
    return frame.reindex(range(len(grid)))


def _whole_codes(codes: pd.Series, header: str) -> tuple[pd.Series, CodeSystem | None, list[str]]:
    """Return codes with the leading zeros that a spreadsheet took, and their list."""
    texts = [code_text(code) if code else "" for code in codes]
    system = system_of(texts, header)
    said: list[str] = []
    if system is None:
        return pd.Series(texts, index=codes.index, dtype=object), None, said
    said.append(f"{header!r} holds codes of {system.name}")
    full = [text.zfill(system.digits) if text.isdigit() else text for text in texts]
    short = sum(a != b for a, b in zip(texts, full, strict=True))
    if short:
        said.append(f"{short:,} codes had lost a leading zero: given back")
    return pd.Series(full, index=codes.index, dtype=object), system, said


def points_known(frame: pd.DataFrame) -> int:
    """Return how many rows have a place."""
    if "lon" not in frame or "lat" not in frame:
        return 0
    return int((np.isfinite(frame["lon"]) & np.isfinite(frame["lat"])).sum())
