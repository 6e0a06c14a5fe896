"""What the cells of a column could be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.importing.columns.codes import code_text
from optimizer.importing.reading.workbook_file import Date
from optimizer.importing.values.gaps import is_gap
from optimizer.importing.values.numbers import Signs, numbers_of

__all__ = ["fitness"]

CODE_LETTERS_MOST = 24
NUMBERS_LEAST = 0.8
LEVELS_MOST = 12


def fitness(cells: Sequence[object], kind: str, file_signs: Signs) -> float:
    """Return how well cells fit a kind of field, from 0 (they cannot be it) to 1.

    Parameters
    ----------
    cells : sequence
        Cells of a column.
    kind : str
        Of :class:`~optimizer.importing.columns.vocabulary.Field`.
    file_signs : Signs
        What the file shows of its decimal sign.

    Examples
    --------
    >>> fitness(["010101", "010102"], "code", Signs()), fitness(["1", "1"], "code", Signs())
    (1.0, 0.0)
    >>> fitness(["00015", "00379"], "name", Signs())
    0.0
    """
    given = [cell for cell in cells if cell is not None]
    if not given:
        return 0.0
    if kind in ("level", "parent"):
        few = len(set(map(str, given))) <= LEVELS_MOST
        return 1.0 if kind == "parent" or few else 0.0
    if kind in ("code", "name", "text"):
        return _of_text(given, len(cells), kind)
    return _of_number(given, kind, file_signs)


def _of_text(given: list[object], rows: int, kind: str) -> float:
    texts = [code_text(cell) for cell in given]
    distinct, filled = len(set(texts)) / len(texts), len(texts) / rows
    lettered = sum(any(c.isalpha() for c in text) for text in texts) / len(texts)
    if kind == "text":
        return 1.0 if lettered > 0.5 else 0.5
    if kind == "name":
        several = 1.0 if distinct > 0.5 or len(texts) < 6 else 0.6
        return several * (1.0 if lettered > 0.9 else 0.0)
    short = all(len(text) <= CODE_LETTERS_MOST and " " not in text for text in texts)
    fractions = any(isinstance(cell, float) and not cell.is_integer() for cell in given)
    if not short or fractions or filled < 0.9:
        return 0.0
    repeated = len(texts) - len(set(texts))
    few = repeated <= max(0.02 * len(texts), len(texts) > 3)
    return 1.0 if not repeated else 0.9 if few else 0.7 if distinct > 0.9 else 0.0


def _of_number(given: list[object], kind: str, file_signs: Signs) -> float:
    known = [cell for cell in given if not is_gap(cell)]
    if not known:
        return 0.0
    dates = sum(isinstance(cell, Date) for cell in known)
    counts = kind == "count"
    values = numbers_of(known, counts=counts, file_signs=file_signs).amounts
    numbers = values[np.isfinite(values)]
    if len(numbers) < NUMBERS_LEAST * len(known) - dates or not len(numbers):
        return 0.5 if kind in ("lon", "lat") and any("°" in str(c) for c in known) else 0.0
    least, most, size = numbers.min(), numbers.max(), np.abs(numbers)
    return {
        "lon": 1.0 if size.max() <= 180.0 else 0.7,
        "lat": 1.0 if size.max() <= 90.0 else 0.7,
        "metres": 1.0 if np.median(size) > 1000 else 0.0,
        "share": 1.0 if least >= 0 and most <= 100 else 0.4,
        "count": 1.0 if least >= 0 and np.median(numbers) >= 1 else 0.3,
    }.get(kind, 1.0)
