"""Neighbours: from the planner's table, from boundaries, or from Voronoi cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from optimizer.arrays import Floats, Ints
from optimizer.errors import InstanceError, Problem
from optimizer.geography.distance import in_metres
from optimizer.geography.territories import voronoi_cells
from optimizer.instance.reading.shapes import polygonal

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["adjacency_of", "shared_borders"]


BOUNDARIES = "boundaries"
TABLE = "adjacency table"
CELLS = "Voronoi cells"


def adjacency_of(instance: Instance) -> tuple[Ints, str]:
    """Return the neighbouring towns and where that is known from.

    The planner's adjacency table decides where there is one, else the boundaries, else the
    Voronoi cells of the towns.

    Parameters
    ----------
    instance : Instance
        The region.

    Returns
    -------
    edges : numpy.ndarray of int, shape (m, 2)
        Positions in ``instance.towns.index``, ``a < b``, unique and in rising order.
    source : str
        ``"adjacency table"``, ``"boundaries"`` or ``"Voronoi cells"``.

    Raises
    ------
    InstanceError
        If the coordinate system is not in metres, or if areas must be connected and a town has no
        polygon among the boundaries.

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
    >>> edges, source = adjacency_of(region)
    >>> edges.tolist(), source
    ([[0, 1], [1, 2]], 'Voronoi cells')
    """
    keys = instance.towns.index
    if instance.adjacency_table is not None:
        table = instance.adjacency_table
        a, b = (keys.get_indexer(pd.Index(table[end])) for end in ("town_a", "town_b"))
        return _tidy(np.column_stack([a, b]).astype(np.int64)), TABLE
    if instance.boundaries is not None:
        _every_town_has_a_polygon(instance)
        polygons = in_metres(instance.boundaries, instance.crs)
        pairs, _ = shared_borders(np.asarray(polygons.geometry.array, dtype=object))
        return _tidy(keys.get_indexer(polygons.index).astype(np.int64)[pairs]), BOUNDARIES
    towns = in_metres(instance.towns, instance.crs)
    xy = np.column_stack([towns.geometry.x, towns.geometry.y])
    return voronoi_cells(xy).edges, CELLS


def _tidy(edges: Ints) -> Ints:
    """Return the edges between two known towns, lower position first, each once, in order."""
    known = (edges >= 0).all(axis=1) & (edges[:, 0] != edges[:, 1])
    return np.unique(np.sort(edges[known], axis=1), axis=0).reshape(-1, 2)


def _every_town_has_a_polygon(instance: Instance) -> None:
    """Raise if areas must be connected and some town would have no neighbours by mistake."""
    if instance.boundaries is None or not instance.areas_connected:
        return
    missing = instance.towns.index.difference(instance.boundaries.index)
    remedy = "add its polygon, or give adjacency.csv, or leave the boundaries out"
    problems = [
        Problem("boundaries", None, "town", f"town {key!r} has no polygon", remedy)
        for key in missing
    ]
    if problems:
        raise InstanceError(problems)


def shared_borders(
    polygons: npt.NDArray[np.object_], *, gap_m: float = 120.0, border_m: float = 400.0
) -> tuple[Ints, Floats]:
    """Return the pairs of polygons that share a border, and how long it is.

    Boundaries from different hands rarely fit: neighbours leave slivers or overlap by some
    metres. Two polygons are therefore neighbours if the boundary of one runs within ``gap_m`` of
    the other for at least ``border_m``. Polygons that touch at a right-angled corner come to
    2 x ``gap_m`` only and are not neighbours; keep ``border_m`` above 3 x ``gap_m``.

    Parameters
    ----------
    polygons : numpy.ndarray of shapely geometries, shape (n,)
        Polygons or multi-polygons in projected coordinates (metres); broken ones are repaired.
    gap_m : float
        Widest gap that is taken for a flaw of the drawing.
    border_m : float
        Shortest common border.

    Returns
    -------
    edges : numpy.ndarray of int, shape (m, 2)
        Positions, ``a < b``, in rising order.
    border_km : numpy.ndarray, shape (m,)
        Length of boundary within the gap, the longer of the two sides.

    Examples
    --------
    Two squares 50 m apart along 10 km; the ends add twice the gap's reach:

    >>> import numpy as np, shapely
    >>> pair = np.array([shapely.box(0, 0, 1e4, 1e4), shapely.box(10050, 0, 2e4, 1e4)])
    >>> edges, km = shared_borders(pair)
    >>> edges.tolist(), km.round(2).tolist()
    ([[0, 1]], [10.14])
    """
    whole = polygonal(polygons)
    left, right = shapely.STRtree(whole).query(whole, predicate="dwithin", distance=gap_m)
    pairs = np.column_stack([left, right])[left < right].astype(np.int64)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    outline = shapely.boundary(whole)
    wider = shapely.buffer(whole, gap_m, quad_segs=4)
    shapely.prepare(wider)
    a, b = pairs[:, 0], pairs[:, 1]
    along = np.maximum(
        shapely.length(shapely.intersection(outline[a], wider[b])),
        shapely.length(shapely.intersection(outline[b], wider[a])),
    )
    keep = along >= border_m
    return pairs[keep], along[keep] / 1000.0
