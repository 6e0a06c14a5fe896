"""Deliberate breaks: one cell of the hand-worked plan is wrong; the audit must name it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd
import pytest
from shapely import Point

from optimizer.audit import RULES, audit
from optimizer.audit.claims import MAY_BE_EMPTY, check_filled
from optimizer.audit.ledger import Ledger
from optimizer.errors import AuditError
from optimizer.plan.plan import Plan
from tests.paths import ROOT
from tests.support.hand_plan import POLICY, good_plan

Break = Callable[[Plan], Plan]


def cell(table: str, row: Hashable, column: str, value: object) -> Break:
    """A break that sets one cell."""

    def change(plan: Plan) -> Plan:
        frame = getattr(plan, table).copy()
        frame.loc[row, column] = value
        return dataclasses.replace(plan, **{table: frame})

    return change


def cells(*changes: tuple[str, Hashable, str, object]) -> Break:
    def change(plan: Plan) -> Plan:
        for one in changes:
            plan = cell(*one)(plan)
        return plan

    return change


def without(table: str, *rows: Hashable) -> Break:
    def change(plan: Plan) -> Plan:
        frame = getattr(plan, table)
        return dataclasses.replace(plan, **{table: frame.drop(index=list(rows))})

    return change


def outcome(**values: object) -> Break:
    return lambda plan: dataclasses.replace(
        plan, outcome=dataclasses.replace(plan.outcome, **values)
    )


def policy(**values: object) -> Break:
    """The plan seen against other promises."""
    return lambda plan: plan.with_instance(
        plan.instance.replace(policy=plan.instance.policy.replace(**values))
    )


def town_b_moves_to_c(plan: Plan) -> Plan:
    towns = plan.towns.copy()
    towns.loc["B", ["service_area", "seat", "operator_model"]] = ["C", "C", "small"]
    return dataclasses.replace(plan, towns=towns)


def town_b_twice(plan: Plan) -> Plan:
    towns = plan.towns.loc[["A", "B", "B", "C"]]
    return dataclasses.replace(plan, towns=towns)


def everyone_together(plan: Plan) -> Plan:
    towns = plan.towns.copy()
    towns.loc["C", ["service_area", "seat", "operator_model"]] = ["A", "A", "utility"]
    parts = {"areas": plan.areas.loc[["A"]], "finances": plan.finances.loc[["A"]]}
    return dataclasses.replace(plan, towns=towns, **parts)


def two_more_operators(plan: Plan) -> Plan:
    areas = pd.concat([plan.areas, plan.areas.loc[["C"]].rename(index={"C": "D"})])
    return dataclasses.replace(plan, areas=areas.rename_axis("service_area"))


DOM_A1 = ("A", "", "domestic", "block 1")
DOM_A2 = ("A", "", "domestic", "block 2")
DOM_C0 = ("C", "", "domestic", "fixed charge")

BREAKS: list[tuple[str, Break, str, str, float]] = [
    # who is served from where
    ("town left out", without("towns", "B"), "serve_once", "B", -1.0),
    ("town twice", town_b_twice, "serve_once", "B", 1.0),
    ("area unknown", cell("towns", "B", "service_area", "Z"), "serve_once", "B", -1.0),
    ("seat outside", cell("areas", "A", "seat", "C"), "serve_once", "C", -1.0),
    ("seat forbidden", cell("areas", "A", "seat", "B"), "seat_allowed", "B", 1.0),
    ("seat not the fixed one", cell("areas", "A", "seat", "B"), "fixed_seats", "A", -1.0),
    ("torn apart", town_b_moves_to_c, "keep_together", "B", -1.0),
    ("put together", everyone_together, "keep_apart", "C", 1.0),
    ("other zone", town_b_moves_to_c, "same_zone", "B", 1.0),
    # 1,600 connections under a model that takes 1,200
    ("too large", cell("areas", "A", "operator_model", "small"), "viable_size", "A", 400.0),
    # 400 under a model that takes 1,200 at least
    ("too small", cell("areas", "C", "operator_model", "utility"), "viable_size", "C", -800.0),
    ("too many operators", two_more_operators, "operator_count", "", 1.0),
    ("too few operators", policy(operators_least=3, operators_most=3), "operator_count", "", -1.0),
    # travel
    ("hours too short", cell("towns", "B", "travel_hours", 0.3), "travel", "B", -0.2),
    ("km wrong", cell("towns", "B", "travel_km", 18.0), "travel", "B", -2.0),
    ("source wrong", cell("towns", "B", "travel_source", "roads"), "travel", "B", np.nan),
    ("too far", policy(reach_hours=0.4), "reach", "B", 0.1),
    ("reach of the area", cell("areas", "A", "reach_hours", 0.4), "tables", "", -0.1),
    # cost
    ("overhead", cell("finances", "A", "overhead_year", 30_000.0), "cost", "", -4_000.0),
    ("operation", cell("finances", "A", "operation_year", 114_000.0), "cost", "", 11_400.0),
    ("transition", cell("finances", "A", "transition_year", 3_000.0), "cost", "", 1_000.0),
    ("travel cost", cell("finances", "A", "travel_year", 1_000.0), "cost", "", -1_000.0),
    ("fee", cell("finances", "C", "board_fee_year", 0.0), "cost", "", -2_400.0),
    ("margin", cell("finances", "A", "margin_year", 25_000.0), "cost", "", 1_000.0),
    ("requirement", cell("areas", "A", "requirement_year", 199_000.0), "cost", "", -1_000.0),
    ("town cost", cell("towns", "B", "direct_cost_year", 57_000.0), "cost", "B", -500.0),
    # tariff
    ("ladder", cell("tariffs", DOM_A2, "price", 2.5), "tariff_ladder", "", 0.25),
    ("falling block", cell("tariffs", DOM_A2, "price", 0.5), "tariff_ladder", "", 0.25),
    ("negative price", cell("tariffs", DOM_A1, "price", -1.0), "tariff_ladder", "", -1.0),
    # a fixed charge of 7.5 in a bill of 17.5 may be 5.25
    ("fixed charge", cell("tariffs", DOM_C0, "price", 7.5), "fixed_charge_share", "", 2.25),
    (
        "shops not at twice the price",
        cell("tariffs", ("A", "", "commercial", "block 2"), "price", 1.5),
        "tariff_shape",
        "",
        -0.5,
    ),
    ("block limit", cell("tariffs", DOM_A1, "to_m3", 12.0), "tables", "", 2.0),
    ("price missing", without("tariffs", DOM_A2), "tariff_scope", "", -1.0),
    ("scope", policy(tariff_scope="region"), "tariff_scope", "", 1.0),
    ("scope town", policy(tariff_scope="town"), "tariff_scope", "B", -1.0),
    # bills
    ("bill", cell("bills", ("A", "q2"), "bill_month", 12.0), "bill", "A", -0.5),
    ("bill missing", without("bills", ("B", "q1")), "bill", "B", np.nan),
    ("mean bill", cell("towns", "A", "bill_month", 10.0), "bill", "A", -0.5),
    ("burden", cell("bills", ("A", "q1"), "burden", 0.04), "burden", "A", -0.0025),
    ("worst burden", cell("areas", "C", "burden_worst", 0.03), "burden", "", -0.02),
    ("income", cell("bills", ("B", "q1"), "income_month", 200.0), "tables", "B", 40.0),
    ("affordable flag", cell("bills", ("B", "q2"), "affordable", False), "tables", "B", np.nan),
    # q1 of B pays 8.5 without support where 8 is affordable
    ("no support", cell("bills", ("B", "q1"), "support_month", 0.0), "affordable_bill", "B", 0.5),
    # support is a fifth of 12.5 at most
    (
        "support too high",
        cell("bills", ("C", "q1"), "support_month", 3.0),
        "household_support",
        "C",
        0.5,
    ),
    # all 250 homes of q1 of B get theirs
    (
        "who gets support",
        cell("bills", ("B", "q1"), "supported_connections", 200.0),
        "support",
        "B",
        -50.0,
    ),
    ("dear", policy(affordable_share=0.04), "affordable_bill", "A", 0.5),
    (
        "unprotected with support",
        policy(protected_groups=("q2",)),
        "household_support",
        "B",
        0.5,
    ),
    # money
    ("revenue", cell("finances", "A", "revenue_year", 195_000.0), "revenue", "", 840.0),
    ("uncollected", cell("finances", "A", "uncollected_year", 0.0), "revenue", "", -27_240.0),
    ("town revenue", cell("towns", "A", "revenue_year", 150_000.0), "revenue", "A", -3_360.0),
    ("cross", cell("towns", "B", "cross_subsidy_year", 0.0), "revenue", "B", 27_914.4375),
    (
        "deficit",
        cells(
            ("finances", "A", "operating_subsidy_year", 0.0),
            ("areas", "A", "operating_subsidy_year", 0.0),
        ),
        "cover_cost",
        "",
        -5_840.0,
    ),
    (
        "profit",
        cell("finances", "C", "operating_subsidy_year", 13_000.0),
        "cover_cost",
        "",
        1_000.0,
    ),
    ("no subsidy allowed", policy(operating_subsidy=False), "operating_subsidy", "", 5_840.0),
    ("over budget", policy(subsidy_budget_year=25_000.0), "subsidy_budget", "", 340.0),
    ("transfer", cell("finances", "A", "transfer_year", 100.0), "transfers", "", 100.0),
    (
        "solidarity",
        cell("finances", "A", "solidarity_contribution_year", 22_000.0),
        "solidarity",
        "",
        -200.0,
    ),
    # stand-alone
    (
        "stand-alone requirement",
        cell("towns", "A", "alone_requirement_year", 130_000.0),
        "stand_alone",
        "A",
        -4_250.0,
    ),
    ("change of bill", cell("towns", "B", "bill_change_month", 0.75), "stand_alone", "B", 1.5),
    ("gains", cell("towns", "B", "gains", "loses"), "stand_alone", "B", np.nan),
    ("participation", policy(participation=True), "participation", "A", 19_110.0),
    # A pays 153,360 + (1 + 3) x 3,773.1875 of the subsidy = 168,452.75; alone 134,250 will do.
    ("core", policy(core=True, keep_together=()), "core", "A", 34_202.75),
    # proof
    ("value", cell("areas", "A", "value_year", 200_000.0), "objective", "", -22_020.0),
    ("objective", outcome(objective=336_000.0), "objective", "", -20.0),
    (
        "consumption",
        cell("bills", ("A", "q1"), "consumption_m3_month", 11.0),
        "demand_response",
        "A",
        1.0,
    ),
    ("bound", outcome(bound=337_020.0), "bound", "", 1_000.0),
    ("no bound", outcome(bound=np.nan), "bound", "", np.nan),
    ("not optimal", outcome(status="optimal"), "status", "", 16_020.0),
    ("infeasible", outcome(status="infeasible"), "status", "", np.nan),
    ("unknown status", outcome(status="perfect"), "status", "", np.nan),
    (
        "a promise that is not broken",
        outcome(broken_promises=("reach: broken once: B is far",)),
        "broken_promises",
        "",
        np.nan,
    ),
    ("empty for zero", cell("bills", ("A", "q2"), "support_month", np.nan), "tables", "", np.nan),
    ("empty subsidy", cell("towns", "A", "operating_subsidy_year", np.nan), "tables", "", np.nan),
    # keys and copies
    ("name", cell("towns", "A", "name", "Baja"), "tables", "A", np.nan),
    ("population", cell("towns", "A", "population", 4_100.0), "tables", "A", 100.0),
    ("count", cell("areas", "A", "town_count", 3), "tables", "", 1.0),
    ("place", cell("towns", "A", "geometry", Point(0, 0)), "tables", "A", np.nan),
    ("model unknown", cell("areas", "C", "operator_model", "none"), "tables", "", np.nan),
    ("no statement", without("finances", "C"), "tables", "", np.nan),
]


@pytest.mark.parametrize(
    ("change", "rule", "town", "amount"), [b[1:] for b in BREAKS], ids=[b[0] for b in BREAKS]
)
def test_break_is_named(change: Break, rule: str, town: str, amount: float) -> None:
    found = audit(change(good_plan())).failures
    named = found[(found["rule"] == rule) & (found["town"] == town)]
    assert len(named), found.to_string()
    hit = np.isclose(named["amount"], amount, rtol=1e-9, atol=1e-9, equal_nan=True)
    assert hit.any(), named.to_string()


def test_breaks_reach_every_rule() -> None:
    reached = {rule for _, _, rule, _, _ in BREAKS} | {"connected"}
    reached |= {"sewer_share", "solidarity_balance"}  # see test_two_services and test_solidarity
    tests = (ROOT / "tests").rglob("test_promise_*.py")
    reached |= {file.stem.removeprefix("test_promise_") for file in tests}
    reached |= {"files", "own", "draws"}  # see test_audit_run, test_own_promises, test_expected
    assert reached == set(RULES)


def test_area_in_two_parts_is_named() -> None:
    """A and B are no neighbours when the table only has B-C."""
    plan = good_plan()
    beside = plan.instance.adjacency_table
    assert beside is not None
    apart = plan.with_instance(plan.instance.replace(adjacency_table=beside.iloc[[1]]))
    found = audit(apart).failures
    assert found[["rule", "town", "service_area"]].to_numpy().tolist() == [["connected", "B", "A"]]
    assert found["amount"].tolist() == [1.0]


@pytest.mark.parametrize("table", ["areas", "towns", "tariffs", "bills", "finances"])
def test_missing_and_unknown_columns_are_named(table: str) -> None:
    plan = good_plan()
    frame = getattr(plan, table)
    last = [c for c in frame.columns if c != "geometry"][-1]
    bad = dataclasses.replace(plan, **{table: frame.rename(columns={last: "other"})})
    messages = audit(bad).failures["message"].tolist()
    expected = [f"{table}: column other is unknown", f"{table}: column {last} is missing"]
    assert messages == expected


def test_small_breaks_stay_alone() -> None:
    """One wrong figure that nothing is derived from gives one failure."""
    found = audit(cell("bills", ("A", "q1"), "burden", 0.04)(good_plan())).failures
    assert len(found) == 1


def test_promises_and_arithmetic_are_told_apart() -> None:
    far = audit(policy(reach_hours=0.4)(good_plan()))
    assert not far.passed
    assert far.sound
    far.raise_for_failures(arithmetic_only=True)
    with pytest.raises(AuditError, match=r"reach \(promise\): town B, area A: B is 0.5 h"):
        far.raise_for_failures()
    wrong = audit(cell("towns", "A", "revenue_year", 1.0)(good_plan()))
    assert not wrong.sound
    with pytest.raises(AuditError, match="revenue"):
        wrong.raise_for_failures(arithmetic_only=True)


def test_rounding_passes_and_a_cent_in_a_bill_does_not() -> None:
    plan = good_plan()
    assert audit(cell("finances", "A", "cost_year", 160_000.0 * (1 + 1e-9))(plan)).passed
    assert not audit(cell("bills", ("A", "q1"), "bill_month", 8.51)(plan)).passed


def test_evaluated_has_no_bound_and_passes() -> None:
    assert audit(outcome(status="evaluated", bound=np.nan)(good_plan())).passed
    assert not audit(outcome(status="evaluated")(good_plan())).passed


def test_an_evaluated_plan_must_say_what_it_breaks() -> None:
    far = policy(reach_hours=0.4)(outcome(status="evaluated", bound=np.nan)(good_plan()))
    silent = audit(far)
    assert silent.failures["rule"].tolist() == ["broken_promises", "reach"]
    words = silent.broken_words
    assert audit(far.with_broken_promises(words)).sound
    milder = tuple(line.replace("0.5 h", "0.41 h") for line in words)
    assert not audit(far.with_broken_promises(milder)).sound


@pytest.mark.parametrize("table", ["areas", "towns", "tariffs", "bills", "finances"])
def test_no_figure_may_be_missing_where_a_zero_is_meant(table: str) -> None:
    """Every number of every table, but for those whose absence says something."""
    plan = good_plan()
    frame = getattr(plan, table)
    for column in frame.select_dtypes("number"):
        emptied = frame.assign(**{column: frame[column].astype(float)})
        emptied.iloc[0, emptied.columns.get_loc(column)] = np.nan
        ledger = Ledger(RULES)
        check_filled(dataclasses.replace(plan, **{table: emptied}), ledger)
        named = [row[-1].startswith(f"{table}: {column} of ") for row in ledger.rows]
        assert named == ([] if column in MAY_BE_EMPTY[table] else [True])


def test_optimal_within_a_millionth_passes() -> None:
    assert audit(outcome(status="optimal", bound=336_020.0 * (1 - 5e-7))(good_plan())).passed


def test_policy_of_the_fixture_is_kept() -> None:
    assert good_plan().instance.policy == POLICY
