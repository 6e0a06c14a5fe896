"""Group the public instances and compare with their published optima.

    python -m benchmarks.public_instances
    python -m benchmarks.public_instances --family pmed --only pmed6 --plain
    python -m benchmarks.public_instances --plain --table benchmarks/results/public_instances.csv

One row for each instance. With ``--plain`` each instance is also given to HiGHS as a plain
assignment model, in the same run, and the ratio of the two CPU times is shown. (The plain model
has no connectivity, so that it is not run where areas must be connected.) With ``--table`` each
row is stored as soon as it is there, and instances that are already in the table are left out, so
that a run can be stopped and taken up again; a page ``.md`` with the same rows is written beside
it. Parts run side by side are put together by ``--table all.csv --merge part.csv other.csv``.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.plain import run_plain
from benchmarks.readers import (
    FAMILIES,
    PublicInstance,
    list_instances,
    read_instance,
    shared_folder,
)
from benchmarks.tables import COLUMNS, read_rows, versions, write_page, write_rows
from optimizer.solving.plain_matrices import Grouping, group

SHOWN = ("family", "instance", "published", "objective", "bound", "status", "agrees", "cpu_s")


def main() -> None:
    """Parse the command line, run, print and write the table."""
    parser = argparse.ArgumentParser(description="Group the public instances.")
    parser.add_argument("--family", choices=FAMILIES, help="one family instead of all")
    parser.add_argument("--only", help="one instance, or several separated by commas")
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds for each run")
    parser.add_argument("--plain", action="store_true", help="also run the plain model")
    parser.add_argument("--plain-limit", type=float, help="seconds for the plain model")
    parser.add_argument("--table", type=Path, help="CSV that keeps the rows")
    parser.add_argument("--again", action="store_true", help="replace rows of the table")
    parser.add_argument("--merge", type=Path, nargs="+", help="take rows of other tables, only")
    options = parser.parse_args()
    if options.merge:
        merge(options.table, options.merge)
        return
    if shared_folder() is None:
        print("skipped: the folder shared/benchmarks is not beside the project")
        return
    rows = {} if options.table is None else read_rows(options.table)
    print("| " + " | ".join((*SHOWN, "plain_cpu_s", "ratio", "method")) + " |", flush=True)
    done = []
    for family, name in _wanted(options.family, options.only):
        if (family, name) in rows and not options.again:
            continue
        plain = (options.plain_limit or options.time_limit) if options.plain else None
        row = measure(read_instance(family, name), options.time_limit, plain)
        rows[family, name] = row
        done.append(row)
        cells = [row[column] for column in (*SHOWN, "plain_cpu_s", "ratio", "method")]
        print("| " + " | ".join(cells) + " |", flush=True)
        if options.table is not None:
            write_rows(options.table, rows)
            write_page(options.table.with_suffix(".md"), rows)
    agreeing = sum(row["agrees"] == "yes" for row in done)
    print(f"\n{len(done)} instances, {agreeing} proven and as published")


def merge(table: Path, parts: list[Path]) -> None:
    """Put the rows of several runs into one table, in the usual order of the instances."""
    rows = read_rows(table)
    for part in parts:
        rows |= read_rows(part)
    ordered = {key: rows[key] for key in _wanted(None, None) if key in rows}
    write_rows(table, ordered)
    write_page(table.with_suffix(".md"), ordered)


def _wanted(family: str | None, only: str | None) -> Iterator[tuple[str, str]]:
    for one in [family] if family else FAMILIES:
        names = list_instances(one)
        wanted = set(only.split(",")) if only else set(names)
        yield from ((one, name) for name in names if name in wanted)


def measure(
    instance: PublicInstance, time_limit: float, plain_limit: float | None
) -> dict[str, str]:
    """Group one instance, and give it to the plain model when that has a limit."""
    load = os.getloadavg()[0]
    start = time.process_time()
    found = group(
        instance.serve_cost,
        instance.open_cost,
        instance.demand,
        instance.capacity,
        operators=instance.operators,
        min_demand=instance.min_demand,
        adjacency=instance.adjacency,
        seat_towns=instance.seat_towns,
        time_limit=time_limit,
    )
    cpu = time.process_time() - start
    row = dict.fromkeys(COLUMNS, "")
    towns, seats = instance.serve_cost.shape
    row |= {
        "family": instance.family,
        "instance": instance.name,
        "towns": str(towns),
        "candidate_seats": str(seats),
        "operators": "free" if instance.operators is None else str(instance.operators),
        "published": "unknown" if instance.optimum is None else f"{instance.optimum:.10g}",
        "objective": f"{found.objective:.10g}",
        "bound": f"{found.bound:.10g}",
        "gap": f"{found.gap:.2%}" if math.isfinite(found.gap) else "no plan",
        "status": found.status,
        "agrees": agrees(instance, found),
        "seconds": f"{found.seconds:.2f}",
        "cpu_s": f"{cpu:.2f}",
        "method": found.method,
        "load": f"{load:.1f}",
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "time_limit_s": f"{time_limit:g}",
        "versions": versions(),
    }
    if plain_limit is not None and instance.adjacency is None:
        plain = run_plain(instance.family, instance.name, plain_limit)
        mark = "" if plain.complete else "> "
        row["plain_cpu_s"] = f"{mark}{plain.cpu_s:.2f}"
        row["ratio"] = f"{mark}{plain.cpu_s / max(cpu, 1e-2):.1f}" if found.proven else "not proven"
        row["plain_limit_s"] = f"{plain_limit:g}"
    return row


def agrees(instance: PublicInstance, found: Grouping) -> str:
    """Say whether the answer is proven and equals the published optimum."""
    if instance.note:
        return f"{instance.note}; {'proven' if found.proven else 'not proven'}"
    if not found.proven:
        return "not proven"
    if instance.optimum is None:
        return "published as open; proven here"
    if math.isinf(instance.optimum):
        return "yes" if found.status == "infeasible" else "NO"
    near = abs(found.objective - instance.optimum) <= instance.tolerance
    return "yes" if near and found.status == "optimal" else "NO"


if __name__ == "__main__":
    main()
