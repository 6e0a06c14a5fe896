"""The table of results: rows in a CSV, and the same as a page."""

from __future__ import annotations

import csv
import os
import platform
from importlib.metadata import version
from pathlib import Path

__all__ = ["COLUMNS", "read_rows", "versions", "write_page", "write_rows"]

Rows = dict[tuple[str, str], dict[str, str]]

COLUMNS = (
    "family",
    "instance",
    "towns",
    "candidate_seats",
    "operators",
    "published",
    "objective",
    "bound",
    "gap",
    "status",
    "agrees",
    "seconds",
    "cpu_s",
    "plain_cpu_s",
    "ratio",
    "method",
    "time_limit_s",
    "plain_limit_s",
    "load",
    "when",
    "versions",
)

ON_PAGE = tuple(
    column
    for column in COLUMNS
    if column not in {"time_limit_s", "plain_limit_s", "load", "when", "versions"}
)

INTRODUCTION = """# Public instances with known optima

Made by `python -m benchmarks.public_instances --plain --table benchmarks/results/\
public_instances.csv`; never edited by hand. The sources of the instances are named in
`benchmarks/README.md`.

- `published` is the best value in the literature; `inf` means published as infeasible.
- `status` is `optimal` or `infeasible` only where that is proven.
- `seconds` is wall time, `cpu_s` CPU time of the same run; `plain_cpu_s` is that of one HiGHS
  thread on the plain assignment model (without connectivity), `>` where it was stopped unproven.
- `ratio` is `plain_cpu_s` over `cpu_s`. Every run takes one thread; families ran side by side.
"""


def versions() -> str:
    """Return the versions that a row was made with."""
    parts = [f"Python {platform.python_version()}"]
    parts += [f"{name} {version(name)}" for name in ("highspy", "numpy", "scipy")]
    return ", ".join(parts)


def read_rows(path: Path) -> Rows:
    """Read the rows of a table, none when it does not exist."""
    if not path.exists():
        return {}
    with path.open(newline="") as lines:
        return {(row["family"], row["instance"]): row for row in csv.DictReader(lines)}


def write_rows(path: Path, rows: Rows) -> None:
    """Write the rows of a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())
    part.replace(path)


def write_page(path: Path, rows: Rows) -> None:
    """Write the rows as a page, with a summary of every family and how they were measured."""
    loads = [float(row["load"]) for row in rows.values()]
    cores = os.cpu_count()
    when = sorted(row["when"] for row in rows.values())
    lines = [
        INTRODUCTION,
        f"Measured {when[0]} to {when[-1]} (UTC) on a machine with {cores} cores shared with "
        f"other work: load average {min(loads):.1f} to {max(loads):.1f} at the start of the rows, "
        "so that wall times are longer than on a free machine. Time limits: "
        f"{_values(rows, 'time_limit_s')} s wall, plain model {_values(rows, 'plain_limit_s')} s. "
        f"{'; '.join(sorted({row['versions'] for row in rows.values()}))}.",
        "",
        "| family | instances | proven | proven and as published |",
        "|---|--:|--:|--:|",
    ]
    for family in dict.fromkeys(family for family, _ in rows):
        mine = [row for row in rows.values() if row["family"] == family]
        proven = sum(row["status"] in {"optimal", "infeasible"} for row in mine)
        yes = sum(row["agrees"] == "yes" for row in mine)
        lines.append(f"| {family} | {len(mine)} | {proven} | {yes} |")
    lines += ["", "| " + " | ".join(ON_PAGE) + " |", "|" + "---|" * len(ON_PAGE)]
    lines += ["| " + " | ".join(row[column] for column in ON_PAGE) + " |" for row in rows.values()]
    path.write_text("\n".join(lines) + "\n")


def _values(rows: Rows, column: str) -> str:
    found = {row[column] for row in rows.values() if row[column]}
    return " or ".join(sorted(found, key=float)) or "not run"
