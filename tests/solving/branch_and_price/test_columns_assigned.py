"""A first plan by assignment where merging finds none, and moves between areas."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.primal.assignment import offer_assigned
from optimizer.solving.branch_and_price.primal.merging import first_plan
from optimizer.solving.branch_and_price.primal.moves import moved
from optimizer.solving.branch_and_price.problem.area_rules import keeps_rules
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.plan_totals import totals_of
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.state.state import State, start_state
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from tests.support.regions import random_region

TOWNS = 24


def land_of(seed: int, **promises: object) -> Problem:
    policy = Policy(reach_hours=1.2, affordable_share=0.03).replace(**promises)
    return make_problem(case_of(random_region(seed, towns=TOWNS, policy=policy)))


def begun(problem: Problem, clock: Clock) -> State:
    totals = totals_of(problem)
    return start_state(problem, totals, clock, first_plan(problem, totals))


def test_merging_finds_no_plan_of_two_areas_but_assignment_does() -> None:
    problem = land_of(1, operators_most=2)
    with Clock(Options()) as clock:
        state = begun(problem, clock)
        assert not np.isfinite(state.value).all()
        offer_assigned(state)
    assert np.isfinite(state.value).all()
    assert len(state.areas().groups) == 2


@pytest.mark.parametrize(
    "rules",
    [
        {"connected": True, "operators_most": 4},
        {"keep_together": (("t0", "t1"), ("t2", "t3"))},
        {"keep_apart": (("t0", "t1"), ("t2", "t3", "t4"))},
        {"fixed_seats": ("t3", "t7")},
        {"operators_least": 9},
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_assignment_keeps_the_rules(rules: dict[str, object], seed: int) -> None:
    problem = land_of(seed, **rules)
    with Clock(Options()) as clock:
        state = begun(problem, clock)
        state.value[:], state.label[:] = np.inf, -1
        offer_assigned(state)
    areas = state.areas()
    groups, requirement, money = areas.groups, areas.requirement, areas.money
    assert groups.count.sum() == TOWNS
    assert keeps_rules(problem.rules, groups).all()
    assert state.totals.least <= len(groups) <= state.totals.most
    again, money_again, _ = values(problem, groups)
    np.testing.assert_allclose(requirement, again)
    np.testing.assert_allclose(money, money_again)


@pytest.mark.parametrize("together", [(), (("t0", "t5"),)])
def test_moves_never_cost_more_and_end_where_none_saves(together: tuple[object, ...]) -> None:
    problem = land_of(2, keep_together=together)
    groups, requirement, money = begun_areas(problem)
    after = moved(problem, groups, stop=lambda: False)
    new_requirement, new_money, _ = values(problem, after)
    cost = (requirement + problem.money_price * money).sum()
    new_cost = (new_requirement + problem.money_price * new_money).sum()
    assert len(after) == len(groups)
    assert np.sort(after.town).tolist() == list(range(TOWNS))
    assert new_cost < cost
    assert moved(problem, after, stop=lambda: False).padded().tolist() == after.padded().tolist()
    assert moved(problem, groups, stop=lambda: True).padded().tolist() == groups.padded().tolist()


def begun_areas(problem: Problem) -> tuple[GroupBatch, np.ndarray, np.ndarray]:
    """A merged plan with one town of its largest area in the second largest."""
    plan = first_plan(problem, totals_of(problem))
    areas = [plan.groups.members(g) for g in range(len(plan.groups))]
    order = sorted(range(len(areas)), key=lambda a: -len(areas[a]))
    best = None
    for town in areas[order[0]]:
        mixed = [areas[a] for a in order]
        mixed[0], mixed[1] = np.setdiff1d(mixed[0], [town]), np.union1d(mixed[1], [town])
        groups = listed(mixed)
        requirement, money, _ = values(problem, groups)
        if np.isfinite(requirement).all():
            best = groups, requirement, money
    assert best is not None
    return best
