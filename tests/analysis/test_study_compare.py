"""Plans side by side: every figure below follows from the hand-worked regions."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

import optimizer as op
from optimizer.analysis.compare.compare import Comparison, ComparisonError, compare
from optimizer.analysis.compare.grouping_difference import moved_towns, pair_distance
from optimizer.plan.plan import Plan


@pytest.fixture(scope="module")
def alone() -> Plan:
    return op.evaluate(op.read("instances/pair"), "alone")


@pytest.fixture(scope="module")
def grouped() -> Plan:
    return op.evaluate(op.read("instances/pair"), "together")


@pytest.fixture(scope="module")
def found(alone: Plan, grouped: Plan) -> Comparison:
    return compare({"alone": alone, "grouped": grouped})


def test_tables_have_a_leading_plan_level(found: Comparison) -> None:
    for table, count in ((found.areas, 3), (found.towns, 4), (found.bills, 4)):
        assert table.index.names[0] == "plan"
        assert len(table) == count
    assert isinstance(found.towns, gpd.GeoDataFrame)
    assert found.tariffs.index.names[:2] == ["plan", "service_area"]
    assert found.finances.loc["grouped", "requirement_year"].sum() == pytest.approx(153_000)


def test_differences_per_town(found: Comparison) -> None:
    # Alone Alba pays 10.00 and Brisa 15.00 a month, together both pay 8.50
    brisa = found.differences.loc[("grouped", "brisa")]
    assert brisa["seat_before"] == "brisa"
    assert brisa["seat_after"] == "alba"
    assert brisa["bill_month_change"] == pytest.approx(-6.5)
    assert brisa["burden_worst_change"] == pytest.approx(-0.0065)
    assert found.differences["moves"].tolist() == [False, True]  # Alba, the larger, stays


def test_winners_moves_and_savings(found: Comparison) -> None:
    assert found.winners.loc[("grouped", "gains"), "towns"] == 2
    assert found.winners.loc[("grouped", "loses"), "names"] == ""
    assert found.moves.loc[("grouped", "brisa", "alba"), "names"] == "Brisa"
    row = found.savings.loc["grouped"]
    assert row["requirement_saved_year"] == pytest.approx(57_000)
    assert row["requirement_saved_share"] == pytest.approx(57 / 210)
    assert row["operators_change"] == -1
    assert row["towns_moved"] == 1


def test_other_promises_and_other_data_of_one_region_compare() -> None:
    # one price per town: Rica pays 23.19 instead of 18.33, Pobre 3.48 instead of 9, no public money
    region = op.read("instances/rich_and_poor")
    own = region.replace(policy=region.policy.replace(tariff_scope="town"))
    plans = {"apart": op.evaluate(region, "alone"), "own": op.evaluate(own, "together")}
    found = compare(plans)
    assert found.same_data
    assert found.winners.loc[("own", "loses"), "names"] == "Rica"
    assert found.savings.loc["own", "public_money_saved_year"] == pytest.approx(12_000)
    dear = region.replace(towns=region.towns.assign(fixed_cost_year=1000.0))
    assert not compare(plans | {"dear": op.evaluate(dear, "alone")}).same_data


def test_baseline_by_name(alone: Plan, grouped: Plan) -> None:
    turned = compare({"alone": alone, "grouped": grouped}, baseline="grouped")
    assert turned.savings.loc["alone", "requirement_saved_year"] == pytest.approx(-57_000)
    assert turned.winners.loc[("alone", "loses"), "names"] == "Brisa, Alba"
    assert "37.3 % more" in str(turned)


def test_one_plan_is_a_comparison_without_differences(alone: Plan) -> None:
    single = compare({"alone": alone})
    assert single.differences.empty
    assert single.moves.empty
    assert len(single.savings) == 1


def test_what_cannot_be_compared_is_refused(alone: Plan) -> None:
    region = alone.instance
    ring = op.evaluate(op.read("instances/ring"), "alone")
    renamed = alone.with_instance(region.replace(towns=region.towns.assign(name=["Alba", "Other"])))
    dollars = alone.with_instance(region.replace(currency="USD"))
    none = op.solve(
        region.replace(
            policy=region.policy.replace(keep_apart=(("alba", "brisa"),), operators_most=1)
        )
    )
    cases = {
        "boca": {"a": alone, "b": ring},
        "Other": {"a": alone, "b": renamed},
        "USD": {"a": alone, "b": dollars},
        "infeasible": {"a": alone, "b": none},
        "nothing to compare": {},
    }
    for word, plans in cases.items():
        with pytest.raises(ComparisonError, match=word):
            compare(plans)
    with pytest.raises(ComparisonError, match="baseline"):
        compare({"a": alone}, baseline="b")


def test_moves_do_not_depend_on_labels() -> None:
    towns = list("abcde")
    before = pd.Series(["x", "x", "x", "y", "y"], index=towns)
    after = pd.Series(["2", "2", "1", "1", "1"], index=towns)  # only c changes its company
    weight = pd.Series(1.0, index=towns)
    assert moved_towns(before, after, weight).tolist() == [False, False, True, False, False]
    # pairs before: ab ac bc de; after: ab cd ce de; in common 2 of 6
    assert pair_distance(before, after) == pytest.approx(1 - 2 / 6)
    assert pair_distance(before, before.replace({"x": "u"})) == 0
