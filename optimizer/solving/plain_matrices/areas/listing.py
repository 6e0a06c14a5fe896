"""Every load of whole towns below a limit, for given town prices.

Towns are decided one after the other, those of the largest net cost or gain first. A table of the
cheapest load of the towns still to come, by room left, says exactly whether an unfinished load can
stay below its limit, so that each one kept becomes at least one load: Baldacci, Hadjiconstantinou,
Maniezzo and Mingozzi, "A new method for solving capacitated location problems based on a set
partitioning approach", *Computers & Operations Research* 29, 2002.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.areas.leftover import Words
from optimizer.solving.plain_matrices.bounds.whole import room_units
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices

__all__ = ["Listed", "list_loads"]

_ONE = np.uint64(1)


@dataclass(frozen=True)
class Listed:
    """Loads, each a row.

    Attributes
    ----------
    seat : array of int, shape (loads,)
    words : array of uint64, shape (loads, words)
        Towns as bit sets: town `t` is bit ``t % 64`` of word ``t // 64``.
    value : array of float, shape (loads,)
        Opening cost plus cost less price of the towns.
    """

    seat: Ints
    words: Words
    value: Floats

    def take(self, which: Ints | Mask) -> Listed:
        """Return some of the loads."""
        return Listed(self.seat[which], self.words[which], self.value[which])


def list_loads(
    problem: Matrices, price: Floats, limit: Floats, most: int, stop: Callable[[], bool]
) -> Listed | None:
    """List every load below the limit of its seat, None when there are more than `most`.

    Parameters
    ----------
    problem : Matrices
        With limited loads in whole units.
    price : array of float, shape (towns,)
    limit : array of float, shape (seats,)
    most : int
    stop : callable
        Asked for every seat and town; None when it says so.
    """
    room, least = room_units(problem)
    parts: list[Listed] = []
    count = 0
    for seat in np.flatnonzero(problem.openable & (room >= np.maximum(least, 0))):
        limits = int(least[seat]), int(room[seat])
        below = float(limit[seat])
        mine = _loads_of(problem, price, int(seat), limits, below=below, most=most, stop=stop)
        if mine is None:
            return None
        count += mine.seat.size
        if count > most:
            return None
        parts.append(mine)
    if not parts:
        empty = np.zeros((0, _words(problem)), dtype=np.uint64)
        return Listed(np.zeros(0, dtype=np.int64), empty, np.zeros(0))
    return Listed(
        np.concatenate([part.seat for part in parts]),
        np.concatenate([part.words for part in parts]),
        np.concatenate([part.value for part in parts]),
    )


def _words(problem: Matrices) -> int:
    return (problem.towns + 63) // 64


def _loads_of(
    problem: Matrices,
    price: Floats,
    seat: int,
    limits: tuple[int, int],
    *,
    below: float,
    most: int,
    stop: Callable[[], bool],
) -> Listed | None:
    """List the loads of one seat; `limits` are its least load and its room beside its own town."""
    least, room = limits
    net = problem.cost[:, seat] - price
    demand = problem.demand.astype(np.int64)
    usable = np.isfinite(net) & (demand <= room)
    words = np.zeros((1, _words(problem)), dtype=np.uint64)
    base = float(problem.open_cost[seat])
    if problem.seat_town is not None:
        home = int(problem.seat_town[seat])
        base += float(net[home])
        usable[home] = False
        words[0, home // 64] |= _ONE << np.uint64(home % 64)
    towns = np.flatnonzero(usable)
    towns = towns[np.argsort(-np.abs(net[towns]), kind="stable")]
    table = _cheapest_rest(net[towns], demand[towns], least, room)
    left, value = np.array([room]), np.array([base])
    keep = value + table[0, left] < below
    left, value, words = left[keep], value[keep], words[keep]
    for k, town in enumerate(towns):
        size = int(demand[town])
        cheaper = value + net[town]
        takes = left >= size
        takes[takes] = cheaper[takes] + table[k + 1, left[takes] - size] < below
        skips = value + table[k + 1, left] < below
        taken = words[takes]
        taken[:, town // 64] |= _ONE << np.uint64(town % 64)
        left = np.concatenate([left[skips], left[takes] - size])
        value = np.concatenate([value[skips], cheaper[takes]])
        words = np.concatenate([words[skips], taken])
        if left.size > most or stop():
            return None
    return Listed(np.full(left.size, seat, dtype=np.int64), words, value)


def _cheapest_rest(net: Floats, demand: Ints, least: int, room: int) -> Floats:
    """Return the cheapest choice among the towns from each place on, by room left.

    Shape (towns + 1, room + 1); ``inf`` where the least load is out of reach.
    """
    table = np.full((net.size + 1, room + 1), np.inf)
    table[-1, : room - max(least, 0) + 1] = 0.0
    for k in range(net.size - 1, -1, -1):
        size = int(demand[k])
        table[k] = table[k + 1]
        np.minimum(table[k, size:], table[k + 1, : room + 1 - size] + net[k], out=table[k, size:])
    return table
