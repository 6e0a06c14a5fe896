"""The bundled regions read cleanly, and the tiny ones have the answers worked out by hand.

The derivations stand as comments in each ``instance.toml``; here are their results.
"""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest

from optimizer.analysis.what_if.demand_shortfall import demand_shortfall
from optimizer.geography.reach import reach_of, travel_pairs
from optimizer.instance.incumbents import incumbents_of
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from optimizer.plan.plan import Plan
from optimizer.solving.evaluation import evaluate
from optimizer.solving.run import solve
from tests.paths import ROOT

BUNDLED = ROOT / "instances"
REGIONS = sorted(path.parent.name for path in BUNDLED.glob("*/instance.toml"))
TINY = ("answering", "growing", "islands", "line", "pair", "rich_and_poor", "ring", "unaffordable")


def region(name: str, **changes: object) -> Instance:
    """Return a bundled region with some promises changed."""
    instance = read(BUNDLED / name)
    return instance.replace(policy=instance.policy.replace(**changes))


def grouping(plan: Plan) -> set[frozenset[str]]:
    return {frozenset(rows.index) for _, rows in plan.towns.groupby("service_area")}


def subsidy(plan: Plan) -> float:
    return float(plan.areas["operating_subsidy_year"].sum())


def test_all_regions_are_here() -> None:
    assert set(REGIONS) == {*TINY, "pilot_nine", "san_martin", "san_martin_utilities"}


@pytest.mark.parametrize("name", REGIONS)
def test_a_bundled_region_names_its_assumptions_and_repairs_nothing(name: str) -> None:
    instance = read(BUNDLED / name)
    assert instance.title
    assert instance.assumptions
    assert name in TINY or instance.sources
    # Nothing was mended while reading: all notes are about data that were left open.
    assert not [note for note in instance.derived if note.table in {"roads", "boundaries"}]


@pytest.mark.parametrize("name", TINY)
def test_roads_of_tiny_regions_are_not_shorter_than_straight_lines(name: str) -> None:
    instance = read(BUNDLED / name)
    points = instance.towns.to_crs(instance.crs).geometry
    table = instance.travel_table.reset_index()
    straight = points[table["origin"]].distance(points[table["destination"]], align=False)
    assert (table["km"].to_numpy() >= straight.to_numpy() / 1000.0).all()


# pair ---------------------------------------------------------------------------------------------


def test_pair_shares_from_the_larger_town() -> None:
    plan = solve(region("pair"))
    assert plan.objective == pytest.approx(153_000.0)
    assert grouping(plan) == {frozenset({"alba", "brisa"})}
    assert plan.areas["seat"].tolist() == ["alba"]
    assert plan.towns["bill_month"].tolist() == pytest.approx([8.5, 8.5])
    assert plan.tariffs["price"].max() == pytest.approx(0.85)


def test_pair_alone() -> None:
    plan = evaluate(region("pair"), "alone")
    assert plan.objective == pytest.approx(210_000.0)
    assert plan.towns["bill_month"].to_dict() == pytest.approx({"alba": 10.0, "brisa": 15.0})


def test_pair_out_of_reach_stays_alone() -> None:
    assert solve(region("pair", reach_hours=0.4)).objective == pytest.approx(210_000.0)


# answering ----------------------------------------------------------------------------------------


def test_answering_pays_for_what_is_used() -> None:
    plan = solve(region("answering"))
    assert grouping(plan) == {frozenset({"alba", "brisa"})}
    assert plan.tariffs["price"].max() == pytest.approx(1.0941, abs=5e-5)
    assert plan.bills["consumption_m3_month"].tolist() == pytest.approx([8.55, 8.55], abs=5e-3)
    assert plan.towns["bill_month"].tolist() == pytest.approx([9.36, 9.36], abs=6e-3)
    assert plan.areas["requirement_year"].sum() == pytest.approx(168_391, abs=1)
    assert plan.finances["forgone_water_year"].sum() == pytest.approx(2_609, abs=1)
    assert plan.objective == pytest.approx(171_000)
    assert plan.audit().passed


def test_answering_ignored_leaves_a_shortfall() -> None:
    plan = solve(region("answering", demand_response=False))
    assert plan.tariffs["price"].max() == pytest.approx(0.95)
    assert demand_shortfall(plan)["shortfall_year"].sum() == pytest.approx(18_432, abs=1)


# line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach_hours", [2.0, 1.0])
def test_line_is_served_from_its_middle(reach_hours: float) -> None:
    plan = solve(region("line", reach_hours=reach_hours))
    assert plan.objective == pytest.approx(306_000.0)
    assert plan.areas["seat"].tolist() == ["tres"]
    assert plan.towns["bill_month"].tolist() == pytest.approx([5.10] * 5)


def test_line_with_short_reach_needs_two_operators() -> None:
    plan = solve(region("line", reach_hours=0.5))
    assert plan.objective == pytest.approx(403_000.0)
    assert sorted(plan.areas["town_count"]) == [2, 3]


def test_line_alone() -> None:
    plan = evaluate(region("line"), "alone")
    assert plan.objective == pytest.approx(700_000.0)
    assert plan.towns["bill_month"].tolist() == pytest.approx([140_000.0 / 12_000.0] * 5)


# ring ---------------------------------------------------------------------------------------------


def test_ring_pairs_neighbours_by_land() -> None:
    plan = solve(region("ring"))
    assert plan.objective == pytest.approx(392_400.0)
    neighbours = [{"alba", "boca"}, {"caleta", "dique"}, {"estero", "faro"}]
    assert grouping(plan) == {frozenset(pair) for pair in neighbours}
    assert set(plan.areas["seat"]) == {"alba", "caleta", "estero"}
    assert plan.towns["bill_month"].tolist() == pytest.approx([5.45] * 6)


def test_ring_crosses_the_lake_where_areas_need_not_be_connected() -> None:
    plan = solve(region("ring", connected=False))
    assert plan.objective == pytest.approx(391_500.0)
    across = [{"alba", "dique"}, {"boca", "estero"}, {"caleta", "faro"}]
    assert grouping(plan) == {frozenset(pair) for pair in across}


# islands ------------------------------------------------------------------------------------------


def test_islands_need_two_operators_and_public_money_for_one() -> None:
    plan = solve(region("islands"))
    assert plan.objective == pytest.approx(561_200.0)
    assert set(plan.areas["seat"]) == {"medio", "isla"}
    areas = plan.areas.set_index("seat")
    assert areas.loc["medio", "operating_subsidy_year"] == pytest.approx(26_000.0)
    assert areas.loc["isla", "operating_subsidy_year"] == pytest.approx(0.0, abs=1e-6)
    assert plan.towns.loc["norte", "bill_month"] == pytest.approx(6.00)
    assert plan.towns.loc["este", "bill_month"] == pytest.approx(6.70)


def test_islands_together_means_one_operator_for_each_group() -> None:
    plan = evaluate(region("islands"), "together")
    assert plan.objective == pytest.approx(561_200.0)
    assert len(plan.areas) == 2


# rich_and_poor ------------------------------------------------------------------------------------


def test_one_price_keeps_rich_and_poor_apart() -> None:
    plan = solve(region("rich_and_poor"))
    assert plan.objective == pytest.approx(376_000.0)
    assert subsidy(plan) == pytest.approx(12_000.0)
    bills = {"rica": 220_000.0 / 12_000.0, "pobre": 9.0}
    assert plan.towns["bill_month"].to_dict() == pytest.approx(bills)


def test_one_price_for_both_would_cost_more() -> None:
    plan = evaluate(region("rich_and_poor"), "together")
    assert plan.objective == pytest.approx(632_000.0)
    assert subsidy(plan) == pytest.approx(104_000.0)


def test_own_prices_join_rich_and_poor_at_equal_burden() -> None:
    plan = solve(region("rich_and_poor", tariff_scope="town"))
    assert plan.objective == pytest.approx(320_000.0)
    assert grouping(plan) == {frozenset({"rica", "pobre"})}
    burden = 320_000.0 / (12_000.0 * 2_300.0)
    assert plan.bills["burden"].tolist() == pytest.approx([burden, burden])


def test_participation_protects_the_rich_town() -> None:
    plan = solve(region("rich_and_poor", tariff_scope="town", participation=True))
    assert plan.objective == pytest.approx(320_000.0)
    assert plan.towns["revenue_year"].to_dict() == pytest.approx(
        {"rica": 220_000.0, "pobre": 100_000.0}
    )


def test_one_price_for_the_region() -> None:
    plan = solve(region("rich_and_poor", tariff_scope="region"))
    assert plan.objective == pytest.approx(632_000.0)
    apart = evaluate(region("rich_and_poor", tariff_scope="region"), "alone")
    assert apart.objective == pytest.approx(712_000.0)


# unaffordable -------------------------------------------------------------------------------------


def test_unaffordable_needs_public_money() -> None:
    plan = solve(region("unaffordable"))
    assert plan.objective == pytest.approx(352_800.0)
    assert subsidy(plan) == pytest.approx(21_600.0)
    assert plan.towns["bill_month"].to_dict() == pytest.approx({"alta": 18.0, "baja": 15.0})


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"affordable_share": 0.0375}, 288_000.0),
        ({"household_support_share": 0.2}, 352_800.0),
        ({"household_support_share": 0.2, "operating_subsidy": False}, 352_800.0),
        ({"subsidy_budget_year": 21_600.0}, 352_800.0),
        ({"reach_hours": 1.0}, 240_000.0),
    ],
)
def test_what_would_change_the_unaffordable_town(changes: dict[str, object], value: float) -> None:
    assert solve(region("unaffordable", **changes)).objective == pytest.approx(value)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"operating_subsidy": False}, "operating_subsidy"),
        ({"subsidy_budget_year": 20_000.0}, "subsidy_budget"),
    ],
)
def test_no_plan_without_enough_public_money(changes: dict[str, object], rule: str) -> None:
    plan = solve(region("unaffordable", **changes))
    assert plan.status == "infeasible"
    promises = plan.outcome.broken_promises
    assert any(promise.startswith(rule) and "21,600" in promise for promise in promises)


# real regions -------------------------------------------------------------------------------------


def test_san_martin_is_the_47_small_towns() -> None:
    instance = read(BUNDLED / "san_martin")
    towns = instance.towns
    assert len(towns) == 47
    assert towns["population"].sum() == 310_325
    assert towns["population"].between(2_000, 30_000).all()
    assert towns["name"].is_unique
    assert towns["zone"].nunique() == 10
    graph = nx.Graph(instance.adjacency_table[["town_a", "town_b"]].to_numpy().tolist())
    assert set(graph) == set(towns.index)
    assert nx.is_connected(graph)
    assert len(instance.travel_table) == 47 * 46 / 2


def test_drawn_roads_of_san_martin_take_the_hours_of_the_table() -> None:
    instance = read(BUNDLED / "san_martin")
    drawn = reach_of(instance.replace(travel_table=None)).pairs
    given = reach_of(instance).pairs
    both = given.merge(drawn, on=["town", "seat"], suffixes=("", "_drawn"), how="left")
    assert both["hours_drawn"].notna().mean() > 0.99
    assert both["hours_drawn"].to_numpy() == pytest.approx(both["hours"].to_numpy(), abs=0.06)


def test_san_martin_is_a_real_question() -> None:
    # Some towns pay their way alone, some cannot: otherwise there is nothing to plan.
    plan = evaluate(read(BUNDLED / "san_martin"), "alone")
    short = (plan.areas["operating_subsidy_year"] > 1.0).mean()
    assert 0.2 < short < 0.8
    assert 0.02 < subsidy(plan) / plan.areas["requirement_year"].sum() < 0.15


def test_the_utilities_of_san_martin_keep_their_towns() -> None:
    instance = read(BUNDLED / "san_martin_utilities")
    assert (instance.towns["population"] > 30_000).sum() == 6
    emapa, *others = incumbents_of(instance.operator_models)
    assert [one.seat for one in (emapa, *others)] == ["220901", "220101", "220801"]
    assert len(emapa.kept) == 9
    plan = solve(instance)
    assert plan.status == "optimal"
    assert plan.audit().passed
    of = plan.towns["operator_model"]
    assert (of[list(emapa.kept)] == "EMAPA San Martin").all()
    assert of["220101"] == "EPS Moyobamba"
    largest = plan.towns.groupby("service_area")["connections"].max()
    seats = plan.towns.loc[plan.areas["seat"], "connections"].set_axis(plan.areas.index)
    shared = plan.areas.index[plan.areas["town_count"] > 1]
    assert (seats[shared] == largest[shared]).mean() >= 0.6


def test_pilot_towns_are_out_of_each_others_reach() -> None:
    instance = read(BUNDLED / "pilot_nine")
    assert instance.towns["zone"].nunique() == 7
    pairs = reach_of(instance).pairs
    assert (pairs["town"] == pairs["seat"]).all()
    farther = travel_pairs(instance, 5.0)
    names = instance.towns["name"].to_numpy()
    first = farther[farther["town"] < farther["seat"]].sort_values("hours").iloc[0]
    # The first pair that a longer reach would join; 72 km in a straight line x 1.6 / 40 km/h.
    assert {names[first["town"]], names[first["seat"]]} == {"Nauta", "Tamshiyacu (Fernando Lores)"}
    assert first["hours"] == pytest.approx(72.0 * 1.6 / 40.0, rel=0.01)


def test_pilot_plan_is_nine_operators() -> None:
    plan = solve(read(BUNDLED / "pilot_nine"))
    assert plan.status == "optimal"
    assert len(plan.areas) == 9
    assert isinstance(plan.areas, pd.DataFrame)
