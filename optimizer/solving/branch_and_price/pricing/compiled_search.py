"""Seats of a large region, or long lists, searched by compiled code.

The search is :mod:`optimizer.solving.branch_and_price.pricing.compiled.search`; it finds what
:mod:`optimizer.solving.branch_and_price.pricing.search` finds, and is complete more often.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.parameters import PricingParameters
from optimizer.solving.branch_and_price.pricing.bounds import largest_weight, opened_worth
from optimizer.solving.branch_and_price.pricing.compiled.search import Depth, Kinds, list_seats
from optimizer.solving.branch_and_price.pricing.neighbourhood import neighbourhoods
from optimizer.solving.branch_and_price.pricing.pricing_result import PricingResult, finish
from optimizer.solving.branch_and_price.problem.count_cuts import SizedModels, sized_models
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["COMPILED", "batch_share", "search_compiled", "wants_compiled"]

COMPILED = "search, compiled once after installation"


def wants_compiled(problem: Problem, most: int | Ints, *, subset_rows: bool = False) -> bool:
    """Return whether a search is large enough to be worth waiting for the compiler once.

    Parameters
    ----------
    most : int or int array
        Most groups wanted of a seat.
    subset_rows : bool
        Whether subset rows have duals, with which a region of some dozen towns is already hard.
    """
    tuned = problem.parameters.pricing
    towns = tuned.compiled_above_towns
    towns = min(towns, tuned.compiled_above_towns_with_cuts) if subset_rows else towns
    return problem.towns > towns or int(np.max(most, initial=0)) > tuned.compiled_above_list


def batch_share(problem: Problem, most: Ints) -> Floats:
    """Return what share of a batch each seat is: a batch takes a few seconds at most."""
    tuned = problem.parameters.pricing
    return np.maximum(
        1.0 / tuned.seats_batch, tuned.tries * _nodes(tuned, most) / tuned.nodes_batch
    )


def _nodes(tuned: PricingParameters, most: Ints) -> Ints:
    """Return how many labels a seat may look at in one try."""
    return np.clip(tuned.nodes_per_group * most, tuned.nodes_least, tuned.nodes_most).astype(
        np.int64
    )


def search_compiled(
    problem: Problem,
    seats: Ints,
    duals: Duals,
    limits: tuple[Floats, Ints],
    *,
    compare: bool,
    stop: Callable[[], bool],
) -> PricingResult:
    """Return the groups of some seats with a reduced cost below their thresholds.

    Parameters
    ----------
    limits : tuple of arrays of shape (s,)
        Threshold, money per year, and most groups of each seat.
    compare : bool
        Whether the least reduced cost alone may be sought where labels are too many.
    stop : callable
        Not asked: one call takes seconds at most (:func:`batch_share`).
    """
    del stop
    threshold, most = limits
    near = neighbourhoods(problem, seats)
    sized = sized_models(problem, duals.counts.counts.level)
    pairs = near.subset_rows(duals)
    seat, member, complete_to = list_seats(
        (
            near.real.sum(axis=1),
            near.own,
            near.rank,
            np.ascontiguousarray(near.priced(problem, duals)[:, :, sized.source]),
            np.ascontiguousarray(near.size),
            np.ascontiguousarray(near.extra),
            np.ascontiguousarray(near.serve[:, :, sized.source]),
            np.ascontiguousarray(near.revenue),
            np.where(
                problem.case.resources.sits[seats][:, sized.source],
                duals.area
                + duals.counts.by_class(seats)[:, sized.exceeds]
                + opened_worth(problem, seats, duals)[:, sized.source],
                -np.inf,
            ),
        ),
        _kinds(problem, sized, duals),
        (pairs.first, pairs.second, pairs.price, near.apart, near.adjacent),
        (
            threshold.astype(np.float64),
            most.astype(np.int64),
            _nodes(problem.parameters.pricing, most),
            np.full(len(seats), compare and problem.rules.free),
        ),
    )
    return finish(problem, near, seat, member, duals, (threshold, complete_to, most))


def _kinds(problem: Problem, sized: SizedModels, duals: Duals) -> Kinds:
    return Kinds(
        opened=problem.open[sized.source].astype(np.float64),
        least=sized.least,
        most=sized.most,
        extra_least=problem.case.resources.least[sized.source, 1:].copy(),
        extra_most=problem.case.resources.most[sized.source, 1:].copy(),
        kind=np.array([problem.case.kind_of(int(m)) for m in sized.source], dtype=np.int64),
        top=float(largest_weight(problem, duals)),
        shared=bool(problem.shared_tariff),
        depth=_depth(problem.parameters.pricing),
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
