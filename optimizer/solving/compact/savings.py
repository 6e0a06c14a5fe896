"""A first plan by savings: merge the two areas whose union saves most, until nothing saves.

Source: G. Clarke and J. W. Wright, Scheduling of vehicles from a central depot to a number of
delivery points, Operations Research 12 (1964), applied to areas instead of routes.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable

import networkx as nx
import numpy as np

from optimizer.solving.group_rules import GroupRules, group_rules
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue, group_value

__all__ = ["savings_plan"]

Members = frozenset[int]


def savings_plan(
    case: Case, *, stop: Callable[[], bool] = lambda: False
) -> tuple[GroupValue, ...] | None:
    """Return the areas of a savings plan, or ``None`` where merging finds no feasible plan.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    stop : callable
        Asked between merges; the plan so far is returned when it says so.
    """
    rules = group_rules(case)
    value = _cached_value(case, rules)
    areas = dict(enumerate(_first_areas(case, rules)))
    near = _Near(_neighbours(case))
    counter = itertools.count(len(areas))
    price = _penalty(case)
    most = case.instance.policy.operators_most or case.towns
    queue: list[tuple[float, int, int]] = []

    def push(a: int, others: Iterable[int]) -> None:
        for b in others:
            if near[areas[a]] & areas[b]:
                gain = price(value(areas[a] | areas[b])) - price(value(areas[a]))
                heapq.heappush(queue, (gain - price(value(areas[b])), a, b))

    for a in list(areas):
        push(a, [b for b in areas if b > a])
    while queue and not stop():
        gain, a, b = heapq.heappop(queue)
        if a not in areas or b not in areas:
            continue
        if gain >= 0 and (len(areas) <= most or gain > price(None) / 2):
            break
        merged = next(counter)
        areas[merged] = areas.pop(a) | areas.pop(b)
        push(merged, [c for c in areas if c != merged])
    chosen = tuple(value(group) for group in areas.values())
    return chosen if all(np.isfinite(v.value_year) for v in chosen) else None


class _Near(dict[Members, Members]):
    """Towns within reach of any member of a group, computed once per group."""

    def __init__(self, single: dict[Members, Members]) -> None:
        super().__init__(single)

    def __missing__(self, group: Members) -> Members:
        found = frozenset().union(*(self[frozenset({town})] for town in group))
        self[group] = found
        return found


def _neighbours(case: Case) -> dict[Members, Members]:
    joined: dict[int, set[int]] = {town: set() for town in range(case.towns)}
    for seat in range(case.towns):
        for town in case.reached_from(seat)[0]:
            joined[seat].add(int(town))
            joined[int(town)].add(seat)
    return {frozenset({town}): frozenset(found) for town, found in joined.items()}


def _first_areas(case: Case, rules: GroupRules) -> list[Members]:
    """Return single towns, and the sets that must stay together."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(case.towns))
    for group in rules.together:
        nx.add_path(graph, sorted(group))
    return [frozenset(int(t) for t in part) for part in nx.connected_components(graph)]


def _cached_value(case: Case, rules: GroupRules) -> Callable[[Members], GroupValue]:
    known: dict[Members, GroupValue] = {}

    def value(group: Members) -> GroupValue:
        if group not in known:
            if rules.allows(group):
                known[group] = group_value(case, sorted(group))
            else:
                key = tuple(sorted(group))
                known[group] = GroupValue(key, -1, -1, np.inf, 0.0, 0.0, 0.0, np.inf)
        return known[group]

    return value


def _penalty(case: Case) -> Callable[[GroupValue | None], float]:
    """Return a price for groups that no operator can serve: merging them away comes first."""
    table = case.cost
    all_towns = np.arange(case.towns)
    here = np.zeros(case.towns)
    dearest = table.serve_requirement(all_towns, here, here == 0).max(axis=1).sum()
    large = (
        10.0
        * (dearest + float(table.open_requirement().max()))
        * (1.0 + case.instance.policy.public_money_price)
    )

    def price(value: GroupValue | None) -> float:
        if value is None or not np.isfinite(value.value_year):
            return float(large)
        return value.value_year

    return price
