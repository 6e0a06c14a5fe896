"""Coordinates: a projected system in metres, and towns that lie where it is valid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
from pyproj.exceptions import CRSError

from optimizer.arrays import Floats
from optimizer.instance.check.scale import fitting_system, utm_for
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings, number_of
from optimizer.messages.message import Message

__all__ = ["DEGREES_BEYOND_MOST", "projected", "town_places"]

DEGREES_BEYOND_MOST = 6.0
"""How far a town may lie outside the area of use of the coordinate system, in degrees: one UTM
zone. How far lengths are off there is measured by :mod:`optimizer.instance.check.scale`."""


def projected(
    text: str, lon: Floats, lat: Floats, line: int | None, found: Findings, *, file: str
) -> pyproj.CRS | None:
    """Return the coordinate system if lengths can be measured in it; say what to write if not.

    Parameters
    ----------
    text : str
        Code such as ``"EPSG:32718"``.
    lon, lat : numpy.ndarray
        Towns, in degrees.
    line : int or None
        Line of the key.
    found : Findings
        Receives the problem.
    file : str
        Name in messages.

    Examples
    --------
    >>> found = Findings()
    >>> where = np.array([-76.4]), np.array([-6.5])
    >>> projected("EPSG:32718", *where, 3, found, file="instance.toml").name
    'WGS 84 / UTM zone 18S'
    >>> projected("EPSG:4326", *where, 3, found, file="instance.toml") is None
    True
    >>> found.problems[0].what
    'EPSG:4326 is not projected (WGS 84)'
    """
    remedy = "give a projected system in metres"
    inside = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    if inside.any():
        remedy += f", for example {fitting_system(lon[inside], lat[inside])}"
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError:
        found.problem(file, line, "crs", f"{text!r} is not a coordinate system", remedy)
        return None
    metres = all(math.isclose(axis.unit_conversion_factor, 1.0) for axis in crs.axis_info[:2])
    if not crs.is_projected:
        found.problem(file, line, "crs", f"{text} is not projected ({crs.name})", remedy)
    elif not metres:
        unit = crs.axis_info[0].unit_name
        found.problem(file, line, "crs", f"{text} measures in {unit}", remedy)
    elif "Mercator" in crs.name and "Pseudo" in crs.name:
        found.problem(file, line, "crs", f"{text} (web Mercator) falsifies lengths", remedy)
    else:
        return crs
    return None


def town_places(towns: Table, crs: pyproj.CRS | None, found: Findings) -> bool:
    """Return whether towns lie where the coordinate system is valid; say which do not.

    Towns at one place are noted.

    Swapped longitude and latitude are recognised when the swapped place would be right.

    Parameters
    ----------
    towns : Table
        Typed rows of ``towns.csv``.
    crs : pyproj.CRS or None
        Coordinate system of the instance.
    found : Findings
        Receives problems, and a note on towns at one place.
    """
    lon = towns.frame["lon"].to_numpy(dtype=float)
    lat = towns.frame["lat"].to_numpy(dtype=float)
    far = np.zeros(len(lon), dtype=bool)
    if crs is not None and crs.area_of_use is not None:
        far = ~_within(lon, lat, crs.area_of_use.bounds)
        swapped = far & _within(lat, lon, crs.area_of_use.bounds)
        report = _Report(towns, lon, lat, found)
        report.first(swapped, "lon and lat are swapped", "exchange the two columns")
        odd = far & ~swapped
        advice = ""
        if odd.any():
            row = int(np.flatnonzero(odd)[0])
            advice = f" ({utm_for(lon[row], lat[row])} fits there)"
        what = f"lies far from where {crs.to_string()} is valid"
        report.first(odd, what, f"check lon and lat, or choose another crs{advice}")
    here = pd.MultiIndex.from_arrays([lon, lat])
    twice = here.duplicated(keep=False) & ~np.isnan(lon) & ~np.isnan(lat)
    how = Message(
        "towns at the same place as another; no travel between them unless a table says so"
    )
    found.note("towns", "lon", int(twice.sum()), how)
    return not far.any()


@dataclass(frozen=True, eq=False)
class _Report:
    """Tells the first of the towns that lie wrong, and how many there are."""

    towns: Table
    lon: Floats
    lat: Floats
    found: Findings

    def first(self, wrong: npt.NDArray[np.bool_], what: str, remedy: str) -> None:
        if not wrong.any():
            return
        row, count = int(np.flatnonzero(wrong)[0]), int(wrong.sum())
        key = self.towns.frame["town"].iloc[row]
        where = f"town {key!r} at lon {self.lon[row]:g}, lat {self.lat[row]:g}"
        more = f" ({number_of(count, 'town')} in all)" if count > 1 else ""
        line = self.towns.line(row)
        self.found.problem(self.towns.file, line, "lon", f"{where}: {what}{more}", remedy)


def _within(
    lon: Floats, lat: Floats, bounds: tuple[float, float, float, float]
) -> npt.NDArray[np.bool_]:
    """Return which places lie in the area of use, or near it; unknown places pass."""
    west, south, east, north = bounds
    beyond = DEGREES_BEYOND_MOST
    width = (east - west) % 360.0 or 360.0
    from_west = (lon - west + beyond) % 360.0
    inside = (from_west <= width + 2 * beyond) | (width + 2 * beyond >= 360.0)
    inside &= (lat >= south - beyond) & (lat <= north + beyond)
    return inside | np.isnan(lon) | np.isnan(lat)
