"""Column generation: the bound, and the columns of which good plans are made.

The master programme is solved over the pool of groups; its prices say which seats must be searched
again; a search returns many groups at once and what its list is complete to. The bound comes from
Lagrangian relaxation of ``serve_once`` at any prices: a plan uses at most one area per seat, so

    objective >= sum of prices + sum over seats of min(0, least reduced cost of the seat)

Prices are smoothed toward those of the best bound. Source: M. E. Luebbecke and J. Desrosiers,
Selected topics in column generation, Operations Research 53 (2005); smoothing after
P. Wentges (1997).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from optimizer.economics.demand import Floats, Ints
from optimizer.solving.columns.branches import Prices
from optimizer.solving.columns.effort import Effort
from optimizer.solving.columns.groups import Groups, join
from optimizer.solving.columns.master import Master, MasterPoint
from optimizer.solving.columns.pool import Pool
from optimizer.solving.columns.search import least_of_each, search_seats
from optimizer.solving.columns.state import State
from optimizer.solving.columns.triples import Triples, blend

__all__ = [
    "Generation",
    "add_triples",
    "generate",
    "give_columns",
    "lagrangian_bound",
]

Columns = tuple[Groups, Floats, Floats]

PER_SEAT = 5
SLOW = 1e-6
SLOW_INTERIOR = 1e-4
NEAR = 1e-10
NEAR_INTERIOR = 1e-5
SMOOTHING = (1.0, 0.6, 0.3)


@dataclass(eq=False)
class Generation:
    """What column generation keeps: the pool, the master and the columns given to it.

    Attributes
    ----------
    pool : Pool
        Groups found by the last searches.
    master : Master
        The linear programme.
    unit : float
        Typical value of an area, money per year; tolerances are shares of it.
    effort : Effort
        How hard each seat is searched.
    point : MasterPoint or None
        Last solution of the master.
    given : list of Columns
        Columns of the master in the order in which they were added.
    near : float, optional
        Share of the master's value by which the bound may stay below it.
    reserve : float
        Seconds before the time limit at which generation ends, so that plans can still improve.
    """

    pool: Pool
    master: Master
    unit: float
    effort: Effort
    point: MasterPoint | None = None
    given: list[Columns] = field(default_factory=list)
    near: float | None = None
    reserve: float = 0.0

    def columns(self) -> Columns:
        """Return all columns of the master: groups, requirement, public money."""
        if len(self.given) > 1:
            groups = join([g for g, _, _ in self.given])
            requirement = np.concatenate([r for _, r, _ in self.given])
            self.given = [(groups, requirement, np.concatenate([m for _, _, m in self.given]))]
        return self.given[0]


def generate(state: State, work: Generation) -> None:
    """Generate columns until the master is optimal over all groups, or time is up."""
    land, pool = state.land, work.pool
    seats = np.flatnonzero(np.diff(land.start) > 0)
    effort = work.effort
    prices, todo = state.prices, seats[np.isneginf(pool.complete_to[seats])]
    tolerance = 1e-8 * work.unit
    box = _Box(0.3 * np.maximum(state.prices.town, 0.05 * work.unit), 20.0 * work.unit)
    while not state.clock.stop and state.clock.left > work.reserve:
        before = (work.master.columns, float(state.lagrange.sum()))
        if len(todo):
            found = search_seats(
                state.land,
                todo,
                prices,
                effort.wanted[todo],
                most=effort.most[todo],
                stop=lambda: state.clock.stop,
            )
            pool.replace(found, prices)
            _try_bound(state, pool, prices)
            effort.narrow(found, work.unit)
        box.put(state, work)
        _solve_over_pool(state, work, tolerance)
        if work.point is None:
            break
        left = work.point.objective - float(state.bound.sum())
        near = NEAR_INTERIOR if work.master.interior else NEAR
        near = near if work.near is None else work.near
        fits = work.point.missing <= (1e-3 if work.master.interior else 1e-7)
        if state.enough or (fits and left <= near * abs(work.point.objective)):
            break
        missing = pool.missing_at_least(work.point.prices)
        todo = seats[missing[seats] < -tolerance]
        if len(todo) == 0:
            if fits or state.bound.sum() > _dearest(state):
                break
            box.widen(work.point)
        stuck = before == (work.master.columns, float(state.lagrange.sum()))
        close = left <= 1e-4 * abs(work.point.objective)
        share = 0.0 if stuck or close else len(todo) / len(seats)
        prices = _next_prices(state, work.point.prices, share)
        missing = pool.missing_at_least(prices)
        todo = np.union1d(todo, seats[missing[seats] < -tolerance])
        effort.lengthen(todo)


@dataclass(eq=False)
class _Box:
    """How far dual prices may stray from the best ones, money per year."""

    width: Floats
    dear: float

    def put(self, state: State, work: Generation) -> None:
        centre = state.prices.town
        work.master.set_box(centre - self.width, centre + self.width, self.dear)

    def widen(self, point: MasterPoint) -> None:
        self.width = np.where(point.bent, 4.0 * self.width, self.width)
        if point.missing > 1e-7 and not point.bent.any():
            self.dear *= 10.0


def _next_prices(state: State, prices: Prices, share: float) -> Prices:
    """Return where to search next: between the best prices and the master's."""
    weight = 0.5 if share > 0.5 else 0.85 if share > 0.1 else 1.0
    return _mix(state.prices, prices, weight)


def _mix(a: Prices, b: Prices, weight: float) -> Prices:
    return Prices(
        (1 - weight) * a.town + weight * b.town,
        (1 - weight) * a.area + weight * b.area,
        (1 - weight) * a.money + weight * b.money,
        blend(a.triples, b.triples, weight),
    )


def _solve_over_pool(state: State, work: Generation, tolerance: float) -> None:
    """Solve the master over the pool: add columns until none in the pool would lower it."""
    before = math.inf
    slow = 0
    while not state.clock.stop:
        work.point = work.master.solve(state.clock.left)
        if work.point is None:
            return
        enough = SLOW_INTERIOR if work.master.interior else SLOW
        slow = slow + 1 if work.point.objective > before * (1 - enough) else 0
        before = work.point.objective
        _offer_whole_parts(state, work)
        unfinished = bool((work.pool.missing_at_least(work.point.prices) < -tolerance).any())
        patience = 0 if work.master.interior else 2
        if (slow > patience and unfinished) or not _add_columns(state, work, tolerance):
            if state.accept is not None and state.accept.strike_used(state, work):
                before, slow = math.inf, 0
                continue
            break
    if work.point is not None:
        for weight in SMOOTHING:
            _try_bound(state, work.pool, _mix(state.prices, work.point.prices, weight))


def _try_bound(state: State, pool: Pool, prices: Prices) -> None:
    """Take the bound at some prices, part by part, where it is better."""
    bound = lagrangian_bound(state, pool, prices)
    better = bound > state.lagrange
    if not better.any():
        return
    state.lagrange = np.maximum(state.lagrange, bound)
    if state.parts == 1:
        state.prices = prices
    else:
        town = np.where(better[state.part], prices.town, state.prices.town)
        new, old = prices.triples, state.prices.triples.padded(prices.triples.town)
        price = np.where(better[state.part[new.town[:, 0]]], new.price, old.price)
        state.prices = Prices(town, 0.0, state.land.money_price, Triples(new.town, price))
    state.raise_bound(bound, "bound")


def lagrangian_bound(state: State, pool: Pool, prices: Prices) -> Floats:
    """Return the Lagrangian bound of each part at any prices, money per year."""
    least = pool.least_reduced(pool.reduced(prices), pool.missing_at_least(prices))
    used = np.diff(state.land.start) > 0
    each = prices.town + np.where(used, np.minimum(0.0, least), 0.0)
    summed = np.bincount(state.part, weights=each, minlength=state.parts).astype(np.float64)
    triples = prices.triples
    summed -= np.bincount(
        state.part[triples.town[:, 0]], weights=triples.price, minlength=state.parts
    )
    bound: Floats = np.where(np.isnan(summed), -np.inf, summed)
    if not state.totals.couple:
        return bound
    totals = state.totals
    areas = totals.least if prices.area >= 0 else totals.most
    bound = bound + (prices.area * areas if prices.area else 0.0)
    if math.isfinite(totals.budget):
        bound = bound - (prices.money - state.land.money_price) * totals.budget
    return bound


def _add_columns(state: State, work: Generation, tolerance: float) -> int:
    """Give the master the best columns of each seat; return how many."""
    pool, point = work.pool, work.point
    if point is None:
        return 0
    for _ in range(50):
        reduced = pool.reduced(point.prices)
        below = np.flatnonzero(reduced < -tolerance)
        rank = pool.reduced(_mix(state.prices, point.prices, 0.5))[below]
        chosen, _ = least_of_each(pool.seat[below], rank, PER_SEAT, np.zeros(state.land.towns))
        chosen = below[chosen]
        inexact = ~pool.exact[chosen]
        pool.make_exact(chosen)
        chosen = chosen[pool.reduced(point.prices)[chosen] < -tolerance]
        if len(chosen) or not inexact.any():
            break
    reduced = pool.reduced(point.prices)[chosen]
    key = pool.groups.take(chosen).keys(state.land.key)
    order = np.lexsort((reduced, key))
    first = np.concatenate([[True], np.diff(key[order]) != 0]) if len(order) else order == 0
    chosen = chosen[order[first]]
    work.effort.gave[pool.seat[chosen]] = True
    give_columns(
        state, work, pool.groups.take(chosen), pool.requirement[chosen], pool.money[chosen]
    )
    return len(chosen)


def add_triples(work: Generation, town: Ints) -> None:
    """Add triples of towns (t, 3) to master and pool."""
    work.master.add_triples(town, work.columns()[0])
    work.pool.add_triples(work.master.triples)


def give_columns(
    state: State, work: Generation, groups: Groups, requirement: Floats, money: Floats
) -> None:
    """Add columns to the master."""
    work.master.add(groups, requirement + state.land.money_price * money, money)
    work.given.append((groups, requirement, money))


def _offer_whole_parts(state: State, work: Generation) -> None:
    """Offer the parts in which the master uses whole areas only as plans."""
    point = work.point
    if point is None or point.missing > 1e-7:
        return
    groups, requirement, money = work.columns()
    used = point.share > 1e-6
    whole = used & (point.share > 1 - 1e-6)
    part = state.part[groups.town[groups.start[:-1]]]
    broken = np.zeros(state.parts, dtype=bool)
    broken[part[used & ~whole]] = True
    chosen = np.flatnonzero(whole & ~broken[part])
    if len(chosen):
        state.offer(groups.take(chosen), requirement[chosen], money[chosen], "whole master")


def _dearest(state: State) -> float:
    """Return a value that no plan exceeds, money per year."""
    land = state.land
    serve = np.zeros(land.towns)
    np.maximum.at(serve, land.served, land.serve.max(axis=1, initial=0.0))
    most = float((serve + land.open.max()).sum())
    return most * (1.0 + land.money_price) + land.money_price * float(land.debt.sum())
