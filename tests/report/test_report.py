"""The page: whole, harmless, small, in two languages; its figures are the plan's."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from optimizer.errors import OptimizerError
from optimizer.instance.schema.plan_tables import TABLES
from optimizer.messages.message import places
from optimizer.messages.words import LANGUAGES, STATUS, words_of
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import METRICS
from optimizer.report.charts.charts import CHARTS, chart_svg, write_charts
from optimizer.report.figures import Cell, cell, money, percent, shown
from optimizer.report.page.headings import SHORT
from optimizer.report.page.page import page_html, write_page
from optimizer.report.page.tables import schedules
from tests.support.report_regions import (
    HOSTILE,
    bundled_plan,
    hostile_plans,
    no_plan,
    plan_of_towns,
)

ASSETS = Path("optimizer/report")


class Elements(HTMLParser):
    """Every start tag of a page with its attributes, and what scripts and texts hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.inside.append(data)


def _data(page: str) -> dict[str, list]:
    found = re.search(r'<script type="application/json" id="plan-data">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def _compared() -> dict[str, Plan]:
    return {name: bundled_plan("ring", name) for name in ("alone", "together")}


def test_page_holds_every_town_once(tmp_path: Path) -> None:
    plan = bundled_plan("san_martin", "together")
    page = write_page(plan, tmp_path / "deep" / "report.html").read_text(encoding="utf-8")
    data, tags = _data(page), Elements(page).tags
    marks = [a["data-town"] for _, a in tags if "data-town" in a]
    assert data["towns"] == list(plan.towns["name"])
    assert sorted(map(int, marks)) == list(range(47))
    served = [town for area in data["plans"][0]["areas"] for town in area["towns"]]
    assert sorted(served) == list(range(47))
    seats = [int(k) for k in data["plans"][0]["seats"]]
    assert [plan.towns.index[k] for k in seats] == list(plan.areas["seat"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_loads_nothing(language: str) -> None:
    page = page_html(_compared(), language=language)
    for tag, attributes in Elements(page).tags:
        for name in ("src", "href", "xlink:href", "data", "action", "poster", "srcset"):
            place = attributes.get(name)
            assert place is None or place.startswith(("data:", "#")), (tag, place)
    assert "@import" not in page
    assert "url(" not in page.replace("url(#hatch", "")
    assert not re.search(r"\b(fetch|XMLHttpRequest|innerHTML|eval)\b", page)
    assert f'<html lang="{language}">' in page


def test_hostile_names_do_no_harm() -> None:
    page = page_html(hostile_plans())
    elements = Elements(page)
    kinds = [tag for tag, _ in elements.tags]
    assert kinds.count("script") == 3
    assert not {"img", "b", "i", "u"} & set(kinds) - {"img"}
    assert all(str(a["src"]).startswith("data:image/svg") for t, a in elements.tags if t == "img")
    assert not [a for _, a in elements.tags if any(name.startswith("on") for name in a)]
    assert _data(page)["towns"] == list(HOSTILE)
    assert "{{ 7 * 7 }}" in "".join(elements.inside)
    explored = hostile_plans()["together"].explore()._repr_html_()
    assert [tag for tag, _ in Elements(explored).tags] == ["iframe"]


def test_answer_begins_with_the_draws_and_is_of_the_plan() -> None:
    """Ring: the saving over draws, the requirement, the bills and how sure they are come first."""
    plan = bundled_plan("ring", "together")
    page = html.unescape(page_html(plan))
    leads = re.findall(r'<p class="lead">(.*?)</p>', page)
    assert len(leads) == 4
    assert "draws of the uncertain data" in leads[0]
    assert money(float(plan.areas["requirement_year"].sum()), words_of("en")) in leads[2]
    assert "a given grouping with its best tariffs" in leads[3]


def test_nobody_can_share_is_said_with_the_reach_that_would_change_it() -> None:
    """The nine pilot towns: no pair within 2 h; Nauta and Tamshiyacu come first, by boat."""
    page = html.unescape(page_html(bundled_plan("pilot_nine", "together")))
    assert "No two towns can share an operator: no pair lies within the reach of 2 h." in page
    notes = re.findall(r"<p>([^<]*?) and ([^<]*?) could share one from a reach of ([^<]*?) h", page)
    assert {notes[0][0], notes[0][1]} == {"Nauta", "Tamshiyacu (Fernando Lores)"}
    assert 2.0 < float(notes[0][2]) < float(notes[1][2])


def test_no_plan_says_why() -> None:
    page = html.unescape(page_html(no_plan()))
    assert "No plan keeps every promise." in page
    assert "subsidy_budget: 10 more is needed" in page


def test_comparison_names_who_pays_less_and_more() -> None:
    plans = _compared()
    page = html.unescape(page_html(plans))
    alone, together = (plan.towns["bill_month"] for plan in plans.values())
    lower = list(plans["alone"].towns["name"][together < 0.99 * alone])
    assert f"Lower bill ({len(lower)})</strong>: {', '.join(lower) or '–'}" in page
    with pytest.raises(OptimizerError, match="different regions"):
        page_html({"a": plans["alone"], "b": bundled_plan("pair", "alone")})
    with pytest.raises(OptimizerError, match="no plan"):
        page_html({})


def test_page_of_80_towns_is_small() -> None:
    """One plan takes under 1.5 MB, so that three fit into 5 MB."""
    assert len(page_html(plan_of_towns(80)).encode()) < 1_500_000


def test_printed_schedule_is_the_tariff() -> None:
    """The printed bill of 10 m3 is the sum of fixed charge and blocks: 0-8 and 8-20 here."""
    from optimizer.report.page.headings import Writer  # noqa: PLC0415

    plan = bundled_plan("pilot_nine", "alone")
    area = plan.areas.index[0]
    made = schedules(plan, Writer(words_of("en"), "PEN"))[0]
    prices = plan.tariffs["price"].sort_index().loc[(area, "", "domestic")]
    bill = prices["fixed charge"] + 8.0 * prices["block 1"] + 2.0 * prices["block 2"]
    assert made.bills[0] == ("10 m³", (f"{bill:.2f}", made.bills[0][1][1]))
    assert [row[0] for row in made.rows] == ["fixed charge", "0–8 m³", "8–20 m³", "above 20 m³"]
    assert len(schedules(plan, Writer(words_of("en"), "PEN"))) == 9


def test_every_label_exists_in_every_language() -> None:
    """Every text of template and code, and every column, unit and figure, is in the table."""
    template = (ASSETS / "assets/page.html.j2").read_text(encoding="utf-8")
    said = set(re.findall(r'\bt\("(.*?)"[,)]', template))
    said |= {c.meaning for t in TABLES.values() for c in t.index + t.columns}
    said |= {c.unit for t in TABLES.values() for c in t.index + t.columns}
    said |= {m.meaning for m in METRICS} | {m.unit for m in METRICS}
    said |= set(SHORT.values()) | set(STATUS.values())
    for path in ASSETS.glob("*.py"):
        code = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8"))
        said |= set(re.findall(r'\bwords\(\s*"([^"]*)"', code))
    for language in LANGUAGES[1:]:
        words = words_of(language)
        assert sorted(text for text in said if not words.table.get(text)) == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translations_keep_their_places(language: str) -> None:
    for english, other in words_of(language).table.items():
        assert sorted(places(english)) == sorted(places(other)), english


def test_every_column_has_a_short_heading() -> None:
    wanted = {c.name for t in TABLES.values() for c in t.index + t.columns}
    assert wanted <= set(SHORT)


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_svg_that_repeats_and_loads_nothing(name: str) -> None:
    plan = hostile_plans()["together"]
    svg = chart_svg(plan, name)
    assert svg == chart_svg(plan, name)
    assert "<script" not in svg
    assert not re.search(r'(xlink:)?href="(?!#)', svg)


def test_charts_as_files(tmp_path: Path) -> None:
    made = write_charts(bundled_plan("pair", "together"), tmp_path / "charts", language="es")
    assert sorted(p.name for p in made) == sorted(
        f"{c}.{s}" for c in CHARTS for s in ("svg", "png")
    )
    assert all(p.stat().st_size > 2_000 for p in made)


def test_figures() -> None:
    """Digits follow the unit; what is not known is a dash and sorts last."""
    english, portuguese = words_of("en"), words_of("pt")
    assert shown(12.3456, "money/month", english) == "12.35"
    assert shown(1234567.0, "money/year", english) == "1,234,567"
    assert shown(1234567.0, "money/year", portuguese) == "1.234.567"
    assert shown(0.4567, "money/month or money/m3", portuguese) == "0,457"
    assert shown(float("nan"), "hours", english) == "–"
    assert percent(0.03, english) == "3.0 %"
    assert money(-0.4, english) == "0"
    assert cell("towns", "alone_bill_month", float("nan"), portuguese).sort == ""
    assert cell("towns", "bill_month", 1234.5, portuguese) == Cell("1.234,50", "1234.5")


def test_formula_page_in_spanish_has_the_same_formulas() -> None:
    """Every name and formula in both pages, every rule with its words, no English left."""
    folder = Path("optimizer/model")
    texts = [(folder / f"formulation{end}.md").read_text(encoding="utf-8") for end in ("", ".es")]
    texts[1] = texts[1].replace("`formulation.md`", "formulation.md")
    english, spanish = (text.split("\n## ") for text in texts)
    assert len(spanish) >= len(english)
    for one, other in zip(english, spanish, strict=False):
        codes = [
            sorted(" ".join(c.split()) for c in re.findall(r"`([^`]+)`", t)) for t in (one, other)
        ]
        assert codes[0] == codes[1]
        assert one.count("|") == other.count("|")
    plain = re.sub(r"`[^`]+`", "", texts[1])
    assert re.findall(r"\b(the|of|and|where|every|town|money)\b", plain) == []
    assert "Formulación" in page_html(bundled_plan("pair", "alone"), language="es")


def test_broken_promises_in_spanish_with_the_names_of_towns() -> None:
    """All of San Martin under one operator breaks reach and viable_size; nothing is in English."""
    plan = bundled_plan("san_martin", "together")
    page = html.unescape(page_html(plan, language="es"))
    assert "reach: incumplido 30 veces; el peor caso:" in page
    assert "el alcance es 2 h" in page
    assert f"su sede {plan.areas['seat_name'].iloc[0]}" in page
    assert "utility branch admite como máximo 60,000" in page
    assert not re.search(r"from its seat|broken \d+ times|the reach is", page)


def test_many_names_are_folded_away_and_labels_are_told_once() -> None:
    """80 towns of one outcome: 40 names, then all of them behind a summary."""
    page = page_html({"one": plan_of_towns(80), "two": plan_of_towns(80)})
    data = _data(page)
    assert len(data["labels"]) == len(set(data["labels"]))
    lines = data["plans"][0]["towns"][0]
    assert all(isinstance(number, int) for number, _ in lines)
    counts = plan_of_towns(80).towns["gains"].value_counts()
    folded = re.findall(r"all (\d+) names", page)
    assert sorted(set(folded)) == sorted({str(n) for n in counts if n > 60})


@pytest.mark.parametrize("name", ["growing", "san_martin", "pair"])
def test_no_derived_datum_of_a_bundled_region_is_told_in_english(name: str) -> None:
    for language in LANGUAGES[1:]:
        for note in bundled_plan(name, "alone").instance.derived:
            assert words_of(language).said(note.how) != note.how, note
