"""Numbers of areas above a size: prices, searches, what is ruled out, and the same best plans."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solver
from optimizer.solving.branch_and_price.bounding.column_generation import ColumnGeneration, generate
from optimizer.solving.branch_and_price.bounding.lagrangian_bound import lagrangian_bound
from optimizer.solving.branch_and_price.bounding.start_work import start_work
from optimizer.solving.branch_and_price.exact import rounding
from optimizer.solving.branch_and_price.exact.rounding import round_counts
from optimizer.solving.branch_and_price.master.column_pool import ColumnPool, empty_pool
from optimizer.solving.branch_and_price.master.restricted_master import RestrictedMaster
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.primal.diving import dive
from optimizer.solving.branch_and_price.primal.merging import first_plan
from optimizer.solving.branch_and_price.problem.count_cuts import (
    CountDuals,
    Counts,
    levels_of,
    sized_models,
)
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.plan_totals import Totals, totals_of
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.state.state import State, start_state
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from optimizer.tariffs.case import Case, case_of
from tests.support.columns import plain
from tests.support.engine_parameters import tune
from tests.support.regions import random_region

TOWNS = 9
FREE = Totals(0.0, float("inf"), float("inf"))
INF = float("inf")


def case_with(seed: int, towns: int = TOWNS, **promises: object) -> Case:
    policy = Policy(reach_hours=1.2, affordable_share=0.03).replace(**promises)
    return case_of(random_region(seed, towns=towns, policy=policy))


def begun(case: Case, clock: Clock) -> tuple[State, ColumnGeneration]:
    """Return a state and its column generation once the master is optimal."""
    problem = make_problem(case)
    totals = totals_of(problem)
    state = start_state(problem, totals, clock, first_plan(problem, totals))
    work = start_work(state)
    generate(state, work)
    return state, work


def counts_of(problem: Problem, level: np.ndarray, *, most: float = INF) -> Counts:
    part, shape = np.zeros(problem.towns, dtype=np.int64), (1, len(level))
    return Counts(part, problem.case.cost.size, level, np.zeros(shape), np.full(shape, most))


def random_prices(problem: Problem, seed: int) -> Duals:
    """Random prices, also of areas too large for the first and the second operator model."""
    rng = np.random.default_rng(seed)
    price = problem.case.stand_alone_year * rng.uniform(0.6, 1.2, problem.towns)
    level = levels_of(problem)
    worth = rng.uniform(-60_000.0, 60_000.0, (1, len(level)))
    return Duals(
        np.where(np.isfinite(price), price, 0.0),
        0.0,
        problem.money_price,
        counts=CountDuals(counts_of(problem, level, most=2.0), worth),
    )


def every_group(towns: int = TOWNS) -> GroupBatch:
    return listed([c for k in range(1, towns + 1) for c in combinations(range(towns), k)])


def test_one_pair_at_most() -> None:
    """Pairs of three towns cost 2 and towns alone 3: half of each pair costs 3, which no plan does.

    There are 1.5 pairs. With at most 1, the best is a pair and a town alone at 5; with none, 9. One
    more pair is therefore worth 4, and its price is that of what there is too much of: -4.
    """
    problem = make_problem(case_with(1, towns=4))
    towns = np.array([0, 1, 2])
    size = np.array([10.0, 10.0, 10.0, 10.0])
    counts = Counts(
        np.zeros(4, dtype=np.int64), size, np.array([15.0]), np.array([[0.0]]), np.array([[1.0]])
    )
    groups = listed([[0, 1], [1, 2], [0, 2], [0], [1], [2]])
    value = np.array([2.0, 2.0, 2.0, 3.0, 3.0, 3.0])
    for limits, objective in ((replace(counts, most=np.array([[INF]])), 3.0), (counts, 5.0)):
        master = RestrictedMaster(problem, towns, FREE, 1.0, Options(), counts=limits)
        master.set_box(np.full(4, -50.0), np.full(4, 50.0), 50.0)
        master.add(plain(groups, value), value)
        point = master.solve(10.0)
        assert point is not None
        assert point.objective == pytest.approx(objective)
    assert point.duals.counts.price == pytest.approx(np.array([[-4.0]]))
    assert point.duals.counts.total() == pytest.approx([-4.0])
    reduced = point.duals.reduced(plain(groups, value))
    assert reduced.min() == pytest.approx(0.0, abs=1e-9)


def test_models_are_cut_where_their_areas_are_counted() -> None:
    """Models to 2,500, 1,000-8,000 and 4,000-60,000, cut at 0, 2,500, 8,000 and 60,000.

    The second is dearer than the first up to 2,500, where it is needed: a piece of one size stays.
    """
    problem = make_problem(case_with(4))
    sized = sized_models(problem, levels_of(problem))
    pieces = zip(
        sized.source.tolist(), sized.exceeds.tolist(), sized.least, sized.most, strict=True
    )
    assert [piece for piece in pieces if piece[3] > 0] == [
        (0, 1, 0.0, 2500.0),
        (1, 1, 2500.0, 2500.0),
        (1, 2, 2500.0, 8000.0),
        (2, 2, 4000.0, 8000.0),
        (2, 3, 8000.0, 60000.0),
    ]
    whole = sized_models(problem, np.zeros(0))
    assert whole.most.tolist() == problem.case.cost.most.tolist()


def test_groups_are_worth_the_levels_they_exceed() -> None:
    problem = make_problem(case_with(4))
    duals, groups = random_prices(problem, 1).counts, every_group()
    size = groups.total_of(problem.case.cost.size)
    for g in range(0, len(groups), 7):
        worth = sum(
            p
            for p, level in zip(duals.price[0], duals.counts.level, strict=True)
            if size[g] > level
        )
        assert duals.worth(groups)[g] == pytest.approx(worth)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
@pytest.mark.parametrize("most", [8, 100_000])
def test_search_misses_nothing_below_its_promise(
    scope: str, most: int, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that is not found must have a reduced cost of at least ``complete_to``."""
    tune(monkeypatch, pricing={"compiled_above_towns": 0 if compiled else 10**9})
    problem, groups = make_problem(case_with(5, tariff_scope=scope)), every_group()
    requirement, money, seat = values(problem, groups)
    keys = groups.keys(problem.key)
    for seed in range(3):
        duals = random_prices(problem, seed)
        reduced = duals.reduced(plain(groups, requirement, money))
        pool = searched(problem, duals, 50_000.0, most)
        found = set(pool.groups.keys(problem.key).tolist())
        listed_all = True
        for g in np.flatnonzero(np.isfinite(requirement)):
            missed = int(keys[g]) not in found
            listed_all &= not missed
            assert not missed or reduced[g] >= pool.complete_to[seat[g]] - 1e-3
        assert not listed_all


def searched(problem: Problem, duals: Duals, threshold: float, most: int) -> ColumnPool:
    seats = np.flatnonzero(np.diff(problem.start) > 0)
    pool = empty_pool(problem)
    pool.add_levels(len(levels_of(problem)))
    wanted = np.full(len(seats), threshold)
    pool.replace(search_seats(problem, seats, duals, wanted, most=most, compare=most < 100), duals)
    return pool


def test_pool_keeps_its_promise_at_other_prices() -> None:
    problem, groups = make_problem(case_with(6)), every_group()
    requirement, money, seat = values(problem, groups)
    able = np.flatnonzero(np.isfinite(requirement))
    keys = groups.keys(problem.key)
    pool = searched(problem, random_prices(problem, 0), 40_000.0, 50)
    held = set(pool.groups.keys(problem.key).tolist())
    for seed in range(1, 6):
        now = random_prices(problem, seed)
        missing = pool.missing_at_least(now)
        reduced = now.reduced(plain(groups, requirement, money))
        missed = np.array([int(k) not in held for k in keys[able]])
        assert (reduced[able] >= missing[seat[able]] - 1e-3)[missed].all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), most=st.integers(0, 3))
def test_the_bound_holds_for_all_plans_within_the_limits(seed: int, most: int) -> None:
    """At any prices: no plan with at most so many areas above the levels is below the bound.

    Checked for all 203 partitions of six towns.
    """
    problem = make_problem(case_with(seed % 7, towns=6))
    groups = every_group(6)
    requirement, money, _ = values(problem, groups)
    value = requirement + problem.money_price * money
    rng = np.random.default_rng(seed)
    level = levels_of(problem)
    counts = counts_of(problem, level, most=float(most))
    price = np.where(rng.random((1, len(level))) < 0.5, 0.0, -rng.uniform(0, 2e5, (1, len(level))))
    town = np.where(np.isfinite(problem.case.stand_alone_year), problem.case.stand_alone_year, 1e5)
    duals = Duals(town * rng.uniform(0.5, 1.5, 6), 0.0, problem.money_price)
    duals = replace(duals, counts=CountDuals(counts, price))
    with Clock(Options()) as clock:
        totals = totals_of(problem)
        state = start_state(problem, totals, clock, first_plan(problem, totals))
        state.part, state.bound = np.zeros(6, dtype=np.int64), np.zeros(1)
        pool = searched(problem, duals, 1e9, 100_000)
        bound = float(lagrangian_bound(state, pool, duals)[0])
    where = {frozenset(groups.members(g).tolist()): g for g in range(len(groups))}
    above = counts.above(groups)
    for plan in partitions(list(range(6))):
        chosen = [where[frozenset(area)] for area in plan]
        if (above[chosen].sum(axis=0) <= most).all():
            assert bound <= value[chosen].sum() * (1 + 1e-9)


def partitions(towns: list[int]) -> list[list[list[int]]]:
    if not towns:
        return [[]]
    found = []
    for plan in partitions(towns[1:]):
        found.append([[towns[0]], *plan])
        found += [[*plan[:k], [towns[0], *plan[k]], *plan[k + 1 :]] for k in range(len(plan))]
    return found


def tight(seed: int) -> op.Instance:
    """A region whose largest operator takes few connections, so that areas are filled up."""
    region = random_region(seed, towns=16, policy=Policy(reach_hours=3.0, affordable_share=0.06))
    models = region.operator_models.copy()
    models["connections_most"] = [2_500.0, 8_000.0, 14_000.0]
    return region.replace(operator_models=models)


def test_what_is_ruled_out_holds_no_better_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several regions: something is ruled out, the bound rises and the best plan stays.

    The best plan is found without dives and limits.
    """
    ruled_out = []
    judge = rounding._ruled_out

    def noted(*given: object) -> bool:
        result = judge(*given)  # type: ignore[arg-type]
        ruled_out.append(result)
        return result

    monkeypatch.setattr(rounding, "_ruled_out", noted)
    rises = []
    for seed in range(12):
        region = tight(seed)
        with Clock(Options()) as clock:
            state, work = begun(case_of(region), clock)
            dive(state, work)
            before = float(state.lagrange.sum())
            round_counts(state, work)
            rises.append(float(state.lagrange.sum()) - before)
            dived, bound = float(state.value.sum()), float(state.bound.sum())
        best = plain_best(region, monkeypatch)
        assert bound <= best * (1 + 1e-9)
        assert dived >= best * (1 - 1e-9)
        assert op.solve(region, method="columns").objective == pytest.approx(best, rel=1e-9)
    assert any(ruled_out)
    assert not all(ruled_out)
    assert min(rises) >= 0.0
    assert max(rises) > 0.0


def plain_best(region: op.Instance, monkeypatch: pytest.MonkeyPatch) -> float:
    steps = tuple(s for s in solver.SMALL_REGION if s[0] not in {"dives", "numbers"})
    with monkeypatch.context() as patch:
        patch.setattr(solver, "SMALL_REGION", steps)
        plan = op.solve(region, method="columns")
    assert plan.status == "optimal"
    return plan.objective


def test_what_is_left_is_lifted_and_proved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without all the steps of a small region, those that are repeated still prove the plan."""
    region = tight(1)
    best = plain_best(region, monkeypatch)
    monkeypatch.setattr(solver, "SMALL_REGION", ())
    plan = op.solve(region, method="columns")
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best, rel=1e-9)


def test_runs_that_go_round_and_round_are_begun_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one step allowed, runs from a basis are stopped; plan and proof are the same."""
    region = tight(2)
    best = plain_best(region, monkeypatch)
    runs: list[bool] = []
    run = RestrictedMaster._run

    def noted(self: RestrictedMaster, seconds: float, *, afresh: bool) -> bool:
        runs.append(afresh)
        return run(self, seconds, afresh=afresh)

    tune(monkeypatch, master={"simplex_steps": 1, "simplex_steps_per_row": 0})
    monkeypatch.setattr(RestrictedMaster, "_run", noted)
    plan = op.solve(region, method="columns")
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best, rel=1e-9)
    assert sum(runs) > len(runs) / 4
