"""A region as plain lists: customers with their bills, what towns cost, who reaches whom."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from benchmarks.brute_force.bills import Floats, Rules
from optimizer.instance.instance import Instance

__all__ = ["Customers", "Model", "Region", "TownCost", "region_of"]


@dataclass(frozen=True, eq=False)
class Customers:
    """Customers of a town who are billed alike; money per month, bills per unit of each price."""

    town: int
    household: bool
    protected: bool
    eligible: bool
    sewer: bool
    unmetered: bool
    category: str
    connections: float
    use_m3: float
    limit: float
    elasticity: float
    bill: Floats
    supported_bill: Floats
    domestic_bill: Floats


@dataclass(frozen=True)
class TownCost:
    """What a town costs a year before efficiency, fee and margin."""

    connections: float
    operation: float
    replacement: float
    transition: float
    trips: float
    water_m3: float
    sewer_m3: float


@dataclass(frozen=True)
class Model:
    """An operator model; ``with_fee`` is what is required per unit of cost.

    One that exists sits in ``seat`` only and serves some towns ``today``; ``barred`` are those that
    it may not serve.
    """

    overhead: float
    least: float
    most: float
    efficiency: float
    crew_hour: float
    with_fee: float
    seat: str = ""
    today: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Region:
    """The region; towns count in the order of its table."""

    instance: Instance
    names: tuple[str, ...]
    zones: tuple[str, ...]
    seats: tuple[bool, ...]
    collection: tuple[float, ...]
    models: tuple[Model, ...]
    rules: Rules
    customers: tuple[tuple[Customers, ...], ...]
    costs: tuple[TownCost, ...]
    hours: Mapping[tuple[int, int], float]
    borders: frozenset[tuple[int, int]]

    @property
    def towns(self) -> int:
        """Number of towns."""
        return len(self.names)

    def of(self, group: tuple[int, ...]) -> list[Customers]:
        """Return the customers of some towns."""
        return [own for town in group for own in self.customers[town]]


def region_of(
    instance: Instance,
    *,
    hours: Mapping[tuple[int, int], float] | None = None,
    borders: frozenset[tuple[int, int]] | None = None,
) -> Region:
    """Return an instance as plain lists.

    Parameters
    ----------
    instance : Instance
        The region.
    hours : mapping of (seat, town) to float, optional
        Travel hours; those of the instance's own travel table where absent.
    borders : set of (town, town), optional
        Neighbours; those of the instance's own adjacency table where absent.
    """
    names = tuple(str(town) for town in instance.towns.index)
    place = {name: at for at, name in enumerate(names)}
    if hours is None:
        table = instance.travel_table
        rows = [] if table is None else zip(table.index, table["hours"], strict=True)
        hours = {(place[str(a)], place[str(b)]): float(h) for (a, b), h in rows}
    if borders is None:
        near = instance.adjacency_table
        pairs = [] if near is None else zip(near["town_a"], near["town_b"], strict=True)
        borders = frozenset((place[str(a)], place[str(b)]) for a, b in pairs)
    tables = (instance.households, instance.customers)
    drained = any((table["sewer_share"] > 0).any() for table in tables if len(table))
    free = instance.tariff.shape is None and instance.tariff.sewer_share_of_water_bill is None
    rules = Rules(instance.tariff, sewer_prices=free and drained)
    customers = tuple(tuple(_customers(instance, rules, name, place[name])) for name in names)
    costs = tuple(_cost(instance, name, customers[place[name]]) for name in names)
    towns = instance.towns
    return Region(
        instance=instance,
        names=names,
        zones=tuple(map(str, towns["zone"])),
        seats=tuple(map(bool, towns["seat_allowed"])),
        collection=tuple(map(float, towns["collection_rate"])),
        models=tuple(
            _model(row, _barred(instance, str(name), names))
            for name, row in instance.operator_models.iterrows()
        ),
        rules=rules,
        customers=customers,
        costs=costs,
        hours=hours,
        borders=borders,
    )


def _today(row: pd.Series) -> frozenset[str]:
    """Return the towns that an operator serves today; none where it does not exist."""
    keys = [str(row.get("seat", "")), *str(row.get("towns_today", "")).split(";")]
    return frozenset(key.strip() for key in keys if key.strip())


def _barred(instance: Instance, name: str, towns: tuple[str, ...]) -> frozenset[str]:
    """Return the towns that an operator may not serve: others', or more than it may have."""
    barred: set[str] = set()
    for other, row in instance.operator_models.iterrows():
        if not row.get("seat", ""):
            continue
        today = _today(row)
        if other == name and not row["may_grow"]:
            barred |= set(towns) - today
        elif other != name and not row["may_shrink"]:
            barred |= today
        elif other != name and not row["may_be_replaced"]:
            barred.add(str(row["seat"]))
    return frozenset(barred)


def _model(row: pd.Series, barred: frozenset[str]) -> Model:
    of_cost = row["board_fee_share_cost"] + row["margin_share_cost"]
    of_revenue = row["board_fee_share_revenue"] + row["margin_share_revenue"]
    return Model(
        overhead=float(row["overhead_year"]) + float(row.get("supervision_year", 0.0)),
        least=float(row["connections_least"]),
        most=float(row["connections_most"]),
        efficiency=float(row["efficiency"]),
        crew_hour=float(row["crew_hour_cost"]),
        with_fee=float((1.0 + of_cost) / (1.0 - of_revenue)),
        seat=str(row.get("seat", "")),
        today=_today(row),
        barred=barred,
    )


def _customers(instance: Instance, rules: Rules, name: str, town: int) -> Iterator[Customers]:
    homes = instance.households
    for group, row in homes.xs(name, level="town").iterrows():
        yield from _parts(instance, rules, row, town=town, group=str(group))
    others = instance.customers
    if len(others) and name in others.index.get_level_values("town"):
        for _, row in others.xs(name, level="town").iterrows():
            yield from _parts(instance, rules, row, town=town, group=None)


def _parts(
    instance: Instance, rules: Rules, row: pd.Series, *, town: int, group: str | None
) -> Iterator[Customers]:
    """Yield a group in up to four parts: with and without sewerage, with and without a meter."""
    policy, use = instance.policy, float(row["consumption_m3_month"])
    category = str(row.name if group is None else row["category"])
    protected = group is not None and group in (policy.protected_groups or (group,))
    named = policy.household_support_groups
    eligible = protected and policy.household_support_share > 0 and (not named or group in named)
    both = max(policy.affordable_share, policy.affordable_share_both)
    own = float(row.get("price_elasticity", math.nan))
    elasticity = instance.demand.price_elasticity if math.isnan(own) else own
    most_m3 = policy.household_support_m3_month or math.inf
    for sewer, drained in ((False, 1 - row["sewer_share"]), (True, row["sewer_share"])):
        for flat, part in ((False, 1 - row["unmetered_share"]), (True, row["unmetered_share"])):
            if drained <= 0 or part <= 0:
                continue
            income = math.nan if group is None else float(row["income_month"])
            yield Customers(
                town=town,
                household=group is not None,
                protected=protected,
                eligible=eligible,
                sewer=sewer,
                unmetered=flat,
                category=category,
                connections=float(row["connections"] * drained * part),
                use_m3=use,
                limit=(both if sewer else policy.affordable_share) * income,
                elasticity=0.0 if flat else elasticity,
                bill=rules.bill(category, use, unmetered=flat, sewer=sewer),
                supported_bill=rules.bill(category, min(use, most_m3), unmetered=flat, sewer=sewer),
                domestic_bill=rules.bill("domestic", use, unmetered=flat, sewer=sewer),
            )


def _cost(instance: Instance, name: str, customers: tuple[Customers, ...]) -> TownCost:
    row = instance.towns.loc[name]

    def amount(column: str) -> float:
        found = float(row[column]) if column in row.index else 0.0
        return 0.0 if math.isnan(found) else found

    n = sum(own.connections for own in customers)
    m3 = sum(own.connections * own.use_m3 for own in customers)
    drained = [own for own in customers if own.sewer]
    n_sewer = sum(own.connections for own in drained)
    m3_sewer = sum(own.connections * own.use_m3 for own in drained)
    water_m3 = 12.0 * amount("volume_cost_m3") / (1.0 - amount("non_revenue_water"))
    sewer_m3 = 12.0 * amount("sewer_volume_cost_m3")
    operation = amount("fixed_cost_year") + amount("connection_cost_year") * n + water_m3 * m3
    operation += amount("sewer_connection_cost_year") * n_sewer + sewer_m3 * m3_sewer
    operation += amount("sewer_fixed_cost_year") if drained else 0.0
    return TownCost(
        connections=n,
        operation=operation,
        replacement=amount("replacement_cost_year")
        + amount("sewer_replacement_connection_year") * n_sewer,
        transition=amount("transition_cost_year") + amount("governance_cost_year"),
        trips=amount("trips_year"),
        water_m3=water_m3,
        sewer_m3=sewer_m3,
    )
