"""The part of a region in which no plan exists, under any change of the promises."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
import pandas as pd

from optimizer.arrays import Ints
from optimizer.geography.adjacency import adjacency_of
from optimizer.geography.reach import (
    Reach,
    is_today,
    reach_of,
    today_pairs,
    travel_pairs,
    with_today,
)
from optimizer.instance.incumbents import incumbents_of
from optimizer.instance.instance import Instance
from optimizer.promises import without_totals
from optimizer.tariffs.case import Case, make_case

__all__ = ["Scope", "models_of", "parts_of", "sub_instance", "whole_scope"]

ALL_PAIRS_TOWNS = 400
FARTHEST = 4.0


@dataclass(frozen=True, eq=False)
class Scope:
    """A region, its travel, and the towns that no plan serves.

    Attributes
    ----------
    instance : Instance
        The region as the planner states it.
    reach : Reach
        Its pairs within reach.
    travel : pandas.DataFrame
        Pairs of :func:`~optimizer.geography.reach.travel_pairs` beyond the promised reach too.
    failing : frozenset of str or None
        Towns of the parts that have no plan of their own; ``None`` for the whole region.
    """

    instance: Instance
    reach: Reach
    travel: pd.DataFrame
    failing: frozenset[str] | None = None

    def narrowed(self, failing: Iterable[str]) -> Scope:
        """Return the scope of some failing towns."""
        return replace(self, failing=frozenset(failing))

    def reach_under(self, instance: Instance) -> Reach:
        """Return the reach of a changed region, without measuring travel again."""
        keep = self.travel["hours"].to_numpy() <= instance.policy.reach_hours
        seat, town = self.travel["seat"].to_numpy(), self.travel["town"].to_numpy()
        allowed = instance.towns["seat_allowed"].to_numpy(dtype=bool)
        today = today_pairs(instance)
        keep &= allowed[seat]
        if instance.policy.same_zone:
            zone = pd.factorize(instance.towns["zone"])[0]
            keep &= zone[seat] == zone[town]
        keep |= is_today(self.travel, today) & allowed[seat]
        if instance.policy.host_towns:
            keep &= (seat == town) | instance.towns.index.isin(instance.policy.host_towns)[seat]
        edges = self.reach.edges
        if instance.adjacency_table is not self.instance.adjacency_table:
            edges = with_today(adjacency_of(instance)[0], today)
        return replace(self.reach, pairs=self.travel[keep].reset_index(drop=True), edges=edges)

    def case(self, instance: Instance) -> Case:
        """Return the case of the parts of a changed region that hold failing towns.

        The promises on totals (kind ``plan total``) are left out where other
        parts of the region share in them.
        """
        reach = self.reach_under(instance)
        if self.failing is None:
            return make_case(instance, reach)
        parts = [part for part in parts_of(instance, reach) if self.failing & set(part)]
        towns = [key for part in parts for key in part]
        return part_case(instance, reach, towns)


def whole_scope(instance: Instance) -> Scope:
    """Return the scope of a whole region.

    Travel is known for every pair up to 400 towns, and up to four times the promised reach in
    larger regions.
    """
    reach_hours = instance.policy.reach_hours
    few = len(instance.towns) <= ALL_PAIRS_TOWNS
    most = math.inf if few else FARTHEST * reach_hours
    return Scope(instance, reach_of(instance), travel_pairs(instance, most))


def parts_of(instance: Instance, reach: Reach) -> list[list[str]]:
    """Return the parts of a region that no reach, ``keep_together`` or operator of today joins."""
    place = {town: k for k, town in enumerate(reach.towns)}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(reach.towns)))
    graph.add_edges_from(zip(reach.pairs["town"], reach.pairs["seat"], strict=True))
    served = [one.today for one in incumbents_of(instance.operator_models)]
    for group in (*instance.policy.keep_together, *served):
        nx.add_path(graph, [place[town] for town in group])
    parts = [sorted(part) for part in nx.connected_components(graph)]
    return [[reach.towns[k] for k in part] for part in sorted(parts)]


def part_case(instance: Instance, reach: Reach, towns: Iterable[str]) -> Case:
    """Return the case of some towns of a region; the region's own case where they are all."""
    wanted = set(towns)
    inside = np.array([town in wanted for town in reach.towns])
    if inside.all():
        return make_case(instance, reach)
    keys = [town for town in reach.towns if town in wanted]
    place = np.where(inside, np.cumsum(inside) - 1, -1)
    ends = reach.pairs[["town", "seat"]].to_numpy()
    pairs = reach.pairs[inside[ends].all(axis=1)]
    pairs = pairs.assign(town=place[pairs["town"]], seat=place[pairs["seat"]])
    edges: Ints = place[reach.edges[inside[reach.edges].all(axis=1)]]
    own = Reach(tuple(keys), pairs.reset_index(drop=True), edges, reach.edge_source, None)
    return make_case(sub_instance(instance, keys), own)


def sub_instance(instance: Instance, towns: Iterable[str]) -> Instance:
    """Return a region reduced to some towns, without promises on totals.

    Travel, allowed seats and neighbours are not part of it: they are known from the reach of the
    whole region.
    """
    wanted = set(towns)
    policy = instance.policy

    def within(groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        kept = (tuple(town for town in group if town in wanted) for group in groups)
        return tuple(group for group in kept if len(group) > 1)

    known = set() if instance.targets is None else set(map(str, instance.targets.index))
    households, customers = instance.households, instance.customers
    return instance.replace(
        towns=instance.towns[instance.towns.index.isin(wanted)].assign(seat_allowed=True),
        households=households[households.index.get_level_values("town").isin(wanted)],
        customers=customers[customers.index.get_level_values("town").isin(wanted)],
        travel_table=None,
        adjacency_table=None,
        roads=None,
        boundaries=None,
        groupings={},
        horizon=None,
        targets=None if instance.targets is None else instance.targets.loc[sorted(wanted & known)],
        investments=None,
        operator_models=models_of(instance, wanted),
        policy=without_totals(policy).replace(
            connected=instance.areas_connected,
            host_towns=(),
            keep_together=within(policy.keep_together),
            keep_apart=within(policy.keep_apart),
            fixed_seats=tuple(town for town in policy.fixed_seats if town in wanted),
            operators_least=0,
            operators_most=None,
            subsidy_budget_year=None,
        ),
    )


def models_of(instance: Instance, wanted: set[str]) -> pd.DataFrame:
    """Return the operator models without operators that sit outside some towns."""
    models = instance.operator_models
    exist = incumbents_of(models)
    return models.drop(index=[one.operator for one in exist if one.seat not in wanted])
