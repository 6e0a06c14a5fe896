"""Operators of a plan against the field: ``python -m benchmarks.validation.operators``.

Figures of the best plan of San Martin with its large towns and utilities, each beside the range
that the field knows and where that range comes from. The page is
``benchmarks/results/operators.md``; a test fails on a figure outside its range that is no written
exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import optimizer as op
from benchmarks.tables import versions
from optimizer.instance.incumbents import incumbents_of
from optimizer.plan.plan import Plan

__all__ = ["EXCEPTIONS", "Figure", "figures", "main", "section"]

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "operators.md"
REGION = ROOT / "instances" / "san_martin_utilities"
SMALL = 15_000.0
"""Connections at which the regulator's class of small utilities ends."""
SOLES = 0.72 * 1.146
"""Soles of 2023 for a real of 2021, as in the region's assumptions."""
OUTSIDE = "operating cost per connection, all areas, mean"
EXCEPTIONS: dict[str, str] = {
    OUTSIDE: "larger areas than those of the Brazilian median, gravity systems, no sewers; the "
    "hindcast of costs (benchmarks.validation) finds accounts above the engine too",
}
"""Figures that may lie outside their range, and why; at most two."""


@dataclass(frozen=True)
class Figure:
    """A figure of the plan beside what the field knows.

    Attributes
    ----------
    name, unit : str
        What it is.
    value : float
        In the plan.
    low, high : float
        Range of the field.
    source : str
        Where the range comes from.
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    source: str

    @property
    def inside(self) -> bool:
        """Whether the figure is within its range."""
        return self.low <= self.value <= self.high


def figures(plan: Plan) -> list[Figure]:
    """Return the figures of a plan on its operators."""
    return [*_sizes(plan), *_costs(plan), *_tariffs(plan), *_known(plan)]


def _sizes(plan: Plan) -> list[Figure]:
    areas, towns = plan.areas, pd.DataFrame(plan.towns)
    large = areas["connections"] >= SMALL
    seat = towns.loc[areas["seat"]].set_axis(areas.index)
    largest = towns.groupby("service_area")["connections"].max().reindex(areas.index)
    exist = [one.operator for one in incumbents_of(plan.instance.operator_models)]
    theirs = areas["operator_model"].isin(exist)
    return [
        Figure(
            "people in the seat of the smallest area from 15,000 connections on",
            "persons",
            float(seat["population"][large].min()),
            15_000,
            np.inf,
            "Peru's 50 utilities are those of towns above 15,000 people (OECD 1884c126)",
        ),
        Figure(
            "areas of the utilities that sit in the largest town of their area",
            "areas",
            float(np.isclose(seat["connections"], largest)[theirs].sum()),
            3,
            3,
            "EMAPA San Martin in Tarapoto, EPS Moyobamba, EPS Rioja (SUNASS)",
        ),
        Figure(
            "connections of the largest area",
            "connections",
            float(areas["connections"].max()),
            SMALL,
            100_000,
            "classes of 46 of the 50 utilities end at 15,000, 40,000 and 100,000 (SUNASS)",
        ),
        Figure(
            "areas above the regulator's class of small ones",
            "areas",
            float(large.sum()),
            1,
            3,
            "San Martin has three utilities (SUNASS); «small» ends at 15,000 connections",
        ),
    ]


def _costs(plan: Plan) -> list[Figure]:
    books, size = plan.finances, plan.areas["connections"]
    spent = books["overhead_year"] + books["operation_year"] + books["travel_year"]
    each, small = spent / size, size < SMALL
    towns = pd.DataFrame(plan.towns)
    alone, here = towns["alone_requirement_year"], towns["cost_year"]
    return [
        Figure(
            "operating cost per connection, areas below 15,000 connections, median",
            "soles/year",
            float(each[small].median()),
            161,
            430,
            "Calca 161 (4,305 connections), Huaral 430 (16,518), with sewers (SUNASS audiences)",
        ),
        Figure(
            "operating cost per connection, areas from 15,000 connections on, median",
            "soles/year",
            float(each[~small].median()),
            161,
            443,
            "Calca 161, Huaral 430, EMAPA San Martin 443, with sewers (SUNASS audiences)",
        ),
        Figure(
            OUTSIDE,
            "soles/year",
            float(spent.sum() / size.sum()),
            301 * SOLES,
            413 * SOLES,
            "527 local water-only providers of 100-20,000 connections: medians of 301 to 413 reais "
            "by size (SNIS 2021)",
        ),
        Figure(
            "saving against every town alone",
            "share of cost",
            float((alone - here).sum() / alone.sum()),
            0.0,
            0.09,
            "best mergers of Peruvian utilities save up to 9 % (Mercadier, Cont, Ferro 2016)",
        ),
    ]


def _tariffs(plan: Plan) -> list[Figure]:
    mean = (plan.bills["bill_month"] * plan.bills["connections"]).sum()
    prices = plan.tariffs.reset_index()
    homes = prices[prices["category"] == "domestic"].copy()
    fixed = homes[homes["component"] == "fixed charge"].set_index("service_area")["price"]
    blocks = homes[homes["component"] != "fixed charge"].sort_values("from_m3")
    first = blocks.groupby("service_area")["price"].first()
    last = blocks.groupby("service_area")["price"].last()
    use = {
        area: float(
            (rows["price"] * (rows["to_m3"].clip(upper=15.0) - rows["from_m3"]).clip(lower=0)).sum()
        )
        for area, rows in blocks.fillna({"to_m3": np.inf}).groupby("service_area")
    }
    bill = fixed + pd.Series(use)
    source = "Huancavelica, Calca, Huaral, Andahuaylas (SUNASS, 2024-26)"
    return [
        Figure(
            "mean bill of a household (15 m3)",
            "soles/month",
            float(mean / plan.bills["connections"].sum()),
            7.1,
            27.2,
            f"15 m3 at the schedules of {source}",
        ),
        Figure(
            "fixed charge in the bill of 15 m3, median of the areas",
            "share",
            float((fixed / bill).median()),
            0.10,
            0.17,
            source,
        ),
        Figure(
            "price of the last block over the first, median of the areas",
            "ratio",
            float((last / first).median()),
            1.3,
            1.8,
            source,
        ),
    ]


def _known(plan: Plan) -> list[Figure]:
    towns = pd.DataFrame(plan.towns)
    emapa, moyobamba, rioja = incumbents_of(plan.instance.operator_models)
    return [
        Figure(
            "connections of EMAPA San Martin's towns here against those it tells",
            "ratio",
            float(towns.loc[list(emapa.today), "connections"].sum() / (54_558 - 543 - 242)),
            0.95,
            1.05,
            "54,558 less Caspisapa and San Cristobal (SUNASS, resolution 77-2024)",
        ),
        Figure(
            "connections derived for Moyobamba against those told",
            "ratio",
            float(towns.loc[moyobamba.seat, "population"] / 4.0 / 16_325),
            0.9,
            1.1,
            "16,325 (Diario Voces); derived: a quarter of its urban people",
        ),
        Figure(
            "people of Rioja against those that its utility serves",
            "ratio",
            float(towns.loc[rioja.seat, "population"] / 25_330),
            0.9,
            1.1,
            "25,330 (SUNASS audience)",
        ),
    ]


def section(data: Path) -> str:
    """Return the section of the page of validation; public tables are not needed."""
    del data
    return _text(figures(op.solve(op.read(REGION), time_limit=60.0)))


def _text(found: list[Figure]) -> str:
    lines = [
        "## Operators",
        "",
        "The best plan of San Martin with its large towns and its three utilities, at a reach of 2 "
        "hours. Staff, the share of overhead and the trips of a crew are left out: no range of the "
        "field was found for them.",
        "",
        "| figure | unit | plan | field | inside | source |",
        "|---|---|--:|--:|---|---|",
    ]
    for one in found:
        inside = "yes" if one.inside else f"no: {EXCEPTIONS.get(one.name, 'unexplained')}"
        lines.append(
            f"| {one.name} | {one.unit} | {_said(one.value)} | {_range(one)} "
            f"| {inside} | {one.source} |"
        )
    return "\n".join(lines) + "\n"


def _said(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _range(one: Figure) -> str:
    if np.isinf(one.high):
        return f"from {_said(one.low)}"
    if one.low == one.high:
        return _said(one.low)
    return f"{_said(one.low)} to {_said(one.high)}"


def main() -> None:
    """Write the page."""
    head = "# Operators against the field\n\nMade by `python -m benchmarks.validation.operators`"
    RESULTS.write_text(f"{head}, {versions()}.\n\n{section(Path())}", encoding="utf-8")
    print(RESULTS)


if __name__ == "__main__":
    main()
