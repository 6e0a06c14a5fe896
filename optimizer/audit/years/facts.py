"""What the audit of a path recomputes of towns and areas, town by town and year by year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from optimizer.audit.money.cost_lines import each_year

if TYPE_CHECKING:
    from optimizer.plan.path.path import TariffPath

__all__ = ["PathFacts", "TownYear", "path_facts"]


@dataclass(frozen=True)
class TownYear:
    """A town in a year, money real.

    Attributes
    ----------
    households : float
        Household connections for each one of the plan.
    connections, m3 : float
        All connections; m3 billed in the year.
    billed_households, billed_others : float
        Money billed in the year at the plan's own schedule.
    collection : float
        Share of it that comes in.
    operation : float
        Operating cost above the plan's, before the efficiency path.
    saving : float
        Saving for granted works.
    built, granted : float
        Works of the year and their grants.
    """

    households: float
    connections: float
    m3: float
    billed_households: float
    billed_others: float
    collection: float
    operation: float
    saving: float
    built: float
    granted: float


@dataclass(frozen=True)
class PathFacts:
    """The towns of a path.

    Attributes
    ----------
    years : list of int
        Calendar years.
    town_years : dict
        By (town, year).
    left_own, left_all : dict of str to float
        What a town's works are worth at the end: the part that no grant paid, and all of it.
    m3_now : dict of str to float
        m3 billed in the plan's year.
    members : dict of str to list of str
        Towns of each fund.
    """

    years: list[int]
    town_years: dict[tuple[str, int], TownYear]
    left_own: dict[str, float]
    left_all: dict[str, float]
    m3_now: dict[str, float]
    members: dict[str, list[str]]


def path_facts(path: TariffPath) -> PathFacts:
    """Return the facts, from the instance's tables and the plan's bills and revenue alone."""
    plan, horizon = path.plan, path.horizon
    first = plan.instance.price_year
    years = [first + t for t in range(1, horizon.years + 1)]
    town_years: dict[tuple[str, int], TownYear] = {}
    left_own, left_all, m3_now = {}, {}, {}
    for town in map(str, plan.towns.index):
        base = _base(path, town)
        works = _works_of(path, town)
        for t, year in enumerate(years, start=1):
            town_years[town, year] = _town_year(path, base, works, t)
        m3_now[town] = base["m3_households"] + base["m3_others"]
        left = [
            (w, _left(horizon.discount_rate, w["asset_life_years"], years[-1] - w["year"]))
            for w in works
        ]
        left_own[town] = sum(w["amount"] * (1 - w["grant_share"]) * part for w, part in left)
        left_all[town] = sum(w["amount"] * part for w, part in left)
    members: dict[str, list[str]] = {}
    pooled = plan.instance.policy.tariff_scope == "region"
    for key, area in plan.towns["service_area"].items():
        members.setdefault("region" if pooled else str(area), []).append(str(key))
    return PathFacts(years, town_years, left_own, left_all, m3_now, members)


def _base(path: TariffPath, town: str) -> dict[str, float]:
    """Return the town's figures of the plan's year and its targets; NaN for no target."""
    plan, instance = path.plan, path.plan.instance
    groups = plan.bills.xs(town, level="town")
    number, use = groups["connections"], groups["consumption_m3_month"]
    billed = 12.0 * float((number * groups["bill_month"]).sum())
    others, others_m3 = 0.0, 0.0
    if town in instance.customers.index.get_level_values("town"):
        own = pd.DataFrame(instance.customers.xs(town, level="town"))
        others = float(own["connections"].sum())
        others_m3 = 12.0 * float((own["connections"] * own["consumption_m3_month"]).sum())
    names = ("collection_rate", "non_revenue_water")
    data = {name: float(instance.towns[name][town]) for name in names}
    rate = data["collection_rate"]
    model = str(plan.towns["operator_model"][town])
    facts = {
        "number": float(number.sum()),
        "others": others,
        "m3_households": 12.0 * float((number * use).sum()),
        "m3_others": others_m3,
        "billed": billed,
        "billed_others": max(0.0, float(plan.towns["revenue_year"][town]) / rate - billed),
        **_sewers(path, town),
    }
    row = instance.towns.drop(columns="geometry").select_dtypes("number").loc[town]
    costs = {str(k): float(v) for k, v in row.to_dict().items()}
    each = each_year(costs, float(instance.operator_models["efficiency"][model]))
    facts |= {f"each {what}": price for what, price in each.items()}
    facts |= data
    aims = ("coverage", "coverage_target", "collection_rate_target", "non_revenue_water_target")
    given = instance.targets
    here = given is not None and town in given.index
    for name in (*aims, "connection_growth_share_year"):
        facts[name] = float(given[name][town]) if given is not None and here else math.nan
    return facts


def _sewers(path: TariffPath, town: str) -> dict[str, float]:
    """Return connections with sewerage and their yearly m3, of households and of others."""
    instance = path.plan.instance
    sums = dict.fromkeys(("drained", "drained_others", "drained_m3", "drained_m3_others"), 0.0)
    rows = [("", path.plan.bills.xs(town, level="town"), "sewer")]
    if town in instance.customers.index.get_level_values("town"):
        rows.append(("_others", instance.customers.xs(town, level="town"), "sewer_share"))
    for ending, table, part in rows:
        if part in table.columns:
            names = ["connections", "consumption_m3_month", part]
            for row in pd.DataFrame(table[names]).astype(float).to_numpy().tolist():
                number, use, share = row
                sums[f"drained{ending}"] += number * share
                sums[f"drained_m3{ending}"] += 12.0 * number * use * share
    return sums


def _works_of(path: TariffPath, town: str) -> list[dict[str, float]]:
    """Return the works of a town within the horizon."""
    table = path.plan.instance.investments
    if table is None:
        return []
    last = path.plan.instance.price_year + path.horizon.years
    own = table[(table["town"] == town) & (table["year"] <= last)]
    rows = pd.DataFrame(own.drop(columns=["town", "works"])).to_dict("records")
    return [{str(k): float(v) for k, v in row.items()} for row in rows]


def _line(today: float, target: float, part: float) -> float:
    return today if math.isnan(target) else (1.0 - part) * today + part * target


def _left(rate: float, life: float, age: float) -> float:
    """Return the share of works that is left after some years of their annuity."""
    if age >= life:
        return 0.0
    if rate == 0:
        return (life - age) / life
    grown = math.pow(1.0 + rate, life)
    return (grown - math.pow(1.0 + rate, age)) / (grown - 1.0)


def _saving(rate: float, life: float) -> float:
    """Return the yearly saving that grows to one unit over a life."""
    return 1.0 / life if rate == 0 else rate / (math.pow(1.0 + rate, life) - 1.0)


def _town_year(
    path: TariffPath, base: dict[str, float], works: list[dict[str, float]], t: int
) -> TownYear:
    horizon = path.horizon
    year, part = path.plan.instance.price_year + t, t / horizon.years
    growth = base["connection_growth_share_year"]
    grown = (1.0 + (horizon.connection_growth_share_year if math.isnan(growth) else growth)) ** t
    before = [w for w in works if w["year"] < year]
    covered = 1.0
    if not math.isnan(base["coverage_target"]):
        covered = _line(base["coverage"], base["coverage_target"], part) / base["coverage"]
    households = grown * covered
    households += sum(w["connections_added"] for w in before) / base["number"]
    connections = base["number"] * households + base["others"] * grown
    m3 = base["m3_households"] * households + base["m3_others"] * grown
    lost = _line(base["non_revenue_water"], base["non_revenue_water_target"], part)
    added = _operation_added(base, (households, grown), (connections, m3), lost)
    saving = [
        w["amount"] * w["grant_share"] * _saving(horizon.discount_rate, w["asset_life_years"])
        for w in before
        if year - w["year"] <= math.ceil(w["asset_life_years"])
    ]
    now = [w for w in works if w["year"] == year]
    return TownYear(
        households=households,
        connections=connections,
        m3=m3,
        billed_households=base["billed"] * households,
        billed_others=base["billed_others"] * grown,
        collection=_line(base["collection_rate"], base["collection_rate_target"], part),
        operation=added + sum(w["operating_cost_added_year"] for w in before),
        saving=sum(saving),
        built=sum(w["amount"] for w in now),
        granted=sum(w["amount"] * w["grant_share"] for w in now),
    )


def _operation_added(
    base: dict[str, float], grown: tuple[float, float], use: tuple[float, float], lost: float
) -> float:
    """Return what more connections and more water add to the cost of operation."""
    households, others = (factor - 1.0 for factor in grown)
    connections, m3 = use
    m3_before = base["m3_households"] + base["m3_others"]
    more = {
        "connections": connections - base["number"] - base["others"],
        "produced_m3_year": m3 / (1.0 - lost) - m3_before / (1.0 - base["non_revenue_water"]),
        "sewer connections": base["drained"] * households + base["drained_others"] * others,
        "sewer m3_year": base["drained_m3"] * households + base["drained_m3_others"] * others,
    }
    return sum(base.get(f"each {what}", 0.0) * amount for what, amount in more.items())
