"""The data dictionary ``instances/README.md``, generated from the field table."""

from __future__ import annotations

import sys
import typing

from pydantic.fields import FieldInfo

from optimizer.cost_terms.factors import FACTORS
from optimizer.cost_terms.terms import TERMS
from optimizer.instance.reading.wording import bounds_of
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import (
    AdjacentPair,
    Category,
    Costs,
    Customer,
    GroupingRow,
    HouseholdGroup,
    Incomes,
    Operator,
    OperatorModel,
    Source,
    Tariff,
    Town,
    Travel,
    TravelPair,
)
from optimizer.instance.schema.head_fields import Header
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty
from optimizer.instance.schema.year_fields import Horizon, Investment, Target
from optimizer.instance.writing.toml_text import toml_value
from optimizer.promises.own import OwnPromise
from optimizer.record import Row, unit_of

__all__ = ["SETTINGS", "TABLES", "data_dictionary"]

SETTINGS: tuple[type[Row], ...] = (
    Header,
    OperatorModel,
    Policy,
    OwnPromise,
    Tariff,
    Category,
    Costs,
    Incomes,
    Travel,
    Demand,
    Horizon,
    Uncertainty,
    Uncertain,
    Source,
)
TABLES: tuple[type[Row], ...] = (
    Town,
    HouseholdGroup,
    Customer,
    TravelPair,
    AdjacentPair,
    GroupingRow,
    Target,
    Investment,
    Operator,
)

INTRODUCTION = """# Instances: the files of a region

<!-- Generated: python -m optimizer.instance.writing.dictionary > instances/README.md -->

One folder is one region; its name is the region's name. `optimizer new NAME` writes a small one
to start from, `optimizer check FOLDER` reads one and lists every problem with file, line, column
and what to do.

| file | needed | holds |
|---|---|---|
| `instance.toml` | yes | money, coordinates, promises, tariff, operator models, costs, sources |
| `towns.csv` | yes | one row for each town |
| `households.csv` | no | household groups and incomes; derived as equal groups of a lognormal |
| `customers.csv` | no | customers that are not households; none where absent |
| `travel.csv` | no | hours between towns; from roads, then from the straight line, where absent |
| `adjacency.csv` | no | neighbours; from boundaries, then from Voronoi cells, where absent |
| `roads.gpkg` or `roads.geojson` | no | lines; `speed_km_h`, `road_class`; `highway`, `maxspeed` |
| `boundaries.gpkg` or `boundaries.geojson` | no | polygons with the column `town` |
| `operators.csv` | no | operators that exist: seat, towns served today, costs, what they may do |
| `groupings/*.csv` | no | groupings that the planner brings, to be evaluated |
| `targets.csv` | no | today's bills, and what towns are to reach by the end of `[horizon]` |
| `investments.csv` | no | with `[horizon]`: works by town and year |

CSV files are UTF-8 (or Windows-1252 or UTF-16) with a header line, columns in any order, split at
commas, or at semicolons or tabs, where decimal commas are understood. Nothing is guessed: a number
that may have thousands (`19.550` people, `8.000` in a file split at semicolons) stops the reader,
which shows both readings; `19550` or `19.55` passes. Tables that are given by their path are read
in the same way. Yes/no columns take yes, no, true, false. An empty cell means that
the value is not known; it is then derived, and the instance says from what. Shares are between 0
and 1, money is in the instance's currency at its price year, longitudes and latitudes are WGS84
degrees. Columns of `towns.csv` whose names begin with `own_` are the planner's own numbers, one in
every row, for promises of `[[policy.own]]`. Map layers may have any coordinate system as long as it
is recorded in the file.
"""


def data_dictionary() -> str:
    """Return the data dictionary as Markdown.

    Examples
    --------
    >>> data_dictionary().splitlines()[0]
    '# Instances: the files of a region'
    """
    parts = [INTRODUCTION, "## instance.toml\n"]
    parts += [_section(record, level=3) for record in SETTINGS]
    parts += [_section(record, level=2) for record in TABLES]
    parts += [_costs(), _factors()]
    return "\n".join(parts)


def _costs() -> str:
    """Return what each cost is paid for, and how it is counted."""
    lines = [
        "## What costs are paid for\n",
        "Each column, times the number of what it is paid for, stands on one line of the income",
        "statement. Efficiency is that of the operator model.\n",
        "| column | of | per | line | efficiency applies | factor |",
        "|---|---|---|---|---|---|",
    ]
    for term in TERMS:
        applies = "yes" if term.efficiency else "no"
        cells = [f"`{term.column}`", f"`{term.table}`", term.per.value, term.line.value, applies]
        lines.append(f"| {' | '.join([*cells, f'`{term.factor}`'])} |")
    return "\n".join(lines) + "\n"


def _factors() -> str:
    """Return what each named factor of scenarios and of uncertain data multiplies."""
    lines = [
        "## Factors of scenarios and uncertain data\n",
        "Each name multiplies these columns and no others, wherever a table has them.\n",
        "| factor | columns |",
        "|---|---|",
    ]
    for name, columns in FACTORS.items():
        named = ", ".join(f"`{table}.{column}`" for table, column in columns)
        lines.append(f"| `{name}` | {named} |")
    return "\n".join(lines) + "\n"


def _section(record: type[Row], *, level: int) -> str:
    place = record.where.removeprefix("instance.toml").strip() or "above the first section"
    lines = [
        f"{'#' * level} {place if place.startswith('above') else f'`{place}`'}\n",
        f"{(record.__doc__ or '').splitlines()[0].replace('``', '`')}\n",
        "| field | unit | default | allowed | meaning |",
        "|---|---|---|---|---|",
    ]
    for name, info in record.model_fields.items():
        cells = [f"`{name}`", unit_of(record, name), _default(record, name), _allowed(info)]
        lines.append(f"| {' | '.join([*cells, info.description or ''])} |")
    return "\n".join(lines) + "\n"


def _default(record: type[Row], name: str) -> str:
    info = record.model_fields[name]
    if info.is_required():
        return "**needed**"
    if info.default is None:
        return "open"
    if record in TABLES and isinstance(info.default, bool):
        return "yes" if info.default else "no"
    if info.default in ("", (), {}):
        return "empty"
    return f"`{toml_value(info.default)}`"


def _allowed(info: FieldInfo) -> str:
    """Return the bounds of a field, or its choices."""
    if typing.get_origin(info.annotation) is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in typing.get_args(info.annotation))
    return bounds_of(info)


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
