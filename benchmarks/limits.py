"""What one more promise costs in time: ``python -m benchmarks.limits``.

A region is solved without and with a promise on the towns of an area or on the whole plan, each in
a process of its own and some times; the table and its page are ``benchmarks/results/limits``.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import resource
import statistics
from pathlib import Path

import numpy as np
import pandas as pd

import optimizer as op
from optimizer.instance.instance import Instance

__all__ = ["drawn_region", "main"]

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "benchmarks" / "results" / "limits.csv"
TIMES = 3
NORTH = op.OwnPromise(name="few_north", kind="plan_total", seats={"zone": "north"}, most=3)
HOURS = op.OwnPromise(name="hours_most", kind="plan_total", column="hours", most=20)
PROMISES: dict[str, dict[str, object]] = {
    "": {},
    "towns_most = 10": {"towns_most": 10},
    "people_most = 60,000": {"people_most": 60_000.0},
    "at most 3 operators in the north": {"own": (NORTH,)},
    "at most 20 hours from seats to towns": {"own": (HOURS,)},
}


def drawn_region(towns: int, side_km: float, seed: int) -> Instance:
    """Return a region of towns drawn in a square, with the models and costs of San Martin.

    Examples
    --------
    >>> len(drawn_region(5, 40.0, 1).towns)
    5
    """
    base = op.read(ROOT / "benchmarks" / "regions" / "san_martin_47")
    dice = np.random.default_rng(seed)
    like = dice.integers(0, len(base.towns), towns)
    names = [f"t{k:03d}" for k in range(towns)]
    frame = pd.DataFrame(base.towns.drop(columns="geometry")).iloc[like].reset_index(drop=True)
    height, width = side_km / 110.6, side_km / 110.0
    lat = -7.0 + height * dice.random(towns)
    frame = frame.assign(town=names, name=names, lon=-76.5 + width * dice.random(towns), lat=lat)
    frame["zone"] = np.where(lat > np.median(lat), "north", "south")
    groups = base.households.reset_index()
    parts = [
        groups[groups["town"] == base.towns.index[at]].assign(town=name)
        for at, name in zip(like, names, strict=True)
    ]
    return op.instance_from_tables(
        name="drawn",
        title=f"{towns} drawn towns",
        currency=base.currency,
        price_year=base.price_year,
        crs=base.crs,
        towns=frame,
        operator_models=base.operator_models.reset_index(),
        households=pd.concat(parts),
        tariff=base.tariff,
        travel=base.travel,
        policy=base.policy.replace(connected=False),
    )


def region_of(name: str) -> Instance:
    """Return a region of the table."""
    if name == "san_martin_47":
        region = op.read(ROOT / "benchmarks" / "regions" / name)
        zone = np.where(region.towns["lat"] > region.towns["lat"].median(), "north", "south")
        region = region.replace(towns=region.towns.assign(zone=zone))
        return region.replace(policy=region.policy.replace(connected=False))
    towns = int(name.partition(" ")[0])
    return drawn_region(towns, 17.0 * towns**0.5, towns)


def solved(region: str, promise: str) -> dict[str, object]:
    """Solve a region with a promise and return its row."""
    found = region_of(region)
    found = found.replace(policy=found.policy.replace(**PROMISES[promise]))
    before = resource.getrusage(resource.RUSAGE_SELF)
    plan = op.solve(found, method="columns", time_limit=240, threads=1)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "region": region,
        "promise": promise,
        "cpu_s": spent,
        "status": plan.status,
        "objective": round(plan.objective),
        "gap_%": round(100 * plan.gap, 4),
        "areas": len(plan.areas),
        "audit": "passed" if plan.audit().passed else "fails",
    }


def main() -> None:
    """Measure and write the table and its page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.limits", description=__doc__)
    words.add_argument("regions", nargs="*", default=["san_martin_47", "75 towns", "300 towns"])
    words.add_argument("--times", type=int, default=TIMES)
    asked = words.parse_args()
    rows: list[dict[str, object]] = []
    for region in asked.regions:
        free = float("nan")
        for promise in PROMISES:
            runs = []
            for _ in range(asked.times):
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    runs.append(pool.apply(solved, (region, promise)))
            spent = statistics.median(float(str(run["cpu_s"])) for run in runs)
            free = spent if not promise else free
            rows.append({**runs[0], "cpu_s": round(spent, 2), "ratio": round(spent / free, 2)})
            print(rows[-1], flush=True)
            _write(rows)


def _write(rows: list[dict[str, object]]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    head = list(rows[0])
    lines = [
        "# What one more promise costs in time",
        "",
        "CPU seconds by columns with one thread, middle of some runs, each in its own process, by",
        "`python -m benchmarks.limits`; the first row of a region is without the promise. Towns of",
        "drawn regions have the data of towns of San Martin, drawn places and straight roads.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(str(row[name]) for name in head) + " |" for row in rows),
    ]
    TABLE.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
