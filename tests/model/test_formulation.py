"""The formula page, the register of rules, the built model and the audit name the same things."""

from __future__ import annotations

import re

import pandas as pd
import pyomo.environ as pyo
import pytest

import optimizer as op
from optimizer.instance.schema.fields import Category
from optimizer.model.build import build_compact
from optimizer.model.core import forbid_area
from optimizer.model.formulation import formulation
from optimizer.promises import PROMISES
from tests.support.regions import WIDE_LIMITS

PAGE = formulation()
PAIR = op.read("instances/pair")
PAIR = PAIR.replace(households=PAIR.households.assign(sewer_share=0.5))
FIRST, SECOND = (str(t) for t in PAIR.towns.index)


@pytest.fixture(scope="module")
def models() -> list[pyo.ConcreteModel]:
    """Models that together hold every component: all options on, each tariff scope."""
    policy = PAIR.policy.replace(
        **WIDE_LIMITS,
        connected=True,
        keep_together=((FIRST, SECOND),),
        fixed_seats=(FIRST,),
        participation=True,
        household_support_share=0.5,
        subsidy_budget_year=1e6,
        solidarity_balance=True,
    )
    apart = PAIR.policy.replace(keep_apart=((FIRST, SECOND),))
    policies = [
        policy,
        policy.replace(tariff_scope="town"),
        policy.replace(tariff_scope="region"),
        policy.replace(tariff_spread_most=1.5),
        apart,
    ]
    stable = op.build_model(PAIR.replace(policy=PAIR.policy.replace(core=True)))
    forbid_area(stable.model, stable.data, {FIRST, SECOND})
    built = [build_compact(op.case_of(PAIR.replace(policy=p))) for p in policies]
    shops = (Category(category="shops", multiple_most=2.0),)
    priced = PAIR.replace(tariff=PAIR.tariff.model_copy(update={"categories": shops}))
    built.append(build_compact(op.case_of(priced)))
    return [*built, stable.model, *_responding()]


def _responding() -> list[pyo.ConcreteModel]:
    """Models of a region whose demand responds, one schedule per area and per town."""
    pair = op.read("instances/pair")
    tariff = pair.tariff.model_copy(update={"shape": (1.0, 0.5, 0.5)})
    region = pair.replace(tariff=tariff, policy=pair.policy.replace(demand_response=True))
    scopes = ("service_area", "town")
    return [
        op.build_model(region.replace(policy=region.policy.replace(tariff_scope=scope))).model
        for scope in scopes
    ]


def _active(model: pyo.ConcreteModel, kind: type) -> set[str]:
    return {c.local_name for c in model.component_objects(kind, descend_into=False) if len(c)}


def test_every_constraint_is_registered(models: list[pyo.ConcreteModel]) -> None:
    built = set().union(*(_active(m, pyo.Constraint) for m in models))
    registered = {name for promise in PROMISES.values() for name in promise.components}
    assert built <= registered
    built_in = {"PAIRS", "subsidy"}
    assert registered - built_in <= built


def test_every_rule_is_described_in_full() -> None:
    described = set(re.findall(r"^### `(\w+)`$", PAGE, flags=re.MULTILINE))
    assert described == set(PROMISES)
    for rule in PROMISES:
        section = PAGE.split(f"### `{rule}`\n")[1].split("\n###")[0]
        for part in ("- Formula:", "- In words:", "- Units:", "- Source:", "- Components:"):
            assert part in section, (rule, part)
        named = section.split("- Components:")[1].split("\n")[0]
        assert set(re.findall(r"`(\w+)`", named)) == set(PROMISES[rule].components), rule


def test_every_set_and_variable_is_described(models: list[pyo.ConcreteModel]) -> None:
    sets = set().union(*(_active(m, pyo.Set) for m in models))
    page_sets = set(re.findall(r"`([A-Z_]+)`", PAGE.split("## Sets")[1].split("## Data")[0]))
    named = {name for name in sets if name.isupper()}
    assert named - {"SEAT_BILLS"} <= page_sets | {"TOWNS"}
    variables = set().union(*(_active(m, pyo.Var) for m in models))
    table = PAGE.split("## Decisions")[1].split("## Objective")[0]
    page_variables = set(re.findall(r"^\| `(\w+)", table, flags=re.MULTILINE))
    assert variables == page_variables


def test_every_rule_is_audited() -> None:
    """The audit's own table of checks names every rule of the register."""
    plan = op.evaluate(
        PAIR.replace(
            towns=PAIR.towns.assign(zone="valley"),
            policy=PAIR.policy.replace(
                **WIDE_LIMITS,
                connected=True,
                same_zone=True,
                keep_together=((FIRST, SECOND),),
                fixed_seats=(FIRST,),
                host_towns=(FIRST,),
                participation=True,
                core=True,
                household_support_share=0.5,
                subsidy_budget_year=1e6,
                solidarity_balance=True,
            ),
        ),
        "together",
    )
    checked = set(plan.audit().checked.index)
    shops = (Category(category="shops", multiple_most=2.0),)
    priced = PAIR.replace(tariff=PAIR.tariff.model_copy(update={"categories": shops}))
    customers = pd.DataFrame(
        {"town": [FIRST], "category": ["shops"], "connections": 9, "consumption_m3_month": 20}
    )
    priced = priced.replace(customers=customers.set_index(["town", "category"]))
    checked |= set(op.evaluate(priced, "together").audit().checked.index)
    assert set(PROMISES) - checked <= {"one_price", "keep_apart"}, set(PROMISES) - checked
