"""Reach: which towns an operator can serve from which seat, and who neighbours whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Bools, Ints
from optimizer.geography.adjacency import adjacency_of
from optimizer.geography.roads import road_towns
from optimizer.geography.travel import SOURCES, travel_pairs
from optimizer.instance.incumbents import served_today

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["Reach", "is_today", "reach_of", "today_pairs", "travel_pairs", "with_today"]


@dataclass(frozen=True, eq=False)
class Reach:
    """Who can be served from where, and who neighbours whom.

    Attributes
    ----------
    towns : tuple of str
        Keys of the towns; every position below counts in this order, from 0.
    pairs : pandas.DataFrame
        ``town``, ``seat`` (positions), ``hours``, ``km`` (one way, from the seat), ``source``:
        every pair that keeps the promises reach, same_zone and seat_allowed, a town with itself
        included; sorted by town and seat.
    edges : numpy.ndarray of int, shape (m, 2)
        Neighbouring towns, ``a < b``, unique.
    edge_source : str
        ``"boundaries"``, ``"adjacency table"`` or ``"Voronoi cells"``.
    snaps : pandas.DataFrame or None
        Where a road network was used: index ``town``; ``snap_km`` to the nearest road, ``snapped``
        (within the limit), ``road_part`` (towns with one number are joined by road; -1 where not
        snapped).
    """

    towns: tuple[str, ...]
    pairs: pd.DataFrame
    edges: Ints
    edge_source: str
    snaps: pd.DataFrame | None

    def towns_of(self, seat: int) -> Ints:
        """Return the positions of the towns that the seat reaches, itself included."""
        pairs = self.pairs
        return pairs.loc[pairs["seat"] == seat, "town"].to_numpy(dtype=np.int64)

    def seats_of(self, town: int) -> Ints:
        """Return the positions of the seats that reach the town."""
        pairs = self.pairs
        return pairs.loc[pairs["town"] == town, "seat"].to_numpy(dtype=np.int64)

    def neighbours_of(self, town: int) -> Ints:
        """Return the positions of the town's neighbours, in rising order."""
        a, b = self.edges[:, 0], self.edges[:, 1]
        return np.sort(np.concatenate([b[a == town], a[b == town]]))

    def components(self) -> list[Ints]:
        """Return the parts of the region that no pair within reach joins.

        Each part is an array of positions in rising order; parts are ordered by their first town.
        Areas never span two parts, so each can be planned alone (promises on totals apart).
        """
        count = len(self.towns)
        ends = (self.pairs["town"].to_numpy(), self.pairs["seat"].to_numpy())
        links = coo_array((np.ones(len(self.pairs)), ends), shape=(count, count))
        _, label = connected_components(links, directed=False)
        order = np.argsort(label, kind="stable")
        cuts = np.flatnonzero(np.diff(label[order])) + 1
        parts = [part.astype(np.int64) for part in np.split(order, cuts) if len(part)]
        return sorted(parts, key=lambda part: int(part[0]))

    def graph(self) -> nx.Graph[int]:
        """Return the adjacency graph; nodes are positions, isolated towns included."""
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(len(self.towns)))
        graph.add_edges_from(self.edges.tolist())
        return graph

    def source_counts(self) -> pd.Series:
        """Return how many pairs came from each source; index ``source``, all sources listed."""
        counts = self.pairs["source"].value_counts()
        return counts.reindex(pd.Index(SOURCES, name="source"), fill_value=0).rename("pairs")


def reach_of(instance: Instance, *, within: Ints | None = None) -> Reach:
    """Return the pairs within reach and the neighbours, with the source of each.

    Travel comes from :func:`~optimizer.geography.travel.travel_pairs`, neighbours from
    :func:`~optimizer.geography.adjacency.adjacency_of`. Only the promises reach, same_zone,
    seat_allowed and host_towns are applied; towns without a zone count as one zone.

    Parameters
    ----------
    instance : Instance
        The region.
    within : numpy.ndarray of int, shape (towns,), optional
        Group of each town; only pairs inside a group are made. All pairs within reach where absent.

    Returns
    -------
    Reach
        Pairs, edges, and the sources of both.

    Raises
    ------
    InstanceError
        If the coordinate system of the instance is not in metres, or a town has no polygon while
        areas must be connected.

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
    >>> reach = reach_of(region)
    >>> reach.towns_of(0).tolist(), [part.tolist() for part in reach.components()]
    ([0, 1], [[0, 1], [2]])
    >>> reach.edges.tolist(), reach.edge_source
    ([[0, 1], [1, 2]], 'Voronoi cells')
    """
    policy, towns = instance.policy, instance.towns
    roads = road_towns(instance)
    pairs = travel_pairs(instance, policy.reach_hours, within=within, roads=roads)
    today = today_pairs(instance)
    if len(today):
        pairs = _with_today(instance, pairs, today, within)
    keep = towns["seat_allowed"].to_numpy(dtype=bool)[pairs["seat"].to_numpy()]
    if policy.same_zone:
        zone = pd.factorize(towns["zone"])[0]
        keep &= zone[pairs["seat"].to_numpy()] == zone[pairs["town"].to_numpy()]
        keep |= is_today(pairs, today)
    if policy.host_towns:
        host = towns.index.isin(policy.host_towns)[pairs["seat"].to_numpy()]
        keep &= host | (pairs["seat"].to_numpy() == pairs["town"].to_numpy())
    edges, edge_source = adjacency_of(instance)
    return Reach(
        towns=tuple(str(key) for key in towns.index),
        pairs=pairs[keep].reset_index(drop=True),
        edges=with_today(edges, today),
        edge_source=edge_source,
        snaps=None if roads is None else roads.snaps,
    )


def today_pairs(instance: Instance) -> Ints:
    """Return the (seat, town) that operators that exist serve today, as positions; shape (k, 2).

    They are within reach and neighbours by that fact, whatever the hours, zones and borders.
    """
    keys = instance.towns.index
    pairs = served_today(instance.operator_models)
    found = [(keys.get_loc(seat), keys.get_loc(town)) for seat, town in pairs]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def is_today(pairs: pd.DataFrame, today: Ints) -> Bools:
    """Return which pairs some operator serves today."""
    served = set(map(tuple, today.tolist()))
    ends = zip(pairs["seat"].tolist(), pairs["town"].tolist(), strict=True)
    return np.array([end in served for end in ends], dtype=np.bool_)


def with_today(edges: Ints, today: Ints) -> Ints:
    """Return the neighbours, with those that one operator serves today."""
    if not len(today):
        return edges
    both = np.concatenate([edges.reshape(-1, 2), np.sort(today, axis=1)])
    return np.unique(both, axis=0)


def _with_today(
    instance: Instance, pairs: pd.DataFrame, today: Ints, within: Ints | None
) -> pd.DataFrame:
    """Return the pairs with those that are served today from beyond the reach."""
    group = np.arange(len(instance.towns))
    for seat, town in today.tolist():
        group[group == group[town]] = group[seat]
    far = travel_pairs(instance, np.inf, within=group)
    kept = is_today(far, today) & ~is_today(far, pairs[["seat", "town"]].to_numpy())
    if within is not None:
        kept &= within[far["seat"].to_numpy()] == within[far["town"].to_numpy()]
    both = pd.concat([pairs, far[kept]])
    return both.sort_values(["town", "seat"], ignore_index=True)
