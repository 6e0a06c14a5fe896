"""Shapes on a map: polygons that are whole again, and shapes that cross the 180th meridian."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity

__all__ = ["polygonal", "split_at_180"]

Shapes = npt.NDArray[np.object_]
_POLYGONS = (3, 6)
_COLLECTION = 7


def polygonal(shapes: Shapes) -> Shapes:
    """Return the polygons of shapes, valid and in two dimensions, and nothing of lines or points.

    A polygon that is valid in degrees may be broken in metres: a spike thinner than the last
    digit folds over. Repaired as it comes it is a collection, of which no border is known.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Anything; None and what has no polygon give an empty one.

    Examples
    --------
    A square with a spike that goes out and comes back on the same line:

    >>> spiked = shapely.from_wkt("POLYGON ((0 0, 2 0, 2 1, 5 1, 2 1, 2 2, 0 2, 0 0))")
    >>> shapely.make_valid(spiked).geom_type, polygonal(np.array([spiked]))[0].area
    ('GeometryCollection', 4.0)
    """
    flat = np.asarray(shapely.force_2d(np.asarray(shapes, dtype=object)), dtype=object)
    mixed = ~np.isin(shapely.get_type_id(flat), _POLYGONS)
    flat[mixed] = [shapely.multipolygons(_polygons_in(shape)) for shape in flat[mixed]]
    broken = ~shapely.is_valid(flat)
    flat[broken] = shapely.make_valid(flat[broken], method="structure", keep_collapsed=False)
    return flat


def _polygons_in(shape: shapely.Geometry | None) -> list[shapely.Polygon]:
    """Return the polygons of any shape, those inside collections too."""
    if shape is None:
        return []
    if shapely.get_type_id(shape) in (*_POLYGONS[1:], _COLLECTION):
        return [p for part in shapely.get_parts(shape) for p in _polygons_in(part)]
    return [shape] if isinstance(shape, shapely.Polygon) and not shape.is_empty else []


def split_at_180(shapes: Shapes) -> Shapes:
    """Return shapes in degrees so that none crosses the 180th meridian (RFC 7946, section 3.1.9).

    Between longitudes 179 and -179 lie two degrees, not 358: a part whose corners jump by more
    than half the earth is taken to go the short way, and is cut there into two.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Lines or polygons, longitude first, in degrees; longitudes beyond 180 are brought back.

    Examples
    --------
    >>> strait = shapely.from_wkt("POLYGON ((179 0, -179 0, -179 1, 179 1, 179 0))")
    >>> split_at_180(np.array([strait]))[0].area, split_at_180(np.array([strait]))[0].bounds
    (2.0, (-180.0, 0.0, 180.0, 1.0))
    """
    cut = np.array(shapes, dtype=object)
    bounds = shapely.bounds(cut)
    with np.errstate(invalid="ignore"):
        wide = (bounds[:, 2] - bounds[:, 0] > 180) | (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1)
    for k in np.flatnonzero(wide):
        parts = [p for part in shapely.get_parts(cut[k]) for p in _either_side(part)]
        cut[k] = _collected(parts) if parts else cut[k]
    return cut


def _either_side(part: shapely.Geometry) -> list[shapely.Geometry]:
    """Return one part of a shape within 180 degrees, in two where it crosses."""
    corners = shapely.get_coordinates(part)[:, 0]
    jumps = bool((np.abs(np.diff(corners)) > 180).any())
    if not jumps and np.abs(corners).max(initial=0.0) <= 180:
        return [part]
    whole = shapely.transform(part, _eastward) if jumps else part
    pieces = []
    for turn in (-360.0, 0.0, 360.0):
        window = shapely.box(turn - 180.0, -90.0, turn + 180.0, 90.0)
        inside = shapely.intersection(shapely.make_valid(whole), window)
        back = affinity.translate(inside, xoff=-turn)
        same = shapely.get_type_id(shapely.get_parts(back)) == shapely.get_type_id(part)
        pieces += [p for p in shapely.get_parts(back)[same] if not p.is_empty]
    return pieces


def _eastward(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return coordinates with the western longitudes counted on beyond 180."""
    return np.column_stack([np.where(xy[:, 0] < 0, xy[:, 0] + 360.0, xy[:, 0]), xy[:, 1]])


def _collected(parts: list[shapely.Geometry]) -> shapely.Geometry:
    """Return polygons or lines as one shape."""
    if len(parts) == 1:
        return parts[0]
    of_polygons = isinstance(parts[0], shapely.Polygon)
    whole = shapely.multipolygons(parts) if of_polygons else shapely.multilinestrings(parts)
    return cast(shapely.Geometry, whole)
