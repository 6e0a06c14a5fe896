"""Tariff figures of San Martin beside those in force: ``python -m benchmarks.validation``.

Writes the table of ``docs/validation.md`` between its two marks. The region is the bundled one with
the tariff rules of small Peruvian utilities (``TARIFF_IN_FORCE``); a figure is the median over the
connections of its areas. A test makes the table again and fails where a figure is outside its range
without an exception that is written here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Tariff
from optimizer.instance.sources.peru_text import TARIFF_IN_FORCE
from optimizer.plan.plan import Plan

__all__ = ["EXCEPTIONS", "FIGURES", "PAGE", "Figure", "figures_of", "page_with", "validated_region"]

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
BEGIN, END = "<!-- tariff figures -->", "<!-- end of tariff figures -->"
EXCEPTIONS: Mapping[str, str] = {}
"""Figures that may lie outside their range, and why; two at most."""

SMALL = "SUNASS: Huancavelica 2024, Calca 2026, Huaral 2025"
FOUR = "SUNASS: Chanka, Huancavelica, Calca, Huaral"
WITH_EMAPA = f"{SMALL}; EMAPA San Martin"
COST = "SUNASS hearings 2023: Calca, Huaral, EMAPA San Martin (water and sewerage)"


@dataclass(frozen=True)
class Figure:
    """One figure, its range in the field and where that comes from."""

    name: str
    unit: str
    least: float
    most: float
    source: str


FIGURES = (
    Figure("fixed charge in a bill of 15 m3", "%", 10.0, 17.0, FOUR),
    Figure("last block over first block", "times", 1.3, 1.8, FOUR),
    Figure("first block", "m3", 8.0, 10.0, FOUR),
    Figure("shops at 30 m3 over households at 15 m3, mean price", "times", 1.35, 2.8, FOUR),
    Figure("fixed charge", "S/ a month", 1.20, 4.10, FOUR),
    Figure("price of the first block", "S/ per m3", 0.84, 1.46, SMALL),
    Figure("bill at 8 m3", "S/ a month", 8.28, 15.78, SMALL),
    Figure("bill at 15 m3", "S/ a month", 14.64, 27.19, SMALL),
    Figure("bill at 25 m3", "S/ a month", 24.82, 52.16, SMALL),
    Figure("mean price of households at 15 m3", "S/ per m3", 0.98, 2.56, WITH_EMAPA),
    Figure("cost a year of a connection", "S/", 161.0, 443.0, COST),
    Figure("worst burden of a protected household", "% of income", 0.0, 5.0, "usual rules: 3-5 %"),
)
"""Ranges are those of schedules in force; bills are worked out from them, block by block."""


def validated_region() -> Instance:
    """Return the bundled San Martin with the tariff rules of small Peruvian utilities."""
    rules = Tariff.model_validate(tomllib.loads(TARIFF_IN_FORCE)["tariff"])
    return op.read("instances/san_martin").replace(tariff=rules)


def figures_of(plan: Plan) -> dict[str, float]:
    """Return every figure of a plan by its name: medians over the connections of its areas."""
    price = plan.tariffs["price"].astype(float).unstack(["category", "component"])  # noqa: PD010
    area = price.index.get_level_values("service_area")
    weight = plan.areas["connections"].reindex(area).to_numpy(dtype=float)
    home, shop = price["domestic"], price["commercial"]
    bills = {m3: _bills(plan, "domestic", m3) for m3 in (8.0, 15.0, 25.0)}
    mean = bills[15.0] / 15.0
    cost = plan.finances["requirement_year"].reindex(area).to_numpy(dtype=float) / weight
    found = (
        100.0 * home["fixed charge"].to_numpy() / bills[15.0],
        (home["block 3"] / home["block 1"]).to_numpy(),
        np.full(len(price), plan.instance.tariff.blocks_m3[0]),
        _bills(plan, "commercial", 30.0) / 30.0 / mean if len(shop) else mean,
        home["fixed charge"].to_numpy(),
        home["block 1"].to_numpy(),
        *bills.values(),
        mean,
        cost,
        100.0 * plan.areas["burden_worst"].reindex(area).to_numpy(dtype=float),
    )
    medians = (_median(np.asarray(values, dtype=float), weight) for values in found)
    return {figure.name: value for figure, value in zip(FIGURES, medians, strict=True)}


def _bills(plan: Plan, category: str, m3: float) -> np.ndarray:
    """Return the bill of a consumption in every area."""
    rows = plan.tariffs.xs(category, level="category")
    blocks = rows[rows.index.get_level_values("component").str.startswith("block")]
    low, high = blocks["from_m3"].astype(float), blocks["to_m3"].astype(float).fillna(np.inf)
    amount = (high.clip(upper=m3) - low).clip(lower=0.0) * blocks["price"].astype(float)
    whole = amount.groupby(level=["service_area", "town"]).sum()
    fixed = rows.xs("fixed charge", level="component")["price"].astype(float)
    keys = pd.MultiIndex.from_frame(
        plan.tariffs.index.to_frame(index=False)[["service_area", "town"]].drop_duplicates()
    )
    return np.asarray((whole + fixed).reindex(keys.sort_values()).to_numpy(dtype=float))


def _median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    half = np.searchsorted(np.cumsum(weight[order]), 0.5 * weight.sum())
    return float(values[order][half])


def page_with(page: str, found: Mapping[str, float]) -> str:
    """Return the page with the table of some figures between its marks."""
    lines = [
        BEGIN,
        "| figure (median over connections) | plan | in force | source |",
        "|---|--:|--:|---|",
    ]
    for figure in FIGURES:
        reason = EXCEPTIONS.get(figure.name)
        note = f"{figure.source}; outside: {reason}" if reason else figure.source
        value = f"{found[figure.name]:.3g} {figure.unit}"
        lines.append(f"| {figure.name} | {value} | {figure.least:g}-{figure.most:g} | {note} |")
    before, after = page.split(BEGIN, maxsplit=1)[0], page.split(END)[1]
    return before + "\n".join([*lines, END]) + after


def main() -> None:
    """Solve the region and write the table."""
    plan = op.solve(validated_region(), time_limit=300)
    found = figures_of(plan)
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    for figure in FIGURES:
        inside = figure.least * 0.9995 <= found[figure.name] <= figure.most * 1.0005
        told = "" if inside else "  OUTSIDE"
        print(f"{figure.name}: {found[figure.name]:.4g} {figure.unit}{told}")


if __name__ == "__main__":
    main()
