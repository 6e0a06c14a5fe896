"""Zonal offices are placed as an enumeration of all placings would place them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import optimizer as op
from optimizer.analysis.what_if.zonal_offices import zonal_offices
from optimizer.errors import PolicyError
from tests.paths import ROOT

LINE = op.read(ROOT / "instances" / "line")


def least_cost(plan: op.Plan, office: float) -> float:
    """Travel and offices of the only area, by trying every set of offices."""
    towns, table = LINE.towns, LINE.travel_table["hours"]
    keys, seat = [str(t) for t in towns.index], str(plan.areas["seat"].iloc[0])
    crew = float(LINE.operator_models["crew_hour_cost"][plan.areas["operator_model"].iloc[0]])

    def cost(a: str, b: str) -> float:
        hours = 0.0 if a == b else table.get((a, b), table.get((b, a), np.inf))
        return 2.0 * float(hours) * float(towns["trips_year"][b]) * crew

    others = [key for key in keys if key != seat]
    return min(
        sum(min(cost(a, b) for a in (seat, *some)) for b in keys) + office * len(some)
        for size in range(len(others) + 1)
        for some in combinations(others, size)
    )


@pytest.mark.parametrize("office", [0.0, 100.0, 2_000.0, 20_000.0, 1e9])
def test_offices_are_those_of_an_enumeration(office: float) -> None:
    plan = op.evaluate(LINE, "together")
    found = zonal_offices(plan, office_cost_year=office)
    before = float(plan.finances["travel_year"].sum())
    assert before - found["saving_year"].sum() == pytest.approx(least_cost(plan, office), abs=1e-6)
    assert (found["travel_saved_year"] >= office - 1e-6).all()


def test_an_office_costs_something() -> None:
    plan = op.evaluate(LINE, "together")
    for cost in (-1.0, float("nan"), float("inf")):
        with pytest.raises(PolicyError, match="office_cost_year"):
            zonal_offices(plan, office_cost_year=cost)
