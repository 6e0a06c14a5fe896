"""Short headings of plan columns; their full meaning comes from the table of columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.instance.schema.plan_tables import TABLES
from optimizer.messages.words import Words
from optimizer.report.figures import Cell, Heading, Sheet, cell

__all__ = ["SHORT", "Writer", "block_words"]

SHORT: Mapping[str, str] = {
    "service_area": "service area",
    "seat": "seat",
    "seat_name": "seat",
    "operator_model": "operator model",
    "town_count": "towns",
    "population": "people",
    "connections": "connections",
    "reach_hours": "farthest town",
    "cost_year": "cost",
    "requirement_year": "requirement",
    "revenue_year": "paid by bills",
    "operating_subsidy_year": "operating subsidy",
    "transfer_year": "common fund",
    "household_support_year": "household support",
    "value_year": "value",
    "burden_worst": "heaviest burden",
    "town": "town",
    "name": "town",
    "travel_hours": "travel",
    "travel_km": "road distance",
    "travel_source": "travel known from",
    "direct_cost_year": "own cost",
    "overhead_share_year": "part of overhead",
    "cross_subsidy_year": "cross-subsidy",
    "bill_month": "bill",
    "alone_requirement_year": "requirement alone",
    "alone_subsidy_year": "subsidy alone",
    "alone_bill_month": "bill alone",
    "bill_change_month": "change of bill",
    "gains": "against alone",
    "geometry": "place",
    "category": "category",
    "component": "component",
    "from_m3": "from",
    "to_m3": "to",
    "price": "price",
    "group": "household group",
    "consumption_m3_month": "consumption",
    "income_month": "income",
    "support_month": "support",
    "paid_month": "bill paid",
    "burden": "burden",
    "protected": "protected",
    "affordable": "affordable",
    "metered": "metered",
    "sewer": "with sewerage",
    "sewer_bill_month": "sewer bill",
    "affordable_share": "affordable",
    "eligible": "may get support",
    "support_most_month": "most support",
    "supported_connections": "get support",
    "support_year": "public cost of support",
    "missed_connections": "missed",
    "consumption_today_m3_month": "consumption today",
    "consumption_change": "change of consumption",
    "forgone_water_year": "forgone water",
    "billed_sewer_year": "billed for sewerage",
    "sewer_cost_year": "cost of sewerage",
    "solidarity_contribution_year": "solidarity contribution",
    "solidarity_subsidy_year": "solidarity subsidy",
    "solidarity_balance_year": "solidarity balance",
    "billed_households_year": "billed to households",
    "billed_customers_year": "billed to others",
    "uncollected_year": "not collected",
    "income_year": "income",
    "overhead_year": "overhead",
    "operation_year": "operation",
    "replacement_year": "replacement",
    "transition_year": "transition",
    "travel_year": "travel",
    "board_fee_year": "board fee",
    "margin_year": "margin",
    "result_year": "result",
}
"""A short heading for every column of every plan table."""


DOMESTIC_CELL = ("category", "domestic")
"""The one category that every tariff has; the others are the planner's."""


@dataclass(frozen=True)
class Writer:
    """Writes plan columns in a language and a currency."""

    words: Words
    currency: str

    def unit(self, unit: str) -> str:
        """Return a unit in this language, with the currency."""
        return self.words.unit(unit, self.currency)

    def heading(self, table: str, column: str) -> Heading:
        """Return the heading of a plan column: short text with unit, and its meaning."""
        found = TABLES[table].column(column)
        text = self.words(SHORT[column])
        number = found.kind in ("number", "count")
        counted = found.unit in ("text", "yes/no", "share 0-1", "towns", "persons", "connections")
        full = text if counted else f"{text}, {self.unit(found.unit)}"
        return Heading(full, self.words(found.meaning), number)

    def value(self, table: str, column: str, value: object, *, look: str = "") -> Cell:
        """Return the cell of a plan column; words that a table uses are translated."""
        written = cell(table, column, value, self.words, look=look)
        if column == "group":
            return Cell(group_words(written.text, self.words), written.sort, look)
        if column in ("gains", "travel_source", "protected", "affordable", "eligible"):
            return Cell(self.words(written.text), written.sort, look)
        return written

    def sheet(self, table: str, frame: pd.DataFrame, columns: Sequence[str], *, name: str) -> Sheet:
        """Return columns of a plan table as they are shown.

        Parameters
        ----------
        table : str
            Name of the plan table, for headings and units.
        frame : pandas.DataFrame
            Its rows; every column is there.
        columns : sequence of str
            Which columns, in order.
        name : str
            Caption.
        """
        rows = tuple(
            tuple(self.value(table, column, v) for column, v in zip(columns, row, strict=True))
            for row in frame[list(columns)].itertuples(index=False, name=None)
        )
        return Sheet(name, tuple(self.heading(table, column) for column in columns), rows)


def group_words(group: str, words: Words) -> str:
    """Return a household group with what sets its part apart, with sewerage or without a meter.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> group_words("q1, sewer, unmetered", words_of("es"))
    'q1, con alcantarillado, sin medidor'
    """
    name, *marks = group.split(", ")
    known = {"sewer": "with sewerage", "unmetered": "without a meter"}
    return ", ".join([name, *(words(known[mark]) if mark in known else mark for mark in marks)])


def value_words(column: str, text: str, words: Words) -> str:
    """Return a text cell of a plan table in a language; names that a planner gave stay.

    English is what the tables themselves hold.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> spanish = words_of("es")
    >>> value_words("component", "sewer block 2", spanish), value_words("name", "same", spanish)
    ('rango 2 de alcantarillado', 'same')
    """
    if words.language == "en":
        return text
    if column == "group":
        return group_words(text, words)
    block = re.fullmatch(r"(sewer )?block (\d+)", text) if column == "component" else None
    if block is not None:
        return words("sewer block {n}" if block[1] else "block {n}", n=block[2])
    coded = column in ("gains", "travel_source", "component") or (column, text) == DOMESTIC_CELL
    return words(text) if coded else text


def block_words(start: float, end: float, writer: Writer) -> str:
    """Return a block of a schedule in words; an end that is infinite or unknown is open."""
    unit = writer.unit("m3")
    if not np.isfinite(end):
        return writer.words(
            "above {start} {unit}", start=writer.words.number(start, "g"), unit=unit
        )
    return f"{writer.words.number(start, 'g')}–{writer.words.number(end, 'g')} {unit}"
