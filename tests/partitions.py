"""Brute force: every partition, every seat and model, the tariff by a linear programme.

Shares nothing with the methods under test but the cost table and the price space: revenue and
public money come from one plain linear programme per group, rules are checked one by one.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from itertools import combinations

import networkx as nx
import numpy as np
from scipy.optimize import linprog

from optimizer.tariffs.case import Case
from optimizer.tariffs.price_space import domestic_bills, price_space


def partitions(items: list[int]) -> Iterator[list[tuple[int, ...]]]:
    """Every set partition (Bell number of them)."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            left = [x for x in rest if x not in others]
            for tail in partitions(left):
                yield [(first, *others), *tail]


def least_cost(case: Case) -> float:
    """The objective of the best plan; ``inf`` where none keeps every promise."""
    known: dict[tuple[int, ...], tuple[float, float, int]] = {}
    best = math.inf
    policy = case.instance.policy
    for partition in partitions(list(range(case.towns))):
        most = policy.operators_most or case.towns
        if not policy.operators_least <= len(partition) <= most:
            continue
        for group in partition:
            if group not in known:
                known[group] = area_of(case, group)
        areas = [known[group] for group in partition]
        if not all(math.isfinite(a[0]) for a in areas):
            continue
        best = min(best, total_of(case, areas))
    return best


def total_of(case: Case, areas: list[tuple[float, float, int]]) -> float:
    policy = case.instance.policy
    names = case.reach.towns
    seats = {names[seat] for _, _, seat in areas}
    if not set(policy.fixed_seats) <= seats:
        return math.inf
    requirement = sum(a[0] for a in areas)
    public = sum(a[1] for a in areas)
    if policy.tariff_scope == "region":
        public = _public_money(case, tuple(range(case.towns)), requirement)
    if not math.isfinite(public):
        return math.inf
    budget = policy.subsidy_budget_year
    if budget is not None and public > budget * (1 + 1e-9):
        return math.inf
    return requirement + policy.public_money_price * public


def area_of(case: Case, group: tuple[int, ...]) -> tuple[float, float, int]:
    """Requirement, public money and seat of a group; infinite where a rule forbids it."""
    if not _allowed(case, group):
        return math.inf, math.inf, -1
    requirement, seat = _requirement(case, group)
    if not math.isfinite(requirement) or case.instance.policy.tariff_scope == "region":
        return requirement, 0.0, seat
    public = _public_money(case, group, requirement)
    return (requirement, public, seat) if math.isfinite(public) else (math.inf, math.inf, -1)


def _allowed(case: Case, group: tuple[int, ...]) -> bool:
    policy, names = case.instance.policy, case.reach.towns
    inside = {names[i] for i in group}
    if any(0 < len(inside & set(s)) < len(set(s)) for s in policy.keep_together):
        return False
    if any(len(inside & set(s)) > 1 for s in policy.keep_apart):
        return False
    if policy.connected:
        graph = nx.Graph()
        graph.add_nodes_from(group)
        graph.add_edges_from((a, b) for a, b in case.reach.edges if a in group and b in group)
        return nx.is_connected(graph)
    return True


def _requirement(case: Case, group: tuple[int, ...]) -> tuple[float, int]:
    """The cheapest seat and model, from the cost formula written out."""
    cost, names = case.cost, case.reach.towns
    hours = {(int(p.seat), int(p.town)): float(p.hours) for p in case.reach.pairs.itertuples()}
    fixed = [i for i in group if names[i] in case.instance.policy.fixed_seats]
    best = (math.inf, -1)
    for seat in group:
        if any(f != seat for f in fixed) or any((seat, i) not in hours for i in group):
            continue
        for m in range(len(cost.models)):
            size = sum(cost.size[i] for i in group)
            if not cost.least[m] <= size <= cost.most[m]:
                continue
            total = cost.overhead_year[m]
            for i in group:
                total += cost.efficiency[m] * cost.operation_year[i] + cost.replacement_year[i]
                total += cost.transition_year[i] if i != seat else 0.0
                total += cost.crew_hour_cost[m] * 2 * hours[seat, i] * cost.trips_year[i]
            total *= (1 + cost.fee_cost[m] + cost.margin_cost[m]) / (
                1 - cost.fee_revenue[m] - cost.margin_revenue[m]
            )
            best = min(best, (float(total), seat))
    return best


def _public_money(case: Case, group: tuple[int, ...], requirement: float) -> float:
    """Least subsidy plus support, from one programme: prices of each town, subsidy, support."""
    policy, classes, space = case.instance.policy, case.classes, case.space
    width = len(space.components)
    one = policy.tariff_scope != "town"
    at = {i: 0 if one else k * width for k, i in enumerate(group)}
    prices = width if one else width * len(group)
    mine = [k for k in range(len(classes.town)) if classes.town[k] in at and classes.protected[k]]
    size = prices + 1 + len(mine)
    rows, limits = [], []

    def add(start: int, weight: np.ndarray, limit: float, extra: dict[int, float]) -> None:
        row = np.zeros(size)
        row[start : start + width] = weight
        for column, value in extra.items():
            row[column] = value
        rows.append(row)
        limits.append(limit)

    for start in set(at.values()):
        for cone in space.cone:
            add(start, cone, 0.0, {})
    supported = _supported_bill(case)
    for h, k in enumerate(mine):
        start = at[int(classes.town[k])]
        both = max(policy.affordable_share, policy.affordable_share_both)
        share = both if classes.sewer[k] else policy.affordable_share
        limit = share * classes.income_month[k]
        add(start, space.bill[k], limit, {prices + 1 + h: -1.0})
        most = -policy.household_support_share * supported[k] * _eligible(case, k)
        add(start, most, 0.0, {prices + 1 + h: 1.0})
    if policy.solidarity_balance:
        domestic = domestic_bills(case.instance.tariff, classes)
        row = np.zeros(size)
        for k in range(len(classes.town)):
            if (start := at.get(int(classes.town[k]))) is not None:
                beyond = space.bill[k] - domestic[k]
                row[start : start + width] -= 12 * classes.connections[k] * beyond / requirement
        row[prices] = -1.0 / requirement
        rows.append(row)
        limits.append(0.0)
    cover = np.zeros(size)
    for i in group:
        cover[at[i] : at[i] + width] -= case.revenue_year[i] / requirement
        if policy.participation and np.isfinite(case.stand_alone_year[i]):
            share = case.revenue_year[i] / case.stand_alone_year[i]
            add(at[i], share, 1.0, {})
    cover[prices] = -1.0 / requirement
    rows.append(cover)
    limits.append(-1.0)
    price = np.concatenate([np.zeros(prices), [1.0], [_paid_year(case, k) for k in mine]])
    top = None if policy.operating_subsidy else 0.0
    bounds = [(0, None)] * prices + [(0, top)] + [(0, None)] * len(mine)
    found = linprog(price / requirement, A_ub=np.array(rows), b_ub=limits, bounds=bounds)
    return float(found.fun * requirement) if found.status == 0 else math.inf


def _eligible(case: Case, k: int) -> bool:
    wanted = case.instance.policy.household_support_groups
    named = not wanted or case.classes.label[k].split(",")[0] in wanted
    return bool(case.classes.protected[k]) and named


def _supported_bill(case: Case) -> np.ndarray:
    """The bill of the supported volume of each class, per unit of each price."""
    volume = case.instance.policy.household_support_m3_month or math.inf
    use = np.minimum(case.classes.consumption_m3_month, volume)
    smaller = dataclasses.replace(case.classes, consumption_m3_month=use)
    return price_space(case.instance.tariff, smaller).bill


def _paid_year(case: Case, k: int) -> float:
    """What a unit of support a month to class k costs a year, household by household."""
    policy, classes = case.instance.policy, case.classes
    same = [j for j in range(len(classes.town)) if classes.town[j] == classes.town[k]]
    same = [j for j in same if classes.household[j]]
    due = sum(classes.connections[j] for j in same if _eligible(case, j))
    other = sum(classes.connections[j] for j in same if not _eligible(case, j))
    if not _eligible(case, k):
        return 12.0 * float(classes.connections[k])
    reached = (1 - policy.household_support_missed_share) * classes.connections[k]
    strayed = policy.household_support_leak_share * other * classes.connections[k] / due
    return 12.0 * float(reached + strayed)
