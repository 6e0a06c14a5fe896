"""Promises of the planner's own: sums over the towns of every area, declared in the policy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optimizer as op
from optimizer.audit import RULES
from optimizer.cli.explaining import explain_rule
from optimizer.instance.instance import Instance
from optimizer.promises import PROMISES
from optimizer.promises.own import TAKEN
from tests.support.regions import random_region
from tests.support.resource_promises import check_against_brute_force


def with_staff(seed: int) -> Instance:
    """A random region whose towns have staff, some none."""
    region = random_region(seed)
    dice = np.random.default_rng(seed)
    staff = dice.integers(0, 12, len(region.towns)).astype(float)
    return region.replace(towns=region.towns.assign(own_staff=staff))


def keeps(region: Instance, towns: list[str]) -> bool:
    """Whether an area keeps the promise on staff."""
    own = region.policy.own[0]
    staff = sum(region.towns.at[town, "own_staff"] for town in towns)
    return (own.least or 0.0) <= staff <= (np.inf if own.most is None else own.most)


def promise(seed: int, region: Instance) -> dict[str, object]:
    """At most some staff an area; in every third region at least some."""
    staff = region.towns["own_staff"]
    limits = {
        "most": float(max(staff.max() - (seed % 10 == 0), (0.3, 0.5)[seed % 2] * staff.sum()))
    }
    if seed % 3 == 0:
        limits = {"least": float(np.ceil(0.2 * staff.sum()))}
    return {"own": (op.OwnPromise(name="staff", column="own_staff", **limits),)}


@pytest.mark.parametrize("batch", range(4))
def test_both_methods_equal_brute_force(batch: int) -> None:
    """40 regions; in many the promise costs something."""
    seeds = range(10 * batch, 10 * batch + 10)
    assert check_against_brute_force(seeds, promise, keeps, with_staff) >= 2


def line_with_staff(most: float) -> Instance:
    """Five towns with ten staff each, and the most that an area may have."""
    line = op.read("instances/line")
    own = op.OwnPromise(name="staff", column="own_staff", most=most)
    towns = line.towns.assign(own_staff=10.0)
    return line.replace(towns=towns, policy=line.policy.replace(own=(own,)))


def test_they_travel_with_files_and_runs(tmp_path: Path) -> None:
    """A folder and a run that are written and read again promise and audit the same."""
    region = line_with_staff(20)
    again = op.read(op.write(region, tmp_path / "line"))
    assert again.policy.own == region.policy.own
    assert again.fingerprint() == region.fingerprint()
    plan = op.solve(region)
    assert len(plan.areas) == 3
    assert int(plan.audit().checked["staff"]) == 3
    assert op.audit_run(plan.write(tmp_path / "run")).passed
    page = plan.report(tmp_path / "page.html", language="es").read_text(encoding="utf-8")
    assert "staff: own_staff de un área: como máximo 20" in page
    assert op.read_plan(tmp_path / "run").instance.policy.own == region.policy.own


def test_the_audit_tells_what_a_grouping_breaks() -> None:
    """Fifty staff in one area where twenty are allowed."""
    broken = op.evaluate(line_with_staff(20), "together").audit().broken_promises
    assert broken["rule"].tolist() == ["staff"]
    assert broken["amount"].tolist() == [30.0]


def test_an_impossible_one_is_named_and_explained() -> None:
    """Less than one town has: it must bend to that; and it is explained with the region's names."""
    region = line_with_staff(4)
    assert op.solve(region).status == "infeasible"
    found = {finding.promise: finding for finding in op.diagnose(region)}
    assert found["staff"].amount == pytest.approx(6)
    bent = found["staff"].bent
    assert bent is not None
    assert op.solve(bent).status == "optimal"
    assert "own_staff_most[" in explain_rule(line_with_staff(20), "staff")


def test_it_has_a_price() -> None:
    """Dropped, the plan costs as little as without it."""
    plan = op.solve(line_with_staff(20))
    free = op.solve(op.read("instances/line"))
    table = op.price_of(plan, "staff").table.reset_index()
    dropped = table[table["bend"] == "dropped"]["weighted_saving_year"]
    assert dropped.tolist() == [pytest.approx(plan.objective - free.objective)]


def test_what_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    """An unknown column, a promise without limit, and one with the name of another."""
    folder = op.write(line_with_staff(20), tmp_path / "line")
    file = folder / "instance.toml"
    text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("own ="))
    own = """
[[policy.own]]
name = "staff"
column = "own_stuff"
most = 40
"""
    file.write_text(text.replace("[tariff]", own + "\n[tariff]", 1))
    with pytest.raises(op.InstanceError) as error:
        op.read(folder)
    (problem,) = error.value.problems
    assert problem.column == "policy.own[1].column"
    assert file.read_text().splitlines()[problem.line - 1] == 'column = "own_stuff"'
    assert "own_staff" in problem.remedy
    with pytest.raises(op.PolicyError, match="reach"):
        op.Policy().replace(own=[{"name": "reach", "most": 3}])
    with pytest.raises(op.PolicyError, match="limits nothing"):
        op.Policy().replace(own=[{"name": "staff"}])


def test_no_own_promise_takes_the_name_of_a_rule() -> None:
    """Every rule of the audit is a promise, or kept back."""
    assert set(RULES) - set(PROMISES) <= TAKEN
