"""Mixes of a town's limits bound revenue from above, and exactly for the revenue they are for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.group_value import exact_money, money_bound
from optimizer.solving.branch_and_price.problem.problem import Land, make_land
from optimizer.solving.branch_and_price.problem.tariff_rays import allowed_revenue, mixed_limits
from optimizer.tariffs.case import case_of
from tests.support.regions import random_region


def free_prices(seed: int, towns: int) -> Land:
    """A region whose block prices are free and whose towns have three income groups."""
    policy = Policy(reach_hours=3.0, affordable_share=0.03)
    return make_land(case_of(random_region(seed, towns=towns, policy=policy)))


def test_a_mix_by_hand() -> None:
    # Two prices, two limits: p1 + p2 <= 4 and 3 p1 + p2 <= 6, revenue 2 p1 + p2. The best prices
    # are p1 = 1, p2 = 3 with revenue 5. Weights y with y1/4 + 3 y2/6 >= 2 and y1/4 + y2/6 >= 1
    # and the least sum: y1 = 2, y2 = 3. The mix is (2/5) (1/4, 1/4) + (3/5) (3/6, 1/6)
    # = (0.4, 0.2), and it bounds the revenue by max(2 / 0.4, 1 / 0.2) = 5.
    caps = np.array([[[0.25, 0.25], [0.5, 1 / 6]]])
    np.testing.assert_allclose(mixed_limits(caps, np.array([[2.0, 1.0]])), [[0.4, 0.2]])


def test_a_price_without_a_limit_and_a_town_without_revenue_leave_a_true_mix() -> None:
    caps = np.array([[[1.0, 0.0], [2.0, 0.0]], [[1.0, 3.0], [2.0, 1.0]]])
    mix = mixed_limits(caps, np.array([[1.0, 5.0], [0.0, 0.0]]))
    assert (mix >= caps.min(axis=1) - 1e-12).all()
    assert (mix <= caps.max(axis=1) + 1e-12).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_public_money_is_bounded_from_below_and_exactly_for_single_towns(seed: int) -> None:
    land = free_prices(seed, 6)
    rng = np.random.default_rng(seed)
    groups = listed(
        [*([t] for t in range(6)), *(np.flatnonzero(rng.random(6) < 0.6) for _ in range(9))]
    )
    groups = groups.take(np.flatnonzero(groups.count > 0))
    requirement = groups.total(1e5 * (1.0 + groups.town))
    bound, exact = money_bound(land, groups, requirement), exact_money(land, groups, requirement)
    assert (bound <= exact + 1e-9 * requirement).all()
    np.testing.assert_allclose(bound[:6], exact[:6], atol=1e-6 * requirement.max())


@pytest.mark.parametrize("seed", [5, 7])
def test_free_block_prices_and_several_limits_are_proven(seed: int) -> None:
    """Each limit alone left 5.5 % and 2.5 % of these two open after 15 seconds."""
    policy = Policy(reach_hours=1.2, affordable_share=0.03)
    region = random_region(seed, towns=20, policy=policy)
    region = region.replace(towns=region.towns.assign(seat_allowed=True))
    assert op.solve(region, method="columns", time_limit=60).status == "optimal"


def test_allowed_revenue_by_hand() -> None:
    # 10 p1 + 4 p2 within p1 + 2 p2 <= 1 raises at most max(10 / 1, 4 / 2) = 10, within 5 p2 <= 1
    # without end; a town with both limits: 10, the second town (2 p1 + p2 <= 1) max(5, 4) = 5.
    caps = np.array([[[1.0, 2.0], [0.0, 5.0]], [[2.0, 1.0], [0.0, 0.0]]])
    assert allowed_revenue(caps, np.array([10.0, 4.0])).tolist() == [10.0, 5.0]


def test_participation_is_proven_with_the_right_order_of_towns() -> None:
    """The order by all limits of a town alike left 11 % open after 15 s, of a plan 6 % dearer."""
    policy = Policy(reach_hours=1.2, affordable_share=0.03, participation=True)
    region = random_region(1, towns=40, policy=policy)
    assert op.solve(region, method="columns", time_limit=60).status == "optimal"
