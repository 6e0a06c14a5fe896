"""Small invented regions whose cost games are worked out by hand."""

from __future__ import annotations

import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.fields import Costs, Tariff, Travel
from optimizer.instance.schema.policy import Policy


def flat_region(
    connection_cost: list[float],
    *,
    overheads: list[tuple[float, float, float]],
    incomes: list[float] | None = None,
    policy: Policy | None = None,
) -> Instance:
    """Towns of 1,000 connections side by side; one price per m3, 10 m3 a month, no travel cost.

    ``overheads`` holds (overhead a year, least, most connections) of each operator model. A bill
    of 1 a month in a town brings in 12,000 a year.
    """
    keys = [f"t{k}" for k in range(len(connection_cost))]
    households = pd.DataFrame(
        {
            "town": keys,
            "group": "all",
            "share": 1.0,
            "income_month": incomes or [2000.0] * len(keys),
            "consumption_m3_month": 10.0,
        }
    )
    towns = pd.DataFrame(
        {
            "town": keys,
            "lon": [-76.5 + 0.01 * k for k in range(len(keys))],
            "lat": -6.5,
            "population": 4000.0,
            "connections": 1000.0,
            "connection_cost_year": connection_cost,
        }
    )
    models = pd.DataFrame(
        {
            "operator_model": [f"model {k}" for k in range(len(overheads))],
            "overhead_year": [o for o, _, _ in overheads],
            "connections_least": [least for _, least, _ in overheads],
            "connections_most": [most for _, _, most in overheads],
        }
    )
    return instance_from_tables(
        name="flat",
        title="Flat",
        currency="PEN",
        price_year=2023,
        crs="EPSG:32718",
        towns=towns,
        operator_models=models,
        households=households,
        costs=Costs(collection_rate=1.0, non_revenue_water=0.0, consumption_m3_month=10.0),
        tariff=Tariff(blocks_m3=(20.0,), ladder=1.0, fixed_charge_share=0.0, reference_m3_month=10),
        travel=Travel(),
        policy=policy or Policy(affordable_share=0.03, public_money_price=3.0),
    )


def empty_core() -> Instance:
    """Three towns of which any two are cheap together, and all three dear.

    One or two towns cost 60,000; three need the large operator, 130,000. Were every pair content,
    each would pay 30,000, together 90,000: the core is empty and 40,000 are missing.
    """
    return flat_region([0.0] * 3, overheads=[(60e3, 0, 2000), (130e3, 0, 3000)])


def dear_and_cheap(rich_income: float = 2000.0) -> Instance:
    """A town whose water is dear (200 a connection) beside one whose water is cheap (100).

    Together 20,000 + 200,000 + 100,000 = 320,000: at one price both pay 160,000, and the cheap
    town (t1) pays 40,000 more than alone (120,000); the dear one 60,000 less (220,000).
    """
    return flat_region([200.0, 100.0], overheads=[(20e3, 0, 5000)], incomes=[rich_income, 2000.0])
