"""Numbers as people read them: by the unit of their column."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.instance.schema.plan_tables import TABLES
from optimizer.messages.words import Words

__all__ = ["Cell", "Heading", "Sheet", "cell", "money", "percent", "shown"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, the value it sorts by, and a class for its look."""

    text: str
    sort: str
    look: str = ""


@dataclass(frozen=True)
class Heading:
    """The head of a column: short text, meaning with unit, and whether it holds numbers."""

    text: str
    meaning: str
    number: bool


@dataclass(frozen=True)
class Sheet:
    """A table ready to be shown."""

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


def money(value: float, words: Words) -> str:
    """Return an amount of money without decimals.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> english, portuguese = words_of("en"), words_of("pt")
    >>> money(1234567.8, portuguese), money(-0.2, english), money(float("nan"), english)
    ('1.234.568', '0', '–')
    """
    return shown(value, "money/year", words)


def percent(value: float, words: Words, *, digits: int = 1) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> percent(0.0312, words_of("es")), percent(0.0312, words_of("pt"))
    ('3.1 %', '3,1 %')
    """
    return "–" if not math.isfinite(value) else f"{words.number(100.0 * value, f'.{digits}f')} %"


_DIGITS = {"money/month": 2, "hours": 2, "km": 1, "m3/month": 1, "money/household/month": 0}


def shown(value: object, unit: str, words: Words) -> str:
    """Return a value of a plan column as text; a dash for what is not known.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> words = words_of("en")
    >>> shown(0.03, "share 0-1", words), shown(2.5, "hours", words), shown(True, "yes/no", words)
    ('3.0 %', '2.50', 'yes')
    """
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not isinstance(value, (int, float, np.integer, np.floating)):
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        return "–"
    if unit == "share 0-1":
        return percent(number, words)
    if unit == "money/month or money/m3":
        return words.number(number, ".3f")
    text = words.number(number, f",.{_DIGITS.get(unit, 0)}f")
    return text.lstrip("-") if not any(c in "123456789" for c in text) else text


def cell(table: str, column: str, value: object, words: Words, *, look: str = "") -> Cell:
    """Return the cell of a plan column.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> cell("towns", "bill_month", 12.3456, words_of("en"))
    Cell(text='12.35', sort='12.3456', look='')
    """
    text = shown(value, TABLES[table].column(column).unit, words)
    if isinstance(value, (bool, str)) or pd.isna(value):  # type: ignore[call-overload]
        return Cell(text, "" if text == "–" else text, look)
    return Cell(text, f"{float(str(value)):.12g}", look)
