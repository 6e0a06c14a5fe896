"""Partial decisions that another one makes needless, in the search of the column engine."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.pricing import search
from optimizer.solving.branch_and_price.pricing.bounds import PricingBranches
from optimizer.solving.branch_and_price.pricing.dominance import (
    ComparedLabels,
    comparable,
    dominated,
)
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.problem import make_problem
from optimizer.tariffs.case import case_of
from tests.support.columns import plain
from tests.support.regions import random_region

TOWNS = 9


def branch(least: float = 0.0) -> PricingBranches:
    """Return one branch with one free town."""
    one, row = np.zeros(1, dtype=np.int64), np.zeros((1, 1))
    return PricingBranches(
        place=one,
        tight=one,
        model=one,
        free=np.ones((1, 1), dtype=bool),
        cost=row,
        gap=row,
        size=row,
        cost_0=np.zeros(1),
        gap_0=np.zeros(1),
        size_0=np.zeros(1),
        least=np.array([least]),
        most=np.array([100.0]),
        extra=np.zeros((1, 1, 0)),
        extra_0=np.zeros((1, 0)),
        extra_least=np.zeros((1, 0)),
        extra_most=np.zeros((1, 0)),
    )


def gone(
    low: list[float],
    high: list[float],
    size: list[float],
    *,
    gap: tuple[float, float] = (-1.0, 1.0),
    least: float = 0.0,
) -> list[bool]:
    """Return which decisions are needless; ``gap`` is the lack that can come of the first."""
    count = len(low)
    partial = ComparedLabels(
        branch=np.zeros(count, dtype=np.int64),
        alike=np.zeros(count, dtype=np.int64),
        low=np.array(low),
        high=np.array(high),
        size=np.array(size),
        gap_least=np.array([gap[0], *([-1.0] * (count - 1))]),
        gap_most=np.array([gap[1], *([1.0] * (count - 1))]),
    )
    return dominated(branch(least), partial).tolist()


def test_cheaper_and_smaller_makes_needless() -> None:
    """(1, 5) of 10 connections makes (2, 6) of 12 needless, not (2, 4) of 12, not (2, 6) of 8."""
    assert gone([1.0, 2.0], [5.0, 6.0], [10.0, 12.0]) == [False, True]
    assert gone([1.0, 2.0], [5.0, 4.0], [10.0, 12.0]) == [False, False]
    assert gone([1.0, 2.0], [5.0, 6.0], [10.0, 8.0]) == [False, False]


def test_one_cost_is_enough_where_it_decides() -> None:
    """If (1, 5) never lacks revenue, its 1 is less than the 2 and 4 of (2, 4).

    If (3, 5) always lacks revenue, its 5 is less than the 6 of (2, 6); otherwise the 2 may count.
    """
    assert gone([1.0, 2.0], [5.0, 4.0], [10.0, 12.0], gap=(-2.0, 0.0)) == [False, True]
    assert gone([3.0, 2.0], [5.0, 6.0], [10.0, 12.0], gap=(0.0, 2.0)) == [False, True]
    assert gone([3.0, 2.0], [5.0, 6.0], [10.0, 12.0]) == [False, False]


def test_too_small_makes_nothing_needless() -> None:
    """10 connections are fewer than the model's least 11: what follows may stay too small."""
    assert gone([1.0, 2.0], [5.0, 6.0], [10.0, 12.0], least=11.0) == [False, False]


def test_not_comparable() -> None:
    """Neither where a price favours size, nor where triples are priced."""
    rows = branch()
    assert comparable(rows, np.array([0.0]), np.array([False])).tolist() == [True]
    assert comparable(rows, np.array([-1.0]), np.array([False])).tolist() == [False]
    assert comparable(rows, np.array([0.0]), np.array([True])).tolist() == [False]


@pytest.mark.parametrize("affordable_share", [0.02, 0.04, 0.08])
@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_shortened_lists_keep_their_promise(
    scope: str, affordable_share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every group that is missing costs at least what its seat's list is complete to.

    Checked for all 511 groups of nine towns at random prices, and that needless ones were dropped.
    """
    dropped: list[int] = []

    def counted(*given: object) -> object:
        result = dominated(*given)  # type: ignore[arg-type]
        dropped.append(int(result.sum()))
        return result

    monkeypatch.setattr(search, "dominated", counted)
    groups = listed([c for k in range(1, TOWNS + 1) for c in combinations(range(TOWNS), k)])
    for seed in range(3):
        together = (("t1", "t4"),) if seed == 2 else ()
        policy = Policy(
            reach_hours=3.0,
            affordable_share=affordable_share,
            tariff_scope=scope,
            keep_together=together,
        )
        case = case_of(random_region(seed, towns=TOWNS, policy=policy))
        problem = make_problem(case)
        requirement, money, seat = values(problem, groups)
        able = np.flatnonzero(np.isfinite(requirement))
        rng = np.random.default_rng(seed)
        price = case.stand_alone_year * rng.uniform(0.6, 1.6, TOWNS)
        duals = Duals(np.where(np.isfinite(price), price, 0.0), 0.0, problem.money_price)
        reduced = duals.reduced(plain(groups, requirement, money))
        seats = np.flatnonzero(np.diff(problem.start) > 0)
        found = search.search_seats(
            problem, seats, duals, np.full(len(seats), 2e5), most=4, compare=True
        )
        complete_to = np.full(TOWNS, np.inf)
        complete_to[found.seats] = found.complete_to
        known = set(found.groups.keys(problem.key).tolist())
        missed = np.array([int(k) not in known for k in groups.keys(problem.key)[able]])
        assert (reduced[able] >= complete_to[seat[able]] - 1e-3)[missed].all()
    assert sum(dropped) > 0
