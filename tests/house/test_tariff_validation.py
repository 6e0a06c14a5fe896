"""The tariff figures of the validation page lie within what is in force, and stand there."""

from __future__ import annotations

import pytest

import optimizer as op
from benchmarks.validation.tariffs import (
    EXCEPTIONS,
    FIGURES,
    PAGE,
    figures_of,
    page_with,
    validated_region,
)


@pytest.fixture(scope="module")
def found() -> dict[str, float]:
    """Every figure of the best plan, by its name."""
    return figures_of(op.solve(validated_region(), time_limit=60))


def test_every_figure_is_within_its_range_or_says_why_not(found: dict[str, float]) -> None:
    outside = {
        figure.name: found[figure.name]
        for figure in FIGURES
        if not figure.least * 0.9995 <= found[figure.name] <= figure.most * 1.0005
    }
    assert set(outside) <= set(EXCEPTIONS), outside
    assert len(EXCEPTIONS) <= 2
    assert len(FIGURES) >= 10


def test_the_page_shows_these_figures(found: dict[str, float]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with(page, found) == page


def test_a_figure_outside_its_range_would_be_seen() -> None:
    """The tariff of before: no fixed charge, last block at three times the first."""
    before = figures_of(op.solve(op.read("benchmarks/regions/san_martin_47"), time_limit=60))
    outside = [
        figure.name
        for figure in FIGURES
        if not figure.least * 0.9995 <= before[figure.name] <= figure.most * 1.0005
    ]
    assert "last block over first block" in outside
    assert "fixed charge in a bill of 15 m3" in outside
