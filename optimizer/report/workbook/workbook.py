"""A plan as a workbook: one sheet per table, with the meaning of every column."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xlsxwriter

from optimizer.instance.schema.path_tables import PATH_TABLES
from optimizer.instance.schema.plan_tables import TABLES, Table, frames_of
from optimizer.messages.words import Words, words_of
from optimizer.plan.path.build import tariff_path
from optimizer.plan.path.path import path_frames
from optimizer.plan.statistics import METRICS, statistics
from optimizer.report.page.assurance import assurance
from optimizer.report.page.headings import value_words

if TYPE_CHECKING:
    from xlsxwriter.workbook import Format, Workbook, Worksheet

    from optimizer.plan.plan import Plan

__all__ = ["write_workbook"]

_LONGEST = 32_000
"""A cell of a workbook holds 32,767 characters."""

_FORMATS = {
    "money/month": "#,##0.00",
    "money/month or money/m3": "#,##0.000",
    "share 0-1": "0.0%",
    "hours": "0.00",
    "km": "0.0",
    "degrees east": "0.00000",
    "degrees north": "0.00000",
    "factor": "0.000",
    "share/year": "0.0%",
    "money/m3": "#,##0.000",
    "year": "0",
}


def write_workbook(plan: Plan, path: str | Path, *, language: str = "en") -> Path:
    """Write a plan as an XLSX workbook.

    One sheet for each table of the plan (and of its years, where there is a horizon), with the
    column names of the CSV files, then key figures, how sure the plan is, and the data dictionary.
    Every text is written as text: a name such as ``=HYPERLINK(...)`` is never a formula or a link.
    Numbers keep their full value and are only shown rounded.

    Parameters
    ----------
    plan : Plan
        Any plan.
    path : str or pathlib.Path
        File to make; its folder is made where absent.
    language : {"en", "es", "pt"}
        Language of sheet names and meanings.

    Returns
    -------
    pathlib.Path
        The file.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), "together")
    >>> write_workbook(plan, pathlib.Path(tempfile.mkdtemp()) / "pair.xlsx").name
    'pair.xlsx'
    """
    words = words_of(language)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    harmless = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(target), harmless) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for name, frame in frames_of(plan).items():
            own = plan.beside if name == "towns" else None
            _plan_sheet(book, head, TABLES[name], frame, words, beside=own)
        if _has_years(plan):
            for name, frame in path_frames(tariff_path(plan)).items():
                _plan_sheet(book, head, PATH_TABLES[name], frame, words)
        _figures_sheet(book, head, plan, words)
        _sure_sheet(book, head, plan, words)
        _dictionary_sheet(book, head, plan, words)
    return target


def _has_years(plan: Plan) -> bool:
    return plan.instance.horizon is not None and not plan.areas.empty


def _text(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Write a text as text, whatever it looks like."""
    sheet.write_string(row, column, text[:_LONGEST], style)


def _plan_sheet(
    book: Workbook,
    head: Format,
    table: Table,
    frame: pd.DataFrame,
    words: Words,
    *,
    beside: pd.DataFrame | None = None,
) -> None:
    """Write a table of the plan, behind it the planner's own columns."""
    sheet = book.add_worksheet(words(table.name)[:31])
    flat = _with_coordinates(frame.reset_index())
    if beside is not None:
        flat = pd.concat([flat, beside.reset_index(drop=True)], axis=1)
    units = {c.name: c.unit for c in table.index + table.columns}
    units |= {"lon": "degrees east", "lat": "degrees north"}
    for k, name in enumerate(flat.columns):
        _text(sheet, 0, k, str(name), head)
        style = book.add_format({"num_format": _FORMATS.get(units.get(str(name), ""), "#,##0")})
        longest = max(
            [len(str(name)), *(len(str(v)) for v in flat[name].head(200) if isinstance(v, str))]
        )
        sheet.set_column(k, k, min(max(longest * 0.95, 10), 40))
        for row, value in enumerate(flat[name], start=1):
            told = value_words(str(name), value, words) if isinstance(value, str) else value
            _cell(sheet, (row, k), told, style, words)
    sheet.freeze_panes(1, len(table.index))
    if len(flat):
        sheet.autofilter(0, 0, len(flat), len(flat.columns) - 1)


def _with_coordinates(flat: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which points have become the columns ``lon`` and ``lat``."""
    if "geometry" not in flat.columns:
        return flat
    points = flat["geometry"]
    lon, lat = [float(p.x) for p in points], [float(p.y) for p in points]
    return pd.DataFrame(flat.drop(columns="geometry")).assign(lon=lon, lat=lat)


def _cell(
    sheet: Worksheet, at: tuple[int, int], value: object, style: Format, words: Words
) -> None:
    """Write a value: text as text, what is not known as an empty cell."""
    if isinstance(value, (bool, np.bool_)):
        _text(sheet, *at, words("yes" if value else "no"))
    elif isinstance(value, (int, float, np.integer, np.floating)):
        if math.isfinite(float(value)):
            sheet.write_number(*at, float(value), style)
    else:
        _text(sheet, *at, str(value))


def _figures_sheet(book: Workbook, head: Format, plan: Plan, words: Words) -> None:
    sheet = book.add_worksheet(words("figures"))
    table = statistics(plan)["plan"]
    for k, name in enumerate(("figure", "meaning", "unit", "value")):
        _text(sheet, 0, k, words(name), head)
    for row, metric in enumerate(METRICS, start=1):
        _text(sheet, row, 0, metric.name)
        _text(sheet, row, 1, words(metric.meaning))
        _text(sheet, row, 2, words.unit(metric.unit, plan.instance.currency))
        style = book.add_format({"num_format": _FORMATS.get(metric.unit, "#,##0")})
        _cell(sheet, (row, 3), float(table[(metric.name, metric.unit)]), style, words)
    for k, width in enumerate((26, 48, 14, 16)):
        sheet.set_column(k, k, width)


def _sure_sheet(book: Workbook, head: Format, plan: Plan, words: Words) -> None:
    sheet = book.add_worksheet(words("sureness"))
    found = assurance(plan, words)
    lines = [("status", found.proof), ("audit", found.audit)]
    lines += [("broken promise", text) for text in found.broken]
    lines += [("audit", text) for text in found.failures]
    lines += [("assumption", text) for text in found.assumptions]
    lines += [("derived datum", text) for text in found.derived]
    lines += [("source", text) for text in found.sources]
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for k, name in enumerate(("topic", "statement")):
        _text(sheet, 0, k, words(name), head)
    for row, (topic, text) in enumerate(lines, start=1):
        _text(sheet, row, 0, words(topic), wrap)
        _text(sheet, row, 1, text, wrap)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 110)


def _dictionary_sheet(book: Workbook, head: Format, plan: Plan, words: Words) -> None:
    sheet = book.add_worksheet(words("Data dictionary"))
    for k, name in enumerate(("table", "column", "unit", "meaning")):
        _text(sheet, 0, k, words(name), head)
    row = 0
    tables = [*TABLES.values(), *(PATH_TABLES.values() if _has_years(plan) else ())]
    for table in tables:
        for column in table.index + table.columns:
            row += 1
            _text(sheet, row, 0, words(table.name))
            _text(sheet, row, 1, "lon, lat" if column.kind == "geometry" else column.name)
            _text(sheet, row, 2, words.unit(column.unit, plan.instance.currency))
            _text(sheet, row, 3, words(column.meaning))
    for k, width in enumerate((14, 26, 22, 80)):
        sheet.set_column(k, k, width)
    sheet.freeze_panes(1, 0)
