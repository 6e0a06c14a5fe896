"""The audit's own shortest times by road: plain noding, Dijkstra's algorithm from networkx."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod, Transformer
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.instance.schema.fields import Travel

__all__ = ["RoadTimes"]

_SAME_PLACE_M = 1.0
_END_GAP_M = 10.0
Node = Hashable


class RoadTimes:
    """Fastest times by road between the towns of an instance.

    Lines join where they share a vertex, where vertices lie within 1 m, and where a line ends
    within 10 m of another, at the speed of the slower of the two; a town is tied to the nearest
    point of any line, at its distance on the ellipsoid.

    Parameters
    ----------
    instance : Instance
        A region with roads.
    """

    def __init__(self, instance: Instance) -> None:
        self._graph: nx.Graph[Node] = nx.Graph()
        self._part: dict[Node, int] = {}
        self._leg: dict[str, float] = {}
        self._speed: dict[Node, float] = {}
        travel = instance.travel
        if instance.roads is None:
            return
        lines, speed = _lines(instance.roads.to_crs(instance.crs), travel)
        if not lines:
            return
        tree = shapely.STRtree(lines)
        cuts: list[list[tuple[float, Node]]] = [[] for _ in lines]
        self._tie_towns(instance, lines, tree, cuts)
        joints = _end_joints(lines, tree, cuts)
        for k, line in enumerate(lines):
            self._chain(_along(line) + cuts[k], speed[k])
        for a, b, metres in joints + _near_vertices(self._graph):
            self._join(a, b, metres, min(self._speed[a], self._speed[b]))
        for number, part in enumerate(nx.connected_components(self._graph)):
            self._part.update(dict.fromkeys(part, number))

    def _tie_towns(
        self,
        instance: Instance,
        lines: list[shapely.LineString],
        tree: shapely.STRtree,
        cuts: list[list[tuple[float, Node]]],
    ) -> None:
        metres_xy = instance.towns.geometry.to_crs(instance.crs)
        to_degrees = Transformer.from_crs(instance.crs, "EPSG:4326", always_xy=True)
        sphere = Geod(ellps="WGS84")
        degrees = instance.towns.geometry.to_crs("EPSG:4326")
        for town, point, home in zip(instance.towns.index, metres_xy, degrees, strict=True):
            nearest = int(tree.nearest(point))
            along = lines[nearest].project(shapely.Point(shapely.get_coordinates(point)[0]))
            met = shapely.line_interpolate_point(lines[nearest], along)
            there = to_degrees.transform(shapely.get_x(met), shapely.get_y(met))
            home_degrees = (shapely.get_x(home), shapely.get_y(home))
            km = sphere.inv(*home_degrees, *there)[2] / 1000.0
            if km <= instance.travel.snap_km_most:
                cuts[nearest].append((along, ("town", town)))
                self._leg[str(town)] = km / instance.travel.snap_speed_km_h

    def _chain(self, places: list[tuple[float, Node]], speed_km_h: float) -> None:
        """Join the places of one line in their order along it."""
        places = sorted(places, key=lambda place: place[0])
        for _, node in places:
            self._speed[node] = max(speed_km_h, self._speed.get(node, 0.0))
        for (start, a), (end, b) in pairwise(places):
            self._join(a, b, end - start, speed_km_h)

    def _join(self, a: Node, b: Node, metres: float, speed_km_h: float) -> None:
        hours = metres / 1000.0 / speed_km_h
        if a != b and hours < self._graph.get_edge_data(a, b, {"hours": math.inf})["hours"]:
            self._graph.add_edge(a, b, hours=hours)

    def joined(self, a: str, b: str) -> bool:
        """Return whether roads lead from one town to the other."""
        if a not in self._leg or b not in self._leg:
            return False
        return self._part.get(("town", a), -1) == self._part.get(("town", b), -2)

    def hours(self, seat: str, towns: Iterable[str], *, hours_most: float) -> dict[str, float]:
        """Return the hours from a seat to each town joined to it, infinite beyond a limit.

        Parameters
        ----------
        seat : str
            Where trips start.
        towns : iterable of str
            Where they end.
        hours_most : float
            How far the search goes.
        """
        wanted = [town for town in towns if self.joined(seat, town)]
        if not wanted:
            return {}
        found = nx.single_source_dijkstra_path_length(
            self._graph, ("town", seat), cutoff=hours_most, weight="hours"
        )
        legs = self._leg
        return {
            town: float(found.get(("town", town), math.inf)) + legs[seat] + legs[town]
            for town in wanted
        }


def _lines(roads: gpd.GeoDataFrame, travel: Travel) -> tuple[list[shapely.LineString], list[float]]:
    """Return single lines of some length, with the speed on each."""
    single = roads.explode(ignore_index=True)
    single = single[(single.geom_type == "LineString") & (single.length > 0)]
    single = single[np.isfinite(single.length)]
    nothing = pd.Series(np.nan, index=single.index)
    own = pd.to_numeric(single.get("speed_km_h", nothing), errors="coerce")
    own = own.where((own > 0) & (own < np.inf))
    by_class = single.get("road_class", nothing).map(travel.road_speeds_km_h).astype(float)
    speed = own.fillna(by_class).fillna(travel.speed_km_h)
    lines = [shapely.LineString(np.asarray(line.coords)[:, :2]) for line in single.geometry]
    return lines, [float(v) for v in speed]


def _along(line: shapely.LineString) -> list[tuple[float, Node]]:
    """Return every vertex with its metres along the line; vertices are known by millimetre."""
    xy = np.asarray(line.coords)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    metres = np.concatenate([[0.0], np.cumsum(steps)])
    names = [("vertex", round(x * 1000), round(y * 1000)) for x, y in xy.tolist()]
    return list(zip(metres.tolist(), names, strict=True))


def _end_joints(
    lines: list[shapely.LineString],
    tree: shapely.STRtree,
    cuts: list[list[tuple[float, Node]]],
) -> list[tuple[Node, Node, float]]:
    """Cut lines where another line ends nearby; return the joints between end and cut."""
    joints: list[tuple[Node, Node, float]] = []
    for k, line in enumerate(lines):
        vertices = _along(line)
        for end, node in ((line.coords[0], vertices[0][1]), (line.coords[-1], vertices[-1][1])):
            tip = shapely.Point(end)
            for other in tree.query(tip, predicate="dwithin", distance=_END_GAP_M):
                if other == k:
                    continue
                cut: Node = ("cut", int(other), node)
                cuts[other].append((lines[other].project(tip), cut))
                joints.append((node, cut, lines[other].distance(tip)))
    return joints


def _near_vertices(graph: nx.Graph[Node]) -> list[tuple[Node, Node, float]]:
    """Return pairs of vertices so near each other that they are one junction."""
    nodes = [n for n in graph.nodes if isinstance(n, tuple) and n[0] == "vertex"]
    if len(nodes) < 2:
        return []
    xy = np.array([[n[1], n[2]] for n in nodes], dtype=float) / 1000.0
    pairs = KDTree(xy).query_pairs(_SAME_PLACE_M)
    return [(nodes[a], nodes[b], float(np.hypot(*(xy[a] - xy[b])))) for a, b in pairs]
