"""Triples in blocks: the bound rises, stays below the best plan, and the proof is the same."""

from __future__ import annotations

import numpy as np
import pytest

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.large import block_cut_rounds as lift
from optimizer.solving.branch_and_price.master.restricted_master import RestrictedMaster
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.problem.subset_rows import SubsetRows
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from tests.support.columns import plain
from tests.support.engine_parameters import tune
from tests.support.regions import random_region

FREE = Totals(0.0, float("inf"), float("inf"))


def land_of(towns: int) -> Problem:
    policy = Policy.model_validate({"reach_hours": 1.2})
    return make_problem(case_of(random_region(1, towns=towns, policy=policy)))


def test_the_triples_of_a_block_lift_its_master() -> None:
    """Pairs of three towns cost 2 and towns alone 3: half of each pair costs 3, which no plan does.

    With the triple, no more than one pair in total may be used; a pair and a town alone cost 5, and
    so does every mixture.
    """
    problem = land_of(4)
    towns = np.array([0, 1, 2])
    duals = Duals(np.zeros(4), 0.0, 0.0)
    columns = listed([[0, 1], [1, 2], [0, 2], [0], [1], [2]])
    value = np.array([2.0, 2.0, 2.0, 3.0, 3.0, 3.0])
    master = RestrictedMaster(problem, towns, FREE, 1.0, Options(), outside=duals)
    master.set_box(np.full(4, -50.0), np.full(4, 50.0), 50.0)
    master.add(plain(columns, value), value)
    free = master.solve(10.0)
    assert free is not None
    assert free.objective == pytest.approx(3.0)
    master.add_subset_rows(np.array([[0, 1, 2]]), columns)
    lifted = master.solve(10.0)
    assert lifted is not None
    assert lifted.objective == pytest.approx(5.0)
    assert lifted.duals.subset_rows.price.tolist() == pytest.approx([4.0])  # (3 + 3 + 3) - 5


def test_towns_and_triples_outside_a_block_are_paid_for() -> None:
    """Town 3 lies outside at 7; a group that holds it and town 1 breaks the triple at 4 as well."""
    problem = land_of(4)
    subset_rows = SubsetRows(np.array([[0, 1, 3]]), np.array([4.0]))
    outside = Duals(np.array([0.0, 0.0, 0.0, 7.0]), 0.0, 0.0, subset_rows)
    master = RestrictedMaster(problem, np.array([0, 1, 2]), FREE, 1.0, Options(), outside=outside)
    master.set_box(np.full(4, -90.0), np.full(4, 90.0), 90.0)
    groups = listed([[0], [1, 3], [2]])
    value = np.array([5.0, 20.0, 6.0])
    master.add(plain(groups, value), value)
    point = master.solve(10.0)
    assert point is not None
    assert point.objective == pytest.approx(5.0 + (20.0 - 7.0 + 4.0) + 6.0)
    assert point.duals.town.tolist() == pytest.approx([5.0, 17.0, 6.0, 7.0])
    assert point.duals.subset_rows.price.tolist() == [4.0]


def test_new_triples_of_a_block_follow_those_of_the_region() -> None:
    """The block knew one triple of its own and one of others when it began, and found one more."""
    known = SubsetRows(np.array([[0, 1, 2], [5, 6, 7]]), np.array([1.0, 2.0]))
    meanwhile = known.padded(np.array([[0, 1, 2], [5, 6, 7], [6, 7, 8]])).priced(
        np.array([1, 2]), np.array([9.0, 8.0])
    )
    own = SubsetRows(np.array([[0, 1, 2], [5, 6, 7], [1, 2, 3]]), np.array([3.0, 2.0, 4.0]))
    joined, place = own.taken_into(meanwhile, len(known), np.arange(4))
    assert joined.town.tolist() == [[0, 1, 2], [5, 6, 7], [6, 7, 8], [1, 2, 3]]
    assert joined.price.tolist() == [3.0, 9.0, 8.0, 4.0]
    assert place.tolist() == [0, 1, 3]


@pytest.mark.parametrize(
    ("seed", "promises"),
    [(1, {}), (2, {"tariff_scope": "town"}), (4, {"connected": True})],
)
def test_lifting_by_blocks_keeps_plan_and_proof(
    seed: int, promises: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = Policy.model_validate({"reach_hours": 1.2, "affordable_share": 0.03, **promises})
    region = random_region(seed, towns=24, policy=policy)
    plain = op.solve(region, method="columns")
    tune(
        monkeypatch,
        large={"blocks_above_towns": 10, "block_towns": 7},
        pricing={"compiled_above_towns": 10},
        solver={"small_towns": 10},
    )
    begun = []
    by_blocks = lift._lift_by_blocks
    monkeypatch.setattr(lift, "_lift_by_blocks", lambda *a: begun.append(1) or by_blocks(*a))
    told: list[float] = []
    plan = op.solve(region, method="columns", threads=2, on_progress=lambda p: told.append(p.bound))
    assert begun
    assert max(told) <= plain.objective * (1 + 1e-9)
    assert plan.status == plain.status == "optimal"
    assert plan.objective == pytest.approx(plain.objective, rel=1e-9)
