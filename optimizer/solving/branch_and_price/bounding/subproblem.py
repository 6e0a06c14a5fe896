"""Some towns as a region of their own: what of a state, a pool and the columns lies within them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    Columns,
    Generation,
    give_columns,
    joined,
)
from optimizer.solving.branch_and_price.master.column_pool import Pool
from optimizer.solving.branch_and_price.master.restricted_master import Master
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.group_batch import join, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Land
from optimizer.solving.branch_and_price.problem.subset_rows import Triples
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.clock import Clock

__all__ = ["NO_TOTALS", "alone", "within"]

NO_TOTALS = Totals(0.0, float("inf"), float("inf"))


def within(columns: Columns, mine: Bools) -> Columns:
    """Return the columns whose towns are all among ``mine``, a bool array of shape (towns,)."""
    groups, requirement, money = columns
    whole = groups.total((~mine[groups.town]).astype(np.int64)) == 0
    whole &= np.isfinite(requirement)
    return groups.take(whole), requirement[whole], money[whole]


def alone(
    state: State,
    work: Generation,
    inside: Ints,
    clock: Clock,
    *,
    near: float,
    totals: Totals = NO_TOTALS,
    known: Columns | None = None,
) -> tuple[State, Generation]:
    """Return the state and the column generation of some towns alone.

    They begin with the prices, triples, groups and columns that lie within the towns.

    Parameters
    ----------
    inside : int array
        The towns; they are part 0, all others a part without value.
    clock : Clock
        Its time.
    near : float
        Share of the value of the master by which its bound may stay below it.
    totals : Totals
        Rules across its areas.
    known : Columns, optional
        Columns at hand; those of the generation where absent.
    """
    land = state.land
    mine = np.zeros(land.towns, dtype=bool)
    mine[inside] = True
    seat = land.pair_key // land.towns
    pairs = np.flatnonzero(mine[seat] & mine[land.served])
    small = replace(
        land,
        start=np.searchsorted(seat[pairs], np.arange(land.towns + 1)).astype(np.int64),
        served=land.served[pairs],
        pair_key=land.pair_key[pairs],
        serve=land.serve[pairs],
    )
    triples = np.flatnonzero(mine[work.pool.triple_town].all(axis=1))
    begun = _state(state, small, mine, clock, totals)
    begun.prices = replace(begun.prices, triples=_triples(state, work.pool, triples))
    pool = _pool(work.pool, small, mine, pairs, triples)
    master = Master(small, inside, totals, work.unit, clock.options, outside=begun.prices)
    tuned = land.parameters.bounding
    effort = work.effort.at_most(min(tuned.subproblem_list, work.effort.longest))
    generation = Generation(
        pool, master, work.unit, effort, work.per_seat, tuned.box, tuned.patience, near=near
    )
    columns = within(work.columns() if known is None else known, mine)
    give_columns(begun, generation, *joined([begun.areas(), columns]))
    return begun, generation


def _state(state: State, small: Land, mine: Bools, clock: Clock, totals: Totals) -> State:
    """Return the state of some towns, with the areas of the plan among them and towns alone."""
    priced = state.prices if totals.couple else Prices(state.prices.town, 0.0, small.money_price)
    alone = State(
        land=small,
        totals=totals,
        clock=clock,
        part=np.where(mine, 0, 1),
        bound=np.zeros(2),
        value=np.array([np.inf, 0.0]),
        lagrange=np.array([-np.inf, 0.0]),
        label=np.full(small.towns, -1),
        requirement=np.full(small.towns, np.inf),
        money=np.zeros(small.towns),
        prices=Prices(np.where(mine, state.prices.town, 0.0), priced.area, priced.money),
        worst=np.full(2, np.inf),
        accept=state.accept,
    )
    plan = _with_singles(small, within(state.areas(), mine), np.flatnonzero(mine))
    if not totals.couple or totals.kept(len(plan[0]), float(plan[2].sum())):
        alone.offer(*plan, "alone")
    return alone


def _with_singles(land: Land, own: Columns, inside: Ints) -> Columns:
    """Return the areas with every town left alone as an area of its own, if it can be one."""
    left = np.setdiff1d(inside, own[0].town)
    single = listed([[int(t)] for t in left])
    requirement, money, _ = values(land, single)
    return (
        join([own[0], single]),
        np.concatenate([own[1], requirement]),
        np.concatenate([own[2], money]),
    )


def _triples(state: State, pool: Pool, inside: Ints) -> Triples:
    """Return the triples of the pool that lie inside, at the prices of the state."""
    known = state.prices.triples.padded(pool.triple_town)
    return Triples(known.town[inside], known.price[inside])


def _pool(pool: Pool, small: Land, mine: Bools, pairs: Ints, triples: Ints) -> Pool:
    """Return a pool of its own with the groups among some towns, and what is known of others.

    Triples of which one town lies outside are left out; groups that paid for them when their seat
    was searched may now be cheaper by as much.
    """
    whole = pool.groups.total((~mine[pool.groups.town]).astype(np.int64)) == 0
    used = np.diff(small.start) > 0
    paid, cheaper = pool.paid.of(used).without(triples, small.towns)
    complete_to = pool.complete_to - cheaper
    return replace(
        pool,
        land=small,
        groups=pool.groups.take(whole),
        seat=pool.seat[whole],
        requirement=pool.requirement[whole],
        money=pool.money[whole],
        exact=pool.exact[whole],
        complete_to=np.where(used, complete_to, np.inf),
        town_price=pool.town_price[pairs],
        area_price=pool.area_price.copy(),
        money_price=pool.money_price.copy(),
        paid=paid,
        class_price=pool.class_price.copy(),
    )
