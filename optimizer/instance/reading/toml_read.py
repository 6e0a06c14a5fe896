"""TOML text to its content: the one place that knows what such a text can do to its reader."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from optimizer.instance.reading.findings import Findings

__all__ = ["TOML_BYTES_MOST", "content_of"]

TOML_BYTES_MOST = 20_000_000
"""Largest file of settings that is read, in bytes."""

PARTS_MOST = 40
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')\s*"""
LONG_KEY = re.compile(rf"(?:^|[\[{{,])\s*(?:{_PART}\.\s*){{{PARTS_MOST}}}", re.MULTILINE)
ADVICE = "texts need quotation marks, lists need brackets"


def content_of(text: str, file: str, found: Findings) -> dict[str, Any] | None:
    """Return the content of a TOML text, or None where it cannot be used.

    Parameters
    ----------
    text : str
        The text.
    file : str
        Name in messages.
    found : Findings
        Receives problems, with their line.

    Examples
    --------
    >>> found = Findings()
    >>> content_of("a = " + "[" * 5000, "x.toml", found), found.problems[0].what
    (None, 'holds lists or tables inside each other, thousands deep')
    """
    if long := LONG_KEY.search(text):
        line = text.count("\n", 0, long.end()) + 1
        what = f"holds a key of more than {PARTS_MOST} parts with dots between them"
        found.problem(file, line, "", what, "keys have one to three parts")
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error) if len(str(error)) < 200 else f"{str(error)[:200]} ..."
        found.problem(file, _line_of(error, text), "", f"is not valid TOML ({reason})", ADVICE)
    except RecursionError:
        what = "holds lists or tables inside each other, thousands deep"
        found.problem(file, None, "", what, "keys hold numbers, texts, and lists of them")
    except ValueError as error:  # a whole number of thousands of digits, a date that is none
        found.problem(file, None, "", f"is not valid TOML ({str(error)[:200]})", ADVICE)
    return None


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> int:
    """Return the line of which a TOML error speaks, the last one where it names none."""
    place = re.search(r"line (\d+)", str(error))
    return int(place[1]) if place else max(len(text.splitlines()), 1)
