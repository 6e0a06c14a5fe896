"""Make an instance from tables in Python, with the same checks as a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd
from pydantic import ValidationError

from optimizer.errors import InstanceError
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.check.table_checks import Tables
from optimizer.instance.instance import Instance
from optimizer.instance.reading.assemble import Parts, assemble
from optimizer.instance.reading.cells import Table, typed
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.groupings import grouping_table
from optimizer.instance.reading.layers import clean_boundaries, clean_roads
from optimizer.instance.reading.tables import raw_from_frame
from optimizer.instance.reading.wording import said
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import (
    AdjacentPair,
    Costs,
    Customer,
    HouseholdGroup,
    Incomes,
    OperatorModel,
    Source,
    Tariff,
    Town,
    Travel,
    TravelPair,
)
from optimizer.instance.schema.head_fields import Header
from optimizer.instance.schema.own_columns import with_own_columns
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.settings import Settings
from optimizer.instance.schema.uncertainty_fields import Uncertainty
from optimizer.instance.schema.year_fields import Horizon, Investment, Target
from optimizer.record import Row, unit_of

__all__ = ["instance_from_tables"]


def instance_from_tables(
    *,
    name: str,
    title: str,
    currency: str,
    price_year: int,
    crs: str,
    towns: pd.DataFrame,
    operator_models: pd.DataFrame,
    costs: Costs | None = None,
    incomes: Incomes | None = None,
    tariff: Tariff | None = None,
    travel: Travel | None = None,
    policy: Policy | None = None,
    households: pd.DataFrame | None = None,
    customers: pd.DataFrame | None = None,
    travel_table: pd.DataFrame | None = None,
    adjacency_table: pd.DataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
    boundaries: gpd.GeoDataFrame | None = None,
    groupings: Mapping[str, pd.Series] | None = None,
    demand: Demand | None = None,
    horizon: Horizon | None = None,
    uncertainty: Uncertainty | None = None,
    targets: pd.DataFrame | None = None,
    investments: pd.DataFrame | None = None,
    sources: Sequence[Source] = (),
    assumptions: Sequence[str] = (),
) -> Instance:
    """Return an instance made of tables, complete and checked as :func:`read` would.

    Parameters
    ----------
    name, title, currency, price_year, crs
        What the region is called and how it is measured; ``crs`` is projected, in metres.
    towns, operator_models : pandas.DataFrame
        Columns of :class:`~optimizer.instance.schema.fields.Town` and
        ``fields.OperatorModel``; optional ones may be absent or hold
        gaps. A named index counts as a column.
    costs, incomes, tariff, travel, policy
        Settings; their defaults where absent.
    households, customers, travel_table, adjacency_table : pandas.DataFrame, optional
        Columns of ``HouseholdGroup``, ``Customer``, ``TravelPair``, ``AdjacentPair``.
    roads, boundaries : geopandas.GeoDataFrame, optional
        Lines; polygons with the column or index ``town``.
    groupings : mapping of str to pandas.Series, optional
        Operator label of each town, index ``town``.
    demand : Demand, optional
        How consumption follows the price, where the policy asks for it.
    horizon : Horizon, optional
        The years of a tariff path.
    uncertainty : Uncertainty, optional
        How far the data may be off; default ranges where absent.
    targets, investments : pandas.DataFrame, optional
        Columns of ``Target`` and ``Investment``.
    sources, assumptions
        Where the figures come from, and what was assumed.

    Raises
    ------
    InstanceError
        With every problem found; a line is the number of a row, counted from 1.

    Examples
    --------
    >>> import pandas as pd
    >>> towns = pd.DataFrame({"town": ["A", "B"], "lon": [-76.1, -76.2], "lat": [-6.1, -6.2],
    ...                       "population": [8000, 4000], "income_month": [1500, 1200]})
    >>> models = pd.DataFrame({"operator_model": ["social"], "overhead_year": [30000]})
    >>> pair = instance_from_tables(name="pair", title="Pair", currency="PEN", price_year=2024,
    ...                             crs="EPSG:32718", towns=towns, operator_models=models)
    >>> pair.towns["connections"].tolist()
    [2000.0, 1000.0]
    """
    found = Findings()
    _head_checks(title, currency, price_year, crs, found)
    others = (households, customers, travel_table, adjacency_table, targets, investments)
    tables = _tables(towns, operator_models, others, groupings or {}, found)
    settings = Settings(
        title=title,
        currency=currency,
        price_year=price_year,
        crs=crs,
        assumptions=tuple(assumptions),
        costs=costs or Costs(),
        incomes=incomes or Incomes(),
        tariff=tariff or Tariff(),
        travel=travel or Travel(),
        policy=policy or Policy(),
        demand=demand or Demand(),
        horizon=horizon,
        uncertainty=uncertainty or Uncertainty(),
        sources=tuple(sources),
    )
    keys = tables.towns.frame
    lines = None if roads is None else clean_roads(roads, "roads", keys, settings.travel, found)
    areas = None if boundaries is None else clean_boundaries(boundaries, "boundaries", keys, found)
    parts = Parts(settings, Place("settings"), tables, roads=lines, boundaries=areas)
    return assemble(parts, found, name=name)


_OTHERS: tuple[tuple[str, type[Row]], ...] = (
    ("households", HouseholdGroup),
    ("customers", Customer),
    ("travel_table", TravelPair),
    ("adjacency_table", AdjacentPair),
    ("targets", Target),
    ("investments", Investment),
)
"""Tables that may be absent, in the order in which they are given."""


def _tables(
    towns: pd.DataFrame,
    operator_models: pd.DataFrame,
    others: Sequence[pd.DataFrame | None],
    groupings: Mapping[str, pd.Series],
    found: Findings,
) -> Tables:
    """Return all tables with typed cells; raise where towns or operator models cannot be read."""
    own_towns = _typed(_with_lon_lat(towns), Town, "towns", found)
    models = _typed(operator_models, OperatorModel, "operator_models", found)
    made: list[Table | None] = []
    for (name, record), frame in zip(_OTHERS, others, strict=True):
        if frame is not None and name == "households":
            frame = frame.drop(columns="connections", errors="ignore")  # noqa: PLW2901
        made.append(_typed(frame, record, name, found))
    own_groupings = _groupings(groupings, found)
    if own_towns is None or models is None:
        raise InstanceError(found.problems)
    homes, shops, travel, borders, targets, investments = made
    return Tables(
        own_towns,
        models,
        homes,
        shops,
        travel,
        borders,
        groupings=own_groupings,
        targets=targets,
        investments=investments,
    )


def _head_checks(title: str, currency: str, price_year: int, crs: str, found: Findings) -> None:
    try:
        Header(title=title, currency=currency, price_year=price_year, crs=crs)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0])
            info = Header.model_fields[name]
            words = said(detail, detail["input"], info, unit_of(Header, name))
            found.problem("settings", None, name, *words)


def _with_lon_lat(towns: pd.DataFrame) -> pd.DataFrame:
    """Return towns with lon and lat, taken from their points where the columns are absent."""
    if not isinstance(towns, gpd.GeoDataFrame) or {"lon", "lat"} & set(towns.columns):
        return towns
    if towns.crs is None:  # the missing columns will be told
        return towns
    points = towns.geometry.to_crs("EPSG:4326")
    return pd.DataFrame(towns).assign(lon=points.x, lat=points.y)


def _typed(
    frame: pd.DataFrame | None, record: type[Row], file: str, found: Findings
) -> Table | None:
    if frame is None:
        return None
    record = with_own_columns(record, frame.columns)
    raw = raw_from_frame(frame, record, file, found)
    return None if raw is None else typed(raw, record, found)


def _groupings(groupings: Mapping[str, pd.Series], found: Findings) -> dict[str, Table]:
    return {
        key: grouping_table(labels, f"groupings[{key}]", found) for key, labels in groupings.items()
    }
