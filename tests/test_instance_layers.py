"""Roads and boundaries: repaired and said, or refused with advice."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, MultiLineString, Point, Polygon, box

from optimizer.errors import InstanceError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from tests.instance_folder import TOML, folder_with

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
    towns = "town,lon,lat,population\nA,-76.1,-6.1,9\nB,-76.2,-6.2,9\nC,-76.4,-6.4,9\n"
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
