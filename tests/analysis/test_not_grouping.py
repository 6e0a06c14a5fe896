"""Where sharing does not pay the engine leaves every town by itself, and says so first."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.messages.words import words_of
from optimizer.report.page.answer import answer
from optimizer.report.page.page import page_html


def pair(*, transition: float = 2000.0, large_overhead: float | None = None) -> Instance:
    """The pair (1,000 and 500 connections; together they need 1,500) with other grouping costs.

    With ``large_overhead`` the operator of one town has 1,000 connections at most and costs 60,000;
    a larger one costs ``large_overhead``.
    """
    region = op.read("instances/pair")
    region = region.replace(towns=region.towns.assign(transition_cost_year=transition))
    if large_overhead is None:
        return region
    small = region.operator_models.assign(connections_most=1000.0)
    large = region.operator_models.assign(overhead_year=large_overhead)
    large.index = pd.Index(["company"], name=small.index.name)
    return region.replace(operator_models=pd.concat([small, large]))


# Sharing saves one overhead of 60,000 and costs 1,000 of travel and the cost of joining, so it
# pays below 59,000.
@pytest.mark.parametrize(("transition", "operators"), [(58_000.0, 1), (60_000.0, 2)])
def test_cost_of_joining_decides(transition: float, operators: int) -> None:
    assert len(op.solve(pair(transition=transition)).areas) == operators


# Overhead grows with size: 120,000 for two boards, against the company and 3,000 for joining and
# travel, so sharing pays while the company's overhead is below 117,000.
@pytest.mark.parametrize(("overhead", "operators"), [(116_000.0, 1), (118_000.0, 2)])
def test_overhead_that_grows_with_size_decides(overhead: float, operators: int) -> None:
    plan = op.solve(pair(large_overhead=overhead))
    assert len(plan.areas) == operators
    plan.audit().raise_for_failures()
    assert plan.finances["overhead_year"].sum() == (overhead if operators == 1 else 120_000.0)


def test_report_summary_and_comparison_begin_with_not_grouping() -> None:
    region = pair(transition=60_000.0)
    plan, alone = op.solve(region), op.evaluate(region, "alone")
    said = "The best plan is every town by itself"
    assert answer(plan, words_of("en"))[0].startswith(said)
    assert answer(plan, words_of("es"))[0].startswith("El mejor plan es cada localidad por sí sola")
    leads = re.findall(r'<p class="lead">(.*?)</p>', html.unescape(page_html(plan)))
    assert leads[0].startswith(said)
    assert "every town by itself" in " ".join(str(plan).split())
    assert "not grouping is best" in str(op.compare({"alone": alone, "best": plan}))


def test_a_given_grouping_is_not_called_best() -> None:
    plan = op.evaluate(pair(transition=60_000.0), "alone")
    assert "no town shares an operator" in answer(plan, words_of("en"))[0]
    assert "best" not in answer(plan, words_of("en"))[0]


def test_what_grouping_costs_is_in_the_income_statement() -> None:
    plan = op.evaluate(pair(transition=60_000.0), "together")
    row = plan.finances.iloc[0]
    assert (row["overhead_year"], row["transition_year"], row["travel_year"]) == (
        60_000.0,
        60_000.0,
        1000.0,
    )
