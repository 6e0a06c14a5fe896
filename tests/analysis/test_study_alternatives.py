"""Different groupings at nearly the same cost."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import optimizer as op
from benchmarks.brute_force.best_plan import partitions
from optimizer.analysis.compare.grouping_difference import pairs_together
from optimizer.analysis.explain.plan_as_groups import standing_of
from optimizer.analysis.many.runner import RunProgress
from optimizer.analysis.what_if.alternatives import alternatives
from optimizer.errors import PolicyError
from optimizer.instance.schema.policy import Policy
from tests.support.regions import random_region


def test_a_pair_that_belongs_together() -> None:
    # apart costs 210,000, far more than 2 % above 153,000
    seen: list[RunProgress] = []
    found = alternatives(op.read("instances/pair"), on_progress=seen.append)
    assert found.plans == {}
    assert found.core.loc[("alba", "brisa"), "proven"]
    assert found.movers.empty
    assert found.limit_year == pytest.approx(1.02 * 153_000)
    assert len(seen) == 1 + found.solves
    assert "1 of them proven" in str(found)


def test_a_pair_that_may_part() -> None:
    region = op.read("instances/pair")
    best = op.solve(region)
    found = alternatives(region, within=0.4, best=best)
    plan = found.plans["alternative 1"]
    assert plan.objective == pytest.approx(210_000)
    assert plan.status == "within_gap"
    assert plan.bound == pytest.approx(153_000)
    assert plan.instance.policy == region.policy
    assert plan.audit().passed
    assert found.core.empty
    assert found.movers["name"].tolist() == ["Brisa"]
    assert found.comparison.savings.loc["alternative 1", "operators_change"] == 1


def test_towns_that_may_join() -> None:
    # rich and poor apart cost 376,000, together 632,000: 70 % more
    found = alternatives(op.read("instances/rich_and_poor"), within=0.7)
    assert found.table["objective"].tolist() == pytest.approx([632_000])
    assert found.table["pair_distance"].tolist() == [1]
    assert found.movers.loc[found.movers.index[0], "plans"] == 1


def test_what_is_refused() -> None:
    region = op.read("instances/pair")
    with pytest.raises(PolicyError, match="within"):
        alternatives(region, within=-0.1)
    with pytest.raises(PolicyError, match="another region"):
        alternatives(region, best=op.evaluate(op.read("instances/line"), "alone"))
    with pytest.raises(PolicyError, match="computed"):
        alternatives(region, best=op.evaluate(region, "alone"))


@pytest.mark.parametrize("seed", [4, 5])
def test_against_every_partition(seed: int) -> None:
    """The core is what all partitions within the limit have in common, and all of it is proven."""
    policy = Policy(affordable_share=0.05, reach_hours=3.0)
    region = random_region(seed, towns=5, policy=policy)
    found = alternatives(region, within=0.03, count=3)
    standing = standing_of(found.best)
    names = standing.case.reach.towns
    within: dict[frozenset[tuple[str, str]], float] = {}
    for partition in partitions(5):
        value = standing.total([standing.value(group) for group in partition]).value_year
        if value <= found.limit_year:
            areas = {names[town]: str(k) for k, group in enumerate(partition) for town in group}
            within[pairs_together(pd.Series(areas))] = value
    for plan in found.plans.values():
        pairs = pairs_together(plan.towns["service_area"])
        assert within[pairs] == pytest.approx(plan.objective)
    common = frozenset.intersection(*within)
    assert set(found.core.index) == common
    assert found.core["proven"].all()


def test_an_alternative_is_a_run_that_opens(tmp_path: Path) -> None:
    """Pair apart costs 210,000 instead of 153,000: a gap of 0.27, which is what was asked for."""
    found = op.alternatives(op.read("instances/pair"), within=0.9, count=1)
    folder = found.write(tmp_path / "alternatives")
    runs = [run.parent for run in folder.rglob("run.json")]
    assert len(runs) == 2
    for run in runs:
        assert op.audit_run(run).passed, str(op.audit_run(run))
    assert max(op.read_plan(run).gap for run in runs) == pytest.approx(57 / 210)
