"""Results as a notebook shows them: a title, facts, a picture, a table; every text escaped."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

import pandas as pd

__all__ = ["ROWS_MOST", "card"]

ROWS_MOST = 25
"""Rows of a table that a notebook shows; the rest are counted."""

_LINE = "border-bottom:1px solid rgba(128,128,128,.35)"
_CELL = f"{_LINE};padding:.2em .6em;vertical-align:top"
_SIDES = {"left": "text-align:left", "right": "text-align:right;white-space:nowrap"}
_SMALL = "opacity:.75;font-size:.92em"


def card(
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    *,
    lead: Sequence[str] = (),
    table: pd.DataFrame | None = None,
    picture: bytes = b"",
    notes: Sequence[str] = (),
) -> str:
    """Return HTML that needs nothing else: no style sheet, no script, no network.

    Parameters
    ----------
    title : str
        What is shown.
    facts : sequence of (str, str)
        Labels and texts.
    lead : sequence of str
        Sentences above everything else.
    table : pandas.DataFrame, optional
        Cells as text, or anything that reads well as text; columns of numbers stand to the right.
        The index is the first column.
    picture : bytes
        A PNG.
    notes : sequence of str
        Sentences below.

    Examples
    --------
    >>> text = card("A & B", [("cost", "1 <i>")], table=pd.DataFrame({"x": ["<b>"]}, index=["k"]))
    >>> "<b>" in text, "A &amp; B" in text, "&lt;i&gt;" in text
    (False, True, True)
    """
    parts = [
        f'<div style="font-weight:600;font-size:1.1em;margin-bottom:.3em">{escape(title)}</div>'
    ]
    parts += [f'<div style="margin:.15em 0">{escape(line)}</div>' for line in lead]
    if facts:
        rows = "".join(
            f'<tr><th style="{_CELL};text-align:left;white-space:nowrap">{escape(label)}</th>'
            f'<td style="{_CELL};text-align:left;max-width:60em">{escape(text)}</td></tr>'
            for label, text in facts
        )
        parts.append(f'<table style="border-collapse:collapse;margin:0 0 .6em 0">{rows}</table>')
    if picture:
        data = base64.b64encode(picture).decode("ascii")
        look = "display:block;max-width:100%;height:auto;margin:.4em 0"
        parts.append(
            f'<img alt="{escape(title)}" style="{look}" src="data:image/png;base64,{data}">'
        )
    if table is not None and len(table):
        parts.append(_table(table))
    parts += [f'<div style="{_SMALL}">{escape(note)}</div>' for note in notes]
    return f'<div style="overflow-x:auto">{"".join(parts)}</div>'


def _table(table: pd.DataFrame) -> str:
    """Return the first rows of a table, and how many there are."""
    shown = table.head(ROWS_MOST).reset_index()
    sides = ["right" if _numeric(shown.iloc[:, at]) else "left" for at in range(shown.shape[1])]
    head = "".join(
        f'<th style="{_CELL};text-align:{side}">{escape(_heading(name))}</th>'
        for name, side in zip(shown.columns, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL};{_SIDES[side]}">{escape(_text(cell))}</td>'
            for cell, side in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in shown.to_numpy(dtype=object).tolist()
    )
    rest = len(table) - len(shown)
    more = f'<div style="{_SMALL}">and {rest:,} more rows</div>' if rest > 0 else ""
    look = "border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.2em 0"
    return (
        f'<table style="{look}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}'
    )


def _heading(name: object) -> str:
    """Return the name of a column in words; a nameless index has none."""
    text = "" if name is None or name == "index" else str(name)
    return text.replace("_", " ")


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:,.2f}"  # noqa: PLR0124 - NaN
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def _numeric(cells: pd.Series) -> bool:
    """Return whether a column reads as numbers: digits with separators, signs and units."""
    texts = [str(cell) for cell in cells if str(cell) not in {"", "-", "nan"}]
    return bool(texts) and all(text.lstrip("+-")[:1].isdigit() for text in texts)
