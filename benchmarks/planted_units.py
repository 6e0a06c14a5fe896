"""Wrong units planted one at a time: how many of those that matter are stopped or asked about.

``python -m benchmarks.planted_units REGION...`` multiplies each numeric column of a region's
tables, reads it anew, and asks :func:`optimizer.plausibility`. What changes the cost of every town
alone, or of all together, by more than 5 % must be found; what cannot be read is stopped.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import optimizer as op

RESULTS = Path(__file__).parent / "results" / "planted_units.csv"
FACTORS = (60.0, 1 / 60, 1000.0, 1 / 1000)
HEADS, CENT, YEAR = 1 / 4, 100.0, 12.0
MATTERS = 0.05
PER_HEAD = ("income_month", "consumption_m3_month")
SHARES = ("collection_rate", "non_revenue_water", "gini", "poverty_rate")
TABLES = ("towns.csv", "households.csv", "customers.csv", "travel.csv")
SKIPPED = ("lon", "lat", "town", "share")


def factors_of(column: str) -> list[float]:
    """Return what a column is multiplied with, one at a time."""
    found = list(FACTORS)
    if column in PER_HEAD:
        found += [HEADS, YEAR]
    if column in SHARES:
        found += [CENT, 1 / CENT]
    if column.endswith("_year"):
        found += [1 / YEAR]
    return found


def planted(home: Path) -> Iterator[tuple[str, str, float, Path]]:
    """Yield file, column, factor and the folder of each wrong region."""
    for name in TABLES:
        file = home / name
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        for column in table.columns:
            numbers = pd.to_numeric(table[column], errors="coerce")
            if column in SKIPPED or not numbers.notna().any() or numbers.abs().sum() == 0:
                continue
            for factor in factors_of(column):
                wrong = (numbers * factor).map(lambda v: "" if pd.isna(v) else f"{v:.9f}")
                table.assign(**{column: wrong}).to_csv(file, index=False)
                yield name, column, factor, home
            file.write_text(text, encoding="utf-8")


def costs(region: op.Instance) -> list[float]:
    """Return the cost of every town alone, and of all together."""
    plans = [op.evaluate(region, way) for way in ("alone", "together")]
    return [float(plan.areas["requirement_year"].sum()) for plan in plans]


def main(folders: list[str]) -> None:
    """Plant, ask, and write the table."""
    rows = []
    for folder in folders:
        region = op.read(folder)
        first = op.plausibility(region)
        rows.append((region.name, "", "", 1.0, len(first.stops) + len(first.asks), 0.0))
        right = costs(region)
        with tempfile.TemporaryDirectory() as home:
            copy = op.write(region, Path(home) / "copy")
            for name, column, factor, place in planted(copy):
                try:
                    wrong = op.read(place)
                    told = op.plausibility(wrong)
                    found = len(told.stops) + len(told.asks)
                    change = _change(right, wrong)
                except op.OptimizerError:
                    found, change = 1, 1.0
                rows.append((region.name, name, column, factor, found, change))
        names = ["region", "file", "column", "factor", "found", "cost_change"]
        pd.DataFrame(rows, columns=names).to_csv(RESULTS, index=False, float_format="%.6g")
    table = pd.DataFrame(rows, columns=["region", "file", "column", "factor", "found", "change"])
    matter = table[(table["file"] != "") & (table["change"] > MATTERS)]
    share = (matter["found"] > 0).mean()
    print(f"{len(matter):,} plantings, {share:.1%} of those that matter found")
    print(matter[matter["found"] == 0].to_string())
    print(table[table["file"] == ""].to_string())


def _change(right: list[float], wrong: op.Instance) -> float:
    pairs = zip(right, costs(wrong), strict=True)
    return max(abs(after / before - 1.0) for before, after in pairs)


if __name__ == "__main__":
    main(sys.argv[1:])
