"""Nothing is handed out as found that the plan's own figures do not bear out."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.cli.app import app
from optimizer.solving import run
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.branch_and_price.problem.tariff_rays import ray_caps
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.confirm import confirmed, refuted
from optimizer.solving.options import Method, Options
from optimizer.solving.solution import Solution
from optimizer.tariffs.case import case_of
from optimizer.tariffs.group_value import group_value
from optimizer.tariffs.prices.extreme_rays import extreme_rays
from tests.paths import ROOT

FINDINGS = ROOT / "tests" / "findings"
METHODS: tuple[Method, ...] = ("columns", "compact")


@pytest.mark.parametrize("method", METHODS)
def test_sewer_prices_to_be_found_leave_a_region_feasible(method: Method) -> None:
    """Two towns, no costs but one overhead of 50,000, which 1,000 households can easily pay."""
    plan = op.solve(op.read(FINDINGS / "sewer_prices_without_cap"), method=method)
    assert (plan.status, plan.objective, plan.bound) == ("optimal", 50_000.0, 50_000.0)
    assert plan.audit().passed


@pytest.mark.parametrize(
    "name",
    ["infeasible_status_optimal", "infeasible_scope_region", "infeasible_raises"],
)
def test_a_region_that_cannot_be_paid_for_is_infeasible_with_reasons(name: str) -> None:
    plan = op.solve(op.read(FINDINGS / name))
    assert plan.status == "infeasible"
    assert plan.outcome.broken_promises


@pytest.mark.parametrize("name", sorted(p.name for p in FINDINGS.glob("infeasible_*")))
def test_neither_method_shows_a_plan_where_there_is_none(name: str) -> None:
    seen: list[float] = []
    case = case_of(op.read(FINDINGS / name))
    for method in (solve_columns, solve_compact):
        with Clock(Options(), lambda step: seen.append(step.objective)) as clock:
            assert method(case, clock).status == "infeasible"
    assert not np.isfinite(seen).any()


@pytest.mark.parametrize("seed", range(12))
def test_every_ray_of_prices_is_one_that_some_town_can_be_charged(seed: int) -> None:
    """A ray of zeros has no limit, and a price box without an end is no number."""
    rng = np.random.default_rng(seed)
    blocks = tuple(sorted(rng.choice(np.arange(5, 40, 5), int(rng.integers(1, 5)), replace=False)))
    region = op.read(FINDINGS / "sewer_prices_without_cap")
    tariff = region.tariff.model_validate(
        region.tariff.model_dump()
        | {
            "blocks_m3": tuple(float(b) for b in blocks),
            "ladder": float(rng.choice([1.0, 3.0, 50.0])),
            "fixed_charge_share": float(rng.choice([0.0, 0.3, 0.5])),
            "reference_m3_month": float(rng.integers(1, 40)),
            "sewer_most_share": float(rng.choice([0.5, 1.0, 2.0])),
        }
    )
    case = case_of(region.replace(tariff=tariff))
    rays = extreme_rays(case.space.cone, len(case.space.components))
    np.testing.assert_allclose(rays.max(axis=1), 1.0)
    assert (ray_caps(case, rays).max(axis=1) > 0).all()
    assert op.solve(region.replace(tariff=tariff)).objective == pytest.approx(50_000.0)


def test_a_region_with_one_tariff_keeps_its_gap_in_the_objective_and_not_in_cost() -> None:
    """Of a plan 4 % dearer in cost, public money is dearer too: the gap asked for is of both."""
    region = op.read("instances/san_martin")
    policy = region.policy.replace(tariff_scope="region", public_money_price=10.0)
    plan = op.solve(region.replace(policy=policy), gap=0.05)
    assert plan.status in {"optimal", "within_gap"}
    assert plan.gap <= 0.05


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"bound": 100_000.0},
            "called proven best, but costs 53,000.00 a year more than the bound",
        ),
        ({"bound": 100_000.0, "status": "within_gap"}, "called proven within the gap"),
        ({"bound": 200_000.0}, "less than 200,000.00 a year, but this one costs 153,000.00"),
        ({"bound": np.nan}, "the bound of its proof is no number (nan)"),
        ({"objective": np.inf}, "the weighted cost of the plan is no number (inf)"),
        ({"objective": 152_000.0, "bound": 152_000.0}, "its areas sum to 153,000.00"),
    ],
)
def test_a_figure_that_fails_is_named(changes: dict[str, object], says: str) -> None:
    plan = op.solve(op.read("instances/pair"))
    forged = dataclasses.replace(plan, outcome=dataclasses.replace(plan.outcome, **changes))
    judged = confirmed(forged, gap=0.01)
    assert judged.status == "unconfirmed"
    assert says in " ".join(judged.outcome.broken_promises)
    assert not judged.audit().passed
    with pytest.raises(op.UnconfirmedError, match=r"fault of the engine.*compact. may answer"):
        judged.raise_if_unconfirmed()


def test_forbidden_money_is_named() -> None:
    plan = op.solve(op.read("instances/pair").replace(policy=op.Policy(affordable_share=0.001)))
    assert plan.areas["operating_subsidy_year"].sum() > 0
    for promise, says in (
        ({"operating_subsidy": False}, "which the policy does not allow"),
        ({"subsidy_budget_year": 1.0}, "above the budget of 1.00"),
    ):
        strict = plan.instance.replace(policy=plan.instance.policy.replace(**promise))
        judged = confirmed(plan.with_instance(strict), gap=0.0)
        assert judged.status == "unconfirmed"
        assert says in " ".join(judged.outcome.broken_promises)


def test_no_plan_is_not_believed_where_there_is_one() -> None:
    case = case_of(op.read("instances/pair"))
    assert "one with 2 service areas does" in refuted(case, ("reach: anything",), stop=lambda: True)
    barred = case.instance.policy.replace(operators_most=1, core=True)
    again = case_of(case.instance.replace(policy=barred))
    assert "none that would have to bend" in refuted(again, (), stop=lambda: False)
    assert not refuted(again, (), stop=lambda: True)
    assert not refuted(again, ("core: something",), stop=lambda: False)


def test_a_proof_without_a_plan_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    def empty(*_: object, **__: object) -> Solution:
        return Solution((), float("inf"), 100_000.0, "optimal", "columns")

    monkeypatch.setattr(run, "solve_columns", empty)
    found = op.solve(op.read("instances/pair"))
    assert found.status == "unconfirmed"
    assert found.outcome.broken_promises == ("the search ended with a proof, but without a plan",)


def test_the_command_leaves_with_a_code_of_its_own_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A method that proves too little, as the compact one did where incomes lie far apart."""

    case = case_of(op.read("instances/pair"))

    def forged(*_: object, **__: object) -> Solution:
        areas = tuple(group_value(case, [town]) for town in range(2))
        return Solution(areas, 210_000.0, 100_000.0, "optimal", "columns")

    monkeypatch.setattr(run, "solve_columns", forged)
    for extra in ([], ["--json"]):
        call = ["solve", "instances/pair", "--results", str(tmp_path), *extra]
        found = CliRunner().invoke(app, call)
        assert found.exit_code == 7
        assert "110,000.00 a year more than the bound of 100,000.00" in found.output
        assert not list(tmp_path.iterdir())
    assert json.loads(found.stdout)["exit_code"] == 7
