"""The promise ``people_most``: an area has at most so many people."""

from __future__ import annotations

import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from tests.support.resource_promises import check_against_brute_force


def keeps(region: Instance, towns: list[str]) -> bool:
    """Whether an area keeps the promise."""
    most = region.policy.model_dump()["people_most"]
    return most is None or region.towns.loc[towns, "population"].sum() <= most * (1 + 1e-9)


def promise(seed: int, region: Instance) -> dict[str, object]:
    """From less than the largest town alone, which nothing can keep, to most of the region."""
    people = region.towns["population"]
    share = (0.25, 0.4, 0.6)[seed % 3]
    return {"people_most": float(max(share * people.sum(), people.max() * (0.9 + 0.02 * seed)))}


@pytest.mark.parametrize("batch", range(6))
def test_both_methods_equal_brute_force(batch: int) -> None:
    """60 regions; in many the promise costs something, in the first it cannot be kept."""
    seeds = range(10 * batch, 10 * batch + 10)
    assert check_against_brute_force(seeds, promise, keeps) >= 1


def test_the_audit_sees_a_larger_area() -> None:
    """All people of three towns in one area where one fewer is allowed."""
    line = op.read("instances/line")
    people = float(line.towns["population"].sum())
    region = line.replace(policy=line.policy.replace(people_most=people - 1))
    broken = op.evaluate(region, "together").audit().broken_promises
    assert broken[broken["rule"] == "people_most"]["amount"].tolist() == [1.0]


def test_an_impossible_promise_is_named() -> None:
    """Fewer people than one town has: the limit must bend to that town's people."""
    pair = op.read("instances/pair")
    largest = float(pair.towns["population"].max())
    region = pair.replace(policy=pair.policy.replace(people_most=largest - 10))
    assert op.solve(region).status == "infeasible"
    found = {finding.promise: finding for finding in op.diagnose(region)}
    assert found["people_most"].amount == pytest.approx(10)
