"""Builders from public tables: each step on small tables, then on the real ones where present."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.instance.reading.read import read
from optimizer.instance.schema.fields import OperatorModel
from optimizer.instance.sources.__main__ import main
from optimizer.instance.sources.brazil import brazil
from optimizer.instance.sources.brazil_travel import fitted_travel, straight_km
from optimizer.instance.sources.costs_from_snis import (
    ProviderFit,
    median_cost,
    provider_fit,
    town_costs,
    water_only_providers,
)
from optimizer.instance.sources.folder import csv_text, write_folder
from optimizer.instance.sources.peru import peru
from optimizer.instance.sources.peru_roads import RoadNetwork, road_network
from optimizer.instance.sources.peru_tables import neighbours_across_gaps, town_names
from optimizer.instance.sources.peru_text import model_table
from optimizer.instance.sources.pilot_nine import DETOUR_FACTOR, SPEED_KM_H, pilot_nine
from optimizer.instance.sources.poverty_line import poverty_line
from optimizer.instance.sources.san_martin import san_martin, san_martin_utilities
from tests.paths import ROOT

PROJECT = ROOT
DATA = PROJECT.parent / "shared" / "data"
BUNDLED = PROJECT / "instances"

needs_tables = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public tables (shared/data) are not beside the project"
)


def test_fit_ignores_a_provider_with_wrong_accounts() -> None:
    size = np.array([200.0, 500.0, 1000.0, 3000.0, 9000.0, 15000.0])
    cost = 40_000.0 + 300.0 * size
    cost[2] *= 9.0
    fixed, each = median_cost(pd.DataFrame({"connections": size, "cost_year": cost}))
    assert fixed == pytest.approx(40_000.0, rel=1e-3)
    assert each == pytest.approx(300.0, rel=1e-3)


def test_town_costs_by_hand() -> None:
    # 0.72 x 1.0787 x 1.0626 = 0.82529 soles of 2023 per real of 2021.
    # fixed: sqrt(50,000 x 128,000) = 80,000 -> 66,023 - 35,000 = 31,023 -> 30,000
    # each: mean(300, 280) x 0.82529 x 0.6 = 143.6 - 12 = 131.6 -> 130
    # volume: 0.24 x 0.82529 = 0.198 -> 0.20
    costs = town_costs(ProviderFit(500, (50_000.0, 128_000.0), (300.0, 280.0), 0.4, 0.24))
    assert costs.fixed_cost_year == 30_000.0
    assert costs.connection_cost_year == 130.0
    assert costs.volume_cost_m3 == 0.2


def test_neighbours_are_joined_across_one_gap_but_not_two() -> None:
    # a - b - x - c - x2 - x3 - d, with x, x2, x3 left out; and a - x too.
    borders = ["a b 1", "b x 2", "a x 2", "c x 3", "c x2 1", "x2 x3 1", "d x3 1"]
    pairs = pd.DataFrame(
        [border.split() for border in borders], columns=["town_a", "town_b", "shared_border_km"]
    ).astype({"shared_border_km": float})
    joined = neighbours_across_gaps(pairs, pd.Index(["a", "b", "c", "d"]))
    found = {(row.town_a, row.town_b): row.shared_border_km for row in joined.itertuples()}
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert found["a", "b"] == 1.0
    assert np.isnan(found["a", "c"])
    assert np.isnan(found["b", "c"])


def test_names_tell_the_district_only_where_it_differs() -> None:
    table = pd.DataFrame(
        {"capital_legal": ["Santa Lucía", "Roque"], "distrito": ["Santa Lucia", "Alonso"]}
    )
    assert town_names(table).tolist() == ["Santa Lucía", "Roque (Alonso)"]


@pytest.fixture
def crossroads() -> RoadNetwork:
    """Three towns on a cross of a national and a local road, with a detour that is faster.

    Nodes 0-3 are road nodes, 4-6 the towns A (at 0), B (at 2), C (at 3). From A to B: 0-1-2 is
    20 km of local road (1.0 h); 0-3-2 is 40 km of national road (0.8 h).
    """
    ends = [(0, 1), (1, 2), (0, 3), (2, 3), (0, 4), (2, 5), (3, 6)]
    km = np.array([10.0, 10.0, 20.0, 20.0, 1.5, 1.5, 1.5])
    classes = ["local", "local", "national", "national", "access", "access", "access"]
    speed = np.array([20.0, 20.0, 50.0, 50.0, 15.0, 15.0, 15.0])
    xy = [(-76.0, -6.0), (-75.95, -6.0), (-75.9, -6.0), (-75.95, -6.1)]
    xy += [(-76.01, -6.0), (-75.89, -6.0), (-75.95, -6.11)]
    return RoadNetwork(
        towns=pd.Index(["A", "B", "C"]),
        xy=np.array(xy),
        ends=np.array(ends),
        km=km,
        hours=km / speed,
        road_class=np.array(classes),
    )


def test_travel_takes_the_fastest_way_and_its_own_km(crossroads: RoadNetwork) -> None:
    travel = crossroads.travel().set_index(["origin", "destination"])
    assert travel.loc[("A", "B"), "hours"] == pytest.approx(0.1 + 0.8 + 0.1)
    assert travel.loc[("A", "B"), "km"] == pytest.approx(1.5 + 40.0 + 1.5)
    assert travel.loc[("A", "C"), "hours"] == pytest.approx(0.1 + 0.4 + 0.1)


def test_drawn_roads_are_the_used_ones_and_keep_their_time(crossroads: RoadNetwork) -> None:
    roads = crossroads.schematic(hours_most=2.0, tolerance_m=50.0, crs="EPSG:32718")
    # The local road is on no fastest way; the national road ends at C's junction, so two lines.
    assert sorted(roads["road_class"]) == ["access"] * 3 + ["national"] * 2
    km = roads.to_crs("EPSG:32718").length / 1000.0
    national = (roads["road_class"] == "national").to_numpy()
    hours = km[national] / roads["speed_km_h"][national]
    assert hours.tolist() == pytest.approx([0.4, 0.4], rel=0.01)


def test_csv_text_rounds_and_keeps_gaps() -> None:
    table = pd.DataFrame({"town": ["a", "b"], "km": [1.26, float("nan")]})
    assert csv_text(table, {"km": 1}) == "town,km\na,1.3\nb,\n"


def test_brazilian_pairs_use_the_mean_of_two_states_and_stop_at_the_limit() -> None:
    towns = pd.DataFrame(
        {
            "town": ["a", "b", "c"],
            "uf": ["X", "Y", "Y"],
            "lon": [0.0, 1.0, 3.0],
            "lat": [0.0, 0.0, 0.0],
        }
    )
    speeds = pd.DataFrame({"circuity": [1.2, 1.6], "speed_km_h": [50.0, 70.0]}, index=["X", "Y"])
    travel = fitted_travel(towns, speeds, hours_most=4.0)
    # a-b: 111.32 km x 1.4 / 60 = 2.60 h; b-c: 222.64 x 1.6 / 70 = 5.09 h and a-c are too far.
    assert travel[["origin", "destination"]].to_numpy().tolist() == [["a", "b"]]
    assert travel["hours"].iloc[0] == pytest.approx(111.32 * 1.4 / 60.0, rel=1e-3)


def test_operator_models_are_records_in_growing_order() -> None:
    rows = model_table().to_dict("records")
    models = [
        OperatorModel.model_validate({k: v for k, v in row.items() if not pd.isna(v)})
        for row in rows
    ]
    overheads = [model.overhead_year for model in models]
    assert overheads == sorted(overheads)
    for small, large in pairwise(models):
        assert large.connections_least <= small.connections_most  # no size without a model


def test_the_command_names_a_missing_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["san_martin", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert code == 3
    assert "peru_districts_joined.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@needs_tables
def test_snis_fit_gives_the_known_figures() -> None:
    # Known from the same table: 527 providers, 43,700 + 323 per connection.
    fit = provider_fit(water_only_providers(DATA))
    assert fit.providers == 527
    assert fit.fixed_year[0] == pytest.approx(43_700.0, rel=0.002)
    assert fit.connection_year[0] == pytest.approx(322.6, rel=0.002)


@needs_tables
def test_poverty_line_is_the_2018_line_at_2023_prices() -> None:
    assert poverty_line(DATA, "Selva") == 372.0  # 287 x 446 / 344 = 372.1
    assert poverty_line(DATA, "Peru") == 446.0


@needs_tables
@pytest.mark.parametrize("builder", [san_martin, pilot_nine, san_martin_utilities])
def test_the_bundled_region_is_what_its_builder_writes(
    builder: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    name = builder.__name__
    write_folder(builder(DATA), tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in (BUNDLED / name).iterdir() if path.is_file())
    for file in written:
        new = (tmp_path / file).read_text(encoding="utf-8")
        assert new == (BUNDLED / name / file).read_text(encoding="utf-8"), file


@needs_tables
def test_road_hours_agree_with_the_published_table() -> None:
    # The table has whole minutes, at the same assumed speeds.
    towns = pd.read_csv(BUNDLED / "san_martin" / "towns.csv", dtype={"town": "str"})
    travel = road_network(DATA, towns).travel()
    path = DATA / "peru_roads_mtc" / "san_martin_od_78.csv"
    table = pd.read_csv(path, dtype={"ubigeo_a": "str", "ubigeo_b": "str"})
    table = table.set_index(["ubigeo_a", "ubigeo_b"])["minutos_supuestos"]
    minutes = table.loc[pd.MultiIndex.from_frame(travel[["origin", "destination"]])]
    assert (travel["hours"].to_numpy() * 60.0 - minutes.to_numpy()) == pytest.approx(0.0, abs=0.6)


@needs_tables
def test_detour_and_speed_are_those_of_san_martin() -> None:
    region = read(BUNDLED / "san_martin")
    table = region.travel_table
    near = table[table["hours"] <= 4.0].reset_index()
    place = region.towns
    straight = straight_km(
        place["lon"].loc[near["origin"]].to_numpy(),
        place["lat"].loc[near["origin"]].to_numpy(),
        place["lon"].loc[near["destination"]].to_numpy(),
        place["lat"].loc[near["destination"]].to_numpy(),
    )
    assert np.median(near["km"] / straight) == pytest.approx(DETOUR_FACTOR, rel=0.05)
    assert np.median(near["km"] / near["hours"]) == pytest.approx(SPEED_KM_H, rel=0.05)


@needs_tables
def test_all_peru() -> None:
    region = peru(DATA)
    assert len(region.towns) == 578
    assert region.towns["name"].is_unique
    assert (region.towns["zone"] == "San Martín").sum() == 47
    assert len(peru(DATA, people_least=500, people_most=np.inf).towns) == 1386
    with pytest.raises(ValueError, match="no such department: Sanmartin"):
        peru(DATA, departments=["Sanmartin"])


@needs_tables
def test_one_state_of_brazil() -> None:
    region = brazil(DATA, state="AL")
    assert len(region.towns) == 82
    assert set(region.towns["zone"]) == {"AL"}
    hours = region.travel_table["hours"]
    assert hours.between(0.01, 2.5).all()
    assert not region.travel.derive_missing
    with pytest.raises(ValueError, match="no municipality of ZZ"):
        brazil(DATA, state="ZZ")
