"""The assignment model: one column for a seat, one for a pair of town and seat.

The strong model of Cornuéjols, Nemhauser and Wolsey ("The uncapacitated facility location
problem", in *Discrete Location Theory*, Wiley 1990), with capacities and single sourcing as in
Holmberg, Rönnqvist and Yuan ("An exact algorithm for the capacitated facility location problems
with single sourcing", *European Journal of Operational Research* 113, 1999), and the own-town
column of Hess and others ("Nonpartisan political redistricting by computer", *Operations
Research* 13, 1965) where a seat lies in a town.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import Assignment, Mask, Matrices
from optimizer.solving.programme import Program

__all__ = ["AssignmentModel", "Cut"]


@dataclass(frozen=True)
class Cut:
    """A valid inequality of one seat: ``sum(weight * x[town, seat]) + constant * y[seat] >= rhs``.

    Attributes
    ----------
    seat : int
    weights : tuple of (int, float)
        Town and weight.
    opening : float
        Weight of the opening column of the seat.
    rhs : float
    """

    seat: int
    weights: tuple[tuple[int, float], ...]
    opening: float
    rhs: float


@dataclass(frozen=True)
class AssignmentModel:
    """The columns of the model and the programme over them.

    Attributes
    ----------
    problem : Matrices
    seats : array of int, shape (columns of seats,)
        Seats that may open; their columns come first.
    towns_of, seats_of : array of int, shape (pairs,)
        Pairs that have a column, in order, after the seats.
    column : array of int, shape (towns, seats)
        Column of each pair, -1 where there is none. The pair of a seat and its own town shares
        the column of the seat.
    opens : array of int, shape (seats,)
        Column of each seat, -1 where it may not open.
    program : Program
    """

    problem: Matrices
    seats: Ints
    towns_of: Ints
    seats_of: Ints
    column: Ints
    opens: Ints
    program: Program

    @classmethod
    def build(cls, problem: Matrices, *, cuts: Sequence[Cut] = ()) -> AssignmentModel:
        """Build the model over the allowed pairs of a problem.

        Parameters
        ----------
        problem : Matrices
        cuts : sequence of Cut
            Valid inequalities to add.
        """
        openable = problem.openable.copy()
        if problem.seat_town is not None:
            openable &= problem.allowed[problem.seat_town, np.arange(problem.seats)]
        allowed = problem.allowed & openable
        seats = np.flatnonzero(openable)
        opens = np.full(problem.seats, -1, dtype=np.int64)
        opens[seats] = np.arange(seats.size)
        pairs = allowed.copy()
        if problem.seat_town is not None:
            pairs[problem.seat_town[seats], seats] = False
        towns_of, seats_of = np.nonzero(pairs)
        column = np.full(allowed.shape, -1, dtype=np.int64)
        column[towns_of, seats_of] = seats.size + np.arange(towns_of.size)
        if problem.seat_town is not None:
            column[problem.seat_town[seats], seats] = opens[seats]
        rows = _Rows()
        _base_rows(rows, problem, column, opens)
        for cut in cuts:
            _cut_row(rows, cut, column, opens)
        program = _program(problem, rows, column, opens)
        return cls(problem, seats, towns_of, seats_of, column, opens, program)

    def read(self, values: Floats) -> tuple[Ints, Mask]:
        """Read the seat of every town and the open seats from column values."""
        weight = np.where(self.column >= 0, values[self.column], -1.0)
        opened = np.zeros(self.problem.seats, dtype=bool)
        opened[self.seats] = values[: self.seats.size] > 0.5
        seat_of = weight.argmax(axis=1).astype(np.int64)
        return seat_of, opened

    def write(self, plan: Assignment) -> Floats | None:
        """Write a plan as column values, None when it uses a column that is not there."""
        columns = self.column[np.arange(self.problem.towns), plan.seat_of]
        opening = self.opens[plan.opened]
        if (columns < 0).any() or (opening < 0).any():
            return None
        values = np.zeros(self.program.cost.size)
        values[columns] = 1.0
        values[opening] = 1.0
        return values


class _Rows:
    """Gathers the rows of a programme."""

    def __init__(self) -> None:
        self.row: list[Ints] = []
        self.col: list[Ints] = []
        self.val: list[Floats] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.count = 0

    def block(self, row: Ints, col: Ints, val: Floats, lower: Floats, upper: Floats) -> None:
        """Add rows; `row` counts from 0 inside the block."""
        self.row.append(row + self.count)
        self.col.append(col)
        self.val.append(val)
        self.lower.append(lower)
        self.upper.append(upper)
        self.count += lower.size

    def matrix(self, columns: int) -> sparse.csr_array:
        data = (np.concatenate(self.val), (np.concatenate(self.row), np.concatenate(self.col)))
        return sparse.coo_array(data, shape=(self.count, columns)).tocsr()


def _base_rows(rows: _Rows, problem: Matrices, column: Ints, opens: Ints) -> None:
    """Add the rows of every plan: served once, only from open seats, loads, number of seats."""
    town, seat = np.nonzero(column >= 0)
    columns = column[town, seat]
    ones = np.ones(problem.towns)
    rows.block(town, columns, np.ones(town.size), ones, ones)
    linked = columns != opens[seat]
    pair = np.arange(int(linked.sum()))
    rows.block(
        np.concatenate([pair, pair]),
        np.concatenate([columns[linked], opens[seat[linked]]]),
        np.concatenate([np.ones(pair.size), -np.ones(pair.size)]),
        np.full(pair.size, -np.inf),
        np.zeros(pair.size),
    )
    _load_rows(rows, problem, column, opens)
    _room_row(rows, problem, opens)
    seats = opens[opens >= 0]
    rows.block(
        np.zeros(seats.size, dtype=np.int64),
        seats,
        np.ones(seats.size),
        np.array([float(problem.fewest)]),
        np.array([float(problem.most)]),
    )


def _program(problem: Matrices, rows: _Rows, column: Ints, opens: Ints) -> Program:
    """Put the rows and the costs together."""
    seats = np.flatnonzero(opens >= 0)
    town, seat = np.nonzero(column >= 0)
    size = int(max(column.max(initial=-1), opens.max(initial=-1))) + 1
    cost = np.zeros(size)
    cost[: seats.size] = problem.open_cost[seats]
    np.add.at(cost, column[town, seat], problem.cost[town, seat])
    lower = np.zeros(size)
    if problem.must_open is not None:
        lower[: seats.size] = problem.must_open[seats]
    whole = np.ones(size, dtype=bool)
    if not problem.limited and problem.graph is None:
        whole[seats.size :] = False
    return Program(
        cost,
        lower,
        np.ones(size),
        rows.matrix(size),
        np.concatenate(rows.lower),
        np.concatenate(rows.upper),
        whole,
    )


def _load_rows(rows: _Rows, problem: Matrices, column: Ints, opens: Ints) -> None:
    """Add the rows that keep every load within the limits of an open seat."""
    scale = _scale(problem.demand)
    for seat in np.flatnonzero(opens >= 0):
        towns = np.flatnonzero((column[:, seat] >= 0) & (problem.demand > 0))
        reachable = float(problem.demand[towns].sum())
        columns = np.append(column[towns, seat], opens[seat])
        zeros = np.zeros(columns.size, dtype=np.int64)
        if problem.capacity[seat] < reachable:
            weights = np.append(problem.demand[towns], -problem.capacity[seat]) / scale
            rows.block(zeros, columns, weights, np.array([-np.inf]), np.zeros(1))
        if problem.least[seat] > 0:
            weights = np.append(problem.demand[towns], -problem.least[seat]) / scale
            rows.block(zeros, columns, weights, np.zeros(1), np.array([np.inf]))


def _room_row(rows: _Rows, problem: Matrices, opens: Ints) -> None:
    """Add that the open seats together hold all demand.

    It follows from the other rows, but from it alone the solver derives cover inequalities on
    the seats.
    """
    seats = np.flatnonzero(opens >= 0)
    room = problem.capacity[seats]
    if seats.size == 0 or not np.isfinite(room).all() or problem.fewest == problem.most:
        return
    scale = _scale(problem.demand)
    zeros = np.zeros(seats.size, dtype=np.int64)
    total = np.array([float(problem.demand.sum()) / scale])
    rows.block(zeros, opens[seats], room / scale, total, np.array([np.inf]))


def _scale(demand: Floats) -> float:
    """Return the divisor of load rows: 1 for small whole demands, else their mean."""
    if demand.max(initial=0.0) <= 1000 and np.array_equal(demand, np.round(demand)):
        return 1.0
    return float(demand[demand > 0].mean())


def _cut_row(rows: _Rows, cut: Cut, column: Ints, opens: Ints) -> None:
    if opens[cut.seat] < 0:
        return
    columns = [int(column[town, cut.seat]) for town, _ in cut.weights] + [int(opens[cut.seat])]
    weights = [weight for _, weight in cut.weights] + [cut.opening]
    kept = [(c, w) for c, w in zip(columns, weights, strict=True) if c >= 0 and w != 0]
    if not kept:
        return
    rows.block(
        np.zeros(len(kept), dtype=np.int64),
        np.array([c for c, _ in kept], dtype=np.int64),
        np.array([w for _, w in kept]),
        np.array([cut.rhs]),
        np.array([np.inf]),
    )
