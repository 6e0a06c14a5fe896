"""The linear programme over the areas found so far, kept warm while areas are added.

    minimise    sum of area costs
    subject to  every town is in one area, fewest <= areas <= most.

No seat has two areas, for each would hold the seat's town.

Its dual values are the prices for which cheaper areas are looked for: Gilmore and Gomory, "A
linear programming approach to the cutting-stock problem", *Operations Research* 9, 1961.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices
from optimizer.solving.quiet import limit_seconds, new_highs

__all__ = ["Master", "Prices"]


@dataclass(frozen=True)
class Prices:
    """A solution of the programme.

    Attributes
    ----------
    objective : float
    price : array of float, shape (towns,)
        Dual values of the towns.
    rent : float
        Dual value of the number of areas.
    share : array of float, shape (areas,)
        How much of each area is chosen.
    feasible : bool
        Whether no town is left to the makeshift columns.
    """

    objective: float
    price: Floats
    rent: float
    share: Floats
    feasible: bool


class Master:
    """The programme and its areas.

    Parameters
    ----------
    problem : Matrices
    penalty : float
        Cost of leaving a town out, or serving it twice: more than any plan gains by that.
    """

    def __init__(self, problem: Matrices, penalty: float) -> None:
        self.problem = problem
        self.towns = np.zeros((0, problem.towns), dtype=bool)
        self.seat = np.zeros(0, dtype=np.int64)
        self.cost = np.zeros(0)
        self._known: set[bytes] = set()
        self._highs = new_highs()
        self._highs.silent()
        self._highs.setOptionValue("threads", 1)
        size = problem.towns
        for _ in range(size):
            self._highs.addRow(1.0, 1.0, 0, np.zeros(0, np.int32), np.zeros(0))
        fewest, most = float(problem.fewest), float(problem.most)
        self._highs.addRow(fewest, most, 0, np.zeros(0, np.int32), np.zeros(0))
        self._makeshift, self._penalty = 2 * size, penalty
        for sign in (1.0, -1.0):
            for town in range(size):
                rows = np.array([town], dtype=np.int32)
                self._highs.addCol(penalty, 0.0, np.inf, 1, rows, np.array([sign]))

    def add(self, seat: Ints, towns: Mask) -> int:
        """Add areas that are not there yet; return how many."""
        packed = np.packbits(towns, axis=1)
        kept = []
        for row in range(seat.size):
            key = packed[row].tobytes() + int(seat[row]).to_bytes(8, "little")
            if key not in self._known:
                self._known.add(key)
                kept.append(row)
        if not kept:
            return 0
        seat, towns = seat[kept], towns[kept]
        cost = self.problem.area_costs(seat, towns)
        width = towns.sum(axis=1) + 1
        starts = np.concatenate([[0], np.cumsum(width)[:-1]]).astype(np.int32)
        rows = np.hstack([towns, np.ones((seat.size, 1), dtype=bool)])
        index = np.nonzero(rows)[1].astype(np.int32)
        count = seat.size
        self._highs.addCols(
            count,
            cost,
            np.zeros(count),
            np.full(count, np.inf),
            index.size,
            starts,
            index,
            np.ones(index.size),
        )
        self.towns = np.vstack([self.towns, towns])
        self.seat = np.append(self.seat, seat)
        self.cost = np.append(self.cost, cost)
        return count

    def raise_penalty(self) -> None:
        """Make the makeshift columns ten times as dear."""
        self._penalty *= 10.0
        for column in range(self._makeshift):
            self._highs.changeColCost(column, self._penalty)

    def solve(self, seconds: float) -> Prices:
        """Solve the programme, starting from the last basis, as far as time suffices."""
        limit_seconds(self._highs, seconds)
        self._highs.run()
        solution = self._highs.getSolution()
        dual = np.array(solution.row_dual)
        values = np.array(solution.col_value)
        return Prices(
            objective=float(self._highs.getInfo().objective_function_value),
            price=dual[: self.problem.towns],
            rent=float(dual[self.problem.towns]),
            share=values[self._makeshift :],
            feasible=bool(values[: self._makeshift].sum() < 1e-7),
        )

    def cheapest(self, price: Floats) -> Floats:
        """Smallest value of the areas of each seat at given prices, ``inf`` without any."""
        value = np.full(self.problem.seats, np.inf)
        np.minimum.at(value, self.seat, self.cost - self.towns @ price)
        return value
