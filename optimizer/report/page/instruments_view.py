"""What public money costs per household kept within its limit: a plan, and each instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from optimizer.analysis.what_if.support_instruments import SupportInstruments, instrument_figures
from optimizer.messages.words import STATUS
from optimizer.report.figures import Cell, Heading, Sheet, money
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["instruments_sheet", "public_money_words"]

_LINES = {
    "requirement_year": ("cost, fee and margin", "money/year"),
    "operating_subsidy_year": ("operating subsidy", "money/year"),
    "household_support_year": ("household support", "money/year"),
    "public_money_year": ("public money", "money/year"),
    "protected_households": ("protected households", ""),
    "kept_households": ("households kept within their limit", ""),
    "missed_households": ("households left without the support due to them", ""),
    "public_money_per_kept_year": ("public money per household kept", "money/year"),
}
"""Figures of an instrument: heading and unit."""


def instruments_sheet(found: SupportInstruments, writer: Writer) -> Sheet:
    """Return what each instrument of public money costs, one column an instrument.

    Parameters
    ----------
    found : SupportInstruments
        What :func:`optimizer.support_instruments` found.
    writer : Writer
        Language and currency.
    """
    words, table = writer.words, found.table
    heads = [Heading(words("figure"), words("figure"), number=False)]
    names = [words(str(name)) for name in table.index]
    heads += [Heading(name, name, number=True) for name in names]
    status = [words(STATUS.get(str(s), str(s))) for s in table["status"]]
    rows = [(Cell(words("plan"), words("plan")), *(Cell(text, text) for text in status))]
    for column, (label, unit) in _LINES.items():
        head = f"{words(label)}, {writer.unit(unit)}" if unit else words(label)
        digits = 2 if column == "public_money_per_kept_year" else 0
        cells = [Cell(head, head)]
        for value in table[column]:
            known = bool(pd.notna(value))
            text = words.number(value, f",.{digits}f") if known else "–"
            cells.append(Cell(text, f"{value:.12g}" if known else ""))
        rows.append(tuple(cells))
    title = words("What each instrument of public money costs per household kept within its limit")
    return Sheet(title, tuple(heads), tuple(rows))


def public_money_words(plan: Plan, writer: Writer) -> str:
    """Return what a plan's public money costs per protected household kept within its limit."""
    words, found = writer.words, instrument_figures(plan)
    if found["public_money_year"] < 0.5 or not found["kept_households"] > 0:
        return ""
    return words(
        "Operating subsidy of {subsidy} and household support of {support} {unit} keep {kept} of "
        "{all} protected households within their limit: {each} {unit} for each of them.",
        subsidy=money(found["operating_subsidy_year"], words),
        support=money(found["household_support_year"], words),
        kept=money(found["kept_households"], words),
        all=money(found["protected_households"], words),
        each=words.number(found["public_money_per_kept_year"], ",.2f"),
        unit=writer.unit("money/year"),
    )
