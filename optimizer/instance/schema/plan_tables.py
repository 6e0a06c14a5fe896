"""The one table of a plan's columns: name, unit, kind and meaning.

The checks of a plan, the files of a stored run and the labels of reports derive from it. Money is
in the currency of the instance at its price year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pandas.api import types

from optimizer.messages.message import Message

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = [
    "TABLES",
    "Column",
    "Kind",
    "Spec",
    "Table",
    "check_columns",
    "column_problems",
    "empty_table",
    "frames_of",
    "label_of",
    "table_of",
]

Kind = Literal["text", "number", "count", "flag", "geometry"]


@dataclass(frozen=True)
class Column:
    """One column of a plan table.

    Attributes
    ----------
    name : str
        Column name; the unit is part of it where there is one.
    unit : str
        Unit in words.
    kind : str
        ``text``, ``number`` (float), ``count`` (whole number), ``flag`` (yes or no), ``geometry``.
    meaning : str
        What it is, for people.
    """

    name: str
    unit: str
    kind: Kind
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table of a plan: its index levels, its columns and what a row stands for."""

    name: str
    row: str
    index: tuple[Column, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return an index level or column by name.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        return {c.name: c for c in self.index + self.columns}[name]


Spec = tuple[str, str, Kind, str]
"""A column as it is written down: name, unit, kind, meaning."""


def table_of(name: str, row: str, index: int, *columns: Spec) -> Table:
    """Return a table from its columns as they are written down; the first ones are its index.

    Examples
    --------
    >>> made = table_of("sizes", "a town", 1, ("town", "text", "text", "key of the town"))
    >>> [column.name for column in made.index]
    ['town']
    """
    made = tuple(Column(*column) for column in columns)
    return Table(name, row, made[:index], made[index:])


_YEAR, _MONTH, _SHARE = "money/year", "money/month", "share 0-1"

_AREAS = table_of(
    "areas",
    "a service area",
    1,
    ("service_area", "text", "text", "key: the seat's town, or the planner's own label"),
    ("seat", "text", "text", "town where the operator sits"),
    ("seat_name", "text", "text", "name of the seat"),
    ("operator_model", "text", "text", "kind of operator"),
    ("town_count", "towns", "count", "towns in the area"),
    ("population", "persons", "number", "people in the area"),
    ("connections", "connections", "number", "household and other connections together"),
    ("reach_hours", "hours", "number", "travel from the seat to the farthest town"),
    ("cost_year", _YEAR, "number", "cost before board fee and margin"),
    ("requirement_year", _YEAR, "number", "revenue requirement: cost, board fee and margin"),
    ("revenue_year", _YEAR, "number", "money that comes in from bills"),
    ("operating_subsidy_year", _YEAR, "number", "public money to the operator"),
    ("transfer_year", _YEAR, "number", "received from (paid into) the region's common fund"),
    ("household_support_year", _YEAR, "number", "public money toward poor households' bills"),
    ("value_year", _YEAR, "number", "requirement, forgone water and weighted public money"),
    ("burden_worst", _SHARE, "number", "largest burden among the area's protected households"),
)

_TOWNS = table_of(
    "towns",
    "a town",
    1,
    ("town", "text", "text", "key of the town"),
    ("name", "text", "text", "name of the town"),
    ("service_area", "text", "text", "area that serves it"),
    ("seat", "text", "text", "town where its operator sits"),
    ("operator_model", "text", "text", "kind of its operator"),
    ("travel_hours", "hours", "number", "one way from the seat"),
    ("travel_km", "km", "number", "one way from the seat; empty where not known"),
    ("travel_source", "text", "text", "where the travel time comes from"),
    ("population", "persons", "number", "people in the town"),
    ("connections", "connections", "number", "household and other connections together"),
    ("direct_cost_year", _YEAR, "number", "requirement that the town itself causes"),
    ("overhead_share_year", _YEAR, "number", "its part of the overhead, by connections"),
    ("cost_year", _YEAR, "number", "both together; fee and margin included"),
    ("revenue_year", _YEAR, "number", "money that comes in from its bills"),
    ("operating_subsidy_year", _YEAR, "number", "its part of the area's subsidy and transfer"),
    ("cross_subsidy_year", _YEAR, "number", "what it pays above (below) the cost it causes"),
    ("household_support_year", _YEAR, "number", "public money toward its poor households' bills"),
    ("bill_month", _MONTH, "number", "mean household bill after support"),
    ("burden_worst", _SHARE, "number", "largest burden among its protected households"),
    ("alone_requirement_year", _YEAR, "number", "requirement if run by itself, best case"),
    ("alone_subsidy_year", _YEAR, "number", "operating subsidy if run by itself"),
    ("alone_bill_month", _MONTH, "number", "mean household bill after support, run by itself"),
    ("bill_change_month", _MONTH, "number", "bill less the bill if run by itself"),
    ("gains", "text", "text", "gains, loses, same, or cannot stand alone (bill, at 1 %)"),
    ("geometry", "degrees", "geometry", "place of the town, WGS84"),
)

_TARIFFS = table_of(
    "tariffs",
    "a price",
    4,
    ("service_area", "text", "text", "area in which the price holds"),
    ("town", "text", "text", "town in which it holds; empty where the whole area has one price"),
    ("category", "text", "text", "tariff category"),
    ("component", "text", "text", "fixed charge, block 1, ..., sewer block 1, minimum bill ..."),
    ("from_m3", "m3/month", "number", "lower limit of the block"),
    ("to_m3", "m3/month", "number", "upper limit of the block, empty where open; m3 billed"),
    ("price", "money/month or money/m3", "number", "per m3 (block), per month, or a share"),
)

_BILLS = table_of(
    "bills",
    "a household group of a town",
    2,
    ("town", "text", "text", "key of the town"),
    ("group", "text", "text", "household group"),
    ("service_area", "text", "text", "area that serves the town"),
    ("category", "text", "text", "tariff category of the group"),
    ("connections", "connections", "number", "connections of the group"),
    ("consumption_m3_month", "m3/month", "number", "consumption per connection at these bills"),
    ("income_month", "money/household/month", "number", "household income"),
    ("bill_month", _MONTH, "number", "whole bill"),
    ("support_month", _MONTH, "number", "household support due to it"),
    ("paid_month", _MONTH, "number", "bill less support"),
    ("burden", _SHARE, "number", "paid bill over income"),
    ("protected", "yes/no", "flag", "its bill must be affordable"),
    ("affordable", "yes/no", "flag", "the burden is within the limit, or the group unprotected"),
    ("metered", "yes/no", "flag", "whether its connections have a meter"),
    ("sewer", "yes/no", "flag", "whether its connections have sewerage"),
    ("sewer_bill_month", _MONTH, "number", "part of the whole bill that is for sewerage"),
    ("affordable_share", _SHARE, "number", "largest affordable burden of its services"),
    ("eligible", "yes/no", "flag", "whether it may get household support"),
    ("support_most_month", _MONTH, "number", "largest support that the policy allows"),
    (
        "supported_connections",
        "connections",
        "number",
        "those that get support, by error too",
    ),
    ("support_year", _YEAR, "number", "what the public pays for them"),
    (
        "missed_connections",
        "connections",
        "number",
        "those without the support due to them",
    ),
    ("consumption_today_m3_month", "m3/month", "number", "consumption per connection today"),
    ("consumption_change", _SHARE, "number", "change of consumption that the price brings"),
)

_FINANCES = table_of(
    "finances",
    "a service area",
    1,
    ("service_area", "text", "text", "key of the area"),
    ("billed_households_year", _YEAR, "number", "bills to households"),
    ("billed_customers_year", _YEAR, "number", "bills to other customers"),
    ("uncollected_year", _YEAR, "number", "billed and never paid"),
    ("revenue_year", _YEAR, "number", "billed less uncollected"),
    ("operating_subsidy_year", _YEAR, "number", "public money to the operator"),
    ("transfer_year", _YEAR, "number", "received from (paid into) the region's common fund"),
    ("income_year", _YEAR, "number", "revenue, subsidy and transfer"),
    ("overhead_year", _YEAR, "number", "management, office, specialists"),
    ("operation_year", _YEAR, "number", "operation and maintenance of the towns"),
    ("replacement_year", _YEAR, "number", "replacement of works"),
    ("transition_year", _YEAR, "number", "towns joining another town's operator"),
    ("travel_year", _YEAR, "number", "crews on the road"),
    ("cost_year", _YEAR, "number", "sum of the cost lines"),
    ("board_fee_year", _YEAR, "number", "fee of the supervision board"),
    ("margin_year", _YEAR, "number", "operator's margin"),
    ("requirement_year", _YEAR, "number", "cost, fee and margin"),
    ("result_year", _YEAR, "number", "income less requirement; zero in a plan that covers cost"),
    ("household_support_year", _YEAR, "number", "for information: part of revenue, paid publicly"),
    ("solidarity_contribution_year", _YEAR, "number", "billed above the domestic schedule"),
    ("solidarity_subsidy_year", _YEAR, "number", "billed below the domestic schedule"),
    ("solidarity_balance_year", _YEAR, "number", "contribution less subsidy of the categories"),
    ("billed_sewer_year", _YEAR, "number", "for information: billed for sewerage"),
    ("sewer_cost_year", _YEAR, "number", "for information: operation and replacement of sewerage"),
    (
        "forgone_water_year",
        _YEAR,
        "number",
        "what the requirement falls by because customers use less; no saving of the plan",
    ),
)

TABLES: Mapping[str, Table] = {t.name: t for t in (_AREAS, _TOWNS, _TARIFFS, _BILLS, _FINANCES)}
"""Every table of a plan, by name."""


def label_of(table: str, column: str) -> str:
    """Return a heading for people: the meaning with its unit.

    Examples
    --------
    >>> label_of("areas", "reach_hours")
    'travel from the seat to the farthest town (hours)'
    """
    found = TABLES[table].column(column)
    return found.meaning if found.unit == "text" else f"{found.meaning} ({found.unit})"


def empty_table(name: str) -> pd.DataFrame:
    """Return a plan table without rows; index and columns are there.

    Examples
    --------
    >>> empty_table("tariffs").columns.tolist()
    ['from_m3', 'to_m3', 'price']
    """
    table = TABLES[name]
    kinds = {"number": "float64", "count": "int64", "flag": "bool", "text": "str"}
    every = {
        c.name: pd.Series([], dtype=kinds.get(c.kind, "object"))
        for c in table.index + table.columns
    }
    return pd.DataFrame(every).set_index([c.name for c in table.index])


def frames_of(plan: Plan) -> dict[str, pd.DataFrame]:
    """Return the tables of a plan by name, in the order of :data:`TABLES`."""
    return {
        "areas": plan.areas,
        "towns": pd.DataFrame(plan.towns),
        "tariffs": plan.tariffs,
        "bills": plan.bills,
        "finances": plan.finances,
    }


def check_columns(plan: Plan) -> list[Message]:
    """Return what is wrong with the columns of a plan's tables, one sentence each.

    Missing and unknown columns, index names, and columns that hold another kind of value than
    :data:`TABLES` says; an empty list where all is well.

    Parameters
    ----------
    plan : Plan
        Any plan.

    Returns
    -------
    list of Message
    """
    problems: list[Message] = []
    for name, frame in frames_of(plan).items():
        problems += column_problems(TABLES[name], frame)
    return problems


def column_problems(table: Table, frame: pd.DataFrame) -> list[Message]:
    """Return what is wrong with the columns of one table, one sentence each."""
    name, wanted = table.name, [c.name for c in table.index]
    if list(frame.index.names) != wanted:
        found = str(list(frame.index.names))
        return [
            Message(
                "{name}: the index is {found}, not {wanted}",
                name=name,
                found=found,
                wanted=str(wanted),
            )
        ]
    levels = {c: frame.index.get_level_values(k).to_series() for k, c in enumerate(wanted)}
    problems = [
        Message(
            "{name}: index level {column} does not hold {kind}",
            name=name,
            column=level.name,
            kind=level.kind,
        )
        for level in table.index
        if not _fits(levels[level.name], level.kind)
    ]
    names = {c.name for c in table.columns}
    problems += [
        Message("{name}: column {column} is unknown", name=name, column=str(c))
        for c in frame.columns
        if c not in names
    ]
    for column in table.columns:
        if column.name not in frame.columns:
            problems.append(
                Message("{name}: column {column} is missing", name=name, column=column.name)
            )
        elif not _fits(frame[column.name], column.kind):
            found = str(frame[column.name].dtype)
            problems.append(
                Message(
                    "{name}: column {column} holds {found}, not a {kind}",
                    name=name,
                    column=column.name,
                    found=found,
                    kind=column.kind,
                )
            )
    return problems


def _fits(values: pd.Series, kind: Kind) -> bool:
    """Return whether a column holds values of a kind."""
    if kind == "number":
        return bool(types.is_float_dtype(values.dtype))
    if kind == "count":
        return bool(types.is_integer_dtype(values.dtype))
    if kind == "flag":
        return bool(types.is_bool_dtype(values.dtype))
    if kind == "geometry":
        return str(values.dtype) == "geometry"
    return len(values) == 0 or all(isinstance(v, str) for v in values)
