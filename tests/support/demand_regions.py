"""Small random regions whose customers answer to the price."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.instance.schema.policy import Policy
from tests.support.regions import random_region

SHAPE = (1.2, 0.344, 0.457, 0.510)
STEEP = (0.6, 0.25, 0.5, 0.7)


def demand_region(seed: int, **policy: object) -> Instance:
    """A region of 4 or 5 towns with mixed elasticities, meters, menus and promises."""
    rng = np.random.default_rng(10_000 + seed)

    def sometimes(chance: float) -> bool:
        return bool(rng.random() < chance)

    scope = str(rng.choice(["service_area", "service_area", "town", "region"]))
    equal = scope == "region" or sometimes(0.3)
    promises = {
        "demand_response": True,
        "affordable_share": float(rng.choice([0.02, 0.03, 0.05])),
        "protected_groups": ("q1",) if sometimes(0.3) else (),
        "reach_hours": float(rng.choice([0.6, 1.0, 3.0])),
        "connected": sometimes(0.25),
        "operators_least": 2 if sometimes(0.15) else 0,
        "operators_most": 3 if sometimes(0.2) else None,
        "tariff_scope": scope,
        "operating_subsidy": not sometimes(0.15),
        "subsidy_budget_year": float(rng.uniform(1e5, 2e6)) if equal and sometimes(0.5) else None,
        "public_money_price": float(rng.choice([0.5, 1.0, 3.0])),
    }
    region = random_region(seed, towns=int(rng.choice([4, 4, 5])), policy=Policy())
    models = region.operator_models
    if equal:
        same = ["board_fee_share_cost", "board_fee_share_revenue", "margin_share_revenue"]
        models = models.assign(efficiency=1.0, margin_share_cost=0.05)
        models = models.assign(**dict.fromkeys(same, 0.02))
    shapes = (SHAPE, STEEP) if sometimes(0.5) else ()
    category = Category(category="commercial", factor=1.4, minimum_m3=10.0)
    tariff = Tariff(
        blocks_m3=(8.0, 20.0),
        fixed_charge_share=0.5,
        shape=None if shapes else SHAPE,
        categories=(category,),
        unmetered_m3_month=18.0 if sometimes(0.3) else None,
    )
    levels = () if sometimes(0.6) else tuple(np.round(np.geomspace(0.1, 9.0, 7), 3).tolist())
    households = region.households.assign(
        unmetered_share=rng.choice([0.0, 0.0, 0.4], len(region.households)),
        price_elasticity=rng.choice([-0.4, -0.2, -0.1, 0.0, np.nan], len(region.households)),
    )
    volume = rng.uniform(0.1, 0.6, len(region.towns))
    return region.replace(
        towns=region.towns.assign(volume_cost_m3=volume),
        households=households,
        operator_models=models,
        tariff=tariff,
        demand=Demand(change_most=float(rng.choice([0.1, 0.3, 0.5])), levels=levels, shapes=shapes),
        targets=today(region, rng.choice([4.0, 9.0, 25.0, np.nan], len(region.towns))),
        policy=Policy(**(promises | policy)),
    )


def today(region: Instance, bill: object) -> pd.DataFrame:
    """A table of targets that says today's bills and nothing else."""
    names = ["bill_today_month", "cash_today", "connection_growth_share_year", "coverage"]
    names += ["coverage_target", "collection_rate_target", "non_revenue_water_target"]
    table = pd.DataFrame(np.nan, index=region.towns.index, columns=names)
    return table.assign(bill_today_month=bill)
