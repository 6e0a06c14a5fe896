"""Nothing of a Spanish or Portuguese page is in English, for plans of every kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.messages.words import LANGUAGES, words_of
from optimizer.plan.plan import Plan
from optimizer.report.charts.calibration import draw_calibration
from optimizer.report.page import page
from tests.plan.test_years import TODAY, TWO
from tests.support.diagnose_regions import region
from tests.support.report_regions import bundled_plan
from tests.support.stability_regions import empty_core
from tests.support.year_regions import one_town
from tests.tariffs.test_household_support import errors
from tests.tariffs.test_household_support import one_town as poor_town
from tests.tariffs.test_solidarity import strata
from tests.tariffs.test_two_services import KINDS, sewer_region

KNOWN = {"social", "industrial", "variable", "Plan"}
"""Words of three letters or more that are the same in both languages."""
ATTRIBUTES = ("title", "aria-label", "alt", "placeholder")


class Texts(HTMLParser):
    """Every text that a reader sees or hears, without formulas (``code``) and the styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "code"):
            self.open.append(tag)
        self.found += [str(v) for name, v in attrs if name in ATTRIBUTES and v]

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.found.append(data)


def labels_of_script(text: str) -> list[str]:
    """The texts that the page's script shows on hover and click."""
    found = re.search(r'<script type="application/json" id="plan-data">(.*?)</script>', text)
    assert found
    data = json.loads(found[1])
    values = [text for plan in data["plans"] for area in plan["areas"] for _, text in area["lines"]]
    return [str(text) for text in (*data["labels"], *values)]


def named(instance: Instance) -> list[str]:
    """What the planner named: it stays as it is in any language."""
    names = [
        *instance.towns["name"],
        *(str(name).partition(" (")[0] for name in instance.towns["name"]),
        *instance.towns.index,
        *instance.towns["zone"].astype(str),
        *instance.operator_models.index,
        *instance.households.index.get_level_values("group"),
        *(c.category for c in instance.tariff.categories),
        *instance.assumptions,
        *(text for s in instance.sources for text in (s.title, s.publisher, s.licence, s.used_for)),
        instance.title,
        instance.currency,
    ]
    return sorted({str(name) for name in names if str(name)}, key=len, reverse=True)


@cache
def plans_of(kind: str) -> Plan | Mapping[str, Plan]:
    """The plans of a kind, solved once for all languages."""
    return PLANS[kind]()


def left_in_english(plans: Plan | Mapping[str, Plan], language: str) -> list[str]:
    """Return the texts with words of their own that both pages share, the formulas left out."""
    pages = [page.page_html(plans, language=language) for language in ("en", language)]
    english, other = (re.sub(r'<div class="formulas">.*?</div>', "", p, flags=re.S) for p in pages)
    first = plans if isinstance(plans, Plan) else next(iter(plans.values()))
    own = named(first.instance) + ([] if isinstance(plans, Plan) else list(plans))
    shared = {" ".join(t.split()) for t in Texts(english).found + labels_of_script(english)}
    shared &= {" ".join(t.split()) for t in Texts(other).found + labels_of_script(other)}
    left = []
    for text in shared:
        bare = text
        for name in own:
            bare = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", bare)
        words = set(re.findall(r"[^\W\d_]{3,}", re.sub(r"\w+_\w+|\w+\.csv|\w+\.toml", " ", bare)))
        if words - KNOWN and not re.search(r"\d{4}", text):  # years: citations of papers
            left.append(text)
    return sorted(left)


def _path(**changes: object) -> Plan:
    """A path that breaks a promise."""
    rules = Policy(operating_subsidy=False)
    years = TWO.replace(**changes)
    return op.evaluate(one_town(years, targets=TODAY, policy=rules), "alone")


def _budget() -> Plan:
    rules = Policy(subsidy_budget_year=1_000.0)
    years = TWO.replace(increase_share_most=0.25)
    return op.evaluate(one_town(years, targets=TODAY, policy=rules), "alone")


def _compared() -> dict[str, Plan]:
    return {name: bundled_plan("growing", name) for name in ("alone", "together")}


def _no_budget() -> Plan:
    stated = region({"A": 1000}, {}, connection_cost=500.0, subsidy_budget_year=100_000.0)
    return op.solve(stated)


def _supported() -> Plan:
    return op.solve(poor_town(**errors()))


def _two_services(kind: str) -> Plan:
    return op.solve(sewer_region(2, policy=Policy(reach_hours=3.0), kind=kind))


def _beyond_reach() -> Plan:
    hours = {"AB": 1.0, "BC": 1.0, "AC": 2.4}
    return op.solve(region({"A": 2000, "B": 1000, "C": 1000}, hours, no_seat=("B", "C")))


PLANS: dict[str, Callable[[], Plan | Mapping[str, Plan]]] = {
    "together, promises broken": lambda: bundled_plan("san_martin", "together"),
    "nobody shares": lambda: bundled_plan("pilot_nine", "alone"),
    "compared, with years": _compared,
    "a lack in some years": lambda: _path(increase_share_most=0.25),
    "bridging beyond its limit": lambda: _path(increase_share_most=0.5, bridging_most=5_000.0),
    "a budget broken in a year": _budget,
    "household support": _supported,
    "solidarity": lambda: op.solve(strata(solidarity_balance=True)),
    "somebody would leave": lambda: op.evaluate(empty_core(), "together"),
    "no plan within the budget": _no_budget,
    "no plan within reach": _beyond_reach,
} | {f"sewerage, {kind}": (lambda kind=kind: _two_services(kind)) for kind in KINDS}


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts take most of the time, and their letters are drawn, not text."""
    monkeypatch.setattr(page, "_picture", lambda *_: "data:,")


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("kind", PLANS)
def test_no_label_of_a_page_is_english(kind: str, language: str) -> None:
    assert left_in_english(plans_of(kind), language) == []


@pytest.mark.usefixtures("no_pictures")
def test_the_check_finds_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A label whose Spanish is forgotten is seen."""
    monkeypatch.setitem(words_of("es").table, "Service areas", "Service areas")
    assert "Service areas" in left_in_english(bundled_plan("pair", "alone"), "es")


def test_the_picture_of_a_calibration_in_spanish() -> None:
    size = pd.Series(np.linspace(300.0, 9_000.0, 40))
    found = op.calibrate(
        pd.DataFrame({"connections": size, "operating_cost_year": 3e4 + 50 * size}), draws=20
    )
    texts = []
    for language in ("en", "es"):
        figure = draw_calibration(found, language=language)
        axes = figure.axes[0]
        legend = axes.get_legend()
        assert legend is not None
        texts.append(
            [figure.get_suptitle(), *(a.get_title(loc="left") for a in figure.axes)]
            + [a.get_xlabel() for a in figure.axes]
            + [t.get_text() for t in legend.get_texts()]
        )
    assert texts[0][0] != texts[1][0]
    assert all(a != b for a, b in zip(*texts, strict=True))
