"""Rules on one group that are not about money: connected, keep_together, keep_apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import networkx as nx

from optimizer.tariffs.case import Case

__all__ = ["GroupRules", "group_rules"]


@dataclass(frozen=True, eq=False)
class GroupRules:
    """The planner's rules on one group, by town position.

    Attributes
    ----------
    graph : networkx.Graph or None
        Adjacency, where areas must be connected.
    together, apart : tuple of frozenset of int
        Towns that share an operator; towns of which no two may.
    """

    graph: nx.Graph[int] | None
    together: tuple[frozenset[int], ...]
    apart: tuple[frozenset[int], ...]

    def connected(self, members: Collection[int]) -> bool:
        """Return whether the group is connected in the adjacency graph (or need not be)."""
        if self.graph is None or len(members) < 2:
            return True
        return bool(nx.is_connected(self.graph.subgraph(members)))

    def keep_together(self, members: Collection[int]) -> bool:
        """Return whether the group holds all or none of every set to be kept together."""
        inside = set(members)
        return all(len(inside & group) in {0, len(group)} for group in self.together)

    def keep_apart(self, members: Collection[int]) -> bool:
        """Return whether the group holds at most one of every set to be kept apart."""
        inside = set(members)
        return all(len(inside & group) <= 1 for group in self.apart)

    def allows(self, members: Collection[int]) -> bool:
        """Return whether the group keeps all three rules."""
        return self.keep_apart(members) and self.keep_together(members) and self.connected(members)


def group_rules(case: Case) -> GroupRules:
    """Return the group rules of a case's policy."""
    policy = case.instance.policy
    place = {town: k for k, town in enumerate(case.reach.towns)}
    graph: nx.Graph[int] | None = None
    if case.instance.areas_connected:
        graph = nx.Graph()
        graph.add_nodes_from(range(case.towns))
        graph.add_edges_from((int(a), int(b)) for a, b in case.reach.edges)
    return GroupRules(
        graph,
        tuple(frozenset(place[t] for t in group) for group in policy.keep_together),
        tuple(frozenset(place[t] for t in group) for group in policy.keep_apart),
    )
