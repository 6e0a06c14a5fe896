"""Seats of a large region, or long lists, searched by compiled code.

The search is :mod:`optimizer.solving.branch_and_price.pricing.compiled.search`; it finds what
:mod:`optimizer.solving.branch_and_price.pricing.search` finds, and is complete more often.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.parameters import PricingParameters
from optimizer.solving.branch_and_price.pricing.bounds import largest_weight
from optimizer.solving.branch_and_price.pricing.compiled.search import Depth, Kinds, list_seats
from optimizer.solving.branch_and_price.pricing.neighbourhood import neighbourhoods
from optimizer.solving.branch_and_price.pricing.pricing_result import Found, finish
from optimizer.solving.branch_and_price.problem.count_cuts import SizedModels, sized_models
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.problem import Land

__all__ = ["COMPILED", "batch_share", "search_fast", "wants_fast"]

COMPILED = "search, compiled once after installation"


def wants_fast(land: Land, most: int | Ints, *, triples: bool = False) -> bool:
    """Return whether a search is large enough to be worth waiting for the compiler once.

    Parameters
    ----------
    most : int or int array
        Most groups wanted of a seat.
    triples : bool
        Whether triples have prices, with which a region of some dozen towns is already hard.
    """
    tuned = land.parameters.pricing
    towns = tuned.compiled_above_towns
    towns = min(towns, tuned.compiled_above_towns_with_cuts) if triples else towns
    return land.towns > towns or int(np.max(most, initial=0)) > tuned.compiled_above_list


def batch_share(land: Land, most: Ints) -> Floats:
    """Return what share of a batch each seat is: a batch takes a few seconds at most."""
    tuned = land.parameters.pricing
    return np.maximum(
        1.0 / tuned.seats_batch, tuned.tries * _nodes(tuned, most) / tuned.nodes_batch
    )


def _nodes(tuned: PricingParameters, most: Ints) -> Ints:
    """Return how many partial decisions a seat may look at in one try."""
    return np.clip(tuned.nodes_per_group * most, tuned.nodes_least, tuned.nodes_most).astype(
        np.int64
    )


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
            _nodes(land.parameters.pricing, most),
            np.full(len(seats), compare and land.rules.free),
        ),
    )
    return finish(land, near, seat, member, prices, (threshold, complete_to, most))


def _kinds(land: Land, sized: SizedModels, prices: Prices) -> Kinds:
    return Kinds(
        opened=land.open[sized.source].astype(np.float64),
        least=sized.least,
        most=sized.most,
        extra_least=land.case.resources.least[sized.source, 1:].copy(),
        extra_most=land.case.resources.most[sized.source, 1:].copy(),
        kind=np.array([land.case.kind_of(int(m)) for m in sized.source], dtype=np.int64),
        top=float(largest_weight(land, prices)),
        shared=bool(land.shared_tariff),
        depth=_depth(land.parameters.pricing),
    )


def _depth(tuned: PricingParameters) -> Depth:
    return Depth(
        tries=tuned.tries,
        for_all=tuned.tries_for_all,
        before_lowering=tuned.tries_before_lowering,
        splits=tuned.splits_per_try,
        branches=tuned.most_branches,
        guards=tuned.guards,
        halvings=tuned.compiled_halvings,
        rounds=tuned.compiled_rounds,
    )
