"""A plan's stability on one screen."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from optimizer.study.stability import Stability

__all__ = ["screen"]

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
        f"stability  {found.title}, {found.currency} a year, by {_MEASURE[found.measure]}",
        f"verdict    {_verdict(areas)}",
    ]
    troubled = areas[areas["leavers_count"] > 0].sort_values("leavers_gain_year", ascending=False)
    for label, row in troubled.head(_SHOWN).iterrows():
        lines += ["", *_area(str(label), row, found.towns)]
    more = len(troubled) - _SHOWN
    if more > 0:
        lines += ["", f"and {more} more areas that somebody would leave"]
    unproven = int((~areas["proven"].astype(bool)).sum())
    if unproven:
        lines.append(f"not proven in {unproven} large areas: a coalition may have been missed")
    return "\n".join(lines)


def _verdict(areas: pd.DataFrame) -> str:
    shared = areas[areas["town_count"] > 1]
    calm = int(shared["stable"].fillna(value=False).sum())
    if shared.empty:
        return "no town shares an operator"
    if calm == len(shared):
        return f"nobody gains by leaving any of the {len(shared)} shared areas"
    subsidy = float(areas["stabilising_subsidy_year"].sum())
    price = float(areas["rebates_at_one_price_year"].sum())
    return (
        f"{calm} of {len(shared)} shared areas are stable; {subsidy:,.0f} of subsidy keeps "
        f"everybody with surcharges and rebates, {price:,.0f} with the tariffs as they are"
    )


def _area(label: str, row: pd.Series, towns: pd.DataFrame) -> list[str]:
    text = (
        f"{label} ({row['town_count']} towns): {row['leavers']} would gain "
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
    return textwrap.wrap(text, width=_WIDTH, subsequent_indent="    ")
