"""The committed reference results are what the engine says today."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from benchmarks import reference
from optimizer.instance.instance import Instance
from optimizer.instance.sources.sao_paulo import larger_models, sao_paulo
from optimizer.plan.plan import Plan
from tests.test_sources import DATA, needs_tables

SAO_PAULO = reference.FOLDER.parent / "sao_paulo"
GROUPINGS = {
    "units of PL 251/2021": "urae_pl251",
    "river basins": "river_basins",
    "immediate regions": "immediate_regions",
}


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return reference.named_plans(op.read("instances/san_martin"))


def compare(made: pd.DataFrame, name: str, folder: Path) -> None:
    """Compare a table with the committed one, after a turn through CSV; digits may differ by 1."""
    path = folder / f"{name}.csv"
    reference.write_table(made, path)
    kept = pd.read_csv(reference.FOLDER / f"{name}.csv")
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


def decimals(column: pd.Series) -> int:
    if pd.api.types.is_integer_dtype(column):
        return 0
    return max(len(str(value).partition(".")[2]) for value in column)


def test_plans_of_san_martin(plans: dict[str, Plan], tmp_path: Path) -> None:
    comparison = op.compare(plans)
    compare(reference.comparison_table(comparison), "comparison", tmp_path)
    for name, table in reference.plan_tables(plans["optimal"]).items():
        compare(table, name, tmp_path)


def test_frontiers_of_san_martin(plans: dict[str, Plan], tmp_path: Path) -> None:
    for name, table in reference.frontier_tables(plans["optimal"].instance).items():
        compare(table, name, tmp_path)


def test_alternatives_of_san_martin(plans: dict[str, Plan], tmp_path: Path) -> None:
    compare(reference.alternatives_table(plans["optimal"]), "alternatives", tmp_path)


def test_larger_models_have_no_further_scale() -> None:
    """Overhead per connection at the largest size is the utility branch's: 60,000 / 60,000."""
    given = pd.DataFrame(
        {"overhead_year": [6e4], "connections_least": [1e4], "connections_most": [6e4]},
        index=pd.Index(["utility branch"], name="operator_model"),
    )
    models = larger_models(given)
    assert (models["overhead_year"] / models["connections_most"]).tolist() == [1.0] * 5
    overlap = models["connections_least"].iloc[1:].to_numpy()
    assert (overlap < models["connections_most"].iloc[:-1].to_numpy()).all()


@pytest.fixture(scope="module")
def state() -> Instance:
    if not (DATA / "brazil_actual_blocks").is_dir():
        pytest.skip("the public tables (shared/data) are not beside the project")
    return sao_paulo(DATA)


@needs_tables
def test_sao_paulo_is_whole(state: Instance, tmp_path: Path) -> None:
    """645 municipalities; the law's four units have 370, 98, 35 and 142 of them."""
    assert len(state.towns) == 645
    assert state.boundaries is not None
    assert len(state.boundaries) == 645
    sizes = {name: labels.value_counts() for name, labels in state.groupings.items()}
    assert sorted(sizes["urae_pl251"]) == [35, 98, 142, 370]
    assert {name: len(found) for name, found in sizes.items()} == {
        "urae_pl251": 4,
        "river_basins": 22,
        "immediate_regions": 53,
    }
    again = op.read(op.write(state, tmp_path / "sao_paulo"))
    assert again.fingerprint() == state.fingerprint()


@needs_tables
@pytest.mark.parametrize("title", GROUPINGS)
def test_groupings_of_sao_paulo(state: Instance, title: str) -> None:
    plan = op.evaluate(state, GROUPINGS[title])
    kept = pd.read_csv(SAO_PAULO / "comparison.csv", index_col="plan").loc[title]
    assert plan.objective == pytest.approx(float(kept["objective"]), rel=1e-6)
    assert len(plan.areas) == int(kept["operators"])
    audit = plan.audit()
    assert audit.sound
    assert len(audit.broken_promises) == int(kept["broken_promises"])
    assert "reach" in set(audit.broken_promises["rule"])
