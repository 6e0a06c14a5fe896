"""The audit agrees with a plan that was worked out by hand."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import optimizer.audit as audit_package
from optimizer.audit import RULES, audit
from tests.support.hand_plan import POLICY, good_plan, hand_plan
from tests.support.regions import WIDE_LIMITS


def test_hand_plan_passes() -> None:
    found = audit(good_plan())
    assert found.passed, str(found)


def test_everything_is_counted() -> None:
    checked = audit(good_plan()).checked
    assert checked["reach"] == 3
    assert checked["affordable_bill"] == 6
    assert checked["cover_cost"] == 2
    assert (checked > 0).all()


def test_checks_every_rule_of_the_register() -> None:
    promised = {"participation": True, "core": True, "solidarity_balance": True}
    promised |= {"host_towns": ("A",), **WIDE_LIMITS}
    checked = set(audit(hand_plan(POLICY.replace(**promised))).checked.index)
    # no sewerage, no category with prices of its own, no folder, no promises of the planner's own
    assert checked == set(RULES) - {"sewer_share", "category_multiple", "files", "own"}


def test_participation_breaks_by_what_town_a_overpays() -> None:
    found = audit(hand_plan(POLICY.replace(participation=True))).failures
    assert found["rule"].tolist() == ["participation"]
    assert found["town"].tolist() == ["A"]
    assert found["amount"].iloc[0] == pytest.approx(153_360 - 134_250)


def test_audit_shares_no_code_with_what_makes_plans() -> None:
    allowed = ("arrays", "errors", "instance", "audit", "messages")
    types_only = ("optimizer.plan.plan", "optimizer.plan.path.path")
    for file in Path(str(audit_package.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("optimizer"):
                known = str(node.module).split(".")[1] in allowed
                assert known or node.module in types_only, (file.name, node.module)
