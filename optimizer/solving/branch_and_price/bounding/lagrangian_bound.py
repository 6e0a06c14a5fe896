"""The dual bound of any duals, by Lagrangian relaxation of ``serve_once``.

A plan uses at most one area per seat, so

    objective >= sum of duals + sum over seats of min(0, least reduced cost of the seat)

where the duals of limits on numbers of areas count as often as the limits say.
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.branch_and_price.master.column_pool import ColumnPool
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.subset_rows import SubsetRows, blend
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["bound_of_least", "lagrangian_bound", "mix", "take_bound", "try_bound"]


def try_bound(state: State, pool: ColumnPool, duals: Duals) -> None:
    """Take the bound at some duals, part by part, where it is better."""
    take_bound(state, lagrangian_bound(state, pool, duals), duals)


def take_bound(state: State, bound: Floats, duals: Duals) -> None:
    """Take a bound that some duals give, part by part, where it is better."""
    better = bound > state.lagrange
    if not better.any():
        return
    state.lagrange = np.maximum(state.lagrange, bound)
    if state.parts == 1:
        state.duals = duals
    else:
        town = np.where(better[state.part], duals.town, state.duals.town)
        new, old = duals.subset_rows, state.duals.subset_rows.padded(duals.subset_rows.town)
        price = np.where(better[state.part[new.town[:, 0]]], new.price, old.price)
        counts = state.duals.counts.chosen(duals.counts, better)
        money = state.problem.money_price
        state.duals = Duals(town, 0.0, money, SubsetRows(new.town, price), counts)
    state.raise_bound(bound, "bound")


def lagrangian_bound(state: State, pool: ColumnPool, duals: Duals) -> Floats:
    """Return the Lagrangian bound of each part at any duals, money per year."""
    least = pool.least_reduced(pool.reduced(duals), pool.missing_at_least(duals))
    return bound_of_least(state, least, duals)


def bound_of_least(state: State, least: Floats, duals: Duals) -> Floats:
    """Return the bound of each part where the least reduced cost of each seat is known."""
    used = np.diff(state.problem.start) > 0
    each = duals.town + np.where(used, np.minimum(0.0, least), 0.0)
    summed = np.bincount(state.part, weights=each, minlength=state.parts).astype(np.float64)
    subset_rows = duals.subset_rows
    summed -= np.bincount(
        state.part[subset_rows.town[:, 0]], weights=subset_rows.price, minlength=state.parts
    )
    if len(duals.counts.price):
        summed += duals.counts.total()
    bound: Floats = np.where(np.isnan(summed), -np.inf, summed)
    if not state.totals.couple:
        return bound
    totals = state.totals
    areas = totals.least if duals.area >= 0 else totals.most
    bound[0] += duals.area * areas if duals.area else 0.0
    if len(duals.sums):
        limits = np.where(duals.sums > 0, totals.sum_least, totals.sum_most)
        bound[0] += float((duals.sums * np.where(duals.sums == 0, 0.0, limits)).sum())
    if math.isfinite(totals.budget):
        bound[0] -= (duals.money - state.problem.money_price) * totals.budget
    return bound


def mix(a: Duals, b: Duals, weight: float) -> Duals:
    """Return duals between two, ``weight`` of the way from the first to the second."""
    count = max(len(a.sums), len(b.sums))
    return Duals(
        (1 - weight) * a.town + weight * b.town,
        (1 - weight) * a.area + weight * b.area,
        a.money + weight * (b.money - a.money),
        blend(a.subset_rows, b.subset_rows, weight),
        a.counts.mixed(b.counts, weight),
        (1 - weight) * a.sums_of(count) + weight * b.sums_of(count),
    )
