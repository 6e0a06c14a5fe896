"""The best choice among very many listed areas: cut, drop what is too dear, divide, and close.

Subset-row inequalities raise the bound of the programme over the areas; with it, areas whose
reduced cost exceeds the gap are dropped: Baldacci, Christofides and Mingozzi, "An exact algorithm
for the vehicle routing problem based on the set partitioning formulation with additional cuts",
*Mathematical Programming* 115, 2008. Where many remain, two towns are put together or set apart:
Ryan and Foster, "An integer programming approach to scheduling", in *Computer Scheduling of Public
Transport*, North-Holland 1981.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.areas.pool import (
    FIRST_COLUMNS,
    Pool,
    PoolProgram,
    Solved,
    Triple,
    flags,
    two_of_three,
)
from optimizer.solving.plain_matrices.areas.triples import together, worst_triples
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.exact import Effort
from optimizer.solving.plain_matrices.programme.solver import solve
from optimizer.solving.programme import Program

__all__ = ["cheapest_of_each", "choose_from_pool"]

FEW_AREAS = 3_000
SOME_AREAS = 6_000
"""Few areas go to the solver at once, somewhat more where inequalities no longer help."""

PROGRESS = 0.02
"""Inequalities help while a round of them closes such a part of the gap."""


@dataclass(frozen=True)
class _Part:
    """A part of the choices: areas, their reduced costs when last priced, inequalities."""

    pool: Pool
    reduced: Floats
    triples: list[Triple]


def cheapest_of_each(pool: Pool) -> Pool:
    """Keep each set of towns with the seat that serves it cheapest.

    Examples
    --------
    >>> words = np.array([[3], [3], [4]], dtype=np.uint64)
    >>> kept = cheapest_of_each(Pool(np.array([0, 1, 2]), words, np.array([5.0, 4.0, 1.0])))
    >>> kept.seat.tolist()
    [1, 2]
    """
    order = np.lexsort([pool.cost, *pool.words.T])
    words = pool.words[order]
    first = np.ones(order.size, dtype=bool)
    first[1:] = (words[1:] != words[:-1]).any(axis=1)
    return pool.take(order[first])


def choose_from_pool(
    problem: Matrices,
    pool: Pool,
    reduced: Floats,
    progress: Progress,
    effort: Effort,
    *,
    cutoff: float = math.inf,
) -> bool:
    """Find the cheapest choice among the areas below a cutoff and prove it; say whether done.

    Parameters
    ----------
    problem : Matrices
        No seat serves two areas that do not overlap, as where each area holds its seat's town.
    pool : Pool
        Every area that a plan below the cutoff may hold.
    reduced : array of float, shape (areas,)
        Reduced costs at good prices: the smallest enter the programme first.
    progress : Progress
        Takes the plans and the bound.
    effort : Effort
    cutoff : float
        Only cheaper plans count.
    """
    bound = progress.bound
    queue = [(bound, 0, _Part(pool, reduced, []))]
    made = 0
    dearest = 1.0 + problem.most * float(np.maximum(pool.cost, 0.0).max(initial=0.0))
    while queue and not progress.finished:
        target = min(cutoff, progress.cutoff)
        progress.raise_bound(min(queue[0][0], target))
        if queue[0][0] >= target:
            break
        parts = _work_on(problem, queue[0][2], progress, effort, min(target, dearest))
        if parts is None:
            return False
        bound = queue[0][0]
        heapq.heappop(queue)
        for below, part in parts:
            made += 1
            heapq.heappush(queue, (max(bound, below), -made, part))
    target = min(cutoff, progress.cutoff)
    if queue and queue[0][0] < target:
        return False
    progress.raise_bound(target)
    return True


def _work_on(
    problem: Matrices, part: _Part, progress: Progress, effort: Effort, target: float
) -> list[tuple[float, _Part]] | None:
    """Cut a part until few areas remain; return what remains of it, or None out of time."""
    pool = part.pool
    programme = PoolProgram(problem, 10.0 * max(1.0, abs(target)))
    programme.forbid(part.triples)
    programme.add(pool.take(np.argsort(part.reduced, kind="stable")[:FIRST_COLUMNS]))
    last = -math.inf
    while not progress.finished:
        solved = programme.solve(pool, lambda: progress.finished, lambda: progress.left)
        if solved is None:
            break
        target = min(target, progress.cutoff)
        if solved.objective >= target:
            return []
        if solved.feasible and (solved.share > 1 - 1e-6).all():
            _offer(problem, solved.seat, flags(solved.words, problem.towns), progress)
            target = min(target, progress.cutoff)
        gap = target - solved.objective
        kept = solved.reduced < gap + 1e-9 * max(1.0, abs(target))
        pool, left = pool.take(kept), solved.reduced[kept]
        if pool.cost.size == 0:
            return []
        helps = solved.objective > last + PROGRESS * gap
        last = solved.objective
        if pool.cost.size <= (FEW_AREAS if helps else SOME_AREAS):
            rest = _Part(pool, left, programme.triples)
            return [] if _close(problem, rest, progress, effort, target) else None
        towns = flags(solved.words, problem.towns)
        triples = worst_triples(towns, solved.share, lambda: progress.finished) if helps else []
        if not triples:
            rest = _Part(pool, left, programme.triples)
            halves = [half for half in _divide(pool, solved, towns) if half.size]
            if max(half.size for half in halves) == pool.cost.size:
                return [] if _close(problem, rest, progress, effort, target) else None
            return [
                (solved.objective, _Part(pool.take(half), left[half], list(programme.triples)))
                for half in halves
            ]
        programme.forbid(triples)
    return None


def _divide(pool: Pool, solved: Solved, towns: Mask) -> list[Ints]:
    """Divide areas by two towns that are together about half: apart, and together."""
    pairs = together(towns, solved.share)
    half = np.abs(np.triu(pairs, 1) - 0.5)
    one, two = np.unravel_index(int(half.argmin()), half.shape)
    first, second = pool.has(int(one)), pool.has(int(two))
    return [np.flatnonzero(~(first & second)), np.flatnonzero(first == second)]


def _close(
    problem: Matrices, part: _Part, progress: Progress, effort: Effort, target: float
) -> bool:
    """Give a part to the solver; say whether it came to its end."""
    pool = part.pool
    towns = flags(pool.words, problem.towns)
    outcome = solve(
        _program(problem, part, towns),
        seconds=progress.left,
        cutoff=target,
        threads=effort.threads,
        seed=effort.seed,
        interrupts=progress.interrupts,
    )
    if outcome.values is not None:
        chosen = outcome.values > 0.5
        _offer(problem, pool.seat[chosen], towns[chosen], progress)
    return outcome.complete


def _program(problem: Matrices, part: _Part, towns: Mask) -> Program:
    size = part.pool.cost.size
    rows = [towns.T, np.ones((1, size))]
    rows += [two_of_three(part.pool.words, triple)[None, :] for triple in part.triples]
    table = sparse.csr_array(np.vstack(rows).astype(np.float64))
    ones, cuts = np.ones(problem.towns), np.ones(len(part.triples))
    return Program(
        part.pool.cost,
        np.zeros(size),
        np.ones(size),
        table,
        np.concatenate([ones, [float(problem.fewest)], np.full(cuts.size, -np.inf)]),
        np.concatenate([ones, [float(problem.most)], cuts]),
        np.ones(size, dtype=bool),
    )


def _offer(problem: Matrices, seat: Ints, towns: Mask, progress: Progress) -> None:
    seat_of = np.full(problem.towns, -1, dtype=np.int64)
    for row, one in enumerate(seat):
        seat_of[towns[row]] = one
    if (seat_of >= 0).all():
        progress.offer(progress.problem.assignment(seat_of))
