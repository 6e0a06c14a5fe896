"""Questions about the draft that take a moment: why here, what a promise costs, would all stay."""

from __future__ import annotations

from optimizer.analysis.compare.compare import compare
from optimizer.analysis.explain.price import price_of
from optimizer.analysis.explain.why import why
from optimizer.analysis.loyalty.stability import stability
from optimizer.instance.instance import Instance
from optimizer.messages.words import Words
from optimizer.plan.plan import Plan
from optimizer.solving.given import grouping_labels
from optimizer.workbench.view import money

__all__ = ["difference", "named_grouping", "price", "stay", "why_here"]


def why_here(plan: Plan, town: str) -> list[str]:
    """Return why a town is where it is: what every other place would cost, a line each."""
    return str(why(plan, town)).splitlines()


def stay(plan: Plan) -> dict[str, object]:
    """Return whether any towns of an area would do better by leaving it together."""
    found = stability(plan)
    table = found.areas
    return {"stable": bool(found.stable), "words": str(found).splitlines(), "areas": len(table)}


def price(plan: Plan, rule: str) -> list[str]:
    """Return what a promise costs this plan's region: the best plan with it a step looser."""
    return str(price_of(plan, rule)).splitlines()


def difference(one: Plan, other: Plan, names: tuple[str, str], words: Words) -> dict[str, object]:
    """Return how two plans differ: in figures and by town."""
    found = compare({names[0]: one, names[1]: other}, baseline=names[0])
    currency = one.instance.currency
    before, after = one.towns, other.towns.loc[one.towns.index]
    rows = [
        {
            "name": str(before["name"].loc[town]),
            "seat": [_seat(one, str(town)), _seat(other, str(town))],
            "bill": [
                words.number(before["bill_month"].loc[town], ",.2f"),
                words.number(after["bill_month"].loc[town], ",.2f"),
            ],
            "change": round(
                float(after["bill_month"].loc[town] - before["bill_month"].loc[town]), 2
            ),
        }
        for town in one.towns.index
    ]
    rows.sort(key=lambda row: -abs(float(str(row["change"]))))
    cost = float(other.areas["requirement_year"].sum() - one.areas["requirement_year"].sum())
    return {"words": str(found).splitlines(), "towns": rows, "cost": money(words, cost, currency)}


def _seat(plan: Plan, town: str) -> str:
    area = str(plan.towns["service_area"].loc[town])
    return str(plan.areas["seat_name"].loc[area])


def named_grouping(region: Instance, name: str) -> dict[str, str]:
    """Return one of the region's own groupings."""
    return grouping_labels(region, name)
