"""Plans between one price and a schedule per town, as a table and on the page."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import optimizer as op


@pytest.fixture(scope="module")
def found() -> op.TariffFreedom:
    """The region in which one price lets the poor town limit the rich one."""
    region = op.read("instances/rich_and_poor")
    return op.tariff_freedom(region, spreads=(1.0, 2.0, math.inf), shares=(0.0, 0.5))


def test_more_freedom_is_never_dearer(found: op.TariffFreedom) -> None:
    for _, part in found.table.groupby("support_share"):
        assert (np.diff(part["objective"]) <= 1e-6 * part["objective"].iloc[0]).all()
        assert part["objective"].iloc[-1] < part["objective"].iloc[0]
    assert (found.table["gap"] == 0).all()


def test_the_ends_are_the_scopes_of_the_policy(found: op.TariffFreedom) -> None:
    region = op.read("instances/rich_and_poor")
    for scope, name in (("service_area", "one price"), ("town", "a schedule per town")):
        plan = op.solve(region.replace(policy=region.policy.replace(tariff_scope=scope)))
        assert found.table.loc[name, "objective"] == pytest.approx(plan.objective)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "How far may prices differ inside an area?"),
        ("es", "¿Cuánto pueden diferir los precios dentro de un área?"),
        ("pt", "Quanto os preços podem diferir dentro de uma área?"),
    ],
)
def test_the_page_shows_them(
    found: op.TariffFreedom, language: str, title: str, tmp_path: Path
) -> None:
    plan = found.plans["one price"]
    page = plan.report(tmp_path / "page.html", language=language, freedom=found)
    text = page.read_text(encoding="utf-8")
    assert title in text
    assert 'id="freedom"' in text
    assert "1.5" not in found.table.index
    without = plan.report(tmp_path / "plain.html", language=language).read_text(encoding="utf-8")
    assert title not in without
