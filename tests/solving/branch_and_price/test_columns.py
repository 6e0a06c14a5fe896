"""The column engine against brute force and the compact model, on regions with mixed rules."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.branch_and_price.exact import enumeration as prove
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from optimizer.solving.solution import Solution
from optimizer.tariffs.case import Case, case_of
from tests.support.brute_force import least_cost
from tests.support.regions import random_region

BATCH = 10
WIDE = Policy(reach_hours=1.2, affordable_share=0.03)


def solved(case: Case, **options: float) -> Solution:
    with Clock(Options(**options)) as clock:
        return solve_columns(case, clock)


@pytest.mark.parametrize("batch", range(6))
def test_columns_equal_brute_force(batch: int) -> None:
    """60 regions of 4 to 6 towns; what brute force finds infeasible must be proven so."""
    for seed in range(BATCH * batch, BATCH * (batch + 1)):
        case = case_of(random_region(seed))
        expected = least_cost(case)
        solution = solved(case)
        if math.isinf(expected):
            assert solution.status == "infeasible", seed
            continue
        assert solution.status == "optimal", seed
        assert solution.objective == pytest.approx(expected, rel=1e-6), seed
        assert solution.bound <= solution.objective, seed


@pytest.mark.parametrize("seed", range(300, 308))
def test_columns_equal_the_compact_model(seed: int) -> None:
    """Eight towns: larger than brute force can enumerate in a test."""
    case = case_of(random_region(seed, towns=8))
    solution = solved(case)
    with Clock(Options(time_limit=30)) as clock:
        compact = solve_compact(case, clock)
    assert solution.status in {"optimal", "infeasible"}
    if solution.status == "infeasible":
        assert compact.status in {"infeasible", "time_limit"}
        assert not compact.areas
    elif compact.status == "optimal":
        assert solution.objective == pytest.approx(compact.objective, rel=1e-6)
    else:
        assert solution.objective <= compact.objective * (1 + 1e-9)
        assert solution.objective >= compact.bound * (1 - 1e-6)


@pytest.mark.parametrize("limit", [0.001, 0.05, 0.2])
@pytest.mark.parametrize("seed", [1, 2])
def test_bound_holds_at_any_time_limit(limit: float, seed: int) -> None:
    """Stopped early, the bound is still below the optimum and the plan above it."""
    policy = Policy(reach_hours=3.0, affordable_share=0.03)
    case = case_of(random_region(seed, towns=14, policy=policy))
    best = solved(case)
    early = solved(case, time_limit=limit)
    assert best.status == "optimal"
    assert early.bound <= best.objective * (1 + 1e-9)
    assert early.objective >= best.objective * (1 - 1e-9)
    assert early.status in {"optimal", "time_limit"}


def test_lists_cut_at_half_width_prove_the_same_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every list cut first, plans are the same; some lists are chosen from twice."""
    limits: list[float] = []
    choose = prove._choose

    def noted(*given: object, upper: float, limit: float = -math.inf) -> None:
        limits.append(limit)
        choose(*given, upper=upper, limit=limit)  # type: ignore[arg-type]

    monkeypatch.setattr(prove, "_choose", noted)
    asked: list[int] = []
    costs: list[list[float]] = []
    for short in (10**9, 0):
        monkeypatch.setattr(prove, "SHORT_LIST", short)
        limits.clear()
        plans = [solved(case_of(random_region(s, towns=20, policy=WIDE))) for s in (0, 1, 4, 12)]
        assert [plan.status for plan in plans] == ["optimal"] * 4
        costs.append([plan.objective for plan in plans])
        asked.append(int(np.isfinite(limits).sum()))
    assert asked[1] > asked[0]
    assert costs[1] == pytest.approx(costs[0], rel=1e-9)


def test_areas_partition_the_towns() -> None:
    case = case_of(random_region(5, towns=14, policy=Policy(reach_hours=1.0)))
    solution = solved(case)
    served = sorted(town for area in solution.areas for town in area.members)
    assert served == list(range(case.towns))
    assert all(area.seat in area.members for area in solution.areas)


def test_gap_is_a_stop_rule() -> None:
    case = case_of(random_region(6, towns=14, policy=Policy(reach_hours=3.0)))
    loose, exact = solved(case, gap=0.5), solved(case)
    assert loose.status in {"optimal", "within_gap"}
    assert loose.objective <= 1.5 * exact.objective
    assert loose.bound <= exact.objective * (1 + 1e-9)


def test_same_seed_same_plan() -> None:
    case = case_of(random_region(7, towns=12, policy=Policy(reach_hours=3.0)))
    first, second = solved(case, seed=3), solved(case, seed=3)
    assert [a.members for a in first.areas] == [a.members for a in second.areas]


def test_interrupt_returns_the_plan_so_far() -> None:
    case = case_of(random_region(8, towns=14, policy=Policy(reach_hours=3.0)))
    with Clock(Options()) as clock:
        clock.interrupts.asked = 1
        solution = solve_columns(case, clock)
    assert solution.status in {"interrupted", "optimal"}
    assert solution.bound <= solution.objective
    assert np.isfinite(solution.bound)
