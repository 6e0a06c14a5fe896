"""Roads: towns snapped to a network of lines, and the fastest way between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from optimizer.arrays import Bools, Floats, Ints
from optimizer.geography.distance import in_metres, legs_km
from optimizer.geography.noding import RoadGraph, node_lines

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.instance.schema.fields import Travel

__all__ = ["RoadTowns", "road_lines", "road_towns", "snap_towns"]


_CELLS_AT_ONCE = 4_000_000
"""Size of the table (seats x nodes) that one call of Dijkstra's algorithm may fill."""


@dataclass(frozen=True, eq=False)
class RoadTowns:
    """The towns on the road network.

    Attributes
    ----------
    roads : RoadGraph
        Road nodes; ``stops`` is the place on the road of each snapped town.
    snaps : pandas.DataFrame
        Index ``town``: ``snap_km`` to the nearest road (NaN where there is no road at all),
        ``snapped`` (within the limit), ``road_part`` (towns with one number are joined by road;
        -1 where not snapped).
    leg_hours : numpy.ndarray, shape (s,)
        Time between each snapped town and its place on the road.
    """

    roads: RoadGraph
    snaps: pd.DataFrame
    leg_hours: Floats

    def joined(self, a: Ints, b: Ints) -> Bools:
        """Return whether the roads join the towns at each pair of positions."""
        part = self.snaps["road_part"].to_numpy()
        return np.asarray((part[a] >= 0) & (part[a] == part[b]), dtype=np.bool_)

    def fastest(
        self, hours_most: float, *, towns: Ints | None = None
    ) -> tuple[Ints, Ints, Floats, Floats]:
        """Return the fastest way by road between towns (Dijkstra's algorithm, cut off).

        Parameters
        ----------
        hours_most : float
            Longest travel kept, in hours, the legs between towns and road included.
        towns : numpy.ndarray of int, optional
            Positions; only pairs with at least one end among them.

        Returns
        -------
        a, b : numpy.ndarray of int, shape (m,)
            Positions of the towns; each pair once, ``a < b`` unless ``towns`` is given.
        hours, km : numpy.ndarray, shape (m,)
            Time, and kilometres along the same way.
        """
        snapped = np.flatnonzero(self.snaps["snapped"].to_numpy())
        nodes = len(self.roads.xy)
        graph, keys, edge_km = _with_legs(
            self.roads, self.snaps["snap_km"].to_numpy()[snapped], self.leg_hours
        )
        ranks = np.arange(len(snapped))
        asked = np.ones(len(snapped), dtype=bool) if towns is None else np.isin(snapped, towns)
        sources = ranks[asked]
        found: list[tuple[Ints, Ints, Floats, Floats]] = []
        size = max(1, _CELLS_AT_ONCE // (nodes + len(snapped) + 1))
        for first in range(0, len(sources), size):
            chunk = sources[first : first + size]
            hours, back = dijkstra(
                graph,
                directed=False,
                indices=nodes + chunk,
                return_predecessors=True,
                limit=hours_most,
            )
            reached = hours[:, nodes + ranks]
            near = np.isfinite(reached) & (reached <= hours_most)
            near &= (ranks[None, :] > chunk[:, None]) | ~asked[None, :]
            row, target = np.nonzero(near)
            km = _km_along(back, row, nodes + target, keys, edge_km)
            found.append((snapped[chunk[row]], snapped[target], hours[row, nodes + target], km))
        if not found:
            none = np.empty(0, dtype=np.int64)
            return none, none.copy(), np.empty(0), np.empty(0)
        a, b, time, km = (np.concatenate(column) for column in zip(*found, strict=True))
        return a, b, time, km


def _with_legs(
    roads: RoadGraph, leg_km: Floats, leg_hours: Floats
) -> tuple[csr_array, Ints, Floats]:
    """Return the graph of hours with each town tied to its stop, and the km of each edge.

    Towns are nodes after the road nodes. The km are found by the key ``a * size + b``, ``a < b``.
    """
    count = len(roads.xy)
    size = count + len(leg_km)
    own = np.column_stack([roads.stops, count + np.arange(len(leg_km))])
    ends = np.vstack([roads.ends, own]).astype(np.int64)
    hours = np.concatenate([roads.hours, np.maximum(leg_hours, 1e-12)])
    keys = ends[:, 0] * size + ends[:, 1]
    order = np.argsort(keys)
    graph = csr_array((hours, (ends[:, 0], ends[:, 1])), shape=(size, size))
    return graph, keys[order], np.concatenate([roads.km, leg_km])[order]


def _km_along(
    back: npt.NDArray[np.int32], row: Ints, node: Ints, keys: Ints, edge_km: Floats
) -> Floats:
    """Return the kilometres from each node back to the source of its row.

    ``back`` holds the node before each node on the fastest way, negative at the source.
    """
    km = np.zeros(len(node))
    here = node.astype(np.int64)
    moving = np.arange(len(node))
    size = back.shape[1]
    while len(moving):
        before = back[row[moving], here[moving]].astype(np.int64)
        on_way = before >= 0
        moving, before = moving[on_way], before[on_way]
        low, high = np.minimum(before, here[moving]), np.maximum(before, here[moving])
        km[moving] += edge_km[np.searchsorted(keys, low * size + high)]
        here[moving] = before
    return km


def road_towns(instance: Instance) -> RoadTowns | None:
    """Return the towns snapped to the instance's roads, or None where it has no roads.

    Raises
    ------
    InstanceError
        If the coordinate system of the instance is not in metres.
    """
    if instance.roads is None:
        return None
    return snap_towns(instance.towns, instance.roads, travel=instance.travel, crs=instance.crs)


def snap_towns(
    towns: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, *, travel: Travel, crs: str
) -> RoadTowns:
    """Return the towns tied to the nearest point of any road, unless that is too far.

    The way to that point is measured on the ellipsoid, roads along their lines in the projection.

    Parameters
    ----------
    towns : geopandas.GeoDataFrame
        Points, index ``town``, with a CRS.
    roads : geopandas.GeoDataFrame
        Lines with ``speed_km_h`` and/or ``road_class``, with a CRS.
    travel : Travel
        Speeds, ``snap_km_most`` and ``snap_speed_km_h``.
    crs : str
        Projected system in metres, in which roads are measured.

    Returns
    -------
    RoadTowns
        The network with the towns on it.

    Raises
    ------
    InstanceError
        If ``crs`` does not measure in metres.

    Examples
    --------
    Two towns 30 km apart along a road, the second 1.5 km beside it:

    >>> import geopandas as gpd, pandas as pd
    >>> from optimizer.instance.schema.fields import Travel
    >>> line = gpd.GeoSeries.from_wkt(["LINESTRING (500000 0, 560000 0)"], crs="EPSG:32718")
    >>> roads = gpd.GeoDataFrame({"speed_km_h": [60.0]}, geometry=line)
    >>> towns = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([510000, 540000], [0, 1500], crs="EPSG:32718"),
    ...     index=pd.Index(["a", "b"], name="town"),
    ... )
    >>> on = snap_towns(towns, roads, travel=Travel(snap_speed_km_h=15.0), crs="EPSG:32718")
    >>> on.snaps["snap_km"].round(2).to_dict()
    {'a': 0.0, 'b': 1.5}
    >>> a, b, hours, km = on.fastest(2.0)
    >>> a.tolist(), b.tolist(), hours.round(3).tolist(), km.round(2).tolist()
    ([0], [1], [0.6], [31.5])
    """
    keys = towns.index
    lines, speed = road_lines(in_metres(roads, crs), travel)
    snap_km = np.full(len(keys), np.nan)
    line = np.full(len(keys), -1, dtype=np.int64)
    places = in_metres(towns, crs).geometry
    points = np.asarray(places.array, dtype=object)
    along = np.full(len(keys), np.nan)
    if len(lines):
        town, nearest = shapely.STRtree(lines).query_nearest(points, all_matches=False)
        line[town] = nearest
        along[town] = shapely.line_locate_point(lines[nearest], points[town])
        met = shapely.line_interpolate_point(lines[nearest], along[town])
        snap_km[town] = legs_km(towns.geometry.iloc[town], gpd.GeoSeries(met, crs=places.crs))
    snapped = (line >= 0) & (snap_km <= travel.snap_km_most)
    on, at = line[snapped], along[snapped]
    graph = node_lines(lines, speed, stop_line=on, stop_m=at) if len(lines) else _no_roads()
    part = np.full(len(keys), -1, dtype=np.int64)
    part[snapped] = pd.factorize(_part_of_node(graph)[graph.stops])[0]
    snaps = pd.DataFrame({"snap_km": snap_km, "snapped": snapped, "road_part": part}, index=keys)
    leg_hours = snap_km[snapped] / travel.snap_speed_km_h
    return RoadTowns(roads=graph, snaps=snaps, leg_hours=leg_hours)


def _no_roads() -> RoadGraph:
    """Return a graph without nodes."""
    none = np.empty(0)
    return RoadGraph(
        np.empty((0, 2)), np.empty((0, 2), dtype=np.int64), none, none, np.empty(0, dtype=np.int64)
    )


def _part_of_node(roads: RoadGraph) -> Ints:
    """Return the number of the connected part in which each road node lies."""
    count = len(roads.xy)
    links = csr_array((roads.hours, (roads.ends[:, 0], roads.ends[:, 1])), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def road_lines(roads: gpd.GeoDataFrame, travel: Travel) -> tuple[npt.NDArray[np.object_], Floats]:
    """Return single lines and the speed on each.

    Multi-part lines are taken apart; points, polygons, empty and zero-length lines are left out,
    and lines so far away that the projection cannot show them.
    The speed is the line's own ``speed_km_h``, else that of its ``road_class`` in
    ``travel.road_speeds_km_h``, else ``travel.speed_km_h``.

    Parameters
    ----------
    roads : geopandas.GeoDataFrame
        Lines in projected coordinates (metres), with ``speed_km_h`` and/or ``road_class``.
    travel : Travel
        The speeds.

    Returns
    -------
    lines : numpy.ndarray of shapely LineStrings, shape (k,)
        The parts.
    speed_km_h : numpy.ndarray, shape (k,)
        Their speeds.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from optimizer.instance.schema.fields import Travel
    >>> two = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 9 0)", "MULTILINESTRING ((0 1, 9 1))"])
    >>> roads = gpd.GeoDataFrame({"road_class": ["track", "main"]}, geometry=two)
    >>> road_lines(roads, Travel(road_speeds_km_h={"track": 15.0}))[1].tolist()
    [15.0, 40.0]
    """
    speed = pd.Series(np.nan, index=roads.index)
    if "speed_km_h" in roads.columns:
        given = pd.to_numeric(roads["speed_km_h"], errors="coerce")
        speed = given.where((given > 0) & np.isfinite(given)).astype("float64")
    if "road_class" in roads.columns:
        speed = speed.fillna(roads["road_class"].map(travel.road_speeds_km_h).astype("float64"))
    speed = speed.fillna(travel.speed_km_h)
    whole = np.asarray(roads.geometry.array, dtype=object)
    parts, row = shapely.get_parts(whole, return_index=True)
    inner, inner_row = shapely.get_parts(parts, return_index=True)  # lines in collections
    row = row[inner_row]
    metres = shapely.length(inner)
    is_line = np.isin(shapely.get_type_id(inner), [1, 2]) & (metres > 0) & np.isfinite(metres)
    lines = np.asarray(shapely.force_2d(inner[is_line]), dtype=object)
    return lines, np.asarray(speed.to_numpy()[row[is_line]], dtype=np.float64)
