"""Whether the towns that an area leaves over can be divided into areas within the load limits.

Every connected part of the other towns must hold a whole number of areas, each neither too light
nor too heavy. Where the limits are close to each other this rules out most areas: Garfinkel and
Nemhauser, "Optimal political districting by implicit enumeration techniques", *Management Science*
16, 1970.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import LOAD_TOLERANCE, Mask, Matrices

__all__ = ["Leftover", "TownMap", "Words"]

Words = NDArray[np.uint64]

_ONE = np.uint64(1)

CELLS_AT_ONCE = 2**22
"""Areas are looked at together as long as they, their towns and their words are so few."""


@dataclass(frozen=True)
class TownMap:
    """The towns in order of demand, and their neighbours as bit sets."""

    order: Ints
    demand: Floats
    near: Words
    bit: Words

    @classmethod
    def of(cls, problem: Matrices) -> TownMap:
        """Read the towns of a problem."""
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

    def pack(self, towns: Mask) -> Words:
        """Return sets of towns, each a row of flags in the caller's order, as bit sets."""
        packed = np.packbits(towns[:, self.order], axis=1, bitorder="little")
        padded = np.zeros((len(towns), 8 * self.bit.shape[1]), dtype=np.uint8)
        padded[:, : packed.shape[1]] = packed
        return padded.view(np.dtype("<u8")).astype(np.uint64, copy=False)

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


class Leftover:
    """Says of areas whether the other towns can be divided into areas.

    Parameters
    ----------
    problem : Matrices
        With neighbours; at least one seat may open.

    Attributes
    ----------
    towns : TownMap
    low, high : float
        The smallest and the largest load that any seat may have, with slack for rounding.
    """

    def __init__(self, problem: Matrices, stop: Callable[[], bool]) -> None:
        self._stop = stop
        openable = problem.openable
        total = float(problem.demand.sum())
        slack = LOAD_TOLERANCE * max(1.0, total)
        self.low = float(problem.least[openable].min()) - slack
        self.high = min(float(problem.capacity[openable].max()), total) + slack
        self.towns = TownMap.of(problem)
        self._counts = (problem.fewest, problem.most)
        self._tables = self.towns.border_tables()

    def divides(self, sets: Words) -> Mask:
        """Return for each area whether its leftover can be divided, shape (areas,).

        Those that time does not suffice for count as areas whose leftover can.
        """
        each = max(1, CELLS_AT_ONCE // (self.towns.order.size * sets.shape[1]))
        parts = [self._divides(sets[k : k + each]) for k in range(0, len(sets), each)]
        return np.concatenate([np.ones(0, dtype=bool), *parts])

    def _divides(self, sets: Words) -> Mask:
        world, low, high = self.towns, self.low, self.high
        fewest, most = self._counts
        left = np.bitwise_or.reduce(world.bit, axis=0) & ~sets
        good = np.ones(len(sets), dtype=bool)
        least_count = np.ones(len(sets))
        most_count = np.ones(len(sets))
        while True:
            live = np.flatnonzero(good & (left != 0).any(axis=1))
            if live.size == 0 or self._stop():
                break
            part = _flood(self._tables, left[live])
            load = _loads_of(world, part)
            least_parts = np.maximum(np.ceil(load / high - 1e-9), 1)
            most_parts = np.floor(load / low + 1e-9) if low > 0 else np.full(load.size, np.inf)
            good[live] = least_parts <= most_parts
            least_count[live] += least_parts
            most_count[live] += most_parts
            left[live] &= ~part
        fits: Mask = (least_count <= most) & (most_count >= fewest)
        fits |= (left != 0).any(axis=1)  # not looked at to the end
        return good & fits


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


def _loads_of(world: TownMap, sets: Words) -> Floats:
    load = np.zeros(len(sets))
    for first in range(0, world.order.size, 8):
        demand = world.demand[first : first + 8]
        table = sum(
            ((np.arange(256) >> k) & 1) * amount for k, amount in enumerate(demand)
        ) + np.zeros(256)
        byte = (sets[:, first // 64] >> np.uint64(first % 64)).astype(np.int64) & 255
        load += table[byte]
    return load
