"""Bills, costs, revenue and the tariff of a group, against answers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import optimizer as op
from optimizer.costs.area_cost import CostTable
from optimizer.customers import block_volumes
from optimizer.instance.schema.policy import Policy
from optimizer.tariffs.batched_simplex import maximise
from optimizer.tariffs.design import design_tariff
from optimizer.tariffs.group_value import group_value, group_values
from optimizer.tariffs.revenue import best_revenue
from optimizer.tariffs.schedule import CategorySchedule, Schedule
from tests.support.regions import random_region

# EMSAP Chanka, near the pilot town Talavera (SUNASS): fixed 1.20 a month; S/ per m3.
CHANKA = Schedule(
    {
        "domestic": CategorySchedule(1.20, (8.0, 20.0), (0.344, 0.457, 0.510)),
        "social": CategorySchedule(1.20, (), (0.277,)),
        "commercial": CategorySchedule(1.20, (20.0,), (0.852, 1.158)),
        "industrial": CategorySchedule(1.20, (), (2.122,)),
    }
)


@pytest.mark.parametrize(
    ("category", "m3", "bill"),
    [
        ("domestic", 8, 3.95),  # 1.20 + 8 x 0.344 = 3.952
        ("domestic", 15, 7.15),  # 3.952 + 7 x 0.457 = 7.151
        ("domestic", 25, 11.99),  # 3.952 + 12 x 0.457 + 5 x 0.510 = 11.986
        ("social", 10, 3.97),  # 1.20 + 10 x 0.277
        ("commercial", 30, 29.82),  # 1.20 + 20 x 0.852 + 10 x 1.158
        ("industrial", 10, 22.42),  # 1.20 + 10 x 2.122
    ],
)
def test_chanka_bills(category: str, m3: float, bill: float) -> None:
    assert round(CHANKA.bill(m3, category=category), 2) == bill


def test_blocks_add_up() -> None:
    use = np.array([0.0, 8.0, 8.5, 20.0, 100.0])
    assert np.allclose(block_volumes(use, (8.0, 20.0)).sum(axis=1), use)


def _two_towns() -> CostTable:
    """Two towns and one model with every cost term, in round numbers."""
    return CostTable(
        size=np.array([1000.0, 500.0]),
        operation_year=np.array([100_000.0, 60_000.0]),
        steady_operation_year=np.array([4_000.0, 3_000.0]),
        replacement_year=np.array([6_000.0, 2_000.0]),
        transition_year=np.array([2_000.0, 3_000.0]),
        trips_year=np.array([50.0, 40.0]),
        models=("company",),
        overhead_year=np.array([30_000.0]),
        efficiency=np.array([0.9]),
        crew_hour_cost=np.array([20.0]),
        least=np.array([0.0]),
        most=np.array([2_000.0]),
        requirement_factor=np.array([1.02 / 0.95]),
        fee_cost=np.array([0.02]),
        fee_revenue=np.array([0.0]),
        margin_cost=np.array([0.0]),
        margin_revenue=np.array([0.05]),
        sits=np.ones((2, 1), dtype=bool),
        today=np.zeros((2, 1), dtype=bool),
    )


def test_cost_of_a_group_by_hand() -> None:
    """Seat in the first town, the second half an hour away.

    Overhead 30,000; operation 0.9 x 160,000 = 144,000 and 7,000 that efficiency leaves as they are;
    replacement 8,000; transition 3,000 (only
    the town that joins); travel 20 x 2 x 0.5 x 40 = 800. Together 192,800.
    """
    table = _two_towns()
    terms = table.terms([0, 1], [0.0, 0.5], seat=0, model=0)
    assert terms.transition_year == 3_000
    assert terms.travel_year == pytest.approx(800)
    assert terms.cost_year == pytest.approx(192_800)
    serve = table.serve_requirement([0, 1], [0.0, 0.5], [False, True]).sum()
    total = serve + table.open_requirement()[0]
    assert total == pytest.approx(192_800 * 1.02 / 0.95)


def test_margin_and_fee_are_shares_of_what_they_say() -> None:
    """requirement = cost + 2 % of cost + 5 % of the requirement itself."""
    cost = 192_800.0
    requirement = cost * 1.02 / 0.95
    assert requirement == pytest.approx(cost + 0.02 * cost + 0.05 * requirement)


def test_small_lp_agrees_with_linprog() -> None:
    """Two hundred random programmes of four prices against scipy's HiGHS."""
    rng = np.random.default_rng(1)
    rows = np.vstack([rng.uniform(0, 10, (12, 4)), rng.normal(size=(3, 4))])
    limits = np.concatenate([rng.uniform(1, 30, 12), np.zeros(3)])
    objective = rng.uniform(0, 5, (200, 1, 4)) * (rng.random((200, 1, 4)) < 0.8)
    held = rng.random((200, 15)) < 0.6
    box = rng.uniform(0.5, 4, (200, 4))
    found = maximise(objective, rows, limits, held, box)
    assert found.solved.all()
    for g in range(200):
        best = linprog(
            -objective[g, 0],
            A_ub=rows[held[g]],
            b_ub=limits[held[g]],
            bounds=[(0, float(u)) for u in box[g]],
        )
        assert objective[g, 0] @ found.point[g] == pytest.approx(-best.fun, rel=1e-9, abs=1e-9)
        assert (rows[held[g]] @ found.point[g] <= limits[held[g]] + 1e-8).all()


@pytest.mark.parametrize("scope", ["service_area", "town"])
def test_no_area_earns_more_than_its_requirement(scope: str) -> None:
    """Revenue plus subsidy is the requirement, to the cent, whether subsidised or not."""
    region = random_region(3, towns=5, policy=Policy(tariff_scope=scope, affordable_share=0.05))
    case = op.case_of(region)
    for members in ([0], [0, 1], [0, 1, 2, 3]):
        value = group_value(case, members)
        if value.seat < 0:
            continue
        design = design_tariff(case, np.array(members), value.requirement_year)
        total = design.revenue_year.sum() + design.subsidy_year
        assert total == pytest.approx(value.requirement_year, rel=1e-12)
        assert design.subsidy_year == pytest.approx(value.subsidy_year, rel=1e-9, abs=1e-3)


def test_tariff_has_the_least_worst_burden() -> None:
    """Against a programme that minimises the worst burden at revenue equal to the requirement."""
    region = random_region(12, towns=4, policy=Policy(affordable_share=0.2))
    region = region.replace(tariff=op.read("instances/san_martin").tariff)
    case = op.case_of(region)
    members = np.arange(3)
    need = 0.4 * best_revenue(case, members, np.ones((1, 3), dtype=bool))[0]
    design = design_tariff(case, members, float(need))
    mine = [k for k in range(len(case.classes.town)) if case.classes.town[k] < 3]
    mine = [k for k in mine if case.classes.protected[k]]
    burden = case.space.bill[mine] / case.classes.income_month[mine][:, None]
    width = burden.shape[1]
    least = linprog(
        np.eye(width + 1)[width],
        A_ub=np.vstack(
            [
                np.column_stack([burden, -np.ones(len(mine))]),
                np.column_stack([case.space.cone, np.zeros(len(case.space.cone))]),
            ]
        ),
        b_ub=np.zeros(len(mine) + len(case.space.cone)),
        A_eq=[np.append(case.revenue_year[:3].sum(axis=0), 0.0) / need],
        b_eq=[1.0],
    )
    assert (burden @ design.prices[0]).max() == pytest.approx(least.fun, rel=1e-6)


def test_many_groups_at_once_equal_one_by_one() -> None:
    """The vectorised value is the value of each group at that seat."""
    case = op.case_of(random_region(5, towns=6, policy=Policy(reach_hours=5)))
    seat = 0
    towns, hours = case.reached_from(seat)
    member = np.array([[bool(k >> b & 1) for b in range(len(towns))] for k in range(64)])
    member = member[member[:, list(towns).index(seat)]]
    values = group_values(case, seat, towns, hours, member)
    for g, row in enumerate(member):
        one = group_value(case, [int(t) for t in towns[row]], seats=[seat])
        assert values.value_year[g] == pytest.approx(one.value_year, rel=1e-9)
