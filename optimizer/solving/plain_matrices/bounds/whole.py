"""The cheapest load of whole towns of each seat, by dynamic programming over units of load.

Bellman, "Notes on the theory of dynamic programming IV: maximization over discrete sets", *Naval
Research Logistics Quarterly* 3, 1956. Their prices give a better bound than those of loads in
parts: Barcelo and Casanovas, "A heuristic Lagrangean algorithm for the capacitated plant location
problem", *European Journal of Operational Research* 15, 1984.
"""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.bounds.knapsack import LimitedLoads, Loads
from optimizer.solving.plain_matrices.problem.problem import LOAD_TOLERANCE, Matrices

__all__ = ["room_units", "whole_loads", "whole_units"]

MOST_CELLS = 50_000_000
MOST_UNITS = 2_000
"""Largest capacity, in units of demand, for which the knapsacks are solved whole."""

WIDE = 200
"""Above so many units of load each seat is filled alone, with the towns that it wants."""


def whole_units(problem: Matrices) -> bool:
    """Say whether the knapsacks are small enough for exact dynamic programming."""
    demand, capacity = problem.demand, problem.capacity
    largest = float(capacity.max(initial=0.0))
    return bool(
        problem.limited
        and largest <= MOST_UNITS
        and largest * problem.towns * problem.seats <= MOST_CELLS
        and np.array_equal(demand, np.round(demand))
    )


def whole_loads(problem: Matrices, price: Floats, *, exact_forced: bool = False) -> Loads:
    """Cheapest loads of whole towns by dynamic programming over units of load, for all seats.

    Parameters
    ----------
    problem : Matrices
        For which `whole_units` holds.
    price : array of float, shape (towns,)
    exact_forced : bool
        Whether `forced` is computed (towns that the seat would rather serve included) or left 0.
    """
    net = problem.cost - price[:, None]
    room, least = room_units(problem)
    value = problem.open_cost.copy()
    if problem.seat_town is not None:
        own = problem.seat_town, np.arange(problem.seats)
        value = value + net[own]
        net[own] = np.inf
    demand = problem.demand.astype(np.int64)
    chosen = np.zeros_like(net)
    live = np.flatnonzero(np.isfinite(value) & (room >= np.maximum(least, 0)))
    best, towns = _cheapest_loads(net[:, live], demand, room[live], least[live])
    chosen[:, live] = towns
    dead = np.ones(problem.seats, dtype=bool)
    dead[live] = False
    value[live] += best
    value[dead] = np.inf
    forced = np.zeros_like(net)
    if exact_forced:
        for seat in live[np.isfinite(best)]:
            gain = value[seat] - problem.open_cost[seat]
            if problem.seat_town is not None:
                gain -= problem.cost[own[0][seat], seat] - price[own[0][seat]]
            forced[:, seat] = _forced_in(net[:, seat], demand, int(room[seat]), gain)
    if problem.seat_town is not None:
        chosen[own] = 1.0
        forced[own] = 0.0
    return LimitedLoads(value, chosen, forced)


def room_units(problem: Matrices) -> tuple[Ints, Ints]:
    """Room and least load of every seat in whole units, beside its own town."""
    capacity, least = problem.capacity, problem.least
    if problem.seat_town is not None:
        own = problem.demand[problem.seat_town]
        capacity, least = capacity - own, least - own
    capacity = np.minimum(capacity, problem.demand.sum())
    room = np.floor(capacity * (1 + LOAD_TOLERANCE) + LOAD_TOLERANCE).astype(np.int64)
    return room, np.ceil(least * (1 - LOAD_TOLERANCE) - LOAD_TOLERANCE).astype(np.int64)


def _cheapest_loads(net: Floats, demand: Ints, room: Ints, least: Ints) -> tuple[Floats, Floats]:
    """Return the value of the cheapest load of each seat, and its towns, shape (towns, seats).

    Towns of a negative net cost alone make the cheapest load, unless it is below the least.
    """
    seats = room.size
    best, chosen = np.zeros(seats), np.zeros(net.shape)
    if room.max(initial=0) >= WIDE:
        for seat in range(seats):
            wanted = np.flatnonzero((net[:, seat] < 0) & (demand <= room[seat]))
            best[seat], taken = _fill(net[wanted, seat], demand[wanted], int(room[seat]))
            chosen[wanted[taken], seat] = 1.0
        again = np.flatnonzero(demand @ chosen < least)
    else:
        again = np.arange(seats)
    if again.size:
        part = _fill_together(net[:, again], demand, room[again], least[again])
        best[again], chosen[:, again] = part
    return best, chosen


def _fill(net: Floats, demand: Ints, room: int) -> tuple[float, list[int]]:
    """Return the value and the towns of the cheapest load of one seat."""
    table = np.zeros(room + 1)
    better = np.zeros((net.size, room + 1), dtype=bool)
    sizes, costs = demand.tolist(), net.tolist()
    for k, (size, cost) in enumerate(zip(sizes, costs, strict=True)):
        with_town, without = table[: room + 1 - size] + cost, table[size:]
        np.less(with_town, without, out=better[k, size:])
        np.minimum(with_town, without, out=without)
    left, taken = room, []
    for k in range(net.size - 1, -1, -1):
        if better[k, left]:
            taken.append(k)
            left -= sizes[k]
    return float(table[room]), taken


def _fill_together(net: Floats, demand: Ints, room: Ints, least: Ints) -> tuple[Floats, Floats]:
    """Return the values and the towns of the cheapest loads of several seats, step by step."""
    towns, seats = net.shape
    width = int(room.max(initial=0)) + 1
    bound_below = least > 0
    table = np.zeros((seats, width))
    table[bound_below, 1:] = np.inf
    taken = {}
    for town in np.flatnonzero(demand < width):
        size = int(demand[town])
        rows = np.flatnonzero((net[town] < 0) | (bound_below & np.isfinite(net[town])))
        if rows.size == 0:
            continue
        without = table[rows]
        with_town = without[:, : width - size] + net[town, rows][:, None]
        better = with_town < without[:, size:]
        taken[int(town)] = rows, better
        without[:, size:] = np.where(better, with_town, without[:, size:])
        table[rows] = without
    inside = (np.arange(width) <= room[:, None]) & (np.arange(width) >= least[:, None])
    table = np.where(inside, table, np.inf)
    left = table.argmin(axis=1)
    best = table[np.arange(seats), left]
    chosen = np.zeros((towns, seats))
    for town in reversed(taken):
        size, (rows, better) = int(demand[town]), taken[town]
        fits = np.flatnonzero((left[rows] >= size) & np.isfinite(best[rows]))
        takes = rows[fits[better[fits, left[rows[fits]] - size]]]
        chosen[town, takes] = 1.0
        left[takes] -= size
    return best, chosen


def _forward(net: Floats, demand: Ints, room: int) -> Floats:
    """Cheapest load of the first towns within each room, shape (towns + 1, room + 1)."""
    table = np.zeros((net.size + 1, room + 1))
    for k in range(net.size):
        size = int(demand[k])
        np.copyto(table[k + 1], table[k])
        np.minimum(
            table[k + 1, size:], table[k, : room + 1 - size] + net[k], out=table[k + 1, size:]
        )
    return table


def _forced_in(net: Floats, demand: Ints, room: int, best: float) -> Floats:
    """Increase over the best value when a town must be served, the least load left aside.

    A town that is not wanted takes its room from the others; for a wanted one, the towns before
    and after it share what room it leaves.
    """
    wanted = np.flatnonzero((net < 0) & (demand <= room))
    table = _forward(net[wanted], demand[wanted], room)
    increase = np.full(net.size, np.inf)
    fits = demand <= room
    increase[fits] = net[fits] + table[-1, room - demand[fits]] - best
    back = _forward(net[wanted][::-1], demand[wanted][::-1], room)[::-1]
    for k, town in enumerate(wanted):
        left = room - int(demand[town])
        ahead, behind = table[k, : left + 1], back[k + 1, : left + 1]
        increase[town] = net[town] + (ahead + behind[::-1]).min() - best
    return np.asarray(np.maximum(increase, 0.0), dtype=np.float64)
