"""Where flow may run so that an area is connected: arcs within the reach of each seat.

Source: T. Shirabe, A model of contiguity for spatial unit allocation, Geographical Analysis 37
(2005): one unit of flow travels from the seat to every town that it serves, through towns that it
serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from optimizer.arrays import Ints
from optimizer.tariffs.case import Case

__all__ = ["Contiguity", "contiguity"]


@dataclass(frozen=True, eq=False)
class Contiguity:
    """Arcs of the connectedness rule.

    Attributes
    ----------
    arcs : tuple of (seat, from town, to town)
        Directed neighbour pairs within the reach of a seat; none lead into the seat.
    inflow, outflow : mapping (town, seat) -> tuple of arcs
        Arcs into and out of a town that is not the seat.
    capacity : mapping (town, seat) -> towns
        Largest flow into a town: all towns that the seat could serve but itself.
    cut_off : frozenset of (town, seat)
        Towns within reach of a seat that no chain of neighbours within reach joins to it.
    """

    arcs: tuple[tuple[str, str, str], ...]
    inflow: Mapping[tuple[str, str], tuple[tuple[str, str, str], ...]]
    outflow: Mapping[tuple[str, str], tuple[tuple[str, str, str], ...]]
    capacity: Mapping[tuple[str, str], float]
    cut_off: frozenset[tuple[str, str]]


def contiguity(case: Case, reached: Mapping[int, Ints]) -> Contiguity:
    """Return the arcs for every seat; empty when the policy does not ask for connected areas."""
    if not case.instance.areas_connected:
        return Contiguity((), {}, {}, {}, frozenset())
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(case.towns))
    graph.add_edges_from((int(a), int(b)) for a, b in case.reach.edges)
    names = case.reach.towns
    arcs: list[tuple[str, str, str]] = []
    inflow: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    outflow: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    capacity: dict[tuple[str, str], float] = {}
    cut_off: set[tuple[str, str]] = set()
    for seat, towns in reached.items():
        near = graph.subgraph([int(t) for t in towns])
        joined = nx.node_connected_component(near, seat) if seat in near else set()
        cut_off.update((names[int(t)], names[seat]) for t in towns if int(t) not in joined)
        for town in sorted(joined - {seat}):
            pair = (names[town], names[seat])
            inflow[pair], outflow[pair] = [], []
            capacity[pair] = float(len(joined) - 1)
        for a, b in near.subgraph(joined).to_directed().edges:
            if b != seat:
                arc = (names[seat], names[a], names[b])
                arcs.append(arc)
                inflow[names[b], names[seat]].append(arc)
                if a != seat:
                    outflow[names[a], names[seat]].append(arc)
    return Contiguity(
        tuple(arcs),
        {pair: tuple(found) for pair, found in inflow.items()},
        {pair: tuple(found) for pair, found in outflow.items()},
        capacity,
        frozenset(cut_off),
    )
