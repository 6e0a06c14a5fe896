"""Column generation: the dual bound, and the columns of which good plans are made.

The restricted master is solved over the pool of groups; its duals say which seats must be searched
again; a search returns many groups at once and what its list is complete to. The bound comes from
Lagrangian relaxation at any duals (``bounding.lagrangian_bound``).

Duals are smoothed toward those of the best bound. Source: M. E. Luebbecke and J. Desrosiers,
Selected topics in column generation, Operations Research 53 (2005); smoothing after
P. Wentges (1997).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.bounding.lagrangian_bound import mix, try_bound
from optimizer.solving.branch_and_price.master.column_pool import ColumnPool
from optimizer.solving.branch_and_price.master.restricted_master import (
    MasterPoint,
    RestrictedMaster,
)
from optimizer.solving.branch_and_price.pricing.effort import Effort
from optimizer.solving.branch_and_price.pricing.pricing_result import least_of_each
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.state.state import State

__all__ = [
    "Box",
    "ColumnGeneration",
    "add_below",
    "generate",
    "give_columns",
    "offer_whole_parts",
    "search_and_bound",
    "unfit",
]

FITS = 1e-7


@dataclass(eq=False)
class ColumnGeneration:
    """What column generation keeps: the pool, the master and the columns given to it.

    Attributes
    ----------
    pool : ColumnPool
        Groups found by the last searches.
    master : RestrictedMaster
        The linear programme.
    unit : float
        Typical value of an area, money per year; tolerances are shares of it.
    effort : Effort
        How hard each seat is searched.
    per_seat : int
        Most columns of a seat that the master is given at once.
    box : float
        How far duals may stray from the best ones at first, as a share of them.
    patience : int
        Rounds without a noticeable rise of the bound after which generation ends.
    point : MasterPoint or None
        Last solution of the master.
    given : list of Columns
        Columns of the master in the order in which they were added.
    aside : list of Columns
        Columns taken out of the master, of which plans may still be made.
    near : float, optional
        Share of the master's value by which the bound may stay below it.
    share : float
        Share of the gap between plan and bound by which the bound may stay below the master.
    reserve : float
        Seconds before the time limit at which generation ends, so that plans can still improve.
    rounds : float
        Most rounds.
    wanted : float
        Value that the bound is to reach, money per year; once the master is below, it cannot.
    used : list of (Columns, array)
        What the masters of blocks used for the most part, and how sure that is.
    seats : int array or None
        Seats of a block: those that may serve any of its towns; ``None`` for the whole region.
    """

    pool: ColumnPool
    master: RestrictedMaster
    unit: float
    effort: Effort
    per_seat: int
    box: float
    patience: int
    point: MasterPoint | None = None
    given: list[Columns] = field(default_factory=list)
    aside: list[Columns] = field(default_factory=list)
    near: float | None = None
    share: float = 0.0
    reserve: float = 0.0
    rounds: float = math.inf
    wanted: float = -math.inf
    used: list[tuple[Columns, Floats]] = field(default_factory=list)
    seats: Ints | None = None

    @property
    def local(self) -> bool:
        """Whether it is a block of a larger region, of which no plan comes by itself."""
        return self.seats is not None

    def columns(self) -> Columns:
        """Return all columns of the master: groups, requirement, public money."""
        if len(self.given) > 1:
            self.given = [join_columns(self.given)]
        return self.given[0]

    def set_aside(self, gone: Bools) -> None:
        """Take columns out of the master."""
        point = self.point
        kept, out = np.flatnonzero(~gone), np.flatnonzero(gone)
        columns = self.columns()
        self.master.drop(out)
        self.given = [columns.take(kept)]
        self.aside.append(columns.take(out))
        if point is not None:
            self.point = replace(point, share=point.share[kept])


def generate(state: State, work: ColumnGeneration) -> None:
    """Generate columns until the master is optimal over all groups, or time is up."""
    problem, pool = state.problem, work.pool
    seats = np.flatnonzero(np.diff(problem.start) > 0) if work.seats is None else work.seats
    effort, tuned = work.effort, problem.parameters.bounding
    tolerance = 1e-8 * work.unit
    duals = state.duals
    todo = seats[pool.missing_at_least(duals)[seats] < -tolerance]
    box = Box(work.box * np.maximum(state.duals.town, 0.05 * work.unit), 20.0 * work.unit)
    idle, least, centre, rounds = 0, math.inf, state.duals, 0
    while not state.clock.stop and state.clock.left > work.reserve and rounds < work.rounds:
        rounds += 1
        before = (work.master.columns, float(state.lagrange.sum()))
        if len(todo):
            compare = idle == 0 or work.local
            search_and_bound(state, work, todo, duals, compare=compare)
        box.put(centre, work)
        _solve_over_pool(state, work, tolerance)
        if work.point is None:
            break
        risen = float(state.lagrange.sum()) > before[1]
        stalled = work.point.objective > (1 - tuned.stalled_share) * least
        centre = state.duals if risen or stalled else mix(centre, work.point.duals, 0.5)
        left = work.point.objective - float(state.bound.sum())
        fits = work.point.missing <= (1e-3 if work.master.interior else 1e-7)
        if state.enough or _near(state, work, work.point, left, fits=fits):
            break
        missing = pool.missing_at_least(work.point.duals)
        todo = seats[missing[seats] < -tolerance]
        if len(todo) == 0:
            if fits or state.bound.sum() > _dearest(state):
                break
            box.widen(work.point)
        stuck = before == (work.master.columns, float(state.lagrange.sum()))
        idle = idle + 1 if stuck or (work.local and _slow(before[1], state, left)) else 0
        if idle > work.patience and (work.local or (effort.most[todo] >= effort.longest).all()):
            break
        small = left <= 1e-4 * abs(work.point.objective)
        share = 0.0 if stuck or small else len(todo) / len(seats)
        weight = tuned.interior_weight if work.master.interior else _weight(share)
        duals = mix(centre, work.point.duals, weight)
        missing = pool.missing_at_least(duals)
        todo = np.union1d(todo, seats[missing[seats] < -tolerance])
        if stuck:
            effort.lengthen(todo)
        elif idle or stalled:
            effort.lengthen(effort.unsure_seats(todo, left))
        least = work.point.objective


def _near(
    state: State, work: ColumnGeneration, point: MasterPoint, left: float, *, fits: bool
) -> bool:
    """Return whether the bound is as near to the master as is asked, or cannot reach its aim."""
    tuned = state.parameters.bounding
    near = tuned.near_share_interior if work.master.interior else tuned.near_share
    near = near if work.near is None else work.near
    near_plan = left <= work.share * _gap(state) and (fits or work.master.interior)
    near_master = left <= near * abs(point.objective) or point.objective < work.wanted
    return near_plan or (fits and near_master)


def search_and_bound(
    state: State, work: ColumnGeneration, todo: Ints, duals: Duals, *, compare: bool
) -> None:
    """Search some seats at some duals; the pool, the bound and the effort learn from it."""
    effort = work.effort
    found = search_seats(
        state.problem,
        todo,
        duals,
        effort.wanted[todo],
        most=effort.most[todo],
        compare=compare,
        stop=lambda: state.clock.stop,
        threads=state.clock.options.threads,
    )
    work.pool.replace(found, duals)
    try_bound(state, work.pool, duals)
    reduced = duals.reduced(found.columns)
    effort.narrow(found, reduced, work.unit)


def _gap(state: State) -> float:
    """Return the money per year between plan and bound, 0 where there is no plan."""
    return float(state.gap.sum()) if np.isfinite(state.value).all() else 0.0


def _slow(before: float, state: State, left: float) -> bool:
    """Return whether a round closed next to nothing of what is left."""
    return float(state.lagrange.sum()) - before < state.parameters.bounding.slow_round_share * left


@dataclass(eq=False)
class Box:
    """How far duals may stray from the best ones, money per year."""

    width: Floats
    dear: float

    def put(self, centre: Duals, work: ColumnGeneration) -> None:
        """Keep the duals of the master around a centre."""
        town = centre.town
        work.master.set_box(town - self.width, town + self.width, self.dear)

    def widen(self, point: MasterPoint) -> None:
        """Widen it where a solution lies at its edge."""
        self.width = np.where(point.bent, 4.0 * self.width, self.width)
        if point.missing > 1e-7 and not point.bent.any():
            self.dear *= 10.0


def _weight(share: float) -> float:
    """Return how far to go from the centre to the master's duals, by the share of seats open."""
    return 0.5 if share > 0.5 else 0.85 if share > 0.1 else 1.0


def _solve_over_pool(state: State, work: ColumnGeneration, tolerance: float) -> None:
    """Solve the master over the pool: add columns until none in the pool would lower it."""
    tuned = state.parameters.bounding
    before = math.inf
    slow = 0
    while not state.clock.stop:
        work.point = work.master.solve(state.clock.left)
        if work.point is None:
            return
        enough = tuned.slow_share_interior if work.master.interior else tuned.slow_share
        slow = slow + 1 if work.point.objective > before * (1 - enough) else 0
        before = work.point.objective
        offer_whole_parts(state, work)
        missing = work.pool.missing_at_least(work.point.duals)
        unfinished = bool((missing < -tolerance).any())
        patience = 0 if work.master.interior else 2
        if (slow > patience and unfinished) or not _add_columns(state, work, tolerance):
            if state.lazy_core is not None and state.lazy_core.strike_used(state, work):
                before, slow = math.inf, 0
                continue
            break
    if work.point is not None:
        for weight in tuned.smoothing:
            try_bound(state, work.pool, mix(state.duals, work.point.duals, weight))


def _add_columns(state: State, work: ColumnGeneration, tolerance: float) -> int:
    """Give the master the best columns of each seat; return how many."""
    return 0 if work.point is None else add_below(state, work, work.point.duals, tolerance)


def add_below(state: State, work: ColumnGeneration, duals: Duals, tolerance: float) -> int:
    """Give the master the best columns of each seat at some duals; return how many."""
    pool, interior_each = work.pool, state.parameters.bounding.columns_per_seat_interior
    for _ in range(50):
        reduced = pool.reduced(duals)
        below = np.flatnonzero(reduced < -tolerance)
        below = below[work.master.touches(pool.groups.take(below))]
        rank = pool.reduced(mix(state.duals, duals, 0.5))[below]
        each = interior_each if work.master.interior else work.per_seat
        chosen, _ = least_of_each(pool.seat[below], rank, each, np.zeros(state.problem.towns))
        chosen = below[chosen]
        inexact = ~pool.exact[chosen]
        pool.make_exact(chosen)
        chosen = chosen[pool.reduced(duals)[chosen] < -tolerance]
        if len(chosen) or not inexact.any():
            break
    reduced = pool.reduced(duals)[chosen]
    key = pool.columns(chosen).keys(state.problem.key)
    order = np.lexsort((reduced, key))
    first = np.concatenate([[True], np.diff(key[order]) != 0]) if len(order) else order == 0
    chosen = chosen[order[first]]
    work.effort.gave[pool.seat[chosen]] = True
    give_columns(state, work, pool.columns(chosen))
    return len(chosen)


def give_columns(state: State, work: ColumnGeneration, columns: Columns) -> None:
    """Add columns to the master; its last solution, if there is one, uses nothing of them."""
    value = columns.value(state.problem.money_price)
    work.master.add(columns, value)
    work.given.append(columns)
    if work.point is not None:
        share = np.concatenate([work.point.share, np.zeros(len(columns.groups))])
        work.point = replace(work.point, share=share)


def offer_whole_parts(state: State, work: ColumnGeneration) -> None:
    """Offer the parts in which the master uses whole areas only as plans."""
    point = work.point
    if point is None or point.missing > 1e-7 or work.local:
        return
    columns = work.columns()
    groups = columns.groups
    used = point.share > 1e-6
    whole = used & (point.share > 1 - 1e-6)
    part = state.part[groups.town[groups.start[:-1]]]
    broken = np.zeros(state.parts, dtype=bool)
    broken[part[used & ~whole]] = True
    chosen = np.flatnonzero(whole & ~broken[part])
    if len(chosen):
        state.offer(columns.take(chosen), "whole master")


def _dearest(state: State) -> float:
    """Return a value that no plan exceeds, money per year."""
    problem = state.problem
    serve = np.zeros(problem.towns)
    np.maximum.at(serve, problem.served, problem.serve.max(axis=1, initial=0.0))
    most = float((serve + problem.open.max()).sum())
    return most * (1.0 + problem.money_price) + problem.money_price * float(problem.debt.sum())


def unfit(work: ColumnGeneration) -> bool:
    """Return whether the columns of a master do not suffice within its box of duals."""
    return work.point is not None and work.point.missing > FITS
