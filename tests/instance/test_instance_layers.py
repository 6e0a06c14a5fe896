"""Roads and boundaries: repaired and said, or refused with advice."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, MultiLineString, Point, Polygon, box

from optimizer.errors import InstanceError
from optimizer.geography import travel_pairs
from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.layers import clean_boundaries
from optimizer.instance.reading.read import read
from tests.support.instance_folder import TOML, folder_with

ROAD = LineString([(-76.1, -6.1), (-76.2, -6.2)])
BOX_A, BOX_B = box(-76.15, -6.15, -76.0, -6.0), box(-76.3, -6.3, -76.15, -6.15)
BOWTIE = Polygon([(-76.15, -6.15), (-76.0, -6.0), (-76.0, -6.15), (-76.15, -6.0)])


def with_layer(home: Path, layer: gpd.GeoDataFrame, name: str, toml: str = TOML) -> Path:
    folder = folder_with(home, {"instance.toml": toml})
    layer.to_file(folder / name, layer=name.partition(".")[0])
    return folder


def roads(
    *shapes: object, crs: str | None = "EPSG:4326", **columns: list[object]
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def areas(*shapes: object, towns: list[object] | None = None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"town": towns or ["A", "B"]}, geometry=list(shapes), crs="EPSG:4326")


def said(instance: Instance, table: str) -> dict[str, int]:
    return {d.how: d.count for d in instance.derived if d.table == table}


def refused(folder: Path) -> str:
    with pytest.raises(InstanceError) as caught:
        read(folder)
    return str(caught.value)


def test_roads_come_as_single_lines_in_degrees(tmp_path: Path) -> None:
    both = MultiLineString([[(-76.1, -6.1), (-76.15, -6.1)], [(-76.15, -6.1), (-76.2, -6.2)]])
    layer = roads(both, road_class=["paved"], speed_km_h=[50.0], surface=["x"]).to_crs("EPSG:32718")
    pair = read(with_layer(tmp_path, layer, "roads.gpkg"))
    assert pair.roads is not None
    assert pair.roads.crs == "EPSG:4326"
    assert list(pair.roads.columns) == ["speed_km_h", "road_class", "geometry"]
    assert pair.roads.geometry.geom_type.tolist() == ["LineString"] * 2
    assert pair.roads.geometry.iloc[0].coords[0] == pytest.approx((-76.1, -6.1))


def test_roads_without_speed_are_said(tmp_path: Path) -> None:
    plain = read(with_layer(tmp_path / "1", roads(ROAD), "roads.geojson"))
    assert said(plain, "roads") == {"no speed_km_h or road_class; 40 km/h from [travel]": 1}
    classes = roads(ROAD, ROAD, road_class=["paved", "dirt"])
    toml = TOML + "[travel.road_speeds_km_h]\npaved = 60\n"
    known = read(with_layer(tmp_path / "2", classes, "roads.gpkg", toml))
    assert said(known, "roads") == {"road class without a speed in [travel]; 40 km/h": 1}


def test_useless_rows_are_left_out_and_said(tmp_path: Path) -> None:
    layer = roads(ROAD, Point(-76.1, -6.1), None, speed_km_h=[40.0, 40.0, 40.0])
    pair = read(with_layer(tmp_path, layer, "roads.geojson"))
    assert said(pair, "roads") == {
        "rows without geometry left out": 1,
        "rows that are not lines left out": 1,
    }


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (roads(ROAD, speed=[40.0]), "roads.gpkg [speed_km_h]: has no column speed_km_h"),
        (roads(ROAD, speed_km_h=[-3.0]), "1 line without a usable speed, first '-3"),
        (roads(ROAD, speed_km_h=["fast"]), "first 'fast'"),
        (roads(ROAD, crs=None), "roads.gpkg [crs]: has no coordinate system"),
        (roads(LineString([(-6.1, -76.1), (-6.2, -76.2)])), "lies far from every town"),
        (roads(LineString([(3e5, 9e6), (4e5, 9e6)])), "coordinates are not degrees"),
        (roads(Point(-76.1, -6.1)), "has no lines"),
        (roads(LineString([(1e30, 1e30), (2e30, 1e30)]), crs="EPSG:32718"), "cannot have"),
    ],
    ids=["name", "negative", "text", "no crs", "swapped", "metres as degrees", "points", "beyond"],
)
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_roads_that_cannot_be_used(tmp_path: Path, layer: gpd.GeoDataFrame, words: str) -> None:
    assert words in refused(with_layer(tmp_path, layer, "roads.gpkg"))


def test_files_that_are_no_layers(tmp_path: Path) -> None:
    text = refused(folder_with(tmp_path / "1", {"roads.gpkg": b"nothing of the kind"}))
    assert "roads.gpkg: cannot be read as a map layer" in text
    empty = json.dumps({"type": "FeatureCollection", "features": []})
    text = refused(folder_with(tmp_path / "2", {"roads.geojson": empty}))
    assert "roads.geojson [geometry]: has no lines" in text
    folder = with_layer(tmp_path / "3", roads(ROAD), "roads.gpkg")
    roads(ROAD).to_file(folder / "roads.geojson")
    assert "roads.geojson: stands beside roads.gpkg; keep one of the two" in refused(folder)


def test_a_package_of_several_layers(tmp_path: Path) -> None:
    folder = with_layer(tmp_path, roads(ROAD), "roads.gpkg")
    roads(ROAD, ROAD).to_file(folder / "roads.gpkg", layer="rivers")
    pair = read(folder)
    assert pair.roads is not None
    assert len(pair.roads) == 1  # the layer named roads
    (folder / "roads.gpkg").unlink()
    for name in ("streets", "rivers"):
        roads(ROAD).to_file(folder / "roads.gpkg", layer=name)
    assert "has 2 map layers: streets, rivers; keep one layer, named roads" in refused(folder)


def test_boundaries_follow_the_towns(tmp_path: Path) -> None:
    layer = areas(BOX_B, BOX_A, box(-75, -5, -74, -4), towns=["B", "A", "other"])
    pair = read(with_layer(tmp_path, layer, "boundaries.gpkg"))
    assert pair.boundaries is not None
    assert pair.boundaries.index.tolist() == ["A", "B"]
    assert pair.boundaries.index.name == "town"
    assert pair.boundaries.loc["A", "geometry"].equals(BOX_A)
    assert said(pair, "boundaries") == {"polygons of other towns left out": 1}


def test_broken_polygons_are_repaired_and_said(tmp_path: Path) -> None:
    pair = read(with_layer(tmp_path, areas(BOWTIE, BOX_B), "boundaries.gpkg"))
    assert pair.boundaries is not None
    assert pair.boundaries.is_valid.all()
    assert pair.boundaries.geometry.loc["A"].area == pytest.approx(0.15**2 / 2)  # two triangles
    assert said(pair, "boundaries")["broken geometry repaired"] == 1


def test_a_polygon_that_is_a_line_is_left_out(tmp_path: Path) -> None:
    flat = Polygon([(-76.15, -6.15), (-76.0, -6.0), (-76.15, -6.15)])
    pair = read(with_layer(tmp_path, areas(flat, BOX_B), "boundaries.gpkg"))
    assert pair.boundaries is not None
    assert pair.boundaries.index.tolist() == ["B"]
    assert said(pair, "boundaries")["rows that are not polygons left out"] == 1


def test_polygons_of_one_town_are_joined_and_gaps_said(tmp_path: Path) -> None:
    west, east = box(-76.15, -6.15, -76.1, -6.0), box(-76.1, -6.15, -76.0, -6.0)
    pair = read(with_layer(tmp_path, areas(west, east, towns=["A", "A"]), "boundaries.geojson"))
    assert pair.boundaries is not None
    assert pair.boundaries.geometry.loc["A"].equals(BOX_A)
    assert said(pair, "boundaries") == {
        "polygons joined to their town's": 1,
        "towns without a polygon": 1,
    }


def test_numeric_keys_match_text_keys(tmp_path: Path) -> None:
    towns = "town,lon,lat,population\n1001,-76.1,-6.1,8000\n"
    folder = folder_with(tmp_path, {"towns.csv": towns})
    areas(BOX_A, towns=[1001.0]).to_file(folder / "boundaries.gpkg")
    assert read(folder).boundaries is not None


def test_boundaries_that_cannot_be_used(tmp_path: Path) -> None:
    named = areas(BOX_A, BOX_B).rename(columns={"town": "towns"})
    assert "did you mean 'towns'" in refused(with_layer(tmp_path / "1", named, "boundaries.gpkg"))
    foreign = areas(BOX_A, towns=["X"])
    text = refused(with_layer(tmp_path / "2", foreign, "boundaries.gpkg"))
    assert "no polygon belongs to a town of towns.csv, first 'X'" in text


def test_polygons_under_the_wrong_towns(tmp_path: Path) -> None:
    towns = "town,lon,lat,population\nA,-76.1,-6.1,900\nB,-76.2,-6.2,900\nC,-76.4,-6.4,900\n"
    folder = folder_with(tmp_path, {"towns.csv": towns})
    box_c = box(-76.5, -6.5, -76.35, -6.35)
    turned = areas(BOX_B, box_c, BOX_A, towns=["A", "B", "C"])
    turned.to_file(folder / "boundaries.gpkg")
    assert "no town lies in its own polygon; check the town keys" in refused(folder)
    (folder / "boundaries.gpkg").unlink()
    half = areas(BOX_B, BOX_A, box_c, towns=["A", "B", "C"])
    half.to_file(folder / "boundaries.gpkg")
    assert said(read(folder), "boundaries") == {"towns that lie outside their own polygon": 2}


def test_empty_cells_of_a_road_class(tmp_path: Path) -> None:
    layer = roads(ROAD, ROAD, road_class=pd.Series(["paved", None], dtype=object).tolist())
    pair = read(with_layer(tmp_path, layer, "roads.gpkg"))
    assert pair.roads is not None
    assert pair.roads["road_class"].tolist() == ["paved", ""]


# ---------------------------------------------------------------- features that are no shapes

ONE_POINT = {"type": "LineString", "coordinates": [[-76.1, -6.1]]}
GOOD = {"type": "LineString", "coordinates": [[-76.1, -6.1], [-76.2, -6.2]]}
OPEN_RING = {
    "type": "Polygon",
    "coordinates": [[[-76.1, -6.1], [-76.0, -6.1], [-76.0, -6.0], [-76.1, -6.0]]],
}
NO_NUMBER = {"type": "LineString", "coordinates": [[-76.1, float("nan")], [-76.2, -6.2]]}
ENDLESS = {"type": "LineString", "coordinates": [[-76.1, float("inf")], [-76.2, -6.2]]}
NO_PAIR = {"type": "LineString", "coordinates": [[-76.1], [-76.2, -6.2]]}
TOO_FAR_NORTH = {"type": "LineString", "coordinates": [[-76.1, 96.1], [-76.2, -6.2]]}


def collection(*shapes: object, **columns: list[object]) -> str:
    rows = [{name: column[k] for name, column in columns.items()} for k in range(len(shapes))]
    features = [
        {"type": "Feature", "properties": row, "geometry": shape}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1)


@pytest.mark.parametrize(
    ("file", "shape", "words"),
    [
        ("roads.geojson", ONE_POINT, "[geometry]: feature 2 has a line of one point"),
        ("roads.geojson", OPEN_RING, "[geometry]: feature 2 has a ring that is not closed"),
        ("boundaries.geojson", OPEN_RING, "[geometry]: feature 2 has a ring that is not closed"),
        ("roads.geojson", NO_NUMBER, "[geometry]: feature 2 has coordinates that are no numbers"),
        ("roads.geojson", ENDLESS, "coordinates are not degrees"),
        ("roads.geojson", NO_PAIR, "[geometry]: feature 2 cannot be read"),
        ("roads.geojson", TOO_FAR_NORTH, "[crs]: feature 2 has latitudes beyond 90 degrees"),
    ],
)
def test_a_feature_that_is_no_shape_is_named(
    tmp_path: Path, file: str, shape: object, words: str
) -> None:
    folder = folder_with(tmp_path, {file: collection(GOOD, shape, town=["A", "B"])})
    text = refused(folder)
    assert file in text
    assert words in text


def test_many_bad_features_are_counted(tmp_path: Path) -> None:
    text = refused(folder_with(tmp_path, {"roads.geojson": collection(*[ONE_POINT] * 9)}))
    assert text.count("has a line of one point") == 5
    assert "4 more features cannot be drawn" in text


def test_coordinates_that_are_no_numbers_in_a_package(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        bad = LineString([(-76.1, float("nan")), (-76.2, -6.2)])
    text = refused(with_layer(tmp_path, roads(ROAD, bad, bad), "roads.gpkg"))
    assert "feature 2 has coordinates that are no numbers (2 features in all)" in text


# ---------------------------------------------------------------- speeds


def test_a_speed_of_true_is_no_speed(tmp_path: Path) -> None:
    mixed = collection(GOOD, GOOD, speed_km_h=[60, True])  # the reader makes it 1
    text = refused(folder_with(tmp_path / "1", {"roads.geojson": mixed}))
    line = next(k for k, row in enumerate(mixed.splitlines(), 1) if "true" in row)
    assert f"roads.geojson:{line} [speed_km_h]: is true or false" in text
    flags = roads(ROAD, ROAD, speed_km_h=[True, False])
    text = refused(with_layer(tmp_path / "2", flags, "roads.gpkg"))
    assert "2 lines without a usable speed, first 'True'" in text
    toml = TOML + "[travel.road_speeds_km_h]\npaved = -60\n"
    paved = roads(ROAD, road_class=["paved"])
    assert "at least 0.1 and at most 200" in refused(
        with_layer(tmp_path / "3", paved, "roads.gpkg", toml)
    )


def test_columns_of_openstreetmap_are_used_and_said(tmp_path: Path) -> None:
    layer = roads(
        *[ROAD] * 5,
        highway=["primary", "track", "track", "track", None],
        maxspeed=["80", "30 mph", "none", "50", "20 km/h"],
    )
    toml = TOML + "[travel.road_speeds_km_h]\nprimary = 45\n"
    region = read(with_layer(tmp_path, layer, "roads.gpkg", toml))
    assert region.roads is not None
    assert region.roads["road_class"].tolist() == ["primary", "track", "track", "track", ""]
    speeds = region.roads["speed_km_h"].round(2).fillna(0).tolist()
    assert speeds == [0, 48.28, 0, 50, 20]  # the planner's speed of a primary road stands
    assert said(region, "roads") == {
        "the column highway": 4,
        "maxspeed that is no number of km/h or mph, not used": 1,
        "maxspeed, the highest speed allowed, which is seldom driven": 3,
        "road class without a speed in [travel]; 40 km/h": 1,
    }


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "no road has a class of road_speeds_km_h (paved, dirt); classes here: none"),
        ({"road_class": ["x", "y"]}, "classes here: x, y; give the classes of the roads"),
        ({"road_class": ["paved", "Dirt"]}, "has the class 'Dirt', [travel] the class 'dirt'"),
        ({"road_class": ["paved", "dirt"], "speed_kmh": [1, 2]}, "has no column speed_km_h"),
    ],
)
def test_classes_that_do_not_match_are_told(
    tmp_path: Path, columns: dict[str, list[object]], words: str
) -> None:
    toml = TOML + "[travel.road_speeds_km_h]\npaved = 60\ndirt = 20\n"
    layer = roads(ROAD, ROAD, **columns)
    assert words in refused(with_layer(tmp_path, layer, "roads.gpkg", toml))


def test_speeds_of_classes_that_are_not_needed_are_said(tmp_path: Path) -> None:
    toml = TOML + "[travel.road_speeds_km_h]\npaved = 60\ndirt = 20\n"
    own = roads(ROAD, speed_km_h=[30.0])
    how = "speeds of road classes that no road has, or needs"
    assert said(read(with_layer(tmp_path / "1", own, "roads.gpkg", toml)), "travel") == {how: 2}
    paved = roads(ROAD, road_class=["paved"])
    assert said(read(with_layer(tmp_path / "2", paved, "roads.gpkg", toml)), "travel") == {how: 1}
    none = read(folder_with(tmp_path / "3", {"instance.toml": toml}))
    assert said(none, "travel") == {"no roads: speeds by road class are not used": 2}


# ---------------------------------------------------------------- 180 degrees, scale

FIJI = "town,lon,lat,population,income_month\nA,179.9,-17,4000,900\nB,-179.9,-17,4000,900\n"


def test_layers_across_180_degrees_fit_towns_on_both_sides(tmp_path: Path) -> None:
    toml = TOML.replace("EPSG:32718", "EPSG:32760")
    file = {"towns.csv": FIJI, "instance.toml": toml}
    across = LineString([(179.9, -17), (-179.9, -17)])
    folder = folder_with(tmp_path, file)
    roads(across, speed_km_h=[40.0]).to_file(folder / "roads.gpkg", layer="roads")
    both = Polygon([(179.8, -17.1), (-179.8, -17.1), (-179.8, -16.9), (179.8, -16.9)])
    areas(both, both).to_file(folder / "boundaries.gpkg", layer="boundaries")
    region = read(folder)
    assert region.roads is not None
    assert region.boundaries is not None
    drawn = np.asarray(region.roads.geometry.array, dtype=object)
    assert shapely.length(drawn).tolist() == pytest.approx([0.1, 0.1])
    drawn = np.asarray(region.boundaries.geometry.array, dtype=object)
    assert shapely.area(drawn).tolist() == pytest.approx([0.08, 0.08])
    assert said(region, "boundaries") == {}  # both towns lie in their polygon
    pairs = travel_pairs(region, 5.0)
    trip = pairs[(pairs["town"] == 0) & (pairs["seat"] == 1)].iloc[0]
    assert trip["source"] == "roads"
    assert trip["km"] == pytest.approx(21.3, abs=0.1)  # 0.2 degrees at 17 degrees south
    east = roads(LineString([(-179.95, -17), (-179.9, -17)]), speed_km_h=[40.0])
    one_side = folder_with(tmp_path / "west", {**file, "towns.csv": FIJI.partition("B,")[0]})
    east.to_file(one_side / "roads.gpkg", layer="roads")
    assert read(one_side).roads is not None  # 0.15 degrees away, not 360


NORTH = "town,lon,lat,population,income_month\nA,10.0,60.0,4000,900\nB,10.2,60.1,4000,900\n"


@pytest.mark.parametrize("crs", ["EPSG:3395", "EPSG:6933"])
def test_a_projection_that_falsifies_lengths_is_refused(tmp_path: Path, crs: str) -> None:
    toml = TOML.replace("EPSG:32718", crs)
    text = refused(folder_with(tmp_path, {"towns.csv": NORTH, "instance.toml": toml}))
    assert f"[crs]: {crs} falsifies lengths by up to" in text
    assert "at town 'B' (of 2 towns)" in text
    assert "for example EPSG:32632" in text
    good = read(folder_with(tmp_path / "2", {"towns.csv": NORTH, "instance.toml": TOML.replace(
        "EPSG:32718", "EPSG:32632")}))  # fmt: skip
    with pytest.raises(InstanceError, match="falsifies lengths"):
        good.replace(crs=crs)


def test_a_projection_that_is_off_by_a_little_is_said(tmp_path: Path) -> None:
    # 9 degrees from the meridian of its zone, on the equator: 0.9996 x (1 + 0.157^2 / 2) = 1.012
    towns = "town,lon,lat,population,income_month\nA,-66.0,0,4000,900\nB,-75.0,0.5,4000,900\n"
    region = read(folder_with(tmp_path, {"towns.csv": towns}))
    assert said(region, "instance") == {
        "EPSG:32718 falsifies lengths along roads by up to 1.2 %": 1
    }


@pytest.mark.parametrize("blank", [None, float("nan"), pd.NA])
def test_a_polygon_without_a_key_belongs_to_no_town(tmp_path: Path, blank: object) -> None:
    """A missing key had become the text «nan», and a town may be called so."""
    towns = "town,lon,lat,population\nnan,-76.1,-6.1,900\nB,-76.2,-6.2,900\n"
    pair = read(folder_with(tmp_path, {"towns.csv": towns}))
    found = Findings()
    layer = gpd.GeoDataFrame(
        {"town": pd.Series([blank, "B"], dtype=object)}, geometry=[BOX_A, BOX_B], crs="EPSG:4326"
    )
    keys = pair.towns.reset_index()
    kept = clean_boundaries(layer, "boundaries", pd.DataFrame(keys), found)
    assert kept is not None
    assert kept.index.tolist() == ["B"]
