"""Demand that responds where there is sewerage too: the methods agree, and the audit follows."""

from __future__ import annotations

import math

import numpy as np
import pytest

import optimizer as op
from optimizer.audit import audit
from optimizer.instance.instance import Instance
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from tests.support.demand_regions import SHAPE, today
from tests.tariffs.test_two_services import sewer_region


def region_of(seed: int) -> Instance:
    """Four towns, some with sewerage as a share of the water bill; half the households answer."""
    policy = Policy(
        demand_response=True,
        reach_hours=3.0,
        affordable_share=0.03,
        affordable_share_both=0.05,
        tariff_scope="town" if seed % 3 == 0 else "service_area",
    )
    region = sewer_region(
        seed, policy=policy.replace(demand_response=False), kind="share of the bill"
    )
    homes = region.households
    elasticity = np.where(np.arange(len(homes)) % 2 == 0, -0.3, 0.0)
    return region.replace(
        tariff=region.tariff.model_copy(update={"shape": SHAPE}),
        households=homes.assign(price_elasticity=elasticity),
        demand=Demand(change_most=0.3),
        targets=today(region, 6.0),
        policy=policy,
    )


@pytest.mark.parametrize("seed", range(4))
def test_methods_agree_with_sewerage(seed: int) -> None:
    region = region_of(seed)
    case = op.case_of(region)
    found = []
    for method in (solve_compact, solve_columns):
        with Clock(Options()) as clock:
            found.append(method(case, clock))
    assert found[0].status == found[1].status
    if math.isfinite(found[0].objective):
        assert found[1].objective == pytest.approx(found[0].objective, rel=1e-6)
        plan = op.solve(region)
        checked = audit(plan)
        assert checked.passed, str(checked)
        assert (plan.bills.sewer_bill_month > 0).any()
        assert (plan.bills.consumption_change.abs() > 0.01).any()
