"""Numbers as people write them: what Python takes for a number besides is none."""

from __future__ import annotations

import re

__all__ = ["is_plain"]

PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def is_plain(text: str) -> bool:
    """Return whether a text is a number in plain digits, with a decimal point at most.

    Examples
    --------
    >>> [is_plain(text) for text in ("1000", " 0.5 ", "1e3", "1_000", "1,000", "inf", "８０")]
    [True, True, True, False, False, False, False]
    """
    return PLAIN.fullmatch(text.strip()) is not None
