"""In how many pieces the areas of a plan lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd

from optimizer.geography.adjacency import adjacency_of

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["pieces_of"]


def pieces_of(plan: Plan) -> pd.Series[int]:
    """Return the number of pieces of each area; neighbours are those of the region.

    Returns
    -------
    pandas.Series
        Index ``service_area``; 1 where the towns of an area are joined through neighbours.

    Examples
    --------
    >>> import optimizer as op
    >>> pieces_of(op.evaluate(op.read("instances/ring"), grouping="together")).tolist()
    [1]
    """
    keys = [str(key) for key in plan.instance.towns.index]
    edges, _ = adjacency_of(plan.instance)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(keys)
    graph.add_edges_from((keys[a], keys[b]) for a, b in edges.tolist())
    towns = plan.towns.groupby("service_area").groups
    count = {
        area: nx.number_connected_components(graph.subgraph([str(t) for t in towns[area]]))
        for area in plan.areas.index
    }
    return pd.Series(count, dtype="int64", name="pieces").rename_axis("service_area")
