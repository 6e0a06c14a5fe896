"""One reference .lp file per rule family: a change of the model shows as a readable difference.

``python -m tests.model.test_lp_references`` writes the references anew; read the difference before
committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pyomo.repn.tests.lp_diff import load_and_compare_lp_baseline

import optimizer as op
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Category
from tests.paths import ROOT

FOLDER = ROOT / "tests" / "lp"
FAMILIES: dict[str, tuple[str, dict[str, object]]] = {
    "service_area": ("pair", {}),
    "town": ("pair", {"tariff_scope": "town"}),
    "region": ("pair", {"tariff_scope": "region"}),
    "connected": ("ring", {"connected": True, "reach_hours": 0.5}),
    "own_rules": ("line", {"keep": True, "operators_least": 1, "operators_most": 3}),
    "participation": ("pair", {"participation": True}),
    "household_support": ("pair", {"household_support_share": 0.4}),
    "subsidy_budget": ("pair", {"subsidy_budget_year": 50_000.0}),
    "no_subsidy": ("pair", {"operating_subsidy": False}),
    "solidarity_balance": ("pair", {"social": True, "solidarity_balance": True}),
    "demand_response": ("rich_and_poor", {"demand_response": True}),
    "demand_response_town": ("rich_and_poor", {"demand_response": True, "tariff_scope": "town"}),
    "demand_response_region": (
        "rich_and_poor",
        {"demand_response": True, "tariff_scope": "region"},
    ),
    "sewer": ("pair", {"sewer_share": 0.5}),
    "sewer_region": ("pair", {"sewer_share": 0.5, "tariff_scope": "region"}),
}


def _write(family: str, path: Path) -> None:
    name, changes = FAMILIES[family]
    region = op.read(f"instances/{name}")
    towns = [str(t) for t in region.towns.index]
    if "keep" in changes:
        changes = {k: v for k, v in changes.items() if k != "keep"} | {
            "keep_together": ((towns[0], towns[1]),),
            "keep_apart": ((towns[0], towns[3]),),
            "fixed_seats": (towns[2],),
        }
    if "social" in changes:
        social = Category(category="social", factor=0.5)
        tariff = region.tariff.model_copy(update={"categories": (social,)})
        homes = region.households.assign(category=["social", "domestic"])
        region = region.replace(tariff=tariff, households=homes)
        changes = {k: v for k, v in changes.items() if k != "social"}
    if "demand_response" in changes:
        tariff = region.tariff.model_copy(update={"shape": (0.0, 1.0, 1.0)})
        region = region.replace(tariff=tariff, demand=Demand(bill_today_month=5.0))
    if "sewer_share" in changes:
        homes = region.households.assign(sewer_share=changes["sewer_share"])
        region = region.replace(households=homes)
        changes = {k: v for k, v in changes.items() if k != "sewer_share"}
    built = op.build_model(region.replace(policy=region.policy.replace(**changes)))
    built.model.write(str(path), io_options={"symbolic_solver_labels": True})


@pytest.mark.parametrize("family", FAMILIES)
def test_model_is_as_in_the_reference(family: str, tmp_path: Path) -> None:
    path = tmp_path / f"{family}.lp"
    _write(family, path)
    base, test = load_and_compare_lp_baseline(str(FOLDER / f"{family}.lp"), str(path))
    assert base == test


if __name__ == "__main__":
    for each in FAMILIES:
        _write(each, FOLDER / f"{each}.lp")
