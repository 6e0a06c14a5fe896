"""The bound of any prices, by Lagrangian relaxation of ``serve_once``.

A plan uses at most one area per seat, so

    objective >= sum of prices + sum over seats of min(0, least reduced cost of the seat)

where the prices of limits on numbers of areas count as often as the limits say.
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.branch_and_price.master.column_pool import Pool
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.subset_rows import Triples, blend
from optimizer.solving.branch_and_price.state.state import State

__all__ = ["lagrangian_bound", "mix", "try_bound"]


def try_bound(state: State, pool: Pool, prices: Prices) -> None:
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
        counts = state.prices.counts.chosen(prices.counts, better)
        money = state.land.money_price
        state.prices = Prices(town, 0.0, money, Triples(new.town, price), counts)
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
    if len(prices.counts.price):
        summed += prices.counts.total()
    bound: Floats = np.where(np.isnan(summed), -np.inf, summed)
    if not state.totals.couple:
        return bound
    totals = state.totals
    areas = totals.least if prices.area >= 0 else totals.most
    bound[0] += prices.area * areas if prices.area else 0.0
    if math.isfinite(totals.budget):
        bound[0] -= (prices.money - state.land.money_price) * totals.budget
    return bound


def mix(a: Prices, b: Prices, weight: float) -> Prices:
    """Return prices between two, ``weight`` of the way from the first to the second."""
    return Prices(
        (1 - weight) * a.town + weight * b.town,
        (1 - weight) * a.area + weight * b.area,
        a.money + weight * (b.money - a.money),
        blend(a.triples, b.triples, weight),
        a.counts.mixed(b.counts, weight),
    )
