"""Some towns as a region of their own, dives and windows solved anew: sound and of use."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solver
from optimizer.solving.branch_and_price.bounding.column_generation import Generation, generate
from optimizer.solving.branch_and_price.bounding.subproblem import NO_TOTALS, alone
from optimizer.solving.branch_and_price.large import completion as complete
from optimizer.solving.branch_and_price.large.spatial_blocks import blocks_of
from optimizer.solving.branch_and_price.master.restricted_master import totals_of
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.primal import large_neighbourhood as redo
from optimizer.solving.branch_and_price.primal.diving import dive
from optimizer.solving.branch_and_price.primal.merging import first_plan
from optimizer.solving.branch_and_price.primal.windows import Queue, _window, near_areas
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.group_batch import Groups, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.partition import Plan
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Land, make_land
from optimizer.solving.branch_and_price.problem.subset_rows import Triples
from optimizer.solving.branch_and_price.state.state import State, start_state
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from tests.support.regions import random_region

TOWNS = 9


def land_with(seed: int, towns: int = TOWNS, **promises: object) -> Land:
    policy = Policy(reach_hours=1.2, affordable_share=0.03).replace(**promises)
    region = random_region(seed, towns=towns, policy=policy)
    return make_land(case_of(region.replace(towns=region.towns.assign(seat_allowed=True))))


def begun(land: Land, clock: Clock, plan: Plan | None = None) -> tuple[State, Generation]:
    """Return a state that begins with a plan and its column generation, which has not begun."""
    totals = totals_of(land)
    state = start_state(land, totals, clock, plan or first_plan(land, totals))
    return state, solver._start_work(state)


def towns_alone(land: Land) -> Plan:
    groups = listed([[t] for t in range(land.towns)])
    requirement, money, _ = values(land, groups)
    return Plan(groups, requirement, money)


def worth_of(land: Land, groups: Groups) -> float:
    requirement, money, _ = values(land, groups)
    return float((requirement + land.money_price * money).sum())


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
@pytest.mark.parametrize("triples", [0, 12])
def test_a_pool_cut_to_some_towns_keeps_its_promise(scope: str, triples: int) -> None:
    """No group among six of nine towns that is missing costs less than is promised.

    Some triples lie across the border: groups paid for them before and do not any more.
    """
    land = land_with(5, tariff_scope=scope)
    rng = np.random.default_rng(2)
    town = np.array([np.sort(rng.choice(TOWNS, 3, replace=False)) for _ in range(triples)])
    price = np.where(np.isfinite(land.case.stand_alone_year), land.case.stand_alone_year, 0.0)
    charged = Triples(town.reshape(-1, 3).astype(np.int64), rng.uniform(0, 40_000.0, triples))
    prices = Prices(price * rng.uniform(0.6, 1.2, TOWNS), 0.0, land.money_price, charged)
    inside = np.array([0, 1, 3, 4, 6, 8])
    groups = listed([c for k in range(1, 7) for c in combinations(inside.tolist(), k)])
    with Clock(Options()) as clock:
        state, work = begun(land, clock)
        work.pool.add_triples(charged.town)
        seats = np.flatnonzero(np.diff(land.start) > 0)
        found = search_seats(land, seats, prices, np.full(len(seats), 30_000.0), most=6)
        work.pool.replace(found, prices)
        state.prices = prices
        small, own = alone(state, work, inside, clock, near=1e-4)
    for pool, charge in ((work.pool, prices), (own.pool, small.prices)):
        plain = charge.reduced(pool.groups, pool.requirement, pool.money)
        assert pool.reduced(charge) == pytest.approx(plain)
        assert pool.reduced(Prices(price, 0.0, land.money_price)) == pytest.approx(
            plain + pool.groups.total_of(charge.town - price) - charge.triples.penalty(pool.groups)
        )
    requirement, money, seat = values(small.land, groups)
    able = np.flatnonzero(np.isfinite(requirement))
    reduced = small.prices.reduced(groups, requirement, money)
    missing = own.pool.missing_at_least(small.prices)
    held = set(own.pool.groups.keys(land.key).tolist())
    missed = np.array([int(k) not in held for k in groups.keys(land.key)[able]])
    assert (reduced[able] >= missing[seat[able]] - 1e-3)[missed].all()
    assert missed.any()
    assert not missed.all()
    assert set(own.pool.groups.town.tolist()) <= set(inside.tolist())
    assert np.isin(small.prices.triples.town, inside).all()
    assert len(small.prices.triples) < max(1, triples)


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_a_dive_ends_with_a_plan_that_is_worth_what_it_says(scope: str) -> None:
    land = land_with(3, towns=20, tariff_scope=scope)
    with Clock(Options()) as clock:
        state, work = begun(land, clock, towns_alone(land))
        generate(state, work)
        before, bound = float(state.value.sum()), float(state.lagrange.sum())
        dive(state, work)
    groups, _, _ = state.areas()
    assert sorted(groups.town.tolist()) == list(range(20))
    assert worth_of(land, groups) == pytest.approx(float(state.value.sum()))
    assert bound <= float(state.value.sum()) * (1 + 1e-9)
    assert float(state.value.sum()) <= before


def test_dives_keep_the_number_of_operators() -> None:
    """Whatever a dive finds for exactly four operators has four areas, and is no worse."""
    for seed in range(4):
        land = land_with(seed, towns=14, operators_least=4, operators_most=4, reach_hours=3.0)
        with Clock(Options()) as clock:
            state, work = begun(land, clock)
            generate(state, work)
            before = float(state.value.sum())
            dive(state, work)
        if np.isfinite(state.value).all():
            assert len(state.areas()[0]) == 4
            assert float(state.value.sum()) <= before


def test_rules_across_areas_are_kept_alone() -> None:
    """At most one area of nine towns: towns alone are no plan of it."""
    land = land_with(2)
    with Clock(Options()) as clock:
        state, work = begun(land, clock, towns_alone(land))
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
    monkeypatch.setattr(redo, "TOWNS", 8)
    land = land_with(1, towns=24)
    best = op.solve(land.case.instance, method="columns").objective
    with Clock(Options(threads=threads)) as clock:
        state, work = begun(land, clock, towns_alone(land))
        work.rounds, poor = 3, state.areas()
        generate(state, work)
        state.value, state.label = np.full(state.parts, np.inf), np.full(24, -1)
        state.offer(*poor, "alone")
        before = float(state.value.sum())
        redo.redo(state, work)
    groups, _, _ = state.areas()
    assert sorted(groups.town.tolist()) == list(range(24))
    assert worth_of(land, groups) == pytest.approx(float(state.value.sum()))
    assert best * (1 - 1e-9) <= float(state.value.sum())
    assert float(state.value.sum()) - best < 0.2 * (before - best)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_plan_around_what_blocks_use_is_complete(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two masters of the whole, one of them with a wrong share, speak for overlapping areas.

    The surest are taken, the rest of 24 towns is solved anew in windows of at most six.
    """
    monkeypatch.setattr(complete, "TOWNS", 6)
    land = land_with(1, towns=24)
    best = op.solve(land.case.instance, method="columns").objective
    with Clock(Options(threads=threads)) as clock:
        state, work = begun(land, clock, towns_alone(land))
        work.rounds, before = 3, float(state.value.sum())
        generate(state, work)
        groups, requirement, money = work.columns()
        point = work.point
        assert point is not None
        most = np.flatnonzero(point.share > 0.6)
        some = np.flatnonzero((groups.count == 3) & np.isfinite(requirement))
        assert len(most)
        assert len(some) > 1
        work.used = [
            ((groups.take(some), requirement[some], money[some]), np.full(len(some), 0.5)),
            ((groups.take(most), requirement[most], money[most]), point.share[most]),
        ]
        taken = complete._without_overlap(state, work.used)
        state.value, state.label = np.full(state.parts, np.inf), np.full(24, -1)
        complete.complete(state, work)
    held = set(taken[0].keys(land.key).tolist())
    assert set(groups.take(most).keys(land.key).tolist()) <= held
    assert len(np.unique(taken[0].town)) == len(taken[0].town)
    plan, _, _ = state.areas()
    assert held <= set(plan.keys(land.key).tolist())
    assert sorted(plan.town.tolist()) == list(range(24))
    assert worth_of(land, plan) == pytest.approx(float(state.value.sum()))
    assert best * (1 - 1e-9) <= float(state.value.sum()) < before


def test_towns_left_with_no_free_neighbour_are_solved_with_those_near_them() -> None:
    """Blocks leave alone four of 12 towns that cannot be seats: areas near them are given up."""
    policy = Policy(reach_hours=1.2, affordable_share=0.03)
    region = random_region(1, towns=12, policy=policy)
    allowed = np.arange(12) >= 4
    land = make_land(case_of(region.replace(towns=region.towns.assign(seat_allowed=allowed))))
    best = op.solve(land.case.instance, method="columns").objective
    seats = listed([[t] for t in range(4, 12)])
    requirement, money, _ = values(land, seats)
    lost = values(land, listed([[t] for t in range(4)]))[0]
    assert np.isfinite(requirement).all()
    assert not np.isfinite(lost).any()
    with Clock(Options()) as clock:
        state, work = begun(land, clock)
        generate(state, work)
        state.value, state.label = np.full(state.parts, np.inf), np.full(12, -1)
        work.used = [((seats, requirement, money), np.ones(len(seats)))]
        complete.complete(state, work)
    plan, _, _ = state.areas()
    assert sorted(plan.town.tolist()) == list(range(12))
    assert worth_of(land, plan) == pytest.approx(float(state.value.sum()))
    assert best * (1 - 1e-9) <= float(state.value.sum()) < 1.2 * best


def test_windows_side_by_side_share_no_town_and_the_others_wait() -> None:
    """From towns alone: each window is tried once, in a later turn where it met another."""
    land = land_with(1, towns=24, reach_hours=0.4)
    with Clock(Options()) as clock:
        state, _ = begun(land, clock, towns_alone(land))
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
    land = land_with(1, towns=24)
    inside = np.array([0, 2, 3, 5, 7, 11, 13, 17, 19, 23])
    label = blocks_of(land, 3, inside=inside)
    assert np.bincount(label[inside]).max() <= 3
    assert len(np.unique(label[inside])) == 4


def test_areas_that_were_struck_are_not_taken_along() -> None:
    """A column that costs infinity, as one that breaks a promise does, stays outside."""
    land = land_with(6)
    with Clock(Options()) as clock:
        state, work = begun(land, clock)
        groups, requirement, money = work.columns()
        work.given = [(groups, np.where(np.arange(len(groups)) == 0, np.inf, requirement), money)]
        state = replace(state, label=np.full(TOWNS, -1))
        _, own = alone(state, work, np.arange(TOWNS), clock, near=1e-4)
    taken = own.columns()
    assert np.isfinite(taken[1]).all()
