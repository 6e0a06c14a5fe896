"""Distances: geodesic kilometres, pairs of towns near each other, coordinates in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from pyproj import CRS, Geod
from pyproj.exceptions import CRSError
from scipy.spatial import KDTree

from optimizer.arrays import Floats, Ints
from optimizer.errors import InstanceError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["close_pairs", "geodesic_km", "in_metres", "legs_km", "metric_crs"]


_WGS84 = Geod(ellps="WGS84")
_MEAN_RADIUS_KM = 6371.0088
_ELLIPSOID_MARGIN = 1.006
"""A geodesic differs from the arc on the mean sphere by at most 0.56 %."""


def geodesic_km(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Return the shortest distance on the WGS84 ellipsoid (Karney's method, through pyproj).

    Parameters
    ----------
    lon_a, lat_a, lon_b, lat_b : numpy.ndarray, shape (m,)
        Coordinates in degrees of the two ends of each of m pairs.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Kilometres.

    Examples
    --------
    One degree along the equator is 6378.137 km x pi / 180:

    >>> import numpy as np
    >>> geodesic_km(np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1)).round(3).tolist()
    [111.319]
    """
    metres = _WGS84.inv(lon_a, lat_a, lon_b, lat_b)[2]
    return np.asarray(metres, dtype=np.float64) / 1000.0


def close_pairs(
    lon: Floats, lat: Floats, km_most: float, *, towns: Sequence[int] | Ints | None = None
) -> tuple[Ints, Ints, Floats]:
    """Return every pair of places that lie within a distance of each other.

    Candidates come from a k-d tree on the sphere, so that no n x n table is ever made; their
    distances are then exact geodesics.

    Parameters
    ----------
    lon, lat : numpy.ndarray, shape (n,)
        Degrees.
    km_most : float
        Largest distance in km; infinity returns every pair.
    towns : sequence of int, optional
        Positions; only pairs with at least one end among them are returned.

    Returns
    -------
    a, b : numpy.ndarray of int, shape (m,)
        Positions, ``a < b``, in rising order.
    km : numpy.ndarray, shape (m,)
        Geodesic distance of each pair.

    Examples
    --------
    >>> import numpy as np
    >>> a, b, km = close_pairs(np.array([0.0, 1.0, 3.0]), np.zeros(3), 120.0)
    >>> a.tolist(), b.tolist(), km.round(1).tolist()
    ([0], [1], [111.3])
    """
    empty = np.empty(0, dtype=np.int64)
    if len(lon) < 2 or km_most < 0:
        return empty, empty.copy(), np.empty(0)
    tree = KDTree(_on_unit_sphere(lon, lat))
    angle = min(km_most * _ELLIPSOID_MARGIN / _MEAN_RADIUS_KM, np.pi)
    chord = 2.0 * np.sin(angle / 2.0) + 1e-9
    if towns is None:
        pairs = tree.query_pairs(chord, output_type="ndarray").astype(np.int64)
    else:
        near = np.asarray(towns, dtype=np.int64)
        lists = tree.query_ball_point(tree.data[near], chord)
        ends = [np.asarray(found, dtype=np.int64) for found in lists]
        counts = [len(found) for found in ends]
        pairs = np.column_stack([np.repeat(near, counts), np.concatenate([empty, *ends])])
        pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
        pairs = np.unique(pairs, axis=0)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    a, b = pairs[:, 0], pairs[:, 1]
    km = geodesic_km(lon[a], lat[a], lon[b], lat[b])
    keep = km <= km_most
    return a[keep], b[keep], km[keep]


def _on_unit_sphere(lon: Floats, lat: Floats) -> Floats:
    """Return the (n, 3) points of the unit sphere at these longitudes and latitudes."""
    east, north = np.radians(lon), np.radians(lat)
    across = np.cos(north)
    return np.column_stack([across * np.cos(east), across * np.sin(east), np.sin(north)])


def legs_km(here: gpd.GeoSeries, there: gpd.GeoSeries) -> Floats:
    """Return the geodesic distance between the points of two series, pair by pair.

    Parameters
    ----------
    here, there : geopandas.GeoSeries
        Points, each series with a CRS of its own.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Kilometres.

    Examples
    --------
    A kilometre of the map is longer on the ground where the map shrinks it:

    >>> import geopandas as gpd
    >>> ends = gpd.GeoSeries.from_xy([500000, 501000], [0, 0], crs="EPSG:32718")
    >>> legs_km(ends[:1], ends[1:]).round(4).tolist()
    [1.0004]
    """
    a, b = here.to_crs("EPSG:4326"), there.to_crs("EPSG:4326")
    ends = [np.asarray(axis, dtype=np.float64) for axis in (a.x, a.y, b.x, b.y)]
    return geodesic_km(*ends)


def metric_crs(crs: str) -> CRS:
    """Return the coordinate system after making sure that it is projected and in metres.

    Raises
    ------
    InstanceError
        If the text names no coordinate system, or one in degrees or feet.

    Examples
    --------
    >>> metric_crs("EPSG:32718").name
    'WGS 84 / UTM zone 18S'
    """
    remedy = "give the projected system of the region, in metres, such as EPSG:32718"
    try:
        found = CRS.from_user_input(crs)
    except CRSError:
        what = f"{crs!r} is not a known coordinate system"
        raise InstanceError([Problem("instance.toml", None, "crs", what, remedy)]) from None
    metres = all(axis.unit_conversion_factor == 1.0 for axis in found.axis_info[:2])
    if not found.is_projected or not metres:
        what = f"{crs!r} does not measure in metres"
        raise InstanceError([Problem("instance.toml", None, "crs", what, remedy)])
    return found


def in_metres(places: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Return the table with its geometry in the projected system of the instance.

    Parameters
    ----------
    places : geopandas.GeoDataFrame
        Any geometry, with a CRS.
    crs : str
        Projected system in metres.

    Raises
    ------
    InstanceError
        If ``crs`` does not measure in metres, so that a length never is one in degrees.

    Examples
    --------
    >>> import geopandas as gpd
    >>> place = gpd.GeoDataFrame(geometry=gpd.points_from_xy([-75.0], [0.0]), crs="EPSG:4326")
    >>> round(in_metres(place, "EPSG:32718").geometry.x.iloc[0])
    500000
    """
    return places.to_crs(metric_crs(crs))
