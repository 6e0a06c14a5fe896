"""Connected areas that change town by town: who borders whom, what a change costs, what it breaks.

A town leaves its area only where the rest stays connected; loads may break their limits for a
price, so that a search can pass through plans that are not allowed.
"""

from __future__ import annotations

import heapq

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices

__all__ = ["Neighbours", "Territory"]


UNIT = 0.02
"""The part of a mean load beyond a limit at which the price of a unit doubles."""


class Neighbours:
    """The neighbourhood graph of a problem as lists and as arrays.

    Attributes
    ----------
    near : list of list of int
        Neighbours of every town.
    tail, head : array of int, shape (2 * edges,)
        Both directions of every edge.
    """

    def __init__(self, problem: Matrices) -> None:
        if problem.graph is None or problem.seat_town is None:
            raise ValueError("connected areas need neighbours and the towns of the seats")
        self.near = [[int(other) for other in problem.graph[t]] for t in range(problem.towns)]
        self.tail = np.repeat(np.arange(problem.towns), [len(some) for some in self.near])
        self.head = np.array([other for some in self.near for other in some], dtype=np.int64)

    def connected_without(self, at: list[int], town: int) -> bool:
        """Say whether the area of a town stays connected, and not empty, when the town leaves."""
        area = at[town]
        beside = [other for other in self.near[town] if at[other] == area]
        if len(beside) < 2:
            return len(beside) == 1
        missing = set(beside[1:])
        reached, stack = {town, beside[0]}, [beside[0]]
        while stack:
            for other in self.near[stack.pop()]:
                if at[other] == area and other not in reached:
                    reached.add(other)
                    missing.discard(other)
                    if not missing:
                        return True
                    stack.append(other)
        return False


class Territory:
    """A division of all towns among open seats, each area connected and holding its seat's town.

    Parameters
    ----------
    problem : Matrices
    beside : Neighbours
    seats : array of int
        Open seats.
    at : array of int, shape (towns,)
        Place among `seats` of the seat of every town.
    weight : float
        First price of a unit of load beyond a limit, which changes by area.
    """

    def __init__(
        self, problem: Matrices, beside: Neighbours, seats: Ints, at: Ints, weight: float
    ) -> None:
        self.problem, self.beside = problem, beside
        self.weight = np.full(seats.size, weight)
        self.unit = UNIT * float(problem.demand.sum()) / max(1, seats.size) + 1e-9
        self.at = at.copy()
        self._list = at.tolist()
        self.settle(seats)

    def settle(self, seats: Ints) -> None:
        """Take seats for the areas, one for each, in a town of the area."""
        problem = self.problem
        self.seats = seats.copy()
        self.cost = problem.cost[:, seats]
        self.high, self.low = problem.capacity[seats], problem.least[seats]
        self.load = np.bincount(self.at, weights=problem.demand, minlength=seats.size).astype(float)
        self.home = np.zeros(problem.towns, dtype=bool)
        if problem.seat_town is not None:
            self.home[problem.seat_town[seats]] = True

    def fault(self, load: Floats, area: Ints) -> Floats:
        """How far loads of areas are beyond their limits."""
        over = np.maximum(load - self.high[area], 0.0)
        return np.asarray(over + np.maximum(self.low[area] - load, 0.0), dtype=np.float64)

    def price(self, load: Floats, area: Ints) -> Floats:
        """Price of what loads of areas are beyond their limits.

        It rises with the square: a load that is far too heavy is passed on from area to area until
        each has room for its part.
        """
        fault = self.fault(load, area)
        return np.asarray(self.weight[area] * fault * (1.0 + fault / self.unit), dtype=np.float64)

    @property
    def faults(self) -> Floats:
        """How far the load of every area is beyond its limits, shape (areas,)."""
        faults = self.fault(self.load, np.arange(self.load.size))
        return np.where(faults > 1e-9 * np.maximum(1.0, self.load), faults, 0.0)

    def shifts(self) -> tuple[Ints, Ints, Floats]:
        """Return every town that borders another area, that area, and the change in cost.

        Loads beyond limits are counted at their price. Whether the area that a town leaves stays
        connected is not looked at.
        """
        tail, head = self.beside.tail, self.beside.head
        cross = (self.at[tail] != self.at[head]) & ~self.home[tail]
        town, area = tail[cross], self.at[head[cross]]
        here, size = self.at[town], self.problem.demand[town]
        change = self.cost[town, area] - self.cost[town, here]
        now = self.price(self.load, np.arange(self.load.size))
        change += self.price(self.load[here] - size, here) - now[here]
        change += self.price(self.load[area] + size, area) - now[area]
        return town, area, change

    def may_leave(self, town: int) -> bool:
        """Say whether the area of a town stays connected without it."""
        return self.beside.connected_without(self._list, town)

    def move(self, town: int, area: int) -> None:
        """Give a town to another area."""
        size = float(self.problem.demand[town])
        self.load[self.at[town]] -= size
        self.load[area] += size
        self.at[town] = self._list[town] = area

    def take(self, at: Ints, seats: Ints) -> None:
        """Become another division."""
        self.at = at.copy()
        self._list = at.tolist()
        self.settle(seats)

    def part_after(self, one: int, other: int, draw: np.random.Generator) -> list[Mask]:
        """Return the ways in which a random tree divides two areas, as flags of the first part.

        Both areas together get a random spanning tree, and each of its edges divides them:
        DeFord, Duchin and Solomon, "Recombination: a family of Markov chains for redistricting",
        *Harvard Data Science Review* 3, 2021. The ways come in the order of their faults; those
        whose loads cannot be told apart from better ones are left out.
        """
        inside = (self.at == one) | (self.at == other)
        order, parent = self._tree(inside, draw)
        below = self.problem.demand.copy()
        for town in reversed(order[1:]):
            below[parent[town]] += below[town]
        total = float(below[order[0]])
        tops = np.array(order[1:], dtype=np.int64)
        first = below[tops]
        high, low = max(self.high[one], self.high[other]), min(self.low[one], self.low[other])
        faults = np.zeros(tops.size)
        for load in (first, total - first):
            faults += np.maximum(load - high, 0.0) + np.maximum(low - load, 0.0)
        best = tops[np.argsort(faults, kind="stable")[:CUTS]]
        return [self._subtree(int(top), order, parent) for top in best]

    def _tree(self, inside: Mask, draw: np.random.Generator) -> tuple[list[int], dict[int, int]]:
        """Return the towns of some areas in the order of a random spanning tree, and parents."""
        towns = np.flatnonzero(inside)
        root = int(towns[draw.integers(towns.size)])
        keys = draw.random(self.problem.towns).tolist()
        order, parent, seen = [], {root: root}, set()
        queue = [(0.0, root, root)]
        while queue:
            _, town, above = heapq.heappop(queue)
            if town in seen:
                continue
            seen.add(town)
            parent[town] = above
            order.append(town)
            for other in self.beside.near[town]:
                if inside[other] and other not in seen:
                    heapq.heappush(queue, (keys[town] + keys[other], other, town))
        return order, parent

    def _subtree(self, top: int, order: list[int], parent: dict[int, int]) -> Mask:
        part = np.zeros(self.problem.towns, dtype=bool)
        part[top] = True
        started = False
        for town in order:
            if town == top:
                started = True
            elif started and part[parent[town]]:
                part[town] = True
        return part


CUTS = 6
"""Ways to divide two areas that are looked at."""
