"""The years of a plan as a section of the page: what happens in words, chart and tables."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.instance.schema.path_tables import PATH_TABLES
from optimizer.plan.area_names import area_names
from optimizer.plan.path.build import tariff_path
from optimizer.report.charts.path_chart import path_svg
from optimizer.report.figures import Cell, Heading, Sheet, money, percent, shown
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.plan.path.path import TariffPath
    from optimizer.plan.plan import Plan

__all__ = ["PATH_SHORT", "PathView", "path_view"]

PATH_SHORT: Mapping[str, str] = {
    "year": "year",
    "level": "level",
    "bill_month": "mean bill",
    "bill_nominal_month": "in money of its day",
    "burden_worst": "heaviest burden",
    "connections": "connections",
    "revenue_year": "paid by bills",
    "operating_subsidy_year": "operating subsidy",
    "household_support_year": "household support",
    "requirement_year": "requirement",
    "investment_year": "works",
    "grants_year": "grants",
    "loan_year": "new loans",
    "debt_service_year": "debt service",
    "debt": "loans owed",
    "bridging": "bridging",
    "cash": "cash",
    "bill_today_month": "bill today",
    "public_money_value": "public money",
    "requirement_value": "requirement",
    "investment_own_value": "own investment",
    "remaining_value": "worth at the end",
    "npv": "net present value",
    "average_tariff_m3": "average tariff",
    "average_incremental_tariff_m3": "average incremental tariff",
}
"""A short heading for every column that the page shows."""


@dataclass(frozen=True, eq=False)
class PathView:
    """What the page shows of a path."""

    words: list[str]
    broken: list[str]
    chart: str
    years: Sheet
    worth: Sheet
    audit_good: bool


def path_view(plan: Plan, writer: Writer) -> PathView | None:
    """Return the section of a plan's years, or None where the region has no horizon."""
    if plan.instance.horizon is None or plan.areas.empty:
        return None
    path = tariff_path(plan)
    svg = path_svg(path, language=writer.words.language).encode("utf-8")
    return PathView(
        words=_words(path, writer),
        broken=[writer.words.said(text) for text in path.broken_promises],
        chart="data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii"),
        years=_sheet(path, "path_years", path.years, writer, name="Cash flow by year"),
        worth=_sheet(path, "path_worth", path.worth, writer, name="Worth over the horizon"),
        audit_good=path.audit().sound,
    )


def _words(path: TariffPath, writer: Writer) -> list[str]:
    """Return what the path means, in sentences."""
    words, horizon, years = writer.words, path.horizon, path.years
    first = str(path.plan.instance.price_year + 1)
    last = str(path.plan.instance.price_year + horizon.years)
    public = years["operating_subsidy_year"] + years["household_support_year"]
    lines = [
        words(
            "From {first} to {last} each schedule of the plan is multiplied by a level; money is "
            "of {year}, discounted at {rate} a year.",
            first=first,
            last=last,
            year=str(path.plan.instance.price_year),
            rate=percent(horizon.discount_rate, words),
        )
    ]
    rise = path.levels["increase_share"].max()
    if np.isfinite(rise):
        lines.append(
            words(
                "The largest real rise of a bill in one year is {rise}.", rise=percent(rise, words)
            )
        )
    lines.append(
        words(
            "Public money in all years: {public} {currency}, and grants for works of {grants}.",
            public=money(float(public.sum()), words),
            grants=money(float(years["grants_year"].sum()), words),
            currency=writer.currency,
        )
    )
    lines.append(_bridging(path, writer))
    return lines


def _bridging(path: TariffPath, writer: Writer) -> str:
    owed = path.years["bridging"]
    if float(owed.max()) < 0.5:
        return writer.words("Cash is never negative; no bridging is needed.")
    area, year = owed.index.to_list()[int(owed.to_numpy().argmax())]
    names = area_names(path.plan).to_dict()
    return writer.words(
        "Cash needs bridging: at most {amount} {currency}, at the end of {year} ({area}); it is "
        "paid back within the horizon.",
        amount=money(float(owed.max()), writer.words),
        currency=writer.currency,
        year=str(year),
        area=str(names.get(area, area)),
    )


def _sheet(
    path: TariffPath, table: str, frame: pd.DataFrame, writer: Writer, *, name: str
) -> Sheet:
    """Return a path table with the area's seat in front."""
    layout, words = PATH_TABLES[table], writer.words
    flat = frame.reset_index()
    names = area_names(path.plan).to_dict()
    columns = [c for c in flat.columns if c in PATH_SHORT]
    where = words("area, or region where all share one tariff")
    heads = [Heading(words("service area"), where, number=False)]
    heads += [_heading(layout.column(c).unit, c, layout.column(c).meaning, writer) for c in columns]
    seats = [str(names.get(area, words("whole region"))) for area in flat["service_area"]]
    units = [layout.column(c).unit for c in columns]
    rows = tuple(
        (Cell(seat, seat), *_cells(row, units, writer))
        for seat, row in zip(seats, flat[columns].itertuples(index=False, name=None), strict=True)
    )
    return Sheet(words(name), tuple(heads), rows)


def _heading(unit: str, column: str, meaning: str, writer: Writer) -> Heading:
    text = writer.words(PATH_SHORT[column])
    bare = unit in ("year", "factor", "share 0-1", "connections")
    full = text if bare else f"{text}, {writer.unit(unit)}"
    return Heading(full, writer.words(meaning), number=True)


def _cells(row: Sequence[object], units: Sequence[str], writer: Writer) -> list[Cell]:
    cells = []
    for value, unit in zip(row, units, strict=True):
        number = float(str(value))
        if unit == "year":
            text = str(int(number))
        elif unit in ("factor", "money/m3"):
            text = "–" if np.isnan(number) else writer.words.number(number, ".3f")
        else:
            text = shown(number, unit, writer.words)
        cells.append(Cell(text, "" if np.isnan(number) else f"{number:.12g}"))
    return cells
