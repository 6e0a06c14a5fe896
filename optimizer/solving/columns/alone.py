"""Some towns as a region of their own: what of a state and of its columns lies within them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.economics.demand import Ints
from optimizer.solving.clock import Clock
from optimizer.solving.columns.branches import Prices
from optimizer.solving.columns.effort import first_effort
from optimizer.solving.columns.generate import Columns, Generation, give_columns
from optimizer.solving.columns.groups import join, listed
from optimizer.solving.columns.land import Land
from optimizer.solving.columns.master import Master, Totals
from optimizer.solving.columns.pool import empty_pool
from optimizer.solving.columns.state import State
from optimizer.solving.columns.worth import values

__all__ = ["NO_TOTALS", "state_alone", "within", "work_alone"]

LONGEST = 600
NO_TOTALS = Totals(0.0, float("inf"), float("inf"))


def within(columns: Columns, inside: Ints, towns: int) -> Columns:
    """Return the columns whose towns all lie among some of a region's ``towns``."""
    mine = np.zeros(towns, dtype=bool)
    mine[inside] = True
    groups, requirement, money = columns
    whole = groups.total((~mine[groups.town]).astype(np.int64)) == 0
    return groups.take(whole), requirement[whole], money[whole]


def state_alone(
    state: State, inside: Ints, clock: Clock, *, totals: Totals = NO_TOTALS
) -> tuple[State, Columns]:
    """Return the state of some towns alone, and the areas of the plan that lie within them.

    Parameters
    ----------
    inside : int array
        The towns; they are part 0, all others a part without value.
    clock : Clock
        Its time.
    totals : Totals
        Rules across its areas.
    """
    land = state.land
    mine = np.zeros(land.towns, dtype=bool)
    mine[inside] = True
    seat = land.pair_key // land.towns
    kept = np.flatnonzero(mine[seat] & mine[land.served])
    small = replace(
        land,
        start=np.searchsorted(seat[kept], np.arange(land.towns + 1)).astype(np.int64),
        served=land.served[kept],
        pair_key=land.pair_key[kept],
        serve=land.serve[kept],
    )
    own = within(state.areas(), inside, land.towns)
    area, money = (
        (state.prices.area, state.prices.money) if totals.couple else (0.0, land.money_price)
    )
    alone = State(
        land=small,
        totals=totals,
        clock=clock,
        part=np.where(mine, 0, 1),
        bound=np.zeros(2),
        value=np.array([np.inf, 0.0]),
        lagrange=np.array([-np.inf, 0.0]),
        label=np.full(land.towns, -1),
        requirement=np.full(land.towns, np.inf),
        money=np.zeros(land.towns),
        prices=Prices(np.where(mine, state.prices.town, 0.0), area, money),
        accept=state.accept,
    )
    plan = _with_singles(small, own, inside)
    if not totals.couple or _keeps(totals, plan):
        alone.offer(*plan, "block")
    return alone, own


def _keeps(totals: Totals, plan: Columns) -> bool:
    count = totals.least <= len(plan[0]) <= totals.most
    return count and float(plan[2].sum()) <= totals.budget


def _with_singles(land: Land, own: Columns, inside: Ints) -> Columns:
    """Return the areas with every town left alone as an area of its own, if it can be one."""
    left = np.setdiff1d(inside, own[0].town)
    alone = listed([[int(t)] for t in left])
    requirement, money, _ = values(land, alone)
    return (
        join([own[0], alone]),
        np.concatenate([own[1], requirement]),
        np.concatenate([own[2], money]),
    )


def work_alone(state: State, inside: Ints, unit: float, *, near: float) -> Generation:
    """Return the column generation of some towns alone, with the areas of their plan.

    Parameters
    ----------
    near : float
        Share of the value of the master by which its bound may stay below it.
    """
    land = state.land
    master = Master(land, inside, state.totals, unit, state.clock.options)
    pool = empty_pool(land)
    pool.accept = state.accept
    work = Generation(pool, master, unit, first_effort(land, unit, longest=LONGEST), near=near)
    if len(state.areas()[0]):
        give_columns(state, work, *state.areas())
    return work
