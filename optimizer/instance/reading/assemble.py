"""From checked parts to an instance; the one way for folders and for tables from Python."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.instance.check.demand_checks import demand_checks
from optimizer.instance.check.own_checks import own_checks
from optimizer.instance.check.scale import note_scale, scale_problems
from optimizer.instance.check.schedule_checks import sewer_checks
from optimizer.instance.check.settings_checks import Place, groups_of, policy_checks
from optimizer.instance.check.table_checks import Tables, table_checks
from optimizer.instance.check.tariff_checks import tariff_checks
from optimizer.instance.check.uncertainty_checks import expected_checks, uncertainty_checks
from optimizer.instance.check.years_checks import years_checks
from optimizer.instance.derive.derive import (
    filled_households,
    filled_towns,
    with_connections,
    with_town_shares,
)
from optimizer.instance.derive.incomes import group_names
from optimizer.instance.incumbents import by_key
from optimizer.instance.instance import Instance
from optimizer.instance.reading.cells import Table, typed
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.groupings import keyed
from optimizer.instance.reading.place import projected, town_places
from optimizer.instance.reading.tables import RawTable
from optimizer.instance.schema.fields import Customer
from optimizer.instance.schema.settings import Settings
from optimizer.instance.town_names import TownNames
from optimizer.messages.message import Message

__all__ = ["Parts", "assemble"]


@dataclass(frozen=True, eq=False)
class Parts:
    """What a reader has found: settings and typed tables, not yet checked against each other.

    Attributes
    ----------
    settings : Settings
        Everything but tables.
    place : Place
        Where the settings stand.
    tables : Tables
        Typed rows.
    roads, boundaries : geopandas.GeoDataFrame or None
        Cleaned layers.
    beside : pandas.DataFrame or None
        The planner's own columns.
    """

    settings: Settings
    place: Place
    tables: Tables
    roads: gpd.GeoDataFrame | None = None
    boundaries: gpd.GeoDataFrame | None = None
    beside: pd.DataFrame | None = None


def assemble(parts: Parts, found: Findings, *, name: str) -> Instance:
    """Return the instance; raise one error with every problem found so far and here.

    Raises
    ------
    InstanceError
        If there is any problem.
    """
    parts = _keyed(parts)
    settings, tables = parts.settings, parts.tables
    towns = tables.towns
    _checks(parts, found)
    households = filled_households(towns, tables.households, settings.incomes, found)
    found.raise_for_problems()
    full = filled_towns(towns.frame, settings.costs, found).set_index("town")
    places = gpd.points_from_xy(full["lon"], full["lat"], crs="EPSG:4326")
    return Instance(
        name=name,
        title=settings.title,
        currency=settings.currency,
        price_year=settings.price_year,
        crs=settings.crs,
        towns=gpd.GeoDataFrame(full, geometry=places),
        households=with_connections(households, full, found),
        customers=with_town_shares(_customers(tables.customers), full),
        operator_models=tables.all_models.set_index("operator_model"),
        tariff=settings.tariff,
        travel=settings.travel,
        policy=settings.policy,
        travel_table=_travel(tables.travel, len(full), found),
        adjacency_table=_adjacency(tables.adjacency, found),
        demand=settings.demand,
        horizon=settings.horizon,
        uncertainty=settings.uncertainty,
        targets=None if tables.targets is None else tables.targets.frame.set_index("town"),
        investments=None if tables.investments is None else tables.investments.frame,
        roads=parts.roads,
        boundaries=parts.boundaries,
        beside=parts.beside,
        groupings={key: _grouping(table) for key, table in tables.groupings.items()},
        sources=settings.sources,
        assumptions=settings.assumptions,
        derived=tuple(dict.fromkeys([*settings.derived, *found.notes])),
    )


def _keyed(parts: Parts) -> Parts:
    """Return the parts with towns by their keys in groupings and promises, where names stood."""
    tables, names = parts.tables, TownNames.of(parts.tables.towns.frame)
    groupings = {key: keyed(table, names) for key, table in tables.groupings.items()}
    policy = parts.settings.policy.with_towns(names.keyed)
    models, exist = tables.operator_models, tables.operators
    models = replace(models, frame=by_key(models.frame, names.keyed))
    if exist is not None:
        exist = replace(exist, frame=by_key(exist.frame, names.keyed))
    return replace(
        parts,
        settings=replace(parts.settings, policy=policy),
        tables=replace(tables, groupings=groupings, operator_models=models, operators=exist),
    )


def _checks(parts: Parts, found: Findings) -> None:
    """Run every check that needs no derived datum, while lines are known."""
    settings, tables = parts.settings, parts.tables
    frame = tables.towns.frame
    lon, lat = frame["lon"].to_numpy(dtype=float), frame["lat"].to_numpy(dtype=float)
    line = parts.place.line("crs")
    crs = projected(settings.crs, lon, lat, line, found, file=parts.place.file)
    if town_places(tables.towns, crs, found) and crs is not None:
        keys, where = list(frame["town"]), parts.place
        found.problems.extend(
            scale_problems(settings.crs, keys, lon, lat, file=where.file, line=line)
        )
        note_scale(settings.crs, lon, lat, found)
    if parts.roads is None:
        how = Message("no roads: speeds by road class are not used")
        found.note("travel", "road_speeds_km_h", len(settings.travel.road_speeds_km_h), how)
    table_checks(tables, found)
    used_by = [t for t in (tables.households, tables.customers) if t is not None]
    tariff_checks(settings.tariff, used_by, parts.place, found)
    served = [t.frame for t in (tables.towns, *used_by)]
    served.append(pd.DataFrame({"sewer_share": [settings.costs.sewer_share]}))
    found.problems.extend(sewer_checks(settings.tariff, served, parts.place))
    policy_checks(settings.policy, frame, _groups(parts), parts.place, found)
    models = map(str, tables.operator_models.frame["operator_model"])
    own_checks(settings.policy, frame, models, parts.place, found)
    years_checks(
        frame,
        tables.targets,
        tables.investments,
        price_year=settings.price_year,
        horizon=settings.horizon,
        used=settings.policy.demand_response,
        found=found,
    )
    found.problems.extend(
        demand_checks(
            settings.demand,
            policy=settings.policy,
            tariff=settings.tariff,
            operator_models=tables.all_models,
            horizon=settings.horizon,
            place=parts.place,
        )
    )
    found.problems.extend(uncertainty_checks(settings.uncertainty, parts.place))
    found.problems.extend(expected_checks(settings.policy, settings.horizon, parts.place))
    if "growth" in settings.uncertainty.data and settings.horizon is None:
        how = Message("not used: instance.toml has no [horizon]")
        found.note("uncertainty", "growth", 1, how)
    _bills_today(settings, frame, tables.targets, found)


def _bills_today(
    settings: Settings, towns: pd.DataFrame, targets: Table | None, found: Findings
) -> None:
    """Say for how many towns today's bill is not known, or that of ``[demand]``."""
    if not settings.policy.demand_response:
        return
    known: set[str] = set()
    if targets is not None:
        known = set(targets.frame.loc[targets.frame["bill_today_month"].notna(), "town"])
    count = int((~towns["town"].isin(known)).sum())
    today = settings.demand.bill_today_month
    how = Message("not known, so consumption there stays as it is whatever the price")
    if today is not None:
        how = Message("{amount:g}, from [demand]", amount=today)
    found.note("targets", "bill_today_month", count, how)


def _groups(parts: Parts) -> dict[str, list[str]]:
    """Return the household groups that each town has or will have."""
    groups = {
        town: group_names(parts.settings.incomes.groups)
        for town in parts.tables.towns.frame["town"]
    }
    if parts.tables.households is not None:
        groups |= groups_of(parts.tables.households.frame)
    return groups


def _customers(given: Table | None) -> pd.DataFrame:
    if given is None:
        given = typed(RawTable("customers.csv", {}, []), Customer, Findings())
    frame = given.frame.set_index(["town", "category"])
    idle = [c for c in ("price_elasticity",) if c in frame and frame[c].isna().all()]
    return frame.drop(columns=idle)


def _travel(given: Table | None, towns: int, found: Findings) -> pd.DataFrame | None:
    """Return the travel table without loops; say what is asymmetric or lacking."""
    if given is None:
        return None
    loops = given.frame["origin"] == given.frame["destination"]
    found.note("travel", "origin", int(loops.sum()), Message("rows of a town to itself left out"))
    table = given.frame[~loops].set_index(["origin", "destination"])
    origin, destination = (table.index.get_level_values(k) for k in (0, 1))
    other_way = pd.MultiIndex.from_arrays([destination, origin])
    back = table["hours"].reindex(other_way).to_numpy(dtype=float)
    hours = table["hours"].to_numpy(dtype=float)
    known = ~np.isnan(back)
    uneven = int((known & ~np.isclose(hours, back, rtol=1e-9, atol=1e-12)).sum()) // 2
    how = Message("pairs with different hours there and back; each direction used as given")
    found.note("travel", "hours", uneven, how)
    single = int((~known).sum())
    how = Message("pairs given in one direction only; used both ways")
    found.note("travel", "hours", single, how)
    lacking = towns * (towns - 1) // 2 - (len(table) - int(known.sum()) // 2)
    how = Message(
        "pairs of towns not in the travel table; from roads or the straight line, if at all"
    )
    found.note("travel", "hours", lacking, how)
    return table


def _adjacency(given: Table | None, found: Findings) -> pd.DataFrame | None:
    """Return neighbours once each; a border length is kept from the row that has one."""
    if given is None:
        return None
    ends = np.sort(given.frame[["town_a", "town_b"]].to_numpy(dtype=object), axis=1)
    order = given.frame["shared_border_km"].isna().argsort(kind="stable")
    seen = pd.MultiIndex.from_arrays([ends[order, 0], ends[order, 1]]).duplicated()
    twice = np.zeros(len(order), dtype=bool)
    twice[order] = seen
    found.note("adjacency", "town_b", int(twice.sum()), Message("repeated pairs left out"))
    return given.frame[~twice].reset_index(drop=True)


def _grouping(given: Table) -> pd.Series:
    return given.frame.set_index("town")["operator"]
