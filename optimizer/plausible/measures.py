"""The measures of a region: each a number a row, tied to the column that would be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.geography.distance import geodesic_km
from optimizer.instance.instance import Instance
from optimizer.plausible.countries import countries_of_currency

__all__ = ["Measured", "measured"]

MONTHS, DAYS = 12.0, 30.4
NEAR_KM = 5.0
"""Trips shorter than this say little of speed: the way to the road counts most."""
PERSONS_ASSUMED = 4.0


@dataclass(frozen=True, eq=False)
class Measured:
    """One measure of one column.

    Attributes
    ----------
    measure : str
        Its row of :data:`~optimizer.plausible.ranges.RANGES`.
    file, column : str
        What would be wrong.
    keys : list of str
        Town, pair or operator model of each value.
    values : numpy.ndarray
        NaN where unknown.
    shown : numpy.ndarray
        The figures of the column itself.
    scale_low, scale_high : float
        The range is multiplied with these: more than one country may have the currency.
    """

    measure: str
    file: str
    column: str
    keys: list[str]
    values: Floats
    shown: Floats
    scale_low: float = 1.0
    scale_high: float = 1.0


def measured(instance: Instance) -> Iterator[Measured]:
    """Yield the measures of a region; zeros that mean "none" are not measured.

    Parameters
    ----------
    instance : Instance
        Any region.
    """
    yield from _of_people(instance)
    yield from _of_shares(instance)
    yield from _of_money(instance)
    yield from _of_trips(instance)
    yield from _of_customers(instance)
    yield from _of_models(instance)


def _column(instance: Instance, name: str) -> Floats:
    """Return a column of the towns; NaN where it is 0 or absent."""
    if name not in instance.towns:
        return np.full(len(instance.towns), np.nan)
    values = instance.towns[name].to_numpy(dtype=np.float64)
    return np.where(values == 0.0, np.nan, values)


def _towns(
    instance: Instance, measure: str, column: str, values: Floats, shown: Floats | None = None
) -> Measured:
    keys = [str(key) for key in instance.towns.index]
    figures = _column(instance, column) if shown is None else shown
    return Measured(measure, "towns.csv", column, keys, values, figures)


def _people_per_connection(instance: Instance) -> Floats:
    return _column(instance, "population") / _column(instance, "connections")


def _of_people(instance: Instance) -> Iterator[Measured]:
    people = _column(instance, "population")
    yield _towns(instance, "people", "population", people)
    ratio = _people_per_connection(instance)
    yield _towns(instance, "people_per_connection", "connections", ratio)
    # Use is of a connection: people behind it are the region's usual number, so that a wrong
    # count of people is told once, and not twice.
    behind = np.clip(np.nanmedian(ratio), 2.0, 6.0) if len(ratio) else PERSONS_ASSUMED
    use = _column(instance, "consumption_m3_month")
    litres = use * 1000.0 / DAYS / behind
    yield _towns(instance, "litres_person_day", "consumption_m3_month", litres)
    groups = instance.households
    if len(groups):
        own = groups["consumption_m3_month"].to_numpy(dtype=np.float64)
        if not np.allclose(own, instance.towns["consumption_m3_month"].reindex(_first(groups))):
            keys = [str(key) for key in _first(groups)]
            values = np.where(own == 0.0, np.nan, own) * 1000.0 / DAYS / behind
            yield Measured(
                "litres_person_day", "households.csv", "consumption_m3_month", keys, values, own
            )


def _first(table: pd.DataFrame) -> pd.Index:
    return table.index.get_level_values(0)


def _of_shares(instance: Instance) -> Iterator[Measured]:
    for name in ("collection_rate", "non_revenue_water", "gini", "poverty_rate"):
        yield _towns(instance, name, name, _column(instance, name))
    for name in ("unmetered_share", "sewer_share"):
        values = _column(instance, name)
        most = np.nanmax(values, initial=-np.inf, where=np.isfinite(values))
        if np.isfinite(most):  # few may have any; the largest tells the unit
            yield _towns(instance, name, name, np.where(values == most, values, np.nan))


def _incomes(instance: Instance) -> Floats:
    """Return the mean household income of each town, a month."""
    groups = instance.households
    weighted = (groups["income_month"] * groups["share"]).groupby(level=0).sum()
    return weighted.reindex(instance.towns.index).to_numpy(dtype=np.float64)


def _of_money(instance: Instance) -> Iterator[Measured]:
    income = _incomes(instance)
    towns = len(instance.towns)
    connections = _column(instance, "connections")
    nrw = instance.towns["non_revenue_water"].to_numpy(dtype=np.float64)
    m3 = MONTHS * instance.towns["consumption_m3_month"].to_numpy(dtype=np.float64)
    produced = m3 / np.maximum(1.0 - nrw, 0.05)
    cost = np.nan_to_num(_column(instance, "connection_cost_year"))
    cost = cost + np.nan_to_num(_column(instance, "volume_cost_m3")) * produced
    cost = cost + np.nan_to_num(_column(instance, "replacement_cost_year")) / connections
    cost = cost + np.nan_to_num(_column(instance, "fixed_cost_year")) / connections
    cost = np.where(cost == 0.0, np.nan, cost)
    yield _towns(instance, "cost_of_income", "costs", cost / (MONTHS * income), cost)
    known = countries_of_currency(instance.currency)
    if not known:
        return
    heads = [country.income_head_year for country in known]
    least, most = min(heads), max(heads)
    persons = float(np.median([country.persons_per_household for country in known]))
    own = "income_month"
    where = "households.csv"
    if instance.towns[own].notna().any():
        where = "towns.csv"
    elif instance.towns["poverty_rate"].notna().any():
        where = "instance.toml [incomes] or poverty_rate in towns.csv"
    keys = [str(key) for key in instance.towns.index]
    heads_in_money = MONTHS * income / persons

    def scaled(measure: str, file: str, column: str, values: Floats, shown: Floats) -> Measured:
        names = keys if len(values) == towns else [str(k) for k in instance.operator_models.index]
        return Measured(measure, file, column, names, values, shown, least, most)

    yield scaled("income_of_national", where, own, heads_in_money, income)
    per_town: dict[str, tuple[str, Floats | float]] = {
        "connection_cost": ("connection_cost_year", 1.0),
        "fixed_cost": ("fixed_cost_year", 1.0),
        "volume_cost": ("volume_cost_m3", 1.0),
        "transition_cost": ("transition_cost_year", 1.0),
        "replacement_cost": ("replacement_cost_year", connections),
    }
    for measure, (column, by) in per_town.items():
        figures = _column(instance, column)
        yield scaled(measure, "towns.csv", column, figures / by, figures)
    sewers = {
        "connection_cost": "sewer_connection_cost_year",
        "fixed_cost": "sewer_fixed_cost_year",
    }
    for measure, column in sewers.items():
        figures = _column(instance, column)
        yield scaled(measure, "towns.csv", column, figures, figures)
    models = instance.operator_models
    file = "instance.toml [[operator_models]]"
    overhead = models["overhead_year"].to_numpy(dtype=np.float64)
    overhead = np.where(overhead == 0.0, np.nan, overhead)
    if np.isfinite(overhead).any():
        least_one = np.where(overhead == np.nanmin(overhead), overhead, np.nan)
        most_one = np.where(overhead == np.nanmax(overhead), overhead, np.nan)
        yield scaled("overhead_least", file, "overhead_year", least_one, overhead)
        yield scaled("overhead_most", file, "overhead_year", most_one, overhead)
    crew = models["crew_hour_cost"].to_numpy(dtype=np.float64)
    yield scaled(
        "crew_hour_cost", file, "crew_hour_cost", np.where(crew == 0.0, np.nan, crew), crew
    )


def _of_trips(instance: Instance) -> Iterator[Measured]:
    yield _towns(instance, "trips_year", "trips_year", _column(instance, "trips_year"))
    travel = instance.travel
    for measure, column, value in (("derived_speed", "speed_km_h", travel.speed_km_h),):
        single = np.array([value])
        yield Measured(measure, "instance.toml [travel]", column, [column], single, single)
    if instance.roads is not None and "speed_km_h" in instance.roads:
        speeds = pd.to_numeric(instance.roads["speed_km_h"], errors="coerce").to_numpy(dtype=float)
        keys = [f"line {n + 1}" for n in range(len(speeds))]
        yield Measured("road_speed", "roads", "speed_km_h", keys, speeds, speeds)
    table = instance.travel_table
    if table is None or table.empty:
        return
    ends = [instance.towns.index.get_indexer(table.index.get_level_values(k)) for k in (0, 1)]
    lon, lat = (instance.towns[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    straight = geodesic_km(lon[ends[0]], lat[ends[0]], lon[ends[1]], lat[ends[1]])
    straight = np.where(straight < NEAR_KM, np.nan, straight)
    keys = [f"{a} to {b}" for a, b in table.index]
    hours = table["hours"].to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        yield Measured("speed", "travel.csv", "hours", keys, straight / hours, hours)
        km = table["km"].to_numpy(dtype=np.float64)
        yield Measured("detour", "travel.csv", "km", keys, km / straight, km)


def _of_customers(instance: Instance) -> Iterator[Measured]:
    table = instance.customers
    if table.empty:
        return
    keys = [f"{town}, {category}" for town, category in table.index]
    households = instance.towns["connections"].reindex(_first(table)).to_numpy(dtype=np.float64)
    own = table["connections"].to_numpy(dtype=np.float64)
    yield Measured("customer_share", "customers.csv", "connections", keys, own / households, own)
    use = table["consumption_m3_month"].to_numpy(dtype=np.float64)
    values = np.where(use == 0.0, np.nan, use)
    yield Measured("customer_use", "customers.csv", "consumption_m3_month", keys, values, use)


def _of_models(instance: Instance) -> Iterator[Measured]:
    models = instance.operator_models
    keys = [str(key) for key in models.index]
    file = "instance.toml [[operator_models]]"
    factor = models["efficiency"].to_numpy(dtype=np.float64)
    yield Measured("efficiency", file, "efficiency", keys, factor, factor)
    connections = instance.towns["connections"].to_numpy(dtype=np.float64)
    most = models["connections_most"].to_numpy(dtype=np.float64)
    largest = np.where(most == most.max(), most, np.nan) / np.median(connections)
    yield Measured("model_size", file, "connections_most", keys, largest, most)
    least = models["connections_least"].to_numpy(dtype=np.float64)
    smallest = np.where(least == least.min(), least, np.nan) / connections.sum()
    smallest = np.where(smallest == 0.0, np.nan, smallest)
    yield Measured("model_least", file, "connections_least", keys, smallest, least)
