"""The certificate: what duals prove, against answers that are known, and against forgeries."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.analysis.bound_proof import prove_bound
from optimizer.audit import RULES
from optimizer.audit.certificate import CertificateCheck, Duals, check_certificate
from optimizer.audit.facts import facts_of
from optimizer.audit.ledger import Ledger
from optimizer.cli.app import app
from optimizer.plan.plan import Plan
from tests.support.regions import random_region


def checked(plan: Plan, duals: Duals | None) -> CertificateCheck:
    return check_certificate(facts_of(plan, Ledger(RULES)), duals)


@pytest.mark.parametrize(
    "name",
    [
        "pair",
        "line",
        "ring",
        "islands",
        "rich_and_poor",
        "unaffordable",
        "pilot_nine",
        "san_martin",
    ],
)
def test_bundled_regions_are_certified(name: str) -> None:
    plan = op.solve(op.read(f"instances/{name}"))
    found = checked(plan, plan.outcome.duals)
    assert (found.status, found.reason) == ("certified", "")
    assert found.bound == pytest.approx(plan.objective, rel=1e-6)


def test_any_duals_prove_a_true_bound() -> None:
    """Whatever the duals: never above the best plan; zeros and forgeries certify less or as much.

    The best plan of the line costs 306,000: every bound above would be a false proof.
    """
    plan = op.solve(op.read("instances/line"))
    weight = plan.instance.policy.public_money_price
    rng = np.random.default_rng(0)
    towns = [str(t) for t in plan.instance.towns.index]
    for scale in (0.0, 3e4, 1e5, 1e6):
        town = dict(zip(towns, (scale * rng.random(len(towns))).tolist(), strict=True))
        found = checked(plan, Duals(town, 0.0, weight))
        assert found.dual_bound <= 306_000.0 * (1 + 1e-9)
        assert found.bound <= 306_000.0 * (1 + 1e-9)


def forged(plan: Plan) -> Plan:
    """A grouping that claims to be the best one."""
    claim = dataclasses.replace(
        plan.outcome, status="optimal", bound=plan.objective, broken_promises=()
    )
    return dataclasses.replace(plan, outcome=claim)


def test_alone_claimed_as_the_best_is_refuted() -> None:
    region = op.read("instances/line")
    best, alone = op.solve(region), forged(op.evaluate(region, "alone"))
    assert alone.audit().passed  # nothing in its tables is wrong
    towns = alone.towns["cost_year"].to_dict()
    money = region.policy.public_money_price
    for duals in (Duals(towns, 0.0, money), best.outcome.duals):
        found = checked(alone, duals)
        assert found.status == "partly"
        assert found.bound <= best.objective * (1 + 1e-9)
    proof = prove_bound(alone)
    assert proof.refuted
    assert not proof.proven


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"public_money_weight": 99.0}, "another weight"),
        ({"area_year": -5.0}, "negative price"),
        ({"town_year": {"a": 1.0}}, "other towns"),
        ({"triples": ((("uno", "dos", "tres"), -1.0),)}, "triple is negative"),
        ({"area_year": float("nan")}, "no numbers"),
    ],
)
def test_duals_that_are_none_are_told(change: dict[str, object], words: str) -> None:
    plan = op.solve(op.read("instances/line"))
    assert plan.outcome.duals is not None
    found = checked(plan, dataclasses.replace(plan.outcome.duals, **change))
    assert found.status == "not covered"
    assert words in found.reason
    assert found.bound == -np.inf


def test_what_is_not_covered_says_why() -> None:
    answering = op.solve(op.read("instances/answering"))
    assert "menu" in checked(answering, answering.outcome.duals).reason
    compact = op.solve(op.read("instances/pair"), method="compact")
    assert "keeps no duals" in checked(compact, compact.outcome.duals).reason


@pytest.mark.parametrize("seed", range(6))
def test_random_regions_are_never_certified_above_their_best_plan(seed: int) -> None:
    plan = op.solve(random_region(seed))
    if plan.areas.empty:
        assert plan.status == "infeasible"
        return
    found = checked(plan, plan.outcome.duals)
    assert found.bound <= plan.objective * (1 + 1e-6) + 1e-6
    if found.status != "not covered" and not plan.instance.policy.core:
        assert found.status == "certified", found


def test_the_command_proves_the_bound_and_notes_it(tmp_path: Path) -> None:
    region = op.read("instances/line")
    run = op.solve(region).write(tmp_path / "run")
    result = CliRunner().invoke(app, ["audit", str(run), "--bound"])
    assert result.exit_code == 0, result.output
    assert "proven again" in result.output
    note = json.loads((run / "run.json").read_text(encoding="utf-8"))["bound_proof"]
    assert note["proven"] is True
    assert note["versions"]["highspy"]
    assert note["certificate"]["status"] == "certified"
    assert op.audit_run(run).passed
    lie = forged(op.evaluate(region, "alone")).write(tmp_path / "lie")
    result = CliRunner().invoke(app, ["audit", str(lie), "--bound"])
    assert result.exit_code == 6
    assert "refuted" in result.output
    assert "bound_proof" not in json.loads((lie / "run.json").read_text(encoding="utf-8"))
