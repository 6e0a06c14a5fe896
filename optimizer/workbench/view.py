"""The plan of the desk in the reader's words: everything that the page shows of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.messages.words import Words
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import mean_bill, people_over_limit

__all__ = ["BestKnown", "Figure", "broken_of", "figures_of", "plan_view"]

MONEY_LARGE = 1e6


@dataclass(frozen=True)
class BestKnown:
    """What a search has proven for the promises on the desk, locks aside.

    Attributes
    ----------
    bound : float
        No plan costs less, weighted money a year.
    objective : float
        The best plan found.
    """

    bound: float
    objective: float


@dataclass(frozen=True)
class Figure:
    """One figure beside the map: its name, how it is written, the number, and a note."""

    key: str
    label: str
    shown: str
    value: float
    note: str = ""


def plan_view(plan: Plan, styles: Mapping[str, int], words: Words) -> dict[str, object]:
    """Return areas and towns as the page shows them.

    Parameters
    ----------
    plan : Plan
        The plan of the desk.
    styles : mapping of str to int
        Style of each area.
    words : Words
        The reader's language.
    """
    areas, towns = plan.areas, plan.towns
    order = {str(label): k for k, label in enumerate(areas.index)}
    place = {str(town): k for k, town in enumerate(towns.index)}
    names = _area_names(plan)
    currency = plan.instance.currency
    rows = []
    for label, row in zip(areas.index, areas.to_dict("records"), strict=True):
        public = row["operating_subsidy_year"] + row["household_support_year"]
        own = towns[towns["service_area"] == label]
        weight = float(own["connections"].sum())
        bill = float((own["bill_month"] * own["connections"]).sum()) / weight if weight else 0.0
        rows.append(
            {
                "key": str(label),
                "name": names[str(label)],
                "seat": place[str(row["seat"])],
                "model": str(row["operator_model"]),
                "towns": int(row["town_count"]),
                "style": styles[str(label)],
                "connections": words.number(row["connections"]),
                "cost": money(words, row["requirement_year"], currency),
                "public": money(words, public, currency),
                "public_money": round(float(public), 2),
                "bill": words.number(bill, ",.2f"),
                "burden": words.number(100 * row["burden_worst"], ",.1f") + " %",
                "reach": words.number(row["reach_hours"], ",.1f") + " h",
            }
        )
    shown = [
        {
            "area": order[str(row["service_area"])],
            "bill": words.number(row["bill_month"], ",.2f"),
            "change": _signed(words, row["bill_change_month"]),
            "gains": str(row["gains"]),
            "burden": words.number(100 * row["burden_worst"], ",.1f") + " %",
            "hours": words.number(row["travel_hours"], ",.1f") + " h",
            "people": words.number(row["population"]),
            "connections": words.number(row["connections"]),
            "cross": _signed(words, row["cross_subsidy_year"], ",.0f"),
        }
        for row in pd.DataFrame(towns.drop(columns="geometry")).to_dict("records")
    ]
    return {"areas": rows, "towns": shown}


def figures_of(plan: Plan, alone: Plan, best: BestKnown | None, words: Words) -> list[Figure]:
    """Return the figures that stand beside the map, whatever is shown there."""
    currency = plan.instance.currency
    need, public = _need(plan), _public(plan)
    saved = _need(alone) - need
    worst = float(plan.bills["burden"].max())
    gains = plan.towns["gains"].value_counts()
    won, lost = int(gains.get("gains", 0)), int(gains.get("loses", 0))
    share = saved / _need(alone) if _need(alone) else 0.0
    less = (
        words("less than every town alone") if saved >= 0 else words("more than every town alone")
    )
    return [
        Figure("areas", words("operators"), words.number(len(plan.areas)), len(plan.areas)),
        Figure("cost", words("cost a year"), money(words, need, currency), need),
        Figure(
            "saving",
            words("saving a year"),
            money(words, saved, currency),
            saved,
            words.number(abs(100 * share), ",.1f") + " % " + less,
        ),
        Figure("public", words("public money a year"), money(words, public, currency), public),
        Figure(
            "bill",
            words("mean bill a month"),
            f"{words.number(mean_bill(plan), ',.2f')} {currency}",
            mean_bill(plan),
        ),
        Figure(
            "burden",
            words("heaviest burden"),
            words.number(100 * worst, ",.1f") + " %",
            worst,
            words("{n} people above the limit", n=round(people_over_limit(plan))),
        ),
        Figure(
            "winners",
            words("towns that win and lose"),
            f"{words.number(won)} / {words.number(lost)}",
            won - lost,
            words("bill against the town alone"),
        ),
        _distance(plan, best, words),
    ]


def _distance(plan: Plan, best: BestKnown | None, words: Words) -> Figure:
    """Return how far the map is from the best possible one, as far as that is proven."""
    label = words("distance from the best possible")
    if best is None or not math.isfinite(best.bound) or best.bound <= 0:
        return Figure("distance", label, "…", math.nan, words("the proof is being computed"))
    most = max(0.0, plan.objective / best.bound - 1.0)
    shown = words.number(100 * most, ",.1f") + " %"
    if most < 5e-5:
        return Figure("distance", label, shown, most, words("no map costs less"))
    note = words("this map costs {share} more than the best possible (weighted)", share=shown)
    if best.objective > best.bound * (1 + 1e-4):
        note = words("at most: the best possible is not proven yet")
    return Figure("distance", label, shown, most, note)


def broken_of(plan: Plan, words: Words) -> list[dict[str, object]]:
    """Return every broken promise of a plan, with the towns and areas it is about.

    The plan of the desk does not say itself yet which promises it breaks; that alone is no failure.
    """
    failures = plan.audit().failures
    failures = failures[failures["rule"] != "broken_promises"]
    names = {str(t): str(n) for t, n in plan.towns["name"].items()}
    names |= {str(label): name for label, name in _area_names(plan).items() if label not in names}
    said = words.named(names)
    place = {str(town): k for k, town in enumerate(plan.towns.index)}
    order = {str(label): k for k, label in enumerate(plan.areas.index)}
    return [
        {
            "rule": str(row["rule"]),
            "arithmetic": row["kind"] != "promise",
            "town": place.get(str(row["town"]), -1),
            "area": order.get(str(row["service_area"]), -1),
            "words": said.said(row["message"]),
        }
        for row in failures.to_dict("records")
    ]


def money(words: Words, value: float, currency: str) -> str:
    """Return money readable at a glance: millions with two decimals, else whole units."""
    if abs(value) >= MONEY_LARGE:
        return f"{words.number(value / MONEY_LARGE, ',.2f')} M {currency}"
    return f"{words.number(value + 0.0 if abs(value) >= 0.5 else 0.0)} {currency}"


def _signed(words: Words, value: float, form: str = ",.2f") -> str:
    if not np.isfinite(value):
        return "–"
    text = words.number(abs(value), form)
    return text if text.strip("0.,") == "" else ("+" if value > 0 else "−") + text


def _need(plan: Plan) -> float:
    return float(plan.areas["requirement_year"].sum())


def _public(plan: Plan) -> float:
    areas = plan.areas
    return float((areas["operating_subsidy_year"] + areas["household_support_year"]).sum())


def _area_names(plan: Plan) -> dict[str, str]:
    """Return each area by its seat's name, with the label where two seats share one."""
    seats = plan.areas["seat_name"].astype(str)
    keys = dict(zip(plan.areas.index.astype(str), plan.areas["seat"].astype(str), strict=True))
    twice = seats[seats.duplicated(keep=False)].index
    return {
        str(label): f"{name} ({keys[str(label)]})" if label in twice else name
        for label, name in seats.items()
    }
