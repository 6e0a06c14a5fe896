"""The grouping problem as plain matrices, and what a plan for it costs and breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from optimizer.arrays import Floats, Ints

__all__ = ["Assignment", "Floats", "Ints", "Mask", "Matrices"]

Mask = NDArray[np.bool_]

LOAD_TOLERANCE = 1e-9
"""Relative slack when a load is compared with a limit: rounding of sums, nothing more."""


@dataclass(frozen=True)
class Assignment:
    """A complete plan: the seat of every town and the seats that are open.

    Attributes
    ----------
    seat_of : array of int, shape (towns,)
        Column of the seat that serves each town.
    opened : array of bool, shape (seats,)
        Open seats. A seat may be open and serve nobody when an exact number of seats is asked.
    objective : float
        Serving plus opening cost.
    """

    seat_of: Ints
    opened: Mask
    objective: float


@dataclass(frozen=True)
class Matrices:
    """Validated data of one grouping problem.

    Attributes
    ----------
    cost : array of float, shape (towns, seats)
        Cost of serving a town from a seat; ``inf`` where that is not allowed.
    open_cost : array of float, shape (seats,)
        Cost of opening each seat.
    demand : array of float, shape (towns,)
        Demand of each town, never negative.
    capacity, least : array of float, shape (seats,)
        Largest (``inf`` when unlimited) and smallest load of an open seat.
    fewest, most : int
        Range of the number of open seats.
    seat_town : array of int, shape (seats,), or None
        Town in which each seat lies; an open seat then serves that town.
    graph : networkx.Graph or None
        Neighbouring towns; areas are then connected.
    must_open : array of bool, shape (seats,), or None
        Seats that are open in every plan worth finding.
    """

    cost: Floats
    open_cost: Floats
    demand: Floats
    capacity: Floats
    least: Floats
    fewest: int
    most: int
    seat_town: Ints | None = None
    graph: nx.Graph[int] | None = None
    must_open: Mask | None = None

    @property
    def towns(self) -> int:
        """Number of towns."""
        return int(self.cost.shape[0])

    @property
    def seats(self) -> int:
        """Number of candidate seats."""
        return int(self.cost.shape[1])

    @property
    def allowed(self) -> Mask:
        """Pairs (town, seat) that may be used, shape (towns, seats)."""
        return np.isfinite(self.cost)

    @cached_property
    def edges(self) -> Ints:
        """Neighbouring towns, shape (2, edges)."""
        edges = [] if self.graph is None else list(self.graph.edges)
        return np.array(edges, dtype=np.int64).reshape(-1, 2).T

    def connected(self, seat_of: Ints) -> bool:
        """Say whether the towns of every seat are connected among each other."""
        one, other = self.edges[:, seat_of[self.edges[0]] == seat_of[self.edges[1]]]
        links = sparse.coo_array((np.ones(one.size), (one, other)), (self.towns, self.towns))
        _, part = csgraph.connected_components(links, directed=False)
        return int(np.unique(part).size) == int(np.unique(seat_of).size)

    @property
    def limited(self) -> bool:
        """Whether a load limit of any seat can bind."""
        return bool((self.capacity < self.demand.sum()).any() or (self.least > 0).any())

    @property
    def whole_costs(self) -> bool:
        """Whether every cost is a whole number, so that every objective is one too."""
        finite = self.cost[self.allowed]
        return bool(
            np.array_equal(finite, np.round(finite))
            and np.array_equal(self.open_cost, np.round(self.open_cost))
            and np.abs(finite).sum() + np.abs(self.open_cost).sum() < 2**50
        )

    @property
    def openable(self) -> Mask:
        """Seats that may open; the others have an infinite opening cost, shape (seats,)."""
        return np.isfinite(self.open_cost)

    def restrict(self, allowed: Mask, openable: Mask | None = None) -> Matrices:
        """Return the same problem with fewer allowed pairs and fewer seats that may open."""
        keep = self.openable if openable is None else self.openable & openable
        if self.seat_town is not None:
            keep = keep & allowed[self.seat_town, np.arange(self.seats)]
        cost = np.where(allowed & keep, self.cost, np.inf)
        return replace(self, cost=cost, open_cost=np.where(keep, self.open_cost, np.inf))

    def take(self, seats: Ints) -> Matrices:
        """Return the problem with some of the seats only, in the given order."""
        return replace(
            self,
            cost=self.cost[:, seats],
            open_cost=self.open_cost[seats],
            capacity=self.capacity[seats],
            least=self.least[seats],
            seat_town=None if self.seat_town is None else self.seat_town[seats],
            must_open=None if self.must_open is None else self.must_open[seats],
        )

    def loads(self, seat_of: Ints) -> Floats:
        """Demand that each seat serves, shape (seats,)."""
        load = np.bincount(seat_of, weights=self.demand, minlength=self.seats)
        return load.astype(np.float64)

    def too_heavy(self, loads: Floats) -> Mask:
        """Seats whose load exceeds their capacity by more than rounding."""
        return loads > self.capacity + LOAD_TOLERANCE * np.maximum(1.0, np.abs(loads))

    def too_light(self, loads: Floats) -> Mask:
        """Seats whose load, if open, falls short of their least by more than rounding."""
        return loads < self.least - LOAD_TOLERANCE * np.maximum(1.0, self.least)

    def price(self, seat_of: Ints, opened: Mask) -> float:
        """Return the serving plus opening cost of a plan."""
        served = self.cost[np.arange(self.towns), seat_of].sum()
        return float(served + self.open_cost[opened].sum())

    def area_costs(self, seat: Ints, towns: Mask) -> Floats:
        """Return the serving plus opening cost of areas: a seat and a row of towns each."""
        served = np.einsum("at,at->a", np.where(towns, self.cost.T[seat], 0.0), towns)
        return np.asarray(self.open_cost[seat] + served, dtype=np.float64)

    def assignment(self, seat_of: Ints, opened: Mask | None = None) -> Assignment | None:
        """Make a plan of an assignment, or None when it breaks a rule.

        Seats that serve a town are opened; when `opened` is not given, idle seats are opened
        too where the least number of seats asks for it or where opening earns money.
        """
        used = np.zeros(self.seats, dtype=bool)
        used[seat_of] = True
        if opened is None:
            opened = self._open_idle(used)
        if opened is None or self.broken(seat_of, opened):
            return None
        return Assignment(seat_of.astype(np.int64), opened, self.price(seat_of, opened))

    def _open_idle(self, used: Mask) -> Mask | None:
        opened = used.copy()
        idle = np.flatnonzero(~used & ~self.too_light(np.zeros(self.seats)))
        if self.seat_town is not None:
            idle = idle[:0]
        for seat in idle[np.argsort(self.open_cost[idle], kind="stable")]:
            count = int(opened.sum())
            if count < self.fewest or (count < self.most and self.open_cost[seat] < 0):
                opened[seat] = True
        return opened if self.fewest <= opened.sum() <= self.most else None

    def broken(self, seat_of: Ints, opened: Mask) -> list[str]:
        """Name every rule that a plan breaks; empty for a plan that keeps them all."""
        rules = []
        used = np.zeros(self.seats, dtype=bool)
        used[seat_of] = True
        loads = self.loads(seat_of)
        if not np.isfinite(self.cost[np.arange(self.towns), seat_of]).all():
            rules.append("allowed")
        if (used & ~opened).any():
            rules.append("open")
        if (self.too_heavy(loads) & opened).any():
            rules.append("capacity")
        if (self.too_light(loads) & opened).any():
            rules.append("min_demand")
        if not self.fewest <= opened.sum() <= self.most:
            rules.append("operators")
        if (
            self.seat_town is not None
            and (seat_of[self.seat_town[opened]] != np.flatnonzero(opened)).any()
        ):
            rules.append("seat_towns")
        if self.graph is not None and not self.connected(seat_of):
            rules.append("adjacency")
        return rules
