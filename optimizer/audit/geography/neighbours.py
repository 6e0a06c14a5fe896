"""Neighbours recomputed: the instance's table, its boundaries, or Voronoi cells by half-planes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from scipy.spatial import Delaunay, KDTree, QhullError

from optimizer.arrays import Floats
from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.promises.incumbent_area import served_today
from optimizer.messages.message import Listed, Message, Town

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["check_connected", "neighbours"]


_GAP_M = 120.0
_BORDER_M = 400.0
_BORDER_SHARE = 1e-6


def check_connected(facts: Facts, ledger: Ledger) -> None:
    """Check that each area is in one piece, where the policy asks for it.

    Where nobody asked for it (``auto``), a grouping that was given may be in pieces.
    """
    policy, given = facts.instance.policy, facts.plan.outcome.status == "evaluated"
    if not facts.instance.areas_connected or (given and policy.connected == "auto"):
        return
    area_of, seat_of = texts(facts.area_of), texts(facts.areas["seat"])
    graph = neighbours(facts)
    members: dict[str, list[str]] = {}
    for town, area in area_of.items():
        members.setdefault(area, []).append(town)
    for area, towns in members.items():
        ledger.count("connected")
        parts = sorted(nx.connected_components(graph.subgraph(towns)), key=len, reverse=True)
        seat = seat_of[area]
        off = [sorted(part) for part in parts if seat not in part]
        if len(parts) > 1:
            apart = (Listed(tuple(Town(t) for t in part), joined=", ") for part in off)
            message = Message(
                "area {area} is in {n} parts: no neighbour leads from {seat} to {towns}",
                area=Town(area),
                n=len(parts),
                seat=Town(seat),
                towns=Listed(tuple(apart), joined="; "),
            )
            first = off[0][0] if off else ""
            ledger.fail("connected", message, town=first, area=area, amount=len(parts) - 1.0)


def neighbours(facts: Facts) -> nx.Graph[str]:
    """Return the towns, joined where they are neighbours and share an area."""
    area_of = texts(facts.area_of)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(area_of)
    graph.add_edges_from(_edges(facts.instance, area_of))
    today = served_today(facts.instance.operator_models)
    graph.add_edges_from((a, b) for a, b in today if area_of.get(a) == area_of.get(b) is not None)
    return graph


def _edges(instance: Instance, label: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the neighbours that share an area."""
    if instance.adjacency_table is not None:
        pairs = zip(
            instance.adjacency_table["town_a"], instance.adjacency_table["town_b"], strict=True
        )
        yield from ((a, b) for a, b in pairs if a in label and label[a] == label.get(b))
    elif instance.boundaries is not None:
        yield from _border_edges(instance.boundaries.to_crs(instance.crs), label)
    else:
        yield from _cell_edges(instance, label)


def _border_edges(polygons: gpd.GeoDataFrame, label: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield pairs whose boundaries run within 120 m of each other for 400 m at least."""
    polygons = polygons[polygons.index.isin(label)]
    keys = [str(k) for k in polygons.index]
    shapes = [_faces(shape) for shape in polygons.geometry]
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_GAP_M)
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        if i >= j or label[keys[i]] != label[keys[j]]:
            continue
        a, b = shapes[i], shapes[j]
        along = max(
            a.boundary.intersection(b.buffer(_GAP_M)).length,
            b.boundary.intersection(a.buffer(_GAP_M)).length,
        )
        if along >= 0.99 * _BORDER_M:  # 1 %: a circle may be drawn with more or fewer corners
            yield keys[i], keys[j]


def _faces(shape: shapely.Geometry) -> shapely.Geometry:
    """Return what a shape covers; spikes and threads that cover nothing fall away.

    Mending a boundary that runs out to a point and back gives polygons and lines together.
    """
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shapely.force_2d(shape))))
    return shapely.union_all([part for part in parts if isinstance(part, shapely.Polygon)])


def _cell_edges(instance: Instance, label: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield pairs whose Voronoi cells share a border inside the hull of the towns."""
    points = instance.towns.geometry.to_crs(instance.crs)
    xy = np.round(np.column_stack([points.x, points.y]))
    spots, spot_of = np.unique(xy, axis=0, return_inverse=True)
    spot_of = spot_of.reshape(-1)
    keys = list(instance.towns.index)
    at: dict[int, list[str]] = {}
    for key, spot in zip(keys, spot_of.tolist(), strict=True):
        at.setdefault(spot, []).append(key)
        for other in at[spot][:-1]:
            if label.get(other) is not None and label.get(other) == label.get(key):
                yield other, key
    if len(spots) < 2:
        return
    nearest = np.asarray(KDTree(spots).query(spots, k=[2])[0])
    margin = float(np.median(nearest))
    hull = shapely.MultiPoint(spots).convex_hull.buffer(margin)
    scale = max(float(np.ptp(spots, axis=0).max()), margin)
    for i, j in _candidates(spots):
        pairs = [(a, b) for a in at[i] for b in at[j] if label.get(a) == label.get(b, "")]
        if pairs and _border(spots, i, j, 4.0 * scale + margin).intersection(hull).length > (
            _BORDER_SHARE * scale
        ):
            yield from pairs


def _candidates(spots: Floats) -> set[tuple[int, int]]:
    """Return pairs that may share a border: the edges of a Delaunay triangulation, or all."""
    try:
        corners = Delaunay(spots).simplices
    except (QhullError, ValueError):
        return set(combinations(range(len(spots)), 2))
    return {
        (int(min(a, b)), int(max(a, b))) for s in corners for a, b in combinations(s.tolist(), 2)
    }


def _border(spots: Floats, i: int, j: int, far: float) -> shapely.LineString:
    """Return the part of the bisector of two places to which no other place is nearer.

    A point ``m + t u`` of the bisector is nearer to place c than to i where
    ``|m + t u - c|^2 < |m + t u - i|^2``, a half-line of t for each c.
    """
    a, b = spots[i], spots[j]
    middle, across = (a + b) / 2.0, b - a
    along = np.array([-across[1], across[0]]) / np.hypot(*across)
    others = np.delete(spots, [i, j], axis=0)
    slope = 2.0 * (others - a) @ along
    right = ((others - middle) ** 2).sum(axis=1) - ((a - middle) ** 2).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = right / slope
    low = max([-far, *cut[slope < 0]])
    high = min([far, *cut[slope > 0]])
    if low >= high or (right[slope == 0] < 0).any():
        return shapely.LineString()
    return shapely.LineString([middle + low * along, middle + high * along])
