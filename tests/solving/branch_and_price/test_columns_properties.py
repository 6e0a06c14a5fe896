"""What no change of names, units or promises may do to an optimal plan."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from tests.support.regions import random_region

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=12, deadline=None, derandomize=True)


def objective(instance: Instance) -> float:
    with Clock(Options()) as clock:
        return solve_columns(case_of(instance), clock).objective


@FEW
@given(seed=SEEDS)
def test_order_of_the_towns_changes_nothing(seed: int) -> None:
    region = random_region(seed, towns=7)
    order = np.random.default_rng(seed).permutation(len(region.towns))
    shuffled = region.replace(towns=region.towns.iloc[order])
    assert objective(shuffled) == pytest.approx(objective(region), rel=1e-7)


@FEW
@given(seed=SEEDS)
def test_another_currency_scales_money_only(seed: int) -> None:
    region = random_region(seed, towns=7, policy=Policy(reach_hours=1.0, affordable_share=0.03))
    thousand = 1000.0
    towns, models, households = (
        region.towns.copy(),
        region.operator_models.copy(),
        region.households.copy(),
    )
    for column in (
        "fixed_cost_year",
        "connection_cost_year",
        "volume_cost_m3",
        "replacement_cost_year",
        "transition_cost_year",
    ):
        towns[column] *= thousand
    for column in ("overhead_year", "crew_hour_cost"):
        models[column] *= thousand
    households["income_month"] *= thousand
    dear = region.replace(towns=towns, operator_models=models, households=households)
    assert objective(dear) == pytest.approx(thousand * objective(region), rel=1e-7)


@FEW
@given(seed=SEEDS)
def test_looser_promises_never_cost_more(seed: int) -> None:
    region = random_region(seed, towns=7)
    policy = region.policy
    looser = policy.replace(
        affordable_share=min(1.0, 2 * policy.affordable_share),
        keep_apart=(),
        operators_most=None,
        operators_least=0,
        subsidy_budget_year=None,
    )
    tight, loose = objective(region), objective(region.replace(policy=looser))
    assert math.isinf(tight) or loose <= tight * (1 + 1e-9)
