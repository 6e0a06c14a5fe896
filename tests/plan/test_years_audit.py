"""The audit of a tariff path finds every figure that was changed, and shares no code."""

from __future__ import annotations

import dataclasses
import functools
import re
from importlib.resources import files

import pandas as pd
import pytest

import optimizer as op
from optimizer.audit.years.rules import PATH_RULES
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plan.path.path import TariffPath
from tests.support.regions import random_region


@functools.cache
def good_path() -> TariffPath:
    """Three areas or fewer, with works, loans, targets, support and every limit."""
    rules = Policy(reach_hours=1.0, household_support_share=0.3, subsidy_budget_year=5e6)
    works = {
        "town": ["t0", "t1", "t1"],
        "year": [2024.0, 2025.0, 2027.0],
        "works": ["well", "network", "meters"],
        "amount": [200_000.0, 90_000.0, 40_000.0],
        "grant_share": [0.8, 0.3, 0.0],
        "asset_life_years": [25.0, 30.0, 3.0],
        "connections_added": [0.0, 60.0, 0.0],
        "operating_cost_added_year": [2_000.0, 0.0, 0.0],
    }
    targets = {
        "town": ["t0", "t2"],
        "bill_today_month": [4.0, 5.0],
        "cash_today": [3_000.0, float("nan")],
        "connection_growth_share_year": [0.03, float("nan")],
        "coverage": [0.8, float("nan")],
        "coverage_target": [0.95, float("nan")],
        "collection_rate_target": [0.97, float("nan")],
        "non_revenue_water_target": [0.2, float("nan")],
    }
    horizon = Horizon(
        years=4,
        inflation_share_year=0.03,
        income_growth_share_year=0.01,
        connection_growth_share_year=0.02,
        efficiency_share_year=0.01,
        increase_share_most=0.2,
        loan_share_most=0.5,
        bridging_most=400_000.0,
    )
    region = random_region(11, towns=4, policy=rules).replace(
        horizon=horizon,
        targets=pd.DataFrame(targets).set_index("town"),
        investments=pd.DataFrame(works),
    )
    path = op.tariff_path(op.evaluate(region, "together"))
    assert path.audit().passed, str(path.audit())
    return path


def changed(path: TariffPath, table: str, column: str, *, add: float) -> TariffPath:
    """The path with one figure of a table raised, in its second row."""
    frame = {"years": path.years, "bills": path.bills, "levels": path.levels, "worth": path.worth}
    copy = frame[table].copy()
    at = copy.columns.get_loc(column)
    copy.iloc[min(1, len(copy) - 1), at] += add
    return dataclasses.replace(path, **{table: copy})


YEARS = {
    "level": "bill",
    "connections": "customers",
    "billed_m3_year": "customers",
    "bill_month": "bill",
    "bill_nominal_month": "bill",
    "burden_worst": "burden",
    "revenue_year": "revenue",
    "household_support_year": "household_support",
    "operating_cost_year": "cost",
    "replacement_year": "cost",
    "fee_and_margin_year": "cost",
    "requirement_year": "cost",
    "investment_year": "works",
    "grants_year": "works",
    "debt_service_year": "debt_service",
    "debt": "debt_service",
    "bridging_repaid_year": "cash_balance",
    "cash": "cash_balance",
    # Decisions: what they would do to cash is not what the path says.
    "operating_subsidy_year": "cash_balance",
    "loan_year": "cash_balance",
    "bridging": "cash_balance",
}
BILLS = {
    "connections": "customers",
    "income_month": "burden",
    "bill_month": "bill",
    "paid_month": "bill",
    "burden": "burden",
    "support_month": "bill",
}


@pytest.mark.parametrize(("column", "rule"), YEARS.items())
def test_a_changed_year_is_found(column: str, rule: str) -> None:
    broken = changed(good_path(), "years", column, add=0.01 if "burden" in column else 90.0)
    assert rule in set(broken.audit().failures["rule"])
    assert not broken.audit().sound


@pytest.mark.parametrize(("column", "rule"), BILLS.items())
def test_a_changed_bill_is_found(column: str, rule: str) -> None:
    broken = changed(good_path(), "bills", column, add=0.05)
    assert rule in set(broken.audit().failures["rule"])


def test_every_column_of_the_worth_is_checked() -> None:
    path = good_path()
    for column in path.worth.columns:
        found = changed(path, "worth", column, add=1_000.0).audit().failures
        if path.worth[column].notna().all():
            assert "present_value" in set(found["rule"]), column


def test_a_higher_level_breaks_rise_and_bills() -> None:
    path = good_path()
    broken = changed(path, "levels", "level", add=0.5)
    rules = set(broken.audit().failures["rule"])
    assert {"increase_share_most", "bill", "revenue", "cash_balance"} <= rules


def test_tighter_promises_are_broken_by_what_the_path_does() -> None:
    path = good_path()
    tight = path.horizon.replace(increase_share_most=0.01, loan_share_most=0.0, bridging_most=0.0)
    rules = set(dataclasses.replace(path, horizon=tight).audit().failures["rule"])
    used = {"increase_share_most"}
    used |= {"loan_share_most"} if path.years["loan_year"].max() > 1 else set()
    used |= {"bridging_most"} if path.years["bridging"].max() > 1 else set()
    assert len(used) > 1
    assert used <= rules
    poorer = path.plan.instance.policy.replace(
        affordable_share=0.005, operating_subsidy=False, subsidy_budget_year=0.0
    )
    seen = path.plan.with_instance(path.plan.instance.replace(policy=poorer))
    rules = set(dataclasses.replace(path, plan=seen).audit().broken_promises["rule"])
    assert {"affordable_bill", "subsidy_budget"} <= rules


def test_missing_rows_and_columns_are_found() -> None:
    path = good_path()
    for name, frame in (("years", path.years), ("bills", path.bills), ("levels", path.levels)):
        short = dataclasses.replace(path, **{name: frame.iloc[1:]})
        assert short.audit().failures["rule"].tolist() == ["tables"]
        bare = dataclasses.replace(path, **{name: frame.iloc[:, 1:]})
        assert "is missing" in bare.audit().failures["message"].iloc[0]


def test_every_rule_is_checked_and_described() -> None:
    assert set(good_path().audit().checked.index) == set(PATH_RULES)
    page = files("optimizer.model").joinpath("formulation.md").read_text(encoding="utf-8")
    years = page.split("## Years")[1]
    told = set(re.findall(r"^#### `(\w+)`$", years, flags=re.MULTILINE))
    assert told <= set(PATH_RULES)
    promises = {name for name, rule in PATH_RULES.items() if rule.kind == "promise"}
    assert promises <= told | set(re.findall(r"`(\w+)`", years))
    for name in told:
        section = years.split(f"#### `{name}`\n")[1].split("\n####")[0]
        for part in ("- Formula:", "- In words:", "- Units:", "- Source:"):
            assert part in section, (name, part)
