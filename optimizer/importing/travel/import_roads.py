"""Roads of an import: read, given speeds, turned into trips; computed once for the same sources."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.importing.table import ReadTable
from optimizer.importing.travel.matrix import ways_between
from optimizer.importing.travel.osm import read_osm
from optimizer.importing.travel.speeds import Roads, roads_of, speeds_table
from optimizer.importing.values.places import with_system
from optimizer.instance.reading.findings import Findings

__all__ = ["RoadTrips", "is_extract", "road_trips", "roads_table"]

DRAWN_MOST = 20_000
"""Lines that go into the region's map layer; of more, the lesser classes are left out."""
LESSER = frozenset({"residential", "service", "track", "path", "living_street", "unclassified"})
RECORD = "travel.json"


@dataclass(frozen=True, eq=False)
class RoadTrips:
    """What roads say of travel.

    Attributes
    ----------
    trips : pandas.DataFrame
        Rows of ``travel.csv``.
    roads : geopandas.GeoDataFrame
        Lines for the map.
    said : tuple of str
        What was handled.
    record : str
        The fingerprint of the sources, as JSON.
    """

    trips: pd.DataFrame
    roads: gpd.GeoDataFrame
    said: tuple[str, ...]
    record: str


def is_extract(path: Path) -> bool:
    """Return whether a file is an OpenStreetMap extract."""
    return path.name.endswith((".osm.pbf", ".osm", ".pbf", ".osm.bz2"))


def roads_table(path: Path, found: Findings) -> ReadTable | None:
    """Return an OpenStreetMap extract as a table of roads."""
    layer = read_osm(path, found)
    if layer is None:
        return None
    beside = pd.DataFrame(layer.drop(columns="geometry"))
    said = ("roads and ferries of OpenStreetMap (ODbL 1.0)",)
    shapes = gpd.GeoSeries(layer.geometry)
    return ReadTable(path.name, "", "roads", (), pd.DataFrame(), beside, shapes, said=said)


def road_trips(
    tables: list[ReadTable],
    towns: pd.DataFrame,
    *,
    crs: str,
    speeds: Path | None,
    bridge_m: float,
    earlier: Path | None,
    found: Findings,
) -> RoadTrips | None:
    """Return the trips between towns over the roads of an import, or None without roads.

    Parameters
    ----------
    tables : list of ReadTable
        Tables of an import; those of roads count.
    towns : pandas.DataFrame
        ``town``, ``lon``, ``lat``.
    crs : str
        Projected system in metres.
    speeds : pathlib.Path, optional
        Table of speeds of the planner's own.
    bridge_m : float
        Widest gap that is bridged.
    earlier : pathlib.Path, optional
        A region made before: its trips are taken where its sources are the same.
    found : Findings
        Receives problems.
    """
    layers = [layer for table in tables if (layer := _lines(table, found)) is not None]
    if not layers:
        return None
    roads = roads_of(gpd.GeoDataFrame(pd.concat(layers, ignore_index=True), crs="EPSG:4326"),
                     speeds_table(speeds))  # fmt: skip
    record = _record(roads, towns, bridge_m)
    drawn = _drawn(roads)
    kept = _earlier(earlier, record)
    if kept is not None:
        return RoadTrips(
            kept, drawn, (*roads.said, "trips taken from the region made before"), record
        )
    points = gpd.GeoSeries.from_xy(towns["lon"], towns["lat"], crs="EPSG:4326")
    ways = ways_between(points.set_axis(pd.Index(towns["town"])), roads, crs=crs, bridge_m=bridge_m)
    return RoadTrips(ways.trips, drawn, (*roads.said, *ways.said), record)


def _lines(table: ReadTable, found: Findings) -> gpd.GeoDataFrame | None:
    """Return the lines of a table of roads in degrees, with its columns."""
    if table.kind != "roads" or table.shapes is None:
        return None
    nothing: Floats = np.full(len(table.shapes), np.nan)
    shapes, how = with_system(table.shapes, nothing, nothing, table.wishes.crs)
    if shapes is None:
        found.problem(table.file, None, "crs", how, "or save it with its coordinate system")
        return None
    columns = table.beside.reset_index(drop=True)
    return gpd.GeoDataFrame(columns, geometry=shapes.to_crs("EPSG:4326").reset_index(drop=True))


def _drawn(roads: Roads) -> gpd.GeoDataFrame:
    lines = roads.lines
    if len(lines) > DRAWN_MOST:
        lines = lines[~lines["road_class"].isin(LESSER)]
    return gpd.GeoDataFrame(lines[["road_class", "speed_km_h", "geometry"]])


def _record(roads: Roads, towns: pd.DataFrame, bridge_m: float) -> str:
    """Return the fingerprint of everything that trips are computed from."""
    digest = hashlib.sha256()
    digest.update("".join(roads.lines.geometry.to_wkb(hex=True)).encode())
    digest.update(roads.lines["speed_km_h"].to_numpy().tobytes())
    digest.update(roads.one_way.tobytes())
    digest.update(towns[["town", "lon", "lat"]].to_csv(index=False).encode())
    return json.dumps({"sources": digest.hexdigest(), "bridge_m": bridge_m, "version": 1})


def _earlier(region: Path | None, record: str) -> pd.DataFrame | None:
    """Return the trips of a region made before from the same sources."""
    if region is None or not (region / RECORD).is_file() or not (region / "travel.csv").is_file():
        return None
    if (region / RECORD).read_text(encoding="utf-8").strip() != record:
        return None
    return pd.read_csv(region / "travel.csv", dtype={"origin": str, "destination": str},
                       keep_default_na=False)  # fmt: skip
