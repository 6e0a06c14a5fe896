"""Where towns are: degrees however written, metres, shapes without a coordinate system."""

from __future__ import annotations

import re
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from optimizer.arrays import Bools, Floats
from optimizer.importing.columns.codes import CodeSystem
from optimizer.instance.check.scale import utm_for
from optimizer.instance.reading.shapes import split_at_180

__all__ = [
    "Places",
    "degrees_of",
    "from_metres",
    "mended_degrees",
    "points_of_shapes",
    "with_system",
]

DMS = re.compile(
    r"""\s*(-?\d{1,3})\s*[°ºd:]\s*(\d{1,2}(?:[.,]\d+)?)\s*['’′m:]?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*
    (?:"|”|″|'')?)?\s*([NSEWO]?)\s*""",
    re.VERBOSE | re.IGNORECASE,
)
NEAR_DEGREES = 0.25
"""Shapes agree with given degrees where they lie within this of them, on the median."""
FITS_LEAST = 0.9
SCALES = (1e5, 1e6, 1e7)


@dataclass(frozen=True, eq=False)
class Places:
    """Places in degrees, what was done for them, and what must be asked."""

    lon: Floats
    lat: Floats
    said: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def degrees_of(cell: object) -> float | None:
    r"""Return degrees of a text in degrees, minutes and seconds, or None.

    Examples
    --------
    >>> degrees_of("12°30'00 S"), degrees_of("76º 30' W"), degrees_of("north")
    (-12.5, -76.5, None)
    """
    match = DMS.fullmatch(str(cell))
    if not match:
        return None
    whole, minutes, seconds, side = match.groups()
    size = abs(float(whole)) + float(minutes.replace(",", ".")) / 60.0
    size += float((seconds or "0").replace(",", ".")) / 3600.0
    minus = whole.startswith("-") or (side or "").upper() in ("S", "W", "O")
    return -size if minus else size


def mended_degrees(lon: Floats, lat: Floats, system: CodeSystem | None) -> Places:
    r"""Return places whose columns were exchanged, lost their sign or their decimal point, mended.

    Places at 0, 0 are unknown. What is mended is said; where the codes of the towns name a country
    the places must lie in it.

    Parameters
    ----------
    lon, lat : numpy.ndarray
        As read; NaN where unknown.
    system : CodeSystem or None
        The list that the codes of the towns belong to.

    Examples
    --------
    >>> found = mended_degrees(np.array([-12.0]), np.array([-95.0]), None)
    >>> found.lon.tolist(), found.lat.tolist(), found.said
    ([-95.0], [-12.0], ("longitude and latitude stood in each other's columns: exchanged",))
    """
    said: list[str] = []
    asked: list[str] = []
    lon, lat = lon.copy(), lat.copy()
    nowhere = (lon == 0) & (lat == 0)
    if nowhere.any():
        said.append(f"{int(nowhere.sum()):,} places at 0, 0 taken for unknown")
        lon[nowhere] = lat[nowhere] = np.nan
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        return Places(lon, lat, tuple(said), tuple(asked))
    for scale in SCALES:
        big = np.nanmedian(np.abs(lat[known])) > 90 and np.nanmedian(np.abs(lon[known])) > 180
        fits = (np.abs(lat[known] / scale) <= 90).all() and (
            np.abs(lon[known] / scale) <= 180
        ).all()
        if big and fits and np.nanmedian(np.abs(lat[known])) > 1e5 * 9:
            lon, lat = lon / scale, lat / scale
            said.append(f"degrees without their decimal point: divided by {scale:,.0f}")
            break
    if _share(_beyond(lat[known]), 0.0) and not _share(_beyond(lon[known]), 0.0):
        lon, lat = lat, lon
        said.append("longitude and latitude stood in each other's columns: exchanged")
    if system is not None and system.country and not _in_box(lon, lat, system):
        ways = {
            "longitude and latitude stood in each other's columns: exchanged": (lat, lon),
            "longitudes without their minus sign: set": (-np.abs(lon), lat),
            "latitudes without their minus sign: set": (lon, -np.abs(lat)),
            "longitudes and latitudes without their minus sign: set": (-np.abs(lon), -np.abs(lat)),
        }
        for how, (east, north) in ways.items():
            if _in_box(east, north, system):
                lon, lat = east, north
                said.append(how)
                break
        else:
            asked.append(
                f"most places lie outside {system.country}, where codes of {system.name} belong"
            )
    return Places(lon, lat, tuple(said), tuple(asked))


def _beyond(values: Floats) -> Bools:
    return np.asarray(np.abs(values) > 90.0, dtype=np.bool_)


def _share(which: Bools, most: float) -> bool:
    return bool(which.mean() > most)


def _in_box(lon: Floats, lat: Floats, system: CodeSystem) -> bool:
    west, south, east, north = system.box
    known = np.isfinite(lon) & np.isfinite(lat)
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return bool(inside[known].mean() >= FITS_LEAST)


def from_metres(
    east: Floats, north: Floats, crs: str, system: CodeSystem | None
) -> tuple[Places | None, str]:
    """Return places of a projected grid in degrees, and what is asked where it cannot be told.

    Parameters
    ----------
    east, north : numpy.ndarray
        Metres.
    crs : str
        Coordinate system that the planner names; empty where none.
    system : CodeSystem or None
        The list of the codes: its country bounds the zones of UTM that are tried.
    """
    known = np.isfinite(east) & np.isfinite(north)
    tried = [crs] if crs else [] if system is None else _zones(system)
    fitting: list[tuple[str, Places]] = []
    for name in tried:
        turned = pyproj.Transformer.from_crs(name, "EPSG:4326", always_xy=True)
        lon, lat = (np.asarray(a, dtype=np.float64) for a in turned.transform(east, north))
        lon[~known] = lat[~known] = np.nan
        bad = ~(np.isfinite(lon) & np.isfinite(lat))
        lon[bad] = lat[bad] = np.nan
        if not crs and (system is None or not _in_box(lon, lat, system)):
            continue
        fitting.append((name, Places(lon, lat, (f"metres of {name} brought to degrees",))))
    if len(fitting) == 1:
        return fitting[0][1], ""
    zones = ", ".join(name for name, _ in fitting) or "EPSG:32718"
    return None, f"places are in metres; say in which coordinate system: --crs CODE ({zones})"


def _zones(system: CodeSystem) -> list[str]:
    west, south, east, north = system.box
    zones = {
        utm_for(lon, lat) for lon in np.arange(west, east + 6.0, 6.0) for lat in (south, north)
    }
    return sorted(zones)


def with_system(
    shapes: gpd.GeoSeries, lon: Floats, lat: Floats, crs: str
) -> tuple[gpd.GeoSeries | None, str]:
    """Return shapes with a coordinate system, and how it is known; None where it is not.

    Parameters
    ----------
    shapes : geopandas.GeoSeries
        As read.
    lon, lat : numpy.ndarray
        Degrees of the rows' own columns, NaN where there are none.
    crs : str
        What the planner names; empty where nothing.
    """
    if crs:
        return shapes.set_crs(crs, allow_override=True), f"coordinate system {crs}, as asked"
    bounds = shapes.total_bounds
    if shapes.crs is not None:
        if shapes.crs.is_geographic and np.isfinite(bounds).all() and np.abs(bounds).max() > 360:
            return None, "its coordinates are not degrees, though its coordinate system says so"
        return shapes, ""
    if (
        np.isfinite(bounds).all()
        and np.abs(bounds[[0, 2]]).max() <= 180
        and np.abs(bounds).max() <= 180
    ) and np.abs(bounds[[1, 3]]).max() <= 90:
        return shapes.set_crs("EPSG:4326"), "no coordinate system; taken for degrees (WGS84)"
    known = np.isfinite(lon) & np.isfinite(lat)
    if known.any():
        centre = float(np.median(lon[known])), float(np.median(lat[known]))
        base = utm_for(*centre)
        codes = [int(base.split(":")[1]) + step for step in (0, -1, 1)]
        points = shapely.centroid(np.asarray(shapes.array, dtype=object)[known])
        for code in codes:
            placed = gpd.GeoSeries(list(points), crs=f"EPSG:{code}").to_crs("EPSG:4326")
            off = np.maximum(np.abs(placed.x - lon[known]), np.abs(placed.y - lat[known]))
            if float(np.median(off)) < NEAR_DEGREES:
                how = f"no coordinate system; EPSG:{code} brings its shapes to its own degrees"
                return shapes.set_crs(f"EPSG:{code}"), f"{how} (within {off.max():.3f})"
    return None, "it has no coordinate system (.prj): say which, --crs EPSG:CODE"


def points_of_shapes(
    shapes: gpd.GeoSeries,
) -> tuple[gpd.GeoSeries, Floats, Floats, tuple[str, ...]]:
    """Return valid shapes in degrees with a point inside each, and what was mended.

    Parameters
    ----------
    shapes : geopandas.GeoSeries
        Points or polygons with a coordinate system.
    """
    said: list[str] = []
    degrees = shapes.to_crs("EPSG:4326")
    flat = shapely.force_2d(np.asarray(degrees.array, dtype=object))
    if bool(np.any(shapely.has_z(np.asarray(shapes.array, dtype=object)))):
        said.append("heights left out")
    lost = shapely.is_missing(flat) | shapely.is_empty(flat)
    broken = ~lost & ~shapely.is_valid(flat)
    if broken.any():
        flat[broken] = shapely.make_valid(flat[broken])
        said.append(f"{int(broken.sum()):,} broken shapes repaired")
    extents = shapely.bounds(flat)
    if np.nanmax(np.abs(extents[:, [0, 2]]), initial=0.0) > 180.0:
        flat = split_at_180(flat)
        said.append("shapes across 180 degrees divided there")
    points = np.full(len(flat), None, dtype=object)
    points[~lost] = shapely.point_on_surface(_largest(flat[~lost]))
    lon, lat = np.full(len(flat), np.nan), np.full(len(flat), np.nan)
    lon[~lost], lat[~lost] = shapely.get_x(points[~lost]), shapely.get_y(points[~lost])
    if lost.any():
        said.append(f"{int(lost.sum()):,} rows without a shape")
    return gpd.GeoSeries(list(flat), crs="EPSG:4326"), lon, lat, tuple(said)


def _largest(shapes: np.ndarray) -> np.ndarray:
    """Return the largest part of each shape: an island is not where the town is."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    size = shapely.area(parts) + 1e-12 * shapely.length(parts)
    order = np.lexsort((size, row))
    last = np.flatnonzero(np.append(np.diff(row[order]) > 0, True))
    return np.asarray(parts[order][last], dtype=object)
