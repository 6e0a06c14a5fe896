"""Small regions for the tests of diagnosis: bills and costs that can be worked by hand.

Every household pays ``level x 10 m3`` and earns 1,000 a month, so at an affordable share of 0.03 a
connection brings at most 30 a month, 360 a year; nothing is lost and everything is collected.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from optimizer.geography.reach import reach_of
from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.fields import Costs, Tariff, Travel
from optimizer.instance.schema.policy import Policy
from optimizer.model.build import build_compact
from optimizer.model.sets import model_data
from optimizer.solving.highs import RunSettings, run_pyomo
from optimizer.tariffs.case import make_case

NAMES = {"A": "Anta", "B": "Bellavista", "C": "Cuzcatan", "D": "Desaguadero", "E": "Echarate"}


def region(
    sizes: Mapping[str, float],
    hours: Mapping[str, float],
    *,
    models: Mapping[str, tuple[float, float, float]] | None = None,
    connection_cost: float = 100.0,
    transition: float = 0.0,
    borders: tuple[str, ...] | None = None,
    zones: Mapping[str, str] | None = None,
    no_seat: tuple[str, ...] = (),
    tariff: Tariff | None = None,
    **policy: object,
) -> Instance:
    """Return a region.

    ``sizes``: connections by town; ``hours``: travel by pair such as ``"AB"``, other pairs do not
    exist; ``models``: overhead, least and most connections by operator model.
    """
    keys = list(sizes)
    towns = pd.DataFrame(
        {
            "town": keys,
            "name": [NAMES[k] for k in keys],
            "lon": [-76.0 - 0.2 * n for n in range(len(keys))],
            "lat": [-6.0 - 0.01 * n * n for n in range(len(keys))],
            "population": [4.0 * sizes[k] for k in keys],
            "connections": [float(sizes[k]) for k in keys],
            "seat_allowed": [k not in no_seat for k in keys],
            "zone": [(zones or {}).get(k, "one") for k in keys],
        }
    )
    households = pd.DataFrame(
        {"town": keys, "group": "all", "share": 1.0, "income_month": 1000.0}
        | {"consumption_m3_month": 10.0}
    )
    table = models or {"social": (0.0, 0.0, 1e9)}
    operators = pd.DataFrame(
        [(name, *values) for name, values in table.items()],
        columns=["operator_model", "overhead_year", "connections_least", "connections_most"],
    )
    travel = pd.DataFrame(
        [(pair[0], pair[1], h) for pair, h in hours.items()],
        columns=["origin", "destination", "hours"],
    )
    adjacency = None
    if borders is not None:
        adjacency = pd.DataFrame([tuple(pair) for pair in borders], columns=["town_a", "town_b"])
    return instance_from_tables(
        name="small",
        title="Small",
        currency="PEN",
        price_year=2024,
        crs="EPSG:32718",
        towns=towns,
        operator_models=operators,
        households=households,
        travel_table=travel if len(travel) else None,
        adjacency_table=adjacency,
        travel=Travel(derive_missing=False),
        tariff=tariff or Tariff(shape=(0.0, 1.0), blocks_m3=()),
        costs=Costs(
            collection_rate=1.0,
            non_revenue_water=0.0,
            connection_cost_year=connection_cost,
            transition_cost_year=transition,
            trips_year=0.0,
        ),
        policy=Policy(**policy),
    )


def has_plan(instance: Instance) -> bool:
    """Return whether the compact model of a region has a plan."""
    case = make_case(instance, reach_of(instance))
    data = model_data(case)
    if {town for town, _ in data.pairs} != set(data.towns):
        return False
    if not set(instance.policy.fixed_seats) <= set(data.seats):
        return False
    status = run_pyomo(build_compact(case, data=data), RunSettings(time_limit=60.0)).status
    assert status in {"optimal", "infeasible"}
    return status == "optimal"


def with_policy(instance: Instance, **changes: object) -> Instance:
    """Return a region with other promises."""
    return instance.replace(policy=instance.policy.replace(**changes))


def with_models(instance: Instance, **columns: float) -> Instance:
    """Return a region whose operator models have other columns."""
    return instance.replace(operator_models=instance.operator_models.assign(**columns))
