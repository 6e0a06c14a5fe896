"""The one table of fields: name, unit, bounds, default and meaning of every datum.

Validation, the data dictionary ``instances/README.md``, the ``optimizer new`` templates and the
labels of reports are all derived from the classes below; nothing about a field is said twice.
A field that may be left empty has the default ``None``: the value is then derived, and the
instance says so in :attr:`optimizer.instance.instance.Instance.derived`. Columns of costs come from
the one table of costs, :mod:`optimizer.cost_terms.terms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from optimizer.instance.schema.cost_fields import with_cost_columns, with_cost_settings
from optimizer.instance.schema.operator_fields import Operator, OperatorModel
from optimizer.instance.schema.tariff_fields import Category, Tariff
from optimizer.record import Money, Name, Row, Text, Water, unit_field, unit_of

__all__ = [
    "FITTED_TRIPS_LEAST",
    "AdjacentPair",
    "Category",
    "Costs",
    "Customer",
    "DerivedRow",
    "GroupingRow",
    "HouseholdGroup",
    "Incomes",
    "LeavingChance",
    "Operator",
    "OperatorModel",
    "Row",
    "Source",
    "Tariff",
    "Town",
    "Travel",
    "TravelPair",
    "unit_of",
]


Speed = Annotated[float, Field(ge=0.1, le=200)]


@with_cost_columns("towns", after="non_revenue_water")
class Town(Row):
    """One small town: people, connections, costs, place."""

    where: ClassVar[str] = "towns.csv"
    town: Name = unit_field("text", "key of the town, unique; a census code where there is one")
    name: Text = unit_field("text", "name shown in tables and on maps", default="")
    lon: float = unit_field("degrees east", "longitude of the town, WGS84", ge=-180, le=180)
    lat: float = unit_field("degrees north", "latitude of the town, WGS84", ge=-90, le=90)
    population: float = unit_field("persons", "people living in the served town", ge=10, le=5e7)
    connections: float | None = unit_field(
        "connections",
        "household connections; derived from population and persons per connection",
        default=None,
        ge=0.1,
        le=2e7,
    )
    consumption_m3_month: Water | None = unit_field(
        "m3/month",
        "mean billed consumption of a household connection",
        default=None,
        ge=0,
        le=1000,
    )
    collection_rate: float | None = unit_field(
        "share 0-1", "share of billed money that comes in", default=None, ge=0.001, le=1
    )
    non_revenue_water: float | None = unit_field(
        "share 0-1", "share of produced water that is never billed", default=None, ge=0, le=0.99
    )
    asset_value: Money | None = unit_field(
        "money", "replacement value of the town's works that wear out", default=None
    )
    trips_year: float | None = unit_field(
        "round trips/year", "trips of a crew from the seat to the town", default=None, ge=0, le=5000
    )
    unmetered_share: float | None = unit_field(
        "share 0-1",
        "share of connections without a meter, whose bill does not depend on use",
        default=None,
        ge=0,
        le=1,
    )
    sewer_share: float | None = unit_field(
        "share 0-1", "share of connections with sewerage", default=None, ge=0, le=1
    )
    leaving_chance: float | None = unit_field(
        "chance 0-1",
        "chance that the municipality leaves its operator at an election; 0.1 in studies of them",
        default=None,
        ge=0,
        le=1,
    )
    zone: Text = unit_field("text", "zone (province, basin) for the same_zone promise", default="")
    seat_allowed: bool = unit_field("yes/no", "an operator may sit here", default=True)
    income_month: float | None = unit_field(
        "money/household/month", "mean household income", default=None, ge=0.01, le=1e10
    )
    gini: float | None = unit_field(
        "share 0-1", "inequality of incomes in the town", default=None, ge=0, le=0.99
    )
    poverty_rate: float | None = unit_field(
        "share 0-1", "share of people below the poverty line", default=None, ge=0.001, le=0.999
    )


class HouseholdGroup(Row):
    """A group of a town's households, by income (quintiles where nothing better is known)."""

    where: ClassVar[str] = "households.csv"
    town: Name = unit_field("text", "key of the town")
    group: Name = unit_field("text", "household group, for example q1 for the poorest fifth")
    share: float = unit_field(
        "share 0-1", "share of the town's household connections", ge=1e-6, le=1
    )
    income_month: float = unit_field(
        "money/household/month", "mean household income of the group", ge=1e-6, le=1e10
    )
    consumption_m3_month: Water | None = unit_field(
        "m3/month", "billed consumption per connection", default=None, ge=0, le=1000
    )
    category: Name = unit_field("text", "tariff category of the group", default="domestic")
    price_elasticity: float | None = unit_field(
        "per cent per per cent",
        "change of consumption when the price rises by 1 %; that of [demand]",
        default=None,
        gt=-1,
        le=0,
    )
    unmetered_share: float | None = unit_field(
        "share 0-1", "share of the group without a meter; the town's", default=None, ge=0, le=1
    )
    sewer_share: float | None = unit_field(
        "share 0-1", "share of the group with sewerage; the town's", default=None, ge=0, le=1
    )


class Customer(Row):
    """Non-household customers of a town, by tariff category."""

    where: ClassVar[str] = "customers.csv"
    town: Name = unit_field("text", "key of the town")
    category: Name = unit_field("text", "tariff category, for example commercial")
    connections: float = unit_field("connections", "connections of the category", ge=0.1, le=1e7)
    consumption_m3_month: Water = unit_field(
        "m3/month", "billed consumption per connection", ge=0, le=1e6
    )
    price_elasticity: float | None = unit_field(
        "per cent per per cent",
        "change of consumption when the price rises by 1 %; that of [demand]",
        default=None,
        gt=-1,
        le=0,
    )
    unmetered_share: float | None = unit_field(
        "share 0-1", "share of them without a meter; the town's", default=None, ge=0, le=1
    )
    sewer_share: float | None = unit_field(
        "share 0-1", "share of them with sewerage; the town's", default=None, ge=0, le=1
    )


class TravelPair(Row):
    """Travel between two towns, measured or taken from a routing service."""

    where: ClassVar[str] = "travel.csv"
    origin: Name = unit_field("text", "key of the town where the trip starts")
    destination: Name = unit_field("text", "key of the town where it ends")
    hours: float = unit_field("hours", "one-way travel time", ge=0, le=1000)
    km: float | None = unit_field("km", "one-way road distance", default=None, ge=0, le=20000)


class AdjacentPair(Row):
    """Two towns whose territories are neighbours."""

    where: ClassVar[str] = "adjacency.csv"
    town_a: Name = unit_field("text", "key of one town")
    town_b: Name = unit_field("text", "key of its neighbour")
    shared_border_km: float | None = unit_field(
        "km", "length of the common border, where known", default=None, ge=0
    )


class GroupingRow(Row):
    """One town of a grouping that the planner brings."""

    where: ClassVar[str] = "groupings/*.csv"
    town: Name = unit_field("text", "key of the town")
    operator: Name = unit_field("text", "label of the operator that serves it")


class LeavingChance(Row):
    """How likely a municipality leaves at an election, in a table given to a study of them."""

    where: ClassVar[str] = "a table of leaving chances"
    town: Name = unit_field("text", "key of the town")
    leaving_chance: float = unit_field(
        "chance 0-1", "chance that the municipality leaves its operator", ge=0, le=1
    )


@with_cost_settings(after="non_revenue_water")
class Costs(Row):
    """Costs and habits of a town where ``towns.csv`` gives none of its own."""

    where: ClassVar[str] = "instance.toml [costs]"

    if TYPE_CHECKING:  # the table of costs brings more fields than stand here

        def __init__(self, **fields: object) -> None: ...
        def __getattr__(self, name: str) -> float: ...

    persons_per_connection: float = unit_field(
        "persons/connection", "people behind one household connection", default=4.0, ge=0.1, le=50
    )
    consumption_m3_month: Water = unit_field(
        "m3/month", "billed consumption of a household connection", default=15.0, ge=0, le=1000
    )
    collection_rate: float = unit_field(
        "share 0-1", "share of billed money that comes in", default=0.85, ge=0.001, le=1
    )
    non_revenue_water: float = unit_field(
        "share 0-1", "share of produced water that is never billed", default=0.35, ge=0, le=0.99
    )
    asset_value_connection: Money = unit_field(
        "money/connection", "replacement value of works that wear out, per connection", default=0.0
    )
    asset_life_years: float = unit_field(
        "years", "mean life of those works", default=25.0, ge=0.1, le=200
    )
    discount_rate: float = unit_field(
        "share/year", "real yearly rate of the replacement annuity", default=0.04, ge=0, le=1
    )
    trips_year: float = unit_field(
        "round trips/year",
        "trips of a crew from the seat to a town, at least",
        default=52.0,
        ge=0,
        le=5000,
    )
    trips_per_1000_connections: float = unit_field(
        "round trips/year/1,000 connections",
        "trips of a crew by the size of a town, where they are more than trips_year",
        default=0.0,
        ge=0,
        le=5000,
    )
    unmetered_share: float = unit_field(
        "share 0-1", "share of connections without a meter", default=0.0, ge=0, le=1
    )
    sewer_share: float = unit_field(
        "share 0-1", "share of connections with sewerage", default=0.0, ge=0, le=1
    )
    sewer_asset_value_connection: Money = unit_field(
        "money/connection", "replacement value of sewers and treatment", default=0.0
    )
    sewer_asset_life_years: float = unit_field(
        "years", "mean life of sewers and treatment", default=40.0, ge=0.1, le=200
    )


class Incomes(Row):
    """How household incomes are derived where ``households.csv`` is absent."""

    where: ClassVar[str] = "instance.toml [incomes]"
    income_month: float | None = unit_field(
        "money/household/month", "mean household income", default=None, ge=0.01, le=1e10
    )
    gini: float = unit_field("share 0-1", "inequality of incomes", default=0.42, ge=0, le=0.99)
    poverty_line_person_month: float | None = unit_field(
        "money/person/month", "poverty line, used with poverty_rate", default=None, ge=0.01, le=1e9
    )
    persons_per_household: float = unit_field(
        "persons", "people in a household", default=4.0, ge=0.1, le=50
    )
    groups: int = unit_field("count", "equal household groups by income", default=5, ge=1, le=20)


FITTED_TRIPS_LEAST = 10
"""So many trips of a travel table are needed to set the straight line by them."""


class Travel(Row):
    """How travel is derived where ``travel.csv`` does not give it."""

    where: ClassVar[str] = "instance.toml [travel]"
    detour_factor: float = unit_field(
        "factor", "road distance over straight distance", default=1.4, ge=1, le=10
    )
    speed_km_h: float = unit_field(
        "km/h", "speed on derived distances and on roads without one", default=40.0, ge=0.1, le=200
    )
    snap_km_most: float = unit_field(
        "km", "farthest that a town may lie from the road network", default=10.0, ge=0, le=500
    )
    snap_speed_km_h: float = unit_field(
        "km/h", "speed between a town and the road network", default=15.0, ge=0.1, le=200
    )
    derive_missing: bool = unit_field(
        "yes/no",
        "pairs that neither the table nor the roads join are derived from the straight line; "
        "if no, they are out of reach",
        default=True,
    )
    road_speeds_km_h: dict[str, Speed] = unit_field(
        "km/h", "speed of each road class in the roads file", default={}
    )


class Source(Row):
    """Where a figure comes from."""

    where: ClassVar[str] = "instance.toml [[sources]]"
    title: Text = unit_field("text", "publication or table")
    publisher: Text = unit_field("text", "who published it", default="")
    licence: Text = unit_field("text", "licence or terms", default="")
    used_for: Text = unit_field("text", "what was taken from it", default="")


class DerivedRow(Row):
    """What an earlier reading derived; written by the program, kept so that it stays known."""

    where: ClassVar[str] = "instance.toml [[derived]]"
    table: Text = unit_field("text", "table that was filled")
    column: Text = unit_field("text", "column that was filled", default="")
    count: int = unit_field("count", "number of rows", ge=0)
    how: Text = unit_field("text", "from what")
    parts: Text = unit_field("text", "the same as JSON, for other languages", default="")
