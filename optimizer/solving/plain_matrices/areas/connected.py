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

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.areas.leftover import Leftover, Words
from optimizer.solving.plain_matrices.bounds.weights import Scales, TooManyError, Weights
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices

__all__ = ["Growth", "Priced", "TooManyError"]

BATCH = 1 << 13
"""Unfinished areas that grow together."""

MOST_CELLS = 3 * 10**8
"""Areas found take a byte for every town; more than this are too many."""

_ONE = np.uint64(1)


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
        self.steps = 0
        self._stop = stop
        self._scales = Scales(problem, stop)
        self._leftover = Leftover(problem, stop)

    def divides(self, towns: Mask) -> Mask:
        """Say of areas, each a row of flags, whether the other towns can be divided into areas."""
        return self._leftover.divides(self._leftover.towns.pack(towns))

    def floors(self, price: Floats) -> Floats:
        """Return a value that no load of each seat is cheaper than, connected or not."""
        return self._scales.units(price)[1]

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
        weights = self._scales.weights(price)
        fresh = self._roots(weights, limit)
        found, stack = [fresh[:0]], [fresh]
        room = MOST_CELLS // self.problem.towns
        most_areas = room if most_areas is None else min(room, most_areas)
        count = steps = 0
        while stack:
            if fresh.seat.size:
                whole = self._finished(weights, fresh, limit)
                if divisible and whole.seat.size:
                    whole = whole[self.divides(self._towns(weights, whole))]
                found.append(whole)
                count += whole.seat.size
                if falling:
                    np.minimum.at(limit, whole.seat, whole.value)
            batch = _pop(stack)
            batch = batch[batch.bound < limit[batch.seat]]
            steps += batch.seat.size
            if self._stop() or steps > (most_steps or steps) or count > most_areas:
                raise TooManyError
            kept, fresh = self._branch(weights, batch)
            stack += [part for part in (kept, fresh) if part.seat.size]
        self.steps += steps
        return self._unpack(weights, found)

    def _roots(self, weights: Weights, limit: Floats) -> _Batch:
        problem = self.problem
        wanted = np.isfinite(weights.floor) & (limit > weights.floor)
        seats = np.flatnonzero(problem.openable & wanted)
        place = (weights.order[seats] == self.home[seats, None]).argmax(axis=1)
        area = weights.bit[place]
        load = problem.demand[self.home[seats]]
        value = problem.open_cost[seats] + weights.weight[seats, place]
        border = weights.near[seats, place] & ~area
        return _Batch(seats, area, area.copy(), border, load, value, weights.floor[seats])

    def _finished(self, weights: Weights, batch: _Batch, limit: Floats) -> _Batch:
        """Return the areas heavy enough whose exact value is below the limit."""
        exact = batch.value + weights.unit[batch.seat] * batch.load
        good = (batch.load >= self._scales.low[batch.seat]) & (exact < limit[batch.seat])
        return replace(batch, value=exact)[good]

    def _branch(self, weights: Weights, batch: _Batch) -> tuple[_Batch, _Batch]:
        """Shut out the first town of each border, or take it; finished areas are dropped."""
        batch = batch[(batch.border != 0).any(axis=1)]
        seat = batch.seat
        rows = np.arange(seat.size)
        word = (batch.border != 0).argmax(axis=1)
        bits = batch.border[rows, word]
        lowest = bits & (~bits + _ONE)
        place = np.frexp(lowest.astype(np.float64))[1] - 1 + 64 * word
        bit = weights.bit[place]
        weight = weights.weight[seat, place]
        shut = batch.shut | bit
        rest = batch.border & ~bit
        kept = replace(batch, shut=shut, border=rest, bound=batch.bound + np.maximum(-weight, 0.0))[
            (rest != 0).any(axis=1)
        ]
        taken = _Batch(
            seat,
            batch.area | bit,
            shut,
            (rest | weights.near[seat, place]) & ~shut,
            batch.load + weights.demand[seat, place],
            batch.value + weight,
            batch.bound + np.maximum(weight, 0.0),
        )
        return kept, taken[taken.load <= self._scales.high[seat]]

    def _unpack(self, weights: Weights, found: list[_Batch]) -> Priced:
        """Put the areas found together, towns in the caller's order."""
        seat = np.concatenate([part.seat for part in found])
        value = np.concatenate([part.value for part in found])
        towns = np.concatenate([self._towns(weights, part) for part in found])
        return Priced(seat, towns, value)

    def _towns(self, weights: Weights, batch: _Batch) -> Mask:
        """Return the areas as rows of flags, towns in the caller's order."""
        size = self.problem.towns
        places = np.unpackbits(batch.area.view(np.uint8), axis=1, bitorder="little")[:, :size]
        towns = np.zeros((batch.seat.size, size), dtype=bool)
        np.put_along_axis(towns, weights.order[batch.seat], places.astype(bool), axis=1)
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
