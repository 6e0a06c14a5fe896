"""What it costs that utilities keep what they have: ``python -m benchmarks.utilities``.

San Martin with its large towns and its three utilities, at a reach of 1 to 4 hours: with every
lock, without each, and without all; which towns join a utility, and what a newcomer in its seat
would do better. Every row is written at once to ``benchmarks/results/utilities.csv`` with a page
beside it; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import optimizer as op
from optimizer.instance.incumbents import LOCKS, incumbents_of
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan

__all__ = ["changes", "main", "measure"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
HOURS = (1.0, 2.0, 3.0, 4.0)


def changes(region: Instance) -> Iterator[tuple[str, Instance]]:
    """Yield the region with every lock, without each, without all, and without the operators."""
    models = region.operator_models
    yield "as it is", region
    for one in incumbents_of(models):
        for lock in LOCKS:
            if not models.loc[one.operator, lock]:
                free = models.copy()
                free.loc[one.operator, lock] = True
                yield f"{one.operator}: {lock} = yes", region.replace(operator_models=free)
        open_to_all = models.copy()
        open_to_all.loc[one.operator, list(LOCKS)] = True
        yield f"{one.operator}: no lock", region.replace(operator_models=open_to_all)
        yield (
            f"without {one.operator}",
            region.replace(operator_models=models.drop(index=one.operator)),
        )
    yield (
        "no lock at all",
        region.replace(operator_models=models.assign(**dict.fromkeys(LOCKS, True))),
    )


def measure(name: str, region: Instance, hours: float, best: Plan | None) -> dict[str, object]:
    """Solve one case and return its row, and what it saves against the region as it is."""
    asked = region.replace(policy=region.policy.replace(reach_hours=hours))
    wall, cpu = time.perf_counter(), time.process_time()
    plan = op.solve(asked, time_limit=60.0)
    public = plan.areas[["operating_subsidy_year", "household_support_year"]].sum().sum()
    joined = [
        str(plan.towns["name"][town])
        for one in incumbents_of(asked.operator_models)
        for town in plan.towns.index[plan.towns["operator_model"] == one.operator]
        if town not in one.today
    ]
    return {
        "hours": hours,
        "change": name,
        "status": plan.status,
        "cost": round(float(plan.areas["requirement_year"].sum())),
        "public_money": round(float(public)),
        "weighted": round(plan.objective),
        "saves": 0 if best is None else round(best.objective - plan.objective),
        "areas": len(plan.areas),
        "cpu_s": round(time.process_time() - cpu, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
        "join_a_utility": ", ".join(sorted(joined)),
    }


def main() -> None:
    """Measure what is not there yet and write the table."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.utilities", description=__doc__)
    words.add_argument("--again", action="store_true", help="measure rows that are there too")
    again = words.parse_args().again
    path = RESULTS / "utilities.csv"
    there = path.exists() and not again
    rows = pd.read_csv(path, keep_default_na=False).to_dict("records") if there else []
    region = op.read(ROOT / "instances" / "san_martin_utilities")
    for hours in HOURS:
        best: Plan | None = None
        for name, changed in changes(region):
            if any((row["hours"], row["change"]) == (hours, name) for row in rows):
                continue
            if best is None and name != "as it is":
                asked = region.policy.replace(reach_hours=hours)
                best = op.solve(region.replace(policy=asked), time_limit=60.0)
            rows.append(measure(name, changed, hours, best))
            print({k: rows[-1][k] for k in ("hours", "change", "saves", "cpu_s")})
            table = pd.DataFrame(rows)
            table.to_csv(path, index=False)
            path.with_suffix(".md").write_text(_page(table), encoding="utf-8")


def _page(table: pd.DataFrame) -> str:
    head = [
        "# What the utilities of San Martin keep, and what it costs",
        "",
        "Made by `python -m benchmarks.utilities`; never edited by hand. Money in soles of 2023 a "
        "year; `saves` is what the weighted sum falls by against the region as it is; a row "
        "«without» an operator says what newcomers in its place would do. Measured on a machine "
        "shared with other work: `cpu_s` is the CPU time of the solve.",
        "",
        "| " + " | ".join(table.columns) + " |",
        "|" + "---|" * len(table.columns),
    ]
    rows = ["| " + " | ".join(str(v) for v in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    main()
