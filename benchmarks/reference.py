"""Reference results of San Martin: ``python -m benchmarks.reference`` writes them again.

The tables in ``results/reference/san_martin`` are what the engine says of the bundled region; a
test makes them again and compares. Where a change of the engine or of the data moves them on
purpose, they are written again and the change log says so.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

import optimizer as op
from optimizer.analysis.compare.compare import Comparison
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan

__all__ = [
    "COUNTS",
    "FOLDER",
    "SHARES",
    "alternatives_table",
    "comparison_table",
    "frontier_tables",
    "named_plans",
    "plan_tables",
    "write_table",
]

FOLDER = Path(__file__).resolve().parents[1] / "results" / "reference" / "san_martin"
COUNTS = (12, 15, 19, 24, 38)
SHARES = (0.03, 0.04, 0.05)

_COMPARED = [
    "status",
    "objective",
    "requirement_year",
    "public_money_year",
    "requirement_saved_year",
    "public_money_saved_year",
    "operators",
    "towns_moved",
    "burden_worst",
    "bill_mean_month",
    "travel_hours_mean",
    "travel_hours_most",
]
_ALONG = [
    "status",
    "objective",
    "requirement_year",
    "public_money_year",
    "operators",
    "burden_worst",
    "bill_mean_month",
    "travel_hours_mean",
]
_DECIMALS = {
    "operating_subsidy_year": 0,
    "bill_month": 2,
    "burden_worst": 4,
    "travel_hours": 3,
    "reach_hours": 3,
    "travel_hours_mean": 3,
    "travel_hours_most": 3,
    "bill_mean_month": 2,
    "bill_change_month": 2,
    "gap": 4,
    "more_share": 5,
    "pair_distance": 4,
}
"""Decimals of a column; money per year is written in whole units."""


def named_plans(region: Instance) -> dict[str, Plan]:
    """Return the plans that are compared: alone, province by province, together, optimal."""
    return {
        "alone": op.evaluate(region, "alone"),
        "province by province": op.evaluate(region, region.towns["zone"]),
        "together": op.evaluate(region, "together"),
        "optimal": op.solve(region),
    }


def comparison_table(comparison: Comparison) -> pd.DataFrame:
    """Return the key figures of the plans and how many promises each breaks; index ``plan``."""
    broken = {name: len(plan.audit().broken_promises) for name, plan in comparison.plans.items()}
    table = comparison.savings[_COMPARED].copy()
    table["broken_promises"] = pd.Series(broken).reindex(table.index)
    return table


def plan_tables(plan: Plan) -> dict[str, pd.DataFrame]:
    """Return the areas and towns of a plan, without what follows from other columns."""
    areas = plan.areas[
        [
            "seat_name",
            "operator_model",
            "town_count",
            "connections",
            "reach_hours",
            "requirement_year",
            "operating_subsidy_year",
            "burden_worst",
        ]
    ]
    towns = pd.DataFrame(plan.towns)[
        ["name", "service_area", "travel_hours", "bill_month", "bill_change_month", "gains"]
    ]
    return {"optimal_areas": areas, "optimal_towns": towns}


def frontier_tables(region: Instance) -> dict[str, pd.DataFrame]:
    """Return the frontiers over the number of operators and over the affordability limit."""
    counts = op.frontier(region, over="operator_count", values=COUNTS)
    shares = op.frontier(region, over="affordable_share", values=SHARES)
    return {
        "frontier_operator_count": counts.table[_ALONG],
        "frontier_affordable_share": shares.table[_ALONG],
    }


def alternatives_table(plan: Plan) -> pd.DataFrame:
    """Return two really different groupings that cost at most 1 % more; index ``plan``."""
    found = op.alternatives(plan.instance, within=0.01, count=2, solves=4, best=plan)
    return found.table


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV with sensible digits, the same bytes on every machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digits: Mapping[str, int] = {
        str(c): _DECIMALS.get(str(c), 0) for c in table.select_dtypes("number").columns
    }
    shown = table.copy()
    for column, places in digits.items():
        shown[column] = ["" if pd.isna(v) else f"{v:.{places}f}" for v in table[column]]
    shown.to_csv(path, lineterminator="\n", encoding="utf-8")


def main() -> int:
    """Write every reference table."""
    region = op.read(FOLDER.parents[2] / "instances" / "san_martin")
    plans = named_plans(region)
    tables = {
        "comparison": comparison_table(op.compare(plans)),
        **plan_tables(plans["optimal"]),
        **frontier_tables(region),
        "alternatives": alternatives_table(plans["optimal"]),
    }
    for name, table in tables.items():
        write_table(table, FOLDER / f"{name}.csv")
        sys.stdout.write(f"{FOLDER / name}.csv: {len(table)} rows\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
