"""Money that lies far apart: plans that are called proven are the best ones, in both methods."""

from __future__ import annotations

import pandas as pd
import pytest

import optimizer as op
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.fields import Costs, Tariff
from optimizer.solving.options import Method

TARIFFS = {
    "one price": Tariff(blocks_m3=(20.0,), ladder=1.0, fixed_charge_share=0.0),
    "free prices": Tariff(blocks_m3=(5.0, 20.0), ladder=3.0, fixed_charge_share=0.3),
    "a given shape": Tariff(blocks_m3=(20.0,), shape=(0.0, 1.0, 1.0)),
}


def three_towns(tariff: Tariff, money: float = 1.0) -> op.Instance:
    """Three towns of 1,000 connections with incomes of 1e8, 100 and 500, half an hour apart.

    By hand (a year; 3 % of income; 3 for a unit of public money): an operator costs 41,000, a town
    51,200. B can pay 3 a month, 36,000 a year; C 15 a month. Alone a town costs 92,200, B then
    needs 56,200 of public money: 92,200 + 3 x 56,200 = 260,800. A and C share an operator for
    143,400, 5.98 a month. So 143,400 + 260,800 = 404,200. Everybody alone costs 445,200; A with B
    357,600 and C 92,200; all together 194,600 + 3 x (194,600 - 108,000) = 454,400.
    """
    towns = pd.DataFrame(
        {
            "town": ["a", "b", "c"],
            "lon": [-76.5, -76.4, -76.3],
            "lat": [-6.5, -6.5, -6.5],
            "population": 4_000.0,
            "connections": 1_000.0,
            "collection_rate": 1.0,
            "non_revenue_water": 0.0,
            "fixed_cost_year": 0.0,
            "connection_cost_year": 51.2 * money,
            "volume_cost_m3": 0.0,
            "replacement_cost_year": 0.0,
            "transition_cost_year": 0.0,
            "trips_year": 0.0,
        }
    )
    households = pd.DataFrame(
        {
            "town": ["a", "b", "c"],
            "group": "all",
            "share": 1.0,
            "income_month": [1e8 * money, 100.0 * money, 500.0 * money],
            "consumption_m3_month": 10.0,
        }
    )
    ways = [("a", "b", 0.5, 20.0), ("a", "c", 0.5, 20.0), ("b", "c", 0.5, 20.0)]
    return instance_from_tables(
        name="far_apart",
        title="Incomes far apart",
        currency="PEN",
        price_year=2023,
        crs="EPSG:32718",
        towns=towns,
        households=households,
        operator_models=pd.DataFrame(
            {
                "operator_model": ["one"],
                "overhead_year": [41_000.0 * money],
                "connections_most": [5_000.0],
            }
        ),
        tariff=tariff,
        costs=Costs(),
        policy=op.Policy(affordable_share=0.03, reach_hours=2.0, public_money_price=3.0),
        travel_table=pd.DataFrame(ways, columns=["origin", "destination", "hours", "km"]),
    )


@pytest.mark.parametrize("method", ["columns", "compact"])
@pytest.mark.parametrize("money", [1.0, 1e-3, 100.0])
@pytest.mark.parametrize("kind", sorted(TARIFFS))
def test_the_proven_plan_is_the_best_one(kind: str, money: float, method: Method) -> None:
    plan = op.solve(three_towns(TARIFFS[kind], money), method=method)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(404_200 * money, rel=1e-6)
    assert plan.bound == pytest.approx(404_200 * money, rel=1e-6)
    assert sorted(plan.areas["town_count"]) == [1, 2]
    assert plan.audit().passed
