"""Large regions begin with blocks: the answer is the same as without them, and so is the bound."""

from __future__ import annotations

import numpy as np
import pytest

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.large import block_cut_rounds as lift
from optimizer.solving.branch_and_price.large import spatial_blocks as blocks
from optimizer.solving.branch_and_price.large.block_dual_ascent import Pace, touching
from optimizer.solving.branch_and_price.large.spatial_blocks import blocks_of
from optimizer.solving.branch_and_price.pricing import compiled_search as fast
from optimizer.solving.branch_and_price.problem.problem import Land, make_land
from optimizer.solving.branch_and_price.solver import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from tests.support.regions import random_region


def land_of(towns: int, seed: int = 1, **promises: object) -> Land:
    policy = Policy.model_validate({"reach_hours": 1.2, **promises})
    return make_land(case_of(random_region(seed, towns=towns, policy=policy)))


def test_blocks_are_small_and_hold_every_town_once() -> None:
    label = blocks_of(land_of(24), 7)
    count = np.bincount(label)
    assert count.sum() == 24
    assert 24 / 8 <= len(count) <= 24 / 3  # halves of halves: 24, 12, 6
    assert count.max() <= 7
    assert (count > 0).all()


def test_turned_blocks_have_other_borders() -> None:
    land = land_of(24)
    same_block = [np.equal.outer(b, b) for b in (blocks_of(land, 7), blocks_of(land, 7, np.pi / 4))]
    assert (same_block[0] != same_block[1]).any()


def test_towns_that_must_stay_together_are_in_one_block() -> None:
    land = land_of(24)
    label = blocks_of(land, 7)
    a, b = 0, int(np.flatnonzero(label != label[0])[0])
    names = [str(t) for t in land.case.instance.towns.index]
    tied = land_of(24, keep_together=((names[a], names[b]),))
    assert blocks_of(tied, 7)[a] == blocks_of(tied, 7)[b]


def test_touching_seats_are_those_that_reach_a_town_of_the_block() -> None:
    land = land_of(24, reach_hours=0.5)
    inside = np.array([0, 3])
    seats = [
        s
        for s in range(land.towns)
        if set(land.served[land.start[s] : land.start[s + 1]].tolist()) & {0, 3}
    ]
    assert touching(land, inside).tolist() == seats
    assert len(seats) < land.towns


@pytest.mark.parametrize(
    ("seed", "promises"),
    [
        (1, {}),
        (3, {"tariff_scope": "region"}),
        (2, {"tariff_scope": "town"}),
        (4, {"connected": True}),
        (5, {"reach_hours": 0.5}),
    ],
)
def test_blocks_change_neither_the_plan_nor_its_proof(
    seed: int, promises: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = Policy.model_validate({"reach_hours": 1.2, "affordable_share": 0.03, **promises})
    region = random_region(seed, towns=24, policy=policy)
    plain = op.solve(region, method="columns", time_limit=60)
    monkeypatch.setattr(blocks, "LARGE", 10)
    monkeypatch.setattr(fast, "LARGE", 10)
    monkeypatch.setattr(blocks, "BLOCK", 7)
    monkeypatch.setattr(lift, "PACE", Pace(6, 1e-4, lifts=1))
    begun = []
    alone = blocks._blocks_alone
    monkeypatch.setattr(blocks, "_blocks_alone", lambda *a: begun.append(1) or alone(*a))
    plan = op.solve(region, method="columns", time_limit=60)
    assert begun
    assert plain.status == plan.status == "optimal"
    assert plan.objective == pytest.approx(plain.objective, rel=1e-9)
    assert plan.bound <= plain.objective * (1 + 1e-9)


def test_a_region_in_blocks_that_no_operator_can_serve_is_infeasible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every operator model takes at least a million connections; 24 towns have some 60,000."""
    monkeypatch.setattr(blocks, "LARGE", 10)
    monkeypatch.setattr(blocks, "BLOCK", 7)
    region = random_region(1, towns=24, policy=Policy.model_validate({"reach_hours": 1.2}))
    models = region.operator_models.assign(connections_least=1e6, connections_most=2e6)
    case = case_of(region.replace(operator_models=models))
    with Clock(Options(time_limit=30)) as clock:
        assert solve_columns(case, clock).status == "infeasible"
