"""Targeted instruments and plans over draws, proven: ``python -m benchmarks.instruments``.

Every row is the region of 47 towns in San Martin (`benchmarks/regions/san_martin_47`) under another
rule, in the same run as the plain problem. Rows that the table has already are kept, so that the
command may be stopped and run again; ``--again`` measures all anew.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import optimizer as op
from benchmarks.tables import versions
from optimizer.instance.instance import Instance
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty
from optimizer.solving.options import Progress

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).parent / "results" / "instruments.csv"
SHAPE = (1.20, 0.344, 0.457, 0.510)
"""The schedule in force at EMSAP Chanka, near a pilot town (SUNASS)."""

COLUMNS = (
    "rule",
    "towns",
    "draws",
    "status",
    "objective",
    "bound",
    "gap_%",
    "within_1_%_s",
    "seconds",
    "cpu_s",
    "cpu_ratio",
    "areas",
    "load",
    "versions",
)

DATA = {
    "operation": Uncertain(distribution="lognormal", sd=0.35, each="town"),
    "overhead": Uncertain(distribution="lognormal", sd=0.5),
    "hours": Uncertain(distribution="lognormal", sd=0.15),
    "collection_rate": Uncertain(
        distribution="uniform", low=0.6, high=0.95, each="town", absolute=True
    ),
    "non_revenue_water": Uncertain(
        distribution="uniform", low=0.25, high=0.5, each="town", absolute=True
    ),
    "consumption": Uncertain(distribution="uniform", low=11 / 15, high=19 / 15, each="town"),
    "transition": Uncertain(distribution="uniform", low=0.5, high=3),
    "trips": Uncertain(distribution="uniform", low=0.5, high=2),
}
"""Assumed errors of data: costs and use of a town, collection, losses, and common figures."""

PLAIN = "plain"
POOREST: dict[str, object] = {
    "household_support_share": 0.5,
    "household_support_groups": ("q1",),
}


@dataclass(frozen=True)
class Rule:
    """What a row asks for.

    Attributes
    ----------
    promises : dict
        Changes of the policy.
    shape : bool
        Whether the shape of the tariff is given.
    draws : int
        Draws of uncertain data; 0 for the given figures.
    """

    promises: dict[str, object] = field(default_factory=dict)
    shape: bool = False
    draws: int = 0


RULES = {
    PLAIN: Rule(),
    "support up to 30 %": Rule({"household_support_share": 0.3}),
    "support up to 85 %": Rule({"household_support_share": 0.85}),
    "support up to 50 % for the poorest fifth": Rule(POOREST),
    "solidarity balance": Rule({"solidarity_balance": True}),
    "support up to 30 % and solidarity balance": Rule(
        {"household_support_share": 0.3, "solidarity_balance": True}
    ),
    "given shape": Rule(shape=True),
    "given shape, support up to 30 %": Rule({"household_support_share": 0.3}, shape=True),
    "given shape, support up to 85 %": Rule({"household_support_share": 0.85}, shape=True),
    "given shape, solidarity balance": Rule({"solidarity_balance": True}, shape=True),
    "100 draws, one price, 1 h": Rule({"reach_hours": 1.0}, draws=100),
    "100 draws, one price, 2 h": Rule(draws=100),
    "100 draws, schedule per town, 1 h": Rule(
        {"reach_hours": 1.0, "tariff_scope": "town"}, draws=100
    ),
    "100 draws, schedule per town, 2 h": Rule({"tariff_scope": "town"}, draws=100),
    "100 draws, poorest fifth supported, 1 h": Rule(POOREST | {"reach_hours": 1.0}, draws=100),
    "100 draws, poorest fifth supported, 2 h": Rule(POOREST, draws=100),
}


class Nearing:
    """Notes when the gap is first within a percent."""

    def __init__(self) -> None:
        self.seconds: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Take a line of progress."""
        known = math.isfinite(progress.objective)
        near = progress.objective - progress.bound <= 0.01 * abs(progress.objective)
        if known and near and self.seconds is None:
            self.seconds = progress.seconds


def region_of(rule: Rule) -> Instance:
    """Return the region under a rule."""
    region = op.read(ROOT / "benchmarks" / "regions" / "san_martin_47")
    policy = region.policy.replace(**rule.promises)
    if rule.shape:
        tariff = region.tariff.model_copy(update={"shape": SHAPE})
        region = region.replace(tariff=tariff)
    if rule.draws:
        policy = policy.replace(objective="expected")
        region = region.replace(uncertainty=Uncertainty(data=DATA, draws=rule.draws, seed=7))
    return region.replace(policy=policy)


def row(name: str, time_limit: float) -> dict[str, str]:
    """Solve the region under a rule and return the row of the table."""
    region = region_of(RULES[name])
    wall, cpu, nearing = time.perf_counter(), time.process_time(), Nearing()
    plan = op.solve(region, time_limit=time_limit, threads=2, on_progress=nearing)
    near = "" if nearing.seconds is None else f"{nearing.seconds:.1f}"
    return {
        "rule": name,
        "towns": str(len(plan.towns)),
        "draws": str(RULES[name].draws or ""),
        "status": plan.status,
        "objective": f"{plan.objective:.0f}",
        "bound": f"{plan.bound:.0f}",
        "gap_%": f"{100 * plan.gap:.4f}",
        "within_1_%_s": near,
        "seconds": f"{time.perf_counter() - wall:.1f}",
        "cpu_s": f"{time.process_time() - cpu:.1f}",
        "areas": str(len(plan.areas)),
        "load": f"{os.getloadavg()[0]:.1f}",
        "versions": versions(),
    }


def measured(time_limit: float, *, again: bool) -> list[dict[str, str]]:
    """Return the rows, those of the table and new ones; the table is written after each."""
    known: dict[str, dict[str, str]] = {}
    if TABLE.exists() and not again:
        with TABLE.open(encoding="utf-8", newline="") as file:
            known = {line["rule"]: line for line in csv.DictReader(file)}
    todo = [name for name in RULES if name not in known]
    if todo:  # compile and load once, apart from what is measured
        for name in ("support up to 30 %", "100 draws, poorest fifth supported, 1 h"):
            row(name, 5.0)
    for name in todo:
        known[name] = row(name, time_limit)
        plain = max(0.1, float(known[PLAIN]["cpu_s"]))
        known[name]["cpu_ratio"] = f"{float(known[name]['cpu_s']) / plain:.1f}"
        _write([known[k] for k in RULES if k in known])
    return [known[name] for name in RULES]


def _write(rows: list[dict[str, str]]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def page(rows: list[dict[str, str]], time_limit: float) -> str:
    """Return the table as Markdown."""
    shown = [c for c in COLUMNS if c != "versions"]
    lines = [
        "# Targeted instruments and plans over draws",
        "",
        "Made by `python -m benchmarks.instruments`; never edited by hand. San Martin with 47 "
        f"towns, up to {time_limit:.0f} s a row. `cpu_ratio` is CPU time over that of the plain "
        "problem; `load` is the load of the machine's two cores after the run: seconds on the "
        "clock were measured beside other work where it is above 2.",
        "",
        "| " + " | ".join(shown) + " |",
        "|" + "---|" * len(shown),
    ]
    lines += ["| " + " | ".join(line.get(c, "") for c in shown) + " |" for line in rows]
    return "\n".join([*lines, "", f"Versions: {rows[0]['versions']}.", ""])


def main() -> None:
    """Measure what is missing and write the table and its page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.instruments", description=__doc__)
    words.add_argument("--again", action="store_true", help="measure all rows anew")
    words.add_argument("--time-limit", type=float, default=60.0)
    asked = words.parse_args()
    rows = measured(asked.time_limit, again=asked.again)
    TABLE.with_suffix(".md").write_text(page(rows, asked.time_limit), encoding="utf-8")


if __name__ == "__main__":
    main()
