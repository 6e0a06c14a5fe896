"""The committed reference results are what the engine says today."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from benchmarks import reference
from optimizer.plan.plan import Plan


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return reference.named_plans(op.read("instances/san_martin"))


def compare(made: pd.DataFrame, kept: pd.DataFrame, folder: Path) -> None:
    """Compare a table with the committed one, after a turn through CSV; digits may differ by 1."""
    path = folder / "made.csv"
    reference.write_table(made, path)
    again = pd.read_csv(path)
    assert list(again.columns) == list(kept.columns)
    assert len(again) == len(kept)
    for column in kept.columns:
        if pd.api.types.is_numeric_dtype(kept[column]):
            step = 10.0 ** -decimals(kept[column])
            away = np.abs(again[column] - kept[column])
            assert (away <= 1.01 * step + 1e-6 * kept[column].abs()).all(), column
        else:
            assert again[column].tolist() == kept[column].tolist(), column


def committed(name: str) -> pd.DataFrame:
    return pd.read_csv(reference.FOLDER / f"{name}.csv")


def decimals(column: pd.Series) -> int:
    if pd.api.types.is_integer_dtype(column):
        return 0
    return max(len(str(value).partition(".")[2]) for value in column)


def test_plans_of_san_martin(plans: dict[str, Plan], tmp_path: Path) -> None:
    comparison = op.compare(plans)
    compare(reference.comparison_table(comparison), committed("comparison"), tmp_path)
    for name, table in reference.plan_tables(plans["optimal"]).items():
        compare(table, committed(name), tmp_path)


def test_frontiers_of_san_martin(plans: dict[str, Plan], tmp_path: Path) -> None:
    for name, table in reference.frontier_tables(plans["optimal"].instance).items():
        compare(table, committed(name), tmp_path)


def test_alternatives_of_san_martin(plans: dict[str, Plan], tmp_path: Path) -> None:
    compare(reference.alternatives_table(plans["optimal"]), committed("alternatives"), tmp_path)
