"""Numbers as people write them: what Python takes for a number besides is none."""

from __future__ import annotations

import re

__all__ = ["figure", "is_plain"]

PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def is_plain(text: str) -> bool:
    """Return whether a text is a number in plain digits, with a decimal point at most.

    Examples
    --------
    >>> [is_plain(text) for text in ("1000", " 0.5 ", "1e3", "1_000", "1,000", "inf", "８０")]
    [True, True, True, False, False, False, False]
    """
    return PLAIN.fullmatch(text.strip()) is not None


def figure(value: float, form: str = ",.6g") -> str:
    """Return a number in a format of Python, without an exponent where it is large.

    Examples
    --------
    >>> figure(7.754308e8), figure(1e13, "g"), figure(12.5), figure(1e-9)
    ('775,430,800', '10,000,000,000,000', '12.5', '1e-09')
    """
    text = format(value, form)
    return f"{value:,.0f}" if "e+" in text else text
