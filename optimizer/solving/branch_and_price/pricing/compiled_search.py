"""Seats of a large region, or long lists, searched by compiled code.

The search is :mod:`optimizer.solving.branch_and_price.pricing.compiled.search`; it finds what
:mod:`optimizer.solving.branch_and_price.pricing.search` finds, and is complete more often.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.pricing.bounds import NO_SUBSIDY_WEIGHT
from optimizer.solving.branch_and_price.pricing.compiled.search import TRIES, Kinds, list_seats
from optimizer.solving.branch_and_price.pricing.neighbourhood import neighbourhoods
from optimizer.solving.branch_and_price.pricing.pricing_result import Found, finish
from optimizer.solving.branch_and_price.problem.count_cuts import SizedModels, sized_models
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.problem import Land

__all__ = ["COMPILED", "batch_share", "search_fast", "wants_fast"]

COMPILED = "search, compiled once after installation"
LARGE = 60
LARGE_WITH_TRIPLES = 40
LONG = 100_000
NODES = 100
NODES_LEAST = 50_000
NODES_MOST = 10_000_000
NODES_BATCH = 50_000_000
SEATS_BATCH = 50


def wants_fast(land: Land, most: int | Ints, *, triples: bool = False) -> bool:
    """Return whether a search is large enough to be worth waiting for the compiler once.

    Parameters
    ----------
    most : int or int array
        Most groups wanted of a seat.
    triples : bool
        Whether triples have prices, with which a region of some dozen towns is already hard.
    """
    towns = min(LARGE, LARGE_WITH_TRIPLES) if triples else LARGE
    return land.towns > towns or int(np.max(most, initial=0)) > LONG


def batch_share(most: Ints) -> Floats:
    """Return what share of a batch each seat is: a batch takes a few seconds at most."""
    return np.maximum(1.0 / SEATS_BATCH, TRIES * _nodes(most) / NODES_BATCH)


def _nodes(most: Ints) -> Ints:
    """Return how many partial decisions a seat may look at in one try."""
    return np.clip(NODES * most, NODES_LEAST, NODES_MOST).astype(np.int64)


def search_fast(
    land: Land,
    seats: Ints,
    prices: Prices,
    limits: tuple[Floats, Ints],
    *,
    compare: bool,
    stop: Callable[[], bool],
) -> Found:
    """Return the groups of some seats with a reduced cost below their thresholds.

    Parameters
    ----------
    limits : tuple of arrays of shape (s,)
        Threshold, money per year, and most groups of each seat.
    compare : bool
        Whether the least reduced cost alone may be sought where partial decisions are too many.
    stop : callable
        Not asked: one call takes seconds at most (:func:`batch_share`).
    """
    del stop
    threshold, most = limits
    near = neighbourhoods(land, seats)
    sized = sized_models(land, prices.counts.counts.level)
    pairs = near.triples(prices)
    seat, member, complete_to = list_seats(
        (
            near.real.sum(axis=1),
            near.own,
            near.rank,
            near.price(prices),
            np.ascontiguousarray(near.size),
            np.ascontiguousarray(near.extra),
            np.ascontiguousarray(near.serve[:, :, sized.source]),
            np.ascontiguousarray(near.revenue),
            prices.area + prices.counts.by_class(seats)[:, sized.exceeds],
        ),
        _kinds(land, sized, prices),
        (pairs.first, pairs.second, pairs.price, near.apart, near.adjacent),
        (
            threshold.astype(np.float64),
            most.astype(np.int64),
            _nodes(most),
            np.full(len(seats), compare and land.rules.free),
        ),
    )
    return finish(land, near, seat, member, prices, (threshold, complete_to, most))


def _kinds(land: Land, sized: SizedModels, prices: Prices) -> Kinds:
    top = 0.0 if land.pooled else prices.money if land.subsidised else NO_SUBSIDY_WEIGHT
    return Kinds(
        opened=land.open[sized.source].astype(np.float64),
        least=sized.least,
        most=sized.most,
        extra_least=land.case.resources.least[sized.source, 1:].copy(),
        extra_most=land.case.resources.most[sized.source, 1:].copy(),
        kind=np.array([land.case.kind_of(int(m)) for m in sized.source], dtype=np.int64),
        top=float(top),
        shared=bool(land.shared_tariff),
    )
