"""Instances made and changed from Python are checked like folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, box

from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.reading.read import read
from optimizer.instance.schema.fields import Costs, Incomes, Tariff, Travel
from optimizer.instance.schema.policy import Policy
from tests.support.instance_folder import folder_with


def towns(**columns: list[Any]) -> pd.DataFrame:
    basis = {
        "town": ["A", "B"],
        "lon": [-76.1, -76.2],
        "lat": [-6.1, -6.2],
        "population": [8000, 4000],
    }
    return pd.DataFrame({**basis, **columns})


MODELS = pd.DataFrame({"operator_model": ["social"], "overhead_year": [30000]})


def made(own_towns: pd.DataFrame | None = None, **tables: Any) -> Instance:
    return instance_from_tables(
        name=tables.pop("name", "pair"),
        title=tables.pop("title", "pair"),
        currency="PEN",
        price_year=tables.pop("price_year", 2024),
        crs=tables.pop("crs", "EPSG:32718"),
        towns=towns() if own_towns is None else own_towns,
        operator_models=tables.pop("operator_models", MODELS),
        incomes=tables.pop("incomes", Incomes(income_month=1500)),
        **tables,
    )


def refused(own_towns: pd.DataFrame | None = None, **tables: Any) -> str:
    with pytest.raises(InstanceError) as caught:
        made(own_towns, **tables)
    return str(caught.value)


def test_tables_and_folder_give_the_same_instance(tmp_path: Path) -> None:
    assert made().fingerprint() == read(folder_with(tmp_path)).fingerprint()


def test_an_index_counts_as_a_column_and_numbers_as_keys() -> None:
    own = towns(town=[101, 102]).set_index("town")
    pair = made(
        own,
        households=pd.DataFrame(
            {"town": [101, 102], "group": ["all", "all"], "share": [1, 1], "income_month": [9, 9]}
        ),
    )
    assert pair.towns.index.tolist() == ["101", "102"]
    assert pair.households.loc[("102", "all"), "connections"] == 1000.0


def test_points_stand_for_longitude_and_latitude() -> None:
    plain = towns()
    points = gpd.points_from_xy(plain["lon"], plain["lat"], crs="EPSG:4326")
    geo = gpd.GeoDataFrame(plain.drop(columns=["lon", "lat"]), geometry=points)
    pair = made(geo.to_crs("EPSG:32718"))
    assert pair.towns["lon"].tolist() == pytest.approx([-76.1, -76.2])


def test_an_instance_can_be_made_from_the_tables_of_another() -> None:
    one = made()
    again = made(
        one.towns,
        households=one.households,
        operator_models=one.operator_models,
        customers=one.customers,
    )
    assert again.fingerprint() == one.fingerprint()


def test_layers_and_groupings_from_python() -> None:
    roads = gpd.GeoDataFrame(geometry=[LineString([(-76.1, -6.1), (-76.2, -6.2)])], crs=4326)
    areas = gpd.GeoDataFrame(
        geometry=[box(-76.15, -6.15, -76, -6), box(-76.3, -6.3, -76.15, -6.15)],
        index=pd.Index(["A", "B"], name="town"),
        crs=4326,
    )
    pair = made(roads=roads, boundaries=areas, groupings={"now": pd.Series({"A": "x", "B": "x"})})
    assert pair.roads is not None
    assert pair.boundaries is not None
    assert pair.boundaries.index.tolist() == ["A", "B"]
    assert pair.groupings["now"].tolist() == ["x", "x"]


@pytest.mark.parametrize(
    ("own_towns", "tables", "words"),
    [
        (towns(colour=["red", "blue"]), {}, "towns [colour]: is not a known column"),
        (towns().drop(columns="lat"), {}, "towns [lat]: column is missing"),
        (towns(population=[8000, -1]), {}, "towns:2 [population]: -1 is below 10"),
        (towns(population=[8000, None]), {}, "towns:2 [population]: is empty"),
        (towns(lon=[np.inf, -76.2]), {}, "towns:1 [lon]: inf is not a finite number"),
        (towns(town=["A", "A"]), {}, "towns:2 [town]: 'A' stands in line 1 already"),
        (towns(), {"crs": "EPSG:4326"}, "settings [crs]: EPSG:4326 is not projected"),
        (towns(), {"price_year": 24}, "settings [price_year]: 24 is below 1900"),
        (towns(), {"operator_models": MODELS.iloc[:0]}, "there is no operator model"),
        (towns(), {"policy": Policy(fixed_seats=("Z",))}, "settings [policy.fixed_seats]: town"),
        (towns(), {"tariff": Tariff(shape=(1.0,))}, "settings [tariff.shape]: has 1 numbers"),
        (towns(), {"incomes": Incomes()}, "towns:1 [income_month]: household incomes of 2"),
        (towns(), {"groupings": {"now": pd.Series({"A": "x"})}}, "groupings[now] [town]: 1 town"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table(
    own_towns: pd.DataFrame, tables: dict[str, Any], words: str
) -> None:
    assert words in refused(own_towns, **tables)


def test_all_problems_of_tables_come_at_once() -> None:
    text = refused(
        towns(population=[-1, -1]),
        operator_models=MODELS.assign(overhead_year=-1),
        travel_table=pd.DataFrame({"origin": ["A"], "destination": ["Z"], "hours": [1]}),
        crs="nothing",
    )
    assert text.startswith("5 problems in the instance:")


def test_points_without_a_coordinate_system() -> None:
    plain = towns().drop(columns=["lon", "lat"])
    geo = gpd.GeoDataFrame(plain, geometry=gpd.points_from_xy([-76.1, -76.2], [-6.1, -6.2]))
    assert "towns [lon]: column is missing" in refused(geo)


def test_costs_stand_in_for_gaps_only() -> None:
    pair = made(towns(fixed_cost_year=[None, 7.0]), costs=Costs(fixed_cost_year=5.0))
    assert pair.towns["fixed_cost_year"].tolist() == [5.0, 7.0]
    assert [(d.column, d.count, d.how) for d in pair.derived if d.column == "fixed_cost_year"] == [
        ("fixed_cost_year", 1, "5, from [costs]")
    ]


CHANGES: list[tuple[str, Any, str]] = [
    ("towns", lambda i: i.towns.assign(collection_rate=35.0), "write 0.35 instead of 35"),
    ("towns", lambda i: i.towns.assign(trips_year=np.nan), "[trips_year]: is empty in 2 rows"),
    ("towns", lambda i: i.towns.drop(columns="lat"), "[lat]: column is missing"),
    ("towns", lambda i: i.towns.iloc[:1], "town 'B' is not in towns.csv (5 rows)"),
    ("towns", lambda i: i.towns.iloc[:0], "has no towns"),
    ("towns", lambda i: i.towns.assign(connections=7.0), "share x the town's connections"),
    ("households", lambda i: i.households.iloc[:5], "town 'B' has no household group"),
    ("households", lambda i: i.households.assign(share=0.3), "sum to 1.5, not 1"),
    ("households", lambda i: i.households.drop(columns="connections"), "column is missing"),
    ("households", lambda i: i.households.assign(category="x"), "category 'x' is not defined"),
    ("operator_models", lambda i: i.operator_models.assign(connections_least=2e9),
     "above connections_most"),
    ("policy", lambda i: i.policy.replace(protected_groups=("poor",)), "'poor' is missing"),
    ("policy", lambda i: i.policy.replace(keep_together=(("A", "Z"),)), "'Z' is not in towns"),
    ("tariff", lambda _: Tariff(blocks_m3=(8.0, 8.0)), "do not rise"),
    ("travel_table", lambda _: travel(("A", "Z", 1.0)), "1 town not in towns, first 'Z'"),
    ("travel_table", lambda _: travel(("A", "B", -1.0)), "not within 0 and 1000"),
    ("travel_table", lambda _: travel(("A", "B", 1.0), ("A", "B", 1.0)), "stands twice"),
    ("travel_table", lambda _: pd.DataFrame({"hours": [1.0]}), "needs the index"),
    ("adjacency_table", lambda _: pd.DataFrame({"town_a": ["A"], "town_b": ["Z"]}), "'Z' is not"),
]  # fmt: skip


def travel(*rows: tuple[str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["origin", "destination", "hours"])
    return table.set_index(["origin", "destination"])


@pytest.mark.parametrize(("name", "change", "words"), CHANGES)
def test_a_changed_instance_is_checked_again(name: str, change: Any, words: str) -> None:
    pair = made()
    with pytest.raises(InstanceError) as caught:
        pair.replace(**{name: change(pair)})
    assert words in str(caught.value)


def test_a_promise_outside_its_bounds() -> None:
    with pytest.raises(PolicyError, match="affordable_share"):
        Policy().replace(affordable_share=3.0)
    with pytest.raises(PolicyError, match="reach"):
        Policy().replace(reach=3.0)


def test_the_instance_prints_as_a_tree() -> None:
    policy = Policy(
        household_support_share=0.5,
        subsidy_budget_year=1000.0,
        operators_least=1,
        connected=True,
        keep_apart=(("A", "B"),),
        protected_groups=("q1",),
    )
    text = repr(made(policy=policy, travel_table=travel(("A", "B", 1.0)).reset_index()))
    lines = text.splitlines()
    assert lines[0] == "pair, money in PEN of 2024"
    assert "│  ├─ towns: 2; 12,000 people, 3,000 household connections" in lines
    assert "│  ├─ travel: table of 1 pairs, then straight line x 1.4 at 40 km/h" in lines
    assert "│  ├─ affordable_bill: at most 0.03 of income (q1)" in lines
    assert "│  └─ keep_apart: 1" in lines
    assert max(map(len, lines)) <= 100


def test_the_tree_names_what_the_planner_gave() -> None:
    roads = gpd.GeoDataFrame(geometry=[LineString([(-76.1, -6.1), (-76.2, -6.2)])], crs=4326)
    areas = gpd.GeoDataFrame({"town": ["A"]}, geometry=[box(-76.15, -6.15, -76, -6)], crs=4326)
    shop = {"town": ["A"], "category": ["domestic"], "connections": [3], "consumption_m3_month": 9}
    travelled = Travel(derive_missing=False)
    one = made(roads=roads, boundaries=areas, customers=pd.DataFrame(shop), travel=travelled)
    assert "other customers: 3 connections in 1 categories" in repr(one)
    assert "travel: 1 roads\n" in repr(one)
    assert "neighbours: borders of 1 polygons" in repr(one)
    neighbours = pd.DataFrame({"town_a": ["A"], "town_b": ["B"]})
    other = made(
        adjacency_table=neighbours, travel=travelled, tariff=Tariff(blocks_m3=(), shape=(1.0, 2.0))
    )
    assert "neighbours: table of 1 pairs" in repr(other)
    assert "travel: none\n" in repr(other)
    assert "blocks none m3, given shape" in repr(other)


def test_a_large_country_is_checked() -> None:
    # as many towns as Brazil has municipalities; without vectorised checks this takes minutes
    count = 5571
    rng = np.random.default_rng(1)
    many = pd.DataFrame(
        {
            "town": [f"t{k}" for k in range(count)],
            "lon": rng.uniform(-70, -40, count),
            "lat": rng.uniform(-30, 0, count),
            "population": 5000.0,
        }
    )
    country = made(many, crs="EPSG:5880")
    assert len(country.households) == 5 * count
    assert country.replace(title="again").title == "again"
