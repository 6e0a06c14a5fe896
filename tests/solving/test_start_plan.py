"""A known plan to begin with: it is taken where it keeps the promises, and never changes proof."""

from __future__ import annotations

import math

import numpy as np
import pytest

import optimizer as op
from optimizer.errors import InstanceError
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.primal.merging import first_plan, merge_plan
from optimizer.solving.branch_and_price.problem.plan_totals import Totals, totals_of
from optimizer.solving.branch_and_price.problem.problem import make_problem
from optimizer.solving.options import Progress
from optimizer.tariffs.case import case_of
from optimizer.tariffs.group_value import group_value
from tests.support.brute_force import least_cost
from tests.support.regions import random_region

ANY = Totals(0.0, math.inf, math.inf)


def first_objective(region: op.Instance, start: object, method: str) -> float:
    """Return the objective of the first plan that is told."""
    told: list[Progress] = []
    op.solve(region, method=method, start=start, on_progress=told.append)  # type: ignore[arg-type]
    return next(step.objective for step in told if math.isfinite(step.objective))


@pytest.mark.parametrize("method", ["columns", "compact"])
def test_the_best_plan_is_the_first_one_told(method: str) -> None:
    region = random_region(2, towns=8, policy=Policy(reach_hours=1.2))
    best = op.solve(region)
    told = first_objective(region, best, method)
    assert told == pytest.approx(best.objective)


@pytest.mark.parametrize("method", ["columns", "compact"])
@pytest.mark.parametrize("seed", range(8))
def test_any_start_leaves_the_answer(seed: int, method: str) -> None:
    """Random groupings, most of which break a promise: the proven optimum stays brute force's."""
    region = random_region(seed)
    rng = np.random.default_rng(seed)
    labels = {str(town): f"g{rng.integers(3)}" for town in region.towns.index}
    plan = op.solve(region, start=labels, method=method)
    expected = least_cost(case_of(region))
    if math.isinf(expected):
        assert plan.status == "infeasible"
    else:
        assert plan.status == "optimal"
        assert plan.objective == pytest.approx(expected, rel=1e-6)


def test_areas_that_can_be_served_are_kept_and_the_others_fall_apart() -> None:
    """Line: 0.5 h reaches neighbours only, so the whole line cannot be one area; a pair can."""
    case = case_of(op.read("instances/line").replace(policy=Policy(reach_hours=0.5)))
    problem = make_problem(case)
    whole = first_plan(problem, ANY, start=np.zeros(case.towns, dtype=np.int64))
    assert whole.feasible
    pair = np.array([0, 0, *range(1, case.towns - 1)])
    kept = first_plan(problem, ANY, start=pair)
    value = sum(
        group_value(case, kept.groups.members(g)).value_year for g in range(len(kept.groups))
    )
    assert kept.value(problem.money_price).sum() == pytest.approx(value)
    alone = merge_plan(problem)
    assert kept.value(problem.money_price).sum() <= alone.value(problem.money_price).sum()


def test_a_start_beyond_the_budget_or_the_count_is_merged_on() -> None:
    region = op.read("instances/rich_and_poor")
    one = region.replace(policy=region.policy.replace(operators_most=1))
    problem = make_problem(case_of(one))
    found = first_plan(problem, totals_of(problem), start=np.array([0, 1]))
    assert len(found.groups) == 1
    assert op.solve(one, start="alone").objective == pytest.approx(632_000)


def test_a_start_must_name_every_town_once() -> None:
    region = op.read("instances/pair")
    with pytest.raises(InstanceError, match="without an operator: 'brisa'"):
        op.solve(region, start={"alba": "a", "nowhere": "b"})


@pytest.mark.parametrize("least", [2, 5, 9])
def test_merging_stops_at_the_fewest_areas_wanted(least: int) -> None:
    """Nine towns that would all merge further: the first plan keeps as many areas as asked for."""
    policy = Policy(reach_hours=1.2, operators_least=least)
    problem = make_problem(case_of(random_region(4, towns=9, policy=policy)))
    assert len(merge_plan(problem).groups) < 9
    assert len(first_plan(problem, totals_of(problem)).groups) >= least


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_the_best_grouping_evaluated_is_the_best_plan(seed: int) -> None:
    """A given grouping takes a seat that keeps the reach where there is one, dearer or not."""
    region = random_region(seed, policy=Policy(reach_hours=0.6))
    best = op.solve(region)
    given = op.evaluate(region, best.towns["service_area"])
    assert given.outcome.broken_promises == ()
    assert given.objective == pytest.approx(best.objective)
