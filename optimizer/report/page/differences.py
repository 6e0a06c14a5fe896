"""Several plans side by side: key figures, and what changes for each town."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optimizer.analysis.compare.tables import town_differences
from optimizer.plan.area_names import area_name
from optimizer.plan.statistics import METRICS, statistics
from optimizer.report.figures import Cell, Heading, Sheet, shown
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["change_words", "changes_sheet", "key_figures"]

_MEASURED = ("money", "hours", "m3")
"""Units that a heading has to name; the others are counts and shares."""

_KEYS = (
    "requirement_year",
    "operating_subsidy_year",
    "household_support_year",
    "operators",
    "towns_sharing",
    "bill_mean_month",
    "burden_worst",
    "people_over_limit",
    "travel_hours_mean",
    "travel_hours_most",
    "towns_gain",
    "towns_lose",
    "cross_subsidy_year",
)
_RESPONDING = ("consumption_m3_month", "forgone_water_year")
"""Figures that matter where the demand of a plan responds."""


def key_figures(plans: Mapping[str, Plan], writer: Writer) -> Sheet:
    """Return key figures, one column a plan."""
    table = statistics(plans)
    words = writer.words
    rows = []
    responds = any(plan.instance.policy.demand_response for plan in plans.values())
    keys = _KEYS + _RESPONDING if responds else _KEYS
    for metric in (m for m in METRICS if m.name in keys):
        head = words(metric.meaning)
        if metric.unit.startswith(_MEASURED):
            head = f"{head}, {writer.unit(metric.unit)}"
        cells = [Cell(head, head)]
        for name in plans:
            value = float(table[name][(metric.name, metric.unit)])
            cells.append(Cell(shown(value, metric.unit, words), f"{value:.12g}"))
        rows.append(tuple(cells))
    broken = [len(plan.outcome.broken_promises) for plan in plans.values()]
    head = words("promises broken")
    rows.append((Cell(head, head), *(Cell(str(count), str(count)) for count in broken)))
    heads = [Heading(words("figure"), words("figure"), number=False)]
    heads += [Heading(name, name, number=True) for name in plans]
    return Sheet(words("Key figures of the plans"), tuple(heads), tuple(rows))


def changes_sheet(plans: Mapping[str, Plan], writer: Writer) -> Sheet:
    """Return for each town its seat and bill in every plan."""
    words = writer.words
    heads = [Heading(words("town"), words("town"), number=False)]
    unit = writer.unit("money/month")
    for name in plans:
        heads.append(Heading(f"{name}: {words('seat')}", name, number=False))
        heads.append(Heading(f"{name}: {words('bill')}, {unit}", name, number=True))
    first = next(iter(plans.values()))
    rows = []
    names = first.instance.towns["name"]
    for key, town in zip(names.index.astype(str), names, strict=True):
        cells = [Cell(str(town), str(town))]
        before: str | None = None
        for plan in plans.values():
            known = key in plan.towns.index
            area = plan.towns["service_area"][key] if known else ""
            seat = area_name(plan, str(area)) if known else "–"
            bill = float(plan.towns["bill_month"][key]) if known else float("nan")
            moved = before is not None and seat != before
            cells.append(Cell(seat, seat, "moved" if moved else ""))
            cells.append(Cell(shown(bill, "money/month", words), f"{bill:.9g}" if known else ""))
            before = seat if before is None else before
        rows.append(tuple(cells))
    return Sheet(words("What changes for each town"), tuple(heads), tuple(rows))


def change_words(plans: Mapping[str, Plan]) -> list[tuple[str, list[str], list[str]]]:
    """Return for each later plan the towns whose bill falls and rises against the first.

    Returns
    -------
    list of tuples
        Name of the plan, names of the towns with a lower bill, with a higher bill (by 1 %).
    """
    able = {name: plan for name, plan in plans.items() if not plan.towns.empty}
    baseline = next(iter(plans))
    if baseline not in able:
        return []
    differences = town_differences(able, baseline)
    made = []
    for name in able:
        if name == baseline:
            continue
        table = differences.xs(name, level="plan")
        named = {
            word: table.loc[table["outcome"] == word, "name"].astype(str).tolist()
            for word in ("gains", "loses")
        }
        made.append((name, named["gains"], named["loses"]))
    return made
