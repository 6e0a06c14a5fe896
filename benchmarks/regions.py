"""Speed, memory and proof of the bundled regions: ``python -m benchmarks``.

One row an instance and method; every row is solved in a process of its own, so that its peak
memory is its own. Whole countries are measured by ``python -m benchmarks.national countries``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from pathlib import Path

import pandas as pd

import optimizer as op

ROOT = Path(__file__).resolve().parents[1]


def row(name: str, method: str, time_limit: float) -> dict[str, object]:
    """Solve one region by one method and return its row of the table."""
    begin = time.perf_counter()
    instance = op.read(ROOT / "instances" / name)
    read = time.perf_counter() - begin
    case = op.case_of(instance)
    near = pd.Series(case.start).diff().dropna()
    plan = op.solve(instance, method=method, time_limit=time_limit)  # type: ignore[arg-type]
    seconds = plan.outcome.seconds
    before = sum(seconds.get(k, 0.0) for k in ("geography", "build", "first plan"))
    spent = sum(v for k, v in seconds.items() if k != "tariffs") - before
    return {
        "instance": name,
        "method": plan.outcome.method,
        "towns": len(plan.towns),
        "reach_mean": round(float(near.mean()), 1),
        "reach_most": int(near.max()),
        "read_s": round(read, 2),
        "build_s": round(before, 2),
        "solve_s": round(spent, 2),
        "tariffs_s": round(seconds.get("tariffs", 0.0), 2),
        "objective": round(plan.objective),
        "bound": round(plan.bound),
        "gap_%": round(100 * plan.gap, 4),
        "status": plan.status,
        "areas": len(plan.areas),
        "memory_MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "versions": f"highs {plan.outcome.versions['highspy']} pyomo "
        f"{plan.outcome.versions['pyomo']} python {plan.outcome.versions['python']}",
    }


def main() -> None:
    """Print the table as Markdown."""
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("regions", nargs="*", help="bundled regions; all by default")
    words.add_argument("--methods", default="columns", help="columns,compact for both")
    words.add_argument("--time-limit", type=float, default=60.0)
    asked = words.parse_args()
    bundled = [p.parent.name for p in sorted((ROOT / "instances").glob("*/instance.toml"))]
    names = asked.regions or bundled
    jobs = [(n, method, asked.time_limit) for n in names for method in asked.methods.split(",")]
    rows = []
    for job in jobs:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows.append(pool.apply(row, job))
    table = pd.DataFrame(rows)
    print("| " + " | ".join(table.columns) + " |")
    print("|" + "---|" * len(table.columns))
    for values in table.itertuples(index=False):
        print("| " + " | ".join(str(v) for v in values) + " |")
