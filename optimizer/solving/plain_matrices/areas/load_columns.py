"""Whole loads as columns, where a seat has few towns: priced, listed below the cutoff, chosen.

The bound is that of prices for whole loads; the programme finds its best prices in few rounds.
Baldacci, Hadjiconstantinou, Maniezzo and Mingozzi, "A new method for solving capacitated location
problems based on a set partitioning approach", *Computers & Operations Research* 29, 2002; Ceselli
and Righini, "A branch-and-price algorithm for the capacitated p-median problem", *Networks* 45,
2005.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices.areas.choice import cheapest_of_each, choose_from_pool
from optimizer.solving.plain_matrices.areas.listing import list_loads
from optimizer.solving.plain_matrices.areas.master import Master
from optimizer.solving.plain_matrices.areas.pool import Pool
from optimizer.solving.plain_matrices.bounds.lagrange import Relaxation, relax, value_limits
from optimizer.solving.plain_matrices.bounds.whole import whole_loads
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.exact import Effort

__all__ = ["climb_loads", "few_towns_in_a_load", "solve_by_loads"]

FEW_IN_LOAD = 15
"""Loads are priced as columns when there are so few towns for every seat that opens."""

SMOOTHING = 0.7
"""Weight of the best prices so far, beside those of the programme."""

CLOSE = 1e-7
"""The bound meets the programme when they differ by less, relatively."""

MOST_WORDS = 8_000_000
"""Loads are listed while their sets of towns take no more words of 64 bits."""

SHARE_OF_TIME = 0.3
"""Part of the remaining time for which prices are sought."""


def few_towns_in_a_load(problem: Matrices) -> bool:
    """Say whether loads can be columns: few towns in each, which holds its seat's town."""
    return problem.seat_town is not None and problem.towns <= FEW_IN_LOAD * problem.most


def climb_loads(problem: Matrices, price: Floats, progress: Progress) -> Relaxation:
    """Return the relaxation at the best prices for whole loads.

    Parameters
    ----------
    problem : Matrices
        With limited loads in whole units, and the towns of the seats.
    price : array of float, shape (towns,)
        Prices to start from.
    progress : Progress
        Takes the bound.
    """
    end = progress.seconds + SHARE_OF_TIME * progress.left
    dear = float(np.where(problem.allowed, problem.cost, 0.0).max(axis=1).sum())
    master = Master(problem, float(np.abs(price).max()) + 1e-3 * dear)
    best = relax(problem, price, whole_loads)
    _learn(problem, master, best)
    while not progress.finished and progress.seconds < end and math.isfinite(best.bound):
        prices = master.solve(progress.left)
        close = CLOSE * max(1.0, abs(prices.objective))
        if best.bound >= min(prices.objective, progress.cutoff) - close:
            if prices.feasible or best.bound >= progress.cutoff:
                break
            master.raise_penalty()
            continue
        between = SMOOTHING * best.price + (1 - SMOOTHING) * prices.price
        for tried in (between, prices.price):
            found = relax(problem, tried, whole_loads)
            new = _learn(problem, master, found)
            if found.bound > best.bound:
                best = found
                progress.raise_bound(best.bound)
            if new:
                break
        else:
            break
    return best


def _learn(problem: Matrices, master: Master, found: Relaxation) -> int:
    """Add the cheapest loads of a relaxation to the programme; return how many were new."""
    seats = np.flatnonzero(np.isfinite(found.loads.value))
    towns = np.array([found.loads.served(seats[k : k + 1]) > 0.5 for k in range(seats.size)])
    return master.add(seats, towns.reshape(seats.size, problem.towns))


def solve_by_loads(
    problem: Matrices, found: Relaxation, progress: Progress, effort: Effort
) -> bool:
    """List the loads that a better plan may hold and choose; say whether that was done.

    Parameters
    ----------
    problem : Matrices
        As for `climb_loads`.
    found : Relaxation
        Of whole loads, at good prices.
    progress : Progress
        Takes the plans and the bound. It holds a plan.
    effort : Effort
    """
    cutoff = progress.cutoff
    limit = value_limits(problem, found.price, found.loads.value, cutoff)
    limit += 1e-9 * max(1.0, abs(cutoff))
    most = MOST_WORDS // ((problem.towns + 63) // 64)
    listed = list_loads(problem, found.price, limit, most, lambda: progress.finished)
    if listed is None:
        progress.note(f"more than {most} loads below {cutoff:.8g}, or too little time")
        return False
    bare = Pool(listed.seat, listed.words, listed.value)
    pool = cheapest_of_each(replace(bare, cost=bare.cost + bare.prices(found.price)))
    progress.note(f"below {cutoff:.8g}: {listed.seat.size} loads, {pool.cost.size} sets of towns")
    reduced = pool.cost - pool.prices(found.price)
    return choose_from_pool(problem, pool, reduced, progress, effort)
