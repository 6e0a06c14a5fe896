"""One table of costs: what reads it agrees with the plan, and factors move what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.analysis.what_if.fixed_plan import FixedMoney, fixed_money
from optimizer.analysis.what_if.robustness import robustness
from optimizer.analysis.what_if.scenario_change import changed_region
from optimizer.analysis.what_if.scenario_file import Scenario
from optimizer.audit.money.cost_lines import (
    JOINING,
    OPERATION,
    OVERHEAD,
    REPLACEMENT,
    ROAD_HOUR,
    STEADY,
)
from optimizer.cost_terms.factors import FACTORS, SHARES_MOST
from optimizer.cost_terms.terms import TERMS, CostTerm, Line, Per, terms_of
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Town
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.uncertainty_fields import Uncertain
from optimizer.plan.plan import Plan
from tests.paths import ROOT
from tests.tariffs.test_two_services import sewer_region

BUNDLED = sorted(p.parent.name for p in (ROOT / "instances").glob("*/instance.toml"))
CENT = 0.005
QUIET = {"connection_growth_share_year": 0.0, "efficiency_share_year": 0.0}


def filled_region(seed: int) -> Instance:
    """A random region with sewerage in which every cost column holds a positive figure."""
    rng = np.random.default_rng(seed)
    region = sewer_region(seed, policy=Policy(reach_hours=3.0, affordable_share=0.08))
    scale = {"money/year": 9e3, "money/connection/year": 30.0, "money/m3": 0.3, "money/hour": 40.0}
    tables = {"towns": region.towns, "operator_models": region.operator_models}
    for term in TERMS:
        values = rng.uniform(0.1, 1.0, len(tables[term.table])) * scale[term.unit]
        tables[term.table] = tables[term.table].assign(**{term.column: values})
    models = tables["operator_models"]
    fees = rng.uniform(0.0, 0.05, (len(models), 2))
    tables["operator_models"] = models.assign(
        connections_least=0.0, board_fee_share_revenue=fees[:, 0], margin_share_cost=fees[:, 1]
    )
    return region.replace(**tables)


def groupings(region: Instance) -> list[str]:
    return ["alone", *region.groupings] if len(region.towns) > 1 else ["alone"]


def check_equals(money: FixedMoney, plan: Plan) -> None:
    """Every figure of a fixed plan is the plan's own, to the cent."""
    books = plan.finances
    for name, found in {
        "cost_year": money.cost_year,
        "board_fee_year": money.fee_year,
        "requirement_year": money.requirement_year,
        "income_year": money.income_year,
    }.items():
        assert found[0] == pytest.approx(books[name].to_numpy(), rel=0, abs=CENT), name


def check_studies(region: Instance, plan: Plan) -> None:
    """Every study at factor 1, and the years without change, give the plan's own money."""
    same = changed_region(region, Scenario(multiply=dict.fromkeys(FACTORS, 1.0)))
    assert same.fingerprint() == region.fingerprint()
    if region.policy.demand_response:  # the studies below say that they do not know it yet
        return
    ones = {name: np.ones((1, 1)) for name in FACTORS}
    check_equals(fixed_money(plan, {}), plan)
    check_equals(fixed_money(plan, ones), plan)
    sure = {name: Uncertain(distribution="uniform", low=1.0, high=1.0) for name in FACTORS}
    found = robustness(plan, sure, draws=3)
    public = plan.areas[["operating_subsidy_year", "household_support_year"]].sum().sum()
    books = plan.finances
    short = (books["cost_year"] + books["board_fee_year"] - books["income_year"]).clip(lower=0)
    total = books["cost_year"].sum() + books["board_fee_year"].sum()
    total += region.policy.public_money_price * (public + short.sum())
    assert found.totals["plan"].tolist() == pytest.approx([total] * 3, rel=0, abs=CENT)
    horizon = op.Horizon(years=3, **QUIET)
    years = op.tariff_path(
        replace(plan, instance=region.replace(targets=None, investments=None)), horizon=horizon
    ).years
    lines = ["overhead_year", "operation_year", "transition_year", "travel_year"]
    for name, due in {
        "operating_cost_year": books[lines].sum().sum(),
        "replacement_year": books["replacement_year"].sum(),
        "fee_and_margin_year": books[["board_fee_year", "margin_year"]].sum().sum(),
    }.items():
        by_year = years[name].groupby(level="year").sum()
        assert by_year.tolist() == pytest.approx([due] * 3, rel=0, abs=CENT), name


@pytest.mark.parametrize("name", BUNDLED)
def test_every_study_at_factor_one_is_the_plan_of_a_bundled_region(name: str) -> None:
    region = op.read(ROOT / "instances" / name)
    for grouping in groupings(region):
        plan = op.evaluate(region, grouping)
        if len(plan.areas):
            check_studies(region, plan)


@cache
def filled_plan(seed: int) -> Plan:
    """Three towns together and one alone in a filled region."""
    region = filled_region(seed)
    return op.evaluate(region, pd.Series(["x", "x", "x", "y"], index=region.towns.index))


@pytest.mark.parametrize("seed", range(6))
def test_every_study_at_factor_one_is_the_plan_of_a_filled_region(seed: int) -> None:
    plan = filled_plan(seed)
    region = plan.instance
    assert plan.audit().sound, str(plan.audit())
    assert (plan.finances["sewer_cost_year"] > 0).any()
    check_studies(region, plan)


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_moves_the_columns_that_the_dictionary_names(name: str) -> None:
    page = (ROOT / "instances" / "README.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{name}` \| (`\w+\.\w+`.*) \|$", page, flags=re.MULTILINE)
    assert row is not None
    said = {(table, column) for table, column in re.findall(r"`(\w+)\.(\w+)`", row[1])}
    region = filled_region(1)
    changed = changed_region(region, Scenario(multiply={name: 1.25}))
    moved = set()
    for table in ("towns", "households", "customers", "operator_models"):
        before, after = pd.DataFrame(getattr(region, table)), pd.DataFrame(getattr(changed, table))
        for column in before.columns:
            if before[column].equals(after[column]):
                continue
            moved.add((table, str(column)))
            due = (before[column] * 1.25).clip(upper=SHARES_MOST.get(str(column)))
            assert after[column].to_numpy() == pytest.approx(due.to_numpy(), rel=1e-12)
    assert moved == said


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_does_the_same_in_scenarios_as_to_a_fixed_plan(name: str) -> None:
    """The cost of the same areas, with the scenario's region and with the plan held fixed."""
    plan = filled_plan(2)
    region = plan.instance
    changed = changed_region(region, Scenario(multiply={name: 1.25}))
    case = op.case_of(changed)
    keys = list(region.towns.index)
    due = []
    for area, row in plan.areas.iterrows():
        own = plan.towns[plan.towns["service_area"] == area]
        members = [keys.index(town) for town in own.index]
        lines = case.cost.terms(
            members,
            own["travel_hours"].to_numpy(),
            seat=keys.index(row["seat"]),
            model=case.cost.models.index(row["operator_model"]),
        )
        due.append(lines.cost_year)
    found = fixed_money(plan, {name: np.full((1, 1), 1.25)}).cost_year[0]
    assert found == pytest.approx(due, rel=0, abs=CENT)
    moved = not np.allclose(found, plan.finances["cost_year"], rtol=0, atol=CENT)
    assert moved is (name not in ("income", "collection_rate"))


def test_a_factor_on_a_share_stops_where_its_field_does() -> None:
    for name, most in SHARES_MOST.items():
        bounds = str(Town.model_fields[name])
        assert f"Le(le={most:g})" in bounds.replace("le=1.0", "le=1")


def test_a_region_without_columns_that_may_be_absent_has_the_same_costs() -> None:
    """A table of an earlier time lacks them; they are then 0, in the plan and in every study."""
    region = filled_region(4)
    absent = [term.column for term in TERMS if term.may_be_absent]
    names = [name for name in absent if name in region.towns]
    assert len(names) > 3
    without = region.replace(towns=region.towns.drop(columns=names))
    zero = region.replace(towns=region.towns.assign(**dict.fromkeys(names, 0.0)))
    assert without.fingerprint() == zero.fingerprint()
    plan = op.evaluate(without, "alone")
    assert plan.finances["cost_year"].tolist() == (
        op.evaluate(zero, "alone").finances["cost_year"].tolist()
    )
    assert plan.audit().sound, str(plan.audit())
    check_studies(without, plan)
    assert changed_region(without, Scenario(multiply={"costs": 2.0})).fingerprint() == (
        changed_region(zero, Scenario(multiply={"costs": 2.0})).fingerprint()
    )


def test_the_audit_has_every_cost_in_its_own_table() -> None:
    """The two tables are written apart; this says which columns each must have."""
    tables = {
        (Line.OPERATION, True): OPERATION,
        (Line.OPERATION, False): STEADY,
        (Line.REPLACEMENT, False): REPLACEMENT,
        (Line.TRANSITION, False): JOINING,
        (Line.OVERHEAD, False): tuple((column, "") for column in OVERHEAD),
        (Line.TRAVEL, False): tuple((column, "") for column in ROAD_HOUR),
    }
    for (line, efficiency), own in tables.items():
        declared = {t.column for t in terms_of(line) if t.efficiency is efficiency}
        assert {column for column, _ in own} == declared


@pytest.mark.parametrize(
    ("per", "line", "efficiency", "words"),
    [
        (Per.TOWN, Line.TRANSITION, False, "per town is not transition"),
        (Per.AREA, Line.OPERATION, True, "per service area is not operation"),
        (Per.TOWN, Line.REPLACEMENT, True, "efficiency is a factor on operation"),
        (Per.M3_PRODUCED, Line.OPERATION, False, "follows efficiency"),
    ],
)
def test_a_declaration_that_contradicts_itself(
    per: Per, line: Line, efficiency: bool, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        CostTerm("x_year", "money/year", "x", per, line, "operation", efficiency=efficiency)
