"""Texts to numbers: which sign is the decimal one, decided for a whole column and file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Floats
from optimizer.importing.reading.workbook_file import Date
from optimizer.importing.values.gaps import is_gap

__all__ = ["Numbers", "Signs", "numbers_of", "signs_of"]

MONEY_SIGNS = re.compile(r"^(?:[A-Z]{0,3}\$|S/\.?|R\$|€|£|¥|₱|US\$|[A-Z]{3})\s*|\s*(?:€|[A-Z]{3})$")
FOOTNOTE = re.compile(r"(?<=\d)\s*(?:\(\w{1,2}\)|\*+|[¹²³]|\s[a-z]/|\d/)$")
GROUPED_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|[+-]?\d{1,3}(?:\.\d{3})+,\d+")
GROUPED_COMMAS = re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|[+-]?\d{1,3}(?:,\d{3})+\.\d+")
ONE_POINT = re.compile(r"[+-]?\d{1,3}\.\d{3}")
ONE_COMMA = re.compile(r"[+-]?\d{1,3},\d{3}")
POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d+(?:[eE][+-]?\d+)?")
BLANK_GROUPS = re.compile(r"(?<=\d)[ '’](?=\d{3}(?:\D|$))")


@dataclass(frozen=True)
class Signs:
    """How often a column shows that point or comma is the decimal sign."""

    points: int = 0
    commas: int = 0

    def __add__(self, other: Signs) -> Signs:
        return Signs(self.points + other.points, self.commas + other.commas)

    @property
    def decimal(self) -> str:
        """Return the decimal sign, empty where nothing or both are shown."""
        if self.points and self.commas:
            most, least = max(self.points, self.commas), min(self.points, self.commas)
            if least > most / 20:
                return ""
        if self.points == self.commas:
            return ""
        return "." if self.points > self.commas else ","


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a column, and what was done to read them.

    Attributes
    ----------
    amounts : numpy.ndarray
        NaN where nothing is known.
    gaps : collections.Counter
        Texts that were taken for gaps.
    wrong : list of (int, str)
        Rows whose cell is no number, with the cell.
    per_cent : int
        Cells with a per cent sign.
    doubtful : str
        A cell that can be read in two ways, where nothing shows which; empty where none.
    said : list of str
        What was repaired.
    """

    amounts: Floats
    gaps: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    per_cent: int = 0
    doubtful: str = ""
    said: list[str] = field(default_factory=list)


def _bare(cell: str) -> str:
    """Return a number's text without money signs, per cent, footnotes and blanks in it."""
    text = cell.replace("−", "-").rstrip("%").strip()
    text = MONEY_SIGNS.sub("", text).strip()
    text = FOOTNOTE.sub("", text)
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    return BLANK_GROUPS.sub("", text)


def signs_of(cells: Sequence[object], *, counts: bool) -> Signs:
    """Return what the cells of a column show about the decimal sign.

    Parameters
    ----------
    cells : sequence
        Cells of one column.
    counts : bool
        Whether whole things are counted, so that groups of three digits are thousands.

    Examples
    --------
    >>> signs_of(["1.234,5", "7"], counts=False), signs_of(["3.25"], counts=False).decimal
    (Signs(points=0, commas=1), '.')
    >>> signs_of(["19.550", "850"], counts=True).decimal
    ','
    """
    texts = [_bare(cell) for cell in cells if isinstance(cell, str)]
    points = commas = 0
    for text in texts:
        if GROUPED_POINTS.fullmatch(text):
            commas += 1
        elif GROUPED_COMMAS.fullmatch(text):
            points += 1
        elif ONE_POINT.fullmatch(text) and not text.lstrip("+-").startswith("0"):
            commas += counts
        elif ONE_COMMA.fullmatch(text) and not text.lstrip("+-").startswith("0"):
            points += counts
        elif POINT.fullmatch(text):
            points += 1
        elif COMMA.fullmatch(text):
            commas += 1
    if counts and points and commas:  # 19.550 beside 19.5: groups show nothing
        return _fractions(texts)
    return Signs(points, commas)


def _fractions(texts: list[str]) -> Signs:
    loose = [t for t in texts if not ONE_POINT.fullmatch(t) and not ONE_COMMA.fullmatch(t)]
    return Signs(sum(bool(POINT.fullmatch(t)) for t in loose), sum(map(_is_comma, loose)))


def _is_comma(text: str) -> bool:
    return bool(COMMA.fullmatch(text))


def numbers_of(cells: Sequence[object], *, counts: bool, file_signs: Signs) -> Numbers:
    """Return the numbers of a column.

    Parameters
    ----------
    cells : sequence
        Texts, numbers, dates or None.
    counts : bool
        Whether whole things are counted (people, connections).
    file_signs : Signs
        What the other columns of the file show; decides where this one shows nothing.

    Examples
    --------
    >>> numbers_of(["19.550", "850", "S.I."], counts=True, file_signs=Signs()).amounts.tolist()
    [19550.0, 850.0, nan]
    >>> read = numbers_of(["12,5 %", "7 %"], counts=False, file_signs=Signs())
    >>> read.amounts.tolist(), read.per_cent
    ([12.5, 7.0], 2)
    """
    own = signs_of(cells, counts=counts)
    decimal = own.decimal or file_signs.decimal
    read = Numbers(np.full(len(cells), np.nan))
    changed: Counter[str] = Counter()
    open_cells: list[str] = []
    for row, cell in enumerate(cells):
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            read.amounts[row] = float(cell)
        elif is_gap(cell):
            if cell is not None:
                read.gaps[str(cell)] += 1
        elif isinstance(cell, Date):
            read.wrong.append((row, f"{cell} (a date)"))
        else:
            value = _one(str(cell), decimal, changed, open_cells)
            if value is None:
                read.wrong.append((row, str(cell)))
            else:
                read.amounts[row] = value
    said = sorted(changed)
    per_cent = sum(isinstance(cell, str) and cell.rstrip().endswith("%") for cell in cells)
    doubtful = open_cells[0] if open_cells and not decimal else ""
    return Numbers(read.amounts, read.gaps, read.wrong, per_cent, doubtful, said)


def _one(cell: str, decimal: str, changed: Counter[str], open_cells: list[str]) -> float | None:
    """Return the number of a text, or None; note what was done."""
    text = _bare(cell)
    if text != cell.rstrip("%").strip():
        changed["signs, footnotes or blanks left out"] += 1
    if WHOLE.fullmatch(text):
        return float(text)
    grouped = ONE_POINT.fullmatch(text) or ONE_COMMA.fullmatch(text)
    if grouped and not decimal and not text.lstrip("+-").startswith("0"):
        open_cells.append(cell)
    thousands = "," if decimal == "." else "." if decimal == "," else ""
    if thousands and re.fullmatch(
        rf"[+-]?\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{decimal}\d+)?", text
    ):
        changed[f"{thousands!r} read as a sign of thousands"] += 1
        text = text.replace(thousands, "")
    elif not thousands and GROUPED_POINTS.fullmatch(text):
        text = text.replace(".", "")
    elif not thousands and GROUPED_COMMAS.fullmatch(text):
        text = text.replace(",", "")
    if COMMA.fullmatch(text) and decimal != ".":
        changed["',' read as the decimal sign"] += 1
        text = text.replace(",", ".")
    return float(text) if POINT.fullmatch(text) or WHOLE.fullmatch(text) else None
