"""A plan's stability on one screen."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from optimizer.html import card

if TYPE_CHECKING:
    from optimizer.analysis.loyalty.stability import Stability

__all__ = ["screen", "stability_card"]

_SHOWN = 12
_WIDTH = 100

_MEASURE = {
    "value": "cost with weighted public money",
    "requirement": "revenue requirement",
}


def screen(found: Stability) -> str:
    """Return who would leave, and what would keep them, in lines of at most 100 characters."""
    areas = found.areas
    lines = [
        *_wrapped(
            f"stability  {found.title}, {found.currency} a year, by {_MEASURE[found.measure]}", 11
        ),
        *_wrapped(f"verdict    {_verdict(areas)}", 11),
    ]
    troubled = areas[areas["leavers_count"] > 0].sort_values("leavers_gain_year", ascending=False)
    for label, row in troubled.head(_SHOWN).iterrows():
        lines += ["", *_area(str(label), row, found.towns)]
    more = len(troubled) - _SHOWN
    if more > 0:
        lines += ["", f"and {_count(more)} more that somebody would leave"]
    unproven = int((~areas["proven"].astype(bool)).sum())
    if unproven:
        lines += ["", f"not proven in {_count(unproven)}: a coalition may have been missed"]
    return "\n".join(lines)


def stability_card(found: Stability) -> str:
    """Return the same as HTML for a notebook: shared areas, those that somebody would leave first.

    Examples
    --------
    >>> import optimizer as op
    >>> found = op.stability(op.solve(op.read("instances/line")))
    >>> "nobody gains by leaving" in stability_card(found)
    True
    """
    shared = found.areas[found.areas["town_count"] > 1]
    order = shared.sort_values("leavers_gain_year", ascending=False, kind="stable")
    table = pd.DataFrame(
        {
            "area": order["seat_name"],
            "towns": order["town_count"].astype(str),
            "would leave": order["leavers"].where(order["leavers_count"] > 0, ""),
            "gain a year": [_money(gain) for gain in order["leavers_gain_year"]],
            "subsidy that keeps them": [_money(v) for v in order["stabilising_subsidy_year"]],
            "verdict": order["verdict"],
        }
    ).set_index("area")
    facts = [
        ("money", f"{found.currency} a year, by {_MEASURE[found.measure]}"),
        ("verdict", _verdict(found.areas)),
    ]
    return card(f"{found.title}: who would leave", facts, table=table)


def _money(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 0.5 else ""


def _verdict(areas: pd.DataFrame) -> str:
    shared = areas[areas["town_count"] > 1]
    calm = int(shared["stable"].fillna(value=False).sum())
    if shared.empty:
        return "no town shares an operator"
    if calm == len(shared):
        return f"nobody gains by leaving; {_count(len(shared))} shared"
    subsidy = float(areas["stabilising_subsidy_year"].sum())
    price = float(areas["rebates_at_one_price_year"].sum())
    return (
        f"{_count(len(shared))} shared, {calm} of them stable; {subsidy:,.0f} of subsidy keeps "
        f"everybody with surcharges and rebates, {price:,.0f} with the tariffs as they are"
    )


def _area(label: str, row: pd.Series, towns: pd.DataFrame) -> list[str]:
    towns_here = "1 town" if row["town_count"] == 1 else f"{row['town_count']} towns"
    text = (
        f"{row['seat_name']} ({towns_here}): {row['leavers']} would gain "
        f"{row['leavers_gain_year']:,.0f} by leaving; {row['verdict']}"
    )
    inside = towns[towns["service_area"] == label]
    moved = inside[inside["surcharge_year"] != 0]
    if len(moved):
        parts = (
            f"{name} {share:+.1%}"
            for name, share in zip(moved["name"], moved["surcharge_share"], strict=True)
        )
        text += f"; prices change: {', '.join(parts)}"
    paid = inside[inside["subsidy_year"] > 0]
    if len(paid):
        parts = (
            f"{name} {money:,.0f}"
            for name, money in zip(paid["name"], paid["subsidy_year"], strict=True)
        )
        text += f"; subsidy to {', '.join(parts)}"
    return _wrapped(text, 4)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, width=_WIDTH, subsequent_indent=" " * indent)


def _count(areas: int) -> str:
    return "1 area" if areas == 1 else f"{areas:,} areas"
