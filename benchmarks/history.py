"""Speed by commit: ``python -m benchmarks.history [COMMIT ...]``.

Each commit is unpacked and solves the same rows, every one in a process of its own and some times;
the regions are those of the oldest commit of the table, which every later one reads. Rows stay in
``benchmarks/results/history.csv``, so that a run that was stopped goes on, with a page beside it
that says where the newest commit is slower than the one before by more than the noise that its own
runs show. Uncommitted changes are not measured.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.revisions import ROOT, git, revision, unpack

__all__ = ["Row", "main", "slower"]

OLDEST = "a9b9417"
TABLE = ROOT / "benchmarks" / "results" / "history.csv"
PAGE = TABLE.with_suffix(".md")
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "san_martin": ("san_martin", {"connected": False}),
    "san_martin, 4 h": ("san_martin", {"connected": False, "reach_hours": 4.0}),
    "san_martin, connected": ("san_martin", {"connected": True}),
    "san_martin, by town": ("san_martin", {"connected": False, "tariff_scope": "town"}),
    "pilot_nine": ("pilot_nine", {"connected": False}),
}
TIMES = 3
SOLVE = """
import json, resource, sys
import optimizer as op
folder, promises = sys.argv[1], json.loads(sys.argv[2])
region = op.read(folder)
region = region.replace(policy=region.policy.replace(**promises))
before = resource.getrusage(resource.RUSAGE_SELF)
plan = op.solve(region, method="columns", time_limit=120, threads=1)
after = resource.getrusage(resource.RUSAGE_SELF)
spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps([spent, plan.status, plan.objective]))
"""


@dataclass(frozen=True)
class Row:
    """One row at one commit: CPU seconds of a solve, least, middle and most of the runs."""

    commit: str
    day: str
    row: str
    cpu_least_s: float
    cpu_s: float
    cpu_most_s: float
    status: str
    objective: float


def measured(root: Path, regions: Path, name: str, commit: str, day: str) -> Row:
    """Solve one row some times by the code of a commit; the first run, which compiles, is left."""
    region, promises = ROWS[name]
    words = [sys.executable, "-c", SOLVE, str(regions / region), json.dumps(promises)]
    found = []
    for _ in range(1 + TIMES):
        place = {**os.environ, "PYTHONPATH": str(root)}
        done = subprocess.run(  # noqa: S603
            words, cwd=root, env=place, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return Row(commit, day, name, *[float("nan")] * 3, "error", float("nan"))
        found.append(json.loads(done.stdout.splitlines()[-1]))
    spent = sorted(float(one[0]) for one in found[1:])
    status, objective = found[-1][1:]
    middle = statistics.median(spent)
    times = (round(spent[0], 3), round(middle, 3), round(spent[-1], 3))
    return Row(commit, day, name, *times, str(status), round(float(objective), 2))


def slower(old: Row, new: Row) -> bool:
    """Return whether a row became slower by more than the noise of both: their runs lie apart.

    Examples
    --------
    >>> times = {"status": "optimal", "objective": 1.0}
    >>> old = Row("a", "", "row", 1.0, 1.1, 1.3, **times)
    >>> slower(old, Row("b", "", "row", 1.2, 1.4, 1.5, **times))
    False
    >>> slower(old, Row("b", "", "row", 1.4, 1.5, 1.6, **times))
    True
    """
    return new.cpu_least_s > old.cpu_most_s


def read_rows() -> list[Row]:
    """Return the rows of the table, none where there is none yet."""
    if not TABLE.is_file():
        return []
    kinds = {field.name: field.type for field in fields(Row)}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(**{k: float(v) if kinds[k] == "float" else v for k, v in one.items()})  # type: ignore[arg-type]
            for one in csv.DictReader(file)
        ]


def write_rows(rows: list[Row]) -> None:
    """Write the table, oldest commit first, and its page."""
    order = git("log", "--reverse", "--format=%H").decode().split()
    place = {name[:10]: k for k, name in enumerate(order)}
    rows.sort(key=lambda row: (place.get(row.commit, len(place)), list(ROWS).index(row.row)))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    PAGE.write_text("\n".join(page(rows)) + "\n", encoding="utf-8")


def page(rows: list[Row]) -> list[str]:
    """Return the lines of the page: CPU seconds by row and commit, and what became slower."""
    commits = list(dict.fromkeys((row.commit, row.day) for row in rows))
    cell = {(row.row, row.commit): row for row in rows}
    lines = [
        "# Speed by commit",
        "",
        f"CPU seconds of a solve by columns, one thread, middle of {TIMES} runs (least to most),",
        "by `python -m benchmarks.history`; never edited by hand.",
        "",
        "| row | " + " | ".join(f"{commit} ({day})" for commit, day in commits) + " |",
        "|---|" + "--:|" * len(commits),
    ]
    for name in ROWS:
        shown = [_shown(cell.get((name, commit))) for commit, _ in commits]
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    lines.append("")
    if len(commits) > 1:
        (old, _), (new, _) = commits[-2:]
        pairs = [(cell.get((name, old)), cell.get((name, new))) for name in ROWS]
        worse = [b.row for a, b in pairs if a and b and slower(a, b)]
        said = ", ".join(worse) or "nothing"
        lines.append(f"Slower at {new} than at {old} by more than the noise of their runs: {said}.")
    return lines


def _shown(row: Row | None) -> str:
    if row is None or row.status == "error":
        return "" if row is None else "error"
    mark = "" if row.status == "optimal" else f" {row.status}"
    return f"{row.cpu_s:.2f} ({row.cpu_least_s:.2f} to {row.cpu_most_s:.2f}){mark}"


def main() -> None:
    """Measure what the table lacks, and say where the newest commit is slower than noise."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    words.add_argument("commits", nargs="*", help=f"default: {OLDEST} and HEAD")
    words.add_argument("--again", action="store_true", help="replace rows of these commits")
    asked = words.parse_args()
    rows = read_rows()
    for given in asked.commits or [OLDEST, "HEAD"]:
        commit, day = revision(given)
        if asked.again:
            rows = [row for row in rows if row.commit != commit]
        known = {row.row for row in rows if row.commit == commit}
        if set(ROWS) <= known:
            continue
        with tempfile.TemporaryDirectory() as home:
            root, regions = Path(home) / "code", Path(home) / "data"
            unpack(commit, root, "optimizer", "instances")
            unpack(OLDEST, regions, "instances")
            for name in (name for name in ROWS if name not in known):
                rows.append(measured(root, regions / "instances", name, commit, day))
                print(rows[-1])
                write_rows(rows)
    print("\n".join(page(rows)))


if __name__ == "__main__":
    main()
