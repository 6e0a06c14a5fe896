"""The fairness panel: its figures are those of the stability, in two languages, and do no harm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import optimizer as op
from optimizer.messages.words import LANGUAGES, words_of
from optimizer.report.charts.fairness_chart import draw_fairness, fairness_svg
from optimizer.report.page.fairness import fairness, quick_stability
from optimizer.report.page.headings import Writer
from optimizer.report.page.page import page_html
from tests.support.report_regions import bundled_plan, hostile_plans
from tests.support.stability_regions import dear_and_cheap, empty_core, flat_region


def writer(language: str = "en") -> Writer:
    return Writer(words_of(language), "PEN")


@pytest.fixture(scope="module")
def shared() -> op.Plan:
    """At one price t1 pays 160,000 and would need 120,000 alone; t0 pays 160,000 of 220,000."""
    return op.evaluate(dear_and_cheap(), "together")


def test_pays_causes_alone_and_what_keeps_it(shared: op.Plan) -> None:
    """Shares of the overhead of 20,000 are equal; t0 could pay the 40,000 that t1 gets back."""
    panel = fairness(shared, op.stability(shared), writer())
    assert panel.sheet is not None
    rows = {row[0].text: [cell.text for cell in row[2:]] for row in panel.sheet.rows}
    assert rows["t0"] == ["160,000", "210,000", "220,000", "", "+40,000", ""]
    assert rows["t1"] == ["160,000", "110,000", "120,000", "yes", "-40,000", ""]
    assert not panel.calm
    assert "leaving 1 of 1 shared area. With" in panel.lead
    assert (
        "0 PEN/year of subsidy keeps everybody; with the tariffs as they are, 40,000" in panel.lead
    )
    assert panel.areas[0].startswith("Area of t0: t1 would gain 40,000 PEN/year by leaving.")
    assert "t0 +25.0 %, t1 -25.0 %" in panel.areas[0]


def test_subsidy_where_no_sharing_keeps_everybody() -> None:
    """Three towns of which any two are cheap together: 40,000 are missing."""
    plan = op.evaluate(empty_core(), "together")
    panel = fairness(plan, op.stability(plan), writer())
    assert "Subsidy that is still needed: 40,000 PEN/year" in panel.areas[0]


def test_nobody_leaves_and_nobody_shares() -> None:
    calm = fairness(op.solve(op.read("instances/pair")), None, writer())
    assert not calm.known
    plan = op.solve(op.read("instances/pair"))
    panel = fairness(plan, quick_stability(plan), writer())
    assert panel.known
    assert panel.calm
    assert panel.areas == ()
    alone = op.evaluate(op.read("instances/pair"), "alone")
    assert fairness(alone, quick_stability(alone), writer()).lead == "No town shares an operator."


def test_large_areas_are_computed_on_request_only() -> None:
    region = flat_region([100.0] * 13, overheads=[(20e3, 0, 20_000)])
    plan = op.evaluate(region, "together")
    assert quick_stability(plan) is None
    assert "an area has 13 towns" in fairness(plan, None, writer()).lead


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_holds_the_panel(shared: op.Plan, language: str) -> None:
    page = page_html(shared, language=language)
    assert words_of(language)("Would every mayor stay?") in page
    assert page.count('id="stay"') == 1
    given = page_html(shared, language=language, stability=op.stability(shared))
    assert given == page


def test_compared_plans_have_a_panel_each(tmp_path: Path) -> None:
    plans = {name: bundled_plan("pair", name) for name in ("alone", "together")}
    file = op.compare(plans).report(tmp_path / "page.html")
    assert file.read_text(encoding="utf-8").count("Would every mayor stay?") == 2


def test_chart_repeats_and_loads_nothing(shared: op.Plan) -> None:
    found = op.stability(shared)
    svg = fairness_svg(found, writer())
    assert svg == fairness_svg(found, writer())
    assert not re.search(r'(xlink:)?href="(?!#)|<script', svg)
    drawn = draw_fairness(found, writer()).axes[0]
    assert [text.get_text() for text in drawn.get_yticklabels()] == ["t1", "t0"]


def test_hostile_names_do_no_harm() -> None:
    plan = hostile_plans()["together"]
    found = op.stability(plan)
    page = page_html(plan, stability=found)
    assert "<script>alert" not in page
    assert "<script" not in fairness_svg(found, writer())
