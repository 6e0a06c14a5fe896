"""Prices of a large region, block by block: those of a block are the best for the fixed rest.

The dual of the master programme is concave in the prices, so that raising it over the prices of
one block after the other, the others held fixed, never lowers it. Areas that cross the border of a
block compete in it: their towns outside are paid for at their present prices. Blocks of the next
sweep have other borders.

Source: block coordinate ascent on a dual, D. P. Bertsekas, Nonlinear Programming (1999), 6.3;
overlapping domains after H. A. Schwarz (1870).
"""

from __future__ import annotations

import numpy as np

from optimizer.economics.demand import Floats, Ints
from optimizer.solving.clock import Clock
from optimizer.solving.columns.branches import Prices
from optimizer.solving.columns.effort import first_effort
from optimizer.solving.columns.generate import Columns, Generation, generate, give_columns
from optimizer.solving.columns.groups import join
from optimizer.solving.columns.land import Land
from optimizer.solving.columns.master import Master, Totals
from optimizer.solving.columns.state import State

__all__ = ["Quiet", "joined", "sweep"]

NEAR = 1e-4
LONGEST = 600
ROUNDS = 6
START = 0.01
KEEP = 0.005
NO_TOTALS = Totals(0.0, float("inf"), float("inf"))


class Quiet(Clock):
    """The clock of a block: the region's deadline, or its own if earlier, and no reports."""

    def __init__(self, outer: Clock, seconds: float) -> None:
        super().__init__(outer.options)
        self._outer, self._end = outer, outer.seconds + seconds

    @property
    def left(self) -> float:
        """Seconds until the block must end."""
        return min(self._outer.left, self._end - self._outer.seconds)

    @property
    def stop(self) -> bool:
        """Whether to stop now."""
        return self._outer.stop or self.left <= 0

    def report(
        self, phase: str, *, objective: float | None = None, bound: float | None = None
    ) -> None:
        """Tell nobody."""


def sweep(
    state: State, work: Generation, known: Columns, *, block_of: Ints, seconds: float
) -> Columns:
    """Improve the prices of every block once; return the columns that matter at the new prices.

    Parameters
    ----------
    known : Columns
        Columns known so far.
    block_of : int array of shape (towns,)
        Block of each town, counted from 0.
    seconds : float
        Time for the sweep.
    """
    count = int(block_of.max()) + 1
    effort = first_effort(state.land, work.unit, longest=LONGEST)
    town = state.prices.town.copy()
    found = [known]
    end = state.clock.seconds + seconds
    for b in range(count):
        if state.clock.stop:
            break
        inside = np.flatnonzero(block_of == b)
        state.clock.report(f"border block {b + 1} of {count}")
        clock = Quiet(state.clock, (end - state.clock.seconds) / (count - b))
        seats = touching(state.land, inside)
        small = _block_state(state, seats, inside, town, clock)
        begun = _block_work(small, work, joined(found), seats, inside)
        begun.effort = effort
        begun.rounds = ROUNDS
        generate(small, begun)
        town[inside] = small.prices.town[inside]
        work.pool.take_back(begun.pool, seats)
        found.append(begun.columns())
    state.prices = Prices(town, state.prices.area, state.prices.money)
    return _worth_keeping(state, joined(found), KEEP * work.unit)


def touching(land: Land, inside: Ints) -> Ints:
    """Return the seats that may serve any town of a block."""
    mine = np.zeros(land.towns, dtype=bool)
    mine[inside] = True
    return np.unique((land.pair_key // land.towns)[mine[land.served]])


def _block_state(state: State, seats: Ints, inside: Ints, town: Floats, clock: Clock) -> State:
    """Return the state of a block: its seats are one part, all else a part without value."""
    land = state.land
    mine = np.zeros(land.towns, dtype=bool)
    mine[seats] = mine[inside] = True
    return State(
        land=land,
        totals=NO_TOTALS,
        clock=clock,
        part=np.where(mine, 0, 1),
        bound=np.array([-np.inf, 0.0]),
        value=np.array([np.inf, 0.0]),
        lagrange=np.array([-np.inf, 0.0]),
        label=np.full(land.towns, -1),
        requirement=np.full(land.towns, np.inf),
        money=np.zeros(land.towns),
        prices=Prices(town, 0.0, land.money_price),
    )


def _block_work(
    block: State, work: Generation, known: Columns, seats: Ints, inside: Ints
) -> Generation:
    """Return the generation of a block; areas pay for towns outside at their fixed prices."""
    town = block.prices.town
    master = Master(block.land, inside, NO_TOTALS, work.unit, block.clock.options, outside=town)
    master.constant = float(town[block.part == 0].sum() - town[inside].sum())
    begun = Generation(
        work.pool.part(seats), master, work.unit, work.effort, near=NEAR, seats=seats
    )
    groups, requirement, money = known
    near = np.flatnonzero(block.prices.reduced(groups, requirement, money) < START * work.unit)
    near = near[master.touches(groups.take(near))]
    give_columns(block, begun, groups.take(near), requirement[near], money[near])
    return begun


def _worth_keeping(state: State, columns: Columns, width: float) -> Columns:
    """Return each set of towns once, where its reduced cost is small."""
    groups, requirement, money = columns
    reduced = state.prices.reduced(groups, requirement, money)
    key = groups.keys(state.land.key)
    order = np.lexsort((reduced, key))
    first = order[np.concatenate([[True], np.diff(key[order]) != 0])]
    kept = np.sort(first[reduced[first] <= width])
    return groups.take(kept), requirement[kept], money[kept]


def joined(parts: list[Columns]) -> Columns:
    """Return the columns of several lists, one after the other."""
    return (
        join([p[0] for p in parts]),
        np.concatenate([p[1] for p in parts]),
        np.concatenate([p[2] for p in parts]),
    )
