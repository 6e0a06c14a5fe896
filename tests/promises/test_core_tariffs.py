"""The promise ``core`` with two services, customers without a meter, and solidarity.

A regulator's tariff changes what a coalition could charge by itself: the audit, the economics and
both methods must agree on it.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.audit import RULES
from optimizer.audit.facts import facts_of
from optimizer.audit.ledger import Ledger
from optimizer.audit.loyalty.coalition_tariff import bill_weights, coalition_tariff
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.branch_and_price.bounding.core import core_rule
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.group_rules import group_rules
from optimizer.tariffs.case import case_of
from optimizer.tariffs.group_value import group_value
from optimizer.tariffs.payments import area_payments
from optimizer.tariffs.public_money import least_public_money
from optimizer.tariffs.revenue import best_revenue
from tests.instance.test_schedules import rich_region
from tests.promises.test_core_promise import agrees, solved
from tests.support.brute_force import brute_force, least_cost
from tests.tariffs.test_two_services import KINDS, sewer_region

POLICIES = {
    "plain": {},
    "solidarity": {"solidarity_balance": True},
    "support": {"household_support_share": 0.4},
    "by town": {"tariff_scope": "town", "solidarity_balance": True},
    "participation": {"participation": True},
    "no subsidy": {"operating_subsidy": False, "affordable_share": 0.05},
}
MAKERS = {
    "unmetered": rich_region,
    **{kind: lambda s, *, policy, k=kind: sewer_region(s, policy=policy, kind=k) for kind in KINDS},
}


def region_of(kind: str, seed: int, **promises: object) -> Instance:
    policy = Policy(reach_hours=3.0, **promises)
    return MAKERS[kind](seed, policy=policy)


@pytest.mark.parametrize("kind", list(MAKERS))
@pytest.mark.parametrize("seed", range(4))
def test_bills_of_the_audit_are_those_of_the_economics(kind: str, seed: int) -> None:
    region = region_of(kind, seed)
    case = case_of(region)
    facts = facts_of(op.evaluate(region, "alone"), Ledger(RULES))
    mine = bill_weights(facts.classes, region.tariff, sewer=bool(facts.classes["sewer"].any()))
    own = case.classes
    key = pd.MultiIndex.from_arrays(
        [np.array(case.reach.towns)[own.town], own.label, own.category], names=["a", "b", "c"]
    )
    due = pd.DataFrame(case.space.bill, index=key)
    there = pd.MultiIndex.from_frame(facts.classes[["town", "label", "category"]])
    assert due.index.is_unique
    np.testing.assert_allclose(mine, due.loc[there].to_numpy(), rtol=1e-12)


@pytest.mark.parametrize("promises", list(POLICIES))
@pytest.mark.parametrize("kind", list(MAKERS))
@pytest.mark.parametrize("seed", range(2))
def test_public_money_of_coalitions_is_that_of_the_economics(
    kind: str, promises: str, seed: int
) -> None:
    """At a requirement that asks for subsidy, and at one that does not."""
    region = region_of(kind, seed, **POLICIES[promises])
    case = case_of(region)
    facts = facts_of(op.evaluate(region, "alone"), Ledger(RULES))
    tariff = coalition_tariff(facts, list(region.towns.index))
    for size in (1, 2, 4):
        for group in list(combinations(range(case.towns), size))[:3]:
            towns, member = np.array(group), np.ones((1, size), dtype=bool)
            best = best_revenue(case, towns, member)
            for times in (0.7, 1.6):
                need = best * times
                due = least_public_money(case, towns, member, requirement=need, best=best)
                names = [case.reach.towns[i] for i in group]
                found = tariff.public_money_year(names, float(need[0]))
                tolerance = 1e-6 * float(need[0])
                assert found == pytest.approx(float(due.total_year[0]), rel=1e-6, abs=tolerance)


CASES = [
    (kind, seed, promises)
    for kind in MAKERS
    for seed, promises in ((0, "plain"), (1, "solidarity"), (2, "support"), (3, "by town"))
]


IN_SECONDS = {(kind, "plain") for kind in MAKERS}
"""Cases that the compact model settles quickly too."""


@pytest.mark.parametrize(("kind", "seed", "promises"), CASES)
def test_methods_equal_brute_force_and_pass_the_audit(kind: str, seed: int, promises: str) -> None:
    region = region_of(kind, seed, core=True, **POLICIES[promises])
    case = case_of(region)
    expected = least_cost(case)
    agrees(solved(solve_columns, case), expected, seed)
    if (kind, promises) in IN_SECONDS:
        agrees(solved(solve_compact, case), expected, seed)
    plan = op.solve(region)
    if plan.status == "optimal":
        assert plan.audit().passed, str(plan.audit())
        assert op.stability(plan).stable


@pytest.mark.parametrize(("kind", "seed", "promises"), CASES)
def test_a_group_is_judged_as_by_going_through_all(kind: str, seed: int, promises: str) -> None:
    """By the search, by the audit and by brute force, for every group that can be served."""
    region = region_of(kind, seed, core=True, **POLICIES[promises])
    case = case_of(region)
    rule, rules, force = core_rule(case), group_rules(case), brute_force(case)
    for size in range(2, case.towns + 1):
        for group in combinations(range(case.towns), size):
            if rules.allows(group) and np.isfinite(group_value(case, group).value_year):
                assert rule.judge([group])[0].kept is force.stays(group), group
    plan = op.evaluate(region, "together")
    failed = set(plan.audit().failures["rule"])
    assert ("core" not in failed) is force.stays(tuple(range(case.towns)))


@pytest.mark.parametrize(("kind", "seed", "promises"), CASES)
def test_stability_lists_whom_enumeration_lists(kind: str, seed: int, promises: str) -> None:
    region = region_of(kind, seed, **POLICIES[promises])
    case = case_of(region)
    plan = op.evaluate(region, "together")
    pays, force = area_payments(case, np.arange(case.towns)), brute_force(case)
    gains = {}
    for size in range(1, case.towns):
        for group in combinations(range(case.towns), size):
            own = force.value(group)
            if np.isfinite(own) and pays[list(group)].sum() - own > 1e-6 * pays.sum():
                names = ", ".join(case.reach.towns[i] for i in group)
                gains[names] = pays[list(group)].sum() - own
    table = op.stability(plan).leavers
    table = table[table["town_count"] < case.towns]
    found = dict(zip(table["towns"], table["gain_year"], strict=True))
    largest = sorted(gains, key=gains.__getitem__, reverse=True)[: len(found)]
    assert sum(found.values()) == pytest.approx(sum(gains[name] for name in largest), rel=1e-5)
    assert bool(found) is bool(gains)
