"""Random regions by both methods and by brute force: ``python -m benchmarks.brute_force``.

Every row is written at once to ``benchmarks/results/brute_force.csv`` with a page beside it; a run
that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
import math
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from benchmarks.brute_force.compare import SECONDS, Row, compare
from benchmarks.tables import versions

RESULTS = Path(__file__).parents[1] / "results" / "brute_force.csv"
AT_ONCE = 20

Cells = dict[int, dict[str, object]]


def main() -> None:
    """Compare the regions that are not in the table yet."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.brute_force", description=__doc__)
    words.add_argument("--regions", type=int, default=1_200, help="so many regions")
    words.add_argument("--first", type=int, default=0, help="number of the first one")
    words.add_argument("--workers", type=int, default=1, help="processes side by side")
    words.add_argument("--table", type=Path, default=RESULTS, help="where the rows are kept")
    words.add_argument("--again", action="store_true", help="rows that are there too")
    words.add_argument("--wrong", action="store_true", help="rows that disagreed, once more")
    asked = words.parse_args()
    rows = _read(asked.table)
    seeds = [
        seed
        for seed in range(asked.first, asked.first + asked.regions)
        if asked.again or seed not in rows or (asked.wrong and rows[seed]["wrong"])
    ]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(asked.workers, mp_context=spawn) as pool:
        waiting = [pool.submit(compare, seed) for seed in seeds]
        for done, future in enumerate(as_completed(waiting), 1):
            row = future.result()
            rows[row.region] = row.cells()
            if row.wrong:
                print(f"region {row.region} ({row.promises}): {row.wrong}", flush=True)
            if done % AT_ONCE == 0 or done == len(waiting):
                _write(asked.table, rows)
    print(_summary(list(rows.values())))


def _read(path: Path) -> Cells:
    if not path.exists():
        return {}
    with path.open(newline="") as lines:
        return {int(row["region"]): dict(row) for row in csv.DictReader(lines)}


def _write(path: Path, rows: Cells) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    ordered = [rows[seed] for seed in sorted(rows)]
    with part.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, Row.names(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)
    part.replace(path)
    path.with_suffix(".md").write_text(_page(ordered), encoding="utf-8")


def _summary(rows: list[dict[str, object]]) -> str:
    bad = sum(bool(row["wrong"]) for row in rows)
    none = sum(math.isinf(float(str(row["expected"]))) for row in rows)
    late = sum(bool(row["stopped"]) for row in rows)
    return (
        f"{len(rows)} regions, {none} of them without any plan that keeps every promise: "
        f"{len(rows) - bad} where nothing disagrees with brute force, {bad} where a method does; "
        f"in {late} of all a method reached its {SECONDS:g} s, with a true bound unless listed."
    )


def _page(rows: list[dict[str, object]]) -> str:
    seconds = sum(float(str(row["cpu_s"])) for row in rows)
    lines = [
        "# Both methods against brute force",
        "",
        "Made by `python -m benchmarks.brute_force`; never edited by hand. Brute force tries every "
        "partition, seat and operator model of a random region of three to six towns, and finds "
        "the tariffs by one plain linear programme for each group (or by trying the whole menu "
        "where demand responds), written from `optimizer/model/formulation.md` and the region's "
        "own tables; it shares no code with the methods. Equal means status, objective within one "
        "millionth, and a bound that is neither above nor below. Of every fifth region the whole "
        "answer is looked at too: the plan with its audit, or the reasons why there is none.",
        "",
        f"**{_summary(rows)}** {seconds:,.0f} s of CPU, {versions()}.",
        "",
        "| promise or rule | regions | without a plan | disagree |",
        "|---|--:|--:|--:|",
    ]
    names = dict.fromkeys(name for row in rows for name in str(row["promises"]).split(", "))
    for name in sorted(names):
        mine = [row for row in rows if name in str(row["promises"]).split(", ")]
        none = sum(math.isinf(float(str(row["expected"]))) for row in mine)
        bad = sum(bool(row["wrong"]) for row in mine)
        lines.append(f"| {name} | {len(mine)} | {none} | {bad} |")
    faults = [row for row in rows if row["wrong"]]
    if faults:
        lines += ["", "| region | promises | disagrees |", "|--:|---|---|"]
        lines += [f"| {row['region']} | {row['promises']} | {row['wrong']} |" for row in faults]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
