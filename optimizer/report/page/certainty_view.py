"""How sure the map is, as one HTML file: lines between towns as thick as they are sure."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from optimizer.messages.words import Words, words_of
from optimizer.report.charts.texts import map_name, text_size
from optimizer.report.map.placing import place_labels
from optimizer.report.map.scene import ground_of
from optimizer.report.map.svg_map import MapBase, map_base

if TYPE_CHECKING:
    from optimizer.analysis.certainty.certainty import Certainty

__all__ = ["certainty_html", "write_certainty"]

SHOWN_LEAST = 0.1
"""Pairs that are together less often than this are not drawn."""
THICKEST = 11.0
PLANS_SHOWN, PAIRS_SHOWN = 12, 30


@dataclass(frozen=True)
class _Link:
    """A line between two towns: places, width, whether the plan at given figures has it, title."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    given: bool
    title: str


@dataclass(frozen=True)
class _Name:
    """The name of a town on the map."""

    x: float
    y: float
    text: str


def write_certainty(found: Certainty, path: str | Path, *, language: str = "en") -> Path:
    """Write the page and return its path.

    Parameters
    ----------
    found : Certainty
        What :func:`optimizer.certainty` returns.
    path : str or pathlib.Path
        HTML file to write.
    language : {"en", "es", "pt"}
        Language of the page.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(certainty_html(found, language=language), encoding="utf-8")
    return target


def certainty_html(found: Certainty, *, language: str = "en") -> str:
    """Return the page as text; it needs no network and no other file."""
    t = words_of(language)
    base = map_base(ground_of(found.region))
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    assets = files("optimizer.report").joinpath("assets")
    text = assets.joinpath("certainty.html.j2").read_text(encoding="utf-8")
    style = assets.joinpath("page.css").read_text(encoding="utf-8")
    return environment.from_string(text).render(
        t=t,
        language=language,
        style=Markup(style),  # noqa: S704 - the page's own file
        title=found.region.title,
        currency=found.region.currency,
        lead=_lead(found, t),
        base=base,
        links=_links(found, base, t),
        names=_names(base),
        least=t.number(SHOWN_LEAST, ".0%"),
        pairs=_pairs(found, t),
        alone=_alone(found, t),
        plans=_plans(found, t),
        information=_information(found, t),
    )


def _lead(found: Certainty, t: Words) -> list[str]:
    given = found.pairs[found.pairs["together_given"]]
    kept = int((given["share"] >= 0.8).sum())
    first = t(
        "The best plan was found for each of {n:,.0f} draws of the uncertain data. Of the {m:,.0f} "
        "pairs of towns that share an operator in the plan of the given figures, {k:,.0f} do so in "
        "at least 80 % of the draws.",
        n=float(found.draws),
        m=float(len(given)),
        k=float(kept),
    )
    if kept < len(given) / 2:
        second = t(
            "The map is one of many nearly equal ones: treat its borders as open, and the thick "
            "lines as where to begin."
        )
    else:
        second = t("Most of the map holds whatever the figures turn out to be.")
    worth = found.information
    third = ""
    if len(worth) and worth["worth_year"].iloc[0] > 2 * worth["standard_error_year"].iloc[0]:
        third = t(
            "The figure most worth collecting first is {datum}: knowing it before areas are "
            "decided is worth about {amount} {currency} a year.",
            datum=t(_datum(str(worth.index[0]))),
            amount=t.number(float(worth["worth_year"].iloc[0])),
            currency=found.region.currency,
        )
    return [line for line in (first, second, third) if line]


def _datum(name: str) -> str:
    """Return the name of a datum in words."""
    known = {
        "overhead": "overhead of operators",
        "operation": "operating cost of towns",
        "replacement": "cost of replacement",
        "transition": "cost of joining an operator",
        "trips": "trips to the towns",
        "hours": "hours on the road",
        "collection_rate": "collection of bills",
        "non_revenue_water": "water losses",
        "consumption": "consumption",
        "income": "incomes of households",
        "costs": "all costs",
        "connections": "connections",
        "crew_hour_cost": "cost of an hour on the road",
    }
    return known.get(name, name.replace("_", " "))


def _links(found: Certainty, base: MapBase, t: Words) -> list[_Link]:
    place = {str(town): k for k, town in enumerate(base.ground.towns.index)}
    names = found.towns["name"]
    shown = found.pairs[(found.pairs["share"] >= SHOWN_LEAST) | found.pairs["together_given"]]
    links = []
    for (a, b), share, given in zip(
        shown.index, shown["share"], shown["together_given"], strict=True
    ):
        one, other = base.towns[place[str(a)]], base.towns[place[str(b)]]
        title = f"{names[a]} – {names[b]}: {t.number(float(share), '.0%')}"
        width = max(0.6, THICKEST * float(share) ** 1.5)
        links.append(_Link(one.x, one.y, other.x, other.y, round(width, 1), bool(given), title))
    return sorted(links, key=lambda link: link.width)


def _names(base: MapBase) -> list[_Name]:
    """Return the names that find room, the largest towns first."""
    towns = base.ground.towns
    order = np.argsort(-towns["connections"].to_numpy(dtype=float), kind="stable")
    texts = [map_name(str(towns["name"].iloc[k])) for k in order]
    size = 11.5
    boxes = np.array([text_size(text, size, bold=False) for text in texts]).reshape(-1, 2)
    up = np.array([[base.towns[k].x, base.height - base.towns[k].y] for k in order]).reshape(-1, 2)
    radii = np.array([base.towns[k].radius for k in order])
    frame = (2.0, 2.0, base.width - 2.0, base.height - 2.0)
    nothing = np.zeros((0, 2))
    spots = place_labels(up, radii, boxes, [False] * len(order), frame=frame, lines=nothing)
    return [
        _Name(round(spot.x, 1), round(base.height - spot.y - 0.22 * size, 1), text)
        for text, spot in zip(texts, spots, strict=True)
        if spot is not None
    ]


def _pairs(found: Certainty, t: Words) -> list[list[str]]:
    names = found.towns["name"]
    return [
        [
            f"{names[a]} – {names[b]}",
            t.number(float(share), ".0%"),
            t("yes") if given else t("no"),
        ]
        for (a, b), share, given in found.pairs.head(PAIRS_SHOWN).itertuples(name=None)
    ]


def _alone(found: Certainty, t: Words) -> str:
    always = found.towns.loc[found.towns["alone_share"] >= 0.8, "name"].astype(str)
    return ", ".join(always) if len(always) else t("none")


def _plans(found: Certainty, t: Words) -> list[list[str]]:
    named = {
        "given figures": t("plan of the given figures"),
        "mean figures": t("plan of the mean figures"),
        "every town alone": t("every town alone"),
        "expected": t("plan that is best on average"),
    }
    head = found.plans.head(PLANS_SHOWN)
    rows = pd.concat([head, found.plans[found.plans.index.isin(named)]])
    rows = rows[~rows.index.duplicated()]
    return [
        [
            named.get(str(name), str(name).replace("draw", t("best plan of draw"))),
            t.number(row["mean_year"]),
            t.number(row["beats_alone_share"], ".0%"),
            f"{t.number(row['saves_against_given_year'])} ± "
            f"{t.number(1.96 * row['standard_error_year'])}",
        ]
        for name, row in rows.iterrows()
    ]


def _information(found: Certainty, t: Words) -> list[list[str]]:
    rows = [
        [
            t(_datum(str(name))),
            t(str(row["known"])) if row["known"] else "",
            t.number(row["worth_year"]),
            t.number(row["standard_error_year"]),
        ]
        for name, row in found.information.iterrows()
    ]
    whole = found.perfect
    last = [t("all of it together"), "", t.number(whole.mean_year)]
    return [*rows, [*last, t.number(whole.standard_error_year)]]
