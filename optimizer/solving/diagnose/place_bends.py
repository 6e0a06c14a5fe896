"""Promises about places that may bend: zones, allowed seats, neighbours, reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import pandas as pd
import pyomo.environ as pyo

from optimizer.instance.instance import Instance
from optimizer.messages.message import Listed, Message
from optimizer.solving.diagnose.elastic import Bend, Bent, Elastic
from optimizer.solving.diagnose.wording import named, round_up, short

__all__ = ["HOUR_STEP", "Connected", "Reach", "SameZone", "SeatAllowed", "served_far"]

HOUR_STEP = 1e-4
FAR_HOURS = 1000.0


@dataclass(frozen=True)
class Reach(Bend):
    """Least increase of ``reach_hours``; used together with other promises.

    Attributes
    ----------
    hours_most : float
        Longest reach that is tried.
    """

    hours_most: float = FAR_HOURS
    promise: str = "reach"

    def stated(self, instance: Instance) -> bool:
        """Return whether reach is limited."""
        return instance.policy.reach_hours < self.hours_most

    def relax(self, instance: Instance) -> Instance:
        """Return the region with a long reach."""
        return instance.replace(policy=instance.policy.replace(reach_hours=self.hours_most))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Let no town be served from farther than the reach plus the slack."""
        reach = e.stated.policy.reach_hours
        far = [pair for pair in e.data.pairs if e.hours[pair] > reach]
        e.m.reach_over = pyo.Var(domain=pyo.NonNegativeReals)
        e.m.reach_again = pyo.ConstraintList()
        for pair in far:
            e.m.reach_again.add((e.hours[pair] - reach) * e.m.serve[pair] <= e.m.reach_over)
        return e.m.reach_over / max(reach, 0.25)

    def read(self, e: Elastic) -> Bent:
        """Return the reach that the solved model uses."""
        used = {pair: e.hours[pair] for pair in e.data.pairs if pyo.value(e.m.serve[pair]) > 0.5}
        stated = e.stated.policy.reach_hours
        return reach_bent(e.stated, max([stated, *used.values()]), served_far(used, stated))


def served_far(hours: dict[tuple[str, ...], float], reach: float) -> list[tuple[str, ...]]:
    """Return the (town, seat) that are the farthest apart, beyond a reach."""
    most = max(hours.values(), default=0.0)
    return [pair for pair, h in hours.items() if h > reach and h >= most * (1 - 1e-9)]


def reach_bent(stated: Instance, hours: float, far: list[tuple[str, ...]]) -> Bent:
    """Return the bend of the reach to some hours, with the (town, seat) that need it."""
    reach = stated.policy.reach_hours
    needed = round_up(hours, HOUR_STEP)
    pairs = Listed(tuple(_from(stated, town, seat) for town, seat in far[:3]))
    return Bent(
        amount=round_up(needed - reach, HOUR_STEP),
        unit="hours",
        relative=(needed - reach) / max(reach, 0.25),
        what=Message(
            "within {hours} h no plan serves every town; the nearest that would do is {limit} h, "
            "to serve {pairs}"
            if far
            else "within {hours} h no plan serves every town; the nearest that would do is "
            "{limit} h",
            hours=short(reach),
            limit=short(needed),
            pairs=pairs,
        ),
        remedy=Message(
            "raise {field} from {n:g} to {limit:g}", field="reach_hours", n=reach, limit=needed
        ),
        change=lambda instance: instance.replace(
            policy=instance.policy.replace(reach_hours=needed)
        ),
    )


def _from(stated: Instance, town: str, seat: str) -> Message:
    towns, seats = named(stated, [town]), named(stated, [seat])
    return Message("{town} from {seat}", town=towns, seat=seats)


class SameZone(Bend):
    """Fewest towns served from another zone."""

    promise: str = "same_zone"

    def stated(self, instance: Instance) -> bool:
        """Return whether areas must stay within one zone."""
        return instance.policy.same_zone

    def relax(self, instance: Instance) -> Instance:
        """Return the region without the promise."""
        return instance.replace(policy=instance.policy.replace(same_zone=False))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Count the towns served from another zone."""
        return sum(e.m.serve[pair] for pair in self._across(e)) / len(e.data.towns)

    def _across(self, e: Elastic) -> list[tuple[str, ...]]:
        zone = e.stated.towns["zone"].to_dict()
        return [(i, j) for i, j in e.data.pairs if zone[i] != zone[j]]

    def read(self, e: Elastic) -> Bent:
        """Return the towns served from another zone."""
        moved = [pair for pair in self._across(e) if pyo.value(e.m.serve[pair]) > 0.5]
        towns = [town for town, _ in moved]
        seats = [seat for _, seat in moved]
        return Bent(
            amount=float(len(moved)),
            unit="towns",
            relative=len(moved) / len(e.stated.towns),
            what=Message(
                "{towns} can only be served from another zone, by {seat}",
                towns=named(e.stated, towns),
                seat=named(e.stated, seats),
            ),
            remedy=Message("set same_zone to no, or change the column zone of towns.csv"),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(same_zone=False)
            ),
        )


class SeatAllowed(Bend):
    """Fewest further towns where an operator must be allowed to sit."""

    promise: str = "seat_allowed"

    def stated(self, instance: Instance) -> bool:
        """Return whether some towns may not hold a seat."""
        return not bool(instance.towns["seat_allowed"].all())

    def relax(self, instance: Instance) -> Instance:
        """Return the region with a seat allowed everywhere."""
        return instance.replace(towns=instance.towns.assign(seat_allowed=True))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Count the seats where none is allowed."""
        return sum(e.m.serve[j, j] for j in self._barred(e)) / len(e.data.towns)

    def _barred(self, e: Elastic) -> list[str]:
        allowed = e.stated.towns["seat_allowed"].to_dict()
        return [j for j in e.data.seats if not allowed[j]]

    def read(self, e: Elastic) -> Bent:
        """Return the further seats."""
        seats = [j for j in self._barred(e) if pyo.value(e.m.serve[j, j]) > 0.5]

        def change(instance: Instance) -> Instance:
            allowed = instance.towns["seat_allowed"] | instance.towns.index.isin(seats)
            return instance.replace(towns=instance.towns.assign(seat_allowed=allowed))

        return Bent(
            amount=float(len(seats)),
            unit="seats",
            relative=len(seats) / len(e.stated.towns),
            what=Message("an operator would have to sit in {towns}", towns=named(e.stated, seats)),
            remedy=Message("set seat_allowed to yes there in towns.csv"),
            change=change,
        )


class Connected(Bend):
    """Fewest borders to add so that areas are connected."""

    promise: str = "connected"

    def stated(self, instance: Instance) -> bool:
        """Return whether areas must be connected."""
        return instance.areas_connected

    def relax(self, instance: Instance) -> Instance:
        """Return the region without the promise."""
        return instance.replace(policy=instance.policy.replace(connected=False))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Bring one unit of flow to a served town, from a neighbour or over an added border.

        An added border brings at most as much flow as there are towns within the seat's reach.
        """
        near = _near_graphs(e)
        arcs = [(j, a, b) for j, g in near.items() for a, b in g.to_directed().edges if b != j]
        e.m.link_arcs = pyo.Set(initialize=arcs, dimen=3)
        joined = pyo.Set(initialize=list(e.data.joined_pairs), dimen=2)
        e.m.link_pairs = joined
        e.m.link_flow = pyo.Var(e.m.link_arcs, domain=pyo.NonNegativeReals)
        e.m.border_added = pyo.Var(joined, domain=pyo.Binary)
        e.m.border_flow = pyo.Var(joined, domain=pyo.NonNegativeReals)
        e.m.connected_again = pyo.ConstraintList()
        into: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        out: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for j, a, b in arcs:
            into.setdefault((b, j), []).append((j, a, b))
            out.setdefault((a, j), []).append((j, a, b))
        for i, j in e.data.joined_pairs:
            most = len(near[j]) - 1
            arriving = e.m.border_flow[i, j] + sum(e.m.link_flow[x] for x in into.get((i, j), []))
            leaving = sum(e.m.link_flow[x] for x in out.get((i, j), []))
            e.m.connected_again.add(arriving - leaving == e.m.serve[i, j])
            e.m.connected_again.add(arriving <= most * e.m.serve[i, j])
            e.m.connected_again.add(e.m.border_flow[i, j] <= most * e.m.border_added[i, j])
        return sum(e.m.border_added[x] for x in joined) / len(e.data.towns)

    def read(self, e: Elastic) -> Bent:
        """Return the borders that are missing."""
        added = [x for x in e.m.link_pairs if pyo.value(e.m.border_added[x]) > 0.5]
        listed = tuple(_from(e.stated, town, seat) for town, seat in added[:4])
        case = e.data.case
        edges = [(case.reach.towns[a], case.reach.towns[b]) for a, b in case.reach.edges]

        def change(instance: Instance) -> Instance:
            known = instance.adjacency_table
            old = pd.DataFrame(edges, columns=["town_a", "town_b"]) if known is None else known
            new = pd.DataFrame(added, columns=["town_a", "town_b"])
            both = pd.concat([old[["town_a", "town_b"]], new], ignore_index=True)
            return instance.replace(adjacency_table=both.assign(shared_border_km=float("nan")))

        return Bent(
            amount=float(len(added)),
            unit="borders",
            relative=len(added) / len(e.stated.towns),
            what=Message(
                "{n} border is missing: no chain of neighbours in one area leads to {pairs}"
                if len(added) == 1
                else "{n} borders are missing: no chain of neighbours in one area leads to {pairs}",
                n=len(added),
                pairs=Listed(listed, joined="; "),
            ),
            remedy=Message(
                "set connected to no, or add the pairs to adjacency.csv where a service across is "
                "possible"
            ),
            change=change,
        )


def _near_graphs(e: Elastic) -> dict[str, nx.Graph[str]]:
    """Return the neighbours among the towns that each seat may serve."""
    names = e.data.case.reach.towns
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from((names[a], names[b]) for a, b in e.data.case.reach.edges)
    towns: dict[str, list[str]] = {}
    for i, j in e.data.pairs:
        towns.setdefault(j, []).append(i)
    return {j: graph.subgraph(members) for j, members in towns.items()}
