"""The committed tables of Sao Paulo are what the engine says of the public tables today."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import optimizer as op
from benchmarks.sao_paulo import (
    CUT,
    ENGINE,
    FOLDER,
    comparison_table,
    cut,
    engine_grouping,
    immediate_region_table,
    named_plans,
    per_town,
)
from optimizer.instance.instance import Instance
from optimizer.instance.sources.sao_paulo import larger_models, sao_paulo
from optimizer.plan.plan import Plan
from tests.analysis.test_reference_results import compare
from tests.instance.test_sources import DATA, needs_tables


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


def test_the_kept_grouping_is_whole() -> None:
    """645 municipalities in 235 areas; each area is named by its seat and has one model."""
    kept = engine_grouping()
    assert len(kept) == kept.index.nunique() == 645
    assert kept["operator"].nunique() == 235
    assert (kept["operator"][kept["operator"].unique()] == kept["operator"].unique()).all()
    assert len(kept.drop_duplicates()) == 235


@pytest.fixture(scope="module")
def state() -> Instance:
    if not (DATA / "brazil_actual_blocks").is_dir():
        pytest.skip("the public tables (shared/data) are not beside the project")
    return sao_paulo(DATA)


@pytest.fixture(scope="module")
def plans(state: Instance) -> dict[str, Plan]:
    return named_plans(state)


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
def test_every_row_of_the_comparison(plans: dict[str, Plan], tmp_path: Path) -> None:
    """All figures of all five rows; only status and gap of the engine's are those of a long run."""
    kept = pd.read_csv(FOLDER / "comparison.csv")
    made = comparison_table(plans)
    proof = kept["plan"] == ENGINE
    assert kept.loc[proof, "status"].tolist() == ["within_gap"]
    assert kept.loc[proof, "gap"].iloc[0] <= 0.01
    kept.loc[proof, ["status", "gap"]] = ["evaluated", float("nan")]
    compare(made.drop(columns="gap"), kept.drop(columns="gap"), tmp_path)


@needs_tables
def test_the_kept_plan_keeps_every_promise(plans: dict[str, Plan], state: Instance) -> None:
    """The grouping's best models are those of the long run, no rule is broken, no seat is better.

    Where both towns of an area serve it at the same cost either may be the seat.
    """
    kept, plan = engine_grouping(), plans[ENGINE]
    plan.audit().raise_for_failures()
    seated = state.policy.replace(fixed_seats=tuple(plan.areas.index))
    kept_seats = op.evaluate(state.replace(policy=seated), kept["operator"])
    assert kept_seats.areas["seat"].tolist() == kept_seats.areas.index.tolist()
    assert kept_seats.objective == pytest.approx(plan.objective, rel=1e-12)
    models = kept["operator"].map(plan.areas["operator_model"])
    assert models.tolist() == kept["operator_model"].tolist()


@needs_tables
def test_one_schedule_per_municipality(state: Instance, tmp_path: Path) -> None:
    region = per_town(state)
    made = {
        "alone": op.evaluate(region, "alone"),
        ENGINE: op.evaluate(region, engine_grouping()["operator"]),
    }
    kept = pd.read_csv(FOLDER / "comparison_schedule_per_town.csv")
    kept = kept[kept["plan"].isin(list(made))].reset_index(drop=True)
    compare(comparison_table(made).drop(columns="gap"), kept.drop(columns="gap"), tmp_path)


@needs_tables
def test_one_immediate_region_is_solved_from_scratch(state: Instance, tmp_path: Path) -> None:
    assert len(cut(state, "immediate_regions", CUT).towns) == 28
    made, kept = immediate_region_table(state), pd.read_csv(FOLDER / "immediate_region.csv")
    assert kept["status"].tolist() == ["evaluated", "evaluated", "optimal"]
    compare(made.drop(columns="gap"), kept.drop(columns="gap"), tmp_path)
