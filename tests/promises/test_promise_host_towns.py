"""The promise ``host_towns``: towns share an operator only under a host town."""

from __future__ import annotations

import pytest

import optimizer as op
from optimizer.instance.schema.policy import Policy
from tests.paths import ROOT
from tests.support.brute_force import least_cost
from tests.support.incumbent_regions import with_incumbents
from tests.support.method_checks import check_methods

LINE = op.read(ROOT / "instances" / "line")


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_methods_agree_in_every_scope_with_hosts(scope: str) -> None:
    dearer = 0
    for seed in range(30, 36):
        policy = Policy(tariff_scope=scope, reach_hours=3.0, connected=False)
        region = with_incumbents(seed, policy=policy)
        first = str(region.towns.index[seed % 4])
        asked = region.replace(policy=policy.replace(host_towns=(first,)))
        check_methods(asked)
        dearer += least_cost(op.case_of(asked)) > least_cost(op.case_of(region)) * (1 + 1e-9)
    assert dearer >= 2


def test_the_audit_names_an_area_under_no_host() -> None:
    towns = [str(t) for t in LINE.towns.index]
    asked = LINE.replace(policy=LINE.policy.replace(host_towns=(towns[-1],)))
    plan = op.evaluate(LINE, dict.fromkeys(towns, "all"))
    seat = plan.areas["seat"].iloc[0]
    claimed = op.Plan(**{**vars(plan), "instance": asked})
    broken = claimed.audit().broken_promises
    if seat != towns[-1]:
        assert broken["rule"].tolist() == ["host_towns"]
        assert broken["amount"].tolist() == [len(towns) - 1.0]
    assert op.solve(asked).audit().passed
