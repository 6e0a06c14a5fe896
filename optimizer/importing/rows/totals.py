"""Rows that sum others up, and notes below a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from optimizer.arrays import Floats
from optimizer.importing.columns.words import plain

__all__ = ["note_rows", "total_rows"]

TOTAL = re.compile(r"(sub ?)?totale?s?( |$)|(gran|grand) total|suma|sum|soma|todos os|all")
NOTE = re.compile(r"(fuente|fonte|source|nota|notas|note|notes|elaborac|elaboration|elaborado)\b")
FILLED_MOST = 2
AGREES_WITHIN = 1e-6
ROWS_LEAST = 3
NOTES_MOST = 15


def note_rows(rows: Sequence[Sequence[object]]) -> list[int]:
    """Return the rows at the end that hold a source or a note and no figures.

    Examples
    --------
    >>> note_rows([["a", 1, 2], ["b", 3, 4], ["Fuente: INEI", None, None], ["(1) urban", None, 1]])
    [2]
    """
    found: list[int] = []
    for at in range(max(0, len(rows) - NOTES_MOST), len(rows)):
        cells = [cell for cell in rows[at] if cell is not None]
        texts = [cell for cell in cells if isinstance(cell, str)]
        says = any(NOTE.match(plain(text)) for text in texts) and len(cells) <= FILLED_MOST
        if says or (found and len(cells) == len(texts) == 1):
            found.append(at)
    return found


def total_rows(
    labels: Sequence[Sequence[object]], amounts: Floats, has_code: Sequence[bool]
) -> dict[int, str]:
    """Return the rows that sum others up, with how that is known.

    A row is one if its label says so and it has no code of a town, or if its figure is the sum of
    all the others, or of the rows since the last such row.

    Parameters
    ----------
    labels : sequence of sequence
        Text cells of each row, first the name and the code.
    amounts : numpy.ndarray
        A figure that adds up (people, connections); NaN where unknown.
    has_code : sequence of bool
        Whether the row has a code of its own like the others.

    Examples
    --------
    >>> labels = [["A"], ["B"], ["TOTAL"]]
    >>> total_rows(labels, np.array([1.0, 2.0, 3.0]), [True, True, False])
    {2: 'it says so, and its figure is the sum of the others'}
    """
    found: dict[int, str] = {}
    known = np.nan_to_num(amounts)
    whole = float(known.sum())
    named = {at: _says_total(cells) for at, cells in enumerate(labels)}
    rest = whole - sum(known[at] for at, says in named.items() if says and not has_code[at])
    for at, says in named.items():
        others = rest if says and not has_code[at] else whole - known[at]
        sums = known[at] > 0 and abs(others - known[at]) <= max(1.0, AGREES_WITHIN * others)
        sums = sums and len(labels) >= ROWS_LEAST
        if says and (sums or not has_code[at]):
            found[at] = "it says so" + (", and its figure is the sum of the others" if sums else "")
        elif sums and not has_code[at]:
            found[at] = "its figure is the sum of all others, and it has no code"
    return found


def _says_total(cells: Sequence[object]) -> bool:
    return any(isinstance(cell, str) and TOTAL.match(plain(cell)) is not None for cell in cells)
