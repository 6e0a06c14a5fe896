"""Plans for uncertain data on fresh draws: ``python -m benchmarks.expected_plans``.

For each tariff rule and seed the plan of the given figures, the expected plan and every town alone
are judged on draws that no plan was made for: areas, seats and operator models stay, tariffs and
public money are set again. Rows are written at once to ``benchmarks/results/expected_plans.csv``, a
page beside it; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

import optimizer as op
from benchmarks.tables import versions
from optimizer.analysis.certainty.portfolio import plan_values
from optimizer.uncertainty.draws import draws_of

RESULTS = Path(__file__).parent / "results" / "expected_plans.csv"
FRESH = 200
EACH = 1.96


def _each(low: float, high: float) -> op.Uncertain:
    return op.Uncertain(distribution="uniform", low=low, high=high, each="town", absolute=True)


def _factor(low: float, high: float, each: str = "region") -> op.Uncertain:
    return op.Uncertain(distribution="uniform", low=low, high=high, each=each)


DATA = {
    "operation": op.Uncertain(distribution="lognormal", sd=0.35, each="town"),
    "replacement": op.Uncertain(distribution="lognormal", sd=0.35, each="town"),
    "collection_rate": _each(0.6, 0.95),
    "non_revenue_water": _each(0.25, 0.5),
    "consumption": _factor(11 / 15, 19 / 15, "town"),
    "overhead": op.Uncertain(distribution="lognormal", sd=0.5),
    "hours": op.Uncertain(distribution="lognormal", sd=0.15),
    "transition": _factor(0.5, 3.0),
    "trips": _factor(0.5, 2.0),
}
"""Errors of the data of small towns where little is measured."""
RULES: Mapping[str, dict[str, object]] = {
    "one price an area, public money x 3": {},
    "one price an area, public money x 1.2": {"public_money_price": 1.2},
    "a schedule per town": {"tariff_scope": "town"},
    "support up to 50 % for the poorest fifth": {
        "household_support_share": 0.5,
        "household_support_groups": ("q1",),
    },
}


@dataclass(frozen=True)
class Row:
    """A rule and a seed; money in millions a year, differences with half a 95 % interval."""

    rule: str
    seed: int
    draws: int
    status: str
    gap: float
    given_cpu_s: float
    expected_cpu_s: float
    objective: float
    alone: float
    given: float
    expected: float
    given_beats_alone: float
    expected_beats_alone: float
    alone_less_expected: float
    alone_half_width: float
    given_less_expected: float
    given_half_width: float
    wrong: str = ""


def row(rule: str, seed: int, *, region: str, draws: int, limit: float) -> Row:
    """Return one row."""
    base = op.read(region)
    policy = base.policy.replace(**RULES[rule])
    unsure = base.replace(
        policy=policy, uncertainty=op.Uncertainty(data=DATA, draws=draws, seed=seed)
    )
    plans, cpu = {"alone": op.evaluate(unsure, "alone")}, {}
    for name, objective in (("given", "given"), ("expected", "expected")):
        begin = time.process_time()
        asked = unsure.replace(policy=policy.replace(objective=objective))
        plans[name] = op.solve(asked, time_limit=limit)
        cpu[name] = time.process_time() - begin
    found = plan_values(unsure, plans, draws_of(unsure, draws=FRESH, seed=seed + 1000)) / 1e6

    def saved(name: str) -> tuple[float, float]:
        apart = (found[name] - found["expected"]).to_numpy(dtype=np.float64)
        return float(apart.mean()), float(EACH * apart.std(ddof=1) / np.sqrt(len(apart)))

    against_alone, against_given = saved("alone"), saved("given")
    return Row(
        rule=rule,
        seed=seed,
        draws=draws,
        status=plans["expected"].status,
        gap=plans["expected"].gap,
        given_cpu_s=round(cpu["given"], 2),
        expected_cpu_s=round(cpu["expected"], 2),
        objective=plans["expected"].objective / 1e6,
        alone=float(found["alone"].mean()),
        given=float(found["given"].mean()),
        expected=float(found["expected"].mean()),
        given_beats_alone=float((found["given"] < found["alone"]).mean()),
        expected_beats_alone=float((found["expected"] < found["alone"]).mean()),
        alone_less_expected=against_alone[0],
        alone_half_width=against_alone[1],
        given_less_expected=against_given[0],
        given_half_width=against_given[1],
    )


def main() -> None:
    """Compute the rows that are not in the table yet, and write the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.expected_plans", description=__doc__)
    words.add_argument("--region", default="instances/san_martin")
    words.add_argument("--draws", type=int, default=100)
    words.add_argument("--seeds", type=int, default=3)
    words.add_argument("--limit", type=float, default=300.0, help="seconds for each plan")
    words.add_argument("--table", type=Path, default=RESULTS)
    asked = words.parse_args()
    rows = _read(asked.table)
    for seed in range(asked.seeds):
        for rule in RULES:
            if (rule, str(seed), str(asked.draws)) in rows:
                continue
            made = row(rule, seed, region=asked.region, draws=asked.draws, limit=asked.limit)
            print(made, flush=True)
            rows[rule, str(seed), str(asked.draws)] = {k: str(v) for k, v in asdict(made).items()}
            _write(asked.table, rows)
    asked.table.with_suffix(".md").write_text(_page(rows, asked.region), encoding="utf-8")


Rows = dict[tuple[str, str, str], dict[str, str]]


def _read(path: Path) -> Rows:
    if not path.exists():
        return {}
    with path.open(newline="") as lines:
        return {(r["rule"], r["seed"], r["draws"]): r for r in csv.DictReader(lines)}


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())


def _page(rows: Rows, region: str) -> str:
    """Return the page: a line for each rule and seed, and the sampling gap of each rule."""
    table = pd.DataFrame(list(rows.values()))
    numbers = table.columns.difference(["rule", "status", "wrong"])
    table[numbers] = table[numbers].apply(pd.to_numeric)
    lines = [
        "# Plans for uncertain data, on fresh draws",
        "",
        f"Made by `python -m benchmarks.expected_plans` on `{region}`, {versions()}. Means over "
        f"{FRESH} fresh draws in millions a year, public money weighted; differences are paired, "
        "with 95 % intervals. CPU seconds of the whole solve, on a machine that did other work.",
        "",
        "| rule | seed | status, gap | CPU s given / expected | alone | given | expected "
        "| beat alone: given, expected | alone less expected | given less expected |",
        "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {r.rule} | {r.seed} | {r.status}, {r.gap:.2%} | {r.given_cpu_s:.0f} / "
        f"{r.expected_cpu_s:.0f} | {r.alone:.2f} | {r.given:.2f} | {r.expected:.2f} "
        f"| {r.given_beats_alone:.0%}, {r.expected_beats_alone:.0%} "
        f"| {r.alone_less_expected:.2f} ± {r.alone_half_width:.2f} "
        f"| {r.given_less_expected:.2f} ± {r.given_half_width:.2f} |"
        for r in table.sort_values(["rule", "seed"]).itertuples()
    ]
    lines += [
        "",
        "Sampling gap (Mak, Morton, Wood 1999): the mean of the least means of the seeds is, in "
        "expectation, below the best expected cost; the plans' means on fresh draws are above it.",
        "",
        "| rule | below: mean of least means | above: mean on fresh draws | gap | standard error |",
        "|---|--:|--:|--:|--:|",
    ]
    for rule, some in table.groupby("rule"):
        gap = some["expected"] - some["objective"]
        error = gap.std(ddof=1) / np.sqrt(len(gap)) if len(gap) > 1 else np.nan
        lines.append(
            f"| {rule} | {some['objective'].mean():.2f} | {some['expected'].mean():.2f} "
            f"| {gap.mean():.2f} | {error:.2f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
