"""Text tables: any encoding, any separator, lines of unequal length."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from optimizer.importing.reading.sheet import Sheet, clean_text
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.text import read_text

__all__ = ["read_text_file", "separator_of"]

SEPARATORS = ",;\t|"
LINES_LOOKED_AT = 200


def read_text_file(path: Path, found: Findings) -> Sheet | None:
    """Return the rows of a text table, or None where it cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        The file; its text is read as
        :func:`~optimizer.instance.reading.text.read_text` says.
    found : Findings
        Receives problems and notes.
    """
    text = read_text(path, path.name, found)
    if text is None:
        return None
    mark = separator_of(text)
    rows, lines, wrong = _parsed(text, mark, strict=True)
    if wrong and not _swallowed(text):  # quotation marks inside a cell that are not doubled
        rows, lines, wrong = _parsed(text, mark, strict=False)
    if wrong:
        what = f"is not readable as a table ({wrong})"
        if "field larger" in wrong:
            what = f"has a cell of more than {csv.field_size_limit():,} characters"
        remedy = "close every quotation mark, or save it again from a spreadsheet"
        found.problem(path.name, None, "", what, remedy)
        return None
    return Sheet(path.name, "", rows, lines)


def _parsed(text: str, mark: str, *, strict: bool) -> tuple[list[list[object]], list[int], str]:
    """Return the rows that hold anything, the line of each, and what is wrong."""
    try:
        return *_rows(text, mark, strict=strict), ""
    except csv.Error as error:
        return [], [], str(error) or "a quotation mark is not closed"


def _rows(text: str, mark: str, *, strict: bool) -> tuple[list[list[object]], list[int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=strict)
    rows: list[list[object]] = []
    lines: list[int] = []
    line = 1
    for cells in reader:
        plain: list[object] = [clean_text(cell) or None for cell in cells]
        if any(plain):
            rows.append(plain)
            lines.append(line)
        line = reader.line_num + 1
    return rows, lines


def _swallowed(text: str) -> bool:
    """Return whether a quotation mark is left open, so that a cell swallows the rows behind it."""
    return text.count('"') % 2 == 1


def separator_of(text: str) -> str:
    r"""Return what separates the columns: the mark that most lines have equally often.

    Examples
    --------
    >>> separator_of("Census 2022, final\ncode;name;people\n1;A, upon B;3,5\n")
    ';'
    """
    lines = [line for line in text[:1_000_000].splitlines() if line.strip()][:LINES_LOOKED_AT]

    def agreement(mark: str) -> tuple[float, int]:
        counts = Counter(sum(part.count(mark) for part in line.split('"')[::2]) for line in lines)
        counts.pop(0, None)
        if not counts:
            return 0.0, 0
        times, lines_so = max(counts.items(), key=lambda item: (item[1], item[0]))
        return lines_so / len(lines), times

    return max(SEPARATORS, key=agreement)
