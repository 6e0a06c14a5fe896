"""Group towns under seats: the public entry for plain matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from optimizer.solving.matrices.areas import grow_areas
from optimizer.solving.matrices.checks import check_limits, read_matrices
from optimizer.solving.matrices.exact import Cuts, Effort
from optimizer.solving.matrices.facility import solve_facilities
from optimizer.solving.matrices.grouping import Grouping
from optimizer.solving.matrices.partition import choose_areas
from optimizer.solving.matrices.problem import Matrices
from optimizer.solving.matrices.progress import PROOF, Progress
from optimizer.solving.matrices.reduce import reduce_pairs
from optimizer.solving.matrices.separate import Surroundings

__all__ = ["group"]

FEW_TOWNS = 24
FEW_IN_AREA = 9
MOST_STEPS = 30_000_000
"""All connected areas are listed when there are few towns, or few in an area on average."""


def group(
    serve_cost: ArrayLike,
    open_cost: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike | None = None,
    *,
    operators: int | tuple[int, int] | None = None,
    min_demand: ArrayLike | None = None,
    adjacency: ArrayLike | Sequence[tuple[int, int]] | None = None,
    seat_towns: ArrayLike | None = None,
    time_limit: float | None = None,
    gap: float = 0.0,
    threads: int | None = None,
    seed: int = 0,
) -> Grouping:
    problem = read_matrices(
        serve_cost, open_cost, demand, capacity, operators, min_demand, adjacency, seat_towns
    )
    check_limits(time_limit, gap, threads)
    progress = Progress(problem, time_limit=time_limit, gap=gap)
    method = "?"
    try:
        method = _work(problem, progress, Effort(threads, seed))
    except KeyboardInterrupt:
        progress.interrupted.set()
    return _result(progress, method)


def _work(problem: Matrices, progress: Progress, effort: Effort) -> str:
    reduced = reduce_pairs(problem)
    if reduced is None:
        progress.raise_bound(math.inf)
        return "counting"
    if problem.graph is None:
        return solve_facilities(reduced, progress, effort, Cuts(None))
    small = reduced.towns <= FEW_TOWNS or reduced.towns <= FEW_IN_AREA * reduced.most
    areas = grow_areas(reduced, MOST_STEPS) if small else None
    if areas is not None:
        choose_areas(reduced, areas, progress, effort)
        return "all connected areas listed, set partitioning"
    solve_facilities(reduced, progress, effort, Cuts(Surroundings(reduced)))
    return "prices, fixing, reduced assignment model with pooled separators"


def _result(progress: Progress, method: str) -> Grouping:
    best, bound = progress.best, progress.bound
    objective = progress.objective
    if best is None:
        gap = 0.0 if bound == math.inf else math.inf
        status = "infeasible" if bound == math.inf else "time_limit"
    else:
        bound = min(bound, objective)
        gap = (objective - bound) / max(abs(objective), 1e-9)
        status = "optimal" if gap <= PROOF else "within_gap" if progress.proven else "time_limit"
    if status == "time_limit" and progress.interrupted.is_set():
        status = "interrupted"
    return Grouping(
        seat_of=np.full(progress.problem.towns, -1) if best is None else best.seat_of,
        opened=np.zeros(progress.problem.seats, dtype=bool) if best is None else best.opened,
        objective=objective,
        bound=bound,
        gap=gap,
        status=status,
        seconds=progress.seconds,
        method=method,
        log=tuple(progress.log),
    )
