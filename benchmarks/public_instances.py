"""Group the public instances and compare with their published optima.

    python -m benchmarks.public_instances
    python -m benchmarks.public_instances --family pmed --only pmed6 --plain
    python -m benchmarks.public_instances --family connected --time-limit 300 --out table.md

One row for each instance. With ``--plain`` each instance is also given to HiGHS as a plain
assignment model, in the same run and within the same time, and the ratio of the two times is
shown. (The plain model has no connectivity.)
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.readers import (
    FAMILIES,
    PublicInstance,
    list_instances,
    read_instance,
    shared_folder,
)
from optimizer.solving.matrices import Grouping, group
from optimizer.solving.matrices.solver import Outcome, Program, solve

HEADINGS = (
    "family",
    "instance",
    "towns",
    "seats",
    "known",
    "objective",
    "bound",
    "gap",
    "status",
    "agrees",
    "method",
    "seconds",
    "plain seconds",
    "ratio",
)


@dataclass(frozen=True)
class Row:
    """One line of the table, as text in the order of `HEADINGS`."""

    cells: tuple[str, ...]
    agrees: bool


def main() -> None:
    """Parse the command line, run, print and write the table."""
    parser = argparse.ArgumentParser(description="Group the public instances.")
    parser.add_argument("--family", choices=FAMILIES, help="one family instead of all")
    parser.add_argument("--only", help="one instance, or several separated by commas")
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds for each run")
    parser.add_argument("--plain", action="store_true", help="also run the plain model")
    parser.add_argument("--out", type=Path, help="write the table as .csv or .md")
    options = parser.parse_args()
    if shared_folder() is None:
        print("skipped: the folder shared/benchmarks is not beside the project")
        return
    families = [options.family] if options.family else list(FAMILIES)
    print("| " + " | ".join(HEADINGS) + " |")
    print("|" + "---|" * len(HEADINGS))
    rows = []
    for family in families:
        names = list_instances(family)
        wanted = set(options.only.split(",")) if options.only else set(names)
        for name in names:
            if name in wanted:
                row = measure(read_instance(family, name), options.time_limit, plain=options.plain)
                print("| " + " | ".join(row.cells) + " |", flush=True)
                rows.append(row)
    print(f"\n{len(rows)} instances, {sum(row.agrees for row in rows)} proven and as published")
    if options.out is not None:
        write(options.out, rows)


def measure(instance: PublicInstance, time_limit: float, *, plain: bool) -> Row:
    """Group one instance, and give it to the plain model when asked."""
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
    seconds = ratio = ""
    if plain:
        took, outcome = run_plain(instance, time_limit)
        done = outcome.complete
        seconds = f"{took:.2f}" if done else f"> {took:.0f}"
        ratio = f"{'' if done else '> '}{took / max(found.seconds, 1e-3):.1f}"
    agrees = _agrees(instance, found)
    cells = (
        instance.family,
        instance.name,
        str(instance.serve_cost.shape[0]),
        "" if instance.operators is None else str(instance.operators),
        "unknown" if instance.optimum is None else f"{instance.optimum:.10g}",
        f"{found.objective:.10g}",
        f"{found.bound:.10g}",
        f"{found.gap:.2%}",
        found.status,
        "yes" if agrees else "no",
        found.method,
        f"{found.seconds:.2f}",
        seconds,
        ratio,
    )
    return Row(cells, agrees)


def _agrees(instance: PublicInstance, found: Grouping) -> bool:
    """Whether the answer is proven and equals the published optimum."""
    if instance.optimum is None:
        return False
    if math.isinf(instance.optimum):
        return found.status == "infeasible"
    near = abs(found.objective - instance.optimum) <= instance.tolerance
    return near and found.status == "optimal"


def run_plain(instance: PublicInstance, time_limit: float) -> tuple[float, Outcome]:
    """Solve the whole assignment model with one HiGHS thread; return seconds and outcome."""
    start = time.perf_counter()
    outcome = solve(plain_program(instance), seconds=time_limit)
    return time.perf_counter() - start, outcome


def plain_program(instance: PublicInstance) -> Program:
    """Build the assignment model as it stands: every pair, ``x <= y``, loads, number of seats."""
    towns, seats = instance.serve_cost.shape
    pairs = towns * seats
    town, seat = np.divmod(np.arange(pairs), seats)
    every = np.arange(pairs)
    opens = pairs + np.arange(seats)
    blocks = [
        (sparse.coo_array((np.ones(pairs), (town, every)), shape=(towns, pairs + seats)), 1.0, 1.0),
        (
            sparse.coo_array(
                (np.repeat([1.0, -1.0], pairs), (np.tile(every, 2), np.append(every, opens[seat]))),
                shape=(pairs, pairs + seats),
            ),
            -np.inf,
            0.0,
        ),
    ]
    for limit, lower, upper in (
        (instance.capacity, -np.inf, 0.0),
        (instance.min_demand, 0.0, np.inf),
    ):
        if limit is not None:
            scale = float(instance.demand.mean()) if instance.demand.max() > 1000 else 1.0
            values = np.append(instance.demand[town], -limit) / scale
            where = (np.append(seat, np.arange(seats)), np.append(every, opens))
            rows = sparse.coo_array((values, where), shape=(seats, pairs + seats))
            blocks.append((rows, lower, upper))
    if instance.operators is not None:
        where = (np.zeros(seats, dtype=int), opens)
        rows = sparse.coo_array((np.ones(seats), where), shape=(1, pairs + seats))
        blocks.append((rows, float(instance.operators), float(instance.operators)))
    if instance.seat_towns is not None:
        own = instance.seat_towns * seats + np.arange(seats)
        where = (np.tile(np.arange(seats), 2), np.append(own, opens))
        values = np.repeat([1.0, -1.0], seats)
        rows = sparse.coo_array((values, where), shape=(seats, pairs + seats))
        blocks.append((rows, 0.0, 0.0))
    heights = [rows.shape[0] for rows, _, _ in blocks]
    whole = np.ones(pairs + seats, dtype=bool)
    whole[:pairs] = instance.capacity is not None
    return Program(
        np.append(instance.serve_cost.ravel(), instance.open_cost),
        np.zeros(pairs + seats),
        np.ones(pairs + seats),
        sparse.csr_array(sparse.vstack([rows for rows, _, _ in blocks], format="csr")),
        np.repeat([lower for _, lower, _ in blocks], heights),
        np.repeat([upper for _, _, upper in blocks], heights),
        whole,
    )


def write(path: Path, rows: list[Row]) -> None:
    """Write the table as CSV or, for any other ending, as Markdown."""
    if path.suffix == ".csv":
        with path.open("w", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(HEADINGS)
            writer.writerows(row.cells for row in rows)
        return
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(row.cells) + " |" for row in rows]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
