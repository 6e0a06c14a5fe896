"""Random regions of three to six towns: every promise, tariff and service now and then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.brute_force.promises import random_policy
from benchmarks.brute_force.tariffs import Dice, random_demand, random_tariff
from optimizer.errors import InstanceError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Tariff, Travel
from optimizer.instance.schema.policy import Policy

__all__ = ["kind_of", "random_region"]

KINDS = ("plain",) * 8 + ("demand", "core")
UNITS = (1.0,) * 7 + (0.01, 1_000.0, 1_000_000.0)
"""Money of a region in units of 1: some count in large coins, some in small ones."""


def kind_of(seed: int) -> str:
    """Return what kind of region a number gives: ``plain``, ``demand`` or ``core``.

    Examples
    --------
    >>> kind_of(0), kind_of(8), kind_of(9)
    ('plain', 'demand', 'core')
    """
    return KINDS[seed % len(KINDS)]


def random_region(seed: int) -> Instance:
    """Return the region of a number; draws that contradict themselves are drawn again.

    Examples
    --------
    >>> random_region(7).fingerprint() == random_region(7).fingerprint()
    True
    """
    dice = Dice(np.random.default_rng(seed))
    while True:
        try:
            return _draw(dice, seed, kind_of(seed))
        except InstanceError:
            continue


@dataclass(frozen=True)
class _Size:
    """Towns of a region, household groups, connections, and the unit of money."""

    towns: list[str]
    groups: list[str]
    connections: np.ndarray
    unit: float
    sewer: bool


def _draw(dice: Dice, seed: int, kind: str) -> Instance:
    count = int(dice.one_of(3, 4, 4, 4, 5, 5, 6))
    size = _Size(
        towns=[f"t{k}" for k in range(count)],
        groups=[f"q{k}" for k in range(1, int(dice.one_of(1, 2, 2, 3)) + 1)],
        connections=dice.rng.integers(300, 5000, count).astype(float),
        unit=dice.one_of(*UNITS),
        sewer=dice.sometimes(0.45),
    )
    tariff: Tariff = random_tariff(dice, given=True if kind == "core" else None)
    demand = Demand()
    if kind == "demand":
        tariff, demand = random_demand(dice, tariff)
    policy = random_policy(dice, size.towns, size.groups, kind=kind)
    if policy.subsidy_budget_year is not None:
        policy = policy.replace(subsidy_budget_year=policy.subsidy_budget_year * size.unit)
    if demand.bill_today_month is not None:
        demand = demand.replace(bill_today_month=demand.bill_today_month * size.unit)
    return instance_from_tables(
        name="random",
        title=f"Random region {seed}",
        currency="PEN",
        price_year=2024,
        crs="EPSG:32718",
        towns=_towns(dice, size, policy),
        operator_models=_models(dice, size, equal=kind == "demand" and dice.sometimes(0.6)),
        households=_households(dice, size),
        customers=_others(dice, size),
        travel_table=_travel(dice, size.towns),
        adjacency_table=_borders(dice, size.towns),
        travel=Travel(derive_missing=False),
        tariff=tariff,
        demand=demand,
        policy=policy,
    )


def _towns(dice: Dice, size: _Size, policy: Policy) -> pd.DataFrame:
    rng, count, unit = dice.rng, len(size.towns), size.unit
    seats = rng.random(count) < 0.85
    table = pd.DataFrame(
        {
            "town": size.towns,
            "lon": -76.5 + 0.4 * rng.random(count),
            "lat": -6.5 + 0.4 * rng.random(count),
            "population": 4 * size.connections,
            "connections": size.connections,
            "collection_rate": rng.uniform(0.6, 1.0, count),
            "non_revenue_water": rng.uniform(0.0, 0.5, count),
            "fixed_cost_year": unit * rng.choice([0.0, 15_000.0], count),
            "connection_cost_year": unit * rng.uniform(5, 90, count),
            "volume_cost_m3": unit * rng.uniform(0.0, 0.3, count),
            "replacement_cost_year": unit * 12.0 * size.connections,
            "transition_cost_year": unit * rng.choice([0.0, 4_000.0, 20_000.0], count),
            "trips_year": rng.choice([0.0, 50.0, 200.0], count),
            "zone": rng.choice(["north", "south"], count),
            "seat_allowed": seats | np.isin(size.towns, policy.fixed_seats),
        }
    )
    if size.sewer:
        table = table.assign(
            sewer_fixed_cost_year=unit * rng.uniform(0.0, 8e3, count),
            sewer_connection_cost_year=unit * rng.uniform(0.0, 25.0, count),
            sewer_volume_cost_m3=unit * rng.choice([0.0, 0.1], count),
            sewer_replacement_connection_year=unit * rng.uniform(0.0, 8.0, count),
        )
    return table


def _models(dice: Dice, size: _Size, *, equal: bool) -> pd.DataFrame:
    """Return three models; ``equal`` ones differ in size, overhead and travel only."""
    largest = float(size.connections.max())
    tight = dice.sometimes(0.25)
    factors = pd.DataFrame(
        {
            "efficiency": [1.0, 0.96, dice.one_of(0.9, 1.05)],
            "board_fee_share_cost": dice.one_of(0.0, 0.02),
            "board_fee_share_revenue": dice.one_of(0.0, 0.01),
            "margin_share_cost": dice.one_of(0.0, 0.05),
            "margin_share_revenue": [0.0, 0.06, 0.08],
        }
    )
    if equal:
        factors = factors.iloc[[0, 0, 0]].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "operator_model": ["board", "company", "utility"],
            "overhead_year": size.unit * np.array([30e3, 80e3, dice.one_of(90e3, 180e3)]),
            "connections_least": [dice.one_of(0.0, 0.0, 700.0), 1_000.0, 4_000.0],
            "connections_most": [2_500.0, 8_000.0, 1.3 * largest if tight else 60_000.0],
            "crew_hour_cost": size.unit * np.array([40.0, 45.0, 50.0]),
        }
    )
    return pd.concat([table, factors], axis=1)


def _households(dice: Dice, size: _Size) -> pd.DataFrame:
    """Return groups that differ from town to town; incomes lie far apart now and then."""
    rng, rows = dice.rng, len(size.towns) * len(size.groups)
    low, high = (1.0, 4.0) if dice.sometimes(0.1) else (2.3, 3.1)
    town = np.repeat(10.0 ** rng.uniform(low, high, len(size.towns)), len(size.groups))
    place = np.tile(np.arange(len(size.groups)), len(size.towns))
    table = pd.DataFrame(
        {
            "town": np.repeat(size.towns, len(size.groups)),
            "group": np.tile(size.groups, len(size.towns)),
            "share": 1.0 / len(size.groups),
            "income_month": size.unit * town * (1.0 + place) * rng.uniform(0.8, 1.2, rows),
            "consumption_m3_month": rng.choice([0.0, 6.0, 9.0, 12.0, 14.0, 18.0, 24.0, 35.0], rows)
            + rng.uniform(0.0, 1.0, rows),
            "category": np.where((place == 0) & dice.sometimes(0.5), "social", "domestic"),
            "unmetered_share": rng.choice([0.0, 0.0, 0.0, 0.3, 1.0], rows),
            "price_elasticity": rng.choice([-0.4, -0.2, 0.0, np.nan], rows),
        }
    )
    if not size.sewer:
        return table
    poor_without = (place == 0) & dice.sometimes(0.4)
    share = rng.choice([0.0, 0.4, 1.0], rows)
    return table.assign(sewer_share=np.where(poor_without, 0.0, share))


def _others(dice: Dice, size: _Size) -> pd.DataFrame | None:
    if dice.sometimes(0.25):
        return None
    rng = dice.rng
    who = [town for town in size.towns if dice.sometimes(0.8)] or size.towns[:1]
    table = pd.DataFrame(
        {
            "town": who,
            "category": rng.choice(
                ["commercial", "social", "domestic"], len(who), p=[0.8, 0.1, 0.1]
            ),
            "connections": np.ceil(rng.uniform(5.0, 300.0, len(who))),
            "consumption_m3_month": rng.choice([0.0, 12.0, 25.0, 80.0], len(who)),
            "unmetered_share": rng.choice([0.0, 0.0, 0.5], len(who)),
        }
    )
    return table.assign(sewer_share=rng.choice([0.0, 0.5, 1.0], len(who))) if size.sewer else table


def _travel(dice: Dice, towns: list[str]) -> pd.DataFrame:
    """Return hours that differ by direction; some pairs have no road at all."""
    place = dice.rng.uniform(0.0, 1.3, (len(towns), 2))
    rows = []
    for a in range(len(towns)):
        for b in range(a):
            if dice.sometimes(0.05):
                continue
            hours = float(np.hypot(*(place[a] - place[b]))) + 0.05
            rows.append((towns[a], towns[b], hours * dice.between(0.95, 1.1)))
            rows.append((towns[b], towns[a], hours * dice.between(0.95, 1.1)))
    return pd.DataFrame(rows, columns=["origin", "destination", "hours"]).astype({"hours": float})


def _borders(dice: Dice, towns: list[str]) -> pd.DataFrame:
    """Return neighbours: a line of towns with gaps, and some more."""
    pairs = [(a, b) for a in range(len(towns)) for b in range(a)]
    near = [(towns[a], towns[b]) for a, b in pairs if dice.sometimes(0.75 if a - b == 1 else 0.25)]
    return pd.DataFrame(near or [(towns[0], towns[1])], columns=["town_a", "town_b"])
