"""Which library finds the ways between 600 towns on 200,000 road edges soonest.

``python -m benchmarks.road_matrix`` measures processor seconds of scipy, igraph and rustworkx on a
made-up grid of roads, and checks that they agree; rustworkx is measured on 100 towns and scaled.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

RESULTS = Path(__file__).parent / "results" / "road_matrix.csv"
SIDE, TOWNS, SAMPLE = 316, 600, 100


def seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of a computation."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and write the table."""
    import igraph  # noqa: PLC0415 - measured only
    import rustworkx  # noqa: PLC0415 - measured only

    rng = np.random.default_rng(0)
    count = SIDE * SIDE
    grid = np.arange(count).reshape(SIDE, SIDE)
    pairs = [(grid[:, :-1], grid[:, 1:]), (grid[:-1], grid[1:])]
    edges = np.vstack([np.column_stack([a.ravel(), b.ravel()]) for a, b in pairs])
    hours = rng.uniform(0.5, 2.0, len(edges))
    towns = rng.choice(count, TOWNS, replace=False)
    found: dict[str, np.ndarray] = {}

    def by_scipy() -> None:
        graph = csr_array((hours, (edges[:, 0], edges[:, 1])), shape=(count, count))
        rows = [
            dijkstra(graph, directed=False, indices=towns[at : at + 40], return_predecessors=True)[
                0
            ]
            for at in range(0, TOWNS, 40)
        ]
        found["scipy"] = np.vstack(rows)[:, towns]

    def by_igraph() -> None:
        graph = igraph.Graph(n=count, edges=edges, directed=False)
        found["igraph"] = np.array(graph.distances(towns, towns, weights=hours))

    def by_rustworkx() -> None:
        graph = rustworkx.PyGraph()
        graph.add_nodes_from(range(count))
        graph.add_edges_from(list(zip(*edges.T.tolist(), hours.tolist(), strict=True)))
        for town in towns[:SAMPLE]:
            rustworkx.dijkstra_shortest_path_lengths(graph, int(town), float)

    rows = [
        ("scipy, with the ways", seconds(by_scipy)),
        ("igraph, hours only", seconds(by_igraph)),
        ("rustworkx, hours only, scaled from 100 towns", seconds(by_rustworkx) * TOWNS / SAMPLE),
    ]
    assert np.allclose(found["scipy"], found["igraph"])
    table = pd.DataFrame(rows, columns=["library", "processor_seconds"]).round(1)
    table.insert(1, "towns", TOWNS)
    table.insert(2, "edges", len(edges))
    table.to_csv(RESULTS, index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
