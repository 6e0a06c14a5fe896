"""Choose areas that together hold every town once: set partitioning over listed areas.

Garfinkel and Nemhauser, "Optimal political districting by implicit enumeration techniques",
*Management Science* 16, 1970; Mehrotra, Johnson and Nemhauser, *Management Science* 44, 1998.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices.areas.areas import Areas
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.exact import Effort
from optimizer.solving.plain_matrices.programme.solver import solve
from optimizer.solving.programme import Program

__all__ = ["choose_areas"]

FEW_AREAS = 5_000
"""More areas are given to the solver as they are: simplifying them takes longer than the search."""


def choose_areas(
    problem: Matrices,
    areas: Areas,
    progress: Progress,
    effort: Effort,
    *,
    cutoff: float = math.inf,
) -> bool:
    """Find the cheapest choice among all areas and prove it; say whether that was done.

    Parameters
    ----------
    problem : Matrices
    areas : Areas
        Every area that a plan below the cutoff may hold.
    progress : Progress
        Takes the plan and the bound.
    effort : Effort
    cutoff : float
        Only cheaper plans count.
    """
    target = min(cutoff, progress.cutoff)
    count = np.asarray(areas.towns.sum(axis=0)).ravel()
    if areas.cost.size == 0 or (count == 0).any():
        progress.raise_bound(target)
        return True

    def watch(values: Floats, _: float) -> bool:
        _offer(problem, areas, values, progress)
        return False

    outcome = solve(
        _program(problem, areas),
        seconds=progress.left,
        cutoff=target,
        threads=effort.threads,
        seed=effort.seed,
        interrupts=progress.interrupts,
        watch=watch,
        presolve=areas.cost.size <= FEW_AREAS,
    )
    if outcome.values is not None:
        _offer(problem, areas, outcome.values, progress)
    progress.raise_bound(min(outcome.bound, target))
    progress.note(f"choice among {areas.cost.size} areas, {outcome.nodes} nodes")
    return outcome.complete


def _program(problem: Matrices, areas: Areas) -> Program:
    size = areas.cost.size
    count = sparse.csr_array(np.ones((1, size)))
    rows = sparse.vstack([areas.towns.T, count], format="csr")
    ones = np.ones(problem.towns)
    return Program(
        areas.cost,
        np.zeros(size),
        np.ones(size),
        sparse.csr_array(rows),
        np.append(ones, float(problem.fewest)),
        np.append(ones, float(problem.most)),
        np.ones(size, dtype=bool),
    )


def _offer(problem: Matrices, areas: Areas, values: Floats, progress: Progress) -> None:
    chosen = np.flatnonzero(values > 0.5)
    seat_of = np.full(problem.towns, -1, dtype=np.int64)
    for area in chosen:
        row = areas.towns[[area]]
        seat_of[row.indices] = areas.seat[area]
    if (seat_of >= 0).all():
        progress.offer(progress.problem.assignment(seat_of))
