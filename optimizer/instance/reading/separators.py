"""Numbers that can be read in two ways: 8.000 is eight to some and eight thousand to others.

Nothing is guessed. A number with one group of three digits behind its point or comma stops the
reader, with both readings, wherever both make sense:

- counts of people and connections always;
- money of a town, an operator or a household, where the rest of the column does not show that the
  point is a decimal sign (12.5 does, 1234.567 does);
- any column of a table that is not split at commas, by the same rule.

Thousands that the bounds of the field exclude (8000 degrees) make no sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic.fields import FieldInfo

from optimizer.instance.reading.wording import is_within

__all__ = ["COUNTS", "LARGE_MONEY", "one_reading", "open_cells", "plain_number", "readings"]

COUNTS = frozenset({"persons", "connections"})
LARGE_MONEY = frozenset({"money", "money/year", "money/household/month", "money/person/month"})
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
FRACTION = re.compile(r"[+-]?\d*[.,]\d+(?:[eE][+-]?\d+)?")


def readings(text: str) -> tuple[str, str] | None:
    """Return a number read as a fraction and with thousands, or None where it has one reading.

    Examples
    --------
    >>> readings("19.550"), readings("8,000"), readings("0.125"), readings("1234.567")
    (('19.55', '19550'), ('8', '8000'), None, None)
    """
    if not GROUPED.fullmatch(text):
        return None
    return f"{float(text.replace(',', '.')):g}", text.replace(",", "").replace(".", "")


def plain_number(value: float) -> str:
    """Return a number as text that has one reading and gives the same number again.

    Examples
    --------
    >>> plain_number(19.125), plain_number(19.5)
    ('19.1250', '19.5')
    """
    return one_reading(repr(value))


def one_reading(text: str) -> str:
    """Return the text of a number with one more zero where it could be one with thousands."""
    return f"{text}0" if GROUPED.fullmatch(text) else text


def open_cells(
    cells: Iterable[object], unit: str, info: FieldInfo, *, any_unit: bool
) -> dict[int, tuple[str, str]]:
    """Return the cells of a column that can be read in two ways, by position.

    Parameters
    ----------
    cells : iterable
        A column as it came; only texts can be open.
    unit : str
        Unit of the column.
    info : FieldInfo
        The field, whose bounds may exclude thousands.
    any_unit : bool
        Whether the columns of the table are not split at commas.
    """
    if not (any_unit or unit in COUNTS or unit in LARGE_MONEY):
        return {}
    texts = [(at, cell.strip()) for at, cell in enumerate(cells) if isinstance(cell, str)]
    if unit not in COUNTS and any(
        FRACTION.fullmatch(text) and not GROUPED.fullmatch(text) for _, text in texts
    ):
        return {}
    found = {at: both for at, text in texts if (both := readings(text))}
    return {at: both for at, both in found.items() if is_within(info, float(both[1]))}
