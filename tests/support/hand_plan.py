"""A plan of three towns worked out by hand, independent of the code that designs plans.

Money in PEN. Town A (1,000 households, 100 shops) is the seat of an operator that also serves
B (500 households); C (400 households) has its own. Every number below follows from the comments;
none was printed by the library. The tariffs are a planner's, not the best ones.
"""

from __future__ import annotations

import functools

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Outcome, Plan

TOWNS = {
    # Water per month: A 500 x 10 + 500 x 14 + 100 x 20 = 14,000; B 500 x 10; C 400 x 10.
    # Produced per year: A 12 x 14,000 / 0.8 = 210,000; B 12 x 5,000 / 0.75 = 80,000;
    # C 12 x 4,000 / 0.8 = 60,000 m3.
    # Operation: A 10,000 + 20 x 1,100 + 0.2 x 210,000 = 74,000;
    # B 6,000 + 20 x 500 + 0.3 x 80,000 = 40,000; C 5,000 + 20 x 400 + 0.2 x 60,000 = 25,000.
    "town": ["A", "B", "C"],
    "name": ["Alto", "Bajo", "Cuesta"],
    "lon": [-76.0, -76.1, -77.0],
    "lat": [-6.0, -6.0, -6.5],
    "population": [4000.0, 2000.0, 1600.0],
    "connections": [1000.0, 500.0, 400.0],
    "consumption_m3_month": [12.0, 10.0, 10.0],
    "collection_rate": [0.9, 0.8, 0.8],
    "non_revenue_water": [0.2, 0.25, 0.2],
    "fixed_cost_year": [10_000.0, 6_000.0, 5_000.0],
    "connection_cost_year": [20.0, 20.0, 20.0],
    "volume_cost_m3": [0.2, 0.3, 0.2],
    "asset_value": [np.nan] * 3,
    "replacement_cost_year": [13_400.0, 6_000.0, 3_000.0],
    "transition_cost_year": [1_000.0, 2_000.0, 3_000.0],
    "trips_year": [30.0, 40.0, 50.0],
    "zone": ["north", "north", "south"],
    "seat_allowed": [True, False, True],
    "income_month": [np.nan] * 3,
    "gini": [np.nan] * 3,
    "poverty_rate": [np.nan] * 3,
}

MODELS = {
    # Requirement per unit of cost: small (1 + 0.05 + 0.2) = 1.25;
    # utility (1 + 0.1) / (1 - 0.12) = 1.25.
    "operator_model": ["small", "utility"],
    "overhead_year": [20_000.0, 34_000.0],
    "connections_least": [0.0, 1_200.0],
    "connections_most": [1_200.0, 5_000.0],
    "efficiency": [1.0, 0.9],
    "crew_hour_cost": [0.0, 50.0],
    "board_fee_share_cost": [0.05, 0.1],
    "board_fee_share_revenue": [0.0, 0.0],
    "margin_share_cost": [0.2, 0.0],
    "margin_share_revenue": [0.0, 0.12],
}

HOUSEHOLDS = {
    "town": ["A", "A", "B", "B", "C", "C"],
    "group": ["q1", "q2"] * 3,
    "share": [0.5] * 6,
    "connections": [500.0, 500.0, 250.0, 250.0, 200.0, 200.0],
    "income_month": [200.0, 500.0, 160.0, 340.0, 200.0, 400.0],
    "consumption_m3_month": [10.0, 14.0, 10.0, 10.0, 10.0, 10.0],
    "category": ["domestic"] * 6,
}

POLICY = Policy(
    affordable_share=0.05,
    reach_hours=1.0,
    same_zone=True,
    connected=True,
    keep_together=(("A", "B"),),
    keep_apart=(("A", "C"),),
    fixed_seats=("A",),
    operators_least=1,
    operators_most=2,
    household_support_share=0.2,
    subsidy_budget_year=26_000.0,
    public_money_price=3.0,
)


def hand_instance(policy: Policy = POLICY) -> Instance:
    """The three towns; A and B half an hour apart by the travel table, neighbours A-B and B-C."""
    towns = pd.DataFrame(TOWNS).set_index("town")
    places = gpd.points_from_xy(towns["lon"], towns["lat"], crs="EPSG:4326")
    shops = {"town": ["A"], "category": ["commercial"], "connections": [100.0]}
    customers = pd.DataFrame({**shops, "consumption_m3_month": [20.0]})
    travel = {"origin": ["A"], "destination": ["B"], "hours": [0.5], "km": [20.0]}
    beside = {"town_a": ["A", "B"], "town_b": ["B", "C"], "shared_border_km": [np.nan] * 2}
    return Instance(
        name="hand",
        title="Three towns by hand",
        currency="PEN",
        price_year=2024,
        crs="EPSG:32718",
        towns=gpd.GeoDataFrame(towns, geometry=places),
        households=pd.DataFrame(HOUSEHOLDS).set_index(["town", "group"]),
        customers=customers.set_index(["town", "category"]),
        operator_models=pd.DataFrame(MODELS).set_index("operator_model"),
        tariff=Tariff(
            blocks_m3=(10.0,),
            ladder=3.0,
            fixed_charge_share=0.3,
            reference_m3_month=10.0,
            categories=(Category(category="commercial", factor=2.0),),
        ),
        policy=policy,
        travel_table=pd.DataFrame(travel).set_index(["origin", "destination"]),
        adjacency_table=pd.DataFrame(beside),
    )


def hand_areas() -> pd.DataFrame:
    # Cost of A + B under utility: overhead 34,000; operation 0.9 x (74,000 + 40,000) = 102,600;
    # replacement 19,400; transition of B 2,000; travel 50 x 2 x 0.5 x 40 = 2,000: 160,000.
    # Requirement 200,000. C under small: 20,000 + 25,000 + 3,000 = 48,000; requirement 60,000.
    # Value: 200,000 + 3 (5,840 + 1,500) = 222,020; 60,000 + 3 (12,000 + 6,000) = 114,000.
    return pd.DataFrame(
        {
            "service_area": ["A", "C"],
            "seat": ["A", "C"],
            "seat_name": ["Alto", "Cuesta"],
            "operator_model": ["utility", "small"],
            "town_count": [2, 1],
            "population": [6000.0, 1600.0],
            "connections": [1600.0, 400.0],
            "reach_hours": [0.5, 0.0],
            "cost_year": [160_000.0, 48_000.0],
            "requirement_year": [200_000.0, 60_000.0],
            "revenue_year": [194_160.0, 48_000.0],
            "operating_subsidy_year": [5_840.0, 12_000.0],
            "transfer_year": [0.0, 0.0],
            "household_support_year": [1_500.0, 6_000.0],
            "value_year": [222_020.0, 114_000.0],
            "burden_worst": [0.05, 0.05],
        }
    ).set_index("service_area")


def hand_towns(instance: Instance) -> gpd.GeoDataFrame:
    # Direct: A 1.25 (0.9 x 74,000 + 13,400) = 100,000; B 1.25 (36,000 + 6,000 + 2,000 + 2,000)
    # = 57,500; C 1.25 x 28,000 = 35,000. Overhead: 42,500 by 1,100 to 500; C 25,000.
    # Subsidy 5,840 by 129,218.75 to 70,781.25.
    # Alone: A 1.25 (74,000 + 13,400 + 20,000) = 134,250; B 1.25 x 66,000 = 82,500; C 60,000.
    # A alone, with a schedule 0 + 1 u to 10 m3, 3 u above: bills 10 u, 22 u and (shops) 80 u bring
    # 12 x 0.9 x (5,000 + 11,000 + 8,000) u = 259,200 u, so u = 134,250 / 259,200 and the mean
    # household bill is 16 u. B alone brings 4,800 a year per unit of bill; q1 pays 8 at most, 10
    # with support: 48,000, subsidy 34,500, mean bill (8 + 10) / 2. C alone is C in the plan.
    alone_bill_a = 16.0 * 134_250.0 / 259_200.0
    table = {
        "town": ["A", "B", "C"],
        "name": ["Alto", "Bajo", "Cuesta"],
        "service_area": ["A", "A", "C"],
        "seat": ["A", "A", "C"],
        "operator_model": ["utility", "utility", "small"],
        "travel_hours": [0.0, 0.5, 0.0],
        "travel_km": [0.0, 20.0, 0.0],
        "travel_source": ["same town", "travel table", "same town"],
        "population": [4000.0, 2000.0, 1600.0],
        "connections": [1100.0, 500.0, 400.0],
        "direct_cost_year": [100_000.0, 57_500.0, 35_000.0],
        "overhead_share_year": [29_218.75, 13_281.25, 25_000.0],
        "cost_year": [129_218.75, 70_781.25, 60_000.0],
        "revenue_year": [153_360.0, 40_800.0, 48_000.0],
        "operating_subsidy_year": [3_773.1875, 2_066.8125, 12_000.0],
        "cross_subsidy_year": [27_914.4375, -27_914.4375, 0.0],
        "household_support_year": [0.0, 1_500.0, 6_000.0],
        "bill_month": [10.5, 8.25, 11.25],
        "burden_worst": [0.0425, 0.05, 0.05],
        "alone_requirement_year": [134_250.0, 82_500.0, 60_000.0],
        "alone_subsidy_year": [0.0, 34_500.0, 12_000.0],
        "alone_bill_month": [alone_bill_a, 9.0, 11.25],
        "bill_change_month": [10.5 - alone_bill_a, -0.75, 0.0],
        "gains": ["loses", "gains", "same"],
    }
    frame = pd.DataFrame(table).set_index("town")
    return gpd.GeoDataFrame(frame, geometry=instance.towns.geometry)


def hand_tariffs() -> pd.DataFrame:
    # A: 1 a month, 0.75 to 10 m3, 1 above: 8.5 for 10 m3, 12.5 for 14, shops twice 18.5 for 20.
    # C: 2.5 a month, 1 to 10 m3, 1.5 above: 12.5 for 10 m3.
    rows = []
    for area, prices in (("A", (1.0, 0.75, 1.0)), ("C", (2.5, 1.0, 1.5))):
        for category, factor in (("domestic", 1.0), ("commercial", 2.0)):
            for k, component in enumerate(("fixed charge", "block 1", "block 2")):
                limits = ((np.nan, np.nan), (0.0, 10.0), (10.0, np.nan))[k]
                rows.append((area, "", category, component, *limits, factor * prices[k]))
    columns = ["service_area", "town", "category", "component", "from_m3", "to_m3", "price"]
    return pd.DataFrame(rows, columns=columns).set_index(columns[:4])


def hand_bills() -> pd.DataFrame:
    # Support: q1 of B 0.5 a month (250 x 12 x 0.5 = 1,500), q1 of C 2.5 (200 x 12 x 2.5 = 6,000).
    return pd.DataFrame(
        {
            "town": ["A", "A", "B", "B", "C", "C"],
            "group": ["q1", "q2"] * 3,
            "service_area": ["A", "A", "A", "A", "C", "C"],
            "category": ["domestic"] * 6,
            "connections": [500.0, 500.0, 250.0, 250.0, 200.0, 200.0],
            "consumption_m3_month": [10.0, 14.0, 10.0, 10.0, 10.0, 10.0],
            "income_month": [200.0, 500.0, 160.0, 340.0, 200.0, 400.0],
            "bill_month": [8.5, 12.5, 8.5, 8.5, 12.5, 12.5],
            "support_month": [0.0, 0.0, 0.5, 0.0, 2.5, 0.0],
            "paid_month": [8.5, 12.5, 8.0, 8.5, 10.0, 12.5],
            "burden": [0.0425, 0.025, 0.05, 0.025, 0.05, 0.03125],
            "protected": [True] * 6,
            "affordable": [True] * 6,
            "metered": [True] * 6,
            "sewer": [False] * 6,
            "sewer_bill_month": [0.0] * 6,
            "affordable_share": [0.05] * 6,
            "eligible": [True] * 6,
            # a fifth of the bill
            "support_most_month": [1.7, 2.5, 1.7, 1.7, 2.5, 2.5],
            "supported_connections": [0.0, 0.0, 250.0, 0.0, 200.0, 0.0],
            "support_year": [0.0, 0.0, 1_500.0, 0.0, 6_000.0, 0.0],
            "missed_connections": [0.0] * 6,
            "consumption_today_m3_month": [10.0, 14.0, 10.0, 10.0, 10.0, 10.0],
            "consumption_change": [0.0] * 6,
        }
    ).set_index(["town", "group"])


def hand_finances() -> pd.DataFrame:
    # Billed a month: A households 500 x 8.5 + 500 x 12.5 = 10,500, shops 100 x 37 = 3,700;
    # B 500 x 8.5 = 4,250; C 400 x 12.5 = 5,000. Collected: A 0.9 x 170,400 = 153,360;
    # B 0.8 x 51,000 = 40,800; C 0.8 x 60,000 = 48,000. Fee and margin: 0.1 x 160,000 and
    # 0.12 x 200,000; 0.05 and 0.2 x 48,000.
    return pd.DataFrame(
        {
            "service_area": ["A", "C"],
            "billed_households_year": [177_000.0, 60_000.0],
            "billed_customers_year": [44_400.0, 0.0],
            "uncollected_year": [27_240.0, 12_000.0],
            "revenue_year": [194_160.0, 48_000.0],
            "operating_subsidy_year": [5_840.0, 12_000.0],
            "transfer_year": [0.0, 0.0],
            "income_year": [200_000.0, 60_000.0],
            "overhead_year": [34_000.0, 20_000.0],
            "operation_year": [102_600.0, 25_000.0],
            "replacement_year": [19_400.0, 3_000.0],
            "transition_year": [2_000.0, 0.0],
            "travel_year": [2_000.0, 0.0],
            "cost_year": [160_000.0, 48_000.0],
            "board_fee_year": [16_000.0, 2_400.0],
            "margin_year": [24_000.0, 9_600.0],
            "requirement_year": [200_000.0, 60_000.0],
            "result_year": [0.0, 0.0],
            "household_support_year": [1_500.0, 6_000.0],
            # Shops pay twice the domestic schedule: 12 x 100 x 18.5 more than a household would.
            "solidarity_contribution_year": [22_200.0, 0.0],
            "solidarity_subsidy_year": [0.0, 0.0],
            "solidarity_balance_year": [22_200.0, 0.0],
            "billed_sewer_year": [0.0, 0.0],
            "sewer_cost_year": [0.0, 0.0],
            "forgone_water_year": [0.0, 0.0],
        }
    ).set_index("service_area")


def hand_plan(policy: Policy = POLICY) -> Plan:
    """The plan of the module's docstring; costs 260,000 + 3 x 25,340 = 336,020 a year."""
    instance = hand_instance(policy)
    return Plan(
        instance=instance,
        areas=hand_areas(),
        towns=hand_towns(instance),
        tariffs=hand_tariffs(),
        bills=hand_bills(),
        finances=hand_finances(),
        outcome=Outcome(
            status="time_limit",
            objective=336_020.0,
            bound=320_000.0,
            seconds={"build": 0.1, "solve": 1.5},
            method="columns",
            versions={"highspy": "1.0"},
        ),
    )


@functools.cache
def good_plan() -> Plan:
    return hand_plan()
