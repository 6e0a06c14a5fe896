"""The places of a table's towns: from degrees, from metres, or from shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.importing.columns.codes import CodeSystem
from optimizer.importing.reading.sheet import Grid
from optimizer.importing.values.places import (
    from_metres,
    mended_degrees,
    points_of_shapes,
    with_system,
)
from optimizer.importing.wishes import Question
from optimizer.instance.reading.findings import Findings

if TYPE_CHECKING:
    from optimizer.importing.table import ReadTable

__all__ = ["Spots", "placed"]

APART_DEGREES = 0.2
POLYGONS = ("Polygon", "MultiPolygon")


@dataclass
class Spots:
    """Fields with places, and the polygons of the towns."""

    frame: pd.DataFrame
    shapes: gpd.GeoSeries | None = None
    said: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)


def placed(
    table: ReadTable,
    grid: Grid,
    frame: pd.DataFrame,
    system: CodeSystem | None,
    found: Findings,
) -> Spots:
    """Return the fields with ``lon`` and ``lat`` in degrees where they can be known.

    Degrees of the table come first, then metres, then its shapes.

    Parameters
    ----------
    table : ReadTable
        Where it stands, and what the planner asks for.
    grid : Grid
        Its rows, with their shapes.
    frame : pandas.DataFrame
        Fields so far.
    system : CodeSystem or None
        The list of the keys.
    found : Findings
        Receives problems.
    """
    spots = Spots(frame.copy())
    nothing = np.full(len(frame), np.nan)
    given = {"lon", "lat"} <= set(frame)
    lon = frame["lon"].to_numpy(dtype=float) if given else nothing
    lat = frame["lat"].to_numpy(dtype=float) if given else nothing.copy()
    if given and np.nanmax(np.abs(np.append(lon, 0.0))) > 1e4 and _looks_like_metres(lon, lat):
        spots.frame = spots.frame.rename(columns={"lon": "east", "lat": "north"})
        frame, given = spots.frame, False
        lon = lat = nothing
    if given:
        mended = mended_degrees(lon, lat, system)
        lon, lat = mended.lon, mended.lat
        spots.said += mended.said
        spots.asked += [Question(table.place, what, "correct lon and lat") for what in mended.asked]
    if grid.shapes is not None:
        lon, lat = _from_shapes(table, grid, (lon, lat), spots, found)
    elif not given and {"east", "north"} <= set(frame):
        east, north = (frame[name].to_numpy(dtype=float) for name in ("east", "north"))
        places, asked = from_metres(east, north, table.wishes.crs, system)
        if places is None:
            found.problem(table.file, None, "east", asked, "or add longitude and latitude")
        else:
            lon, lat = places.lon, places.lat
            spots.said += places.said
    spots.frame = spots.frame.drop(columns=["east", "north", "lon", "lat"], errors="ignore")
    if np.isfinite(lon).any():
        outside = (np.abs(lon) > 180) | (np.abs(lat) > 90)
        if outside.any():
            at = int(np.flatnonzero(outside)[0])
            what = f"{int(outside.sum()):,} places are no degrees, first in line {grid.lines[at]}"
            spots.asked.append(Question(table.place, f"{what}; left open", "correct lon and lat"))
            lon, lat = np.where(outside, np.nan, lon), np.where(outside, np.nan, lat)
        spots.frame["lon"], spots.frame["lat"] = lon, lat
    return spots


def _looks_like_metres(lon: np.ndarray, lat: np.ndarray) -> bool:
    """Return whether columns named for degrees hold metres of a grid."""
    east, north = np.nanmedian(np.abs(lon)), np.nanmedian(np.abs(lat))
    return bool(1e5 < east < 1e6 and 1e3 < north < 1.1e7)


def _from_shapes(
    table: ReadTable,
    grid: Grid,
    given: tuple[np.ndarray, np.ndarray],
    spots: Spots,
    found: Findings,
) -> tuple[np.ndarray, np.ndarray]:
    """Return degrees from shapes where the table gives none; keep polygons."""
    lon, lat = given
    if grid.shapes is None:
        return lon, lat
    shapes, how = with_system(grid.shapes, lon, lat, table.wishes.crs)
    if shapes is None:
        if np.isfinite(lon).any():
            spots.asked.append(Question(table.place, f"{how}; its own degrees taken", "--crs CODE"))
        else:
            found.problem(table.file, None, "crs", how, "or save it with its coordinate system")
        return lon, lat
    if how:
        spots.said.append(how)
    whole, east, north, said = points_of_shapes(shapes)
    spots.said += said
    polygons = whole.geom_type.isin(POLYGONS)
    if polygons.any():
        spots.shapes = whole.where(polygons)
    if not np.isfinite(lon).any():
        if polygons.any():
            spots.said.append("the place of a town is a point inside its polygon")
        return east, north
    off = np.maximum(np.abs(east - lon), np.abs(north - lat))
    if np.nanmedian(off) > APART_DEGREES:
        what = f"its shapes lie {np.nanmedian(off):.2f} degrees from its lon and lat"
        spots.asked.append(Question(table.place, f"{what}; lon and lat taken", "check both"))
    return np.where(np.isfinite(lon), lon, east), np.where(np.isfinite(lat), lat, north)
