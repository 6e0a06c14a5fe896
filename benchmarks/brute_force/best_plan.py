"""The best plan of a small region: every partition, every seat and model, tariffs by programme."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import networkx as nx

from benchmarks.brute_force.costs import Offer, offers
from benchmarks.brute_force.menu import Menu
from benchmarks.brute_force.programme import least_public_money
from benchmarks.brute_force.region import Region

__all__ = ["Area", "BruteForce", "partitions"]


@dataclass(frozen=True)
class Area:
    """The cheapest way to serve a group, money a year; infinite requirement where there is none."""

    requirement: float
    public: float
    offer: Offer | None


NONE = Area(math.inf, 0.0, None)


@dataclass(eq=False)
class BruteForce:
    """Values areas and plans of a region, and remembers the areas."""

    region: Region
    menu: Menu = field(init=False)
    areas: dict[tuple[int, ...], Area] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Make the menu, of which nothing is worked out before it is asked."""
        self.menu = Menu(self.region)

    def least_cost(self) -> float:
        """Return the objective of the best plan; infinite where no plan keeps every promise."""
        return min((self.cost(plan) for plan in partitions(self.region.towns)), default=math.inf)

    def cost(self, plan: list[tuple[int, ...]]) -> float:
        """Return the objective of a partition; infinite where it breaks a promise."""
        policy, region = self.region.instance.policy, self.region
        most = policy.operators_most or region.towns
        if not policy.operators_least <= len(plan) <= most:
            return math.inf
        areas = [self.area(group) for group in plan]
        if not all(math.isfinite(area.requirement) for area in areas):
            return math.inf
        if policy.core and not all(self.stays(group) for group in plan):
            return math.inf
        need, public = sum(a.requirement for a in areas), sum(a.public for a in areas)
        if policy.tariff_scope == "region":
            public = self._pooled(areas, need)
        budget = policy.subsidy_budget_year
        if not math.isfinite(public) or (budget is not None and public > budget * (1 + 1e-9)):
            return math.inf
        return need + policy.public_money_price * public

    def area(self, group: tuple[int, ...]) -> Area:
        """Return the best seat, model and tariff of a group."""
        if group not in self.areas:
            self.areas[group] = self._area(group) if self._allowed(group) else NONE
        return self.areas[group]

    def value(self, group: tuple[int, ...]) -> float:
        """Return what a group costs, public money weighted by its price."""
        area = self.area(group)
        return area.requirement + self.region.instance.policy.public_money_price * area.public

    def stays(self, group: tuple[int, ...]) -> bool:
        """Return whether no part of a group pays more than it would cost by itself."""
        pays = self.payments(group)
        room = 1e-6 * sum(pays.values())
        for size in range(1, len(group)):
            for some in combinations(group, size):
                if sum(pays[town] for town in some) > self.value(some) + room:
                    return False
        return True

    def payments(self, group: tuple[int, ...]) -> dict[int, float]:
        """Return what each town pays under the settled tariff, for one price an area or a town.

        Of all levels the settled ones need the least public money, then bill the least, then have
        the least worst burden: every schedule at one share of the largest that is affordable.
        """
        region, area = self.region, self.area(group)
        if area.offer is None or region.rules.width > 1:
            message = "payments are known for areas that can be served at a given shape"
            raise ValueError(message)
        own = [_largest_level(region, town) for town in group]
        apart = region.instance.policy.tariff_scope == "town"
        spread = region.instance.policy.tariff_spread_most
        levels = own if apart else [min(level, spread * min(own)) for level in own]
        revenue = [
            level
            * 12.0
            * region.collection[i]
            * sum(c.connections * float(c.bill[0]) for c in some)
            for level, i, some in zip(
                levels, group, map(region.customers.__getitem__, group), strict=True
            )
        ]
        share = min(1.0, area.requirement / sum(revenue))
        sizes = [region.costs[town].connections for town in group]
        caused = [
            direct + area.offer.overhead * size / sum(sizes)
            for direct, size in zip(area.offer.direct, sizes, strict=True)
        ]
        weight = (1.0 + region.instance.policy.public_money_price) * area.public / sum(caused)
        return {
            town: share * paid + weight * cost
            for town, paid, cost in zip(group, revenue, caused, strict=True)
        }

    def _area(self, group: tuple[int, ...]) -> Area:
        policy = self.region.instance.policy
        found = list(offers(self.region, group))
        if not found:
            return NONE
        cheapest = min(found, key=lambda offer: offer.requirement)
        if policy.tariff_scope == "region":
            return Area(cheapest.requirement, 0.0, cheapest)
        if policy.demand_response:
            made = [Area(o.requirement, self.menu.public_money(group, o), o) for o in found]
            best = min(made, key=lambda a: a.requirement + policy.public_money_price * a.public)
            return best if math.isfinite(best.public) else NONE
        public = least_public_money(self.region, group, cheapest.requirement)
        return Area(cheapest.requirement, public, cheapest) if math.isfinite(public) else NONE

    def _pooled(self, areas: list[Area], need: float) -> float:
        """Return the public money of a plan with one tariff for the region."""
        everyone = tuple(range(self.region.towns))
        if not self.region.instance.policy.demand_response:
            return least_public_money(self.region, everyone, need)
        factors = {a.offer.model.efficiency * a.offer.model.with_fee for a in areas if a.offer}
        if max(factors) > min(factors) * (1 + 1e-9):
            message = "operator models differ in what avoided cost takes off"
            raise ValueError(message)
        return self.menu.short(everyone, need, min(factors))

    def _allowed(self, group: tuple[int, ...]) -> bool:
        policy, region = self.region.instance.policy, self.region
        inside = {region.names[town] for town in group}
        if any(0 < len(inside & set(some)) < len(some) for some in policy.keep_together):
            return False
        if any(len(inside & set(some)) > 1 for some in policy.keep_apart):
            return False
        table = region.instance.adjacency_table is not None
        if policy.connected is not True and not (policy.connected == "auto" and table):
            return True
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(group)
        graph.add_edges_from((a, b) for a, b in region.borders if a in group and b in group)
        place = {region.names[town]: town for town in group}
        for model in region.models:
            if model.seat in place:
                served = [place[town] for town in model.today if town in place]
                graph.add_edges_from((place[model.seat], town) for town in served)
        return nx.is_connected(graph)


def _largest_level(region: Region, town: int) -> float:
    """Return the largest level of a given shape at which a town's protected can pay."""
    return min(
        own.limit / float(own.bill[0])
        for own in region.customers[town]
        if own.protected and own.bill[0] > 0
    )


def partitions(towns: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield every partition of so many towns.

    Examples
    --------
    >>> list(partitions(2))
    [[(0,), (1,)], [(0, 1)]]
    """
    yield from _divide(tuple(range(towns)))


def _divide(items: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            left = tuple(item for item in rest if item not in others)
            for tail in _divide(left):
                yield [(first, *others), *tail]
