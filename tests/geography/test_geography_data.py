"""The geography of San Martin from public files, against tables worked out by others.

The files lie beside the project, not in it; without them the tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from optimizer.geography.adjacency import shared_borders
from optimizer.geography.roads import snap_towns
from optimizer.instance.schema.fields import Travel
from tests.paths import SHARED

DATA = SHARED / "data"
CRS = "EPSG:32718"


def public_file(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"public file {name} is not beside the project")
    return path


def read_geo(name: str) -> gpd.GeoDataFrame:
    path = public_file(name)
    return gpd.read_file(f"/vsigzip/{path}" if path.suffix == ".gz" else path)


def test_district_neighbours_agree_with_the_published_derivation() -> None:
    # 199 pairs of at least 0.4 km of border within 120 m, measured from one side; measuring both
    # sides and taking the longer may add a pair at the threshold but loses none.
    table = pd.read_csv(public_file("peru_boundaries/peru_district_adjacency.csv"), dtype=str)
    districts = read_geo("peru_boundaries/san_martin_78.geojson").to_crs(CRS)
    codes = districts["ubigeo"].to_numpy()
    inside = table["ubigeo_a"].isin(codes) & table["ubigeo_b"].isin(codes)
    known = {frozenset(pair) for pair in table.loc[inside, ["ubigeo_a", "ubigeo_b"]].to_numpy()}
    edges, _ = shared_borders(np.asarray(districts.geometry.array, dtype=object))
    found = {frozenset(pair) for pair in codes[edges]}
    assert len(known) == 199
    assert known <= found
    assert len(found) <= len(known) + 2


def test_road_km_agree_with_the_published_table_where_no_national_road_is_needed() -> None:
    # The file lacks the national road, so towns fall into many parts; inside a part the two
    # networks hold the same lines. Towns were tied to the nearest node there, to the nearest
    # point of a line here, and joined parts offer shorter ways: only the middle must agree.
    towns = pd.read_csv(public_file("peru_districts/san_martin_78.csv"), dtype={"ubigeo": str})
    given = pd.read_csv(public_file("peru_roads_mtc/san_martin_od_78.csv"), dtype={0: str, 1: str})
    roads = read_geo("peru_roads_mtc/red_vial_san_martin.geojson.gz")
    codes = pd.Index(towns["ubigeo"], name="town")
    place = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(towns["lon"], towns["lat"]),
        index=codes,
        crs="EPSG:4326",
    )
    speeds = Travel(road_speeds_km_h={"departamental": 30.0, "vecinal": 20.0}, snap_km_most=3.0)
    lines = roads.rename(columns={"clase": "road_class"})
    snapped = snap_towns(place, lines, travel=speeds, crs=CRS)
    a, b, _, km = snapped.fastest(np.inf)
    mine = pd.DataFrame({"ubigeo_a": codes[a], "ubigeo_b": codes[b], "own_km": km})
    both = mine.merge(given, on=["ubigeo_a", "ubigeo_b"])
    assert len(both) > 100
    assert (both["own_km"] / both["km"]).median() == pytest.approx(1.0, abs=0.05)
