"""Noding: from road lines to a graph whose edges run between junctions, ends and stops."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import KDTree

from optimizer.arrays import Bools, Floats, Ints

__all__ = ["RoadGraph", "node_lines"]


_INSTANT_KM = 1e-6
_INSTANT_HOURS = 1e-12
"""Least hours of an edge: a stop may lie on a junction, and sparse graphs lose edges of zero."""


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """An undirected graph of roads.

    Attributes
    ----------
    xy : numpy.ndarray, shape (n, 2)
        Projected coordinates of the nodes, in metres.
    ends : numpy.ndarray of int, shape (m, 2)
        Nodes of each edge, ``a < b``; of parallel edges only the fastest is kept.
    km, hours : numpy.ndarray, shape (m,)
        Length along the line and driving time.
    stops : numpy.ndarray of int, shape (s,)
        Node of each stop asked for.
    back_hours : numpy.ndarray, shape (m,), or None
        Driving time from ``b`` to ``a``; that from ``a`` to ``b`` where None. Infinite in the
        direction that may not be driven.
    """

    xy: Floats
    ends: Ints
    km: Floats
    hours: Floats
    stops: Ints
    back_hours: Floats | None = None

    def graph(self) -> nx.Graph[int]:
        """Return the same as a networkx graph: nodes with ``x``, ``y``; edges ``km``, ``hours``."""
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from((k, {"x": x, "y": y}) for k, (x, y) in enumerate(self.xy.tolist()))
        weights = zip(self.ends.tolist(), self.km.tolist(), self.hours.tolist(), strict=True)
        graph.add_edges_from((a, b, {"km": km, "hours": hours}) for (a, b), km, hours in weights)
        return graph


def node_lines(
    lines: npt.NDArray[np.object_],
    speed_km_h: Floats,
    *,
    stop_line: Ints,
    stop_m: Floats,
    tolerance_m: float = 1.0,
    end_gap_m: float = 10.0,
    one_way: Bools | None = None,
) -> RoadGraph:
    """Return the graph of road lines, cut at junctions and at stops.

    Lines join where they share a vertex (an end or not), where two vertices lie within the
    tolerance, and where a line ends within ``end_gap_m`` of another: files that were simplified
    line by line miss their junctions by some metres, which are driven at the speed of the slower of
    the two lines. Lines that merely cross, as on a bridge, do not join. All travel is possible
    both ways, unless ``one_way`` says otherwise.

    Parameters
    ----------
    lines : numpy.ndarray of shapely LineStrings, shape (k,)
        Projected, in metres, none of zero length.
    speed_km_h : numpy.ndarray, shape (k,)
        Speed on each line.
    stop_line, stop_m : numpy.ndarray, shape (s,)
        Line and metres from its start of each place that must be a node.
    tolerance_m : float
        Distance at which two vertices are joined.
    end_gap_m : float
        Distance at which the end of a line is joined to another line.
    one_way : numpy.ndarray of bool, shape (k,), optional
        Lines that are driven from their first vertex to their last only.

    Returns
    -------
    RoadGraph
        Nodes, edges and the node of each stop.

    Examples
    --------
    A stop at 3 km on a road of 10 km at 50 km/h:

    >>> import numpy as np, shapely
    >>> road = np.array([shapely.LineString([(0, 0), (10_000, 0)])])
    >>> cut = node_lines(
    ...     road, np.array([50.0]), stop_line=np.array([0]), stop_m=np.array([3000.0])
    ... )
    >>> cut.ends.tolist(), cut.km.tolist(), cut.hours.round(2).tolist()
    ([[0, 2], [1, 2]], [3.0, 7.0], [0.06, 0.14])
    """
    xy, line, along, vertex = _vertices(lines)
    spots = _first_rows(xy, vertex)
    close = KDTree(spots).query_pairs(tolerance_m, output_type="ndarray").astype(np.int64)
    end_vertex, on_line, on_m = _ends_on_lines(lines, xy, line, vertex, end_gap_m)
    stop_line, stop_m = np.concatenate([stop_line, on_line]), np.concatenate([stop_m, on_m])
    stop = len(spots) + np.arange(len(stop_line))
    where = shapely.get_coordinates(shapely.line_interpolate_point(lines[stop_line], stop_m))
    places = np.vstack([spots, where])

    is_node = np.bincount(vertex, minlength=len(spots))[vertex] > 1
    is_node |= np.isin(vertex, close) | _is_end(line)
    runs, run_km, run_line = _runs(
        np.concatenate([line[is_node], stop_line]),
        np.concatenate([along[is_node], stop_m]),
        np.concatenate([vertex[is_node], stop]),
    )
    first_own_stop = len(stop_line) - len(on_line)
    joints = np.vstack([close, np.column_stack([end_vertex, stop[first_own_stop:]])])
    joint_km = np.linalg.norm(places[joints[:, 0]] - places[joints[:, 1]], axis=1) / 1000.0
    fastest = np.zeros(len(places))
    np.maximum.at(
        fastest, np.concatenate([vertex, stop]), speed_km_h[np.concatenate([line, stop_line])]
    )
    joint_speed = fastest[joints].min(axis=1)
    ends, km = np.vstack([runs, joints]), np.concatenate([run_km, joint_km])
    hours = np.concatenate([run_km / speed_km_h[run_line], joint_km / joint_speed])
    stops = stop[:first_own_stop]
    if one_way is None or not one_way.any():
        return _compact(places, ends, km, hours, stops)
    real = run_km > _INSTANT_KM  # a stop at a vertex is the vertex, whatever the direction
    closed = np.concatenate([one_way[run_line] & real, np.zeros(len(joints), dtype=bool)])
    return _directed(places, (ends, km, hours, np.where(closed, np.inf, hours)), stops)


def _runs(line: Ints, along: Floats, node: Ints) -> tuple[Ints, Floats, Ints]:
    """Return what lies between one node and the next on a line: ends, km and line.

    ``line``, ``along`` (metres from its start) and ``node`` tell where each node lies, in any
    order.
    """
    order = np.lexsort((along, line))
    line, along, node = line[order], along[order], node[order]
    same = line[1:] == line[:-1]
    ends = np.column_stack([node[:-1], node[1:]])[same]
    return ends, (along[1:] - along[:-1])[same] / 1000.0, line[:-1][same]


def _vertices(lines: npt.NDArray[np.object_]) -> tuple[Floats, Ints, Floats, Ints]:
    """Return coordinates, line, metres along the line, and number of every vertex.

    Vertices at the same millimetre have the same number.
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    line = line.astype(np.int64)
    step = np.zeros(len(xy))
    step[1:] = np.where(line[1:] == line[:-1], np.linalg.norm(np.diff(xy, axis=0), axis=1), 0.0)
    run = np.cumsum(step)
    start = np.searchsorted(line, np.arange(len(lines)))
    along = run - run[start][line]
    _, vertex = np.unique(np.round(xy, 3), axis=0, return_inverse=True)
    return xy, line, along, vertex.reshape(-1).astype(np.int64)


def _first_rows(xy: Floats, number: Ints) -> Floats:
    """Return one coordinate pair for each number, ordered by number."""
    return xy[np.unique(number, return_index=True)[1]]


def _is_end(line: Ints) -> Bools:
    """Return whether each vertex is the first or the last of its line."""
    change = line[1:] != line[:-1]
    ends: Bools = np.concatenate([[True], change]) | np.concatenate([change, [True]])
    return ends


def _ends_on_lines(
    lines: npt.NDArray[np.object_], xy: Floats, line: Ints, vertex: Ints, gap_m: float
) -> tuple[Ints, Ints, Floats]:
    """Return the line ends that lie on another line, or nearly, without sharing a vertex.

    Returns the vertex number of the end, the other line, and metres along that line.
    """
    ends = np.flatnonzero(_is_end(line))
    _, pick = np.unique(vertex[ends], return_index=True)
    ends = ends[pick]
    tips = np.asarray(shapely.points(xy[ends]), dtype=object)
    tip, other = shapely.STRtree(lines).query(tips, predicate="dwithin", distance=gap_m)
    count = int(vertex.max()) + 1
    has = np.unique(line * count + vertex)
    apart = ~np.isin(other * count + vertex[ends[tip]], has)
    tip, other = tip[apart], other[apart].astype(np.int64)
    return vertex[ends[tip]], other, shapely.line_locate_point(lines[other], tips[tip])


def _directed(places: Floats, edges: tuple[Ints, Floats, Floats, Floats], stops: Ints) -> RoadGraph:
    """Return the graph with the fastest way of each pair of nodes, direction by direction."""
    ends, km, there, back = edges
    best = _compact(places, ends, km, np.minimum(there, back), stops)
    turned = ends[:, 0] > ends[:, 1]
    forth, return_ = np.where(turned, back, there), np.where(turned, there, back)
    used = np.unique(np.concatenate([ends.reshape(-1), stops]))
    number = np.searchsorted(used, np.sort(ends, axis=1))
    keys = number[:, 0] * len(used) + number[:, 1]
    row = np.searchsorted(best.ends[:, 0] * len(used) + best.ends[:, 1], keys)
    real = number[:, 0] != number[:, 1]
    hours = np.full((2, len(best.km)), np.inf)
    np.minimum.at(hours[0], row[real], np.maximum(forth[real], _INSTANT_HOURS))
    np.minimum.at(hours[1], row[real], np.maximum(return_[real], _INSTANT_HOURS))
    return RoadGraph(best.xy, best.ends, best.km, hours[0], best.stops, hours[1])


def _compact(places: Floats, ends: Ints, km: Floats, hours: Floats, stops: Ints) -> RoadGraph:
    """Return the graph without loops, slower parallel edges and unused places."""
    ends = np.sort(ends, axis=1)
    used, number = np.unique(np.concatenate([ends.reshape(-1), stops]), return_inverse=True)
    number = number.reshape(-1).astype(np.int64)
    ends, stops = number[: ends.size].reshape(-1, 2), number[ends.size :]
    order = np.lexsort((km, hours, ends[:, 1], ends[:, 0]))
    order = order[ends[order, 0] != ends[order, 1]]
    ends, km, hours = ends[order], km[order], hours[order]
    first = np.ones(len(ends), dtype=bool)
    first[1:] = (np.diff(ends, axis=0) != 0).any(axis=1)
    hours = np.maximum(hours[first], _INSTANT_HOURS)
    return RoadGraph(xy=places[used], ends=ends[first], km=km[first], hours=hours, stops=stops)
