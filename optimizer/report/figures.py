"""Numbers as people read them: by the unit of their column."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.instance.schema.plan_tables import TABLES

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


def money(value: float) -> str:
    """Return an amount of money without decimals.

    Examples
    --------
    >>> money(1234567.8), money(-0.2), money(float("nan"))
    ('1,234,568', '0', '–')
    """
    return shown(value, "money/year")


def percent(value: float, *, digits: int = 1) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.0312)
    '3.1 %'
    """
    return "–" if not math.isfinite(value) else f"{100.0 * value:.{digits}f} %"


_DIGITS = {"money/month": 2, "hours": 2, "km": 1, "m3/month": 1, "money/household/month": 0}


def shown(value: object, unit: str) -> str:
    """Return a value of a plan column as text; a dash for what is not known.

    The thousands are parted by commas and the decimals by a point in both languages, as in Peru.

    Examples
    --------
    >>> shown(0.03, "share 0-1"), shown(2.5, "hours"), shown("Rioja", "text"), shown(True, "yes/no")
    ('3.0 %', '2.50', 'Rioja', 'yes')
    """
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not isinstance(value, (int, float, np.integer, np.floating)):
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        return "–"
    if unit == "share 0-1":
        return percent(number)
    if unit == "money/month or money/m3":
        return f"{number:.3f}"
    text = f"{number:,.{_DIGITS.get(unit, 0)}f}"
    return text.lstrip("-") if not any(c in "123456789" for c in text) else text


def cell(table: str, column: str, value: object, *, look: str = "") -> Cell:
    """Return the cell of a plan column.

    Examples
    --------
    >>> cell("towns", "bill_month", 12.3456)
    Cell(text='12.35', sort='12.3456', look='')
    """
    text = shown(value, TABLES[table].column(column).unit)
    if isinstance(value, (bool, str)) or pd.isna(value):  # type: ignore[call-overload]
        return Cell(text, "" if text == "–" else text, look)
    return Cell(text, f"{float(str(value)):.12g}", look)
