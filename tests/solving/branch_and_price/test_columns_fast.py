"""The compiled search finds what the plain one finds, and its promises hold however short it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.parameters import Parameters, PricingParameters
from optimizer.solving.branch_and_price.pricing import compiled_search as fast
from optimizer.solving.branch_and_price.pricing.pricing_result import PricingResult
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.problem.subset_rows import NO_SUBSET_ROWS, SubsetRows
from optimizer.tariffs.case import Case, case_of
from tests.support.columns import plain
from tests.support.demand_regions import demand_region
from tests.support.regions import random_region

TOWNS = 9
SCOPES = ("service_area", "town", "region")


def region(seed: int, towns: int = TOWNS, **promises: object) -> Case:
    policy = Policy(reach_hours=1.2, affordable_share=0.03).replace(**promises)
    return case_of(random_region(seed, towns=towns, policy=policy))


def random_prices(problem: Problem, seed: int, *, subset_rows: int = 0) -> Duals:
    rng = np.random.default_rng(seed)
    price = problem.case.stand_alone_year * rng.uniform(0.6, 1.2, problem.towns)
    towns = [np.sort(rng.choice(problem.towns, 3, replace=False)) for _ in range(subset_rows)]
    charged = SubsetRows(np.array(towns).reshape(-1, 3), rng.uniform(0.0, 40_000.0, subset_rows))
    town = np.where(np.isfinite(price), price, 0.0)
    return Duals(town, 0.0, problem.money_price, charged if subset_rows else NO_SUBSET_ROWS)


def seats_of(problem: Problem) -> np.ndarray:
    return np.flatnonzero(np.diff(problem.start) > 0)


def search(
    problem: Problem, duals: Duals, threshold: float, most: int, *, compare: bool = False
) -> PricingResult:
    seats = seats_of(problem)
    limit = np.full(len(seats), threshold)
    return search_seats(problem, seats, duals, limit, most=most, compare=compare)


def tuned(problem: Problem, *, compiled: bool, nodes: int = 50_000) -> Problem:
    """Return the same problem for one of the two searches, with so many labels a seat."""
    pricing = PricingParameters(
        compiled_above_towns=0 if compiled else 10**9,
        compiled_above_towns_with_cuts=0 if compiled else 10**9,
        compiled_above_list=10**9,
        nodes_per_group=0,
        nodes_least=nodes,
        nodes_most=nodes,
    )
    return replace(problem, parameters=Parameters(pricing=pricing))


def by_seat(problem: Problem, found: PricingResult) -> dict[tuple[int, int], float]:
    """Return the requirement of every group found, by seat and towns."""
    keys = found.groups.keys(problem.key)
    pairs = zip(found.seat.tolist(), keys.tolist(), strict=True)
    return dict(zip(pairs, found.requirement.tolist(), strict=True))


RULES: dict[str, dict[str, object]] = {
    "none": {},
    "apart": {"keep_apart": (("t0", "t3"), ("t1", "t3", "t5"))},
    "connected": {"connected": True},
    "together": {"keep_together": (("t1", "t4"), ("t2", "t5"))},
    "all": {"connected": True, "keep_apart": (("t0", "t3"),), "keep_together": (("t4", "t1"),)},
}


@pytest.mark.parametrize("rules", list(RULES))
@pytest.mark.parametrize("subset_rows", [0, 6])
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("threshold", [0.0, 60_000.0, np.inf])
def test_both_searches_list_the_same_groups(
    scope: str, threshold: float, subset_rows: int, rules: str
) -> None:
    problem = make_problem(region(5, tariff_scope=scope, **RULES[rules]))
    duals = random_prices(problem, 1, subset_rows=subset_rows)
    plain = search(tuned(problem, compiled=False), duals, threshold, 100_000)
    quick = search(tuned(problem, compiled=True), duals, threshold, 100_000)
    assert by_seat(problem, plain) == pytest.approx(by_seat(problem, quick))
    assert len(plain.groups) > 0
    assert quick.complete_to == pytest.approx(np.full(len(quick.seats), threshold))


def test_both_searches_agree_where_demand_responds() -> None:
    problem = make_problem(case_of(demand_region(2)))
    duals = random_prices(problem, 3)
    plain = search(tuned(problem, compiled=False), duals, np.inf, 100_000)
    assert by_seat(problem, plain) == pytest.approx(
        by_seat(problem, search(tuned(problem, compiled=True), duals, np.inf, 100_000))
    )


@pytest.mark.parametrize("rules", ["none", "together", "all"])
@pytest.mark.parametrize("nodes", [3, 20, 200, 50_000])
@pytest.mark.parametrize("compare", [False, True])
@pytest.mark.parametrize("scope", SCOPES)
def test_a_short_search_keeps_its_promise(
    scope: str, compare: bool, nodes: int, rules: str
) -> None:
    """A group that is missing has a reduced cost of at least ``complete_to``."""
    problem = make_problem(region(6, tariff_scope=scope, **RULES[rules]))
    groups = listed([c for k in range(1, TOWNS + 1) for c in combinations(range(TOWNS), k)])
    requirement, money, seat = values(problem, groups)
    able = np.flatnonzero(np.isfinite(requirement))
    for seed in range(3):
        duals = random_prices(problem, seed, subset_rows=4 * seed)
        reduced = duals.reduced(plain(groups, requirement, money))
        found = search(
            tuned(problem, compiled=True, nodes=nodes), duals, 30_000.0, 8, compare=compare
        )
        complete = np.full(problem.towns, np.inf)
        complete[found.seats] = found.complete_to
        held = set(found.groups.keys(problem.key).tolist())
        keys = groups.keys(problem.key)
        for g in able:
            assert int(keys[g]) in held or reduced[g] >= complete[seat[g]] - 1e-3


@pytest.mark.parametrize("subset_rows", [0, 60])
@pytest.mark.parametrize("scope", SCOPES)
def test_the_least_reduced_cost_is_exact_with_few_partial_decisions(
    scope: str, subset_rows: int
) -> None:
    """With 24 towns a seat has 2^23 groups; splitting and comparing needs a few thousand.

    What a short search has found and promises never misses the least reduced cost.
    """
    problem = make_problem(region(7, towns=24, tariff_scope=scope))
    for seed in (4, 5, 6):
        duals = random_prices(problem, seed, subset_rows=subset_rows)
        whole = search(tuned(problem, compiled=True, nodes=30_000_000), duals, 0.0, 1)
        short = search(tuned(problem, compiled=True, nodes=3_000), duals, 0.0, 1, compare=True)
        least, found = (least_by_seat(problem, duals, some) for some in (whole, short))
        assert (np.minimum(found, short.complete_to) <= least + 1e-3).all()
        assert (short.complete_to >= least - 1e-3).mean() > (0.6 if subset_rows else 0.9)
        assert found.min() == pytest.approx(least.min())


def least_by_seat(problem: Problem, duals: Duals, found: PricingResult) -> np.ndarray:
    """Return the least reduced cost found for each seat that was searched, at most 0."""
    reduced = duals.reduced(found.columns)
    least = np.zeros(problem.towns)
    np.minimum.at(least, found.seat, reduced)
    return least[found.seats]


def test_small_regions_do_not_wait_for_the_compiler() -> None:
    problem = make_problem(region(5))
    assert not fast.wants_compiled(problem, 100_000)
    assert fast.wants_compiled(problem, 200_000)
