"""Territories: Voronoi cells of the towns, drawn where there are no boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import KDTree, Voronoi

from optimizer.arrays import Floats, Ints
from optimizer.geography.distance import in_metres
from optimizer.instance.reading.shapes import polygonal

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["Cells", "territories_of", "voronoi_cells"]


_FAR = 20.0
"""Distance of the helper points, in extents of the region: their cells never touch the hull."""

_ALONE_M = 5_000.0
"""Radius of the territory drawn where all towns lie at one place."""

_BORDER_SHARE = 1e-6
"""A common border shorter than this share of the region's extent is a touching point."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Voronoi cells of n places and the pairs of cells with a common border.

    Attributes
    ----------
    polygons : numpy.ndarray of shapely polygons, shape (n,)
        Cell of each place, clipped to the buffered hull; places that coincide have the same cell.
    edges : numpy.ndarray of int, shape (m, 2)
        Pairs ``a < b`` whose clipped cells share a border; places that coincide are neighbours.
    """

    polygons: npt.NDArray[np.object_]
    edges: Ints


def voronoi_cells(xy: Floats, *, margin_m: float | None = None) -> Cells:
    """Return the Voronoi cells of places, clipped to their convex hull and a margin.

    Any number of places will do, on one line or in one spot too: four helper points far outside
    close the outer cells. Cells that touch in a point only, as the diagonal ones of a square, are
    not neighbours.

    Parameters
    ----------
    xy : numpy.ndarray, shape (n, 2)
        Projected coordinates in metres.
    margin_m : float, optional
        Buffer around the hull; by default the median distance to the nearest other place.

    Returns
    -------
    Cells
        Polygons and neighbours.

    Examples
    --------
    A square has four neighbouring pairs, not five or six:

    >>> import numpy as np
    >>> corners = np.array([[0.0, 0.0], [0.0, 1e4], [1e4, 0.0], [1e4, 1e4]])
    >>> voronoi_cells(corners).edges.tolist()
    [[0, 1], [0, 2], [1, 3], [2, 3]]
    """
    if len(xy) == 0:
        return Cells(np.empty(0, dtype=object), np.empty((0, 2), dtype=np.int64))
    places, place_of = np.unique(np.round(xy), axis=0, return_inverse=True)
    place_of = place_of.reshape(-1)
    centre = (places.min(axis=0) + places.max(axis=0)) / 2.0
    extent = float(np.ptp(places, axis=0).max())
    margin = _default_margin(places) if margin_m is None else margin_m
    scale = max(extent, margin, 1.0)
    helpers = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]) * _FAR
    diagram = Voronoi(np.vstack([(places - centre) / scale, helpers]))
    vertices = diagram.vertices * scale + centre
    hull = shapely.buffer(shapely.convex_hull(shapely.multipoints(places)), margin)

    rings = [vertices[diagram.regions[diagram.point_region[k]]] for k in range(len(places))]
    cells = shapely.convex_hull(np.array([shapely.multipoints(ring) for ring in rings]))
    polygons = np.asarray(shapely.intersection(cells, hull), dtype=object)

    between = np.asarray(diagram.ridge_points)
    real = np.flatnonzero((between < len(places)).all(axis=1))
    ends = np.array([diagram.ridge_vertices[k] for k in real], dtype=np.int64).reshape(-1, 2)
    borders = shapely.intersection(shapely.linestrings(vertices[ends]), hull)
    shared = shapely.length(borders) > _BORDER_SHARE * scale
    edges = _edges_of_towns(np.asarray(between[real][shared], dtype=np.int64), place_of)
    return Cells(polygons[place_of], edges)


def _default_margin(places: Floats) -> float:
    """Return the median distance to the nearest other place."""
    if len(places) < 2:
        return _ALONE_M
    nearest = np.asarray(KDTree(places).query(places, k=[2])[0])
    return float(np.median(nearest))


def _edges_of_towns(edges: Ints, place_of: Ints) -> Ints:
    """Return the neighbours among towns, given those among places and each town's place."""
    members = np.split(np.argsort(place_of, kind="stable"), np.cumsum(np.bincount(place_of))[:-1])
    pairs = [(a, b) for here in members for a in here for b in here if a < b]
    pairs += [(min(a, b), max(a, b)) for p, q in edges for a in members[p] for b in members[q]]
    return np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), axis=0)


def territories_of(instance: Instance) -> gpd.GeoDataFrame:
    """Return a polygon to draw for each town: its boundary, or its Voronoi cell.

    Parameters
    ----------
    instance : Instance
        The region.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``town`` as in ``instance.towns``; ``territory_source`` (``"boundaries"`` or
        ``"Voronoi cells"``), valid polygons in the instance's projected system. A town that the
        boundaries lack has its cell.

    Examples
    --------
    Three towns on a meridian, 22 km and 111 km apart; one trip was measured:

    >>> import pandas as pd
    >>> from optimizer.instance.reading.builders import instance_from_tables
    >>> towns = pd.DataFrame(
    ...     {"town": ["A", "B", "C"], "lon": -76.5, "lat": [-6.0, -6.2, -7.2], "population": 4000}
    ... )
    >>> models = pd.DataFrame({"operator_model": ["social"], "overhead_year": [30000]})
    >>> trips = pd.DataFrame({"origin": ["A"], "destination": ["B"], "hours": [0.6], "km": [31.0]})
    >>> region = instance_from_tables(
    ...     name="row", title="Row", currency="PEN", price_year=2024, crs="EPSG:32718",
    ...     towns=towns.assign(income_month=900), operator_models=models, travel_table=trips,
    ... )
    >>> territories_of(region).area.div(1e6).round().tolist()  # km2
    [1253.0, 2935.0, 3209.0]
    """
    towns = in_metres(instance.towns, instance.crs)
    xy = np.column_stack([towns.geometry.x, towns.geometry.y])
    shapes = voronoi_cells(xy).polygons
    source = np.full(len(towns), "Voronoi cells", dtype=object)
    if instance.boundaries is not None:
        given = in_metres(instance.boundaries, instance.crs)
        at = towns.index.get_indexer(given.index)
        shapes[at[at >= 0]] = polygonal(np.asarray(given.geometry.array, dtype=object))[at >= 0]
        source[at[at >= 0]] = "boundaries"
    return gpd.GeoDataFrame(
        {"territory_source": source}, geometry=shapes, index=towns.index, crs=towns.crs
    )
