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


def fractional_loads(problem: Matrices, price: Floats) -> Loads:
    """Cheapest loads when towns may be cut in parts: greedy by net cost per unit (Dantzig).

    Towns with a negative net cost are taken up to the capacity, others up to the least load. The
    critical ratio is the price of a unit of load, hence the increase when a town is forced in.
    """
    net = problem.cost - price[:, None]
    own = _own_net(problem, net)
    seats = np.arange(problem.seats)
    capacity, least = problem.capacity.copy(), problem.least.copy()
    value = problem.open_cost.copy()
    if own is not None and problem.seat_town is not None:
        homes = problem.demand[problem.seat_town]
        capacity, least = capacity - homes, least - homes
        value = value + own
        net = net.copy()
        net[problem.seat_town, seats] = np.inf
    demand = problem.demand[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(demand > 0, net / demand, np.where(net < 0, -np.inf, np.inf))
    order = np.argsort(ratio, axis=0)
    net_sorted = np.take_along_axis(net, order, axis=0)
    ratio_sorted = np.take_along_axis(ratio, order, axis=0)
    weight = problem.demand[order]
    before = np.cumsum(weight, axis=0) - weight
    room = np.where(net_sorted < 0, capacity, least) - before
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(weight > 0, room / weight, np.where(net_sorted < 0, 1.0, 0.0))
    usable = np.isfinite(net_sorted)
    part = np.where(usable, np.clip(part, 0.0, 1.0), 0.0)
    value = value + (np.where(usable, net_sorted, 0.0) * part).sum(axis=0)
    short = (part * weight).sum(axis=0) < least - 1e-9 * np.maximum(1.0, problem.least)
    value[short | (capacity < 0)] = np.inf
    chosen = np.zeros_like(net)
    np.put_along_axis(chosen, order, part, axis=0)
    unit = _unit_price(part, ratio_sorted, net_sorted)
    forced = np.maximum(net - unit * demand, 0.0)
    if own is not None and problem.seat_town is not None:
        chosen[problem.seat_town, seats] = 1.0
        forced[problem.seat_town, seats] = 0.0
    return LimitedLoads(value, chosen, forced)


def _unit_price(part: Floats, ratio: Floats, net: Floats) -> Floats:
    """Net cost of one unit of load at the margin of each seat, 0 where no limit binds."""
    full = part >= 1.0
    cut = (part > 0) & ~full
    wanted = (net < 0) & ~full
    pushed = (net >= 0) & full
    binding = cut | wanted
    first = binding.argmax(axis=0)
    unit = np.where(binding.any(axis=0), np.take_along_axis(ratio, first[None, :], axis=0)[0], 0.0)
    last = ratio.shape[0] - 1 - pushed[::-1].argmax(axis=0)
    pushed_unit = np.take_along_axis(ratio, last[None, :], axis=0)[0]
    unit = np.where(pushed.any(axis=0) & ~cut.any(axis=0), pushed_unit, unit)
    return np.where(np.isfinite(unit), unit, 0.0)


def _own_net(problem: Matrices, net: Floats) -> Floats | None:
    if problem.seat_town is None:
        return None
    return net[problem.seat_town, np.arange(problem.seats)]
