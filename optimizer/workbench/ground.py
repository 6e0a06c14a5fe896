"""What is on the map whatever the grouping, as the page draws it: sent once for each region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from optimizer.instance.instance import Instance
from optimizer.report.map.scene import Ground, ground_of
from optimizer.report.map.svg_map import MapBase, map_base

__all__ = ["Site", "site_of"]

CRACK_SHARE = 1.0 / 1500.0
"""Borders nearer than this share of the region's extent to each other are one border."""


@dataclass(frozen=True, eq=False)
class Site:
    """The region as the page draws it.

    Attributes
    ----------
    picture : dict
        ``width``, ``height``, ``bar`` and ``bar_km``, ``derived``, ``roads`` (an SVG path),
        ``towns`` (key, name, place, radius, territory) and ``borders`` (two positions and the line
        between the territories).
    neighbours : tuple of frozenset of int
        Positions of the towns whose territories touch each town's.
    """

    picture: dict[str, object]
    neighbours: tuple[frozenset[int], ...]


def site_of(instance: Instance) -> Site:
    """Return the parts of the map that no grouping changes.

    Examples
    --------
    >>> import optimizer as op
    >>> len(site_of(op.read("instances/pair")).neighbours)
    2
    """
    ground = ground_of(instance)
    base = map_base(ground)
    borders, neighbours = _borders(ground, base)
    towns = [
        {
            "key": str(key),
            "name": str(name),
            "x": round(mark.x, 1),
            "y": round(mark.y, 1),
            "r": mark.radius,
            "territory": mark.territory,
        }
        for key, name, mark in zip(
            ground.towns.index, ground.towns["name"], base.towns, strict=True
        )
    ]
    picture: dict[str, object] = {
        "width": round(base.width, 1),
        "height": round(base.height, 1),
        "bar": round(base.bar, 1),
        "bar_km": base.bar_km,
        "derived": base.derived,
        "roads": base.roads,
        "towns": towns,
        "borders": borders,
    }
    return Site(picture, neighbours)


def _borders(
    ground: Ground, base: MapBase
) -> tuple[list[dict[str, object]], tuple[frozenset[int], ...]]:
    """Return the lines between territories, and who touches whom."""
    shapes = np.asarray(ground.territories.geometry.array, dtype=object)
    bounds = ground.territories.total_bounds
    gap = float(max(bounds[2] - bounds[0], bounds[3] - bounds[1])) * CRACK_SHARE
    near: list[set[int]] = [set() for _ in shapes]
    lines: list[dict[str, object]] = []
    if len(shapes) > 1:
        grown = shapely.buffer(shapes, gap)
        one, other = shapely.STRtree(shapes).query(grown, predicate="intersects")
        pairs = [(int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b]
        for a, b in pairs:
            shared = shapely.intersection(shapely.boundary(shapes[a]), grown[b])
            if shapely.length(shared) <= 4.0 * gap:
                continue
            near[a].add(b)
            near[b].add(a)
            lines.append({"a": a, "b": b, "path": _path(shared, ground, base.scale)})
    return lines, tuple(frozenset(own) for own in near)


def _path(shape: shapely.Geometry, ground: Ground, scale: float) -> str:
    """Return lines as the text of an SVG path."""
    merged = shapely.line_merge(shape) if isinstance(shape, shapely.MultiLineString) else shape
    x_least, _, _, y_most = ground.frame
    parts = []
    for part in shapely.get_parts(shapely.simplify(merged, 0.4 / scale)):
        if isinstance(part, shapely.LineString):
            xy = shapely.get_coordinates(part)
            points = zip((xy[:, 0] - x_least) * scale, (y_most - xy[:, 1]) * scale, strict=True)
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))
    return "".join(parts)
