"""Which rows of a table are towns: levels, totals, notes and repeated rows are settled here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from optimizer.importing.columns.codes import code_text
from optimizer.importing.columns.guess import Guess
from optimizer.importing.reading.sheet import Grid
from optimizer.importing.rows.levels import levels_of
from optimizer.importing.rows.repeats import repeats_of
from optimizer.importing.rows.totals import note_rows, total_rows
from optimizer.importing.values.numbers import Signs, numbers_of
from optimizer.importing.wishes import Question, Wishes
from optimizer.instance.reading.findings import Findings, number_of

__all__ = ["Rows", "chosen_rows", "wanted_rows"]

ADDS_UP = ("population", "population_served", "connections", "households")


@dataclass
class Rows:
    """The rows of a grid that are kept, and what was said of the others."""

    grid: Grid
    said: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)


def wanted_rows(grid: Grid, wishes: Wishes, found: Findings) -> tuple[Grid, list[str]]:
    """Return the rows above the notes that ``keep`` leaves, and what is said of the others."""
    grid, said = _without_notes(grid)
    for column, values in wishes.keep.items():
        if column not in grid.columns:
            continue
        kept = [at for at, cell in enumerate(grid.columns[column]) if code_text(cell) in values]
        if not kept:
            there = sorted({code_text(cell) for cell in grid.columns[column] if cell is not None})
            remedy = f"values are {', '.join(there[:8])}"
            what = f"no row has {' or '.join(values)}"
            found.problem(grid.file, None, column, what, remedy)
            continue
        said.append(f"{column} is {' or '.join(values)}: {len(kept):,} of {len(grid):,} rows kept")
        grid = grid.taken(kept)
    return grid, said


def chosen_rows(
    grid: Grid, guessed: list[Guess], named: dict[str, str], signs: Signs, wishes: Wishes
) -> Rows:
    """Return the rows that are towns, or providers.

    Parameters
    ----------
    grid : Grid
        All rows.
    guessed : list of Guess
        Columns that were recognised.
    named : dict of str to str
        Columns that the planner named.
    signs : Signs
        What the file shows of its decimal sign.
    wishes : Wishes
        What the planner asks for.
    """
    column = {guess.field: guess.column for guess in guessed} | named
    rows = Rows(grid)
    if column.get("level") and column["level"] not in wishes.keep:
        _of_one_level(rows, column)
    _without_totals(rows, column, signs)
    if {"town", "provider_code"} & set(column):
        _once(rows, column, signs, wishes)
    return rows


def _without_notes(grid: Grid) -> tuple[Grid, list[str]]:
    cells = [list(row) for row in zip(*grid.columns.values(), strict=True)]
    notes = note_rows(cells)
    if not notes:
        return grid, []
    kept = grid.taken([at for at in range(len(grid)) if at not in set(notes)])
    return kept, [f"{number_of(len(notes), 'row')} below the table left out (notes, source)"]


def _of_one_level(rows: Rows, column: dict[str, str]) -> None:
    """Keep the rows of the level of towns."""
    grid, level = rows.grid, column["level"]
    codes = [code_text(c) for c in grid.columns.get(column.get("town", ""), [None] * len(grid))]
    parents = grid.columns.get(column.get("parent", ""))
    found = levels_of(
        grid.columns[level], codes, None if parents is None else [code_text(c) for c in parents]
    )
    if found is None:
        return
    counts = ", ".join(f"{value} {n:,}" for value, n in found.counts.items())
    kept = [at for at, cell in enumerate(grid.columns[level]) if code_text(cell) in found.kept]
    words = " and ".join(found.kept)
    rows.said.append(f"{level} nests the rows ({counts}): {words} kept, {len(kept):,} rows")
    if not found.sure:
        what = f"{level} {words} taken for the level of towns ({counts})"
        rows.asked.append(Question(grid.place, what, f'--keep "{level}=VALUE"'))
    rows.grid = grid.taken(kept)


def _without_totals(rows: Rows, column: dict[str, str], signs: Signs) -> None:
    """Leave out rows that sum others up."""
    grid = rows.grid
    amount = next((column[f] for f in ADDS_UP if column.get(f) in grid.columns), None)
    amounts = np.full(len(grid), np.nan)
    if amount is not None:
        amounts = numbers_of(grid.columns[amount], counts=True, file_signs=signs).amounts
    texts = [
        c for f, c in column.items() if f in ("name", "zone", "operator") and c in grid.columns
    ]
    first = list(grid.columns)[:3]
    labels = [[grid.columns[c][at] for c in (*texts, *first)] for at in range(len(grid))]
    key = column.get("town") or column.get("provider_code") or ""
    has_code = [True] * len(grid)
    if key in grid.columns:
        has_code = _like_others([code_text(c) if c is not None else "" for c in grid.columns[key]])
    totals = total_rows(labels, amounts, has_code)
    if key not in grid.columns:  # nothing but the label and the sum shows it
        totals = {at: how for at, how in totals.items() if "and its figure" in how}
    if totals:
        at, how = next(iter(totals.items()))
        label = next((str(c) for c in labels[at] if c is not None), "")
        rows.said.append(
            f"{number_of(len(totals), 'row')} of totals left out, first {label!r} in line "
            f"{grid.lines[at]} ({how})"
        )
        rows.grid = grid.taken([at for at in range(len(grid)) if at not in totals])


def _like_others(codes: list[str]) -> list[bool]:
    """Return which codes have letters and digits where the others have, and are as long."""
    lengths = pd.Series([len(code) for code in codes if code], dtype="float64")
    usual = lengths.mode()
    if not len(usual):
        return [False] * len(codes)
    digits = sum(code.isdigit() for code in codes) > len(codes) / 2
    near = {int(usual.iloc[0]) + step for step in (-1, 0, 1)}
    fixed = (lengths.isin(near)).mean() > 0.9
    return [
        bool(code)
        and (not fixed or len(code) in near)
        and (not digits or any(map(str.isdigit, code)))
        for code in codes
    ]


def _once(rows: Rows, column: dict[str, str], signs: Signs, wishes: Wishes) -> None:
    """Settle rows whose key stands in an earlier row."""
    grid = rows.grid
    key = column.get("town") or column.get("provider_code") or ""
    if key not in grid.columns:
        return
    codes = [code_text(cell) if cell is not None else "" for cell in grid.columns[key]]
    shown = {f: c for f, c in column.items() if c in grid.columns and c != key}
    told = pd.DataFrame({f: [str(c) for c in grid.columns[name]] for f, name in shown.items()})
    found = repeats_of(codes, told.reindex(range(len(grid))))
    amount = next((column[f] for f in ADDS_UP if column.get(f) in grid.columns), None)
    drop = set(found.same)
    if found.same:
        text = (
            f"{number_of(len(found.same), 'row')} that repeat a town with the same figures left out"
        )
        if amount is not None:
            numbers = numbers_of(grid.columns[amount], counts=True, file_signs=signs).amounts
            more = np.nansum(numbers[found.same])
            text += f" (first {codes[found.same[0]]} in line {grid.lines[found.same[0]]}; "
            text += f"with them {amount} would be {np.nansum(numbers):,.0f}, "
            text += f"without {np.nansum(numbers) - more:,.0f})"
        rows.said.append(text)
    if found.other:
        what = f"{number_of(len(found.other), 'row')} repeat a key with other figures, first "
        what += f"{found.keys[0]} in line {grid.lines[found.other[0]]}"
        if wishes.duplicates == "first":
            drop |= set(found.other)
            rows.said.append(f"{what}; the first kept, as asked")
        elif wishes.duplicates == "number":
            rows.said.append(f"{what}; each has a key of its own, as asked")
        else:
            drop |= set(found.other)
            rows.asked.append(
                Question(
                    grid.place,
                    f"{what}; only the first of each is kept meanwhile",
                    "correct the keys, or --duplicates first, or --duplicates number",
                )
            )
    grid = grid.taken([at for at in range(len(grid)) if at not in drop])
    if wishes.duplicates == "number" and found.other:
        times: dict[str, int] = {}
        cells = list(grid.columns[key])
        for at, cell in enumerate(cells):
            code = code_text(cell) if cell is not None else ""
            times[code] = times.get(code, 0) + 1
            if code and times[code] > 1:
                cells[at] = f"{code}-{times[code]}"
        grid.columns[key][:] = cells
    rows.grid = grid
