"""Additive lower bounds on the reduced cost of every group that a seat may serve.

The groups of seat j are divided by the member with the tightest affordability (k) and the operator
model (m). Within such a branch the revenue of a group is at most the sum over its members of what
each raises within its own limits, those of j and those of k; so with requirement ``R``, revenue
bound ``rho``, town duals ``pi`` and connections ``s``, every feasible group S has, for any
``0 <= omega <= lambda`` and any ``sigma``,

    value(S) - pi(S) >= R(S) - pi(S) + omega (R(S) - rho(S)) + sigma (s(S) - limit)

with ``limit`` the largest size for ``sigma >= 0`` and the smallest otherwise. The right-hand side
is a sum over the members, so its least value over all groups is found town by town.

Source: Lagrangian relaxation, A. M. Geoffrion (1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.parameters import PricingParameters
from optimizer.solving.branch_and_price.pricing.neighbourhood import Neighbourhoods
from optimizer.solving.branch_and_price.problem.count_cuts import sized_models
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["PricingBranches", "additive_bounds", "branches", "largest_weight", "opened_worth"]


@dataclass(frozen=True, eq=False)
class PricingBranches:
    """Branches (seat, tightest town, operator model) as rows.

    Attributes
    ----------
    place, tight, model : int arrays of shape (r,)
        Position of the seat in its neighbourhoods, tightest town, model.
    free : bool array of shape (r, k)
        Towns that a group of the branch may or may not hold.
    cost, gap, size : arrays of shape (r, k)
        ``R - pi``, ``R - rho`` and connections of each free town, 0 elsewhere.
    cost_0, gap_0, size_0 : arrays of shape (r,)
        The same for the towns that every group holds, with overhead and area price.
    least, most : arrays of shape (r,)
        Connections.
    extra, extra_0 : arrays of shape (r, k, e) and (r, e)
        Other resources of each free town, and of the towns that every group holds.
    extra_least, extra_most : arrays of shape (r, e)
        Their limits.
    """

    place: Ints
    tight: Ints
    model: Ints
    free: Bools
    cost: Floats
    gap: Floats
    size: Floats
    cost_0: Floats
    gap_0: Floats
    size_0: Floats
    least: Floats
    most: Floats
    extra: Floats
    extra_0: Floats
    extra_least: Floats
    extra_most: Floats

    def take(self, rows: Ints | Bools) -> PricingBranches:
        """Return some of the branches."""
        return PricingBranches(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def branches(problem: Problem, near: Neighbourhoods, duals: Duals) -> PricingBranches:
    """Return all branches of some neighbourhoods that hold at least one size that fits."""
    count = len(near.seat)
    pick = np.arange(count)
    rank_own = near.rank[pick, near.own]
    tight = np.zeros_like(near.real)
    tight[pick, near.own] = True
    if problem.shared_tariff:
        tight |= near.real & (near.rank < rank_own[:, None])
    sized = sized_models(problem, duals.counts.counts.level)
    place, at, piece = _with_models(tight, len(sized.source))
    model = sized.source[piece]
    free = near.real[place]
    if problem.shared_tariff:
        free &= near.rank[place] > near.rank[place, at][:, None]
    rows = np.arange(len(place))
    own = near.own[place]
    free[rows, own] = False
    forced = np.zeros_like(free)
    forced[rows, own] = forced[rows, at] = True
    size, extra = near.size[place], near.extra[place]
    limits = problem.case.resources
    extra_least, extra_most = limits.least[model, 1:], limits.most[model, 1:]
    serve = near.serve[place, :, model]
    kind = np.array([problem.case.kind_of(m) for m in range(len(problem.open))])[model]
    revenue = near.revenue[place, :, np.zeros_like(at), kind]
    if problem.shared_tariff:
        revenue = np.minimum(near.revenue[place, :, at, kind], near.revenue[place, :, own, kind])
    cost = serve - near.priced(problem, duals)[place, :, model]
    gap = serve - revenue
    opened = problem.open[model]
    by_class = duals.counts.by_class(near.seat)
    worth = duals.area + by_class[place, sized.exceeds[piece]]
    worth = worth + opened_worth(problem, near.seat, duals)[place, model]
    size_0 = (size * forced).sum(axis=1)
    most, least = sized.most[piece], sized.least[piece]
    free &= size + size_0[:, None] <= most[:, None] * (1 + 1e-9)
    extra_0 = (extra * forced[:, :, None]).sum(axis=1)
    free &= (extra + extra_0[:, None] <= extra_most[:, None] * (1 + 1e-9)).all(axis=2)
    size, extra = size * free, extra * free[:, :, None]
    fits = (size_0 <= most * (1 + 1e-9)) & (size_0 + size.sum(axis=1) >= least * (1 - 1e-9))
    fits &= limits.sits[near.seat[place], model]
    fits &= (extra_0 <= extra_most * (1 + 1e-9)).all(axis=1)
    fits &= (extra_0 + extra.sum(axis=1) >= extra_least * (1 - 1e-9)).all(axis=1)
    return PricingBranches(
        place=place,
        tight=at,
        model=model,
        free=free,
        cost=cost * free,
        gap=gap * free,
        size=size,
        cost_0=(cost * forced).sum(axis=1) + opened - worth,
        gap_0=(gap * forced).sum(axis=1) + opened,
        size_0=size_0,
        least=least,
        most=most,
        extra=extra,
        extra_0=extra_0,
        extra_least=extra_least,
        extra_most=extra_most,
    ).take(fits)


def opened_worth(problem: Problem, seats: Ints, duals: Duals) -> Floats:
    """Return what operators add to totals of the plan at their duals, shape (seats, models)."""
    if not len(duals.sums):
        return np.zeros((len(seats), len(problem.open)))
    return np.asarray(problem.totals.opened[seats] @ duals.sums, dtype=np.float64)


def _with_models(tight: Bools, models: int) -> tuple[Ints, Ints, Ints]:
    place, at = np.nonzero(tight)
    each = np.repeat(np.arange(len(place)), models)
    return place[each], at[each], np.tile(np.arange(models), len(place))


def largest_weight(problem: Problem, duals: Duals) -> float:
    """Return the largest multiplier of a lack of revenue, money per money."""
    if problem.pooled:
        return 0.0
    return duals.money if problem.subsidised else problem.parameters.pricing.no_subsidy_weight


def additive_bounds(
    problem: Problem, rows: PricingBranches, duals: Duals, threshold: Floats
) -> tuple[PricingBranches, Floats, Floats, Floats]:
    """Return the branches whose bound stays below the threshold, and their best multipliers.

    Parameters
    ----------
    threshold : array of shape (r,)
        Reduced cost below which groups are wanted, by branch.

    Returns
    -------
    Branches, omega, sigma, bound : the branches left and arrays of their shape (r,)
    """
    tuned, top = problem.parameters.pricing, largest_weight(problem, duals)
    zero = np.zeros(len(rows.place))
    trials = (0.0, 0.5 * top, top) if top else (0.0,)
    for trial in trials:
        kept = _bound(rows, zero + trial, zero) < threshold
        rows, threshold, zero = rows.take(kept), threshold[kept], zero[kept]
    best = (zero, zero, _bound(rows, zero, zero))
    for trial in trials:
        omega = zero + trial
        best = _better(rows, best, omega, _halve_size(rows, omega, tuned))
        kept = best[2] < threshold
        rows, threshold, zero = rows.take(kept), threshold[kept], zero[kept]
        best = (best[0][kept], best[1][kept], best[2][kept])
    best = _climb(rows, best, top, tuned) if top else best
    kept = best[2] < threshold
    return rows.take(kept), best[0][kept], best[1][kept], best[2][kept]


def _terms(rows: PricingBranches, omega: Floats, sigma: Floats) -> Floats:
    return rows.cost + omega[:, None] * rows.gap + sigma[:, None] * rows.size


def _bound(rows: PricingBranches, omega: Floats, sigma: Floats) -> Floats:
    limit = np.where(sigma >= 0, np.minimum(rows.most, 1e15), rows.least)
    fixed = rows.cost_0 + omega * rows.gap_0 + sigma * (rows.size_0 - limit)
    return np.asarray(fixed + np.minimum(_terms(rows, omega, sigma), 0.0).sum(axis=1))


def _climb(
    rows: PricingBranches, best: tuple[Floats, Floats, Floats], top: float, tuned: PricingParameters
) -> tuple[Floats, Floats, Floats]:
    """Return better multipliers, found by halving one after the other."""
    omega, sigma, _ = best
    for _ in range(tuned.multiplier_rounds):
        omega = _halve_money(rows, sigma, top, tuned)
        best = _better(rows, best, omega, sigma)
        sigma = _halve_size(rows, omega, tuned)
        best = _better(rows, best, omega, sigma)
    return best


def _better(
    rows: PricingBranches, best: tuple[Floats, Floats, Floats], omega: Floats, sigma: Floats
) -> tuple[Floats, Floats, Floats]:
    bound = _bound(rows, omega, sigma)
    better = bound > best[2]
    return (
        np.where(better, omega, best[0]),
        np.where(better, sigma, best[1]),
        np.where(better, bound, best[2]),
    )


def _halve_money(
    rows: PricingBranches, sigma: Floats, top: float, tuned: PricingParameters
) -> Floats:
    low, high = np.zeros(len(sigma)), np.full(len(sigma), top)
    for _ in range(tuned.multiplier_halvings):
        middle = 0.5 * (low + high)
        taken = _terms(rows, middle, sigma) < 0
        rising = rows.gap_0 + np.where(taken, rows.gap, 0.0).sum(axis=1) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.asarray(0.5 * (low + high), dtype=np.float64)


def _halve_size(rows: PricingBranches, omega: Floats, tuned: PricingParameters) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.abs(_terms(rows, omega, 0.0 * omega)) / rows.size
    widest = np.where(rows.size > 0, each, 0.0).max(axis=1, initial=0.0)
    size = rows.size_0 + np.where(_terms(rows, omega, 0.0 * omega) < 0, rows.size, 0.0).sum(axis=1)
    over, under = size > rows.most, size < rows.least
    low, high = np.where(under, -widest, 0.0), np.where(over, widest, 0.0)
    limit = np.where(over, rows.most, rows.least)
    for _ in range(tuned.multiplier_halvings):
        middle = 0.5 * (low + high)
        taken = _terms(rows, omega, middle) < 0
        rising = rows.size_0 + np.where(taken, rows.size, 0.0).sum(axis=1) > limit
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.where(over | under, 0.5 * (low + high), 0.0)
