"""Cheapest connected areas of every seat for given town prices, and all areas below limits.

An area grows from the town of its seat by one neighbour at a time, which is either taken or shut
out for good, so that each connected set arises once. The growth is cut off where even the best
choice among the towns not yet shut out stays above a limit. That choice counts loads by a price:
with ``w = cost - price - unit * demand``, an area of load between the limits of its seat costs at
least ``unit * (least or capacity) + sum(w over its towns) + sum(negative w of towns still free)``,
the Dantzig bound of its knapsack.

Sets of towns are rows of 64-bit words. Each seat has an order of its own of the towns: those whose
taking or shutting out costs most come first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from optimizer.solving.matrices.leftover import Leftover
from optimizer.solving.matrices.problem import LOAD_TOLERANCE, Floats, Ints, Mask, Matrices

__all__ = ["Growth", "Priced", "TooManyError"]

Words = NDArray[np.uint64]

BATCH = 1 << 13
"""Unfinished areas that grow together."""

_ONE = np.uint64(1)


class TooManyError(Exception):
    """More areas, or more unfinished ones, than asked for."""


@dataclass(frozen=True)
class Priced:
    """Areas found, each a row.

    Attributes
    ----------
    seat : array of int, shape (areas,)
    towns : array of bool, shape (areas, towns)
    value : array of float, shape (areas,)
        Opening cost plus cost less price of the towns.
    """

    seat: Ints
    towns: Mask
    value: Floats


@dataclass(frozen=True)
class _World:
    """Tables of every seat in its own order of towns, for given prices.

    Attributes
    ----------
    order : array of int, shape (seats, towns)
    near : array of words, shape (seats, towns, words)
        Allowed neighbours of the town at each place.
    bit : array of words, shape (towns, words)
    demand, weight : array of float, shape (seats, towns)
        By place; the weight is ``w`` of the module's text.
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


@dataclass(frozen=True)
class _Batch:
    """Unfinished areas, each a row."""

    seat: Ints
    area: Words
    shut: Words
    border: Words
    load: Floats
    value: Floats
    bound: Floats

    def __getitem__(self, which: Ints | Mask | slice) -> _Batch:
        return _Batch(
            self.seat[which],
            self.area[which],
            self.shut[which],
            self.border[which],
            self.load[which],
            self.value[which],
            self.bound[which],
        )


class Growth:
    """Grows the connected areas of a problem.

    Parameters
    ----------
    problem : Matrices
        With neighbours and the towns of the seats; already without useless pairs.
    stop : callable
        Asked now and then; growth ends with `TooManyError` when it says so.
    """

    def __init__(self, problem: Matrices, stop: Callable[[], bool]) -> None:
        if problem.graph is None or problem.seat_town is None:
            raise ValueError("connected areas need neighbours and the towns of the seats")
        self.problem = problem
        self.home = problem.seat_town
        self._stop = stop
        self._leftover = Leftover(problem)
        self.steps = 0
        towns = list(range(problem.towns))
        self.adjacent = nx.to_numpy_array(problem.graph, nodelist=towns) > 0
        slack = LOAD_TOLERANCE * max(1.0, float(problem.demand.sum()))
        self.low = problem.least - slack
        self.high = np.minimum(problem.capacity, problem.demand.sum()) + slack

    def divides(self, towns: Mask) -> Mask:
        """Say of areas, each a row of flags, whether the other towns can be divided into areas."""
        return self._leftover.divides(self._leftover.towns.pack(towns))

    def floors(self, price: Floats) -> Floats:
        """Return a value that no load of each seat is cheaper than, connected or not."""
        return _units(self, self.net(price))[1]

    def net(self, price: Floats) -> Floats:
        """Return cost less price, ``inf`` where a pair is not allowed, shape (seats, towns)."""
        problem = self.problem
        return np.where(problem.allowed.T, problem.cost.T - price, np.inf)

    def cheapest(
        self, price: Floats, limit: Floats, *, divisible: bool, most_steps: int | None = None
    ) -> Priced:
        """Return the cheapest area of each seat below its limit, and others met on the way.

        Parameters
        ----------
        price : array of float, shape (towns,)
        limit : array of float, shape (seats,)
            Only areas of a smaller value count. No area of a seat is cheaper than the smallest
            value returned for it, or than its limit when there is none.
        divisible : bool
            Whether areas count only when the other towns can be divided into areas. The bound is
            then better, and the growth longer.
        most_steps : int or None

        Raises
        ------
        TooManyError
            After `most_steps` unfinished areas.
        """
        return self._grow(
            price,
            limit.copy(),
            falling=True,
            divisible=divisible,
            most_steps=most_steps,
            most_areas=None,
        )

    def below(self, price: Floats, limit: Floats, *, most_steps: int, most_areas: int) -> Priced:
        """Return every area below the limit of its seat that leaves a divisible rest.

        Raises
        ------
        TooManyError
            When there are more than `most_areas`, or more than `most_steps` unfinished ones.
        """
        return self._grow(
            price,
            limit,
            falling=False,
            divisible=True,
            most_steps=most_steps,
            most_areas=most_areas,
        )

    def _grow(
        self,
        price: Floats,
        limit: Floats,
        *,
        falling: bool,
        divisible: bool,
        most_steps: int | None,
        most_areas: int | None,
    ) -> Priced:
        world = _world(self, price)
        fresh = self._roots(world, limit)
        found, stack = [fresh[:0]], [fresh]
        count = steps = 0
        while stack:
            if fresh.seat.size:
                whole = self._finished(world, fresh, limit)
                if divisible and whole.seat.size:
                    whole = whole[self.divides(self._towns(world, whole))]
                found.append(whole)
                count += whole.seat.size
                if falling:
                    np.minimum.at(limit, whole.seat, whole.value)
            batch = _pop(stack)
            batch = batch[batch.bound < limit[batch.seat]]
            steps += batch.seat.size
            if self._stop() or steps > (most_steps or steps) or count > (most_areas or count):
                raise TooManyError
            kept, fresh = self._branch(world, batch)
            stack += [part for part in (kept, fresh) if part.seat.size]
        self.steps += steps
        return self._unpack(world, found)

    def _roots(self, world: _World, limit: Floats) -> _Batch:
        problem = self.problem
        seats = np.flatnonzero(problem.openable & np.isfinite(world.floor) & (limit > world.floor))
        place = (world.order[seats] == self.home[seats, None]).argmax(axis=1)
        area = world.bit[place]
        load = problem.demand[self.home[seats]]
        value = problem.open_cost[seats] + world.weight[seats, place]
        border = world.near[seats, place] & ~area
        return _Batch(seats, area, area.copy(), border, load, value, world.floor[seats])

    def _finished(self, world: _World, batch: _Batch, limit: Floats) -> _Batch:
        """Return the areas heavy enough whose exact value is below the limit."""
        exact = batch.value + world.unit[batch.seat] * batch.load
        good = (batch.load >= self.low[batch.seat]) & (exact < limit[batch.seat])
        return replace(batch, value=exact)[good]

    def _branch(self, world: _World, batch: _Batch) -> tuple[_Batch, _Batch]:
        """Shut out the first town of each border, or take it; finished areas are dropped."""
        batch = batch[(batch.border != 0).any(axis=1)]
        seat = batch.seat
        rows = np.arange(seat.size)
        word = (batch.border != 0).argmax(axis=1)
        bits = batch.border[rows, word]
        lowest = bits & (~bits + _ONE)
        place = np.frexp(lowest.astype(np.float64))[1] - 1 + 64 * word
        bit = world.bit[place]
        weight = world.weight[seat, place]
        shut = batch.shut | bit
        rest = batch.border & ~bit
        kept = replace(batch, shut=shut, border=rest, bound=batch.bound + np.maximum(-weight, 0.0))[
            (rest != 0).any(axis=1)
        ]
        taken = _Batch(
            seat,
            batch.area | bit,
            shut,
            (rest | world.near[seat, place]) & ~shut,
            batch.load + world.demand[seat, place],
            batch.value + weight,
            batch.bound + np.maximum(weight, 0.0),
        )
        return kept, taken[taken.load <= self.high[seat]]

    def _unpack(self, world: _World, found: list[_Batch]) -> Priced:
        """Put the areas found together, towns in the caller's order."""
        seat = np.concatenate([part.seat for part in found])
        value = np.concatenate([part.value for part in found])
        towns = np.concatenate([self._towns(world, part) for part in found])
        return Priced(seat, towns, value)

    def _towns(self, world: _World, batch: _Batch) -> Mask:
        """Return the areas as rows of flags, towns in the caller's order."""
        size = self.problem.towns
        places = np.unpackbits(batch.area.view(np.uint8), axis=1, bitorder="little")[:, :size]
        towns = np.zeros((batch.seat.size, size), dtype=bool)
        np.put_along_axis(towns, world.order[batch.seat], places.astype(bool), axis=1)
        return towns


def _pop(stack: list[_Batch]) -> _Batch:
    """Take about `BATCH` unfinished areas off the stack."""
    parts = [stack.pop()]
    size = parts[0].seat.size
    while stack and size < BATCH:
        parts.append(stack.pop())
        size += parts[-1].seat.size
    batch = parts[0]
    if len(parts) > 1:
        batch = _Batch(
            *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(_Batch))
        )
    if size > 2 * BATCH:
        stack.append(batch[BATCH:])
        batch = batch[:BATCH]
    return batch


def _world(growth: Growth, price: Floats) -> _World:
    problem = growth.problem
    towns, seats = problem.towns, problem.seats
    allowed = problem.allowed.T
    net = growth.net(price)
    unit, floor = _units(growth, net)
    weight = net - unit[:, None] * problem.demand
    rank = np.where(allowed, -np.abs(weight), np.inf)
    rank[np.arange(seats), growth.home] = -np.inf
    order = np.argsort(rank, axis=1, kind="stable")
    words = (towns + 63) // 64
    inside = np.take_along_axis(allowed, order, axis=1)
    near = np.zeros((seats, towns, 8 * words), dtype=np.uint8)
    for seat in np.flatnonzero(problem.openable):
        places = order[seat]
        table = growth.adjacent[places[:, None], places[None, :]] & inside[seat]
        packed = np.packbits(table, axis=1, bitorder="little")
        near[seat, :, : packed.shape[1]] = packed
    bit = np.zeros((towns, words), dtype=np.uint64)
    index = np.arange(towns)
    bit[index, index // 64] = _ONE << (index % 64).astype(np.uint64)
    return _World(
        order,
        near.view(np.uint64),
        bit,
        problem.demand[order],
        np.take_along_axis(np.where(allowed, weight, 0.0), order, axis=1),
        unit,
        floor,
    )


def _units(growth: Growth, net: Floats) -> tuple[Floats, Floats]:
    """Return the price of a unit of load that makes the bound of each seat highest, and the bound.

    The bound is concave in the price and bends where a town's weight changes its sign, so that
    one of those prices (or 0) is the best.
    """
    problem = growth.problem
    demand = problem.demand
    units, floors = np.zeros(problem.seats), np.full(problem.seats, np.inf)
    for seat in np.flatnonzero(problem.openable):
        usable = np.isfinite(net[seat])
        home = growth.home[seat]
        usable[home] = False
        towns = np.flatnonzero(usable)
        mine = net[seat, towns]
        some = demand[towns] > 0
        tried = np.append(0.0, mine[some] / demand[towns][some])
        rest = np.minimum(mine - tried[:, None] * demand[towns], 0.0).sum(axis=1)
        rest += net[seat, home] - tried * demand[home]
        load = np.where(tried > 0, growth.low[seat], growth.high[seat]) * tried
        best = int((rest + load).argmax())
        units[seat] = tried[best]
        floors[seat] = problem.open_cost[seat] + rest[best] + load[best]
    return units, floors
