"""An instance as a tree that fits on a screen: data, promises, size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from optimizer.html import card
from optimizer.instance.schema.fields import FITTED_TRIPS_LEAST
from optimizer.instance.schema.policy import Policy

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["instance_card", "tree"]

Branch = tuple[str, Sequence[str]]


def tree(instance: Instance) -> str:
    """Return the instance as a tree.

    Examples
    --------
    >>> from optimizer.instance.writing.templates import template_instance
    >>> print(tree(template_instance()))  # doctest: +ELLIPSIS
    Template, money in PEN of 2024
    ├─ data
    │  ├─ towns: 3; 17,200 people, 4,300 household connections
    ...
    """
    branches = _branches(instance)
    lines = [_head(instance)]
    for at, (label, leaves) in enumerate(branches):
        last = at == len(branches) - 1
        lines.append(f"{'└─' if last else '├─'} {label}")
        stem = "   " if last else "│  "
        lines += [
            f"{stem}{'└─' if k == len(leaves) - 1 else '├─'} {leaf}"
            for k, leaf in enumerate(leaves)
        ]
    return "\n".join(lines)


def instance_card(instance: Instance) -> str:
    """Return the instance as HTML for a notebook: the leaves of its tree, and its first towns.

    Examples
    --------
    >>> from optimizer.instance.writing.templates import template_instance
    >>> "17,200 people" in instance_card(template_instance())
    True
    """
    facts = [
        (label if k == 0 else "", leaf)
        for label, leaves in _branches(instance)
        for k, leaf in enumerate(leaves)
    ]
    towns = pd.DataFrame(instance.towns)
    shown = pd.DataFrame({"name": towns["name"].astype(str)})
    for column in ("population", "connections"):
        shown[column] = towns[column].map("{:,.0f}".format)
    if towns["zone"].astype(str).str.len().any():
        shown["zone"] = towns["zone"].astype(str)
    return card(_head(instance), facts, table=shown.rename_axis("town"))


def _head(instance: Instance) -> str:
    return f"{instance.title}, money in {instance.currency} of {instance.price_year}"


def _branches(instance: Instance) -> list[Branch]:
    return [
        ("data", _data(instance)),
        ("promises", _promises(instance)),
        ("size", _size(instance)),
    ]


def _data(instance: Instance) -> list[str]:
    towns, groups = instance.towns, instance.households
    people, connections = towns["population"].sum(), towns["connections"].sum()
    incomes = groups["income_month"]
    names = list(dict.fromkeys(groups.index.get_level_values("group")))
    shown = ", ".join(map(str, names[:6])) + (", ..." if len(names) > 6 else "")
    customers = "none"
    if len(instance.customers):
        count = instance.customers["connections"].sum()
        kinds = instance.customers.index.unique("category")
        customers = f"{count:,.0f} connections in {len(kinds)} categories"
    return [
        f"towns: {len(towns):,}; {people:,.0f} people, {connections:,.0f} household connections",
        f"household groups: {shown}; income {incomes.min():,.0f} to {incomes.max():,.0f} a month",
        f"other customers: {customers}",
        *_models(instance),
        *_demand(instance),
        *_years(instance),
        f"travel: {_travel(instance)}",
        f"neighbours: {_neighbours(instance)}",
        f"filled or repaired: {len(instance.derived)} entries in .derived",
        f"assumptions: {len(instance.assumptions)}; sources: {len(instance.sources)}",
    ]


def _has_sewer(instance: Instance) -> bool:
    return any(
        "sewer_share" in table.columns and bool(table["sewer_share"].fillna(0.0).any())
        for table in (instance.households, instance.customers)
    )


def _models(instance: Instance) -> list[str]:
    lines = []
    for name, overhead, least, most in zip(
        instance.operator_models.index,
        instance.operator_models["overhead_year"],
        instance.operator_models["connections_least"],
        instance.operator_models["connections_most"],
        strict=True,
    ):
        top = "no limit" if most >= 1e9 else f"{most:,.0f}"
        lines.append(
            f"operator model {name}: {overhead:,.0f} a year, {least:,.0f} to {top} connections"
        )
    return lines


def _demand(instance: Instance) -> list[str]:
    if not instance.policy.demand_response:
        return []
    demand = instance.demand
    levels = f"{len(demand.levels)} levels" if demand.levels else "every town's largest level"
    shapes = max(1, len(demand.shapes))
    return [
        f"demand: elasticity {demand.price_elasticity:g}, changes of {demand.change_most:.0%} at "
        f"most; a menu of {shapes} shape{'' if shapes == 1 else 's'} x {levels}"
    ]


def _years(instance: Instance) -> list[str]:
    if instance.horizon is None:
        return []
    first, works = instance.price_year + 1, instance.investments
    built = 0.0 if works is None else float(works["amount"].sum())
    count = 0 if works is None else len(works)
    last = instance.price_year + instance.horizon.years
    return [f"horizon: {first} to {last}; {count:,} works of {built:,.0f} together"]


def _travel(instance: Instance) -> str:
    parts = []
    if instance.travel_table is not None:
        parts.append(f"table of {len(instance.travel_table):,} pairs")
    if instance.roads is not None:
        parts.append(f"{len(instance.roads):,} roads")
    if instance.travel.derive_missing:
        rules = instance.travel
        pace = f"straight line x {rules.detour_factor:g} at {rules.speed_km_h:g} km/h"
        many = (
            instance.travel_table is not None and len(instance.travel_table) >= FITTED_TRIPS_LEAST
        )
        parts.append("straight line as in the table" if many else pace)
    return ", then ".join(parts) or "none"


def _neighbours(instance: Instance) -> str:
    if instance.adjacency_table is not None:
        return f"table of {len(instance.adjacency_table):,} pairs"
    if instance.boundaries is not None:
        return f"borders of {len(instance.boundaries):,} polygons"
    return "Voronoi cells of the towns"


def _shares(policy: Policy, *, sewer: bool) -> str:
    words = f"{policy.affordable_share:.3g}"
    both = max(policy.affordable_share, policy.affordable_share_both)
    return f"{words}, with sewerage {both:.3g}," if sewer else words


def _support(policy: Policy) -> str:
    words = f"{policy.household_support_share:.3g} of a bill"
    if policy.household_support_m3_month is not None:
        words += f" of up to {policy.household_support_m3_month:g} m3"
    if policy.household_support_groups:
        words += f" ({', '.join(policy.household_support_groups)})"
    missed, leak = policy.household_support_missed_share, policy.household_support_leak_share
    if missed:
        words += f", {missed:.3g} of the eligible missed"
    return words + (f", {leak:.3g} of others get it too" if leak else "")


def _promises(instance: Instance) -> list[str]:
    policy, tariff, sewer = instance.policy, instance.tariff, _has_sewer(instance)
    whom = ", ".join(policy.protected_groups) or "all groups"
    schedule = "given shape" if tariff.shape is not None else f"ladder {tariff.ladder:g}"
    lines = [
        f"affordable_bill: at most {_shares(policy, sewer=sewer)} of income ({whom})",
        f"reach: {policy.reach_hours:g} hours from the seat",
        f"tariff: one schedule per {policy.tariff_scope}, blocks "
        f"{', '.join(f'{b:g}' for b in tariff.blocks_m3) or 'none'} m3, {schedule}",
        f"operating_subsidy: {'allowed' if policy.operating_subsidy else 'not allowed'}",
    ]
    if policy.household_support_share:
        lines.append(f"household_support: up to {_support(policy)}")
    if policy.subsidy_budget_year is not None:
        lines.append(f"subsidy_budget: {policy.subsidy_budget_year:,.0f} a year")
    if policy.operators_least or policy.operators_most is not None:
        most = "any number" if policy.operators_most is None else policy.operators_most
        lines.append(f"operator_count: {policy.operators_least} to {most}")
    rules = {
        "same_zone": policy.same_zone,
        "connected": instance.areas_connected,
        "participation": policy.participation,
        "core": policy.core,
        "solidarity_balance": policy.solidarity_balance,
    }
    lines += [f"{name}: yes" for name, wanted in rules.items() if wanted]
    sets = {
        "keep_together": len(policy.keep_together),
        "keep_apart": len(policy.keep_apart),
        "fixed_seats": len(policy.fixed_seats),
    }
    lines += [f"{name}: {count}" for name, count in sets.items() if count]
    return lines + [f"{own.name}: {own.words_said}" for own in policy.own]


def _size(instance: Instance) -> list[str]:
    towns, models = len(instance.towns), len(instance.operator_models)
    seats = int(instance.towns["seat_allowed"].sum())
    return [
        f"{towns:,} towns x {seats:,} seats x {models} operator models"
        f" = {towns * seats * models:,} assignments before reach",
        f"{len(instance.households) + len(instance.customers):,} customer classes",
    ]
