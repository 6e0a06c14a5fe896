"""Dive: take the areas that the master uses most, generate columns for the rest, and again.

A plan made of the columns at hand alone is often far from the best, for the best plan holds areas
that no optimal master uses. In a dive, columns are generated again for the towns that are left
whenever areas have been taken, so that the plan ends with areas that fit those taken before.

Source: C. Joncour, S. Michel, R. Sadykov, D. Sverdlov and F. Vanderbeck, Column generation based
primal heuristics, Electronic Notes in Discrete Mathematics 36 (2010).
"""

from __future__ import annotations

import numpy as np

from optimizer.economics.demand import Ints
from optimizer.solving.clock import Clock
from optimizer.solving.columns.alone import state_alone, within, work_alone
from optimizer.solving.columns.broken import add_broken
from optimizer.solving.columns.generate import Columns, Generation, generate, give_columns, joined
from optimizer.solving.columns.master import Totals
from optimizer.solving.columns.state import State
from optimizer.solving.columns.sweep import Quiet

__all__ = ["dive"]

SURE = 0.8
NEAR = (3e-3, 3e-4, 1e-5)
SECONDS_SHARE = 0.1
FITS = 1e-7


def dive(state: State, work: Generation, *, lifts: int = 0) -> None:
    """Look for better plans of the open parts by some dives, with ever better prices.

    Parameters
    ----------
    lifts : int
        How often the triples that the master of the rest breaks are added to it.
    """
    for near in NEAR:
        if state.enough or not _usable(work):
            return
        clock = Quiet(
            state.clock, SECONDS_SHARE * state.clock.left, threads=state.clock.options.threads
        )
        _dive(state, work, clock, near=near, lifts=lifts)


def _dive(state: State, work: Generation, clock: Clock, *, near: float, lifts: int) -> None:
    """Take areas until no town is left, or the plan cannot become better."""
    left = np.flatnonzero(np.isin(state.part, state.open_parts))
    best = float(state.value[state.open_parts].sum())
    taken: list[Columns] = []
    rest, begun = state, work
    while not clock.stop and _usable(begun):
        columns = within(begun.columns(), left, state.land.towns)
        taken.append(_most_used(begun, left))
        left = np.setdiff1d(left, taken[-1][0].town)
        if not len(left):
            state.offer(*joined(taken), "dive")
            return
        totals = _totals_left(state.totals, taken)
        rest, _ = state_alone(rest, left, clock, totals=totals)
        begun = work_alone(rest, left, work.unit, near=near)
        give_columns(rest, begun, *within(columns, left, state.land.towns))
        _generate(rest, begun, lifts)
        state.offer(*joined([*taken, rest.areas()]), "dive")
        sure = sum(_value(state, one) for one in taken)
        if not len(rest.open_parts) or sure + float(rest.bound[0]) >= best:
            return


def _usable(work: Generation) -> bool:
    """Return whether the columns of a master suffice for a fractional plan."""
    return work.point is not None and work.point.missing <= FITS


def _most_used(work: Generation, left: Ints) -> Columns:
    """Return the areas that the master uses almost wholly, or else the one that it uses most."""
    groups, requirement, money = work.columns()
    share = np.zeros(len(groups)) if work.point is None else work.point.share.copy()
    open_ = np.zeros(1 + int(max(groups.town.max(), left.max())), dtype=bool)
    open_[left] = True
    share[~open_[groups.town[groups.start[:-1]]]] = 0.0
    most = np.flatnonzero(share > SURE)
    most = most if len(most) else np.array([int(share.argmax())])
    return groups.take(most), requirement[most], money[most]


def _totals_left(totals: Totals, taken: list[Columns]) -> Totals:
    """Return what the rules across areas leave once areas have been taken."""
    if not totals.couple:
        return totals
    count = sum(len(groups) for groups, _, _ in taken)
    money = sum(float(money.sum()) for _, _, money in taken)
    return Totals(max(0.0, totals.least - count), totals.most - count, totals.budget - money)


def _generate(rest: State, begun: Generation, lifts: int) -> None:
    """Generate columns for the towns that are left, with the triples that their master breaks."""
    generate(rest, begun)
    for _ in range(lifts):
        if rest.enough or not add_broken(rest, begun):
            return
        generate(rest, begun)


def _value(state: State, columns: Columns) -> float:
    """Return the value of areas, money per year."""
    return float((columns[1] + state.land.money_price * columns[2]).sum())
