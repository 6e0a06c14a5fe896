"""The cells of the recognised columns to typed values, with all that was done said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.arrays import Floats
from optimizer.importing.columns.codes import code_text
from optimizer.importing.columns.guess import KINDS, Guess
from optimizer.importing.columns.vocabulary import FIELDS
from optimizer.importing.columns.words import concepts_of, tokens_of
from optimizer.importing.reading.sheet import Grid
from optimizer.importing.reading.workbook_file import Date
from optimizer.importing.values.gaps import is_gap
from optimizer.importing.values.numbers import Numbers, Signs, numbers_of
from optimizer.importing.values.places import degrees_of
from optimizer.importing.values.shares import as_shares
from optimizer.importing.wishes import Question

__all__ = ["Values", "kind_of", "values_of"]

KIND_OF = {row.name: row.kind for row in FIELDS} | dict(KINDS)
TEXTS = frozenset({"code", "name", "text", "level", "parent"})
SHOWN_MOST = 3
OPERATORS = re.compile(r" ([*/+-]) ")
THOUSANDS = re.compile(r"\b(miles|mil|thousands?|1000|1 000)\b")


@dataclass
class Values:
    """Typed columns and what was said on the way."""

    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    said: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    mended: dict[str, list[str]] = field(default_factory=dict)


def kind_of(name: str) -> str:
    """Return the kind of a field; one that is not in the vocabulary is an amount."""
    return KIND_OF.get(name, "amount")


def values_of(grid: Grid, guessed: list[Guess], named: dict[str, str], signs: Signs) -> Values:
    """Return the fields of a table with typed values.

    Parameters
    ----------
    grid : Grid
        Named columns.
    guessed : list of Guess
        Columns that were recognised.
    named : dict of str to str
        Fields that the planner named, with a column or columns joined by an operator.
    signs : Signs
        What the file shows of its decimal sign.
    """
    found = Values(pd.DataFrame(index=pd.RangeIndex(len(grid))))
    pairs = [(name, column) for name, column in named.items() if column]
    pairs += [(guess.field, guess.column) for guess in guessed]
    for name, column in pairs:
        found.frame[name] = _column(grid, name, column, signs, found)
    found.said += [f"{how}: {', '.join(names)}" for how, names in sorted(found.mended.items())]
    frame = found.frame
    if "population" not in frame and {"density", "area_km2"} <= set(frame):
        frame["population"] = (frame["density"] * frame["area_km2"]).round()
        known = int(frame["population"].notna().sum())
        found.said.append(f"population: density x area, {known:,} rows (there is no such column)")
    if "metered_share" in frame:
        frame["unmetered_share"] = 1.0 - frame.pop("metered_share")
        found.said.append("unmetered_share: 1 less the share with meters")
    return found


def _column(grid: Grid, name: str, column: str, signs: Signs, found: Values) -> pd.Series:
    kind = kind_of(name)
    if column not in grid.columns:
        return _computed(grid, name, column, signs, found)
    cells = grid.columns[column]
    if kind in TEXTS:
        return _texts(cells, name, column, grid, found)
    return pd.Series(_numbers(_Cells(name, column, cells, grid, signs), found))


def _texts(cells: list[object], name: str, column: str, grid: Grid, found: Values) -> pd.Series:
    dates = [at for at, cell in enumerate(cells) if isinstance(cell, Date)]
    if dates and kind_of(name) == "code":
        what = f"{len(dates):,} codes of {column!r} are dates, first {cells[dates[0]]}"
        how = "format that column as text in the spreadsheet, type them again, save it"
        found.asked.append(Question(f"{grid.place}:{grid.lines[dates[0]]}", what, how))
    texts = ["" if cell is None else code_text(cell) for cell in cells]
    if kind_of(name) in ("text", "name") and texts:
        parts = [text.split(",") for text in texts if text]
        if parts and len(parts[0]) > 1 and all(len(p) == len(parts[0]) for p in parts):
            found.said.append(f"{column!r}: places one inside the other, the last but one kept")
            texts = [t.split(",")[-2].strip() if t else "" for t in texts]
    return pd.Series(texts, dtype=object)


@dataclass(frozen=True, eq=False)
class _Cells:
    """A column that is taken for a field of numbers."""

    name: str
    column: str
    cells: list[object]
    grid: Grid
    signs: Signs

    @property
    def where(self) -> str:
        return f"{self.grid.place} [{self.column}]"

    def line(self, which: npt.NDArray[np.bool_]) -> str:
        return f"first in line {self.grid.lines[int(np.flatnonzero(which)[0])]}"


def _numbers(given: _Cells, found: Values) -> Floats:
    """Return the numbers of a column in the unit of its field; say and ask what was done."""
    name, kind = given.name, kind_of(given.name)
    read = numbers_of(given.cells, counts=kind == "count", file_signs=given.signs)
    if kind in ("lon", "lat"):
        read = _with_degrees(given.cells, read)
    for how in read.said:
        found.mended.setdefault(how, []).append(name)
    if read.gaps:
        shown = ", ".join(f"{text!r}" for text, _ in read.gaps.most_common(SHOWN_MOST))
        found.said.append(f"{name}: {read.gaps.total():,} cells {shown} taken for unknown")
    if read.wrong:
        row, cell = read.wrong[0]
        what = f"{len(read.wrong):,} cells are no numbers, first {cell!r} in line "
        what += f"{given.grid.lines[row]}; left open"
        found.asked.append(Question(given.where, what, "correct them, or leave them empty"))
    if read.doubtful:
        what = f"{read.doubtful!r} may be a fraction or thousands, and nothing in the file shows "
        what += f"which; taken as {_read_as(read, given.cells)}"
        found.asked.append(Question(given.where, what, "write it plainly"))
    return _in_unit(given, read, found)


def _in_unit(given: _Cells, read: Numbers, found: Values) -> Floats:
    """Return shares from 0 to 1, whole counts and square kilometres; nothing below 0."""
    name, kind, values = given.name, kind_of(given.name), read.amounts
    if kind == "share":
        header = "percent" in concepts_of(given.column)[0]
        values, how = as_shares(values, per_cent_signs=read.per_cent, per_cent_header=header)
        if "though" in how:
            remedy = "write per cent, or a header without it"
            found.asked.append(Question(given.where, how, remedy))
        elif how:
            found.mended.setdefault(how, []).append(name)
    if kind == "count" and THOUSANDS.search(" ".join(tokens_of(given.column))):
        values = values * 1000.0
        found.said.append(f"{name}: the header says thousands, multiplied by 1,000")
    if name == "area_km2" and "ha" in tokens_of(given.column):
        values = values / 100.0
        found.said.append("area_km2: the header says hectares, divided by 100")
    negative = values < 0
    if kind in ("count", "share") and negative.any():
        what = f"{int(negative.sum()):,} cells are below 0, {given.line(negative)}; left open"
        found.asked.append(Question(given.where, what, "correct them"))
        values = np.where(negative, np.nan, values)
    return np.asarray(values, dtype=np.float64)


def _read_as(read: Numbers, cells: list[object]) -> str:
    """Return how the first doubtful cell was read."""
    at = next(row for row, cell in enumerate(cells) if cell == read.doubtful)
    return f"{read.amounts[at]:g}"


def _with_degrees(cells: list[object], read: Numbers) -> Numbers:
    """Return numbers with those written in degrees, minutes and seconds."""
    values, wrong = read.amounts.copy(), []
    mended = 0
    for row, text in read.wrong:
        degrees = None if is_gap(cells[row]) else degrees_of(cells[row])
        if degrees is None:
            wrong.append((row, text))
        else:
            values[row] = degrees
            mended += 1
    said = [*read.said, *(["degrees, minutes and seconds read"] if mended else [])]
    return Numbers(values, read.gaps, wrong, read.per_cent, read.doubtful, said)


def _computed(grid: Grid, name: str, formula: str, signs: Signs, found: Values) -> pd.Series:
    """Return columns joined by operators, from left to right."""
    parts = OPERATORS.split(formula)
    total: Floats = np.zeros(len(grid))
    sign = "+"
    for at, part in enumerate(parts):
        if at % 2:
            sign = part
            continue
        if part in grid.columns:
            numbers = numbers_of(grid.columns[part], counts=False, file_signs=signs).amounts
        else:
            numbers = np.full(len(grid), float(part))
        with np.errstate(divide="ignore", invalid="ignore"):
            if sign == "*":
                total = total * numbers
            elif sign == "/":
                total = total / numbers
            else:
                total = total + numbers if sign == "+" else total - numbers
    known = np.isfinite(total)
    if kind_of(name) == "count":
        total = np.round(total)
    found.said.append(f"{name}: {formula}, {int(known.sum()):,} rows")
    return pd.Series(np.where(known, total, np.nan))
