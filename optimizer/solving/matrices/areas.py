"""Every connected area within the load limits, as bit sets, when there are not too many.

Areas grow from their heaviest town by one neighbour at a time, which is either taken or shut out
for good, so that each connected set arises once. Thousands of unfinished areas grow in one step.
Sets of towns are rows of 64-bit words; the bit of a town is its place in the order of demand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimizer.solving.matrices.problem import LOAD_TOLERANCE, Floats, Ints, Mask, Matrices

__all__ = ["Areas", "grow_areas"]

Words = NDArray[np.uint64]

STEP = 1 << 16
"""Unfinished areas that grow together."""

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


@dataclass(frozen=True)
class _Map:
    """The towns in order of demand, and their neighbours as bit sets."""

    order: Ints
    demand: Floats
    near: Words
    bit: Words

    @classmethod
    def of(cls, problem: Matrices) -> _Map:
        if problem.graph is None:
            raise ValueError("areas need neighbours")
        order = np.argsort(-problem.demand, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        words = (order.size + 63) // 64
        bit = np.zeros((order.size, words), dtype=np.uint64)
        index = np.arange(order.size)
        bit[index, index // 64] = _ONE << (index % 64).astype(np.uint64)
        near = np.zeros_like(bit)
        for one, other in problem.graph.edges:
            near[place[one]] |= bit[place[other]]
            near[place[other]] |= bit[place[one]]
        return cls(order, problem.demand[order], near, bit)

    def border_tables(self) -> list[tuple[int, int, Words]]:
        """Neighbours of every byte of towns: (word, shift, table of 256 bit sets)."""
        tables = []
        for first in range(0, self.order.size, 8):
            table = np.zeros((256, self.bit.shape[1]), dtype=np.uint64)
            for k, town in enumerate(range(first, min(first + 8, self.order.size))):
                holds = (np.arange(256) >> k) & 1 == 1
                table[holds] |= self.near[town]
            tables.append((first // 64, first % 64, table))
        return tables


def grow_areas(problem: Matrices, most_steps: int) -> Areas | None:
    """List every connected area that some seat in it may serve.

    Parameters
    ----------
    problem : Matrices
        With neighbours and seat towns.
    most_steps : int
        Give up after so many unfinished areas.

    Returns
    -------
    Areas or None
        None when there are too many.
    """
    openable = problem.openable
    if not openable.any():
        return None
    world = _Map.of(problem)
    total = float(problem.demand.sum())
    slack = LOAD_TOLERANCE * max(1.0, total)
    low = float(problem.least[openable].min()) - slack
    high = min(float(problem.capacity[openable].max()), total) + slack
    sets = _grow(world, low, high, most_steps)
    if sets is None:
        return None
    sets = sets[_rest_divides(world, sets, (low, high), (problem.fewest, problem.most))]
    return _with_seats(problem, world, sets)


def _grow(world: _Map, low: float, high: float, most_steps: int) -> Words | None:
    found = []
    shut = np.zeros((1, world.bit.shape[1]), dtype=np.uint64)
    steps = 0
    for root in range(world.order.size):
        shut = shut | world.bit[root]
        if world.demand[root] > high:
            continue
        area = world.bit[root][None, :]
        if world.demand[root] >= low:
            found.append(area)
        load = world.demand[root : root + 1]
        stack = [(area, shut.copy(), world.near[root] & ~shut, load)]
        while stack:
            state = _pop(stack)
            steps += state[3].size
            if steps > most_steps:
                return None
            kept, taken = _branch(world, high, state)
            if taken[3].size:
                found.append(taken[0][taken[3] >= low])
            stack += [part for part in (kept, taken) if part[3].size]
    return np.concatenate(found) if found else shut[:0]


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


def _branch(world: _Map, high: float, state: _State) -> tuple[_State, _State]:
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


def _rest_divides(
    world: _Map, sets: Words, loads: tuple[float, float], counts: tuple[int, int]
) -> Mask:
    """Say for which sets each connected part of the other towns can be divided into areas."""
    low, high = loads
    fewest, most = counts
    tables = world.border_tables()
    everything = np.bitwise_or.reduce(world.bit, axis=0)
    left = everything & ~sets
    good = np.ones(len(sets), dtype=bool)
    least_count = np.ones(len(sets))
    most_count = np.ones(len(sets))
    while True:
        live = np.flatnonzero(good & (left != 0).any(axis=1))
        if live.size == 0:
            break
        part = _flood(tables, left[live])
        load = _loads_of(world, part)
        least_parts = np.maximum(np.ceil(load / high - 1e-9), 1)
        most_parts = np.floor(load / low + 1e-9) if low > 0 else np.full(load.size, np.inf)
        good[live] = least_parts <= most_parts
        least_count[live] += least_parts
        most_count[live] += most_parts
        left[live] &= ~part
    return good & (least_count <= most) & (most_count >= fewest)


def _flood(tables: list[tuple[int, int, Words]], inside: Words) -> Words:
    """Return the connected part of each set that holds its lowest town."""
    word = (inside != 0).argmax(axis=1)
    rows = np.arange(word.size)
    bits = inside[rows, word]
    part = np.zeros_like(inside)
    part[rows, word] = bits & (~bits + _ONE)
    while True:
        grown = part.copy()
        for k, shift, table in tables:
            grown |= table[(part[:, k] >> np.uint64(shift)).astype(np.int64) & 255]
        grown &= inside
        if np.array_equal(grown, part):
            return part
        part = grown


def _loads_of(world: _Map, sets: Words) -> Floats:
    load = np.zeros(len(sets))
    for first in range(0, world.order.size, 8):
        demand = world.demand[first : first + 8]
        table = sum(
            ((np.arange(256) >> k) & 1) * amount for k, amount in enumerate(demand)
        ) + np.zeros(256)
        byte = (sets[:, first // 64] >> np.uint64(first % 64)).astype(np.int64) & 255
        load += table[byte]
    return load


def _with_seats(problem: Matrices, world: _Map, sets: Words) -> Areas:
    """Give every set its cheapest seat; sets without one are dropped."""
    if problem.seat_town is None:
        raise ValueError("areas need the towns of the seats")
    finite = np.where(problem.allowed, problem.cost, 0.0)
    costs, seats, members = [], [], []
    for first in range(0, len(sets), STEP):
        holds = _unpack(world, sets[first : first + STEP])
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


def _unpack(world: _Map, sets: Words) -> Floats:
    """Return a 0/1 table of sets and towns, towns in the caller's order."""
    table = np.zeros((len(sets), world.order.size))
    for place, town in enumerate(world.order):
        shift = np.uint64(place % 64)
        table[:, town] = (sets[:, place // 64] >> shift) & _ONE
    return table
