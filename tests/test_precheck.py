"""Checks before solving: impossible at first sight, and awkward numbers."""

from __future__ import annotations

import math

import pytest

from optimizer.messages.words import LANGUAGES, words_of
from optimizer.solving.diagnose import Diagnosis
from optimizer.solving.diagnose.precheck import precheck
from tests.diagnose_regions import has_plan, region


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
