"""What of a region is given, derived and assumed, and what a plan of it can and cannot say."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optimizer.instance.instance import Instance

__all__ = ["Account", "account"]

TABLES = {
    "households": "household groups",
    "customers": "customers other than households",
    "travel_table": "travel between towns",
    "adjacency_table": "neighbours",
    "roads": "roads",
    "boundaries": "boundaries of towns",
    "targets": "bills and service today",
    "investments": "works",
    "beside": "columns of your own",
}


@dataclass(frozen=True)
class Account:
    """What the data of a region are worth.

    Attributes
    ----------
    given : tuple of str
        Tables and columns that the planner gave.
    derived : tuple of str
        What was computed, and from what.
    assumed : tuple of str
        What stands in for something unknown.
    can, cannot : tuple of str
        What a plan will be able to say, and what not.
    """

    given: tuple[str, ...]
    derived: tuple[str, ...]
    assumed: tuple[str, ...]
    can: tuple[str, ...]
    cannot: tuple[str, ...]

    def __str__(self) -> str:
        blocks = (
            ("given", self.given),
            ("derived", self.derived),
            ("assumed", self.assumed),
            ("a plan can say", self.can),
            ("a plan cannot say", self.cannot),
        )
        lines = [
            f"{title}:\n" + "\n".join(f"  - {x}" for x in rows) for title, rows in blocks if rows
        ]
        return "\n".join(lines)


def account(instance: Instance) -> Account:
    """Return what is given, derived and assumed in a region.

    Parameters
    ----------
    instance : Instance
        Any region.

    Examples
    --------
    >>> import optimizer as op
    >>> account(op.read("instances/pilot_nine")).cannot[0]
    'how far towns are by road: every trip is a straight line with a detour'
    """
    notes = [(d.table, d.column, d.count, str(d.how)) for d in instance.derived]
    count = len(instance.towns)
    stands_in = [note for note in notes if "from [" in note[3] or "]" in note[3]]
    derived = [note for note in notes if note not in stands_in]
    filled = {column for table, column, n, _ in notes if table == "towns" and n >= count}
    columns = [str(c) for c in instance.towns.columns if c != "geometry" and c not in filled]
    known = [c for c in columns if instance.towns[c].notna().any()]
    given = [f"{count:,} towns: {', '.join(known)}"]
    for name, words in TABLES.items():
        table = _table(instance, name)
        if table is not None and len(table) and not _all_derived(instance, name):
            given.append(f"{words}: {len(table):,} rows")
    given += [f"grouping {name!r}" for name in instance.groupings]
    can, cannot = _reach_of_answers(instance, filled)
    return Account(
        tuple(given),
        tuple(_line(*note) for note in derived),
        (*(_line(*note) for note in stands_in), *instance.assumptions),
        tuple(can),
        tuple(cannot),
    )


def _table(instance: Instance, name: str) -> pd.DataFrame | None:
    tables: dict[str, pd.DataFrame | None] = {
        "households": instance.households,
        "customers": instance.customers,
        "travel_table": instance.travel_table,
        "adjacency_table": instance.adjacency_table,
        "roads": instance.roads,
        "boundaries": instance.boundaries,
        "targets": instance.targets,
        "investments": instance.investments,
        "beside": instance.beside,
    }
    return tables[name]


def _all_derived(instance: Instance, name: str) -> bool:
    """Return whether the household groups of every town were derived."""
    if name != "households":
        return False
    count = len(instance.towns)
    return any(
        (d.table, d.column) == ("households", "income_month") and d.count >= count
        for d in instance.derived
    )


def _line(table: str, column: str, count: int, how: str) -> str:
    where = f"{table} [{column}]" if column else table
    return f"{where}: {how} ({count:,} rows)"


def _reach_of_answers(instance: Instance, filled: set[str]) -> tuple[list[str], list[str]]:
    """Return what a plan of these data can say, and what not."""
    can = ["which towns share an operator at least cost, within the promises, with a proven bound"]
    cannot: list[str] = []
    by_road = instance.travel_table is not None or instance.roads is not None
    if by_road:
        can.append("who is within reach, by the given travel or roads")
    else:
        cannot.append("how far towns are by road: every trip is a straight line with a detour")
    incomes = {"income_month", "poverty_rate", "gini"}
    own = incomes & {str(c) for c in instance.towns.columns if instance.towns[c].notna().any()}
    if own or not _all_derived(instance, "households"):
        can.append("who cannot afford the bill, town by town")
    else:
        cannot.append("which towns are poorer: all have the same assumed income")
    costs = {"fixed_cost_year", "connection_cost_year", "volume_cost_m3"}
    if costs <= filled:
        cannot.append(
            "which town is dearer to serve for its own reasons: unit costs are the region's"
        )
    if instance.customers.empty:
        cannot.append("what shops, offices and industry would pay: there are no such customers")
    if instance.targets is None:
        cannot.append("what changes against today's bills: today's are not known")
    if not instance.groupings:
        cannot.append("what changes against who serves the towns today: no grouping is given")
    else:
        can.append("what changes against the groupings that you gave")
    if instance.boundaries is None and instance.adjacency_table is None:
        cannot.append("whether areas are in one piece: neighbours are guessed from distances")
    if instance.horizon is None:
        cannot.append("how tariffs move over the years: there is no [horizon]")
    return can, cannot
