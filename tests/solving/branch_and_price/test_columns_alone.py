"""Some towns as a region of their own, dives and windows solved anew: sound and of use."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.bounding.column_generation import ColumnGeneration, generate
from optimizer.solving.branch_and_price.bounding.start_work import start_work
from optimizer.solving.branch_and_price.bounding.subproblem import NO_TOTALS, alone
from optimizer.solving.branch_and_price.large import completion as complete
from optimizer.solving.branch_and_price.large.spatial_blocks import blocks_of
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.primal import large_neighbourhood as redo
from optimizer.solving.branch_and_price.primal.diving import dive
from optimizer.solving.branch_and_price.primal.merging import first_plan
from optimizer.solving.branch_and_price.primal.windows import Queue, _window, near_areas
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.plan_totals import Totals, totals_of
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.problem.subset_rows import SubsetRows
from optimizer.solving.branch_and_price.state.state import State, start_state
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from tests.support.columns import plain
from tests.support.engine_parameters import tune
from tests.support.regions import random_region

TOWNS = 9


def land_with(seed: int, towns: int = TOWNS, **promises: object) -> Problem:
    policy = Policy(reach_hours=1.2, affordable_share=0.03).replace(**promises)
    region = random_region(seed, towns=towns, policy=policy)
    return make_problem(case_of(region.replace(towns=region.towns.assign(seat_allowed=True))))


def begun(
    problem: Problem, clock: Clock, plan: Columns | None = None
) -> tuple[State, ColumnGeneration]:
    """Return a state that begins with a plan and its column generation, which has not begun."""
    totals = totals_of(problem)
    state = start_state(problem, totals, clock, plan or first_plan(problem, totals))
    return state, start_work(state)


def towns_alone(problem: Problem) -> Columns:
    groups = listed([[t] for t in range(problem.towns)])
    requirement, money, _ = values(problem, groups)
    return plain(groups, requirement, money)


def worth_of(problem: Problem, groups: GroupBatch) -> float:
    requirement, money, _ = values(problem, groups)
    return float((requirement + problem.money_price * money).sum())


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
@pytest.mark.parametrize("subset_rows", [0, 12])
def test_a_pool_cut_to_some_towns_keeps_its_promise(scope: str, subset_rows: int) -> None:
    """No group among six of nine towns that is missing costs less than is promised.

    Some triples lie across the border: groups paid for them before and do not any more.
    """
    problem = land_with(5, tariff_scope=scope)
    rng = np.random.default_rng(2)
    town = np.array([np.sort(rng.choice(TOWNS, 3, replace=False)) for _ in range(subset_rows)])
    price = np.where(np.isfinite(problem.case.stand_alone_year), problem.case.stand_alone_year, 0.0)
    charged = SubsetRows(
        town.reshape(-1, 3).astype(np.int64), rng.uniform(0, 40_000.0, subset_rows)
    )
    duals = Duals(price * rng.uniform(0.6, 1.2, TOWNS), 0.0, problem.money_price, charged)
    inside = np.array([0, 1, 3, 4, 6, 8])
    groups = listed([c for k in range(1, 7) for c in combinations(inside.tolist(), k)])
    with Clock(Options()) as clock:
        state, work = begun(problem, clock)
        work.pool.add_subset_rows(charged.town)
        seats = np.flatnonzero(np.diff(problem.start) > 0)
        found = search_seats(problem, seats, duals, np.full(len(seats), 30_000.0), most=6)
        work.pool.replace(found, duals)
        state.duals = duals
        small, own = alone(state, work, inside, clock, near=1e-4)
    for pool, charge in ((work.pool, duals), (own.pool, small.duals)):
        free = charge.reduced(pool.columns())
        assert pool.reduced(charge) == pytest.approx(free)
        assert pool.reduced(Duals(price, 0.0, problem.money_price)) == pytest.approx(
            free
            + pool.groups.total_of(charge.town - price)
            - charge.subset_rows.penalty(pool.groups)
        )
    requirement, money, seat = values(small.problem, groups)
    able = np.flatnonzero(np.isfinite(requirement))
    reduced = small.duals.reduced(plain(groups, requirement, money))
    missing = own.pool.missing_at_least(small.duals)
    held = set(own.pool.groups.keys(problem.key).tolist())
    missed = np.array([int(k) not in held for k in groups.keys(problem.key)[able]])
    assert (reduced[able] >= missing[seat[able]] - 1e-3)[missed].all()
    assert missed.any()
    assert not missed.all()
    assert set(own.pool.groups.town.tolist()) <= set(inside.tolist())
    assert np.isin(small.duals.subset_rows.town, inside).all()
    assert len(small.duals.subset_rows) < max(1, subset_rows)


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_a_dive_ends_with_a_plan_that_is_worth_what_it_says(scope: str) -> None:
    problem = land_with(3, towns=20, tariff_scope=scope)
    with Clock(Options()) as clock:
        state, work = begun(problem, clock, towns_alone(problem))
        generate(state, work)
        before, bound = float(state.value.sum()), float(state.lagrange.sum())
        dive(state, work)
    groups = state.areas().groups
    assert sorted(groups.town.tolist()) == list(range(20))
    assert worth_of(problem, groups) == pytest.approx(float(state.value.sum()))
    assert bound <= float(state.value.sum()) * (1 + 1e-9)
    assert float(state.value.sum()) <= before


def test_dives_keep_the_number_of_operators() -> None:
    """Whatever a dive finds for exactly four operators has four areas, and is no worse."""
    for seed in range(4):
        problem = land_with(seed, towns=14, operators_least=4, operators_most=4, reach_hours=3.0)
        with Clock(Options()) as clock:
            state, work = begun(problem, clock)
            generate(state, work)
            before = float(state.value.sum())
            dive(state, work)
        if np.isfinite(state.value).all():
            assert len(state.areas().groups) == 4
            assert float(state.value.sum()) <= before


def test_rules_across_areas_are_kept_alone() -> None:
    """At most one area of nine towns: towns alone are no plan of it."""
    problem = land_with(2)
    with Clock(Options()) as clock:
        state, work = begun(problem, clock, towns_alone(problem))
        inside = np.arange(TOWNS)
        free, _ = alone(state, work, inside, clock, near=1e-4, totals=NO_TOTALS)
        tied, _ = alone(state, work, inside, clock, near=1e-4, totals=Totals(0.0, 1.0, np.inf))
    assert free.value[0] == pytest.approx(float(state.value.sum()))
    assert tied.value[0] == np.inf


@pytest.mark.parametrize("threads", [1, 2])
def test_windows_solved_anew_better_a_poor_plan(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows of about eight of 24 towns, from towns alone; the best plan is the limit."""
    tune(monkeypatch, primal={"anew_towns": 8})
    problem = land_with(1, towns=24)
    best = op.solve(problem.case.instance, method="columns").objective
    with Clock(Options(threads=threads)) as clock:
        state, work = begun(problem, clock, towns_alone(problem))
        work.rounds, poor = 3, state.areas()
        generate(state, work)
        state.value, state.label = np.full(state.parts, np.inf), np.full(24, -1)
        state.offer(poor, "alone")
        before = float(state.value.sum())
        redo.redo(state, work)
    groups = state.areas().groups
    assert sorted(groups.town.tolist()) == list(range(24))
    assert worth_of(problem, groups) == pytest.approx(float(state.value.sum()))
    assert best * (1 - 1e-9) <= float(state.value.sum())
    assert float(state.value.sum()) - best < 0.2 * (before - best)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_plan_around_what_blocks_use_is_complete(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two masters of the whole, one of them with a wrong share, speak for overlapping areas.

    The surest are taken, the rest of 24 towns is solved anew in windows of at most six.
    """
    tune(monkeypatch, primal={"anew_towns": 6})
    problem = land_with(1, towns=24)
    best = op.solve(problem.case.instance, method="columns").objective
    with Clock(Options(threads=threads)) as clock:
        state, work = begun(problem, clock, towns_alone(problem))
        work.rounds, before = 3, float(state.value.sum())
        generate(state, work)
        known = work.columns()
        groups, requirement, money = known.groups, known.requirement, known.money
        point = work.point
        assert point is not None
        most = np.flatnonzero(point.share > 0.6)
        some = np.flatnonzero((groups.count == 3) & np.isfinite(requirement))
        assert len(most)
        assert len(some) > 1
        work.used = [
            (plain(groups.take(some), requirement[some], money[some]), np.full(len(some), 0.5)),
            (plain(groups.take(most), requirement[most], money[most]), point.share[most]),
        ]
        taken = complete._without_overlap(state, work.used)
        state.value, state.label = np.full(state.parts, np.inf), np.full(24, -1)
        complete.complete(state, work)
    held = set(taken.groups.keys(problem.key).tolist())
    assert set(groups.take(most).keys(problem.key).tolist()) <= held
    assert len(np.unique(taken.groups.town)) == len(taken.groups.town)
    plan = state.areas().groups
    assert held <= set(plan.keys(problem.key).tolist())
    assert sorted(plan.town.tolist()) == list(range(24))
    assert worth_of(problem, plan) == pytest.approx(float(state.value.sum()))
    assert best * (1 - 1e-9) <= float(state.value.sum()) < before


def test_towns_left_with_no_free_neighbour_are_solved_with_those_near_them() -> None:
    """Blocks leave alone four of 12 towns that cannot be seats: areas near them are given up."""
    policy = Policy(reach_hours=1.2, affordable_share=0.03)
    region = random_region(1, towns=12, policy=policy)
    allowed = np.arange(12) >= 4
    problem = make_problem(case_of(region.replace(towns=region.towns.assign(seat_allowed=allowed))))
    best = op.solve(problem.case.instance, method="columns").objective
    seats = listed([[t] for t in range(4, 12)])
    requirement, money, _ = values(problem, seats)
    lost = values(problem, listed([[t] for t in range(4)]))[0]
    assert np.isfinite(requirement).all()
    assert not np.isfinite(lost).any()
    with Clock(Options()) as clock:
        state, work = begun(problem, clock)
        generate(state, work)
        state.value, state.label = np.full(state.parts, np.inf), np.full(12, -1)
        work.used = [(plain(seats, requirement, money), np.ones(len(seats)))]
        complete.complete(state, work)
    plan = state.areas().groups
    assert sorted(plan.town.tolist()) == list(range(12))
    assert worth_of(problem, plan) == pytest.approx(float(state.value.sum()))
    assert best * (1 - 1e-9) <= float(state.value.sum()) < 1.2 * best


def test_windows_side_by_side_share_no_town_and_the_others_wait() -> None:
    """From towns alone: each window is tried once, in a later turn where it met another."""
    problem = land_with(1, towns=24, reach_hours=0.4)
    with Clock(Options()) as clock:
        state, _ = begun(problem, clock, towns_alone(problem))
        waiting = list(range(24))
        visits = np.zeros(24, dtype=np.int64)
        queue = Queue(near_areas(state), 5, waiting, visits, 1, again=False)
        windows, turns = [], 0
        while queue.waiting:
            found = queue.next(state)
            turns += 1
            assert found
            assert len(np.unique(np.concatenate(found))) == sum(len(towns) for towns in found)
            windows += [towns.tobytes() for towns in found]
        grown = {_window(state, queue.near, t, 5).tobytes() for t in range(24)}
    assert turns > 1
    assert len(windows) == len(set(windows))
    assert set(windows) == grown


def test_blocks_of_some_towns_hold_each_of_them_once() -> None:
    problem = land_with(1, towns=24)
    inside = np.array([0, 2, 3, 5, 7, 11, 13, 17, 19, 23])
    label = blocks_of(problem, 3, inside=inside)
    assert np.bincount(label[inside]).max() <= 3
    assert len(np.unique(label[inside])) == 4


def test_areas_that_were_struck_are_not_taken_along() -> None:
    """A column that costs infinity, as one that breaks a promise does, stays outside."""
    problem = land_with(6)
    with Clock(Options()) as clock:
        state, work = begun(problem, clock)
        known = work.columns()
        groups, requirement, money = known.groups, known.requirement, known.money
        struck = np.where(np.arange(len(groups)) == 0, np.inf, requirement)
        work.given = [plain(groups, struck, money)]
        state = replace(state, label=np.full(TOWNS, -1))
        _, own = alone(state, work, np.arange(TOWNS), clock, near=1e-4)
    taken = own.columns()
    assert np.isfinite(taken.requirement).all()
