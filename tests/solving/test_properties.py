"""Properties that hold for every region: labels, money, looser promises, bounds."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from tests.support.regions import random_region

SEEDS = st.integers(0, 10_000)
QUICK = settings(max_examples=8, deadline=None, derandomize=True)
MONEY_OF_TOWNS = [
    "fixed_cost_year",
    "connection_cost_year",
    "volume_cost_m3",
    "replacement_cost_year",
    "transition_cost_year",
]


def _objective(region: Instance, policy: Policy) -> float:
    plan = op.solve(region.replace(policy=policy))
    return math.inf if plan.status == "infeasible" else plan.objective


def _plain(seed: int) -> Instance:
    policy = Policy(reach_hours=0.8, affordable_share=0.03)
    return random_region(seed, towns=4, policy=policy)


@QUICK
@given(SEEDS)
def test_relabelling_towns_changes_nothing(seed: int) -> None:
    region = _plain(seed)
    plan = op.solve(region)
    new = {old: f"x{9 - k}" for k, old in enumerate(region.towns.index)}
    order = list(reversed(region.towns.index))
    towns = region.towns.loc[order].rename(index=new)
    households = region.households.rename(index=new, level="town")
    customers = region.customers.rename(index=new, level="town")
    again = op.solve(region.replace(towns=towns, households=households, customers=customers))
    assert again.objective == pytest.approx(plan.objective, rel=1e-9)
    bills = plan.bills["bill_month"].rename(index=new, level="town")
    pd.testing.assert_series_equal(
        again.bills["bill_month"].sort_index(), bills.sort_index(), rtol=1e-6
    )


@QUICK
@given(SEEDS)
def test_money_times_1000_scales_only_money(seed: int) -> None:
    region = _plain(seed)
    tariff = region.tariff
    if tariff.shape is not None:
        tariff = tariff.model_copy(update={"shape": tuple(1000 * s for s in tariff.shape)})
        own = tuple(
            c
            if c.shape is None
            else c.model_copy(update={"shape": tuple(1000 * s for s in c.shape)})
            for c in tariff.categories
        )
        tariff = tariff.model_copy(update={"categories": own})
    towns = region.towns.copy()
    towns[MONEY_OF_TOWNS] = 1000 * towns[MONEY_OF_TOWNS]
    models = region.operator_models.copy()
    models[["overhead_year", "crew_hour_cost"]] *= 1000
    households = region.households.assign(income_month=1000 * region.households["income_month"])
    plan = op.solve(region)
    dear = op.solve(
        region.replace(towns=towns, operator_models=models, households=households, tariff=tariff)
    )
    assert dear.objective == pytest.approx(1000 * plan.objective, rel=1e-6)
    pd.testing.assert_series_equal(
        dear.bills["burden"], plan.bills["burden"], rtol=1e-5, check_exact=False
    )


@QUICK
@given(SEEDS, st.sampled_from(["affordable_share", "reach_hours", "subsidy_budget_year"]))
def test_a_looser_promise_never_costs_more(seed: int, promise: str) -> None:
    region = _plain(seed)
    tight = region.policy.replace(subsidy_budget_year=6e5)
    changes = {
        "affordable_share": {"affordable_share": 0.04},
        "reach_hours": {"reach_hours": 1.2},
        "subsidy_budget_year": {"subsidy_budget_year": 9e5},
    }
    loose = tight.replace(**changes[promise])
    assert _objective(region, loose) <= _objective(region, tight) * (1 + 1e-9)


@QUICK
@given(SEEDS, st.floats(0.01, 0.3))
def test_bound_never_exceeds_objective(seed: int, limit: float) -> None:
    region = random_region(seed, policy=Policy(reach_hours=1.0))
    try:
        plan = op.solve(region, time_limit=limit)
    except op.NoPlanError:
        return
    assert plan.bound <= plan.objective
    assert plan.audit().passed
