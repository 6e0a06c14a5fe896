"""A bound from town prices, by subgradient ascent, and what it rules out.

The rule "every town is served once" is priced out; each seat then chooses its cheapest load and
the cheapest seats are opened: Cornuéjols, Fisher and Nemhauser, "Location of bank accounts to
optimize float", *Management Science* 23, 1977; Beasley, "A note on solving large p-median
problems", *European Journal of Operational Research* 21, 1985 (also the fixing of seats). The step
is deflected as by Camerini, Fratta and Maffioli, *Mathematical Programming Study* 3, 1975.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.bounds.knapsack import Loads, choose
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.reduce import tighten_limits

__all__ = [
    "Ascent",
    "Oracle",
    "Relaxation",
    "ascend",
    "first_prices",
    "relax",
    "rule_out",
    "value_limits",
]

Oracle = Callable[[Matrices, Floats], Loads]


GROWTH = 1.2
LONGEST = 20.0
"""Where no plan is known, the distance to the best one is a guess: steps grow while they help."""


@dataclass(frozen=True)
class Relaxation:
    """The relaxed problem at given prices.

    Attributes
    ----------
    price : array of float, shape (towns,)
    bound : float
        No plan is cheaper.
    loads : Loads
    opened : array of int
        Seats opened, cheapest first.
    """

    price: Floats
    bound: float
    loads: Loads
    opened: Ints


@dataclass(frozen=True)
class Ascent:
    """How long to climb.

    Attributes
    ----------
    rounds : int
        Most evaluations.
    patience : int
        Evaluations without progress before the step is halved.
    step : float
        First step length, as a share of the distance to the target.
    smallest : float
        Stop when the step gets shorter.
    """

    rounds: int = 400
    patience: int = 12
    step: float = 1.0
    smallest: float = 5e-3


def relax(problem: Matrices, price: Floats, oracle: Oracle) -> Relaxation:
    """Evaluate the bound at given prices."""
    loads = oracle(problem, price)
    opened = choose(loads.value, problem.fewest, problem.most, problem.must_open)
    bound = float(price.sum() + loads.value[opened].sum())
    if not problem.fewest <= opened.size <= problem.most or _too_many(problem):
        bound = math.inf
    return Relaxation(price, bound, loads, opened)


def _too_many(problem: Matrices) -> bool:
    return problem.must_open is not None and bool(problem.must_open.sum() > problem.most)


def first_prices(problem: Matrices) -> Floats:
    """Prices to start from: between the lowest and the second lowest cost of each town."""
    ranked = np.sort(problem.cost, axis=1)
    second = ranked[:, min(1, ranked.shape[1] - 1)]
    share = 0.5 * (ranked[:, 0] + np.where(np.isfinite(second), second, ranked[:, 0]))
    opening = (
        float(np.mean(problem.open_cost[problem.openable])) * problem.fewest / max(1, problem.towns)
    )
    return share + max(0.0, opening)


def ascend(
    problem: Matrices,
    price: Floats,
    oracle: Oracle,
    effort: Ascent,
    *,
    target: Callable[[], float],
    stop: Callable[[], bool],
    seen: Callable[[Relaxation], None],
) -> Relaxation:
    """Climb from given prices and return the best relaxation met.

    Parameters
    ----------
    problem : Matrices
    price : array of float, shape (towns,)
    oracle : callable
        Cheapest loads for prices.
    effort : Ascent
    target : callable
        Objective of the best plan known, ``inf`` without one.
    stop : callable
        Asked in every round.
    seen : callable
        Told every relaxation, for example to make plans of it.
    """
    best = relax(problem, price, oracle)
    seen(best)
    current, step, idle = best, effort.step, 0
    direction = np.zeros_like(price)
    around = 0.1 * float(np.abs(price).sum())
    for _ in range(effort.rounds):
        if stop() or step < effort.smallest or not math.isfinite(best.bound):
            break
        missing = 1.0 - current.loads.served(current.opened)
        if not missing.any():
            break
        direction = missing + 0.5 * direction if missing @ direction >= 0 else missing
        aim = target()
        if not math.isfinite(aim):
            aim = best.bound + 0.05 * max(abs(best.bound), around) + 1e-6
        distance = max(aim - current.bound, 1e-4 * max(1.0, abs(aim)))
        move = step * distance / float(direction @ direction)
        current = relax(problem, current.price + move * direction, oracle)
        seen(current)
        if current.bound > best.bound + 1e-7 * max(1.0, abs(best.bound)):
            best, idle = current, 0
            if not math.isfinite(target()):
                step = min(GROWTH * step, LONGEST)
            continue
        idle += 1
        if idle >= effort.patience:
            step, idle, current = step * 0.6, 0, best
            direction = np.zeros_like(price)
    return best


def rule_out(problem: Matrices, found: Relaxation, cutoff: float) -> Matrices:
    """Return the problem without what no plan below the cutoff uses.

    A number of seats is ruled out when the bound with so many reaches the cutoff; a seat, when the
    bound with the seat open does; a pair, when the bound with the seat open and serving the town
    does; a seat must be open when the bound without it does. Limits are tightened by the number of
    seats that remains. No pair is allowed in the problem returned where no plan is left.
    """
    value, opened = found.loads.value, found.opened
    if not math.isfinite(found.bound):
        return problem.restrict(np.zeros_like(problem.allowed))
    base = found.bound - value[opened].sum()
    inside = np.zeros(problem.seats, dtype=bool)
    inside[opened] = True
    with_seat = np.where(inside, found.bound, base + value + _best_others(problem, value))
    limit = cutoff - 1e-9 * max(1.0, abs(cutoff)) if math.isfinite(cutoff) else cutoff
    allowed = problem.allowed & (with_seat + found.loads.forced() < limit)
    must = np.zeros(problem.seats, dtype=bool)
    for seat in opened:
        must[seat] = base + _without(problem, value, int(seat)) >= limit
    fewest, most = _counts_below(problem, found, limit)
    narrowed = problem.restrict(allowed, with_seat < limit)
    narrowed = tighten_limits(
        replace(narrowed, must_open=must & narrowed.openable, fewest=fewest, most=most)
    )
    if narrowed.fewest > narrowed.most:
        return problem.restrict(np.zeros_like(problem.allowed))
    return narrowed


def _counts_below(problem: Matrices, found: Relaxation, limit: float) -> tuple[int, int]:
    """Return the least and the largest number of seats whose bound is below the limit."""
    value, must = found.loads.value, problem.must_open
    first = value if must is None else np.where(must, -np.inf, value)
    ranked = value[np.argsort(first, kind="stable")]
    forced = 0 if must is None else int(must.sum())
    most = min(problem.most, int(np.isfinite(ranked).sum()))
    counts = np.arange(max(problem.fewest, forced), most + 1)
    bounds = float(found.price.sum()) + np.append(0.0, np.cumsum(ranked[:most]))[counts]
    good = counts[bounds < limit]
    if good.size == 0:
        return problem.fewest, problem.most
    return int(good[0]), int(good[-1])


def value_limits(problem: Matrices, price: Floats, value: Floats, cutoff: float) -> Floats:
    """Return the value below which a load of each seat may be part of a plan below the cutoff.

    Parameters
    ----------
    problem : Matrices
    price : array of float, shape (towns,)
    value : array of float, shape (seats,)
        No load of a seat has a smaller value at these prices.
    cutoff : float

    Returns
    -------
    array of float, shape (seats,)
    """
    opened = choose(value, problem.fewest, problem.most, problem.must_open)
    base = float(price.sum())
    limit = np.full(problem.seats, cutoff - base - _best_others(problem, value))
    limit[opened] = cutoff - base - (value[opened].sum() - value[opened])
    return limit


def _without(problem: Matrices, value: Floats, seat: int) -> float:
    """Value of the cheapest seats when one of them stays closed."""
    if problem.must_open is not None and problem.must_open[seat]:
        return math.inf
    without = value.copy()
    without[seat] = math.inf
    again = choose(without, problem.fewest, problem.most, problem.must_open)
    return float(without[again].sum())


def _best_others(problem: Matrices, value: Floats) -> float:
    """Value of the other seats when one seat that is not among the best must be open."""
    fewest, most = max(0, problem.fewest - 1), problem.most - 1
    must = problem.must_open
    if most < 0 or (must is not None and must.sum() > most):
        return math.inf
    return float(value[choose(value, fewest, most, must)].sum())
