"""Speed and proof at national size: ``python -m benchmarks.national [SECTION ...]``.

Sections: ``san_martin`` (its promises), ``countries`` (Peru and Brazil), ``growth`` (with towns and
reach), ``methods`` (20 regions by both methods). Every row is solved in a process of its own, so
that its peak memory is its own, and is written at once to ``benchmarks/results/SECTION.csv`` with a
page beside it; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

import optimizer as op
from benchmarks.growth_plot import plot_growth
from benchmarks.jobs import SECTIONS, Job, build
from optimizer.solving.options import Progress

__all__ = ["main", "measure"]

RESULTS = Path(__file__).parent / "results"
CLOSE = 0.01


@dataclass
class _Watch:
    """When the first plan came, and when the gap first was 1 %, seconds."""

    first: float = float("nan")
    close: float = float("nan")

    def __call__(self, progress: Progress) -> None:
        if self.first != self.first and progress.objective < float("inf"):
            self.first = progress.seconds
        if self.close != self.close and progress.gap <= CLOSE:
            self.close = progress.seconds


def measure(job: Job) -> dict[str, object]:
    """Solve one job and return its row."""
    load, begin = os.getloadavg()[0], time.perf_counter()
    region = build(job)
    read = time.perf_counter() - begin
    near = pd.Series(op.case_of(region).start).diff().dropna()
    watch, cpu = _Watch(), time.process_time()
    plan = op.solve(
        region,
        method="compact" if job.method == "compact" else "columns",
        gap=job.gap,
        time_limit=job.time_limit,
        threads=job.threads,
        on_progress=watch,
    )
    seconds = plan.outcome.seconds
    apart = sum(seconds.get(k, 0.0) for k in ("geography", "build", "tariffs", "audit"))
    return {
        "instance": job.name,
        "method": plan.outcome.method,
        "threads": job.threads,
        "towns": len(plan.towns),
        "reach_mean": round(float(near.mean()), 1),
        "reach_most": int(near.max()),
        "read_s": round(read, 1),
        "build_s": round(seconds.get("geography", 0.0) + seconds.get("build", 0.0), 1),
        "first_plan_s": round(watch.first, 2),
        "to_1_percent_s": round(watch.close, 2),
        "solve_s": round(sum(seconds.values()) - apart, 2),
        "cpu_s": round(time.process_time() - cpu, 1),
        "objective": round(plan.objective),
        "bound": round(plan.bound),
        "gap_percent": round(100 * plan.gap, 4),
        "status": plan.status,
        "areas": len(plan.areas),
        "towns_most": int(plan.areas["town_count"].max()) if len(plan.areas) else 0,
        "memory_MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "load": round(load, 1),
        "when": datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M"),
        "versions": ", ".join(f"{k} {v}" for k, v in sorted(plan.outcome.versions.items())),
    }


def main() -> None:
    """Measure the sections that are asked for, all by default."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.national", description=__doc__)
    words.add_argument("sections", nargs="*", help=", ".join(SECTIONS))
    words.add_argument("--again", action="store_true", help="measure rows that are there too")
    words.add_argument("--only", default="", help="rows whose name holds this")
    asked = words.parse_args()
    for section in asked.sections or list(SECTIONS):
        _section(section, again=asked.again, only=asked.only)


def _section(section: str, *, again: bool, only: str) -> None:
    path = RESULTS / f"{section}.csv"
    rows = pd.read_csv(path).to_dict("records") if path.exists() else []
    rows = [{"threads": 1, **row} for row in rows]
    for job in SECTIONS[section]():
        there = [r for r in rows if (r["instance"], r["method"]) == (job.name, job.method)]
        if only not in job.name or (there and not again):
            continue
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            row = pool.apply(measure, (job,))
        rows = [r for r in rows if (r["instance"], r["method"]) != (job.name, job.method)]
        rows.append(row)
        print({k: row[k] for k in ("instance", "method", "solve_s", "cpu_s", "gap_percent")})
        path.parent.mkdir(parents=True, exist_ok=True)
        table = pd.DataFrame(rows)[list(row)]
        table.to_csv(path, index=False)
        path.with_suffix(".md").write_text(_page(section, table), encoding="utf-8")
        if section == "growth":
            plot_growth(table, path.with_suffix(".svg"))


def _page(section: str, table: pd.DataFrame) -> str:
    shown = table.drop(columns=["versions", "when", "load"])
    lines = [
        f"# {section}",
        "",
        f"Made by `python -m benchmarks.national {section}`; never edited by hand. Measured "
        f"{table['when'].min()} to {table['when'].max()} (UTC), {os.cpu_count()} cores shared with "
        f"other work: load average {table['load'].min()} to {table['load'].max()} when the rows "
        "began, so that wall times are longer than on a free machine; `cpu_s` is the CPU time of "
        "the whole solve, tariffs and audit included. One process; threads as the table says. "
        f"{table['versions'].iloc[-1]}.",
        "",
    ]
    if section == "growth":
        lines += ["![Seconds and memory against towns and reach](growth.svg)", ""]
    if section == "methods":
        lines += [_ratios(table), ""]
    lines.append("| " + " | ".join(shown.columns) + " |")
    lines.append("|" + "---|" * len(shown.columns))
    lines += ["| " + " | ".join(str(v) for v in r) + " |" for r in shown.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def _ratios(table: pd.DataFrame) -> str:
    """Return the sentence that compares the two methods, row by row of the same run."""
    both = table.pivot_table(
        index="instance", columns="method", values=["to_1_percent_s", "solve_s"], dropna=False
    )
    if "compact" not in both["solve_s"] or "columns" not in both["solve_s"]:
        return "Both methods are compared once both have been measured."
    took = both["to_1_percent_s"]["compact"].fillna(both["solve_s"]["compact"])
    ratio = (took / both["to_1_percent_s"]["columns"].clip(lower=0.01)).dropna()
    never = int(both["to_1_percent_s"]["compact"].isna().sum())
    done = table[table["status"] == "optimal"].groupby("method")["instance"].count()
    return (
        f"Time to a gap of 1 %, compact over columns: median {ratio.median():.0f} times, least "
        f"{ratio.min():.0f}, most {ratio.max():.0f} over {len(ratio)} regions; {never} of the "
        "compact runs never reached 1 % and count with the time at which they were stopped. Proven "
        f"optimal: columns {done.get('columns', 0)}, compact {done.get('compact', 0)}."
    )


if __name__ == "__main__":
    main()
