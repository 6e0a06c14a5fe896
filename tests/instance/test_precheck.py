"""Checks before solving: impossible at first sight, and awkward numbers."""

from __future__ import annotations

import math

import pytest

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.messages.words import LANGUAGES, words_of
from optimizer.solving.branch_and_price import solver
from optimizer.solving.clock import Clock
from optimizer.solving.diagnose import Diagnosis
from optimizer.solving.diagnose.precheck import precheck
from tests.support.diagnose_regions import has_plan, region
from tests.support.regions import random_region


def only(found: list[Diagnosis]) -> Diagnosis:
    assert len(found) == 1, found
    for language in LANGUAGES[1:]:
        assert words_of(language).said(found[0].words) != found[0].words
    return found[0]


def test_nothing_to_say() -> None:
    assert precheck(region({"A": 1000, "B": 1000}, {"AB": 1.0})) == []


def test_town_beyond_reach_of_every_seat() -> None:
    stated = region({"A": 1000, "B": 1000}, {"AB": 2.4}, no_seat=("B",))
    found = only(precheck(stated))
    assert (found.promise, found.unit) == ("reach", "hours")
    assert found.amount == pytest.approx(0.4)
    assert "Bellavista (B) 2.4 h" in found.words


def test_town_that_no_road_joins_to_a_seat() -> None:
    stated = region({"A": 1000, "B": 1000, "C": 10}, {"AC": 1.0}, no_seat=("B",))
    found = only(precheck(stated))
    assert math.isinf(found.amount)
    assert "no travel is known" in found.words


def test_town_larger_than_the_largest_model() -> None:
    stated = region({"A": 5000, "B": 10}, {"AB": 5.0}, models={"social": (0.0, 0.0, 3000.0)})
    found = only(precheck(stated))
    assert (found.promise, found.amount) == ("viable_size", 2000)


def test_whole_reach_smaller_than_the_smallest_model() -> None:
    stated = region({"A": 600, "B": 300}, {"AB": 1.0}, models={"social": (0.0, 1000.0, 1e9)})
    found = only(precheck(stated))
    assert (found.promise, found.amount) == ("viable_size", 100)


def test_sets_that_no_seat_reaches_or_no_model_holds() -> None:
    far = region({"A": 10, "B": 10}, {"AB": 3.0}, keep_together=(("A", "B"),))
    assert "raise reach_hours to 3" in only(precheck(far)).words
    large = region(
        {"A": 900, "B": 900},
        {"AB": 1.0},
        models={"social": (0.0, 0.0, 1000.0)},
        keep_together=(("A", "B"),),
    )
    assert only(precheck(large)).promise == "keep_together"
    assert not has_plan(large)


def test_number_of_operators() -> None:
    parts = region({"A": 10, "B": 10, "C": 10}, {"AB": 1.0}, operators_most=1)
    assert "raise operators_most from 1 to 2" in only(precheck(parts)).words
    small = region(
        {"A": 900, "B": 900},
        {"AB": 1.0},
        models={"social": (0.0, 1000.0, 1e9)},
        operators_least=2,
    )
    assert "lower operators_least from 2 to 1" in only(precheck(small)).words


def test_money_that_is_missing_in_any_case() -> None:
    """500,000 needed and 360,000 paid at most."""
    budget = region({"A": 1000}, {}, connection_cost=500.0, subsidy_budget_year=100_000.0)
    assert only(precheck(budget)).amount == pytest.approx(40_000.0)
    without = region({"A": 1000}, {}, connection_cost=500.0, operating_subsidy=False)
    found = only(precheck(without))
    assert (found.promise, found.amount) == ("operating_subsidy", pytest.approx(140_000.0))
    enough = region({"A": 1000}, {}, connection_cost=500.0, subsidy_budget_year=140_000.0)
    assert precheck(enough) == []


def test_numbers_of_an_awkward_size() -> None:
    """A town that costs 2e9 a year is 2e6 in the model's thousands."""
    found = only(precheck(region({"A": 1000}, {}, connection_cost=2e6)))
    assert found.promise == "scale"
    assert "another unit" in found.words


def poor_town(reach_hours: float) -> op.Instance:
    """A hundred towns in a square of 330 km of which one has a hundredth of the others' income."""
    promises = Policy(
        affordable_share=0.1, reach_hours=reach_hours, operating_subsidy=False, same_zone=False
    )
    return random_region(7, towns=100, policy=promises, span=3.0, poor="t3")


def test_town_that_nobody_can_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is within reach cannot pay for it; solving says what the check knows, unsearched."""
    stated = poor_town(0.8)
    found = [finding for finding in precheck(stated) if finding.promise == "operating_subsidy"]
    assert "t3" in only(found).words
    monkeypatch.setattr(solver, "generate", None)
    plan = op.solve(stated, time_limit=2)
    assert plan.status == "infeasible"
    assert any("t3" in words for words in plan.outcome.broken_promises)


def test_what_is_missing_around_a_town_is_a_bound() -> None:
    """No finding about money where a plan exists without a subsidy."""
    for seed in range(30):
        promises = Policy(affordable_share=0.03, reach_hours=1.0, operating_subsidy=False)
        stated = random_region(seed, policy=promises, poor="t1" if seed % 2 else "")
        found = [f for f in precheck(stated) if f.promise == "operating_subsidy"]
        if found:
            assert not has_plan(stated), seed


def test_bound_above_any_plan_ends_the_search() -> None:
    """Towns within reach might help the poor one, but do not; the bound rose without end before."""
    stated = poor_town(1.2)
    assert not precheck(stated)
    told = []

    def tell(progress: op.Progress) -> None:
        told.append(progress)
        assert len(told) < 1000

    with Clock(op.Options(), tell) as clock:
        assert solver.solve_columns(op.case_of(stated), clock).status == "infeasible"
