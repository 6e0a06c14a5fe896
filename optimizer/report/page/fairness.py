"""Would every mayor stay? What each town pays, causes and would need alone, and what keeps it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.analysis.loyalty.stability import Stability, stability
from optimizer.messages.words import Words
from optimizer.plan.area_names import area_names
from optimizer.report.charts.fairness_chart import fairness_svg
from optimizer.report.figures import Cell, Heading, Sheet, money, percent
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["Fairness", "fairness", "quick_stability"]

MOST_TOWNS = 12
MOST_SUPPORTED = 7
MOST_AREAS = 30
_SMALL = 0.5


@dataclass(frozen=True, eq=False)
class Fairness:
    """What the page says about who would leave.

    Attributes
    ----------
    known : bool
        Whether it was computed; if not, ``lead`` says how to ask for it.
    calm : bool
        Whether nobody would leave.
    lead : str
        The verdict in a sentence.
    areas : tuple of str
        One text for each area that somebody would leave, the largest gain first.
    sheet : Sheet or None
        Pays, causes, alone and what keeps it, of every town that shares an operator.
    chart : str
        Picture as a data address; empty without one.
    """

    known: bool
    calm: bool
    lead: str
    areas: tuple[str, ...] = ()
    sheet: Sheet | None = None
    chart: str = ""


def quick_stability(plan: Plan) -> Stability | None:
    """Return who would leave a plan where that is a matter of seconds, ``None`` elsewhere.

    That is where no area has more than 12 towns, or 7 where households are supported.
    """
    if plan.areas.empty or plan.instance.policy.demand_response:
        return None
    supported = plan.instance.policy.household_support_share > 0
    most = MOST_SUPPORTED if supported else MOST_TOWNS
    return stability(plan) if int(plan.areas["town_count"].max()) <= most else None


def fairness(plan: Plan, found: Stability | None, writer: Writer) -> Fairness:
    """Return the fairness panel of a plan.

    Parameters
    ----------
    plan : Plan
        A plan with areas.
    found : Stability or None
        Who would leave it; ``None`` where that was not computed.
    writer : Writer
        Language and currency.
    """
    words = writer.words
    if found is None and plan.instance.policy.demand_response:
        lead = words("Not known yet for plans whose demand responds.")
        return Fairness(known=False, calm=False, lead=lead)
    if found is None:
        largest = str(int(plan.areas["town_count"].max()))
        text = (
            "Not computed for this page, since an area has {n} towns: ask with optimizer report "
            "--stability, or give the page op.stability(plan)."
        )
        return Fairness(known=False, calm=False, lead=words(text, n=largest))
    shared = found.areas[found.areas["town_count"] > 1]
    if shared.empty:
        return Fairness(known=True, calm=True, lead=words("No town shares an operator."))
    left = found.areas[found.areas["leavers_count"] > 0]
    left = left.sort_values("leavers_gain_year", ascending=False, kind="stable")
    svg = fairness_svg(found, writer).encode("utf-8")
    return Fairness(
        known=True,
        calm=left.empty,
        lead=_lead(found, writer),
        areas=tuple(
            _area(str(label), row, found, writer) for label, row in left.head(MOST_AREAS).iterrows()
        ),
        sheet=_sheet(plan, found, writer),
        chart="data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii"),
    )


def _lead(found: Stability, writer: Writer) -> str:
    """Return the verdict over all areas, and the price of keeping everybody."""
    words, areas = writer.words, found.areas
    shared = words.count(
        int((areas["town_count"] > 1).sum()), "{n} shared area", "{n} shared areas"
    )
    left = int((areas["leavers_count"] > 0).sum())
    unsure = int((~areas["proven"].astype(bool)).sum())
    if not left:
        text = "No town and no group of towns would do better by leaving ({areas})."
        lead = words(text, areas=shared)
    else:
        text = (
            "Some towns would do better by leaving {k} of {areas}. With small surcharges "
            "and rebates {subsidy} of subsidy keeps everybody; with the tariffs as they are, "
            "{rebates}."
        )
        year = writer.unit("money/year")
        lead = words(
            text,
            k=str(left),
            areas=shared,
            subsidy=f"{money(float(areas['stabilising_subsidy_year'].sum()), words)} {year}",
            rebates=f"{money(float(areas['rebates_at_one_price_year'].sum()), words)} {year}",
        )
    if unsure:
        lead += " " + words("In {n} areas a group may have been missed.", n=str(unsure))
    return lead


def _area(label: str, row: pd.Series, found: Stability, writer: Writer) -> str:
    """Return who would leave one area, and what would keep them."""
    words, year = writer.words, writer.unit("money/year")
    text = "Area of {seat}: {leavers} would gain {gain} by leaving."
    told = words(
        text,
        seat=str(row["seat_name"]),
        leavers=str(row["leavers"]),
        gain=f"{money(float(row['leavers_gain_year']), words)} {year}",
    )
    towns = found.towns[found.towns["service_area"] == label]
    moved = towns[towns["surcharge_share"].abs() >= 0.0005]
    paid = towns[towns["subsidy_year"] > _SMALL]
    if len(moved):
        names = ", ".join(
            f"{name} {'+' if share > 0 else ''}{percent(share, words)}"
            for name, share in zip(moved["name"], moved["surcharge_share"], strict=True)
        )
        told += " " + words("Bills to change: {names}.", names=names)
    if len(paid):
        names = ", ".join(
            f"{name} {money(amount, words)}"
            for name, amount in zip(paid["name"], paid["subsidy_year"], strict=True)
        )
        total = f"{money(float(paid['subsidy_year'].sum()), words)} {year}"
        told += " " + words(
            "Subsidy that is still needed: {total} ({names}).", total=total, names=names
        )
    return told


def _sheet(plan: Plan, found: Stability, writer: Writer) -> Sheet:
    """Return every town that shares an operator, area by area."""
    words, year = writer.words, writer.unit("money/year")
    columns: tuple[tuple[str, str, bool], ...] = (
        (words("town"), words("town"), False),
        (words("seat"), words("name of the seat"), False),
        (words("pays"), words("bills, and its share of public money as the plan weighs it"), True),
        (words("causes"), words("its own cost and its share of the overhead"), True),
        (words("alone"), words("what it would cost by itself; a dash where it cannot"), True),
        (words("would leave"), words("in the group that gains most by leaving"), False),
        (words("surcharge"), words("change of its bills that keeps everybody"), True),
        (words("subsidy to stay"), words("public money that it needs beside that"), True),
    )
    heads = tuple(
        Heading(
            f"{text}, {year}" if number else text,
            f"{meaning}, {year}" if number else meaning,
            number,
        )
        for text, meaning, number in columns
    )
    size = found.areas["town_count"].reindex(found.towns["service_area"]).to_numpy()
    towns, names = found.towns[size > 1], area_names(plan)
    order = {label: k for k, label in enumerate(found.areas.index)}
    towns = towns.sort_values("service_area", key=lambda s: s.map(order), kind="stable")
    rows = []
    for record in towns.to_dict(orient="records"):
        loses = float(record["gain_alone_year"]) > _SMALL
        amounts = [record[c] for c in ("pays_year", "cost_year", "alone_year")]
        changes = [record[c] for c in ("surcharge_year", "subsidy_year")]
        leaves = words("yes") if record["leaves"] else ""
        rows.append(
            (
                Cell(str(record["name"]), str(record["name"])),
                Cell(seat := names[record["service_area"]], seat),
                _amount(amounts[0], words, "lose moved" if loses else ""),
                _amount(amounts[1], words),
                _amount(amounts[2], words),
                Cell(leaves, leaves, "lose" if leaves else ""),
                *(_amount(amount, words, signed=True) for amount in changes),
            )
        )
    return Sheet(words("What each town pays, causes, and would need alone"), heads, tuple(rows))


def _amount(value: float, words: Words, look: str = "", *, signed: bool = False) -> Cell:
    if not np.isfinite(value):
        return Cell("–", "", look)
    if signed and abs(value) <= _SMALL:
        return Cell("", "0", look)
    sign = "+" if signed and value > 0 else ""
    return Cell(f"{sign}{money(float(value), words)}", f"{float(value):.12g}", look)
