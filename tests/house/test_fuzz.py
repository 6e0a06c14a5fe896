"""Mutated regions, layers, settings, runs and tables end in an answer that holds or in an error.

``python -m benchmarks.fuzz`` runs thousands of them under caps of time and memory.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

import optimizer as op
from benchmarks.fuzz.judge import GOOD, judged
from optimizer.errors import InstanceError, Problem, StoreError

EACH, CASES = 8, 96


@pytest.mark.parametrize("first", range(0, CASES, EACH))
def test_every_outcome_is_an_answer_or_an_error_of_the_project(first: int) -> None:
    verdicts = [judged(seed) for seed in range(first, first + EACH)]
    assert [v for v in verdicts if v.outcome not in GOOD] == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ZeroDivisionError("x"), "unexpected error"),
        (RecursionError("x"), "unexpected error"),
        (StoreError("x" * 50_000), "message too long"),
        (InstanceError([Problem("", None, "", "is odd", "")]), "message without a place or remedy"),
        (InstanceError([Problem("towns.csv", 2, "", "is odd", "mend")]), "refused"),
    ],
)
def test_the_judge_tells_findings(
    monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: str
) -> None:
    def broken(_folder: object) -> None:
        raise error

    monkeypatch.setattr("benchmarks.fuzz.judge.op.read", broken)
    assert judged(0).outcome == outcome


def test_a_plan_that_breaks_a_rule_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer whose objective was changed afterwards fails its audit, and the judge says so."""
    plan = op.solve(op.read("instances/pair"))
    wrong = replace(plan, outcome=replace(plan.outcome, objective=plan.objective * 0.9))
    monkeypatch.setattr("benchmarks.fuzz.judge.op.read", lambda _folder: plan.instance)
    monkeypatch.setattr("benchmarks.fuzz.judge.op.solve", lambda *_args, **_options: wrong)
    monkeypatch.setattr("benchmarks.fuzz.judge.op.evaluate", lambda *_args: wrong)
    assert judged(0).outcome == "audit fails"
