"""Roads and ferries of an OpenStreetMap extract (``.osm.pbf``)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from optimizer.instance.reading.findings import Findings

__all__ = ["read_osm"]

NOT_DRIVEN = frozenset(
    [
        "footway",
        "cycleway",
        "steps",
        "pedestrian",
        "path",
        "bridleway",
        "construction",
        "proposed",
        "corridor",
        "platform",
        "elevator",
        "raceway",
        "razed",
        "abandoned",
        "bus_stop",
        "rest_area",
        "services",
    ]
)
TAGS = ("highway", "surface", "maxspeed", "oneway", "junction")


def read_osm(path: Path, found: Findings) -> gpd.GeoDataFrame | None:
    """Return the lines that a vehicle can take, ferries too, or None where it cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        An extract such as Geofabrik's.
    found : Findings
        Receives problems.
    """
    try:
        import osmium  # noqa: PLC0415 - an extra
    except ImportError:
        remedy = 'python -m pip install "town-water-optimizer[osm]", or give roads as a map layer'
        found.problem(path.name, None, "", "cannot be read without osmium", remedy)
        return None
    shapes: list[shapely.LineString] = []
    columns: dict[str, list[str]] = {tag: [] for tag in TAGS}
    try:
        ways = osmium.FileProcessor(str(path), osmium.osm.WAY | osmium.osm.NODE).with_locations()
        for way in ways:
            if not isinstance(way, osmium.osm.Way):
                continue
            kind = way.tags.get("highway", "")
            if way.tags.get("route") == "ferry":
                kind = "ferry"
            if not kind or kind in NOT_DRIVEN:
                continue
            points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(points) > 1:
                shapes.append(shapely.LineString(points))
                for tag in TAGS:
                    columns[tag].append(kind if tag == "highway" else way.tags.get(tag) or "")
    except RuntimeError as error:
        what = f"cannot be read as an OpenStreetMap extract ({str(error)[:100]})"
        found.problem(path.name, None, "", what, "download it again")
        return None
    if not shapes:
        found.problem(path.name, None, "", "has no roads", "give an extract of the region")
        return None
    round_about = [j == "roundabout" for j in columns.pop("junction")]
    ways_one = zip(columns["oneway"], round_about, strict=True)
    columns["oneway"] = ["yes" if round_ and not one else one for one, round_ in ways_one]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
