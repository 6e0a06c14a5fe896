"""Plans for the tests of maps, page and workbook."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.policy import Policy
from optimizer.plan.build import empty_plan
from optimizer.plan.plan import Outcome, Plan

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.org","x")',
    "\"quotes\" & 'apostrophes' </script>",
    "Pueblo 💧 {{ 7 * 7 }}",
    ("Nombre " + "largo " * 40).strip(),
    "\u202eمدينة\u202c",
    "cost $x_1$ \\frac",
)


@cache
def hostile_region() -> Instance:
    """Towns whose names are markup, formulas, emoji, right to left, and far too long."""
    count = len(HOSTILE)
    angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    towns = pd.DataFrame(
        {
            "town": [f"<b>{k}" for k in range(count)],
            "name": list(HOSTILE),
            "lon": -76.5 + 0.2 * np.cos(angle),
            "lat": -6.5 + 0.2 * np.sin(angle),
            "population": 4000.0 + 500.0 * np.arange(count),
            "income_month": 900.0,
            "connection_cost_year": 40.0,
        }
    )
    models = pd.DataFrame({"operator_model": ["<i>board</i>"], "overhead_year": [60_000.0]})
    return instance_from_tables(
        name="hostile",
        title="<img src=x onerror=alert(1)>",
        currency="PEN",
        price_year=2023,
        crs="EPSG:32718",
        towns=towns,
        operator_models=models,
        policy=Policy(reach_hours=4.0),
    )


@cache
def hostile_plans() -> dict[str, Plan]:
    """Alone and together, under names that are markup too."""
    region = hostile_region()
    together = op.evaluate(region, "together")
    return {"<u>alone</u>": op.evaluate(region, "alone"), "together": together}


@cache
def bundled_plan(name: str, grouping: str) -> Plan:
    """A given grouping of a bundled region."""
    return op.evaluate(op.read(f"instances/{name}"), grouping)


@cache
def plan_of_towns(count: int) -> Plan:
    """Every town alone, on a lattice, five household groups each."""
    rng = np.random.default_rng(5)
    towns = pd.DataFrame(
        {
            "town": [f"t{k:03}" for k in range(count)],
            "name": [f"Villa Número {k}" for k in range(count)],
            "lon": -76.5 + 0.05 * (np.arange(count) % 10) + 0.01 * rng.random(count),
            "lat": -6.5 + 0.05 * (np.arange(count) // 10) + 0.01 * rng.random(count),
            "population": rng.integers(2_000, 30_000, count).astype(float),
            "income_month": 900.0,
            "connection_cost_year": 40.0,
        }
    )
    models = pd.DataFrame({"operator_model": ["board"], "overhead_year": [60_000.0]})
    region = instance_from_tables(
        name="many",
        title="Many towns",
        currency="PEN",
        price_year=2023,
        crs="EPSG:32718",
        towns=towns,
        operator_models=models,
    )
    return op.evaluate(region, {f"t{k:03}": f"area {k // 4}" for k in range(count)})


def no_plan() -> Plan:
    """An infeasible outcome of the pair."""
    reasons = ("subsidy_budget: 10 more is needed",)
    outcome = Outcome("infeasible", np.inf, np.inf, broken_promises=reasons)
    region = op.read("instances/pair")
    return empty_plan(region, outcome)
