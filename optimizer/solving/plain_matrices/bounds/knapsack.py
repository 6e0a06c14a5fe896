"""The cheapest load of each seat for given town prices: what a Lagrangean bound is made of.

With the rule "every town is served" priced out, each seat alone chooses the towns whose price
exceeds their cost, within its capacity: a knapsack. See Barcelo and Casanovas, "A heuristic
Lagrangean algorithm for the capacitated plant location problem", *European Journal of Operational
Research* 15, 1984; Holmberg, Rönnqvist and Yuan, *European Journal of Operational Research* 113,
1999.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices

__all__ = ["LimitedLoads", "Loads", "choose", "fractional_loads", "free_loads"]


FEW_PUSHED = 64
"""Towns of a seat that are put in order first where its least load asks for more than it wants."""


class Loads(Protocol):
    """The cheapest load of every seat, for given prices."""

    @property
    def value(self) -> Floats:
        """Opening cost plus cost less price of the towns chosen, shape (seats,).

        ``inf`` for a seat that cannot reach its least load.
        """

    def served(self, seats: Ints) -> Floats:
        """How often the given seats together choose each town, shape (towns,)."""

    def forced(self) -> Floats:
        """Lower bound on the increase of the value when a seat must serve a town.

        Shape (towns, seats).
        """


@dataclass(frozen=True)
class _FreeLoads:
    """Loads without limits: every town with a negative net cost, and the own town."""

    value: Floats
    net: Floats
    seat_town: Ints | None

    def served(self, seats: Ints) -> Floats:
        count: Floats = np.asarray((self.net[:, seats] < 0).sum(axis=1), dtype=np.float64)
        if self.seat_town is not None:
            own = self.seat_town[seats]
            np.add.at(count, own, self.net[own, seats] >= 0)
        return count

    def forced(self) -> Floats:
        increase: Floats = np.maximum(self.net, 0.0)
        if self.seat_town is not None:
            increase[self.seat_town, np.arange(self.seat_town.size)] = 0.0
        return increase


@dataclass(frozen=True)
class LimitedLoads:
    """Loads within limits, as tables.

    Attributes
    ----------
    value : array of float, shape (seats,)
    chosen, increase : array of float, shape (towns, seats)
        Part of each town in the load of each seat, and what `forced` returns.
    """

    value: Floats
    chosen: Floats
    increase: Floats

    def served(self, seats: Ints) -> Floats:
        """Return how often the given seats together choose each town, shape (towns,)."""
        return np.asarray(self.chosen[:, seats].sum(axis=1))

    def forced(self) -> Floats:
        """Return a lower bound on the increase when a seat must serve a town."""
        return self.increase


def choose(value: Floats, fewest: int, most: int, must: Mask | None = None) -> Ints:
    """Return the cheapest set of at least `fewest` and at most `most` seats, with those that must.

    The set is empty when there is none.
    """
    first = value if must is None else np.where(must, -np.inf, value)
    order = np.argsort(first, kind="stable")
    count = int(np.clip((first < 0).sum(), fewest, most))
    if must is not None and must.sum() > most:
        return order[:0]
    return order[:count]


def free_loads(problem: Matrices, price: Floats) -> Loads:
    """Cheapest loads without capacities: every town whose price exceeds its cost."""
    net = problem.cost - price[:, None]
    value = problem.open_cost + np.minimum(net, 0.0).sum(axis=0)
    own = _own_net(problem, net)
    if own is not None:
        value += np.maximum(own, 0.0)
    return _FreeLoads(value, net, problem.seat_town)


@dataclass(frozen=True)
class _PartialLoads:
    """Loads of towns and parts of towns, without the tables of all pairs.

    Attributes
    ----------
    value : array of float, shape (seats,)
    net : array of float, shape (towns, seats)
        Cost less price.
    unit : array of float, shape (seats,)
        Net cost of a unit of load at the margin.
    demand : array of float, shape (towns,)
    seat, town, part : array, shape (pairs,)
        What the loads hold, by seat, beside the own towns.
    seat_town : array of int, shape (seats,), or None
    """

    value: Floats
    net: Floats
    unit: Floats
    demand: Floats
    seat: Ints
    town: Ints
    part: Floats
    seat_town: Ints | None

    def served(self, seats: Ints) -> Floats:
        chosen = np.zeros(self.value.size)
        chosen[seats] = 1.0
        weights = self.part * chosen[self.seat]
        count = np.bincount(self.town, weights=weights, minlength=self.demand.size)
        if self.seat_town is not None:
            np.add.at(count, self.seat_town[seats], 1.0)
        return count.astype(np.float64)

    def forced(self) -> Floats:
        increase: Floats = np.maximum(self.net - self.unit * self.demand[:, None], 0.0)
        if self.seat_town is not None:
            increase[self.seat_town, np.arange(self.seat_town.size)] = 0.0
        return increase


def fractional_loads(problem: Matrices, price: Floats) -> Loads:
    """Cheapest loads when towns may be cut in parts: greedy by net cost per unit (Dantzig).

    Towns with a negative net cost are taken up to the capacity, others up to the least load. The
    critical ratio is the price of a unit of load, hence the increase when a town is forced in.
    Most seats want few of the towns, so that only these are put in order.
    """
    net = problem.cost - price[:, None]
    capacity, least, value = problem.capacity, problem.least, problem.open_cost
    inside = net < 0
    if problem.seat_town is not None:
        own = problem.seat_town, np.arange(problem.seats)
        homes = problem.demand[problem.seat_town]
        capacity, least, value = capacity - homes, least - homes, value + net[own]
        inside[own] = False
    wanted = problem.demand @ inside
    pushed = np.flatnonzero(wanted < least)
    if pushed.size:
        inside[:, pushed] = _pushed(problem, net, pushed, least[pushed])
    seat, town = np.nonzero(inside.T)
    found = _Pairs.of(seat, town, net[town, seat], problem.demand[town])
    load = found.fill(capacity, least)
    value = value + np.bincount(found.seat, weights=found.net * load, minlength=problem.seats)
    held = np.bincount(found.seat, weights=load * found.weight, minlength=problem.seats)
    short = held < least - 1e-9 * np.maximum(1.0, problem.least)
    value[short | (capacity < 0)] = np.inf
    unit = found.margin(load, problem.seats)
    kept = load > 0
    return _PartialLoads(
        value,
        net,
        unit,
        problem.demand,
        found.seat[kept],
        found.town[kept],
        load[kept],
        problem.seat_town,
    )


def _pushed(problem: Matrices, net: Floats, seats: Ints, least: Floats) -> Mask:
    """Return the cheapest towns by unit of demand of some seats, enough for their least load.

    Shape (towns, seats), without the seats' own towns.
    """
    usable = np.isfinite(net[:, seats])
    if problem.seat_town is not None:
        usable[problem.seat_town[seats], np.arange(seats.size)] = False
    if problem.towns <= FEW_PUSHED:
        return usable
    demand = problem.demand[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(
            demand > 0, net[:, seats] / demand, np.where(net[:, seats] < 0, 0.0, np.inf)
        )
    ratio = np.where(usable, ratio, np.inf)
    last = np.partition(ratio, FEW_PUSHED, axis=0)[FEW_PUSHED]
    some: Mask = usable & (ratio <= np.maximum(last, 0.0))
    short = problem.demand @ some < least
    some[:, short] = usable[:, short]
    return some


@dataclass(frozen=True)
class _Pairs:
    """Towns that seats may take, by seat and by rising net cost per unit of demand."""

    seat: Ints
    town: Ints
    net: Floats
    weight: Floats
    ratio: Floats

    @classmethod
    def of(cls, seat: Ints, town: Ints, net: Floats, weight: Floats) -> _Pairs:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(weight > 0, net / weight, np.where(net < 0, -np.inf, np.inf))
        order = np.argsort(ratio)
        short = seat.astype(np.uint16) if seat.size and seat[-1] < 2**16 else seat
        order = order[np.argsort(short[order], kind="stable")]  # short integers are sorted at once
        return cls(seat[order], town[order], net[order], weight[order], ratio[order])

    def fill(self, capacity: Floats, least: Floats) -> Floats:
        """Return the part of each town that its seat takes."""
        sums = np.concatenate([[0.0], np.cumsum(self.weight)])
        first = np.searchsorted(self.seat, self.seat)
        room = np.where(self.net < 0, capacity[self.seat], least[self.seat])
        room = room - (sums[:-1] - sums[first])
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(self.weight > 0, room / self.weight, np.where(self.net < 0, 1.0, 0.0))
        return np.asarray(np.clip(part, 0.0, 1.0), dtype=np.float64)

    def margin(self, part: Floats, seats: int) -> Floats:
        """Net cost of one unit of load at the margin of each seat, 0 where no limit binds.

        That is the ratio of the first town that is cut or left out although it is wanted; else of
        the last that the least load pushed in.
        """
        unit = np.zeros(seats)
        pushed = np.flatnonzero((self.net >= 0) & (part > 0))
        unit[self.seat[pushed]] = self.ratio[pushed]
        left = np.flatnonzero((part < 1) & ((part > 0) | (self.net < 0)))[::-1]
        unit[self.seat[left]] = self.ratio[left]
        return np.where(np.isfinite(unit), unit, 0.0)


def _own_net(problem: Matrices, net: Floats) -> Floats | None:
    if problem.seat_town is None:
        return None
    return net[problem.seat_town, np.arange(problem.seats)]
