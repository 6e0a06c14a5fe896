"""Prices of a large region, block by block: those of a block are the best for the fixed rest.

The dual of the master programme is concave in the prices, so that raising it over the prices of
one block after the other, the others held fixed, never lowers it. Areas that cross the border of a
block compete in it: their towns outside are paid for at their present prices. Blocks of the next
sweep have other borders.

Source: block coordinate ascent on a dual, D. P. Bertsekas, Nonlinear Programming (1999), 6.3;
overlapping domains after H. A. Schwarz (1870).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    Columns,
    Generation,
    generate,
    give_columns,
    joined,
    unfit,
)
from optimizer.solving.branch_and_price.bounding.separation import add_broken
from optimizer.solving.branch_and_price.bounding.subproblem import NO_TOTALS
from optimizer.solving.branch_and_price.master.restricted_master import Master
from optimizer.solving.branch_and_price.parameters import Pace
from optimizer.solving.branch_and_price.pricing.effort import Effort, first_effort
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.problem import Land
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.branch_and_price.state.sub_clock import Shares
from optimizer.solving.clock import Clock
from optimizer.solving.threads import in_threads

__all__ = ["sweep", "touching"]


def sweep(
    state: State,
    work: Generation,
    known: Columns,
    *,
    block_of: Ints,
    seconds: float,
    pace: Pace,
) -> Columns:
    """Improve the prices of every block once; return the columns that matter at the new prices.

    Blocks that share no seat do not see each other, and are solved side by side.

    Parameters
    ----------
    known : Columns
        Columns known so far.
    block_of : int array of shape (towns,)
        Block of each town, counted from 0.
    seconds : float
        Time for the sweep.
    pace : Pace
        How far each block is taken.
    """
    tuned = state.parameters.large
    count, found = int(block_of.max()) + 1, [known]
    work.used = []
    state.prices = state.prices.with_triples(work.pool.triple_town)
    effort = first_effort(state.land, work.unit, longest=tuned.list_most)
    shares = Shares(state.clock, seconds, count)
    inside = [np.flatnonzero(block_of == b) for b in range(count)]
    seats = [touching(state.land, towns) for towns in inside]
    for together in _apart(seats, state.land.towns):
        triples = len(state.prices.triples)
        blocks = [
            _Block(inside[b], seats[b], joined(found), triples, effort, pace) for b in together
        ]

        solved = partial(_solved, state, work, partial(shares.next, len(blocks)))
        done = []
        for b, one in zip(
            together, in_threads(solved, blocks, state.clock.options.threads), strict=True
        ):
            state.clock.report(f"border block {b + 1} of {count}")
            done.append(one)
        for block, one in zip(blocks, done, strict=True):
            if one is not None:
                found.append(_take(state, work, block, *one))
                work.used.append(_most_used(one[1], block.inside))
    return _worth_keeping(state, joined(found), tuned.keep_share * work.unit)


@dataclass(frozen=True, eq=False)
class _Block:
    """What a block begins with.

    Attributes
    ----------
    inside, seats : int arrays
        Its towns, and the seats that may serve any of them.
    known : Columns
        Columns known before it.
    triples : int
        How many triples are known before it.
    effort : Effort
        How hard its seats are searched.
    pace : Pace
        How far it is taken.
    """

    inside: Ints
    seats: Ints
    known: Columns
    triples: int
    effort: Effort
    pace: Pace


def _apart(seats: list[Ints], towns: int) -> list[list[int]]:
    """Return the blocks in groups of which no two share a seat."""
    groups, waiting = [], list(range(len(seats)))
    while waiting:
        taken, together = np.zeros(towns, dtype=bool), []
        for b in waiting:
            if not taken[seats[b]].any():
                taken[seats[b]] = True
                together.append(b)
        waiting = [b for b in waiting if b not in together]
        groups.append(together)
    return groups


def _solved(
    state: State, work: Generation, next_clock: Callable[[], Clock], block: _Block
) -> tuple[Prices, Generation] | None:
    """Return the best prices of a block's towns and its generation; ``None`` if time is up."""
    clock = next_clock()
    if clock.stop:
        return None
    small = _block_state(state, block, clock)
    begun = _block_work(small, work, block)
    before = -math.inf
    generate(small, begun)
    for _ in range(block.pace.cut_rounds):
        bound = float(small.lagrange[0])
        risen = bound > before + state.parameters.large.cut_block_rise * abs(bound)
        if clock.stop or not risen or not (add_broken(small, begun) or unfit(begun)):
            break
        before = bound
        generate(small, begun)
    return small.prices, begun


def _take(
    state: State, work: Generation, block: _Block, prices: Prices, begun: Generation
) -> Columns:
    """Take what a block has become: its prices, its groups; return its columns."""
    town = state.prices.town.copy()
    town[block.inside] = prices.town[block.inside]
    own = prices.triples.padded(begun.pool.triple_town)
    triples, place = own.taken_into(state.prices.triples, block.triples, block.inside)
    state.prices = Prices(town, state.prices.area, state.prices.money, triples)
    work.pool.add_triples(triples.town)
    work.pool.take_back(begun.pool, block.seats, place)
    return begun.columns()


def _most_used(begun: Generation, inside: Ints) -> tuple[Columns, Floats]:
    """Return the columns that a block's master uses for the most part, and how sure they are.

    The surer the more they are used, and the more of their towns lie within the block.
    """
    groups, requirement, money = begun.columns()
    share = np.zeros(len(groups)) if begun.point is None else begun.point.share
    within = np.isin(groups.town, inside).astype(np.float64)
    sure = share * groups.total(within) / groups.count
    most = np.flatnonzero(share > begun.master.land.parameters.large.sure_share)
    return (groups.take(most), requirement[most], money[most]), sure[most]


def touching(land: Land, inside: Ints) -> Ints:
    """Return the seats that may serve any town of a block."""
    mine = np.zeros(land.towns, dtype=bool)
    mine[inside] = True
    return np.unique((land.pair_key // land.towns)[mine[land.served]])


def _block_state(state: State, block: _Block, clock: Clock) -> State:
    """Return the state of a block: its seats are one part, all else a part without value."""
    land = state.land
    mine = np.zeros(land.towns, dtype=bool)
    mine[block.seats] = mine[block.inside] = True
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
        prices=Prices(state.prices.town, 0.0, land.money_price, state.prices.triples),
        worst=np.full(2, np.inf),
    )


def _block_work(small: State, work: Generation, block: _Block) -> Generation:
    """Return the generation of a block; areas pay for towns outside at their fixed prices."""
    prices, inside, options = small.prices, block.inside, small.clock.options
    master = Master(small.land, inside, NO_TOTALS, work.unit, options, outside=prices)
    near, pace, triples = small.part == 0, block.pace, prices.triples
    paid = triples.price[near[triples.town[:, 0]] & ~master.holds(triples.town)]
    master.constant = float(prices.town[near].sum() - prices.town[inside].sum() - paid.sum())
    pool = work.pool.part(block.seats)
    begun = Generation(
        pool,
        master,
        work.unit,
        block.effort,
        small.parameters.bounding.columns_per_seat,
        pace.box,
        pace.patience,
        near=pace.near,
        rounds=pace.rounds,
        seats=block.seats,
    )
    groups, requirement, money = block.known
    some = np.flatnonzero(
        small.prices.reduced(groups, requirement, money)
        < small.parameters.large.begin_share * work.unit
    )
    some = some[master.touches(groups.take(some))]
    give_columns(small, begun, groups.take(some), requirement[some], money[some])
    return begun


def _worth_keeping(state: State, columns: Columns, width: float) -> Columns:
    """Return each set of towns once, where its reduced cost is small."""
    groups, requirement, money = columns
    reduced = state.prices.reduced(groups, requirement, money)
    key = groups.keys(state.land.key)
    order = np.lexsort((reduced, key))
    first = order[np.unique(key[order], return_index=True)[1]]
    kept = np.sort(first[reduced[first] <= width])
    return groups.take(kept), requirement[kept], money[kept]
