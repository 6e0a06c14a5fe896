"""The published 3 x 3 lattices, where an area costs the differences between its towns.

That cost is no sum over towns, so that every connected area becomes a seat of its own: it may
serve its own towns only, must serve all of them, and opening it costs the differences.

p-regions: Duque, Church and Middleton, "The p-regions problem", *Geographical Analysis* 43, 2011,
figure 1. max-p: Duque, Anselin and Rey, "The max-p-regions problem", *Journal of Regional Science*
52, 2012, figure 2: as many areas as reach the threshold, then least differences.
"""

from __future__ import annotations

import math
from itertools import combinations

import networkx as nx
import numpy as np

from benchmarks.public import PublicInstance

__all__ = ["REGIONS", "region_instance"]

REGIONS = ("pregions_2", "maxp_2", "maxp_3")

_PREGIONS = (726.7, 623.6, 487.3, 200.4, 245.0, 481.0, 170.9, 225.9, 226.9)
_MAXP = (350.2, 400.5, 430.8, 490.4, 410.9, 450.4, 560.1, 500.7, 498.6)
_HOMES = (30.0, 25.0, 31.0, 28.0, 32.0, 30.0, 35.0, 27.0, 33.0)
_THRESHOLD = 120.0
_OPTIMA = {"pregions_2": 1222.8, "maxp_2": 672.6, "maxp_3": math.inf}


def region_instance(name: str) -> PublicInstance:
    """Return an instance: of p-regions with 2 areas, or of max-p with the number in its name.

    The most areas of max-p is 2: with 3 there is no plan.
    """
    maxp = name.startswith("maxp")
    attribute = np.array(_MAXP if maxp else _PREGIONS)
    homes = np.array(_HOMES) if maxp else np.ones(9)
    areas = [area for area in _areas() if not maxp or homes[list(area)].sum() >= _THRESHOLD]
    serve = np.full((9, len(areas)), np.inf)
    for seat, area in enumerate(areas):
        serve[list(area), seat] = 0.0
    spread = [
        sum(abs(attribute[a] - attribute[b]) for a, b in combinations(area, 2)) for area in areas
    ]
    return PublicInstance(
        family="regions",
        name=name,
        serve_cost=serve,
        open_cost=np.array(spread),
        demand=homes,
        capacity=None,
        min_demand=np.array([homes[list(area)].sum() for area in areas]),
        operators=int(name[-1]),
        adjacency=None,
        seat_towns=None,
        optimum=_OPTIMA[name],
        tolerance=0.051,
    )


def _areas() -> list[tuple[int, ...]]:
    """Return every connected area of the lattice, towns numbered row by row."""
    lattice = nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 3), ordering="sorted")
    return [
        area
        for size in range(1, 10)
        for area in combinations(range(9), size)
        if nx.is_connected(lattice.subgraph(area))
    ]
