"""The parts of the column engine: rays, rules on groups, search, pool, cuts, areas model."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from optimizer.instance.schema.policy import Policy
from optimizer.model.areas import AreaChoice, build_areas
from optimizer.solving.branch_and_price.master.choice import Choice
from optimizer.solving.branch_and_price.master.column_pool import ColumnPool, empty_pool
from optimizer.solving.branch_and_price.master.reduced_cost_fixing import tighten
from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import join, listed
from optimizer.solving.branch_and_price.problem.group_value import money_bound, values
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.problem.subset_rows import SubsetRows, pair_table
from optimizer.solving.highs import RunSettings, run_pyomo
from optimizer.solving.options import Options
from optimizer.tariffs.case import Case, case_of
from optimizer.tariffs.group_value import group_value
from optimizer.tariffs.prices.extreme_rays import extreme_rays
from tests.support.columns import plain
from tests.support.regions import random_region

TOWNS = 9


def region(seed: int, **policy: object) -> Case:
    promises = Policy(reach_hours=1.2, affordable_share=0.03).replace(**policy)
    return case_of(random_region(seed, towns=TOWNS, policy=promises))


def every_group() -> list[tuple[int, ...]]:
    return [c for k in range(1, TOWNS + 1) for c in combinations(range(TOWNS), k)]


def searched(problem: Problem, duals: Duals, threshold: float, most: int) -> ColumnPool:
    seats = np.flatnonzero(np.diff(problem.start) > 0)
    pool = empty_pool(problem)
    pool.replace(
        search_seats(problem, seats, duals, np.full(len(seats), threshold), most=most), duals
    )
    return pool


def test_extreme_rays_of_a_ladder() -> None:
    """0 <= p1 <= p2 <= 3 p1: the rays are (1, 1) and (1, 3), scaled to (1/3, 1)."""
    rays = extreme_rays(np.array([[1.0, -1.0], [-3.0, 1.0]]), 2)
    assert rays == pytest.approx(np.array([[1 / 3, 1.0], [1.0, 1.0]]))


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_values_agree_with_single_groups(scope: str) -> None:
    case = region(3, tariff_scope=scope)
    problem = make_problem(case)
    groups = listed(every_group()[:120])
    requirement, money, seat = values(problem, groups)
    for g in range(len(groups)):
        one = group_value(case, groups.members(g).tolist())
        assert requirement[g] == pytest.approx(one.requirement_year)
        if np.isfinite(requirement[g]):
            assert seat[g] == one.seat
            assert requirement[g] + problem.money_price * money[g] == pytest.approx(one.value_year)


def test_money_bound_is_below_the_exact_money() -> None:
    problem = make_problem(region(4))
    groups = listed(every_group())
    requirement, money, _ = values(problem, groups)
    able = np.flatnonzero(np.isfinite(requirement))
    bound = money_bound(problem, groups.take(able), requirement[able])
    assert (bound <= money[able] + 1e-6).all()


def some_triples(count: int) -> SubsetRows:
    """Random triples with prices of some ten thousand a year."""
    rng = np.random.default_rng(7)
    town = np.array([np.sort(rng.choice(TOWNS, 3, replace=False)) for _ in range(count)])
    return SubsetRows(town.reshape(-1, 3), rng.uniform(0.0, 40_000.0, count))


def penalty(subset_rows: SubsetRows, members: np.ndarray) -> float:
    held = np.isin(subset_rows.town, members).sum(axis=1) >= 2
    return float(subset_rows.price[held].sum())


def test_triples_charge_who_holds_two() -> None:
    groups = listed(every_group())
    subset_rows = some_triples(8)
    for g, charged in enumerate(subset_rows.penalty(groups)):
        assert charged == pytest.approx(penalty(subset_rows, groups.members(g)))


def test_triples_charge_the_same_town_by_town() -> None:
    """A group that takes its towns one after the other pays what it pays at once."""
    subset_rows = some_triples(8)
    item = np.array([[0, 2, 3, 5, 7, 8], [1, 2, 4, 6, 0, 0]])
    valid = np.array([[True] * 6, [True] * 4 + [False] * 2])
    table = pair_table(
        subset_rows,
        item,
        valid,
        np.where(valid, np.arange(item.shape[1]), item.shape[1]),
        (TOWNS, item.shape[1]),
    )
    rng = np.random.default_rng(3)
    for place in (0, 1):
        for _ in range(20):
            order = rng.permutation(int(valid[place].sum()))[: rng.integers(1, 5)]
            member, paid = np.zeros((1, 7), dtype=bool), 0.0
            for k in order:
                paid += float(table.rise(np.array([place]), np.array([k]), member)[0])
                member[0, k] = True
            assert paid == pytest.approx(penalty(subset_rows, item[place, order]))


RULES: dict[str, dict[str, object]] = {
    "apart": {"keep_apart": (("t0", "t3"),)},
    "connected": {"connected": True},
    "together": {"keep_together": (("t1", "t4"), ("t4", "t6"), ("t2", "t5"))},
    "all": {"connected": True, "keep_apart": (("t0", "t3"),), "keep_together": (("t4", "t1"),)},
}


@pytest.mark.parametrize("subset_rows", [0, 8])
@pytest.mark.parametrize("rules", list(RULES))
@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
@pytest.mark.parametrize("most", [10, 100_000])
def test_search_misses_nothing_below_its_promise(
    scope: str, rules: str, most: int, subset_rows: int
) -> None:
    """A group that is not found must have a reduced cost of at least ``complete_to``."""
    case = region(5, tariff_scope=scope, **RULES[rules])
    problem = make_problem(case)
    groups = listed(every_group())
    requirement, money, seat = values(problem, groups)
    rng = np.random.default_rng(1)
    price = case.stand_alone_year * rng.uniform(0.6, 1.2, TOWNS)
    duals = Duals(
        np.where(np.isfinite(price), price, 0.0),
        0.0,
        problem.money_price,
        some_triples(subset_rows),
    )
    reduced = requirement + duals.money * money - groups.total_of(duals.town)
    reduced += [penalty(duals.subset_rows, groups.members(g)) for g in range(len(groups))]
    assert np.isfinite(requirement).sum() > 20
    for threshold in (0.0, 50_000.0, np.inf):
        pool = searched(problem, duals, threshold, most)
        found = set(pool.groups.keys(problem.key).tolist())
        keys = groups.keys(problem.key)
        for g in np.flatnonzero(np.isfinite(requirement)):
            missed = int(keys[g]) not in found
            assert not missed or reduced[g] >= pool.complete_to[seat[g]] - 1e-3


def test_pool_keeps_its_promise_at_other_prices() -> None:
    problem = make_problem(region(6))
    groups = listed(every_group())
    requirement, money, seat = values(problem, groups)
    keys = groups.keys(problem.key)
    subset_rows = some_triples(6)
    before = Duals(np.full(TOWNS, 60_000.0), 0.0, problem.money_price, subset_rows)
    seats = np.flatnonzero(np.diff(problem.start) > 0)
    pool = empty_pool(problem)
    pool.add_subset_rows(subset_rows.town)
    pool.replace(
        search_seats(problem, seats, before, np.full(len(seats), 20_000.0), most=50), before
    )
    found = set(pool.groups.keys(problem.key).tolist())
    rng = np.random.default_rng(2)
    for _ in range(5):
        changed = SubsetRows(subset_rows.town, subset_rows.price * rng.uniform(0.0, 2.0, 6))
        town = before.town * rng.uniform(0.5, 1.5, TOWNS)
        now = Duals(town, 1_000.0, problem.money_price * 0.8, changed)
        least = pool.missing_at_least(now)
        reduced = requirement + now.money * money - groups.total_of(now.town) - now.area
        reduced += [penalty(changed, groups.members(g)) for g in range(len(groups))]
        for g in np.flatnonzero(np.isfinite(requirement)):
            assert int(keys[g]) in found or reduced[g] >= least[seat[g]] - 1e-3


def triangle() -> Choice:
    """Three towns, any pair costs 2, a town alone 1.9: the best plan costs 3.9, the LP says 3."""
    groups = listed([[0], [1], [2], [0, 1], [1, 2], [0, 2]])
    value = np.array([1.9, 1.9, 1.9, 2.0, 2.0, 2.0])
    return Choice(np.arange(3), plain(groups, value), value, Totals(0, np.inf, np.inf))


def test_cuts_close_a_triangle() -> None:
    tight = tighten(triangle(), np.inf, Options(), parameters=Parameters())
    assert tight.bound == pytest.approx(3.9)
    assert tight.whole is not None


@pytest.mark.parametrize(
    ("least", "most", "budget", "expected"),
    [(0, 9, 99.0, 3.9e3), (3, 9, 99.0, 5.7e3), (0, 9, 0.5, 5.7e3)],
)
def test_areas_model(least: int, most: int, budget: float, expected: float) -> None:
    """Triangle in thousands; the budget forbids pairs, which need one unit of public money."""
    known = triangle()
    names = ["a", "b", "c"]
    model = build_areas(
        AreaChoice(
            names,
            [[names[t] for t in known.groups.members(g)] for g in range(6)],
            (1000 * known.value).tolist(),
            [0.0, 0.0, 0.0, 1.0, 1.0, 1.0],
            operators_least=least,
            operators_most=most,
            subsidy_budget_year=budget,
        )
    )
    assert run_pyomo(model, RunSettings()).objective * 1000 == pytest.approx(expected)


def test_join_and_take_keep_members() -> None:
    both = join([listed([[2, 0]]), listed([[1], [3, 4]])])
    assert both.take(np.array([2, 0])).padded().tolist() == [[3, 4], [0, 2]]
