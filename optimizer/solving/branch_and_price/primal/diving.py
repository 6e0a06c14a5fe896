"""Dive: take the areas that the master uses most, generate columns for the rest, and again.

A plan made of the columns at hand alone is often far from the best, for the best plan holds areas
that no optimal master uses. In a dive, columns are generated again for the towns that are left
whenever areas have been taken, so that the plan ends with areas that fit those taken before.

Source: C. Joncour, S. Michel, R. Sadykov, D. Sverdlov and F. Vanderbeck, Column generation based
primal heuristics, Electronic Notes in Discrete Mathematics 36 (2010).
"""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    generate,
)
from optimizer.solving.branch_and_price.bounding.subproblem import alone
from optimizer.solving.branch_and_price.parameters import PrimalParameters
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.branch_and_price.state.sub_clock import Quiet
from optimizer.solving.clock import Clock

__all__ = ["careful_dives", "dive", "quick_dives"]

Ways = tuple[tuple[float, float], ...]


def quick_dives(parameters: PrimalParameters) -> Ways:
    """Return how near and how sure the first dives are."""
    return tuple(zip(parameters.quick_dive_near, parameters.quick_dive_sure, strict=True))


def careful_dives(parameters: PrimalParameters) -> Ways:
    """Return how near and how sure the dives after the first ones are."""
    return tuple(zip(parameters.careful_dive_near, parameters.careful_dive_sure, strict=True))


def dive(
    state: State, work: ColumnGeneration, *, ways: Ways | None = None, share: float | None = None
) -> None:
    """Look for better plans of the open parts by some dives, each more careful than the last.

    Parameters
    ----------
    ways : tuple of (near, sure), optional
        How near to its master each bound must come, and how sure an area must be to be taken; first
        quick, then careful dives where absent.
    share : float, optional
        Share of the time left that each may take.
    """
    tuned = state.parameters.primal
    ways = quick_dives(tuned) + careful_dives(tuned) if ways is None else ways
    share = tuned.dive_seconds_share if share is None else share
    for near, sure in ways:
        if state.enough or not _usable(work):
            return
        clock = Quiet(state.clock, share * state.clock.left, threads=state.clock.options.threads)
        _dive(state, work, clock, near=near, sure=sure)


def _dive(state: State, work: ColumnGeneration, clock: Clock, *, near: float, sure: float) -> None:
    """Take areas until no town is left, or the plan cannot become better.

    At first all areas that the master uses for the most part, then a few at a time.

    Parameters
    ----------
    near : float
        Share of the value of a master by which its bound may stay below.
    sure : float
        How much of an area the first master must use for it to be taken with others; above a half,
        no two of them share a town.
    """
    left = np.flatnonzero(np.isin(state.part, state.open_parts))
    best = float(state.value[state.open_parts].sum())
    taken: list[Columns] = []
    rest, begun = state, work
    while not clock.stop and _usable(begun):
        used = _most_used(begun, left, sure)
        if not len(used.groups):
            return
        taken.append(used)
        left, sure = np.setdiff1d(left, used.groups.town), state.parameters.primal.dive_sure_later
        if not len(left):
            _offer(state, taken)
            return
        totals = state.totals.left(join_columns(taken))
        rest, begun = alone(rest, begun, left, clock, near=near, totals=totals)
        generate(rest, begun)
        _offer(state, [*taken, rest.areas()])
        spent = sum(_value(state, one) for one in taken)
        if not len(rest.open_parts) or spent + float(rest.bound[0]) >= best:
            return


def _offer(state: State, parts: list[Columns]) -> None:
    """Offer areas as a plan where they keep the rules across areas."""
    plan = join_columns(parts)
    if not state.totals.couple or state.totals.counted(plan):
        state.offer(plan, "dive")


def _usable(work: ColumnGeneration) -> bool:
    """Return whether the columns of a master suffice for a fractional plan of most towns."""
    point, tuned = work.point, work.master.problem.parameters.primal
    return point is not None and point.missing <= tuned.dive_missing * len(work.master.towns)


def _most_used(work: ColumnGeneration, left: Ints, sure: float) -> Columns:
    """Return the areas of which the master uses most, none of which share a town.

    All that it uses for the most part, and at least one of every so many towns that are left.
    """
    columns = work.columns()
    groups = columns.groups
    share = np.zeros(len(groups)) if work.point is None else work.point.share.copy()
    tuned = work.master.problem.parameters.primal
    open_ = np.zeros(1 + int(max(groups.town.max(), left.max())), dtype=bool)
    open_[left] = True
    share[~open_[groups.town[groups.start[:-1]]]] = 0.0
    order = np.argsort(-share, kind="stable")
    wanted = max(int((share > sure).sum()), 1 + len(left) // tuned.dive_towns_each)
    most: list[int] = []
    for g in order[share[order] > 0]:
        members = groups.members(int(g))
        if len(most) < wanted and open_[members].all():
            open_[members] = False
            most.append(int(g))
    chosen = np.array(most, dtype=np.int64)
    return columns.take(chosen)


def _value(state: State, columns: Columns) -> float:
    """Return the value of areas, money per year."""
    return float(columns.value(state.problem.money_price).sum())
