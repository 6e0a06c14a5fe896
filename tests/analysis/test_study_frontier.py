"""Plans along one promise, and trade-off curves, of the hand-worked regions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.analysis.many import plans_along as neighbours
from optimizer.analysis.many.plans_along import nearest_plan, waves
from optimizer.analysis.many.runner import Job, Running, RunProgress, Runs, run_many
from optimizer.analysis.what_if.frontier import frontier, policy_with
from optimizer.analysis.what_if.trade_off import not_dominated, trade_off
from optimizer.errors import PolicyError
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Plan


def test_reach_and_what_is_taken_over() -> None:
    # within 1 h Tres still reaches all: the plan of 2 h is kept without another computation;
    # within 0.5 h two operators are needed: 403,000
    seen: list[RunProgress] = []
    region = op.read("instances/line")
    values = [0.5, 1.0, 2.0]
    found = frontier(region, over="reach_hours", values=values, on_progress=seen.append)
    assert found.table["objective"].tolist() == pytest.approx([403_000, 306_000, 306_000])
    assert found.table["seconds"].loc[1.0] == 0
    assert found.table["weighted_step_year"].loc[1.0] == pytest.approx(-97_000 / 0.5)
    kept = found.plans["reach_hours 1"]
    assert kept.instance.policy.reach_hours == 1.0
    assert kept.audit().passed
    assert [step.name for step in seen] == [f"reach_hours {v}" for v in ("2", "1", "0.5")]
    assert found.comparison.savings["operators"].tolist() == [2, 1, 1]


def test_affordability_and_operator_count() -> None:
    # 4 % of 300 is 12 a month, more than the 10 that Pobre needs: no public money is left
    region = op.read("instances/rich_and_poor")
    found = frontier(region, over="affordable_share", values=[0.03, 0.04])
    assert found.table["objective"].tolist() == pytest.approx([376_000, 340_000])
    assert found.table["public_money_year"].tolist() == pytest.approx([12_000, 0])
    # one operator: 320,000 and 104,000 of public money
    count = frontier(region, over="operator_count", values=[1, 2])
    assert count.table["objective"].tolist() == pytest.approx([632_000, 376_000])


def test_a_value_without_a_plan_is_a_row_with_its_reason() -> None:
    region = op.read("instances/rich_and_poor")
    found = frontier(region, over="subsidy_budget", values=[6_000, 12_000])
    assert found.table["status"].tolist() == ["infeasible", "optimal"]
    assert "subsidy_budget" in found.table["reason"].iloc[0]
    assert list(found.plans) == ["subsidy_budget 12000"]


def test_only_numbers_of_the_policy() -> None:
    assert policy_with(Policy(), "subsidy_budget", 5.0).subsidy_budget_year == 5.0
    with pytest.raises(PolicyError, match=r"did you mean reach_hours\?"):
        policy_with(Policy(), "reach", 2.0)  # the promise, not its number
    for name in ("colour", "connected"):
        with pytest.raises(PolicyError, match="operator_count, subsidy_budget"):
            policy_with(Policy(), name, 1)
    with pytest.raises(PolicyError, match="affordable_share"):
        policy_with(Policy(), "affordable_share", 2.0)


def test_cost_against_public_money() -> None:
    # together 320,000 with 104,000 of public money; apart 340,000 with 12,000
    curve = trade_off(op.read("instances/rich_and_poor"))
    assert curve.table["cost_year"].tolist() == pytest.approx([320_000, 340_000])
    assert curve.table["public_money_year"].tolist() == pytest.approx([104_000, 12_000])
    assert curve.table["price"].iloc[1] == pytest.approx(20_000 / 92_000)
    assert (curve.table["gap"] == 0).all()


def test_cost_against_operators() -> None:
    curve = trade_off(op.read("instances/rich_and_poor"), against="operators")
    assert curve.table["weighted_sum_year"].tolist() == pytest.approx([376_000, 632_000])
    assert curve.table["operators"].tolist() == [2, 1]
    with pytest.raises(KeyError, match="cost_year is now weighted_sum_year"):
        curve.table["cost_year"]
    assert curve.table["price"].iloc[1] == pytest.approx(256_000)


def test_cost_against_the_worst_burden() -> None:
    """Every point is the proven best at its burden; lighter bills need more public money."""
    region = op.read("instances/rich_and_poor")
    curve = trade_off(region, over=("cost", "worst_burden"), points=4)
    table = curve.table
    burden = [float(plan.areas["burden_worst"].max()) for plan in curve.plans.values()]
    assert len(table) >= 3
    assert (np.diff(table["weighted_sum_year"]) > 0).all()
    assert (np.diff(burden) < 0).all()
    assert (table["gap"] == 0).all()
    for plan, worst in zip(curve.plans.values(), burden, strict=True):
        share = {"affordable_share": worst, "affordable_share_both": worst}
        again = op.solve(region.replace(policy=region.policy.replace(**share)))
        assert again.objective == pytest.approx(plan.objective, rel=1e-6)
    with pytest.raises(PolicyError, match="worst_burden"):
        trade_off(region, over=("cost", "beauty"))


def test_dominated_points_are_found() -> None:
    cost = pd.Series([3.0, 1.0, 1.0, 2.0, 2.0])
    other = pd.Series([0.0, 5.0, 5.0, 6.0, 1.0])
    assert not_dominated(cost, other).tolist() == [True, True, False, False, True]


def test_a_region_without_a_plan_has_no_curve() -> None:
    region = op.read("instances/pair")
    apart = region.policy.replace(keep_apart=(("alba", "brisa"),), operators_most=1)
    curve = trade_off(region.replace(policy=apart), against="operators")
    assert curve.plans == {}
    assert curve.table.empty
    assert (curve.dropped, curve.missed) == (0, 0)


def test_every_place_of_a_wave_has_a_neighbour_before() -> None:
    for count in range(1, 30):
        for at_once in (1, 2, 3, 8):
            found = waves(count, at_once=at_once)
            assert sorted(place for wave in found for place in wave) == list(range(count))
            assert all(found)
            if at_once > 1:
                # bisection: 2 ** (waves - 1) gaps at most
                assert len(found) <= 2 + math.ceil(math.log2(max(count - 1, 1)))


@pytest.mark.parametrize(
    ("over", "values"),
    [("affordable_share", [0.02, 0.03, 0.035, 0.04, 0.05]), ("reach_hours", [0.5, 1.0, 1.5, 2.0])],
)
def test_several_workers_begin_with_neighbours_and_find_the_same(
    over: str, values: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers: the ends begin cold, every other value with the plan of the nearest one done."""
    region = op.read("instances/ring")
    one = frontier(region, over=over, values=values)
    begun: dict[str, Plan | None] = {}

    def recorded(jobs: list[Job], **kwargs: Any) -> Runs:
        begun.update({job.name: job.start for job in jobs})
        return run_many(jobs, **kwargs)

    monkeypatch.setattr(neighbours, "run_many", recorded)
    seen: list[RunProgress] = []
    running = Running(workers=2)
    two = frontier(region, over=over, values=values, running=running, on_progress=seen.append)
    told = ["status", "objective", "bound", "operators", "requirement_year", "public_money_year"]
    pd.testing.assert_frame_equal(two.table[told], one.table[told])
    ends = {f"{over} {values[0]:g}", f"{over} {values[-1]:g}"}
    assert {name for name, start in begun.items() if start is None} == ends
    for name, start in begun.items():
        if start is not None:
            assert name not in ends
            assert start in two.plans.values()
    assert [step.done for step in seen] == list(range(1, len(values) + 1))
    assert {step.total for step in seen} == {len(values)}


def test_the_nearest_plan_is_the_start() -> None:
    plans = {value: op.evaluate(op.read("instances/pair"), "alone") for value in (1.0, 2.0, 4.0)}
    assert nearest_plan(plans, 1.5) is plans[1.0]
    assert nearest_plan(plans, 3.5) is plans[4.0]
    assert nearest_plan({}, 1.0) is None
