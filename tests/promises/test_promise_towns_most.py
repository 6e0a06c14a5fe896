"""The promise ``towns_most``: an area has at most so many towns."""

from __future__ import annotations

import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from tests.support.resource_promises import check_against_brute_force


def keeps(region: Instance, towns: list[str]) -> bool:
    """Whether an area keeps the promise."""
    most = region.policy.model_dump()["towns_most"]
    return most is None or len(towns) <= most


@pytest.mark.parametrize("batch", range(6))
def test_both_methods_equal_brute_force(batch: int) -> None:
    """60 regions with at most 1 to 3 towns an area; in many the promise costs something."""
    seeds = range(10 * batch, 10 * batch + 10)
    assert check_against_brute_force(seeds, lambda s, _: {"towns_most": 1 + s % 3}, keeps) >= 2


def test_the_audit_sees_a_larger_area() -> None:
    """All of three towns together where two are allowed."""
    line = op.read("instances/line")
    region = line.replace(policy=line.policy.replace(towns_most=2))
    plan = op.evaluate(region, "together")
    broken = plan.audit().broken_promises
    assert broken[broken["rule"] == "towns_most"]["amount"].tolist() == [len(line.towns) - 2]


def test_an_impossible_promise_is_named() -> None:
    """Two towns that must go together, one allowed: the limit bends to 2, or the set goes."""
    pair = op.read("instances/pair")
    towns = tuple(pair.towns.index)
    region = pair.replace(policy=pair.policy.replace(towns_most=1, keep_together=(towns,)))
    assert op.solve(region).status == "infeasible"
    found = {finding.promise: finding for finding in op.diagnose(region)}
    assert found["towns_most"].amount == 1
    assert "change towns_most from 1 to 2" in found["towns_most"].words
    assert "keep_together" in found


def test_it_is_priced_and_explained() -> None:
    """Dropped or loosened by one town."""
    ring = op.read("instances/ring")
    region = ring.replace(policy=ring.policy.replace(towns_most=1))
    prices = op.price_of(op.solve(region), "towns_most")
    assert prices.table.index.get_level_values("bend").tolist() == [
        "dropped",
        "loosened to at most 2",
    ]
