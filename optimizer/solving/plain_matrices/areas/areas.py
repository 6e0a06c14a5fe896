"""Every connected area within the load limits, as bit sets, when there are not too many.

Areas grow from their heaviest town by one neighbour at a time, which is either taken or shut out
for good, so that each connected set arises once. Thousands of unfinished areas grow in one step.
Sets of towns are rows of 64-bit words; the bit of a town is its place in the order of demand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.areas.leftover import Leftover, TownMap, Words
from optimizer.solving.plain_matrices.problem.problem import LOAD_TOLERANCE, Mask, Matrices

__all__ = ["Areas", "grow_areas"]

STEP = 1 << 16
"""Unfinished areas that grow together."""

CELLS_AT_ONCE = 2**22
"""Towns and seats of so many areas are looked at together."""

_ONE = np.uint64(1)


@dataclass(frozen=True)
class Areas:
    """Candidate areas, each with its cheapest seat.

    Attributes
    ----------
    towns : scipy.sparse.csr_array, shape (areas, towns)
        1 where an area holds a town.
    seat : array of int, shape (areas,)
    cost : array of float, shape (areas,)
        Serving plus opening cost.
    """

    towns: sparse.csr_array
    seat: Ints
    cost: Floats

    def take(self, which: Ints | Mask) -> Areas:
        """Return some of the areas."""
        return Areas(self.towns[which], self.seat[which], self.cost[which])


def grow_areas(
    problem: Matrices, most_steps: int, most_areas: int, stop: Callable[[], bool]
) -> Areas | None:
    """List every connected area that some seat in it may serve.

    Parameters
    ----------
    problem : Matrices
        With neighbours and seat towns.
    most_steps : int
        Give up after so many unfinished areas.
    most_areas : int
        Give up when there are more areas.
    stop : callable
        Asked now and then; give up when it says so.

    Returns
    -------
    Areas or None
        None when there are too many.
    """
    if not problem.openable.any():
        return None
    leftover = Leftover(problem, stop)
    found = _Found(leftover, most_areas)
    if not _grow(found, most_steps, stop):
        return None
    return _with_seats(problem, leftover.towns, found.all(), stop)


class _Found:
    """Areas that leave a divisible rest, looked at many at a time.

    Attributes
    ----------
    full : bool
        Whether there are more than `most`.
    """

    def __init__(self, leftover: Leftover, most: int) -> None:
        self.leftover, self.most = leftover, most
        self._new: list[Words] = []
        self._kept: list[Words] = [np.zeros((0, leftover.towns.bit.shape[1]), dtype=np.uint64)]
        self._waiting = self._count = 0

    @property
    def full(self) -> bool:
        return self._count > self.most

    def add(self, sets: Words) -> None:
        self._new.append(sets)
        self._waiting += len(sets)
        if self._waiting > STEP:
            self._look()

    def all(self) -> Words:
        if self._waiting:
            self._look()
        return np.concatenate(self._kept)

    def _look(self) -> None:
        sets = np.concatenate(self._new)
        self._kept.append(sets[self.leftover.divides(sets)])
        self._count += len(self._kept[-1])
        self._new, self._waiting = [], 0


def _grow(found: _Found, most_steps: int, stop: Callable[[], bool]) -> bool:
    """Find every area; say whether that was done."""
    world, low, high = found.leftover.towns, found.leftover.low, found.leftover.high
    shut = np.zeros((1, world.bit.shape[1]), dtype=np.uint64)
    steps = 0
    for root in range(world.order.size):
        shut = shut | world.bit[root]
        if world.demand[root] > high:
            continue
        area = world.bit[root][None, :]
        if world.demand[root] >= low:
            found.add(area)
        load = world.demand[root : root + 1]
        stack = [(area, shut.copy(), world.near[root] & ~shut, load)]
        while stack:
            state = _pop(stack)
            steps += state[3].size
            if steps > most_steps or found.full or stop():
                return False
            kept, taken = _branch(world, high, state)
            if taken[3].size:
                found.add(taken[0][taken[3] >= low])
            stack += [part for part in (kept, taken) if part[3].size]
    return True


_State = tuple[Words, Words, Words, Floats]


def _pop(stack: list[_State]) -> _State:
    """Take about `STEP` unfinished areas off the stack."""
    parts = [stack.pop()]
    size = parts[0][3].size
    while stack and size < STEP:
        parts.append(stack.pop())
        size += parts[-1][3].size
    if len(parts) > 1:
        merged = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
    else:
        merged = parts[0]
    area, shut, border, load = merged
    if size > 2 * STEP:
        stack.append((area[STEP:], shut[STEP:], border[STEP:], load[STEP:]))
        return area[:STEP], shut[:STEP], border[:STEP], load[:STEP]
    return area, shut, border, load


def _branch(world: TownMap, high: float, state: _State) -> tuple[_State, _State]:
    """Shut out one town of each border, or take it; areas without a border are dropped."""
    area, shut, border, load = state
    live = (border != 0).any(axis=1)
    area, shut, border, load = area[live], shut[live], border[live], load[live]
    word = (border != 0).argmax(axis=1)
    bits = border[np.arange(word.size), word]
    lowest = bits & (~bits + _ONE)
    town = np.frexp(lowest.astype(np.float64))[1] - 1 + 64 * word
    bit = world.bit[town]
    shut = shut | bit
    rest = border & ~bit
    open_still = (rest != 0).any(axis=1)
    kept = (area[open_still], shut[open_still], rest[open_still], load[open_still])
    heavier = load + world.demand[town]
    fits = heavier <= high
    wider = (rest[fits] | world.near[town[fits]]) & ~shut[fits]
    return kept, (area[fits] | bit[fits], shut[fits], wider, heavier[fits])


def _with_seats(
    problem: Matrices, world: TownMap, sets: Words, stop: Callable[[], bool]
) -> Areas | None:
    """Give every set its cheapest seat; sets without one are dropped. None when told to stop."""
    if problem.seat_town is None:
        raise ValueError("areas need the towns of the seats")
    finite = np.where(problem.allowed, problem.cost, 0.0)
    costs, seats, members = [], [], []
    each = max(1, CELLS_AT_ONCE // (problem.towns + problem.seats))
    for first in range(0, len(sets), each):
        if stop():
            return None
        holds = _unpack(world, sets[first : first + each])
        load = holds @ problem.demand
        cost = holds @ finite + np.where(problem.openable, problem.open_cost, 0.0)
        banned = holds @ (~problem.allowed).astype(np.float64) > 0.5
        banned |= (holds[:, problem.seat_town] < 0.5) | ~problem.openable
        banned |= load[:, None] > problem.capacity + LOAD_TOLERANCE * np.maximum(1.0, load[:, None])
        banned |= load[:, None] < problem.least - LOAD_TOLERANCE * np.maximum(1.0, problem.least)
        cost = np.where(banned, np.inf, cost)
        seat = cost.argmin(axis=1)
        best = cost[np.arange(seat.size), seat]
        usable = np.isfinite(best)
        costs.append(best[usable])
        seats.append(seat[usable])
        members.append(sparse.csr_array(holds[usable]))
    if not members:
        return Areas(sparse.csr_array((0, problem.towns)), np.zeros(0, np.int64), np.zeros(0))
    towns = sparse.vstack(members, format="csr")
    return Areas(sparse.csr_array(towns), np.concatenate(seats), np.concatenate(costs))


def _unpack(world: TownMap, sets: Words) -> Floats:
    """Return a 0/1 table of sets and towns, towns in the caller's order."""
    table = np.zeros((len(sets), world.order.size))
    for place, town in enumerate(world.order):
        shift = np.uint64(place % 64)
        table[:, town] = (sets[:, place // 64] >> shift) & _ONE
    return table
