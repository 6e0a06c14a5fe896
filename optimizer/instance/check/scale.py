"""How far a coordinate system falsifies lengths, measured at the towns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyproj
from pyproj.exceptions import CRSError, ProjError

from optimizer.arrays import Floats
from optimizer.errors import Problem
from optimizer.instance.reading.findings import Findings, number_of
from optimizer.messages.message import Message

__all__ = ["REFUSED_ABOVE", "SAID_ABOVE", "length_error", "note_scale", "scale_problems"]

SAID_ABOVE = 0.01
"""Share by which a length may be off before the instance says so."""

REFUSED_ABOVE = 0.05
"""Share by which a length may be off before the coordinate system is refused."""


def length_error(crs: str, lon: Floats, lat: Floats) -> Floats:
    """Return by what share a short length may be too long or too short, place by place.

    That is the larger error of the longest and the shortest axis of Tissot's ellipse. Where the
    system is not projected, or a place unknown, the share is 0: others tell of that.

    Parameters
    ----------
    crs : str
        Projected coordinate system.
    lon, lat : numpy.ndarray, shape (n,)
        Degrees.

    Examples
    --------
    At 60 degrees north a Mercator map doubles lengths, 3 degrees from its meridian UTM is right:

    >>> where = np.array([10.0]), np.array([60.0])
    >>> length_error("EPSG:3395", *where).round(2).tolist()
    [0.99]
    >>> length_error("EPSG:32632", *where).round(4).tolist()
    [0.0004]
    """
    error = np.zeros(len(lon))
    projection = _projection(crs)
    known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    if projection is None or not known.any():
        return error
    factors = projection.get_factors(lon[known], lat[known], errcheck=False)
    longest, shortest = (
        np.asarray(axis, dtype=np.float64)
        for axis in (factors.tissot_semimajor, factors.tissot_semiminor)
    )
    off = np.maximum(longest - 1.0, 1.0 - shortest)
    error[known] = np.where(np.isfinite(off), off, np.inf)
    return error


@lru_cache(maxsize=32)
def _projection(crs: str) -> pyproj.Proj | None:
    """Return the projection of a coordinate system, or None where it has none."""
    try:
        found = pyproj.CRS.from_user_input(crs)
        return pyproj.Proj(found) if found.is_projected else None
    except (CRSError, ProjError):
        return None


def scale_problems(
    crs: str, towns: list[str], lon: Floats, lat: Floats, *, file: str, line: int | None
) -> list[Problem]:
    """Return the problem of a system that falsifies lengths at the towns, if it does.

    Parameters
    ----------
    crs : str
        Projected coordinate system.
    towns : list of str
        Keys, as long as ``lon`` and ``lat``.
    lon, lat : numpy.ndarray
        Degrees.
    file, line
        Where the system stands.

    Examples
    --------
    >>> north = np.array([10.0]), np.array([60.0])
    >>> found = scale_problems("EPSG:3395", ["a"], *north, file="instance.toml", line=3)
    >>> found[0].what
    "EPSG:3395 falsifies lengths by up to 99 % at town 'a'"
    >>> found[0].remedy
    'choose a projected system made for these towns, for example EPSG:32632'
    """
    error = length_error(crs, lon, lat)
    wrong = error > REFUSED_ABOVE
    if not wrong.any():
        return []
    worst = int(np.argmax(error))
    share = f"by up to {100 * error[worst]:.0f} %" if np.isfinite(error[worst]) else "beyond use"
    more = f" (of {number_of(int(wrong.sum()), 'town')})" if wrong.sum() > 1 else ""
    what = f"{crs} falsifies lengths {share} at town {towns[worst]!r}{more}"
    remedy = "choose a projected system made for these towns, for example "
    return [Problem(file, line, "crs", what, remedy + fitting_system(lon, lat))]


def note_scale(crs: str, lon: Floats, lat: Floats, found: Findings) -> None:
    """Say at how many towns lengths are off by more than one per cent, and by how much."""
    error = length_error(crs, lon, lat)
    if error.max(initial=0.0) <= REFUSED_ABOVE:
        how = Message(
            "{what} falsifies lengths along roads by up to {rate:.1f} %",
            what=crs,
            rate=float(100 * error.max(initial=0.0)),
        )
        found.note("instance", "crs", int((error > SAID_ABOVE).sum()), how)


def utm_for(lon: float, lat: float) -> str:
    """Return the WGS84 UTM zone that fits a place.

    Examples
    --------
    >>> utm_for(-76.4, -6.5), utm_for(10.7, 59.9)
    ('EPSG:32718', 'EPSG:32632')
    """
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def middle_of(lon: Floats, lat: Floats) -> tuple[float, float]:
    """Return the median place; longitudes are turned so that no gap lies at 180 degrees.

    Examples
    --------
    >>> middle_of(np.array([179.0, -179.0, -178.0]), np.array([-17.0, -17.0, -17.0]))
    (-179.0, -17.0)
    """
    east = np.exp(1j * np.radians(lon))
    centre = float(np.degrees(np.angle(east.sum())))
    turned = (lon - centre + 180.0) % 360.0 - 180.0
    return (centre + float(np.median(turned)) + 180.0) % 360.0 - 180.0, float(np.median(lat))


def fitting_system(lon: Floats, lat: Floats) -> str:
    """Return a system that measures lengths well at these places.

    That is the UTM zone of their middle, or, for a whole country, an equal-area plane around it.

    Examples
    --------
    >>> fitting_system(np.array([-76.0, -77.0]), np.array([-6.0, -7.0]))
    'EPSG:32718'
    >>> fitting_system(np.array([-73.0, -35.0, -53.0]), np.array([-8.0, -7.0, -33.0]))
    '+proj=laea +lat_0=-8 +lon_0=-53 +datum=WGS84 +units=m'
    """
    known = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    east, north = middle_of(lon[known], lat[known])
    zone = utm_for(east, north)
    if length_error(zone, lon, lat).max(initial=0.0) <= SAID_ABOVE:
        return zone
    return f"+proj=laea +lat_0={north:.0f} +lon_0={east:.0f} +datum=WGS84 +units=m"
