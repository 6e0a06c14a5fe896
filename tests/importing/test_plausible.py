"""Numbers that cannot be, or hardly: found, with the likely cause, and nothing else asked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.cli.app import app
from optimizer.plausible.ranges import RANGES
from tests.paths import ROOT

BUNDLED = sorted(p.name for p in (ROOT / "instances").iterdir() if p.is_dir())


@pytest.fixture(scope="module")
def region() -> op.Instance:
    """San Martin: 47 towns with travel, incomes from poverty, commerce."""
    return op.read(ROOT / "instances" / "san_martin")


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_regions_pass_without_a_question(name: str) -> None:
    found = op.plausibility(op.read(ROOT / "instances" / name))
    assert (found.stops, found.asks) == ((), ())


def towns(column: str, factor: float) -> Callable[[op.Instance], op.Instance]:
    return lambda r: r.replace(towns=r.towns.assign(**{column: r.towns[column] * factor}))


def hours(factor: float) -> Callable[[op.Instance], op.Instance]:
    def change(r: op.Instance) -> op.Instance:
        assert r.travel_table is not None
        return r.replace(travel_table=r.travel_table.assign(hours=r.travel_table["hours"] * factor))

    return change


def incomes(factor: float) -> Callable[[op.Instance], op.Instance]:
    def change(r: op.Instance) -> op.Instance:
        return r.replace(
            households=r.households.assign(income_month=r.households["income_month"] * factor)
        )

    return change


@pytest.mark.parametrize(
    ("change", "column", "cause"),
    [
        (hours(60), "hours", "minutes"),
        (hours(1 / 60), "hours", "divided by 60"),
        (incomes(12), "income_month", "figure of a year"),
        (incomes(1 / 4), "income_month", "per head"),
        (incomes(1 / 1000), "income_month", "thousands"),
        (towns("consumption_m3_month", 12), "consumption_m3_month", "figure of a year"),
        (towns("consumption_m3_month", 1 / 4), "consumption_m3_month", "per head"),
        (towns("non_revenue_water", 1 / 100), "non_revenue_water", "divided by"),
        (towns("volume_cost_m3", 60), "volume_cost_m3", "60"),
        (towns("fixed_cost_year", 1 / 12), "fixed_cost_year", ""),
    ],
)
def test_a_wrong_unit_is_asked_about_with_its_cause(
    region: op.Instance, change: Callable[[op.Instance], op.Instance], column: str, cause: str
) -> None:
    found = op.plausibility(change(region))
    told = [s for s in (*found.stops, *found.asks) if s.column == column]
    if column == "fixed_cost_year":
        assert len(found.stops) + len(found.asks) <= 1
        return
    assert len(told) == 1
    assert cause in told[0].cause
    assert len(found.stops) + len(found.asks) <= 2


def test_single_towns_are_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "instances" / "san_martin", tmp_path / "lost")
    towns = tmp_path / "lost" / "towns.csv"
    text = towns.read_text(encoding="utf-8")
    assert ",5880," in text
    towns.write_text(text.replace(",5880,", ",11.88,"), encoding="utf-8")
    found = op.plausibility(op.read(tmp_path / "lost"))
    (asked,) = [s for s in found.asks if s.column == "population"]
    assert asked.keys == ("220104",)
    assert asked.cause == "11.880 looks like 11,880"


def test_what_cannot_be_stops_check_and_solve(region: op.Instance, tmp_path: Path) -> None:
    op.write(hours(1 / 1000)(region), tmp_path / "quick")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "quick"), "--json"])
    assert done.exit_code == 3
    assert "impossible" in done.stdout
    stopped = CliRunner().invoke(
        app, ["solve", str(tmp_path / "quick"), "--results", str(tmp_path)]
    )
    assert stopped.exit_code == 3
    with pytest.raises(op.InstanceError, match="cannot be"):
        op.plausibility(op.read(tmp_path / "quick")).raise_for_stops()


def test_the_data_report_stands_alone(region: op.Instance, tmp_path: Path) -> None:
    page = op.data_report(hours(60)(region), tmp_path / "data.html").read_text(encoding="utf-8")
    assert "looks like minutes where hours are due" in page
    assert page.count("<svg") > 10
    links = set(re.findall(r"https?://[^\"<]+", page))
    assert all(link.startswith("http://www.w3.org/") for link in links)  # names, not addresses


def test_every_range_has_a_source() -> None:
    table = pd.DataFrame([vars(row) for row in RANGES.values()])
    assert (table["source"].str.len() > 5).all()
    assert (table["low"] <= table["high"]).all()
    assert (table["town_low"] <= table["low"]).all()
    assert (table["town_high"] >= table["high"]).all()
