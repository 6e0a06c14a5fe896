"""Nothing of a Spanish page is in English: label by label, for plans of every kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Plan
from optimizer.report.charts.calibration import draw_calibration
from optimizer.report.labels import words_of
from optimizer.report.messages import DERIVED, said
from optimizer.report.page import page
from optimizer.report.reasons import PARTS, reason_in
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


def left_in_english(plans: Plan | Mapping[str, Plan]) -> list[str]:
    """Return the texts with words of their own that both pages share, the formulas left out."""
    pages = [page.page_html(plans, language=language) for language in ("en", "es")]
    english, spanish = (
        re.sub(r'<div class="formulas">.*?</div>', "", p, flags=re.S) for p in pages
    )
    first = plans if isinstance(plans, Plan) else next(iter(plans.values()))
    own = named(first.instance) + ([] if isinstance(plans, Plan) else list(plans))
    shared = {" ".join(t.split()) for t in Texts(english).found + labels_of_script(english)}
    shared &= {" ".join(t.split()) for t in Texts(spanish).found + labels_of_script(spanish)}
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
@pytest.mark.parametrize("kind", PLANS)
def test_no_label_of_a_spanish_page_is_english(kind: str) -> None:
    assert left_in_english(PLANS[kind]()) == []


@pytest.mark.usefixtures("no_pictures")
def test_the_check_finds_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A label whose Spanish is forgotten is seen."""
    monkeypatch.setitem(words_of("es").table, "Service areas", "Service areas")
    assert "Service areas" in left_in_english(bundled_plan("pair", "alone"))


@pytest.mark.parametrize("template", PARTS)
def test_a_part_of_a_reason_is_recognised(template: str) -> None:
    """Filled with distinct values, every part comes back, in English the same."""
    places = re.findall(r"{(\w+)}", template)
    values = {place: f"v{k}" for k, place in enumerate(places)}
    values |= {"field": "reach_hours"} if "field" in values else {}
    text = f"core: {template.format(**values)}"
    assert reason_in(text, words_of("en")) == text
    spanish = reason_in(text, words_of("es"))
    assert spanish != text
    assert all(value in spanish for value in values.values())


def test_joined_reasons_and_lists() -> None:
    text = (
        "viable_size: no operator model fits the connections of Anta (A) and 2 more: 600, less "
        "than social accepts; Beta (B): 900, more than small can run; lower connections_least of "
        "social from 1,000 to 600 and raise connections_most of small from 800 to 900; together "
        "with core: set core to no (not proven to be the least)"
    )
    assert reason_in(text, words_of("en")) == text
    assert reason_in(text, words_of("es")) == (
        "viable_size: ningún modelo de operador es apto para las conexiones de Anta (A) y 2 más: "
        "600, menos de las que social acepta; Beta (B): 900, más de las que small puede operar; "
        "bajar connections_least de social de 1,000 a 600 y subir connections_most de small de "
        "800 a 900; junto con core: poner core en no (no está demostrado que sea lo mínimo)"
    )


def test_every_way_of_deriving_is_known() -> None:
    """Every note in the code that reads a region has its row in the table of labels."""
    told = [
        "polygons joined to their town's",
        "rows that are not lines left out",
        "towns at the same place as another; no travel between them unless a table says so",
        "read as Windows-1252, not UTF-8: check the accents",
        "the column highway",
        "maxspeed, the highest speed allowed, which is seldom driven",
        "maxspeed that is no number of km/h or mph, not used",
        "speeds of road classes that no road has, or needs",
        "no roads: speeds by road class are not used",
        "EPSG:32718 falsifies lengths along roads by up to 1.4 %",
    ]
    assert all(said(text, words_of("es"), {}) != text for text in told)
    assert len(set(DERIVED)) == len(DERIVED)


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
