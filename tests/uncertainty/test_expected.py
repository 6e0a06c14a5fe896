"""The objective expected: both methods and evaluation against brute force over all draws."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import optimizer as op
from benchmarks.brute_force.expected import ExpectedByForce, expected_by_force
from optimizer.errors import InstanceError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty
from tests.support.regions import random_policy, random_region

EACH = Uncertain(distribution="lognormal", sd=0.35, each="town", common_share=0.2)
DATA = {
    "operation": EACH,
    "overhead": Uncertain(distribution="lognormal", sd=0.5, each="town", common_share=0.5),
    "collection_rate": Uncertain(
        distribution="uniform", low=0.6, high=0.95, each="town", absolute=True
    ),
    "consumption": Uncertain(distribution="uniform", low=0.7, high=1.3, each="town"),
    "income": Uncertain(distribution="lognormal", sd=0.2, each="town"),
    "transition": Uncertain(distribution="uniform", low=0.5, high=3),
    "trips": Uncertain(distribution="uniform", low=0.5, high=2),
    "hours": Uncertain(distribution="lognormal", sd=0.2),
}


def uncertain_region(seed: int, *, draws: int = 4) -> Instance:
    """A small region with most promises now and then, and a mean over a few draws."""
    region = random_region(seed, towns=4)
    rng = np.random.default_rng([seed, 1])
    policy = random_policy(rng, [str(t) for t in region.towns.index])
    policy = policy.replace(objective="expected", operating_subsidy=True, fixed_seats=())
    return region.replace(policy=policy, uncertainty=Uncertainty(data=DATA, draws=draws, seed=seed))


def force(region: Instance) -> ExpectedByForce:
    """Brute force with the travel and the neighbours of the case."""
    case = op.case_of(region)
    pairs = case.reach.pairs
    places = zip(pairs["seat"].tolist(), pairs["town"].tolist(), strict=True)
    hours = dict(zip(places, pairs["hours"].tolist(), strict=True))
    borders = frozenset((int(a), int(b)) for a, b in case.reach.edges)
    return expected_by_force(region, hours=hours, borders=borders)


@pytest.mark.parametrize("seed", range(16))
def test_methods_equal_brute_force(seed: int) -> None:
    region = uncertain_region(seed)
    due = force(region).least_mean()
    for method in ("compact", "columns"):
        plan = op.solve(region, method=method)
        if math.isinf(due):
            assert plan.status in ("infeasible", "unconfirmed"), method
            continue
        assert plan.status == "optimal", (method, plan.outcome.broken_promises)
        assert plan.objective == pytest.approx(due, rel=1e-6), method
        assert plan.audit().passed, str(plan.audit())


@pytest.mark.parametrize("seed", range(20, 26))
def test_a_given_grouping_takes_the_best_seats_in_the_mean(seed: int) -> None:
    region = uncertain_region(seed, draws=6)
    wide = region.policy.replace(
        reach_hours=10.0, same_zone=False, connected=False, keep_apart=(), keep_together=()
    )
    wide = wide.replace(operators_least=0, operators_most=None, subsidy_budget_year=None)
    region = region.replace(policy=wide, towns=region.towns.assign(seat_allowed=True))
    plan = op.evaluate(region, {"t0": "a", "t1": "a", "t2": "b", "t3": "b"})
    due = force(region).mean([(0, 1), (2, 3)])
    assert plan.objective == pytest.approx(due, rel=1e-6)
    assert plan.audit().passed, str(plan.audit())


def test_a_draw_by_hand() -> None:
    """Pair: 60,000 overhead, 90,000 operation, 3,000 of joining and travel; no spread but overhead.

    Overhead is 0.5, 1 or 1.5 times as much in three draws of a uniform (one in each third), so the
    requirement of the two together is between 123,000 and 183,000; what bills cannot bring is
    subsidy, weighted by 3.
    """
    pair = op.read("instances/pair")
    data = {"overhead": Uncertain(distribution="uniform", low=0.5, high=1.5)}
    policy = pair.policy.replace(objective="expected")
    region = pair.replace(policy=policy, uncertainty=Uncertainty(data=data, draws=8))
    plan = op.evaluate(region, "together")
    draws = plan.draws
    assert draws is not None
    factor = (draws["requirement_year"] - 93_000) / 60_000
    assert factor.between(0.5, 1.5).all()
    assert factor.std() > 0.2
    most = draws["revenue_year"].max()  # bills come to their limit where costs are high
    due = draws["requirement_year"] + 3.0 * (draws["requirement_year"] - most).clip(lower=0)
    assert plan.objective == pytest.approx(due.mean())


def test_a_certain_region_has_the_plan_of_the_given_figures() -> None:
    sure = {"costs": Uncertain(distribution="uniform", low=1.0, high=1.0)}
    region = op.read("instances/line").replace(uncertainty=Uncertainty(data=sure, draws=3))
    expected = region.replace(policy=region.policy.replace(objective="expected"))
    assert op.solve(expected).objective == pytest.approx(op.solve(region).objective)


def test_what_it_cannot_stand_beside_is_refused() -> None:
    line = op.read("instances/line")
    for change in ({"core": True}, {"operating_subsidy": False}):
        with pytest.raises(InstanceError, match="cannot stand beside"):
            line.replace(policy=line.policy.replace(objective="expected", **change))
    growing = op.read("instances/growing")
    with pytest.raises(InstanceError, match=r"cannot stand beside \[horizon\]"):
        growing.replace(policy=growing.policy.replace(objective="expected"))
    answering = op.read("instances/answering")
    with pytest.raises(InstanceError, match="demand_response"):
        answering.replace(policy=answering.policy.replace(objective="expected"))


def test_the_audit_sees_forged_draws(tmp_path: Path) -> None:
    region = uncertain_region(3)
    plan = op.solve(region)
    draws = plan.draws
    assert draws is not None
    again = op.read_plan(plan.write(tmp_path / "run"))
    assert again.draws is not None
    assert again.draws.equals(draws)
    assert op.audit_run(tmp_path / "run").passed
    cheaper = draws.assign(requirement_year=draws["requirement_year"] * 0.9)
    forged = {
        "objective": draws.assign(
            requirement_year=draws["requirement_year"] * 0.9,
            revenue_year=draws["revenue_year"] - 0.1 * draws["requirement_year"],
        ),
        "draws": cheaper,
    }
    for rule, table in forged.items():
        failed = replace(plan, draws=table).audit().failures["rule"].tolist()
        assert rule in failed, rule
    for table in (None, draws.iloc[1:], draws.drop(columns="level")):
        assert "draws" in replace(plan, draws=table).audit().failures["rule"].tolist()
    plain = op.solve(region.replace(policy=region.policy.replace(objective="given")))
    assert "draws" in replace(plain, draws=draws).audit().failures["rule"].tolist()
