"""TOML text to its content, and files of sections to records: all that knows what TOML can do."""

from __future__ import annotations

import re
import tomllib
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from optimizer.errors import InstanceError, Problem
from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.reading.text import read_text
from optimizer.instance.reading.toml_lines import TomlLines
from optimizer.record import Row

__all__ = ["TOML_BYTES_MOST", "content_of", "read_records"]

Record = TypeVar("Record", bound=Row)

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


def read_records(file: Path, kind: type[Record]) -> tuple[dict[str, Record], TomlLines]:
    """Return one record for every section of a TOML file, and the lines of its keys.

    Raises
    ------
    InstanceError
        If the file cannot be read, or with every problem of its sections.
    """
    found = Findings()
    text = read_text(file, file.name, found, bytes_most=TOML_BYTES_MOST)
    content = None if text is None else content_of(text, file.name, found)
    if text is None or content is None:
        raise InstanceError(found.problems)
    lines = TomlLines(text)
    records: dict[str, Record] = {}
    for name, section in content.items():
        if not isinstance(section, dict):
            remedy = "write a section, such as [dear], and its keys below"
            found.problem(file.name, lines.of(name), name, "is not a section", remedy)
            continue
        try:
            records[name] = kind.model_validate(section)
        except ValidationError as error:
            details = error.errors(include_url=False)
            found.faults(details, partial(_problem, file.name, name, kind, lines), "key")
    if not content:
        found.problem(file.name, None, "", "is empty", "write a section, such as [dear]")
    found.raise_for_problems()
    return records, lines


def _problem(
    file: str, name: str, kind: type[Row], lines: TomlLines, detail: ErrorDetails
) -> Problem:
    """Return what is wrong with one key of a section."""
    key = str(detail["loc"][0]) if detail["loc"] else ""
    column = ".".join([name, *(str(part) for part in detail["loc"])])
    if detail["type"] == "extra_forbidden":
        known = list(kind.model_fields)
        remedy = f"{near(key, known)}keys are: {', '.join(known)}"
        return Problem(file, lines.of(name, key), column, "is not a known key", remedy)
    info = kind.model_fields.get(key)
    remedy = "change one of them" if info is None else f"give {info.description}"
    what = detail["msg"].removeprefix("Value error, ")
    what = f"{detail['input']!r}: {what}" if detail["loc"] else what
    return Problem(file, lines.of(name, key) if key else lines.of(name), column, what, remedy)
