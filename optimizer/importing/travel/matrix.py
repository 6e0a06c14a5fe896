"""Hours between towns over a layer of roads."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from optimizer.arrays import Bools, Floats, Ints
from optimizer.geography.distance import legs_km
from optimizer.geography.noding import RoadGraph, node_lines
from optimizer.importing.travel.speeds import Roads

__all__ = ["Ways", "ways_between"]

CELLS_AT_ONCE = 8_000_000
INSTANT = 1e-9
SNAP_SPEED_KM_H = 15.0
TOWNS_LEAST = 2
"""A part of the network that fewer towns reach leads nowhere: it is a stub."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Trips between towns, and how towns reach the roads.

    Attributes
    ----------
    trips : pandas.DataFrame
        ``origin``, ``destination``, ``hours``, ``km``; each pair once.
    snap_km : numpy.ndarray
        From each town to its place on the road; NaN where no road is near.
    said : tuple of str
        Gaps bridged, stubs left, towns without a road, pairs without a way.
    """

    trips: pd.DataFrame
    snap_km: Floats
    said: tuple[str, ...]


def ways_between(
    towns: gpd.GeoSeries,
    roads: Roads,
    *,
    crs: str,
    hours_most: float = 6.0,
    snap_km_most: float = 10.0,
    bridge_m: float = 30.0,
) -> Ways:
    """Return the fastest trips between towns.

    A town is tied to the nearest road of a part of the network that reaches other towns, not to a
    stub. Ends of lines within ``bridge_m`` of another line are joined to it. Where a road is
    one-way, the hours of a pair are the mean of there and back.

    Parameters
    ----------
    towns : geopandas.GeoSeries
        Points in degrees, index the keys.
    roads : Roads
        Lines with their speed.
    crs : str
        Projected system in metres.
    hours_most : float
        Longest trip that is kept.
    snap_km_most : float
        Farthest that a town may lie from its road.
    bridge_m : float
        Widest gap that is bridged.

    Examples
    --------
    >>> from optimizer.importing.travel.speeds import roads_of, speeds_table
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (-76 0, -75.9 0)"], crs="EPSG:4326")
    >>> roads = roads_of(gpd.GeoDataFrame({"highway": ["primary"]}, geometry=line), speeds_table())
    >>> towns = gpd.GeoSeries.from_xy([-76, -75.9], [0, 0], index=["a", "b"], crs="EPSG:4326")
    >>> ways_between(towns, roads, crs="EPSG:32718").trips.round(2).values.tolist()
    [['a', 'b', 0.19, 11.13]]
    """
    said: list[str] = []
    lines = np.asarray(roads.lines.to_crs(crs).geometry.array, dtype=object)
    usable = (shapely.length(lines) > 0) & np.isfinite(shapely.length(lines))
    lines, speed, one_way = (
        lines[usable], roads.lines["speed_km_h"].to_numpy(dtype=float)[usable],
        roads.one_way[usable],
    )  # fmt: skip
    points = towns.to_crs(crs)
    part = _parts(lines, speed, bridge_m, said)
    line, along = _snapped(np.asarray(points.array, dtype=object), lines, part, snap_km_most, said)
    there = np.flatnonzero(line >= 0)
    met = shapely.line_interpolate_point(lines[line[there]], along[there])
    snap_km = np.full(len(towns), np.nan)
    snap_km[there] = legs_km(gpd.GeoSeries(towns.iloc[there]), gpd.GeoSeries(list(met), crs=crs))
    lost = [str(key) for key in towns.index[line < 0]]
    if lost:
        shown = ", ".join(lost[:5]) + (" ..." if len(lost) > 5 else "")
        said.append(f"{len(lost):,} towns farther than {snap_km_most:g} km from any road: {shown}")
    graph = node_lines(
        lines, speed, stop_line=line[there], stop_m=along[there], end_gap_m=bridge_m,
        one_way=one_way,
    )  # fmt: skip
    legs = snap_km[there] / SNAP_SPEED_KM_H
    hours, km = _matrix(graph, legs, snap_km[there], hours_most)
    keys = [str(key) for key in towns.index[there]]
    a, b = np.nonzero(np.isfinite(hours) & (np.arange(len(keys))[:, None] < np.arange(len(keys))))
    trips = pd.DataFrame(
        {
            "origin": [keys[at] for at in a],
            "destination": [keys[at] for at in b],
            "hours": hours[a, b].round(4),
            "km": km[a, b].round(3),
        }
    )
    pairs = len(towns) * (len(towns) - 1) // 2
    said.append(f"{len(trips):,} of {pairs:,} pairs of towns within {hours_most:g} hours by road")
    return Ways(trips, snap_km, tuple(said))


def _parts(lines: npt.NDArray[np.object_], speed: Floats, bridge_m: float, said: list[str]) -> Ints:
    """Return the connected part of the network in which each line lies; tell the gaps bridged."""
    middle = shapely.length(lines) / 2.0
    every = np.arange(len(lines))

    def parts(gap_m: float) -> Ints:
        graph = node_lines(lines, speed, stop_line=every, stop_m=middle, end_gap_m=gap_m)
        count = len(graph.xy)
        links = csr_array((graph.hours, (graph.ends[:, 0], graph.ends[:, 1])), shape=(count, count))
        labels = connected_components(links, directed=False)[1]
        return np.asarray(labels[graph.stops], dtype=np.int64)

    apart, joined = parts(1.0), parts(bridge_m)
    fewer = len(np.unique(apart)) - len(np.unique(joined))
    if fewer:
        said.append(f"{fewer:,} gaps of up to {bridge_m:g} m between parts of the roads bridged")
    return joined


def _snapped(
    points: npt.NDArray[np.object_],
    lines: npt.NDArray[np.object_],
    part: Ints,
    km_most: float,
    said: list[str],
) -> tuple[Ints, Floats]:
    """Return line and metres along it of each town, -1 where no road is near."""
    line = np.full(len(points), -1, dtype=np.int64)
    town, nearest = shapely.STRtree(lines).query_nearest(
        points, max_distance=1000.0 * km_most, all_matches=False
    )
    line[town] = nearest
    counts = np.bincount(part[nearest], minlength=int(part.max()) + 1)
    stub = np.flatnonzero((line >= 0) & (counts[part[line]] < TOWNS_LEAST))
    main = np.flatnonzero(counts[part] >= TOWNS_LEAST)
    if len(stub) and len(main):
        moved, better = shapely.STRtree(lines[main]).query_nearest(
            points[stub], max_distance=1000.0 * km_most, all_matches=False
        )
        line[stub[moved]] = main[better]
        if len(moved):
            said.append(f"{len(moved):,} towns tied to a road that reaches others, not to a stub")
    along = np.full(len(points), np.nan)
    there = line >= 0
    along[there] = shapely.line_locate_point(lines[line[there]], points[there])
    return line, along


def _matrix(
    graph: RoadGraph, leg_hours: Floats, leg_km: Floats, hours_most: float
) -> tuple[Floats, Floats]:
    """Return hours and km between all stops, legs to the road included; infinite where none."""
    count, stops = len(graph.xy), len(graph.stops)
    back = graph.hours if graph.back_hours is None else graph.back_hours
    starts = np.concatenate([graph.ends[:, 0], graph.ends[:, 1]])
    ends = np.concatenate([graph.ends[:, 1], graph.ends[:, 0]])
    hours = np.concatenate([graph.hours, back])
    open_ways = np.isfinite(hours)
    shape = (count, count)
    links = csr_array((hours[open_ways], (starts[open_ways], ends[open_ways])), shape=shape)
    km = csr_array((np.tile(graph.km, 2), (starts, ends)), shape=shape)
    found, length = np.full((stops, stops), np.inf), np.full((stops, stops), np.inf)
    size = max(1, CELLS_AT_ONCE // (count + 1))
    for first in range(0, stops, size):
        rows = np.arange(first, min(first + size, stops))
        way, before = dijkstra(
            links, indices=graph.stops[rows], return_predecessors=True, limit=hours_most
        )
        found[rows] = way[:, graph.stops]
        length[rows] = _km(before, graph.stops, km, np.isfinite(found[rows]))
    legs = leg_hours[:, None] + leg_hours[None, :]
    total = (found + found.T) / 2.0 + legs
    total[total > hours_most] = np.inf
    return total, (length + length.T) / 2.0 + leg_km[:, None] + leg_km[None, :]


def _km(before: npt.NDArray[np.int32], stops: Ints, km: csr_array, known: Bools) -> Floats:
    """Return the kilometres of the fastest way to each stop."""
    rows, columns = np.nonzero(known)
    here = stops[columns].astype(np.int64)
    length = np.zeros(len(rows))
    moving = np.arange(len(rows))
    order = km.tocsr()
    order.sort_indices()
    keys = np.repeat(np.arange(order.shape[0]), np.diff(order.indptr)) * order.shape[0]
    keys = keys + order.indices
    while len(moving):
        previous = before[rows[moving], here[moving]].astype(np.int64)
        on_way = previous >= 0
        moving, previous = moving[on_way], previous[on_way]
        at = np.searchsorted(keys, previous * order.shape[0] + here[moving])
        length[moving] += order.data[at]
        here[moving] = previous
    table = np.full(known.shape, np.inf)
    table[rows, columns] = length
    return table
