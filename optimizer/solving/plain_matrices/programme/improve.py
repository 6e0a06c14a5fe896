"""Plans from open seats, and better plans from plans.

Without capacities: the interchange of Teitz and Bart, *Operations Research* 16, 1968, with all
exchanges valued at once as by Whitaker, *INFOR* 21, 1983. With capacities: placing by regret,
shifting and swapping towns, and moving the seat within its area, as by Mulvey and Beck, "Solving
capacitated clustering problems", *European Journal of Operational Research* 18, 1984.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import Assignment, Mask, Matrices

__all__ = ["interchange", "move_seats", "nearest", "place"]

ROUNDS = 400

MANY_PAIRS = 1_000_000
MANY_SWAPS = 600
"""Among more towns, only the so many whose seat costs most above their cheapest are swapped with
others, and several areas change in a round."""


def nearest(problem: Matrices, seats: Ints) -> Assignment | None:
    """Return the plan that serves every town from the cheapest of the open seats."""
    if seats.size == 0:
        return None
    opened = np.zeros(problem.seats, dtype=bool)
    opened[seats] = True
    seat_of = seats[problem.cost[:, seats].argmin(axis=1)]
    if problem.seat_town is not None:
        seat_of[problem.seat_town[seats]] = seats
    return problem.assignment(seat_of, opened)


def interchange(problem: Matrices, seats: Ints, stop: Callable[[], bool]) -> Ints:
    """Exchange, open or close one seat at a time while that pays, without capacities."""
    finite = np.where(problem.allowed, problem.cost, 0.0)
    dear = 1.0 + np.abs(finite).max() * problem.towns
    cost = np.where(problem.allowed, problem.cost, dear)
    here = seats.copy()
    if here.size == 0:
        return here
    for _ in range(ROUNDS):
        step = None if stop() else _best_exchange(problem, cost, here)
        if step is None:
            break
        leaving, entering = step
        if leaving >= 0:
            here = np.delete(here, leaving)
        if entering >= 0:
            here = np.append(here, entering)
    return here


def _best_exchange(problem: Matrices, cost: Floats, here: Ints) -> tuple[int, int] | None:
    """Return position that leaves and seat that enters, -1 for none; None when nothing pays."""
    near = cost[:, here]
    rows = np.arange(problem.towns)
    who = near.argmin(axis=1)
    first = near[rows, who]
    if here.size > 1:
        near = near.copy()
        near[rows, who] = np.inf
        second = near.min(axis=1)
    else:
        second = np.full(problem.towns, cost.max() * 2 + 1)
    entering, lost = _exchanges(cost, who, first, second, here.size)
    entering -= problem.open_cost
    entering[here] = -np.inf
    saved = problem.open_cost[here]
    swap = entering[None, :] + saved[:, None] - lost
    drop = saved - np.bincount(who, weights=second - first, minlength=here.size)
    choices = [(float(swap.max()), np.unravel_index(int(swap.argmax()), swap.shape))]
    if here.size < problem.most:
        choices.append((float(entering.max()), (np.int64(-1), entering.argmax())))
    if here.size > max(1, problem.fewest):
        choices.append((float(drop.max()), (drop.argmax(), np.int64(-1))))
    gain, (leaving, enters) = max(choices, key=lambda choice: choice[0])
    if gain <= 1e-9 * max(1.0, float(first.sum())):
        return None
    return int(leaving), int(enters)


def _exchanges(
    cost: Floats, who: Ints, first: Floats, second: Floats, count: int
) -> tuple[Floats, Floats]:
    """Return what each entering seat saves, and what is lost then by each open seat that leaves.

    Shapes (seats,) and (count, seats). Only pairs cheaper than a town's second open seat matter;
    among many pairs these are few.
    """
    if cost.size <= MANY_PAIRS:
        order = np.argsort(who, kind="stable")
        starts = np.searchsorted(who[order], np.arange(count))
        loss = np.clip(cost, first[:, None], second[:, None]) - first[:, None]
        saved = np.maximum(first[:, None] - cost, 0.0).sum(axis=0)
        return np.asarray(saved), _group_sum(loss[order], starts)
    town, seat = np.nonzero(cost < second[:, None])
    price = cost[town, seat]
    gain = np.maximum(first[town] - price, 0.0)
    seats = cost.shape[1]
    saved = np.bincount(seat, weights=gain, minlength=seats).astype(np.float64)
    spared = np.bincount(
        who[town] * seats + seat, weights=second[town] - price - gain, minlength=count * seats
    )
    alone = np.bincount(who, weights=second - first, minlength=count)
    lost = np.asarray(alone[:, None] - spared.reshape(count, seats), dtype=np.float64)
    return saved, lost


def _group_sum(values: Floats, starts: Ints) -> Floats:
    """Sum consecutive rows from each start to the next; a start without rows gives zero."""
    total = np.vstack([np.zeros(values.shape[1]), values])
    np.cumsum(total, axis=0, out=total)
    ends = np.append(starts[1:], values.shape[0])
    return np.asarray(total[ends] - total[starts], dtype=np.float64)


def place(
    problem: Matrices, seats: Ints, guide: Floats, stop: Callable[[], bool]
) -> Assignment | None:
    """Serve every town from the open seats within their capacities, then improve.

    Parameters
    ----------
    problem : Matrices
    seats : array of int
        Open seats.
    guide : array of float, shape (towns, seats)
        Costs that guide the first placing; dearer means less fitting.
    stop : callable
        Asked in every round; the plan is left as it is when it says so.

    Returns
    -------
    Assignment or None
        None when the plan found breaks a rule.
    """
    if seats.size == 0 or not problem.allowed[:, seats].any(axis=1).all():
        return None
    at = np.full(problem.towns, -1, dtype=np.int64)
    if problem.seat_town is not None:
        at[problem.seat_town[seats]] = np.arange(seats.size)
    _regret_fill(problem, seats, guide[:, seats], at)
    for _ in range(5):
        fixed = np.zeros(problem.towns, dtype=bool)
        if problem.seat_town is not None:
            fixed[problem.seat_town[seats]] = True
        at = _shift_and_swap(problem, seats, at, fixed, stop)
        moved = None if stop() else move_seats(problem, seats, at)
        if moved is None:
            break
        seats = moved
    opened = np.zeros(problem.seats, dtype=bool)
    opened[seats] = True
    return problem.assignment(seats[at], opened)


def _regret_fill(problem: Matrices, seats: Ints, guide: Floats, at: Ints) -> None:
    """Place the towns one by one, first the one that loses most by its second choice."""
    room = problem.capacity[seats].copy()
    demand = problem.demand
    for town in np.flatnonzero(at >= 0):
        room[at[town]] -= demand[town]
    ranked = np.sort(guide, axis=1)
    regret = ranked[:, min(1, seats.size - 1)] - ranked[:, 0]
    regret = np.where(np.isfinite(regret), regret, np.inf)
    for town in np.lexsort((-demand, -regret)):
        if at[town] >= 0:
            continue
        fits = (room >= demand[town]) & np.isfinite(guide[town])
        if fits.any():
            best = int(np.where(fits, guide[town], np.inf).argmin())
        else:
            best = int(np.where(np.isfinite(guide[town]), room, -np.inf).argmax())
        at[town] = best
        room[best] -= demand[town]


def _shift_and_swap(
    problem: Matrices, seats: Ints, at: Ints, fixed: Mask, stop: Callable[[], bool]
) -> Ints:
    """Shift one town or swap two while that lowers cost plus penalised overload."""
    cost = problem.cost[:, seats]
    allowed = np.isfinite(cost)
    dear = 1.0 + np.abs(np.where(allowed, cost, 0.0)).max() * 10
    cost = np.where(allowed, cost, dear * 100)
    some = problem.demand[problem.demand > 0]
    weight = dear / (float(np.median(some)) if some.size else 1.0)
    limits = _Limits(problem.capacity[seats], problem.least[seats], weight)
    at = at.copy()
    every = np.flatnonzero(~fixed)
    for _ in range(ROUNDS):
        if stop():
            break
        now = cost[np.arange(at.size), at]
        some_towns = every
        if every.size > MANY_SWAPS:
            above = now[every] - cost[every].min(axis=1)
            some_towns = every[np.argpartition(-above, MANY_SWAPS)[:MANY_SWAPS]]
        changes = _changes(cost, problem.demand, limits, at, some_towns)
        changes.shift[fixed] = 0.0
        changes.swap[:, fixed] = 0.0
        least = -1e-9 * max(1.0, float(np.abs(now).sum()))
        most = 1 if every.size <= MANY_SWAPS else seats.size
        if not changes.make(at, least, most):
            break
    return at


@dataclass(frozen=True)
class _Changes:
    """Change of cost plus penalty by every shift, and by the swaps of some towns with any.

    Attributes
    ----------
    shift : array of float, shape (towns, seats)
    swap : array of float, shape (some, towns)
    some : array of int, shape (some,)
    """

    shift: Floats
    swap: Floats
    some: Ints

    def make(self, at: Ints, least: float, most: int) -> bool:
        """Make the best changes below `least`, at most `most`, no seat taking part in two.

        Return whether there was one.
        """
        values = np.concatenate([self.shift.min(axis=1), self.swap.min(axis=1)])
        order = np.argsort(values, kind="stable") if most > 1 else [int(values.argmin())]
        changed: set[int] = set()
        done = 0
        for row in order:
            if values[row] > least or done == most:
                break
            swapped = int(row) - at.size
            if swapped < 0:
                one, two = int(row), -1
                target = int(self.shift[one].argmin())
            else:
                one, two = int(self.some[swapped]), int(self.swap[swapped].argmin())
                target = int(at[two])
            source = int(at[one])
            if source in changed or target in changed:
                continue
            changed |= {source, target}
            at[one] = target
            if two >= 0:
                at[two] = source
            done += 1
        return done > 0


@dataclass(frozen=True)
class _Limits:
    """Load limits of the open seats and the penalty for a unit beyond them."""

    high: Floats
    low: Floats
    weight: float

    def fault(self, load: Floats, seats: Ints) -> Floats:
        """Penalty of each load at the given seats, of the same shape."""
        over = np.maximum(load - self.high[seats], 0.0)
        under = np.maximum(self.low[seats] - load, 0.0)
        return np.asarray((over + under) * self.weight, dtype=np.float64)


def _changes(cost: Floats, demand: Floats, limits: _Limits, at: Ints, some: Ints) -> _Changes:
    """Value every shift, and the swaps of some towns with any."""
    rows, every = np.arange(at.size), np.arange(cost.shape[1])
    load = np.bincount(at, weights=demand, minlength=every.size).astype(np.float64)
    now, fault_now = cost[rows, at], limits.fault(load, every)
    leave = limits.fault(load[at] - demand, at) - fault_now[at] - now
    enter = limits.fault(load[None, :] + demand[:, None], every[None, :]) - fault_now[None, :]
    shift = leave[:, None] + enter + cost
    shift[rows, at] = 0.0
    change = demand[None, :] - demand[some, None]
    here = at[some]
    mine = limits.fault(load[here][:, None] + change, here[:, None]) - fault_now[here][:, None]
    theirs = limits.fault(load[at][None, :] - change, at[None, :]) - fault_now[at][None, :]
    swap = mine + theirs + cost[:, here].T + cost[some][:, at] - now[some, None] - now[None, :]
    swap[here[:, None] == at[None, :]] = 0.0
    return _Changes(shift, swap, some)


def move_seats(problem: Matrices, seats: Ints, at: Ints) -> Ints | None:
    """Move each seat to where its towns are served cheapest; None when none moves."""
    moved = seats.copy()
    for k in range(seats.size):
        towns = np.flatnonzero(at == k)
        load = float(problem.demand[towns].sum())
        total = problem.cost[towns].sum(axis=0) + problem.open_cost
        unfit = (problem.capacity < load) | (problem.least > load)
        unfit[np.delete(moved, k)] = True
        if problem.seat_town is not None:
            unfit |= ~np.isin(problem.seat_town, towns)
        total = np.where(unfit, np.inf, total)
        if total[moved[k]] > total.min() + 1e-12:
            moved[k] = int(total.argmin())
    return None if np.array_equal(moved, seats) else moved
