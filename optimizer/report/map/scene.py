"""What a map of a plan shows, in projected metres: towns, territories, areas, roads, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from optimizer.geography.territories import territories_of

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.plan.plan import Plan

__all__ = ["Ground", "PlanLayers", "ground_of", "layers_of"]

_FINEST_SHARE = 1.0 / 1500.0
"""Detail finer than this share of the region's extent is less than a pixel and is not drawn."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What is on the map whatever the plan.

    Attributes
    ----------
    towns : geopandas.GeoDataFrame
        Index ``town``; ``name``, ``population``, ``connections`` (of all customers), points in
        metres.
    territories : geopandas.GeoDataFrame
        Index ``town``; ``territory_source``, polygons in metres.
    roads : geopandas.GeoSeries
        Lines in metres, those outside the frame left out; may be empty.
    derived : bool
        Whether any territory is a Voronoi cell and not a given boundary.
    frame : tuple of float
        ``(x least, y least, x most, y most)`` in metres.
    """

    towns: gpd.GeoDataFrame
    territories: gpd.GeoDataFrame
    roads: gpd.GeoSeries
    derived: bool
    frame: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class PlanLayers:
    """What a plan adds to the ground.

    Attributes
    ----------
    areas : geopandas.GeoDataFrame
        Index ``service_area``; columns of ``plan.areas``, the union of the towns' territories.
    links : geopandas.GeoDataFrame
        Index ``town``; ``service_area``, a line from the seat to each other town it serves.
    neighbours : frozenset of pairs of int
        Positions of areas whose territories share a border or overlap, ``a < b``.
    """

    areas: gpd.GeoDataFrame
    links: gpd.GeoDataFrame
    neighbours: frozenset[tuple[int, int]]


def ground_of(instance: Instance) -> Ground:
    """Return the parts of a map that do not depend on the plan.

    Parameters
    ----------
    instance : Instance
        The region.

    Returns
    -------
    Ground
        Everything in the instance's projected coordinate system, metres.

    Examples
    --------
    >>> import optimizer as op
    >>> ground_of(op.read("instances/pair")).territories["territory_source"].tolist()
    ['Voronoi cells', 'Voronoi cells']
    """
    crs = instance.crs
    table = instance.towns[["name", "population", "connections", "geometry"]].to_crs(crs)
    others = instance.customers["connections"].groupby(level="town").sum()
    added = others.reindex(table.index).fillna(0.0).to_numpy(dtype=float)
    towns = table.assign(connections=table["connections"].to_numpy(dtype=float) + added)
    territories = territories_of(instance)
    extent = _extent(territories.total_bounds)
    frame = _frame(territories.total_bounds)
    roads = gpd.GeoSeries([], crs=crs)
    if instance.roads is not None and len(instance.roads):
        lines = instance.roads.geometry.to_crs(crs).simplify(extent * _FINEST_SHARE)
        roads = gpd.GeoSeries(lines.clip_by_rect(*frame), crs=crs)
        roads = gpd.GeoSeries(roads[~roads.is_empty], crs=crs)
    derived = bool((territories["territory_source"] != "boundaries").any())
    return Ground(towns, territories, roads, derived, frame)


def _extent(bounds: np.ndarray) -> float:
    """Return the longer side of a rectangle."""
    return float(max(bounds[2] - bounds[0], bounds[3] - bounds[1]))


def _frame(bounds: np.ndarray) -> tuple[float, float, float, float]:
    """Return the bounds with a margin, no side shorter than 45 % of the other."""
    low, high = np.asarray(bounds[:2], dtype=float), np.asarray(bounds[2:], dtype=float)
    centre, size = (low + high) / 2.0, high - low
    longest = max(float(size.max()), 1_000.0)
    half = np.maximum(size * 1.06, 0.45 * longest) / 2.0
    (x_least, y_least), (x_most, y_most) = centre - half, centre + half
    return float(x_least), float(y_least), float(x_most), float(y_most)


def layers_of(plan: Plan, ground: Ground) -> PlanLayers:
    """Return the parts of a map that a plan decides.

    Parameters
    ----------
    plan : Plan
        Any plan of the ground's region; one without areas gives empty layers.
    ground : Ground
        The ground of the plan's instance.
    """
    crs = ground.towns.crs
    area_of = plan.towns["service_area"]
    shapes = ground.territories.geometry
    gap = _extent(ground.territories.total_bounds) * _FINEST_SHARE
    merged = [
        _closed(np.asarray(shapes.loc[area_of.index[area_of == area]].array, dtype=object), gap)
        for area in plan.areas.index
    ]
    outlines = gpd.GeoSeries(merged, index=plan.areas.index, crs=crs)
    areas = gpd.GeoDataFrame(plan.areas, geometry=outlines)
    away = plan.towns[plan.towns["seat"].to_numpy() != plan.towns.index.to_numpy()]
    points = ground.towns.geometry
    lines = [
        shapely.LineString([points.loc[seat], points.loc[town]])
        for town, seat in away["seat"].items()
    ]
    links = gpd.GeoDataFrame(
        pd.DataFrame(away[["service_area", "seat"]]),
        geometry=gpd.GeoSeries(lines, index=away.index, crs=crs),
    )
    return PlanLayers(areas, links, _neighbours(merged, gap))


def _closed(shapes: npt.NDArray[np.object_], gap: float) -> shapely.Geometry:
    """Return the union of shapes without the cracks narrower than a gap between them."""
    if len(shapes) == 1:
        return shapely.union_all(shapes)
    grown = shapely.union_all(shapely.buffer(shapes, gap, join_style="mitre"))
    shrunk: shapely.Geometry = shapely.buffer(grown, -gap, join_style="mitre")
    return shrunk


def _neighbours(shapes: Sequence[shapely.Geometry], gap: float) -> frozenset[tuple[int, int]]:
    """Return the pairs of shapes that come within a gap of each other."""
    if len(shapes) < 2:
        return frozenset()
    every = np.asarray(shapes, dtype=object)
    a, b = shapely.STRtree(every).query(every, predicate="dwithin", distance=gap)
    return frozenset((int(p), int(q)) for p, q in zip(a, b, strict=True) if p < q)
