"""What the growth of connected areas counts with: towns in an order, weights and bounds by seat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.areas.leftover import Words
from optimizer.solving.plain_matrices.problem.problem import LOAD_TOLERANCE, Matrices

__all__ = ["Scales", "TooManyError", "Weights"]

_ONE = np.uint64(1)


class TooManyError(Exception):
    """More areas, or more unfinished ones, than asked for or than time suffices for."""


@dataclass(frozen=True)
class Weights:
    """Tables of every seat in its own order of towns, for given prices.

    Attributes
    ----------
    order : array of int, shape (seats, towns)
    near : array of words, shape (seats, towns, words)
        Allowed neighbours of the town at each place.
    bit : array of words, shape (towns, words)
    demand, weight : array of float, shape (seats, towns)
        By place; the weight is cost less price less ``unit * demand``.
    unit : array of float, shape (seats,)
    floor : array of float, shape (seats,)
        Value of the bound with nothing shut out and the seat's own town taken.
    """

    order: Ints
    near: Words
    bit: Words
    demand: Floats
    weight: Floats
    unit: Floats
    floor: Floats


class Scales:
    """Makes the tables of a problem for any prices.

    Parameters
    ----------
    problem : Matrices
        With neighbours and the towns of the seats.
    stop : callable
        Asked for every seat; tables end with `TooManyError` when it says so.

    Attributes
    ----------
    low, high : array of float, shape (seats,)
        Load limits with slack for rounding.
    """

    def __init__(self, problem: Matrices, stop: Callable[[], bool]) -> None:
        if problem.graph is None or problem.seat_town is None:
            raise ValueError("connected areas need neighbours and the towns of the seats")
        self.problem, self._stop = problem, stop
        self.home = problem.seat_town
        towns = list(range(problem.towns))
        self.adjacent = nx.to_numpy_array(problem.graph, nodelist=towns) > 0
        total = float(problem.demand.sum())
        slack = LOAD_TOLERANCE * max(1.0, total)
        self.low = problem.least - slack
        self.high = np.minimum(problem.capacity, total) + slack

    def _go_on(self) -> None:
        if self._stop():
            raise TooManyError

    def _net(self, price: Floats) -> Floats:
        """Return cost less price, ``inf`` where a pair is not allowed, shape (seats, towns)."""
        problem = self.problem
        return np.where(problem.allowed.T, problem.cost.T - price, np.inf)

    def weights(self, price: Floats) -> Weights:
        """Return the tables for given prices."""
        problem = self.problem
        towns, seats = problem.towns, problem.seats
        allowed = problem.allowed.T
        net = self._net(price)
        unit, floor = self.units(price)
        weight = net - unit[:, None] * problem.demand
        rank = np.where(allowed, -np.abs(weight), np.inf)
        rank[np.arange(seats), self.home] = -np.inf
        order = np.argsort(rank, axis=1, kind="stable")
        words = (towns + 63) // 64
        inside = np.take_along_axis(allowed, order, axis=1)
        near = np.zeros((seats, towns, 8 * words), dtype=np.uint8)
        for seat in np.flatnonzero(problem.openable):
            self._go_on()
            places = order[seat]
            table = self.adjacent[places[:, None], places[None, :]] & inside[seat]
            packed = np.packbits(table, axis=1, bitorder="little")
            near[seat, :, : packed.shape[1]] = packed
        bit = np.zeros((towns, words), dtype=np.uint64)
        index = np.arange(towns)
        bit[index, index // 64] = _ONE << (index % 64).astype(np.uint64)
        return Weights(
            order,
            near.view(np.uint64),
            bit,
            problem.demand[order],
            np.take_along_axis(np.where(allowed, weight, 0.0), order, axis=1),
            unit,
            floor,
        )

    def units(self, price: Floats) -> tuple[Floats, Floats]:
        """Return the price of a unit of load that makes each seat's bound highest, and the bound.

        The bound is concave in the price and bends where a town's weight changes its sign, so that
        one of those prices (or 0) is the best.
        """
        problem, net = self.problem, self._net(price)
        demand = problem.demand
        units, floors = np.zeros(problem.seats), np.full(problem.seats, np.inf)
        for seat in np.flatnonzero(problem.openable):
            self._go_on()
            usable = np.isfinite(net[seat])
            home = self.home[seat]
            usable[home] = False
            towns = np.flatnonzero(usable)
            mine = net[seat, towns]
            some = demand[towns] > 0
            tried = np.append(0.0, mine[some] / demand[towns][some])
            rest = np.minimum(mine - tried[:, None] * demand[towns], 0.0).sum(axis=1)
            rest += net[seat, home] - tried * demand[home]
            load = np.where(tried > 0, self.low[seat], self.high[seat]) * tried
            best = int((rest + load).argmax())
            units[seat] = tried[best]
            floors[seat] = problem.open_cost[seat] + rest[best] + load[best]
        return units, floors
