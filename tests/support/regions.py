"""Small random regions with mixed rules, for tests that compare methods."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.fields import Category, Tariff, Travel
from optimizer.instance.schema.policy import Policy
from optimizer.promises import AREA_RESOURCES

GROUPS = ("q1", "q2", "q3")

WIDE_LIMITS = {p.most: 999_999_999 for p in AREA_RESOURCES if p.most is not None}
"""Limits of every sum over an area's towns that bind nothing, as fields of the policy."""


def random_tariff(rng: np.random.Generator) -> Tariff:
    """Free block prices, a given shape, or a shape in which a category has its own blocks."""
    kind = rng.integers(3)
    if kind == 0:
        categories = (Category(category="commercial", factor=1.5),)
        return Tariff(blocks_m3=(8.0, 20.0), ladder=3.0, categories=categories)
    own = Category(category="commercial", blocks_m3=(20.0,), shape=(2.0, 0.85, 1.16))
    plain = Category(category="commercial", factor=1.4)
    return Tariff(
        blocks_m3=(8.0, 20.0),
        shape=(1.2, 0.344, 0.457, 0.510),
        categories=(own if kind == 1 else plain,),
    )


def random_policy(rng: np.random.Generator, towns: list[str]) -> Policy:
    """A policy in which each promise is asked for now and then; it may be infeasible."""

    def sometimes(chance: float) -> bool:
        return bool(rng.random() < chance)

    pick = [str(t) for t in rng.permutation(towns)]
    same_zone = sometimes(0.15)
    return Policy(
        affordable_share=float(rng.choice([0.02, 0.03, 0.05])),
        protected_groups=("q1",) if sometimes(0.3) else (),
        reach_hours=float(rng.choice([0.6, 1.0, 3.0])),
        same_zone=same_zone,
        connected=sometimes(0.35),
        keep_together=((pick[0], pick[1]),) if sometimes(0.2) and not same_zone else (),
        keep_apart=((pick[1], pick[2]),) if sometimes(0.2) else (),
        fixed_seats=(pick[3],) if sometimes(0.2) else (),
        operators_least=2 if sometimes(0.15) else 0,
        operators_most=3 if sometimes(0.2) else None,
        tariff_scope=str(rng.choice(["service_area", "service_area", "town", "region"])),
        participation=sometimes(0.2),
        operating_subsidy=not sometimes(0.12),
        household_support_share=0.4 if sometimes(0.15) else 0.0,
        subsidy_budget_year=float(rng.uniform(1e5, 2e6)) if sometimes(0.2) else None,
        public_money_price=float(rng.choice([0.5, 1.0, 3.0])),
    )


def random_region(
    seed: int,
    *,
    towns: int | None = None,
    policy: Policy | None = None,
    span: float = 0.4,
    poor: str = "",
) -> Instance:
    """A region of 4 to 6 towns in a square of about 40 km, with three operator models.

    ``span`` is the side of the square in degrees; incomes of the ``poor`` town are a hundredth.
    """
    rng = np.random.default_rng(seed)
    count = int(rng.choice([4, 4, 4, 5, 5, 6])) if towns is None else towns
    keys = [f"t{k}" for k in range(count)]
    size = rng.integers(300, 5000, count).astype(float)
    table = pd.DataFrame(
        {
            "town": keys,
            "lon": -76.5 + span * rng.random(count),
            "lat": -6.5 + span * rng.random(count),
            "population": 4 * size,
            "connections": size,
            "collection_rate": rng.uniform(0.7, 0.95, count),
            "non_revenue_water": rng.uniform(0.2, 0.4, count),
            "fixed_cost_year": 15_000.0,
            "connection_cost_year": rng.uniform(20, 90, count),
            "volume_cost_m3": 0.15,
            "replacement_cost_year": 12.0 * size,
            "transition_cost_year": 4_000.0,
            "trips_year": 50.0,
            "zone": rng.choice(["north", "south"], count),
            "seat_allowed": rng.random(count) < 0.9,
        }
    )
    if not table["seat_allowed"].any():
        table["seat_allowed"] = True
    chosen = policy or random_policy(rng, keys)
    table.loc[table["town"].isin(chosen.fixed_seats), "seat_allowed"] = True
    base = rng.uniform(300, 900, count)
    base[[key == poor for key in keys]] /= 100
    households = pd.DataFrame(
        [
            {
                "town": key,
                "group": group,
                "share": share,
                "income_month": float(base[k] * factor),
                "consumption_m3_month": use,
            }
            for k, key in enumerate(keys)
            for group, share, factor, use in zip(
                GROUPS, (0.3, 0.4, 0.3), (0.5, 1.0, 2.0), (9.0, 14.0, 24.0), strict=True
            )
        ]
    )
    customers = pd.DataFrame(
        {
            "town": keys,
            "category": "commercial",
            "connections": np.ceil(0.04 * size),
            "consumption_m3_month": 25.0,
        }
    )
    least = float(rng.choice([0.0, 0.0, 700.0]))
    models = pd.DataFrame(
        {
            "operator_model": ["board", "company", "utility"],
            "overhead_year": [30e3, 80e3, 180e3],
            "connections_least": [least, 1_000.0, 4_000.0],
            "connections_most": [2_500.0, 8_000.0, 60_000.0],
            "efficiency": [1.0, 0.96, 0.92],
            "crew_hour_cost": [40.0, 45.0, 50.0],
            "board_fee_share_cost": 0.02,
            "margin_share_revenue": [0.0, 0.06, 0.08],
        }
    )
    return instance_from_tables(
        name="random",
        title=f"Random region {seed}",
        currency="PEN",
        price_year=2023,
        crs="EPSG:32718",
        towns=table,
        operator_models=models,
        households=households,
        customers=customers,
        tariff=random_tariff(rng),
        travel=Travel(speed_km_h=35.0),
        policy=chosen,
    )
