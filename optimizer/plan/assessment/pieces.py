"""What the shape of areas says: their pieces, and how near their size is to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from optimizer.geography.adjacency import adjacency_of

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["NEAR_SHARE", "near_limits", "pieces_of"]

NEAR_SHARE = 0.05
"""Distance from a limit, as a share of it, from which an area is named."""


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


def near_limits(plan: Plan) -> pd.DataFrame:
    """Return the areas within 5 % of the least or largest size of their operator model.

    Returns
    -------
    pandas.DataFrame
        Index ``service_area``; ``seat_name``, ``operator_model``, ``connections``, ``bound``
        (``connections_least`` or ``connections_most``), ``limit``; nearest to its limit first.

    Examples
    --------
    >>> import optimizer as op
    >>> line = op.read("instances/line")
    >>> models = line.operator_models.assign(connections_most=5_100.0)
    >>> plan = op.evaluate(line.replace(operator_models=models), "together")
    >>> near_limits(plan)[["connections", "limit"]].to_numpy().tolist()
    [[5000.0, 5100.0]]
    """
    areas = plan.areas[["seat_name", "operator_model", "connections"]]
    models = plan.instance.operator_models
    parts = []
    for bound in ("connections_least", "connections_most"):
        limit = models[bound].reindex(areas["operator_model"]).set_axis(areas.index)
        away = (areas["connections"] - limit).abs() / limit.where(limit > 0, np.inf)
        near = areas.assign(bound=bound, limit=limit, away=away)
        parts.append(near[(away <= NEAR_SHARE) & (limit > 0)])
    return pd.concat(parts).sort_values("away", kind="stable").drop(columns="away")
