"""The compiled search finds what the plain one finds, and its promises hold however short it is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.pricing import compiled_search as fast
from optimizer.solving.branch_and_price.pricing.pricing_result import Found
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.problem import Land, make_land
from optimizer.solving.branch_and_price.problem.subset_rows import NO_TRIPLES, Triples
from optimizer.tariffs.case import Case, case_of
from tests.support.demand_regions import demand_region
from tests.support.regions import random_region

TOWNS = 9
SCOPES = ("service_area", "town", "region")


def region(seed: int, towns: int = TOWNS, **promises: object) -> Case:
    policy = Policy(reach_hours=1.2, affordable_share=0.03).replace(**promises)
    return case_of(random_region(seed, towns=towns, policy=policy))


def random_prices(land: Land, seed: int, *, triples: int = 0) -> Prices:
    rng = np.random.default_rng(seed)
    price = land.case.stand_alone_year * rng.uniform(0.6, 1.2, land.towns)
    towns = [np.sort(rng.choice(land.towns, 3, replace=False)) for _ in range(triples)]
    charged = Triples(np.array(towns).reshape(-1, 3), rng.uniform(0.0, 40_000.0, triples))
    town = np.where(np.isfinite(price), price, 0.0)
    return Prices(town, 0.0, land.money_price, charged if triples else NO_TRIPLES)


def seats_of(land: Land) -> np.ndarray:
    return np.flatnonzero(np.diff(land.start) > 0)


def search(
    land: Land, prices: Prices, threshold: float, most: int, *, compare: bool = False
) -> Found:
    seats = seats_of(land)
    limit = np.full(len(seats), threshold)
    return search_seats(land, seats, prices, limit, most=most, compare=compare)


def use(monkeypatch: pytest.MonkeyPatch, *, compiled: bool, nodes: int = 50_000) -> None:
    monkeypatch.setattr(fast, "LARGE", 0 if compiled else 10**9)
    monkeypatch.setattr(fast, "LONG", 10**9)
    for name, value in {"NODES": 0, "NODES_LEAST": nodes, "NODES_MOST": nodes}.items():
        monkeypatch.setattr(fast, name, value)


def by_seat(land: Land, found: Found) -> dict[tuple[int, int], float]:
    """Return the requirement of every group found, by seat and towns."""
    keys = found.groups.keys(land.key)
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
@pytest.mark.parametrize("triples", [0, 6])
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("threshold", [0.0, 60_000.0, np.inf])
def test_both_searches_list_the_same_groups(
    scope: str, threshold: float, triples: int, rules: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    land = make_land(region(5, tariff_scope=scope, **RULES[rules]))
    prices = random_prices(land, 1, triples=triples)
    use(monkeypatch, compiled=False)
    plain = search(land, prices, threshold, 100_000)
    use(monkeypatch, compiled=True)
    quick = search(land, prices, threshold, 100_000)
    assert by_seat(land, plain) == pytest.approx(by_seat(land, quick))
    assert len(plain.groups) > 0
    assert quick.complete_to == pytest.approx(np.full(len(quick.seats), threshold))


def test_both_searches_agree_where_demand_responds(monkeypatch: pytest.MonkeyPatch) -> None:
    land = make_land(case_of(demand_region(2)))
    prices = random_prices(land, 3)
    use(monkeypatch, compiled=False)
    plain = search(land, prices, np.inf, 100_000)
    use(monkeypatch, compiled=True)
    assert by_seat(land, plain) == pytest.approx(
        by_seat(land, search(land, prices, np.inf, 100_000))
    )


@pytest.mark.parametrize("rules", ["none", "together", "all"])
@pytest.mark.parametrize("nodes", [3, 20, 200, 50_000])
@pytest.mark.parametrize("compare", [False, True])
@pytest.mark.parametrize("scope", SCOPES)
def test_a_short_search_keeps_its_promise(
    scope: str, compare: bool, nodes: int, rules: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that is missing has a reduced cost of at least ``complete_to``."""
    land = make_land(region(6, tariff_scope=scope, **RULES[rules]))
    groups = listed([c for k in range(1, TOWNS + 1) for c in combinations(range(TOWNS), k)])
    requirement, money, seat = values(land, groups)
    able = np.flatnonzero(np.isfinite(requirement))
    for seed in range(3):
        prices = random_prices(land, seed, triples=4 * seed)
        reduced = prices.reduced(groups, requirement, money)
        use(monkeypatch, compiled=True, nodes=nodes)
        found = search(land, prices, 30_000.0, 8, compare=compare)
        complete = np.full(land.towns, np.inf)
        complete[found.seats] = found.complete_to
        held = set(found.groups.keys(land.key).tolist())
        keys = groups.keys(land.key)
        for g in able:
            assert int(keys[g]) in held or reduced[g] >= complete[seat[g]] - 1e-3


@pytest.mark.parametrize("triples", [0, 60])
@pytest.mark.parametrize("scope", SCOPES)
def test_the_least_reduced_cost_is_exact_with_few_partial_decisions(
    scope: str, triples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 24 towns a seat has 2^23 groups; splitting and comparing needs a few thousand.

    What a short search has found and promises never misses the least reduced cost.
    """
    land = make_land(region(7, towns=24, tariff_scope=scope))
    for seed in (4, 5, 6):
        prices = random_prices(land, seed, triples=triples)
        use(monkeypatch, compiled=True, nodes=30_000_000)
        whole = search(land, prices, 0.0, 1)
        use(monkeypatch, compiled=True, nodes=3_000)
        short = search(land, prices, 0.0, 1, compare=True)
        least, found = (least_by_seat(land, prices, some) for some in (whole, short))
        assert (np.minimum(found, short.complete_to) <= least + 1e-3).all()
        assert (short.complete_to >= least - 1e-3).mean() > (0.6 if triples else 0.9)
        assert found.min() == pytest.approx(least.min())


def least_by_seat(land: Land, prices: Prices, found: Found) -> np.ndarray:
    """Return the least reduced cost found for each seat that was searched, at most 0."""
    reduced = prices.reduced(found.groups, found.requirement, found.money)
    least = np.zeros(land.towns)
    np.minimum.at(least, found.seat, reduced)
    return least[found.seats]


def test_small_regions_do_not_wait_for_the_compiler() -> None:
    land = make_land(region(5))
    assert not fast.wants_fast(land, 100_000)
    assert fast.wants_fast(land, 200_000)
