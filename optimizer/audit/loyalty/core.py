"""The promise ``core``: nobody would do better by leaving an area.

Up to 16 towns in an area every coalition is looked at. In larger areas single towns, the towns
of each seat's neighbourhood, and what is reached from them by taking in or leaving out one town
at a time are looked at: there a broken promise may be missed, never alleged.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats
from optimizer.audit.facts import Facts
from optimizer.audit.geography.neighbours import neighbours
from optimizer.audit.geography.travel import TripTable
from optimizer.audit.ledger import ROAD_HOURS, ROAD_SHARE, Ledger, slack, texts
from optimizer.audit.loyalty.coalitions import Coalitions, coalitions_of
from optimizer.audit.money.costs import CostBooks
from optimizer.audit.promises.incumbent_area import served_today
from optimizer.messages.message import Listed, Message, Town

__all__ = ["check_core"]


LARGEST_ENUMERATED = 16
MOST_PROGRAMMES = 5_000
_STEPS = 60
_IMPROVED = 20


def check_core(facts: Facts, costs: CostBooks, money: pd.DataFrame, ledger: Ledger) -> None:
    """Check that no subset of an area's towns pays more than it would cost by itself.

    A town pays its revenue, ``1 + lambda`` times its share of the operating subsidy (by the cost
    that it causes) and ``lambda`` times the household support, as the objective counts them.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    costs : CostBooks
        Recomputed cost of each town.
    money : DataFrame
        Recomputed ``revenue_year`` and ``household_support_year`` of each town.
    ledger : Ledger
        Receives checks and failures.
    """
    policy = facts.instance.policy
    if not policy.core or policy.tariff_scope == "region":
        return
    pays = _pays_year(facts, costs, money)
    areas: dict[str, list[str]] = {}
    for town, area in texts(facts.area_of).items():
        areas.setdefault(area, []).append(town)
    trips = TripTable(facts.instance)
    graph = neighbours(facts) if facts.instance.areas_connected else None
    for area, towns in areas.items():
        ledger.count("core")
        if len(towns) < 2:
            continue
        most = np.inf if served_today(facts.instance.operator_models) else policy.reach_hours
        hours = _hours(trips, towns, most)
        inside = None if graph is None else nx.Graph(graph.subgraph(towns))
        found = _most_gaining(coalitions_of(facts, towns, hours, inside), pays[towns])
        if found is not None:
            message = Message(
                "{towns} pay {amount:,.2f} a year in area {area}, by themselves they would cost "
                "{limit:,.2f}",
                towns=Listed(tuple(Town(t) for t in found.towns), joined=", "),
                amount=found.pays_year,
                area=Town(area),
                limit=found.own_cost_year,
            )
            gain = found.pays_year - found.own_cost_year
            ledger.fail("core", message, town=found.towns[0], area=area, amount=gain)


def _pays_year(facts: Facts, costs: CostBooks, money: pd.DataFrame) -> pd.Series:
    price = facts.instance.policy.public_money_price
    whole = facts.per_area(costs.cost_town).reindex(facts.area_of).to_numpy()
    subsidy = facts.finances["operating_subsidy_year"].reindex(facts.area_of).to_numpy()
    own = subsidy * (costs.cost_town / whole).where(whole != 0, 0.0)
    support = money["household_support_year"].fillna(0.0)
    return pd.Series(money["revenue_year"].fillna(0.0) + (1.0 + price) * own + price * support)


def _hours(trips: TripTable, towns: list[str], reach_hours: float) -> Floats:
    """Return the hours from each town to each, by road the longest that the audit lets pass."""
    rows = []
    for seat in towns:
        trip = trips.from_seat(seat, towns, hours_most=reach_hours)
        hours = trip["hours"].to_numpy(dtype=float)
        by_road = (trip["source"] == "roads").to_numpy()
        rows.append(hours + by_road * np.maximum(ROAD_SHARE * hours, ROAD_HOURS))
    return np.array(rows)


@dataclass(frozen=True)
class _Leavers:
    towns: list[str]
    pays_year: float
    own_cost_year: float


def _most_gaining(area: Coalitions, pays: pd.Series) -> _Leavers | None:
    """Return the coalition found that gains most by leaving, ``None`` where none gains."""
    paid = pays.to_numpy(dtype=float)
    price = area.facts.instance.policy.public_money_price
    room = 2.0 * float(slack(paid.sum())[0])
    member = _every(len(paid)) if len(paid) <= LARGEST_ENUMERATED else _reached(area, paid)
    need = area.requirement_year(member)
    most = np.where(np.isfinite(need), member @ paid - need, -np.inf)
    best, found = room, None
    for k in np.argsort(-most, kind="stable")[:MOST_PROGRAMMES]:
        if most[k] <= best:
            break
        if not area.connected(member[k]):
            continue
        cost = float(need[k])
        public = area.public_money_year(member[k], cost) if cost > 0 else 0.0
        cost += price * public if np.isfinite(public) else np.inf
        gain = float(member[k] @ paid) - cost
        if gain > best:
            best = gain
            found = _Leavers(area.names(member[k]), float(member[k] @ paid), cost)
    return found


def _every(count: int) -> Bools:
    masks = np.arange(1, 1 << count)
    return ((masks[:, None] >> np.arange(count)) & 1).astype(bool)


def _reached(area: Coalitions, paid: Floats) -> Bools:
    """Return coalitions of a large area that are worth a look."""
    count = len(paid)
    near = np.isfinite(area.hours)
    everybody = np.ones((1, count), dtype=bool)
    member = np.unique(np.vstack([np.eye(count, dtype=bool), near, everybody]), axis=0)
    member = member[member.any(axis=1)]
    for _ in range(_STEPS):
        need = area.requirement_year(member)
        gain = np.where(np.isfinite(need), member @ paid - need, -np.inf)
        top = member[np.argsort(-gain, kind="stable")[:_IMPROVED]]
        flipped = np.repeat(top, count, axis=0)
        flipped[np.arange(len(flipped)), np.tile(np.arange(count), len(top))] ^= True
        grown = np.unique(np.vstack([member, flipped[flipped.any(axis=1)]]), axis=0)
        if len(grown) == len(member):
            break
        member = grown
    return member
