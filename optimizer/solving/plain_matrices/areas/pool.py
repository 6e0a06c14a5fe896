"""The linear programme over a pool of listed areas, with subset-row inequalities.

    minimise    sum of area costs
    subject to  every town is in one area, fewest <= areas <= most,
                of the areas that hold two or three of any three towns, at most one.

The last are the subset-row inequalities of Jepsen, Petersen, Spoorendonk and Pisinger,
"Subset-row inequalities applied to the vehicle-routing problem with time windows", *Operations
Research* 56, 2008: half the sum of three town rows, rounded down. Most of the pool stays outside
the programme; areas enter when their reduced cost is negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.areas.leftover import Words
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices
from optimizer.solving.quiet import limit_seconds, new_highs

__all__ = ["Pool", "PoolProgram", "Solved", "Triple", "flags", "two_of_three"]

Triple = tuple[int, int, int]

FIRST_COLUMNS = 2_000
ENTERING = 500
NEGATIVE = 1e-7
"""Reduced costs above minus this, relative to the dearest area, count as not negative."""


@dataclass(frozen=True)
class Pool:
    """Areas, each a row: a seat, a set of towns, and the cost.

    Attributes
    ----------
    seat : array of int, shape (areas,)
    words : array of uint64, shape (areas, words)
        Towns as bit sets: town `t` is bit ``t % 64`` of word ``t // 64``.
    cost : array of float, shape (areas,)
        Serving plus opening cost.
    """

    seat: Ints
    words: Words
    cost: Floats

    def take(self, which: Ints | Mask) -> Pool:
        """Return some of the areas."""
        return Pool(self.seat[which], self.words[which], self.cost[which])

    def has(self, town: int) -> Mask:
        """Say of every area whether it holds a town."""
        return _holds(self.words, town)

    def prices(self, price: Floats) -> Floats:
        """Return the sum of town prices of every area, by tables of a byte of towns each."""
        octets = np.ascontiguousarray(self.words.astype("<u8", copy=False)).view(np.uint8)
        total = np.zeros(self.cost.size)
        bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
        for k in range(0, price.size, 8):
            part = price[k : k + 8]
            total += (bits[:, : part.size] @ part)[octets[:, k // 8]]
        return total


def flags(words: Words, count: int) -> Mask:
    """Return bit sets as rows of flags, shape (areas, count)."""
    octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(octets, axis=1, bitorder="little")[:, :count].astype(bool)


def _holds(words: Words, town: int) -> Mask:
    shifted = words[:, town // 64] >> np.uint64(town % 64)
    return (shifted & np.uint64(1)).astype(bool)


def two_of_three(words: Words, triple: Triple) -> Mask:
    """Say of every area whether it holds two or three of three towns."""
    one, two, three = (_holds(words, town) for town in triple)
    return np.asarray((one & two) | (one & three) | (two & three))


@dataclass(frozen=True)
class Solved:
    """A solution of the programme over a whole pool.

    Attributes
    ----------
    objective : float
        No choice among the areas of the pool is cheaper.
    reduced : array of float, shape (areas,)
        Reduced cost of every area of the pool.
    words : array of uint64, shape (chosen, words)
        Areas chosen, whole or in part.
    seat : array of int, shape (chosen,)
    share : array of float, shape (chosen,)
        How much of each is chosen.
    feasible : bool
        Whether no town is left to the makeshift columns.
    """

    objective: float
    reduced: Floats
    words: Words
    seat: Ints
    share: Floats
    feasible: bool


class PoolProgram:
    """The programme, kept warm while areas and inequalities are added.

    Parameters
    ----------
    problem : Matrices
    penalty : float
        Cost of leaving a town out, or serving it twice.

    Attributes
    ----------
    triples : list of (int, int, int)
        Inequalities, in order.
    """

    def __init__(self, problem: Matrices, penalty: float) -> None:
        self.problem = problem
        self.triples: list[Triple] = []
        self._words = np.zeros((0, (problem.towns + 63) // 64), dtype=np.uint64)
        self._seat = np.zeros(0, dtype=np.int64)
        self._highs = new_highs()
        self._highs.silent()
        self._highs.setOptionValue("threads", 1)
        size = problem.towns
        self._makeshift = 2 * size
        empty = np.zeros(0, dtype=np.int32), np.zeros(0)
        for _ in range(size):
            self._highs.addRow(1.0, 1.0, 0, *empty)
        self._highs.addRow(float(problem.fewest), float(problem.most), 0, *empty)
        for sign in (1.0, -1.0):
            for town in range(size):
                row = np.array([town], dtype=np.int32)
                self._highs.addCol(penalty, 0.0, np.inf, 1, row, np.array([sign]))

    def add(self, areas: Pool) -> None:
        """Add areas as columns."""
        count = areas.cost.size
        if count == 0:
            return
        rows = [flags(areas.words, self.problem.towns), np.ones((count, 1), dtype=bool)]
        rows += [two_of_three(areas.words, triple)[:, None] for triple in self.triples]
        table = np.hstack(rows)
        width = table.sum(axis=1)
        starts = np.concatenate([[0], np.cumsum(width)[:-1]]).astype(np.int32)
        index = np.nonzero(table)[1].astype(np.int32)
        zeros, ends = np.zeros(count), np.full(count, np.inf)
        ones = np.ones(index.size)
        self._highs.addCols(count, areas.cost, zeros, ends, index.size, starts, index, ones)
        self._words = np.vstack([self._words, areas.words])
        self._seat = np.append(self._seat, areas.seat)

    def forbid(self, triples: list[Triple]) -> None:
        """Add subset-row inequalities."""
        for triple in triples:
            columns = np.flatnonzero(two_of_three(self._words, triple))
            index = (self._makeshift + columns).astype(np.int32)
            self._highs.addRow(-np.inf, 1.0, index.size, index, np.ones(index.size))
        self.triples += triples

    def solve(
        self, pool: Pool, stop: Callable[[], bool], left: Callable[[], float]
    ) -> Solved | None:
        """Solve the programme over all areas of a pool; None when told to stop before.

        `left` says how many seconds are left.
        """
        scale = float(np.abs(pool.cost).max(initial=1.0))
        while not stop():
            limit_seconds(self._highs, left())
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal and left() <= 0:
                return None
            dual = np.array(self._highs.getSolution().row_dual)
            reduced = self._reduced(pool, dual)
            wanted = np.flatnonzero(reduced < -NEGATIVE * scale)
            if wanted.size == 0:
                return self._read(reduced, dual)
            if wanted.size > ENTERING:
                wanted = wanted[np.argpartition(reduced[wanted], ENTERING)[:ENTERING]]
            self.add(pool.take(wanted))
        return None

    def _reduced(self, pool: Pool, dual: Floats) -> Floats:
        towns = self.problem.towns
        reduced = pool.cost - pool.prices(dual[:towns]) - dual[towns]
        for triple, rent in zip(self.triples, dual[towns + 1 :], strict=True):
            if rent < 0:
                reduced[two_of_three(pool.words, triple)] -= rent
        return np.asarray(reduced, dtype=np.float64)

    def _read(self, reduced: Floats, dual: Floats) -> Solved:
        """Read the solution; the bound is that of the dual values, whatever their rounding."""
        values = np.array(self._highs.getSolution().col_value)
        share = values[self._makeshift :]
        chosen = np.flatnonzero(share > 1e-7)
        problem, towns = self.problem, self.problem.towns
        rent, rents = float(dual[towns]), np.minimum(dual[towns + 1 :], 0.0)
        count = problem.fewest if rent > 0 else problem.most
        bound = float(dual[:towns].sum() + rents.sum()) + rent * count
        bound += float(np.minimum(reduced, 0.0).min(initial=0.0)) * problem.most
        return Solved(
            bound,
            reduced,
            self._words[chosen],
            self._seat[chosen],
            share[chosen],
            bool(values[: self._makeshift].sum() < 1e-7),
        )
