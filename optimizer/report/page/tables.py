"""A plan as the tables of the page."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.plan.area_names import area_name, area_names
from optimizer.report.figures import Cell, Heading, Sheet, money, percent, shown
from optimizer.report.page.headings import Writer, block_words, group_words

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = [
    "Schedule",
    "area_schedules",
    "areas_sheet",
    "burden_sheet",
    "finances_sheet",
    "gains_names",
    "payers_sheet",
    "schedules",
    "statement",
    "towns_sheet",
]


OWN_COLUMNS_MOST = 8
"""Columns of the planner's own that the page shows; the files hold all."""
OWN_LETTERS_MOST = 40


@dataclass(frozen=True)
class Schedule:
    """A tariff schedule as a regulator prints it."""

    title: str
    where: str
    categories: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    bills: tuple[tuple[str, tuple[str, ...]], ...]


def areas_sheet(plan: Plan, writer: Writer) -> Sheet:
    """Return the service areas, the largest first."""
    columns = [
        "seat_name",
        "operator_model",
        "town_count",
        "population",
        "connections",
        "reach_hours",
        "requirement_year",
        "revenue_year",
        "operating_subsidy_year",
        "burden_worst",
    ]
    columns[9:9] = [
        c for c in ("transfer_year", "household_support_year") if plan.areas[c].abs().max() >= 0.5
    ]
    frame = plan.areas.assign(seat_name=area_names(plan))
    return writer.sheet("areas", frame, columns, name=writer.words("Service areas"))


def towns_sheet(plan: Plan, writer: Writer) -> Sheet:
    """Return each town with its operator, travel, bill, and the change against alone."""
    seats = area_names(plan).reindex(plan.towns["service_area"]).to_numpy()
    frame = pd.DataFrame(plan.towns.drop(columns="geometry")).assign(seat=seats)
    columns = [
        "name",
        "seat",
        "travel_hours",
        "connections",
        "bill_month",
        "burden_worst",
        "alone_bill_month",
        "bill_change_month",
        "gains",
    ]
    sheet = writer.sheet("towns", frame, columns, name=writer.words("Towns"))
    return _with_own_columns(sheet, plan.beside)


def _with_own_columns(sheet: Sheet, beside: pd.DataFrame) -> Sheet:
    """Return a sheet of towns with the first of the planner's own columns."""
    own = beside.iloc[:, :OWN_COLUMNS_MOST].astype(str)
    heads = tuple(Heading(str(name), str(name), number=False) for name in own.columns)
    rows = tuple(
        (*row, *(Cell(text[:OWN_LETTERS_MOST], text) for text in cells))
        for row, cells in zip(sheet.rows, own.itertuples(index=False, name=None), strict=True)
    )
    return dataclasses.replace(sheet, headings=(*sheet.headings, *heads), rows=rows)


def payers_sheet(plan: Plan, writer: Writer) -> Sheet:
    """Return who pays for whom: cost caused, paid by bills, subsidy, and the rest."""
    frame = pd.DataFrame(plan.towns.drop(columns="geometry"))
    frame = frame.assign(seat=area_names(plan).reindex(frame["service_area"]).to_numpy())
    columns = [
        "name",
        "seat",
        "direct_cost_year",
        "overhead_share_year",
        "cost_year",
        "revenue_year",
        "operating_subsidy_year",
        "cross_subsidy_year",
    ]
    if frame["household_support_year"].abs().max() >= 0.5:
        columns.append("household_support_year")
    frame = frame.sort_values("cross_subsidy_year", ascending=False, kind="stable")
    return writer.sheet("towns", frame, columns, name=writer.words("Who pays for whom"))


def burden_sheet(plan: Plan, writer: Writer) -> Sheet:
    """Return burden and paid bill by town and household group, marked at 3, 4 and 5 %."""
    words = writer.words
    groups = list(dict.fromkeys(str(g) for g in plan.bills.index.get_level_values("group")))
    found = {
        (str(town), str(group)): (float(share), float(bill))
        for (town, group), share, bill in zip(
            plan.bills.index, plan.bills["burden"], plan.bills["paid_month"], strict=True
        )
    }
    heads = [Heading(words("town"), words("town"), number=False)]
    meaning = f"{words('burden')}; {words('bill paid')}, {writer.unit('money/month')}"
    heads += [Heading(group_words(group, words), meaning, number=True) for group in groups]
    rows = []
    for key, name in plan.towns["name"].items():
        cells = [Cell(str(name), str(name))]
        for group in groups:
            share, bill = found.get((str(key), group), (np.nan, np.nan))
            text = (
                "–"
                if np.isnan(share)
                else f"{percent(share, words)} · {words.number(bill, ',.2f')}"
            )
            cells.append(Cell(text, "" if np.isnan(share) else f"{share:.9g}", _burden_look(share)))
        rows.append(tuple(cells))
    return Sheet(words("Bill and burden by town and household group"), tuple(heads), tuple(rows))


def _burden_look(share: float) -> str:
    """Return the class of a burden: at most 3, 4, 5 %, or above."""
    if np.isnan(share):
        return ""
    return f"b{int(np.searchsorted([0.03, 0.04, 0.05], share * (1.0 - 1e-6)))}"


_LINES = (
    "billed_households_year",
    "billed_customers_year",
    "uncollected_year",
    "revenue_year",
    "operating_subsidy_year",
    "transfer_year",
    "income_year",
    "overhead_year",
    "operation_year",
    "replacement_year",
    "transition_year",
    "travel_year",
    "cost_year",
    "board_fee_year",
    "margin_year",
    "requirement_year",
    "result_year",
    "household_support_year",
)
_INFORMATION = (
    "billed_sewer_year",
    "sewer_cost_year",
    "forgone_water_year",
    "solidarity_contribution_year",
    "solidarity_subsidy_year",
    "solidarity_balance_year",
)
_SUMS = ("revenue_year", "income_year", "cost_year", "requirement_year", "result_year")


def statement(plan: Plan, writer: Writer) -> tuple[tuple[str, str, str], ...]:
    """Return the income statement of all areas together: line, amount, look."""
    totals = plan.finances.sum()
    extra = [line for line in _INFORMATION if abs(float(totals[line])) >= 0.5]
    return tuple(
        (
            writer.heading("finances", line).meaning,
            money(float(totals[line]), writer.words),
            "sum" if line in _SUMS else "",
        )
        for line in (*_LINES, *extra)
    )


def finances_sheet(plan: Plan, writer: Writer) -> Sheet:
    """Return the income statement of each area, one row an area."""
    frame = plan.finances.assign(service_area=area_names(plan).reindex(plan.finances.index))
    kept = [c for c in (*_LINES, *_INFORMATION) if c in _SUMS or frame[c].abs().max() >= 0.5]
    name = writer.words("Income statement of each area")
    sheet = writer.sheet("finances", frame, ["service_area", *kept], name=name)
    unit = f", {writer.unit('money/year')}"
    heads = tuple(Heading(h.text.removesuffix(unit), h.meaning, h.number) for h in sheet.headings)
    return Sheet(f"{name}{unit}", heads, sheet.rows)


def gains_names(plan: Plan) -> dict[str, list[str]]:
    """Return the names of the towns that gain, lose, stay the same or cannot stand alone."""
    named: dict[str, list[str]] = {"gains": [], "loses": [], "same": [], "cannot stand alone": []}
    for name, word in zip(plan.towns["name"], plan.towns["gains"], strict=True):
        named[str(word)].append(str(name))
    return named


def schedules(plan: Plan, writer: Writer) -> list[Schedule]:
    """Return the tariff schedules, one for each area (or town, where each has its own)."""
    return [found for area in plan.areas.index for found in area_schedules(plan, writer, str(area))]


def area_schedules(plan: Plan, writer: Writer, area: str) -> list[Schedule]:
    """Return the tariff schedules of one area."""
    tariffs = plan.tariffs
    own = tariffs[tariffs.index.get_level_values("service_area") == area]
    names, seat = plan.towns["name"], area_name(plan, area)
    members = names[plan.towns["service_area"] == area]
    made = []
    for town, rows in own.groupby(level="town", sort=False):
        served = [str(names.get(town, town))] if town else [str(name) for name in members]
        title = f"{seat} · {served[0]}" if town else seat
        where = f"{plan.areas['operator_model'][area]}: {', '.join(served)}"
        flat = rows.reset_index(level=["service_area", "town"], drop=True)
        made.append(_schedule(flat, writer, title=title, where=where))
    return made


def _schedule(rows: pd.DataFrame, writer: Writer, *, title: str, where: str) -> Schedule:
    words = writer.words
    categories = tuple(dict.fromkeys(str(c) for c in rows.index.get_level_values("category")))
    found = {
        (str(category), _kind(str(component), a, b)): float(p)
        for (category, component), a, b, p in zip(
            rows.index, rows["from_m3"], rows["to_m3"], rows["price"], strict=True
        )
    }
    kinds = sorted({kind for _, kind in found}, key=lambda k: (_ORDER.get(k[0], 1), *k[1:]))
    lines = []
    for kind in kinds:
        unit = writer.unit("money/m3" if kind[0] in _BLOCKS else "money/month")
        unit = "" if kind[0] == _SHARE else unit
        prices = [found.get((category, kind)) for category in categories]
        values = tuple(
            "–" if p is None else shown(p, "money/month or money/m3", words) for p in prices
        )
        lines.append((_line_words(kind, writer), unit, values))
    bills = []
    for sewer in (False, True) if any(kind[0] in _SEWER for kind in kinds) else (False,):
        for m3 in (10, 20, 30):
            name = f"{m3} {writer.unit('m3')}"
            name = words("{volume}, with sewerage", volume=name) if sewer else name
            row = tuple(words.number(_bill(found, c, m3, sewer=sewer), ",.2f") for c in categories)
            bills.append((name, row))
    return Schedule(
        title,
        where,
        tuple(words(c) for c in categories),
        tuple(lines),
        tuple(bills),
    )


_SHARE = "sewer share of water bill"
_BLOCKS = ("block", "sewer block")
_SEWER = (_SHARE, "sewer fixed charge", "sewer block")
_Kind = tuple[str, float, float]
_ORDER = {
    name: k
    for k, name in enumerate(
        ("fixed charge", "block", "minimum bill", "unmetered charge", *_SEWER), start=0
    )
}


def _kind(component: str, start: float, end: float) -> _Kind:
    """Return what a price is for: a block with its limits, or a bill of some m3."""
    if not np.isnan(start):
        word = component.rpartition(" ")[0]
        return word, float(start), np.inf if np.isnan(end) else float(end)
    return component, -1.0, -1.0 if np.isnan(end) else float(end)


def _line_words(kind: _Kind, writer: Writer) -> str:
    name, start, end = kind
    if name == "block":
        return block_words(start, end, writer)
    if name == "sewer block" and start == 0.0 and np.isinf(end):
        return writer.words("sewerage: any consumption")
    if name == "sewer block":
        return writer.words("sewerage: {block}", block=block_words(start, end, writer))
    if name == "minimum bill":
        unit = writer.unit("m3")
        return writer.words(
            "minimum bill, up to {m3} {unit}", m3=writer.words.number(end, "g"), unit=unit
        )
    return writer.words(name)


def _bill(found: dict[tuple[str, _Kind], float], category: str, m3: float, *, sewer: bool) -> float:
    """Return the bill of a consumption under printed prices."""
    own = {kind: price for (name, kind), price in found.items() if name == category}
    least = max([end for (name, _, end) in own if name == "minimum bill"], default=0.0)
    use = max(float(m3), least)
    water = _service(own, use, "fixed charge", "block")
    if not sewer:
        return water
    share = sum(price for (name, *_), price in own.items() if name == _SHARE)
    return water * (1.0 + share) + _service(own, use, "sewer fixed charge", "sewer block")


def _service(own: dict[_Kind, float], use: float, charge: str, block: str) -> float:
    """Return fixed charge and blocks of one service."""
    fixed = sum(price for (name, *_), price in own.items() if name == charge)
    return fixed + sum(
        price * max(0.0, min(use, end) - start)
        for (name, start, end), price in own.items()
        if name == block
    )
