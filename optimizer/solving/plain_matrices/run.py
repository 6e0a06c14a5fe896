"""Group towns under seats: the public entry for plain matrices."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from optimizer.arrays import Floats
from optimizer.interrupts import Interrupts
from optimizer.solving.plain_matrices.areas.areas import grow_areas
from optimizer.solving.plain_matrices.areas.columns import solve_connected
from optimizer.solving.plain_matrices.areas.connected_plans import Planner
from optimizer.solving.plain_matrices.areas.partition import choose_areas
from optimizer.solving.plain_matrices.bounds.knapsack import fractional_loads, free_loads
from optimizer.solving.plain_matrices.bounds.lagrange import (
    Ascent,
    Oracle,
    ascend,
    first_prices,
    relax,
)
from optimizer.solving.plain_matrices.problem.checks import check_limits, read_matrices
from optimizer.solving.plain_matrices.problem.grouping import Grouping
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.progress import PROOF, Progress
from optimizer.solving.plain_matrices.problem.reduce import reduce_pairs
from optimizer.solving.plain_matrices.programme.exact import Cuts, Effort
from optimizer.solving.plain_matrices.programme.facility import CLIMBING, Explorer, solve_facilities
from optimizer.solving.plain_matrices.programme.separate import Surroundings

__all__ = ["group"]

FEW_TOWNS = 24
FEW_IN_AREA = 9
MOST_STEPS = 30_000_000
MOST_AREAS = 200_000
LISTING = 0.3
"""All connected areas are listed when there are few towns, or few in an area on average; not more
of them than this, and not for more than this part of the time."""

REDUCING = 0.2
"""Part of the time for which useless pairs are looked for."""

FEW_IN_COLUMN = 10
COLUMN_SHARE = 0.8
"""Areas are priced as columns when there are so few towns in one on average, for so large a part
of the time; what remains unproven goes to the assignment model."""

MOST_COLUMN_CELLS = 2**30
"""Tables of the growth take an eighth of a byte for every two towns and a seat."""

LARGEST_SMALL_COST = 1000.0


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
    """Group towns under seats at least cost, with proof.

    Every town is served from one open seat (single sourcing). The cost is that of serving plus
    that of opening.

    Parameters
    ----------
    serve_cost : array, shape (towns, seats)
        Cost of serving each town from each candidate seat, in any one currency or unit; ``inf``
        where it is not allowed.
    open_cost : array, shape (seats,), or one number for all
        Cost of opening each seat, in the same unit.
    demand : array, shape (towns,), or one number for all
        Demand of each town, never negative.
    capacity : array, shape (seats,), one number for all, or None
        Largest demand that an open seat may serve; None or ``inf`` for no limit.
    operators : int, (int, int), or None
        Exact number of open seats, or least and most; None for any number.
    min_demand : array, shape (seats,), one number for all, or None
        Smallest demand that an open seat must serve.
    adjacency : pairs of int, or None
        Neighbouring towns, by row of `serve_cost`. Every area is then connected and holds the
        town of its seat; needs `seat_towns`.
    seat_towns : array of int, shape (seats,), or None
        Town in which each seat lies: an open seat then serves its own town. Without it seats are
        mere places, and one may stand open and serve nobody where a number is asked for.
    time_limit : float or None
        Seconds, None for as long as it takes.
    gap : float
        Relative gap at which to stop; 0 asks for a proven optimum.
    threads : int or None
        Threads of the solver, 1 when None.
    seed : int
        Seed of the random changes and of the solver.

    Returns
    -------
    Grouping
        Seat of every town, objective, bound, gap, status, seconds and the method used. Proven
        infeasibility is a status. A time limit or Ctrl-C gives the best plan so far with a true
        bound.

    Raises
    ------
    InstanceError
        When an argument cannot be used; it names every problem.

    Notes
    -----
    The method is chosen by the instance, and `Grouping.method` says which was used:

    - without load limits: prices, interchange, and branch and bound on the seats (Beasley,
      *European Journal of Operational Research* 21, 1985);
    - few pairs of town and seat: the whole assignment model, while it takes few nodes;
    - limited loads in whole units: prices from exact knapsacks, ruling out of pairs, and branch
      and bound on the seats, whose ends go to the assignment model over what is left (Holmberg,
      Rönnqvist and Yuan, *European Journal of Operational Research* 113, 1999);
    - the same with few towns in a load, seats in towns: loads priced as columns, all those listed
      that a better plan may hold (Baldacci, Hadjiconstantinou, Maniezzo and Mingozzi, *Computers &
      Operations Research* 29, 2002), chosen with subset-row inequalities (Jepsen, Petersen,
      Spoorendonk and Pisinger, *Operations Research* 56, 2008);
    - other loads: prices from fractional knapsacks, and the assignment model over what is left;
    - connected areas: with few towns all are listed and chosen by set partitioning; somewhat
      larger ones are priced as columns (Mehrotra, Johnson and Nemhauser, *Management Science* 44,
      1998) and chosen as above; the others go to the assignment model with separators (Validi,
      Buchanan and Lykhovyd, *Operations Research* 70, 2022).

    Examples
    --------
    Five towns on a line, at most two for each of three seats:

    >>> import numpy as np
    >>> place = np.array([0, 1, 2, 10, 11])
    >>> distance = abs(place[:, None] - place)
    >>> found = group(distance, np.zeros(5), np.ones(5), capacity=2, operators=3)
    >>> found.status, found.objective
    ('optimal', 2.0)
    >>> group(distance, np.zeros(5), np.ones(5), capacity=2, operators=2).status
    'infeasible'
    """
    start = time.perf_counter()
    problem = read_matrices(
        serve_cost,
        open_cost,
        demand,
        capacity,
        operators=operators,
        min_demand=min_demand,
        adjacency=adjacency,
        seat_towns=seat_towns,
    )
    check_limits(time_limit, gap, threads)
    unit = _unit(problem)
    if unit != 1.0:
        problem = replace(problem, cost=problem.cost * unit, open_cost=problem.open_cost * unit)
    progress = Progress(problem, time_limit=time_limit, gap=gap, start=start)
    method = "?"
    with Interrupts() as progress.interrupts, progress.interrupts.kept():
        try:
            with progress.interrupts.asking():
                method = _work(problem, progress, Effort(threads, seed))
        except KeyboardInterrupt:
            progress.note("left at the second Ctrl-C")
    found = _result(progress, method)
    return replace(found, objective=found.objective / unit, bound=found.bound / unit)


def _unit(problem: Matrices) -> float:
    """Return a factor that lifts small fractional costs above the solver's absolute tolerances."""
    finite = problem.cost[np.isfinite(problem.cost)]
    largest = max(float(np.abs(finite).max(initial=0.0)), float(problem.open_cost.max(initial=0.0)))
    if problem.whole_costs or not 0.0 < largest < LARGEST_SMALL_COST:
        return 1.0
    return LARGEST_SMALL_COST / largest


def _work(problem: Matrices, progress: Progress, effort: Effort) -> str:
    if not problem.allowed.any(axis=1).all():
        progress.raise_bound(math.inf)
        return "counting"
    oracle: Oracle = fractional_loads if problem.limited else free_loads
    progress.raise_bound(relax(problem, first_prices(problem), oracle).bound)
    end = progress.seconds + REDUCING * progress.left
    reduced = reduce_pairs(problem, partial(progress.later, end))
    if reduced is None:
        progress.raise_bound(math.inf)
    if reduced is None or progress.bound == math.inf:
        return "counting"
    if reduced.graph is None:
        return solve_facilities(reduced, progress, effort, Cuts(None))
    return _work_connected(reduced, progress, effort)


def _work_connected(problem: Matrices, progress: Progress, effort: Effort) -> str:
    """Solve a problem of connected areas: a plan and prices, areas as columns, the model."""
    planner = Planner(problem, effort.seed)
    prices = _first_plan(problem, progress, planner)
    if progress.finished:
        return "town prices, areas grown from their seats"
    end = progress.seconds + LISTING * progress.left
    small = problem.towns <= FEW_TOWNS or problem.towns <= FEW_IN_AREA * problem.most
    if small:
        late = partial(progress.later, end)
        areas = grow_areas(problem, MOST_STEPS, MOST_AREAS, late)
        if areas is not None:
            choose_areas(problem, areas, progress, effort)
            return "all connected areas listed, set partitioning"
    words = "prices, fixing, reduced assignment model with pooled separators"
    cells = problem.towns**2 * problem.seats
    few = problem.towns <= FEW_TOWNS or problem.towns <= FEW_IN_COLUMN * problem.most
    if few and cells <= MOST_COLUMN_CELLS and not progress.finished:
        seconds = COLUMN_SHARE * progress.left
        solve_connected(problem, prices, progress, effort, seconds=seconds)
        if progress.later(math.inf):
            return "connected areas priced as columns, set partitioning of those below the cutoff"
        words = f"connected areas priced as columns; {words}"
    cuts = Cuts(Surroundings(problem))
    solve_facilities(problem, progress, effort, cuts, planner)
    return words


def _first_plan(problem: Matrices, progress: Progress, planner: Planner) -> Floats:
    """Climb for a while, make plans on the way, and return the prices."""
    found = ascend(
        problem,
        first_prices(problem),
        fractional_loads,
        Ascent(rounds=100),
        target=lambda: progress.objective,
        stop=partial(progress.later, progress.seconds + CLIMBING * progress.left),
        seen=Explorer(problem, progress, every=15, planner=planner),
    )
    progress.note(f"first prices: bound {found.bound:.8g}")
    return found.price


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
    if status == "time_limit" and progress.interrupts.asked:
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
