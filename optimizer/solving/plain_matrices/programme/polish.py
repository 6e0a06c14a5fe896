"""Better plans from plans by changed open seats: placed again, kept where they cost less."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.plain_matrices.problem.problem import Assignment, Mask, Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress

__all__ = ["change_seats", "polish", "roomy"]

ROOM = 1.15
"""So many times the demand is the capacity of the seats that a first plan is sought with."""


def polish(
    problem: Matrices,
    progress: Progress,
    seed: int,
    patience: int,
    placing: Callable[[Ints], Assignment | None],
) -> None:
    """Change the open seats of the best plan at random, place again, keep what is better.

    Parameters
    ----------
    problem : Matrices
        Only its openable seats are tried.
    progress : Progress
        Holds the best plan and takes better ones.
    seed : int
    patience : int
        Stop after so many changes without progress, and after four times as many in all.
    placing : callable
        Makes a plan of open seats.
    """
    draw = np.random.default_rng(seed)
    idle = 0
    for _ in range(4 * patience):
        if idle >= patience or progress.best is None or progress.finished:
            break
        idle += 1
        opened = progress.best.opened.copy()
        for _change_number in range(int(draw.integers(1, 3))):
            change_seats(problem, opened, progress.best.seat_of, draw)
        if progress.offer(placing(np.flatnonzero(opened))):
            idle = 0


def change_seats(problem: Matrices, opened: Mask, seat_of: Ints, draw: np.random.Generator) -> None:
    """Exchange an open seat for one near its towns, or open or close one, in place."""
    must = np.zeros_like(opened) if problem.must_open is None else problem.must_open
    inside = np.flatnonzero(opened & ~must)
    outside = np.flatnonzero(problem.openable & ~opened)
    count, kind = int(opened.sum()), float(draw.random())
    if outside.size == 0 or inside.size == 0:
        return
    if kind < 0.2 and count > max(1, problem.fewest):
        opened[draw.choice(inside)] = False
        return
    leaving = int(draw.choice(inside))
    towns = np.flatnonzero(seat_of == leaving)
    near = problem.cost[towns][:, outside].min(axis=0, initial=np.inf)
    ranked = outside[np.argsort(near, kind="stable")]
    entering = ranked[min(int(draw.geometric(0.25)) - 1, ranked.size - 1)]
    opened[entering] = True
    if kind < 0.8 or count >= problem.most:
        opened[leaving] = False


def roomy(problem: Matrices, seats: Ints) -> Ints:
    """Return seats with others, the cheapest first, until loads have some room.

    For a first plan: the seats of a relaxation hold all demand, but towns in parts.
    """
    home = np.arange(problem.seats) if problem.seat_town is None else problem.seat_town
    here, wanted = list(seats), ROOM * float(problem.demand.sum())
    for seat in np.argsort(problem.open_cost, kind="stable"):
        if len(here) >= problem.most or problem.capacity[here].sum() >= wanted:
            break
        if problem.openable[seat] and home[seat] not in home[here]:
            here.append(seat)
    return np.array(here, dtype=np.int64)
