"""Cells of CSV files: texts that no spreadsheet takes for a formula, numbers as short as can be."""

from __future__ import annotations

import re

import numpy as np

__all__ = ["escaped", "number_text", "unescaped"]

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")
_WHOLE = 1e15
"""Whole numbers below this have one decimal text in every program."""
_DIGITS_MOST = 25
"""Longest decimal text; beyond it an exponent is easier to read."""


def escaped(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> escaped("=1+1"), escaped("Alto"), unescaped(escaped("'=1"))
    ("'=1+1", 'Alto', "'=1")
    """
    return "'" + text if _FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """Return the text from which :func:`escaped` made this one."""
    return text[1:] if _ESCAPED.match(text) else text


def number_text(value: float) -> str:
    """Return the shortest decimal that reads back as the same number; an empty text for NaN.

    Examples
    --------
    >>> [number_text(v) for v in (153000.0, 0.1, 7.754308e8, 1e-5, float("nan"), float("inf"))]
    ['153000', '0.1', '775430800', '0.00001', '', 'inf']
    """
    number = float(value)
    if np.isnan(number):
        return ""
    if number.is_integer() and abs(number) < _WHOLE and not (number == 0 and np.signbit(number)):
        return str(int(number))
    text = repr(number)
    if "e" not in text:
        return text
    plain = np.format_float_positional(number, unique=True, trim="-")
    return plain if len(plain) <= _DIGITS_MOST else text
