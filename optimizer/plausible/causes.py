"""What a number that is far off looks like: the unit that would bring it back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["cause_of", "shifted_cause"]

APART_MOST = 3.0
"""A cause fits where it brings a row within this factor of the usual one."""


@dataclass(frozen=True)
class _Cause:
    """A factor that a measure was multiplied with, and what it looks like."""

    factor: float
    words: str


_TIME = (
    _Cause(1 / 60, "looks like minutes where hours are due"),
    _Cause(60.0, "looks like divided by 60"),
    _Cause(1 / 3600, "looks like seconds where hours are due"),
    _Cause(1000.0, "looks like divided by 1,000"),
)
_THOUSANDS = (
    _Cause(1000.0, "looks like a thousand times too much: a sign of thousands, or another unit"),
    _Cause(1 / 1000, "looks like thousands: 19.550 for 19,550"),
    _Cause(60.0, "looks like multiplied by 60"),
    _Cause(1 / 60, "looks like divided by 60"),
)
_MONTHS = (
    _Cause(12.0, "looks like a figure of a year where one of a month is due"),
    _Cause(1 / 12, "looks like a figure of a month where one of a year is due"),
    _Cause(1 / 30, "looks like a figure of a day where one of a month is due"),
)
_HEADS = (_Cause(1 / 3.5, "looks like a figure per head where one per household is due"),)
_CENT = (
    _Cause(1 / 100, "looks like divided by 100 once more"),
    _Cause(100.0, "looks like per cent where a share is due"),
    *_THOUSANDS[1:2],
    *_THOUSANDS[3:],
)
CAUSES: dict[str, tuple[_Cause, ...]] = {
    "people": _THOUSANDS,
    "speed": _TIME,
    "detour": (
        _Cause(1000.0, "looks like metres where km are due"),
        _Cause(1 / 1000, "looks like thousands of km"),
        _Cause(1 / 1.609, "looks like miles"),
        _Cause(60.0, "looks like multiplied by 60"),
        _Cause(1 / 60, "looks like divided by 60"),
    ),
    "litres_person_day": (*_HEADS, *_MONTHS, *_THOUSANDS),
    "income_of_national": (*_HEADS, *_MONTHS, *_THOUSANDS),
    "people_per_connection": (
        _Cause(1000.0, "looks like connections in thousands"),
        _Cause(1 / 1000, "looks like connections times a thousand"),
        _Cause(60.0, "looks like connections divided by 60"),
        _Cause(1 / 4, "looks like people counted for connections"),
    ),
    "collection_rate": _CENT,
    "non_revenue_water": _CENT,
    "unmetered_share": _CENT,
    "sewer_share": _CENT,
    "gini": _CENT,
    "poverty_rate": _CENT,
}
"""By measure; others have those of thousands and months."""


def cause_of(measure: str, median: float, span: tuple[float, float]) -> str:
    """Return the cause that brings a median nearest to the middle of its range, or an empty text.

    Examples
    --------
    >>> cause_of("speed", 0.42, (5.0, 85.0))
    'looks like minutes where hours are due'
    """
    low, high = max(span[0], 1e-12), min(span[1], 1e12)
    if not median > 0:
        return ""
    middle = float(np.sqrt(low * high))
    fits = [
        (abs(np.log(median / cause.factor / middle)), cause.words)
        for cause in CAUSES.get(measure, (*_MONTHS, *_THOUSANDS))
        if low <= median / cause.factor <= high
    ]
    return min(fits)[1] if fits else ""


def shifted_cause(measure: str, value: float, middle: float) -> str:
    """Return the cause that brings one row nearest to the others, or an empty text.

    Examples
    --------
    >>> shifted_cause("speed", 0.5, 25.0)
    'looks like minutes where hours are due'
    """
    if not (value > 0 and middle > 0):
        return ""
    fits = [
        (abs(np.log(value / cause.factor / middle)), cause.words)
        for cause in CAUSES.get(measure, (*_MONTHS, *_THOUSANDS))
    ]
    off, words = min(fits)
    return words if off < np.log(APART_MOST) else ""
