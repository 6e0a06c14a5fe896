"""San Martin's roads: travel between towns over a graph of road lines, and a schematic map of it.

Departmental and local roads are the lines of the Ministry of Transport (MTC); the national road,
whose lines are not at hand, was rebuilt from its junction points, so its length is approximate.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from optimizer.arrays import Floats, Ints

__all__ = ["LEG_DETOUR", "LEG_SPEED_KM_H", "SPEEDS_KM_H", "RoadNetwork", "road_network"]


SPEEDS_KM_H = {"national": 50.0, "departmental": 30.0, "local": 20.0, "link": 15.0, "access": 15.0}
"""Assumed speeds of a pick-up with two workers: paved trunk road, gravel, earth, joints, tracks."""

LEG_SPEED_KM_H = 15.0
LEG_DETOUR = 1.3
"""From the town to the nearest node of the graph: straight line times detour, at walking-track
speed."""

_CLASSES = {
    "nacional_aprox": "national",
    "departamental": "departmental",
    "vecinal": "local",
    "union": "link",
}


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """A graph of road nodes and towns; towns are the nodes after the road nodes.

    Attributes
    ----------
    towns : pandas.Index
        Keys of the towns, in the order of their nodes.
    xy : numpy.ndarray, shape (k, 2)
        Longitude and latitude of every node, road nodes first.
    ends : numpy.ndarray of int, shape (m, 2)
        Nodes of each edge.
    km, hours : numpy.ndarray, shape (m,)
        Length and time of each edge.
    road_class : numpy.ndarray of str, shape (m,)
        ``national``, ``departmental``, ``local``, ``link`` or ``access`` (town to road).
    """

    towns: pd.Index
    xy: Floats
    ends: Ints
    km: Floats
    hours: Floats
    road_class: npt.NDArray[np.str_]

    def travel(self) -> pd.DataFrame:
        """Return hours and km of the fastest way between all pairs of towns, each pair once.

        Returns
        -------
        pandas.DataFrame
            ``origin``, ``destination``, ``hours``, ``km``; infinite hours where no way exists.
        """
        hours, back = self._fastest()
        first = len(self.xy) - len(self.towns)
        a, b = np.triu_indices(len(self.towns), k=1)
        edge_km = {self._key(*pair): km for pair, km in zip(self.ends, self.km, strict=True)}
        ends = zip(a.tolist(), b.tolist(), strict=True)
        ways = (self._way(back, origin, first + target) for origin, target in ends)
        km = [sum(edge_km[key] for key in way) for way in ways]
        return pd.DataFrame(
            {
                "origin": self.towns[a],
                "destination": self.towns[b],
                "hours": hours[a, first + b],
                "km": km,
            }
        )

    def schematic(self, *, hours_most: float, tolerance_m: float, crs: str) -> gpd.GeoDataFrame:
        """Return the roads that serve the towns: fastest ways between towns near each other.

        Lines run straight from node to node of the graph, so they are shorter than the road;
        ``speed_km_h`` is set such that each line still takes the road's time.

        Parameters
        ----------
        hours_most : float
            Ways longer than this are left out.
        tolerance_m : float
            Lines are simplified to this tolerance.
        crs : str
            Projected coordinate system for the simplification.

        Returns
        -------
        geopandas.GeoDataFrame
            ``road_class``, ``speed_km_h``, lines in EPSG:4326.
        """
        hours, back = self._fastest()
        first = len(self.xy) - len(self.towns)
        used: set[tuple[int, int]] = set()
        for a, b in zip(*np.triu_indices(len(self.towns), k=1), strict=True):
            if hours[a, first + b] <= hours_most:
                used.update(self._way(back, int(a), int(first + b)))
        rows = np.array([self._key(*pair) in used for pair in self.ends]).nonzero()[0]
        lines = self._chains(rows)
        metres = gpd.GeoSeries(lines["geometry"], crs="EPSG:4326").to_crs(crs)
        simple = metres.simplify(tolerance_m)
        speed = (simple.length / 1000.0 / lines["hours"]).round(1)
        table = lines[["road_class"]].assign(speed_km_h=speed)
        drawn = gpd.GeoDataFrame(table, geometry=simple.to_crs("EPSG:4326"))
        return drawn[simple.length > 0.0]

    def _fastest(self) -> tuple[Floats, npt.NDArray[np.int32]]:
        size = len(self.xy)
        graph = csr_array((self.hours, (self.ends[:, 0], self.ends[:, 1])), shape=(size, size))
        sources = np.arange(size - len(self.towns), size)
        hours, back = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
        return hours, back

    @staticmethod
    def _key(a: int, b: int) -> tuple[int, int]:
        return (int(min(a, b)), int(max(a, b)))

    def _way(self, back: npt.NDArray[np.int32], origin: int, node: int) -> list[tuple[int, int]]:
        """Return the edges of the fastest way from a town (by position) to a node."""
        way = []
        while (before := int(back[origin, node])) >= 0:
            way.append(self._key(before, node))
            node = before
        return way

    def _chains(self, rows: Ints) -> pd.DataFrame:
        """Return the edges joined to lines from junction to junction, with class and hours.

        Two edges are joined where they alone meet and have one class, so that every junction stays
        the end of a line.
        """
        meets = pd.DataFrame({"row": np.repeat(rows, 2), "node": self.ends[rows].ravel()})
        meets["road_class"] = self.road_class[meets["row"]]
        groups = meets.groupby("node")
        plain = (groups["row"].size() == 2) & (
            groups["road_class"].first() == groups["road_class"].last()
        )
        pairs = meets[meets["node"].isin(plain.index[plain])].sort_values("node", kind="stable")
        joined = pairs["row"].to_numpy().reshape(-1, 2)
        size = len(self.ends)
        graph = csr_array((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(size, size))
        chain = connected_components(graph, directed=False)[1][rows]
        records = []
        for _, members in pd.Series(rows).groupby(chain, sort=False):
            steps = shapely.MultiLineString([self.xy[self.ends[row]] for row in members])
            records.append(
                {
                    "road_class": str(self.road_class[members.iloc[0]]),
                    "hours": float(self.hours[members].sum()),
                    "geometry": shapely.line_merge(steps),
                }
            )
        return pd.DataFrame(records, columns=["road_class", "hours", "geometry"])


def road_network(data: Path, towns: pd.DataFrame) -> RoadNetwork:
    """Return San Martin's road graph with some towns tied to their nearest nodes.

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``peru_roads_mtc``.
    towns : pandas.DataFrame
        ``town`` (district code), ``lon``, ``lat``.
    """
    folder = data / "peru_roads_mtc"
    nodes = pd.read_csv(folder / "san_martin_graph_nodes.csv").set_index("node")
    edges = pd.read_csv(folder / "san_martin_graph_edges.csv")
    edges = edges.sort_values("km").drop_duplicates(["node_a", "node_b"]).sort_index()
    snaps = pd.read_csv(folder / "san_martin_town_snap.csv", dtype={"ubigeo": "str"})
    snap = snaps.set_index("ubigeo").loc[towns["town"]]
    place = pd.Series(np.arange(len(nodes)), index=nodes.index)
    names = edges["clase"].map(_CLASSES)
    ends = np.column_stack([place[edges["node_a"]], place[edges["node_b"]]])
    own = np.column_stack([place[snap["node"]], len(nodes) + np.arange(len(towns))])
    leg_km = snap["snap_km"].to_numpy(dtype=float) * LEG_DETOUR
    km = np.concatenate([edges["km"].to_numpy(dtype=float), leg_km])
    road_class = np.concatenate([names.to_numpy(dtype=str), np.full(len(towns), "access")])
    speed = np.array([SPEEDS_KM_H[name] for name in road_class])
    return RoadNetwork(
        towns=pd.Index(towns["town"]),
        xy=np.vstack([nodes[["lon", "lat"]].to_numpy(), towns[["lon", "lat"]].to_numpy()]),
        ends=np.vstack([ends, own]),
        km=km,
        hours=np.maximum(km / speed, 1e-6),
        road_class=road_class,
    )
