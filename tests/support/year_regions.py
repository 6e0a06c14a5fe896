"""Small regions with a horizon, worked out by hand in the tests that use them."""

from __future__ import annotations

import pandas as pd

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.plan.path.path import TariffPath

ONE_PRICE = Tariff(blocks_m3=(20.0,), ladder=1.0, fixed_charge_share=0.0, reference_m3_month=10.0)


def one_town(
    horizon: op.Horizon,
    *,
    works: dict[str, list[object]] | None = None,
    targets: dict[str, list[object]] | None = None,
    policy: Policy | None = None,
    income_month: float = 1_000.0,
) -> Instance:
    """A town of 1,000 connections that use 10 m3 and all pay; price year 2025.

    It costs 40,000 of overhead and 80 a connection: 120,000 a year, a bill of 10.00 a month.
    """
    towns = {"town": ["A"], "name": ["Alba"], "lon": [-76.5], "lat": [-6.5]}
    water = {"population": [4_000.0], "consumption_m3_month": [10.0], "collection_rate": [1.0]}
    cost = {"connection_cost_year": [80.0], "non_revenue_water": [0.0]}
    people = {"town": ["A"], "group": ["all"], "share": [1.0], "income_month": [income_month]}
    models = {"operator_model": ["social"], "overhead_year": [40_000.0]}
    return op.instance_from_tables(
        name="one",
        title="One town",
        currency="PEN",
        price_year=2025,
        crs="EPSG:32718",
        towns=pd.DataFrame(towns | water | cost),
        households=pd.DataFrame(people),
        operator_models=pd.DataFrame(models),
        tariff=ONE_PRICE,
        policy=policy or Policy(),
        horizon=horizon,
        targets=None if targets is None else pd.DataFrame(targets),
        investments=None if works is None else pd.DataFrame(works),
    )


def path_of(instance: Instance, *, grouping: str = "alone") -> TariffPath:
    """The path of a given grouping; it passes its audit."""
    path = op.tariff_path(op.evaluate(instance, grouping))
    found = path.audit()
    assert found.sound, str(found)
    assert found.passed or path.broken_promises, str(found)
    return path


def levels(path: TariffPath) -> list[float]:
    return path.levels["level"].tolist()
