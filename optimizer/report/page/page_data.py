"""What the map of the page tells about towns and areas, for its script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimizer.plan.area_names import area_names
from optimizer.report.figures import money, percent, shown
from optimizer.report.page.headings import Writer
from optimizer.report.page.tables import area_schedules

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.plan.plan import Plan
    from optimizer.report.map.svg_map import MapBase, MapPlan

__all__ = ["page_data"]

Lines = list[list[str]]
"""Pairs of label and text."""


def page_data(
    plans: Mapping[str, Plan], maps: Sequence[MapPlan], base: MapBase, writer: Writer
) -> dict[str, object]:
    """Return the towns (once) and, for each plan, the texts of its towns and areas.

    Towns and areas are numbered, so that no name is ever part of an address or an identifier.

    Parameters
    ----------
    plans : mapping of str to Plan
        The plans of the page.
    maps : sequence of MapPlan
        Their maps, in the same order.
    base : MapBase
        The shared map.
    writer : Writer
        Language and currency.
    """
    towns = base.ground.towns
    labels: dict[str, int] = {}
    shown = [
        _plan(name, plan, drawn, keys=list(towns.index), writer=writer, labels=labels)
        for (name, plan), drawn in zip(plans.items(), maps, strict=True)
    ]
    return {
        "towns": [str(name) for name in towns["name"]],
        "labels": list(labels),
        "plans": shown,
    }


def _numbered(lines: Lines, labels: dict[str, int]) -> list[tuple[int, str]]:
    """Return the lines with the number of each label, which is told once for the whole page."""
    return [(labels.setdefault(label, len(labels)), text) for label, text in lines]


def _plan(
    name: str,
    plan: Plan,
    drawn: MapPlan,
    *,
    keys: list[str],
    writer: Writer,
    labels: dict[str, int],
) -> dict[str, object]:
    rows, names = plan.towns.reindex(keys), area_names(plan)
    at = {key: number for number, key in enumerate(keys)}
    members = plan.towns.groupby("service_area", sort=False).groups
    areas = [
        {
            "title": names.iloc[k],
            "lines": _numbered(_area_lines(plan.areas.iloc[k], writer), labels),
            "towns": [at[str(town)] for town in members[area]],
            "tariff": _numbered(_tariff(plan, str(area), writer), labels),
        }
        for k, area in enumerate(plan.areas.index)
    ]
    return {
        "name": name,
        "areaOf": list(drawn.area_of),
        "fills": list(drawn.fills),
        "seats": list(drawn.seats),
        "towns": [
            _numbered(_town_lines(rows.iloc[k], names, writer), labels) for k in range(len(keys))
        ],
        "areas": areas,
    }


def _town_lines(row: pd.Series, names: pd.Series[str], writer: Writer) -> list[list[str]]:
    """Return what is told about a town, as pairs of label and text."""
    if row.isna().all() or not isinstance(row["service_area"], str):
        return []
    words, month = writer.words, writer.unit("money/month")
    travel = shown(float(row["travel_hours"]), "hours", words)
    change = float(row["bill_change_month"])
    lines = [
        [words("seat"), names[row["service_area"]]],
        [words("operator model"), str(row["operator_model"])],
        [words("people"), money(float(row["population"]), words)],
        [words("connections"), money(float(row["connections"]), words)],
        [
            words("travel"),
            f"{travel} {writer.unit('hours')}",
        ],
        [words("bill"), f"{words.number(float(row['bill_month']), ',.2f')} {month}"],
        [words("heaviest burden"), percent(float(row["burden_worst"]), words)],
        [
            words("cross-subsidy"),
            f"{money(float(row['cross_subsidy_year']), words)} {writer.unit('money/year')}",
        ],
    ]
    if np.isfinite(change):
        lines.append([words("change of bill"), f"{words.number(change, '+,.2f')} {month}"])
    lines.append([words("against alone"), words(str(row["gains"]))])
    return lines


def _area_lines(row: pd.Series, writer: Writer) -> list[list[str]]:
    words, year = writer.words, writer.unit("money/year")
    subsidy = money(float(row["operating_subsidy_year"]), words)
    return [
        [words("operator model"), str(row["operator_model"])],
        [words("people"), money(float(row["population"]), words)],
        [words("connections"), money(float(row["connections"]), words)],
        [
            words("farthest town"),
            f"{shown(float(row['reach_hours']), 'hours', words)} {writer.unit('hours')}",
        ],
        [words("requirement"), f"{money(float(row['requirement_year']), words)} {year}"],
        [
            words("operating subsidy"),
            f"{subsidy} {year}",
        ],
        [words("heaviest burden"), percent(float(row["burden_worst"]), words)],
    ]


def _tariff(plan: Plan, area: str, writer: Writer) -> list[list[str]]:
    """Return the domestic schedule of an area (of its first town, where each has its own)."""
    found = area_schedules(plan, writer, area)
    return [[name, f"{values[0]} {unit}"] for name, unit, values in found[0].rows] if found else []
