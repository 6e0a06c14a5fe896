"""Every check of a complete instance, however it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.check.own_checks import own_checks
from optimizer.instance.check.scale import scale_problems
from optimizer.instance.check.schedule_checks import sewer_checks
from optimizer.instance.check.settings_checks import Place, groups_of, policy_checks
from optimizer.instance.check.table_checks import Tables, table_checks
from optimizer.instance.check.tariff_checks import tariff_checks
from optimizer.instance.check.years_checks import years_checks
from optimizer.instance.derive.derive import OFF
from optimizer.instance.reading.cells import Table, typed
from optimizer.instance.reading.findings import Findings, number_of
from optimizer.instance.reading.tables import raw_from_frame
from optimizer.instance.schema.fields import (
    AdjacentPair,
    Customer,
    HouseholdGroup,
    OperatorModel,
    Tariff,
    Town,
)
from optimizer.instance.schema.own_columns import with_own_columns
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.year_fields import Horizon, Investment, Target
from optimizer.record import Row

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["MAY_HAVE_GAPS", "cross_checks", "horizon_checks"]

MAY_HAVE_GAPS = ["income_month", "gini", "poverty_rate", "asset_value", "leaving_chance", *OFF]
"""Columns of a complete table of towns that may hold gaps; those of ``OFF`` are then 0."""


def cross_checks(
    *,
    towns: gpd.GeoDataFrame,
    households: pd.DataFrame,
    customers: pd.DataFrame,
    operator_models: pd.DataFrame,
    tariff: Tariff,
    policy: Policy,
    crs: str = "",
    travel_table: pd.DataFrame | None = None,
    adjacency_table: pd.DataFrame | None = None,
) -> list[Problem]:
    """Return everything that is wrong with the tables and settings of a complete instance.

    Parameters
    ----------
    towns, households, customers, operator_models, tariff, policy, crs
        Attributes of :class:`~optimizer.instance.instance.Instance`.
    travel_table, adjacency_table
        Attributes of :class:`~optimizer.instance.instance.Instance`.

    Returns
    -------
    list of Problem
        Lines are numbers of rows, counted from 1.

    Examples
    --------
    >>> from optimizer.instance.writing.templates import template_instance
    >>> valley = template_instance()
    >>> found = cross_checks(
    ...     towns=valley.towns.assign(collection_rate=[90.0, 0.9, 0.9]),
    ...     households=valley.households, customers=valley.customers,
    ...     operator_models=valley.operator_models, tariff=valley.tariff, policy=valley.policy)
    >>> [(problem.line, problem.column, problem.what) for problem in found]
    [(1, 'collection_rate', '90.0 is above 1'), (1, 'collection_rate', 'is empty in 1 row')]
    """
    found = Findings()
    tables = _tables(
        found,
        towns=pd.DataFrame(towns),
        households=households.drop(columns="connections", errors="ignore"),
        customers=customers,
        operator_models=operator_models,
        adjacency_table=adjacency_table,
    )
    if tables is None:
        return found.problems
    table_checks(tables, found)
    if travel_table is not None:
        _travel(travel_table, towns.index, found)
    _complete(tables.towns, found)
    _household_connections(households, towns, found)
    place = Place("settings")
    used_by = [t for t in (tables.households, tables.customers) if t is not None]
    tariff_checks(tariff, used_by, place, found)
    found.problems.extend(sewer_checks(tariff, [towns, households, customers], place))
    groups = groups_of(households.index.to_frame(index=False))
    policy_checks(policy, tables.towns.frame, groups, place, found)
    own_checks(policy, tables.towns.frame, map(str, operator_models.index), place, found)
    lon, lat = (tables.towns.frame[axis].to_numpy(dtype=float) for axis in ("lon", "lat"))
    keys = list(tables.towns.frame["town"])
    found.problems.extend(scale_problems(crs, keys, lon, lat, file=place.file, line=None))
    return list(dict.fromkeys(found.problems))


def horizon_checks(
    towns: pd.Index,
    targets: pd.DataFrame | None,
    investments: pd.DataFrame | None,
    *,
    price_year: int,
    horizon: Horizon | None,
    demand_response: bool = False,
) -> list[Problem]:
    """Return everything that is wrong with the tables of a horizon; lines are row numbers."""
    found = Findings()
    own_targets = None if targets is None else _whole(targets, Target, "targets", found)
    works = None if investments is None else _whole(investments, Investment, "investments", found)
    frame = pd.DataFrame({"town": list(towns)})
    years_checks(
        frame,
        own_targets,
        works,
        price_year=price_year,
        horizon=horizon,
        used=demand_response,
        found=found,
    )
    return list(dict.fromkeys(found.problems))


def _tables(
    found: Findings,
    *,
    towns: pd.DataFrame,
    households: pd.DataFrame,
    customers: pd.DataFrame,
    operator_models: pd.DataFrame,
    adjacency_table: pd.DataFrame | None,
) -> Tables | None:
    """Return the tables checked cell by cell, or None where a column is missing."""
    own_towns = _typed(towns, Town, "towns", found)
    models = _typed(operator_models, OperatorModel, "operator_models", found)
    groups = _typed(households, HouseholdGroup, "households", found)
    others = _typed(customers, Customer, "customers", found)
    adjacency = None
    if adjacency_table is not None:
        adjacency = _typed(adjacency_table, AdjacentPair, "adjacency_table", found)
    if own_towns is None or models is None or groups is None or others is None:
        return None
    return Tables(own_towns, models, groups, others, adjacency=adjacency)


def _typed(frame: pd.DataFrame, record: type[Row], file: str, found: Findings) -> Table | None:
    record = with_own_columns(record, frame.columns)
    raw = raw_from_frame(frame, record, file, found)
    return None if raw is None else typed(raw, record, found)


def _whole(frame: pd.DataFrame, record: type[Row], file: str, found: Findings) -> Table | None:
    """Return a typed table that has every column, or None after naming those it lacks."""
    there = {*map(str, frame.columns), *map(str, frame.index.names)}
    lacking = [name for name in record.model_fields if name not in there]
    for name in lacking:
        found.problem(file, None, name, "column is missing", "add it, empty where not known")
    return None if lacking else _typed(frame, record, file, found)


def _complete(towns: Table, found: Findings) -> None:
    """Report gaps in columns that every town must have."""
    for column in towns.frame.columns.difference(MAY_HAVE_GAPS, sort=False):
        gaps = towns.frame[column].isna().to_numpy(dtype=bool)
        if gaps.any():
            row = int(np.flatnonzero(gaps)[0])
            what = f"is empty in {number_of(int(gaps.sum()), 'row')}"
            remedy = "fill it, or make the instance with instance_from_tables"
            found.problem(towns.file, towns.line(row), column, what, remedy)


def _household_connections(
    households: pd.DataFrame, towns: gpd.GeoDataFrame, found: Findings
) -> None:
    """Report groups whose connections are not their share of the town's, and towns without any."""
    if "connections" not in households.columns:
        found.problem("households", None, "connections", "column is missing", "add it")
        return
    key = households.index.get_level_values("town")
    due = households["share"].to_numpy() * towns["connections"].reindex(key).to_numpy()
    off = ~np.isclose(households["connections"].to_numpy(), due, rtol=1e-6, atol=0.0)
    off &= ~np.isnan(due)
    for row in np.flatnonzero(off)[:1]:
        what = f"differs from share x the town's connections in {number_of(int(off.sum()), 'row')}"
        remedy = "change the towns' connections and the groups' connections together"
        found.problem("households", int(row) + 1, "connections", what, remedy)
    for town in towns.index.difference(key, sort=False):
        what = f"town {town!r} has no household group"
        found.problem("households", None, "town", what, "give it one group at least")


def _travel(table: pd.DataFrame, towns: pd.Index, found: Findings) -> None:
    """Report unknown towns, repeated pairs and impossible hours of a travel table, column-wise."""
    if list(table.index.names) != ["origin", "destination"] or "hours" not in table.columns:
        what = "needs the index (origin, destination) and the column hours"
        found.problem("travel_table", None, "", what, "set the index")
        return
    for level in ("origin", "destination"):
        unknown = table.index.unique(level).difference(towns)
        if len(unknown):
            what = f"{number_of(len(unknown), 'town')} not in towns, first {unknown[0]!r}"
            found.problem("travel_table", None, level, what, "correct the keys")
    twice = table.index.duplicated()
    hours = table["hours"].to_numpy(dtype=float)
    wrong = ~((hours >= 0) & (hours <= 1000))
    for flags, what in ((twice, "stands twice"), (wrong, "hours are not within 0 and 1000")):
        if flags.any():
            row = int(np.flatnonzero(flags)[0])
            found.problem("travel_table", row + 1, "hours", what, "correct the row")
