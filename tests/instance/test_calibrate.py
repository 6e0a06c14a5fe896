"""Costs from tables of providers: known answers, outliers, what may not matter, what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import optimizer as op
from optimizer.cli.app import app
from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.calibrate.least_error import elasticity, fit_costs, fit_money
from optimizer.instance.calibrate.limits_of_data import scale_shows
from optimizer.instance.schema.fields import Costs
from tests.paths import SHARED

DATA = SHARED / "data"
SNIS = DATA / "brazil_snis_2021" / "snis_prestadores_2021.csv.gz"
SNIS_COLUMNS = {
    "connections": "AG002",
    "operating_cost_year": "FN015",
    "volume_m3_year": "AG006",
    "service": "tipo_servico",
    "staff": "FN026",
}


def providers(count: int = 80, *, outliers: float = 0.2, seed: int = 1) -> pd.DataFrame:
    """Cost = 40,000 + 60 per connection + 0.5 per m3, but for a share of wildly wrong accounts.

    Connections and m3 per connection vary independently, so that all three can be told apart.
    """
    rng = np.random.default_rng(seed)
    size = np.exp(rng.uniform(np.log(200.0), np.log(15_000.0), count)).round()
    m3 = size * rng.uniform(60.0, 360.0, count)
    cost = 40_000.0 + 60.0 * size + 0.5 * m3
    wrong = rng.permutation(count) < outliers * count
    cost = np.where(wrong, cost * rng.choice([0.1, 20.0], count), cost)
    return pd.DataFrame({"connections": size, "volume_m3_year": m3, "operating_cost_year": cost})


def test_three_costs_are_recovered_with_a_fifth_of_wrong_accounts() -> None:
    found = op.calibrate(providers(), draws=30)
    assert found.fits[""].volume == "fitted"
    assert found.costs["fixed_cost_year"] == pytest.approx(40_000.0, rel=1e-3)
    assert found.costs["connection_cost_year"] == pytest.approx(60.0, rel=1e-3)
    assert found.costs["volume_cost_m3"] == pytest.approx(0.5, rel=1e-3)
    assert len(found.fits[""].rows) == 80


def test_least_absolute_errors_by_hand() -> None:
    # Sizes 1, 2, 3; costs 3, 4, 9. A line through two points misses the third by: (1,2) -> 5 at 3,
    # misses 4; (1,3) -> 6 at 2, misses 2; (2,3) has a fixed cost of -6, not allowed. With fixed
    # cost 0: slope 3 misses 2 at 2; any other slope misses more. Both ways the least sum is 2.
    terms = np.column_stack([np.ones(3), [1.0, 2.0, 3.0]])
    cost = np.array([3.0, 4.0, 9.0])
    found = fit_money(terms, cost, np.ones(3))
    assert np.abs(cost - terms @ found).sum() == pytest.approx(2.0)
    assert (found >= 0).all()


def test_log_errors_by_hand() -> None:
    # One term: the factor is the median of cost / size = 2, 3, 50; weights 1, 1, 3 make it 50.
    size = np.array([[1.0], [2.0], [4.0]])
    cost = np.array([2.0, 6.0, 200.0])
    assert fit_costs(size, cost, np.ones(3))[0] == pytest.approx(3.0)
    assert fit_costs(size, cost, np.array([1.0, 1.0, 3.0]))[0] == pytest.approx(50.0)
    # Fixed 10 and 1 per connection passes through four of five points.
    terms = np.column_stack([np.ones(5), [10.0, 30.0, 60.0, 90.0, 190.0]])
    line = np.array([20.0, 40.0, 700.0, 100.0, 200.0])
    assert fit_costs(terms, line, np.ones(5)) == pytest.approx([10.0, 1.0], rel=1e-6)


def test_no_better_costs_exist_on_a_fine_grid() -> None:
    """Brute force: no fixed cost and slope on a fine grid have a smaller error than the fit."""
    rng = np.random.default_rng(3)
    size = np.exp(rng.uniform(5.0, 9.0, 25))
    cost = (30e3 + 50.0 * size) * np.exp(rng.normal(0.0, 0.6, 25))
    terms = np.column_stack([np.ones(25), size])
    best = fit_costs(terms, cost, np.ones(25))
    own = np.abs(np.log(cost) - np.log(terms @ best)).sum()
    fixed, slope = np.meshgrid(np.linspace(0.0, 2e5, 401), np.linspace(0.5, 150.0, 400))
    fitted = fixed[..., None] + slope[..., None] * size
    assert own <= np.abs(np.log(cost) - np.log(fitted)).sum(axis=-1).min() + 1e-9


def test_dearer_when_larger_is_said_and_the_fixed_cost_is_zero() -> None:
    size = np.geomspace(100.0, 10_000.0, 40)
    noise = np.exp(np.random.default_rng(0).normal(0.0, 0.1, 40))
    table = pd.DataFrame({"connections": size, "operating_cost_year": size**1.3 * noise})
    found = op.calibrate(table, draws=30)
    assert found.costs["fixed_cost_year"] == 0.0
    assert not scale_shows(found.fits[""])
    assert "larger providers cost more per connection" in found.findings[0]
    assert elasticity(size, size**1.3, np.ones(40)) == pytest.approx(1.3)


def test_volume_that_moves_with_connections_is_not_told_apart() -> None:
    table = providers(outliers=0.0)
    rng = np.random.default_rng(5)
    table["volume_m3_year"] = 180.0 * table["connections"]
    table["operating_cost_year"] *= np.exp(rng.normal(0.0, 0.3, len(table)))
    found = op.calibrate(table, draws=30)
    assert found.fits[""].volume == "not told apart"
    assert found.costs["volume_cost_m3"] == 0.0
    assert any("cannot be told from the cost per connection" in text for text in found.findings)
    measured = op.calibrate(table.assign(volume_cost_year=0.2 * table["volume_m3_year"]), draws=30)
    assert measured.costs["volume_cost_m3"] == pytest.approx(0.2)


def test_services_are_fitted_apart() -> None:
    water = providers(outliers=0.0).assign(service="water")
    both = water.assign(service="both", operating_cost_year=2.0 * water["operating_cost_year"])
    few = water.head(3).assign(service="sewer")
    found = op.calibrate(pd.concat([water, both, few]), service="both", draws=20)
    assert found.costs["connection_cost_year"] == pytest.approx(120.0, rel=1e-3)
    assert found.intervals.loc[("water", "connection_cost_year"), "value"] == pytest.approx(60.0)
    assert found.dropped["providers"].to_dict() == {
        "service with fewer than 12 providers (sewer)": 3
    }
    with pytest.raises(PolicyError, match="'sewer' has only 3 providers"):
        op.calibrate(pd.concat([water, few]), service="sewer", draws=30)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 1000))
def test_money_scales_only_money_and_order_and_names_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = providers(40, seed=seed).drop(columns="volume_m3_year")
    table["operating_cost_year"] *= np.exp(rng.normal(0.0, 0.2, 40))
    table["provider"] = [f"p{k}" for k in range(40)]
    first = op.calibrate(table, draws=20)
    dearer = table.assign(operating_cost_year=1000.0 * table["operating_cost_year"])
    scaled = op.calibrate(dearer, draws=20)
    money = ["fixed_cost_year", "connection_cost_year"]
    one, other = first.intervals.loc[""], scaled.intervals.loc[""]
    np.testing.assert_allclose(other.loc[money], 1000.0 * one.loc[money], rtol=1e-4, atol=1e-2)
    rest = ["fixed_share", "elasticity"]
    np.testing.assert_allclose(other.loc[rest], one.loc[rest], rtol=1e-4, atol=1e-6)
    mixed = table.sample(frac=1.0, random_state=seed).assign(provider="the same")
    pd.testing.assert_frame_equal(op.calibrate(mixed, draws=20).intervals, first.intervals)


def test_seed_repeats_and_interval_holds_the_truth() -> None:
    table = providers(outliers=0.0).drop(columns="volume_m3_year")
    rng = np.random.default_rng(2)
    true = 40_000.0 + 100.0 * table["connections"]
    table["operating_cost_year"] = true * np.exp(rng.normal(0.0, 0.3, len(table)))
    one, two = (op.calibrate(table, draws=40, seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(one.intervals, two.intervals)
    each = one.fits[""].interval("connection_cost_year")
    assert each.low < 100.0 < each.high


def test_every_problem_of_the_table_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("connections,operating_cost_year,staff\n10,many,1\n-5,100,2\n20,300,x\n")
    with pytest.raises(InstanceError) as caught:
        op.calibrate(path)
    told = {(p.line, p.column) for p in caught.value.problems}
    assert told == {(2, "operating_cost_year"), (3, "connections"), (4, "staff")}
    with pytest.raises(InstanceError, match="did you mean 'conections'") as caught:
        op.calibrate(pd.DataFrame({"conections": [1.0], "cost": [2.0]}))
    assert len(caught.value.problems) == 2
    regional = providers().assign(kind="regional")
    with pytest.raises(InstanceError, match="has no row with kind = local"):
        op.calibrate(regional, where={"kind": "local"})


def test_rows_left_out_are_counted_with_their_reason() -> None:
    table = providers(20, outliers=0.0)
    table.loc[0, "connections"] = np.nan
    table.loc[1, "operating_cost_year"] = 0.0
    table.loc[2, "connections"] = 90_000.0
    found = op.calibrate(table, limits=op.Limits(connections_most=20_000), draws=20)
    assert found.dropped["providers"].to_dict() == {
        "no connections given": 1,
        "no operating cost given": 1,
        "more than 20,000 connections": 1,
    }
    assert len(found.fits[""].rows) == 17
    with pytest.raises(InstanceError, match="a service needs at least 12"):
        op.calibrate(table.head(12))


def test_toml_is_a_section_of_an_instance_whatever_the_names_hold() -> None:
    table = providers(outliers=0.0).assign(service='water\n[policy]\nreach_hours = "x"')
    found = op.calibrate(table, overhead_year=15_000.0, money_factor=2.0, draws=20)
    content = tomllib.loads(found.to_toml())
    assert list(content) == ["costs"]
    costs = Costs.model_validate(content["costs"])
    assert costs.fixed_cost_year == pytest.approx(2.0 * (40_000.0 - 15_000.0), rel=1e-3)
    assert costs.connection_cost_year == pytest.approx(120.0, rel=1e-3)
    assert "15,000 a year of the fixed cost is taken out" in found.to_toml()


def test_the_command_writes_costs_and_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    table = providers(40, outliers=0.0).rename(columns={"connections": "AG002"})
    table.assign(note="not read").to_csv(path, index=False)
    out, picture = tmp_path / "new" / "costs.toml", tmp_path / "fit.svg"
    options = ["--column", "connections=AG002", "--draws", "20", "--write", str(out)]
    done = CliRunner().invoke(app, ["calibrate", str(path), *options, "--plot", str(picture)])
    assert done.exit_code == 0, done.output
    assert "what the table tells and what it cannot" in done.output
    assert tomllib.loads(out.read_text())["costs"]["connection_cost_year"] == 60.0
    assert "<svg" in picture.read_text()[:1000]
    wrong = CliRunner().invoke(app, ["calibrate", str(path), "--draws", "20"])
    assert wrong.exit_code == 3
    assert "connections" in wrong.output
    assert CliRunner().invoke(app, ["calibrate", str(path), "--column", "x"]).exit_code == 2


@pytest.mark.skipif(not SNIS.is_file(), reason="the public tables (shared/data) are not here")
def test_brazilian_water_providers_have_the_published_figures() -> None:
    """527 providers, 43,700 + 323 per connection, 413 a connection at 1,000-2,000 connections."""
    found = op.calibrate(
        SNIS,
        columns=SNIS_COLUMNS,
        where={"abrangencia": "Local"},
        service="Água",
        volume_factor=1000.0,
        limits=op.Limits(100.0, 20_000.0, 30.0, 5000.0),
        draws=40,
    )
    water, both = found.fits["Água"], found.fits["Água e Esgoto"]
    assert (len(water.rows), len(both.rows)) == (527, 578)
    assert found.costs["fixed_cost_year"] == pytest.approx(43_700.0, rel=2e-3)
    assert found.costs["connection_cost_year"] == pytest.approx(323.0, rel=2e-3)
    sizes = found.sizes.loc["Água"]
    assert sizes.loc["1,000-2,000", "unit_cost_median"] == pytest.approx(413.0, abs=1.0)
    assert scale_shows(water)
    assert not scale_shows(both)
    assert both.interval("elasticity").low > 1.0
    assert water.volume == "not told apart"


def test_cheaper_when_larger_without_a_fixed_cost_is_not_called_a_fixed_cost() -> None:
    """Energy takes more of a small provider's cost: all else is exactly 50 per connection."""
    size = np.geomspace(200.0, 9000.0, 40)
    energy = 40.0 * size**0.5
    table = pd.DataFrame(
        {
            "connections": size,
            "operating_cost_year": energy + 50.0 * size,
            "volume_m3_year": 180.0 * size,
            "volume_cost_year": energy,
        }
    )
    found = op.calibrate(table, draws=20)
    assert found.costs["fixed_cost_year"] == pytest.approx(0.0, abs=1.0)
    assert not scale_shows(found.fits[""])
    assert found.findings[0].startswith("Larger providers cost less per connection, but no fixed")
