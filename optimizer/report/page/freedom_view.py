"""How much tariffs may differ inside an area, beside household support: one row a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.messages.words import STATUS
from optimizer.report.figures import Cell, Heading, Sheet
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.analysis.what_if.tariff_freedom import TariffFreedom

__all__ = ["freedom_sheet"]

_COLUMNS = {
    "objective": ("weighted sum", "money/year", 0),
    "requirement_year": ("cost, fee and margin", "money/year", 0),
    "public_money_year": ("public money", "money/year", 0),
    "operators": ("operators", "", 0),
    "bill_mean_month": ("mean household bill", "money/month", 2),
}
"""Figures of a plan: heading, unit and decimals."""


def freedom_sheet(found: TariffFreedom, writer: Writer) -> Sheet:
    """Return the plans between one price and a schedule per town.

    Parameters
    ----------
    found : TariffFreedom
        As :func:`optimizer.analysis.what_if.tariff_freedom.tariff_freedom` returns it.
    writer : Writer
        Language and currency.
    """
    words = writer.words
    heads = [words("same price in two towns of an area, at most"), words("support, % of a bill")]
    heads += [f"{words(name)}, {writer.unit(u)}" if u else words(name) for name, u, _ in _columns()]
    heads += [words("gap, %"), words("plan")]
    rows = []
    for row in found.table.to_dict("records"):
        spread = float(row["spread"])
        tariff = words("a schedule per town") if np.isinf(spread) else f"{spread:g}"
        cells = [Cell(tariff, f"{spread:g}"), _cell(100.0 * float(row["support_share"]), writer, 0)]
        cells += [_cell(row[column], writer, digits) for column, (_, _, digits) in _items()]
        cells.append(_cell(100.0 * float(row["gap"]), writer, 2))
        status = words(STATUS.get(str(row["status"]), str(row["status"])))
        rows.append((*cells, Cell(status, status)))
    title = words("Between one price and a schedule per town")
    numbers = [name not in {heads[-1]} for name in heads]
    shown = (Heading(h, h, number=n) for h, n in zip(heads, numbers, strict=True))
    return Sheet(title, tuple(shown), tuple(rows))


def _items() -> list[tuple[str, tuple[str, str, int]]]:
    return list(_COLUMNS.items())


def _columns() -> list[tuple[str, str, int]]:
    return list(_COLUMNS.values())


def _cell(value: float, writer: Writer, digits: int) -> Cell:
    number, known = float(value), bool(np.isfinite(float(value)))
    text = writer.words.number(number, f",.{digits}f") if known else "–"
    return Cell(text, f"{number:.12g}" if known else "")
