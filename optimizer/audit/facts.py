"""What the audit reads from the instance and from the plan before it recomputes anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.audit.ledger import Ledger
from optimizer.instance.schema.tariff_fields import SEWER, UNMETERED
from optimizer.messages.message import Message, Town

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.plan.plan import Plan

__all__ = ["Facts", "facts_of", "with_size"]


@dataclass(frozen=True, eq=False)
class Facts:
    """A plan's decisions next to the instance's data, restricted to rows that make sense.

    Attributes
    ----------
    plan, instance
        The plan and its instance.
    towns : pandas.DataFrame
        The plan's table, one row for each known town that is served by a known area.
    areas : pandas.DataFrame
        The plan's table, one row for each area with a known seat and operator model.
    finances : pandas.DataFrame
        The plan's table for the same areas.
    classes : pandas.DataFrame
        Customer classes: ``town``, ``label`` (group or category, with its part), ``group``
        (without), ``category``, ``household``,
        ``protected``, ``eligible`` (for household support), ``sewer``, ``unmetered``,
        ``connections``, ``consumption_m3_month``,
        ``income_month``, ``affordable_share`` (largest share of income for its services).
    data : pandas.DataFrame
        The instance's towns, index as ``towns``, with ``size`` (all connections) and
        ``billed_m3_month``, and ``sewer_connections`` and ``sewer_m3_month`` of those with
        sewerage.
    """

    plan: Plan
    instance: Instance
    towns: pd.DataFrame
    areas: pd.DataFrame
    finances: pd.DataFrame
    classes: pd.DataFrame
    data: pd.DataFrame

    @property
    def area_of(self) -> pd.Series:
        """Area of each town."""
        return self.towns["service_area"]

    def per_area(self, values: pd.Series) -> pd.Series:
        """Return the sum over the towns of each area."""
        return values.groupby(self.area_of).sum().reindex(self.areas.index, fill_value=0.0)


def facts_of(plan: Plan, ledger: Ledger) -> Facts:
    """Return the facts, after checking that the tables speak of the same towns and areas.

    Checks ``serve_once`` (each town once, each seat inside its own area) and ``tables`` (keys and
    copies of the same fact). Rows that cannot be used are named and left out.
    """
    instance = plan.instance
    _serve_once(plan, ledger)
    areas = _usable_areas(plan, ledger)
    towns = pd.DataFrame(plan.towns.drop(columns="geometry"))
    towns = towns[~towns.index.duplicated() & towns.index.isin(instance.towns.index)]
    towns = towns[towns["service_area"].isin(areas.index)]
    finances = _first(plan.finances, "finances", ledger)
    for key in areas.index.difference(finances.index, sort=False):
        ledger.fail(
            "tables",
            Message("finances has no row for area {area}", area=Town(str(key))),
            area=str(key),
        )
    for key in finances.index.difference(plan.areas.index, sort=False):
        ledger.fail(
            "tables",
            Message("finances has a row for unknown area {area}", area=Town(str(key))),
            area=str(key),
        )
    classes = _classes(instance)
    data = with_size(instance, classes).reindex(towns.index)
    facts = Facts(plan, instance, towns, areas, finances.reindex(areas.index), classes, data)
    _copies(facts, ledger)
    return facts


def _first(table: pd.DataFrame, name: str, ledger: Ledger) -> pd.DataFrame:
    """Return the table without repeated keys, which are named."""
    twice = table.index.duplicated()
    for key in table.index[twice]:
        ledger.fail(
            "tables",
            Message("{name} has two rows for {area}", name=name, area=Town(str(key))),
            area=str(key),
        )
    return table[~twice]


def _serve_once(plan: Plan, ledger: Ledger) -> None:
    known, served = plan.instance.towns.index, plan.towns.index
    ledger.count("serve_once", len(known))
    times = served.value_counts()
    for town in known:
        count = int(times.get(town, 0))
        if count != 1:
            words = Message(
                "{town} is served {n} times" if count else "{town} is not served",
                town=Town(str(town)),
                n=count,
            )
            ledger.fail("serve_once", words, town=str(town), amount=count - 1.0)
    for town in served.difference(known):
        ledger.fail(
            "serve_once",
            Message("{town} is not a town of the instance", town=Town(str(town))),
            town=str(town),
        )
    orphan = ~plan.towns["service_area"].isin(plan.areas.index)
    for town, area in plan.towns.loc[orphan, "service_area"].items():
        message = Message(
            "{town} is served by {area}, which is not an area of the plan",
            town=Town(str(town)),
            area=Town(str(area)),
        )
        ledger.fail("serve_once", message, town=str(town), area=str(area), amount=-1.0)
    area_of = plan.towns["service_area"][~served.duplicated()]
    ledger.count("serve_once", len(plan.areas))
    for area, seat in plan.areas["seat"].items():
        if area_of.get(seat) != area:
            message = Message(
                "the seat {seat} of area {area} is not served by it",
                seat=Town(str(seat)),
                area=Town(str(area)),
            )
            ledger.fail("serve_once", message, town=str(seat), area=str(area), amount=-1.0)


def _usable_areas(plan: Plan, ledger: Ledger) -> pd.DataFrame:
    areas = _first(plan.areas, "areas", ledger)
    instance = plan.instance
    for column, known in (
        ("seat", instance.towns.index),
        ("operator_model", instance.operator_models.index),
    ):
        unknown = ~areas[column].isin(known)
        for area, value in areas.loc[unknown, column].items():
            message = Message(
                "areas: {column} {value} is not in the instance", column=column, value=repr(value)
            )
            ledger.fail("tables", message, area=str(area))
        areas = areas[~unknown]
    empty = ~areas.index.isin(plan.towns["service_area"])
    for area in areas.index[empty]:
        ledger.fail(
            "serve_once",
            Message("area {area} has no town", area=Town(str(area))),
            area=str(area),
            amount=-1.0,
        )
    return areas[~empty]


def _classes(instance: Instance) -> pd.DataFrame:
    """Return households and customers as one long table."""
    wanted = set(instance.policy.protected_groups)
    households = instance.households.reset_index().rename(columns={"group": "label"})
    households = households.assign(
        household=True, protected=[not wanted or g in wanted for g in households["label"]]
    )
    named = _may_get_support(instance, households)
    households["eligible"] = households["protected"].astype(bool).to_numpy() & named
    customers = instance.customers.reset_index()
    customers = customers.assign(
        label=customers["category"], household=False, protected=False, income_month=np.nan
    ).assign(eligible=False)
    columns = ["town", "label", "category", "household", "protected", "eligible", "connections"]
    columns += ["consumption_m3_month", "income_month", "unmetered_share", "sewer_share"]
    parts = [part.reindex(columns=columns) for part in (households, customers) if len(part)]
    whole = pd.concat(parts, ignore_index=True)
    whole = whole.assign(group=whole["label"].astype(str))
    whole = _halves(_halves(whole, "sewer", SEWER), "unmetered", UNMETERED)
    policy = instance.policy
    both = max(policy.affordable_share_both, policy.affordable_share)
    return whole.assign(
        affordable_share=[
            both if drained else policy.affordable_share for drained in whole["sewer"]
        ]
    )


def _may_get_support(instance: Instance, households: pd.DataFrame) -> np.ndarray:
    """Return whether the policy names each household group for support."""
    policy = instance.policy
    named = policy.household_support_groups or tuple(households["label"])
    given = policy.household_support_share > 0
    return np.array([given and label in named for label in households["label"]], dtype=bool)


def _halves(whole: pd.DataFrame, flag: str, ending: str) -> pd.DataFrame:
    """Return the classes cut into the part of which the flag holds and the part without."""
    part = whole[f"{flag}_share"].fillna(0.0)
    halves = []
    for holds, share, end in ((False, 1.0 - part, ""), (True, part, ending)):
        half = whole.assign(label=whole["label"].astype(str) + end)
        half[flag] = holds
        half["connections"] = half["connections"] * share
        halves.append(half[share > 0.0])
    return pd.concat(halves, ignore_index=True)


def with_size(instance: Instance, classes: pd.DataFrame) -> pd.DataFrame:
    """Return the instance's towns with the connections and the billed water of all customers."""
    use = classes.assign(billed=classes["connections"] * classes["consumption_m3_month"])
    total = use.groupby("town")[["connections", "billed"]].sum()
    drained = use[use["sewer"].astype(bool)].groupby("town")[["connections", "billed"]].sum()
    data = pd.DataFrame(instance.towns)
    return data.assign(
        sewer_connections=drained["connections"].reindex(data.index, fill_value=0.0),
        sewer_m3_month=drained["billed"].reindex(data.index, fill_value=0.0),
        size=total["connections"].reindex(data.index, fill_value=0.0),
        billed_m3_month=total["billed"].reindex(data.index, fill_value=0.0),
    )


def _copies(facts: Facts, ledger: Ledger) -> None:
    """Check what the plan's tables repeat of the instance and of each other."""
    towns, areas, data = facts.towns, facts.areas, facts.data
    keys, labels = towns.index, list(towns["service_area"])
    at = areas.reindex(labels)
    for column in ("seat", "operator_model"):
        what = f"towns: {column}"
        ledger.same_text(what, towns[column], list(at[column]), towns=keys, areas=labels)
    ledger.same_text("towns: name", towns["name"], list(data["name"]), towns=keys)
    names = data["name"].reindex(areas["seat"])
    ledger.same_text("areas: seat_name", areas["seat_name"], list(names), areas=areas.index)
    for column, value in (("population", data["population"]), ("connections", data["size"])):
        ledger.compare("tables", f"towns: {column}", towns[column], value, towns=keys)
        total = facts.per_area(value)
        ledger.compare("tables", f"areas: {column}", areas[column], total, areas=areas.index)
    count = facts.per_area(pd.Series(1.0, index=keys))
    ledger.compare("tables", "areas: town_count", areas["town_count"], count, areas=areas.index)
    _places(facts, ledger)


def _places(facts: Facts, ledger: Ledger) -> None:
    """Check that every town lies where the instance puts it."""
    if facts.plan.towns.crs is None or facts.plan.towns.crs != facts.instance.towns.crs:
        ledger.fail(
            "tables",
            Message("towns: the coordinate system is {crs}", crs=str(facts.plan.towns.crs)),
        )
    here = facts.plan.towns.geometry[~facts.plan.towns.index.duplicated()]
    there = facts.instance.towns.geometry
    ledger.count("tables", len(facts.towns))
    for town in facts.towns.index:
        if here[town] != there[town]:
            message = Message(
                "towns: {town} lies at {here}, in the instance at {there}",
                town=Town(str(town)),
                here=str(here[town]),
                there=str(there[town]),
            )
            ledger.fail("tables", message, town=str(town))
