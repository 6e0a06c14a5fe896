"""What a notebook shows: HTML that needs nothing else, every text escaped."""

from __future__ import annotations

import re

import pytest

import optimizer as op
from optimizer.instance.instance import Instance

HOSTILE = "<script>alert('x')</script> & [b]"


@pytest.fixture(scope="module")
def region() -> Instance:
    pair = op.read("instances/pair")
    names = pair.towns.assign(name=[HOSTILE, "Brisa"])
    return pair.replace(towns=names, title=HOSTILE)


@pytest.fixture(scope="module")
def shown(region: Instance) -> dict[str, str]:
    alone, best = op.evaluate(region, "alone"), op.solve(region)
    found = {
        "instance": region,
        "plan": best,
        "comparison": op.compare({HOSTILE: alone, "best": best}),
        "frontier": op.frontier(region, over="operator_count", values=[1, 2]),
        "stability": op.stability(best),
        "alternatives": op.alternatives(region, count=1, solves=2),
    }
    return {name: thing._repr_html_() for name, thing in found.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("instance", "towns: 2;"),
        ("plan", "153,000 a year required"),
        ("comparison", "210,000"),
        ("frontier", "operator count"),
        ("stability", "nobody gains by leaving"),
        ("alternatives", "153,000"),
    ],
)
def test_results_show_as_html(shown: dict[str, str], name: str, text: str) -> None:
    html = shown[name]
    assert text in html
    assert "<script" not in html
    assert "<table" in html
    assert html.count("<div") == html.count("</div>")
    assert html.count("<td") == html.count("</td>")
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", html)


def test_names_are_escaped_and_maps_are_pictures(shown: dict[str, str]) -> None:
    for name in ("instance", "plan", "comparison", "stability"):
        assert "&lt;script&gt;" in shown[name], name
    assert "data:image/png;base64," in shown["plan"]


def test_a_plan_without_areas_shows_too(region: Instance) -> None:
    policy = region.policy.replace(
        operators_least=2, operators_most=2, keep_together=(("alba", "brisa"),)
    )
    plan = op.solve(region.replace(policy=policy))
    assert plan.status == "infeasible"
    assert "no plan keeps every promise" in plan._repr_html_()
