"""The promise ``core`` in both methods, against brute force over all partitions."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import pyomo.environ as pyo
import pytest

import optimizer as op
from optimizer.analysis.loyalty.coalitions.cost_game import area_game
from optimizer.analysis.loyalty.coalitions.leavers import EveryCoalition
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.branch_and_price.bounding.core import core_rule
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.diagnose.precheck import precheck
from optimizer.solving.group_rules import group_rules
from optimizer.solving.options import Method, Options
from optimizer.solving.solution import Solution
from optimizer.tariffs.case import Case, case_of
from optimizer.tariffs.group_value import group_value
from optimizer.tariffs.payments import area_payments
from tests.support.brute_force import least_cost
from tests.support.regions import random_region
from tests.support.stability_regions import dear_and_cheap, flat_region

BATCH = 10


def promising(seed: int, *, towns: int | None = None) -> Instance:
    """A random region that promises ``core``; one tariff for the region becomes one per area."""
    region = random_region(seed, towns=towns)
    scope = region.policy.tariff_scope
    scope = "service_area" if scope == "region" else scope
    return region.replace(policy=region.policy.replace(core=True, tariff_scope=scope))


@pytest.mark.parametrize("batch", range(2))
def test_columns_equal_brute_force(batch: int) -> None:
    """20 regions; where no plan keeps everybody, that is what is found."""
    for seed in range(BATCH * batch, BATCH * (batch + 1)):
        agrees(solved(solve_columns, case_of(promising(seed))), least_cost_of(seed), seed)


@pytest.mark.parametrize("seed", [s for s in range(20) if s != 13])
def test_compact_model_equals_brute_force(seed: int) -> None:
    """Seed 13 is left out for its time, not for its answer."""
    agrees(solved(solve_compact, case_of(promising(seed))), least_cost_of(seed), seed)


@functools.cache
def least_cost_of(seed: int) -> float:
    return least_cost(case_of(promising(seed)))


def solved(method: Callable[[Case, Clock], Solution], case: Case, **options: float) -> Solution:
    with Clock(Options(**options)) as clock:
        return method(case, clock)


def agrees(solution: Solution, expected: float, seed: int) -> None:
    if math.isinf(expected):
        assert solution.status == "infeasible", seed
        return
    assert solution.status == "optimal", seed
    assert solution.objective == pytest.approx(expected, rel=1e-6), seed
    assert solution.bound <= solution.objective, seed


def test_brute_force_sees_both_kinds() -> None:
    """Some of the regions have a plan in which everybody stays, some have none."""
    feasible = sum(math.isfinite(least_cost_of(seed)) for seed in range(20))
    assert 5 <= feasible <= 17


@pytest.mark.parametrize("seed", range(6))
def test_a_group_is_judged_as_stability_judges_it(seed: int) -> None:
    """Every group that can be served, by the search and by going through all coalitions."""
    case = case_of(promising(seed))
    rule, rules = core_rule(case), group_rules(case)
    for size in range(2, case.towns + 1):
        for group in combinations(range(case.towns), size):
            served = rules.allows(group) and math.isfinite(group_value(case, group).value_year)
            if not served:
                continue
            pays = area_payments(case, np.array(group))
            keys = [case.reach.towns[i] for i in group]
            game = area_game(case, keys, float(pays.sum()))
            found = EveryCoalition(game.tabulated()).most_gaining(pd.Series(pays, index=keys))
            would_leave = found.best > 1e-6 * abs(pays.sum())
            assert rule.judge([group])[0].kept is not would_leave, group


@pytest.mark.parametrize("method", ["columns", "compact"])
def test_the_cheap_town_is_left_alone(method: Method) -> None:
    """At one price t1 would pay 160,000 and alone 120,000, so both go alone: 220,000 + 120,000."""
    region = promise(dear_and_cheap())
    plan = op.solve(region, method=method)
    assert plan.objective == pytest.approx(340_000.0)
    assert len(plan.areas) == 2
    assert op.stability(plan).stable
    assert plan.audit().passed


def test_an_area_that_keeps_everybody_is_formed() -> None:
    """Ten towns, one price: solved with the promise, stability finds that nobody would leave."""
    region = random_region(3, towns=10, policy=Policy(reach_hours=3.0, core=True))
    plan = op.solve(region)
    assert plan.status == "optimal"
    assert op.stability(plan).stable
    assert plan.audit().passed
    free = op.solve(region.replace(policy=region.policy.replace(core=False)))
    assert not op.stability(free).stable
    assert free.objective < plan.objective


@pytest.mark.parametrize("limit", [0.001, 0.1, 0.4])
def test_stopped_early_the_plan_keeps_the_promise(limit: float) -> None:
    case = case_of(random_region(3, towns=10, policy=Policy(reach_hours=3.0, core=True)))
    best = solved(solve_columns, case)
    early = solved(solve_columns, case, time_limit=limit)
    assert early.bound <= best.objective * (1 + 1e-9)
    assert early.objective >= best.objective * (1 - 1e-9)
    assert all(core_rule(case).keeps(area.members) for area in early.areas)


def test_a_rule_of_the_planner_and_the_promise_together() -> None:
    """Not both may be seats: then both share, and t1 would leave, so that no plan is left."""
    built = op.build_model(promise(dear_and_cheap()))
    m = built.model
    m.one_seat = pyo.Constraint(expr=m.serve["t0", "t0"] + m.serve["t1", "t1"] <= 1)
    assert op.solve_model(built).status == "infeasible"


def test_what_must_bend() -> None:
    """With one operator t1 pays 40,000 more than alone: no promise, or two operators."""
    region = promise(dear_and_cheap(), operators_most=1)
    found = {finding.promise: finding for finding in op.diagnose(region)}
    assert set(found) == {"core", "operator_count"}
    assert found["core"].amount == pytest.approx(40_000.0)
    assert "operators_most from 1 to 2" in found["operator_count"].words
    for finding in found.values():
        assert finding.proven
        assert finding.bent is not None
        assert len(op.solve(finding.bent).areas) >= 1
    assert [finding.promise for finding in precheck(region)] == ["core"]


def test_price_of_promises_made_and_not_made() -> None:
    """320,000 together, 340,000 apart: 20,000 is the price of either promise."""
    region = dear_and_cheap()
    plan = op.solve(region)
    for rule in ("core", "participation"):
        assert op.price_of(plan, rule).table["weighted_saving_year"].tolist() == pytest.approx(
            [-20_000.0]
        )
    kept = op.solve(promise(region))
    table = op.price_of(kept, "core").table
    assert table.loc[("core", "dropped"), "weighted_saving_year"] == pytest.approx(20_000.0)


def test_why_names_the_promise() -> None:
    region = promise(dear_and_cheap())
    assert "not possible (core)" in str(op.why(op.solve(region), "t0"))


def test_one_tariff_for_the_region_is_refused() -> None:
    region = dear_and_cheap()
    with pytest.raises(op.InstanceError, match=r"policy\.core"):
        promise(region, tariff_scope="region")


def promise(region: Instance, **changes: object) -> Instance:
    return region.replace(policy=region.policy.replace(core=True, **changes))


def test_a_given_grouping_says_who_would_leave() -> None:
    plan = op.evaluate(promise(dear_and_cheap()), "together")
    assert any(line.startswith("core: ") for line in plan.outcome.broken_promises)
    failure = plan.audit().broken_promises.iloc[0]
    assert failure["rule"] == "core"
    assert failure["town"] == "t1"
    assert failure["amount"] == pytest.approx(40_000.0)


def test_the_audit_looks_into_large_areas() -> None:
    """17 towns at one price: the cheap one pays more than alone."""
    region = flat_region([150.0] * 16 + [60.0], overheads=[(20e3, 0, 20_000)])
    plan = op.evaluate(promise(region), "together")
    found = plan.audit().broken_promises
    assert set(found["rule"]) == {"core"}
    assert "t16" in found["message"].iloc[0]
