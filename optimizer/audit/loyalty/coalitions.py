"""What a coalition of towns would cost by itself, for the check of the promise ``core``.

Every figure comes from the instance's tables: the cheapest seat and operator model under the
planner's rules, and by a linear programme the least public money that a tariff of its own leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.audit.facts import Facts
from optimizer.audit.loyalty.coalition_tariff import CoalitionTariff, coalition_tariff
from optimizer.audit.money.cost_lines import (
    joining_year,
    operation_year,
    overhead_year,
    replacement_year,
    road_hour,
    steady_year,
)
from optimizer.audit.money.costs import requirement_factor
from optimizer.audit.promises import CHECKS
from optimizer.audit.promises.incumbent_area import (
    has_moved,
    may_serve,
    may_sit,
    served_today,
)

__all__ = ["Coalitions", "coalitions_of"]


@dataclass(frozen=True, eq=False)
class Coalitions:
    """The towns of one area, and what any of them would need together by themselves.

    Attributes
    ----------
    facts : Facts
        The plan and its instance.
    towns : list of str
        Towns of the area.
    hours : array of shape (towns, towns)
        Travel hours from each seat (row) to each town; ``inf`` where no operator may sit or the
        town is out of reach or in another zone.
    graph : networkx.Graph or None
        Neighbours, where areas must be connected.
    tariff : CoalitionTariff
        Bills and limits of the customers of those towns.
    """

    facts: Facts
    towns: list[str]
    hours: Floats
    graph: nx.Graph[str] | None
    tariff: CoalitionTariff

    def requirement_year(self, member: Bools) -> Floats:
        """Return the least requirement of coalitions, shape (g,); ``inf`` where none may serve.

        Rules ``reach``, ``same_zone``, ``seat_allowed``, ``fixed_seats``, ``viable_size``,
        ``keep_together`` and ``keep_apart``; ``connected`` is asked for by :meth:`connected`.
        """
        data, models = self.facts.data.loc[self.towns], self.facts.instance.operator_models
        fixed = np.isin(self.towns, self.facts.instance.policy.fixed_seats)
        size = member @ data["size"].to_numpy(dtype=float)
        models = models.assign(
            factor=requirement_factor(models), each=overhead_year(models), hour=road_hour(models)
        )
        scaled = operation_year(data).to_numpy(dtype=float)
        steady = (steady_year(data) + replacement_year(data)).to_numpy(dtype=float)
        joining = joining_year(data).to_numpy(dtype=float)
        least = np.full(len(member), np.inf)
        for seat in range(len(self.towns)):
            near = np.isfinite(self.hours[seat])
            able = member[:, seat] & ~(member & ~near).any(axis=1)
            able &= (member & fixed).sum(axis=1) - fixed[seat] * member[:, seat] == 0
            if not able.any():
                continue
            road = np.where(near, self.hours[seat], 0.0) * 2.0 * data["trips_year"].to_numpy()
            for name, model in models.to_dict(orient="index").items():
                if not may_sit(model, [self.towns[seat]])[0]:
                    continue
                served = may_serve(models, str(name), self.towns)
                joins = has_moved(
                    models, str(name), self.towns, [self.towns[seat]] * len(member[0])
                )
                each = model["efficiency"] * scaled + steady + joining * joins
                each = each + model["hour"] * road
                need = (model["each"] + member @ each) * model["factor"]
                room = 1e-9 * size
                fits = size >= model["connections_least"] - room
                fits &= size <= model["connections_most"] + room
                fits &= ~(member & ~served).any(axis=1)
                least = np.where(able & fits, np.minimum(least, need), least)
        return np.where(self._keeps_sets(member), least, np.inf)

    def _keeps_sets(self, member: Bools) -> Bools:
        policy = self.facts.instance.policy
        kept = np.ones(len(member), dtype=bool)
        for group in policy.keep_together:
            inside = member[:, np.isin(self.towns, group)].sum(axis=1)
            kept &= (inside == 0) | (inside == len(set(group)))
        for group in policy.keep_apart:
            kept &= member[:, np.isin(self.towns, group)].sum(axis=1) <= 1
        for one in CHECKS:
            if one.allows is not None:
                kept &= one.allows(self.facts, self.towns, member)
        return kept

    def names(self, member: Bools) -> list[str]:
        """Return the towns of one coalition."""
        return [town for town, inside in zip(self.towns, member, strict=True) if inside]

    def connected(self, member: Bools) -> bool:
        """Return whether one coalition is in one piece, where that is asked for."""
        return self.graph is None or nx.is_connected(self.graph.subgraph(self.names(member)))

    def public_money_year(self, member: Bools, requirement_year: float) -> float:
        """Return the least subsidy and support of one coalition; ``inf`` where none is allowed."""
        return self.tariff.public_money_year(self.names(member), requirement_year)


def coalitions_of(
    facts: Facts, towns: list[str], hours: Floats, graph: nx.Graph[str] | None
) -> Coalitions:
    """Return the coalitions of one area.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    towns : list of str
        Towns of the area.
    hours : array of shape (towns, towns)
        Travel hours from each seat (row) to each town, ``nan`` where no way is known.
    graph : networkx.Graph or None
        Neighbours, where areas must be connected.
    """
    instance = facts.instance
    near = hours <= instance.policy.reach_hours * (1.0 + 1e-9)
    data = instance.towns.loc[towns]
    near &= data["seat_allowed"].to_numpy(dtype=bool)[:, None]
    if instance.policy.same_zone:
        zone = data["zone"].to_numpy()
        near &= zone[:, None] == zone[None, :]
    today = served_today(instance.operator_models)
    here = [[(seat, town) in today for town in towns] for seat in towns]
    near |= np.array(here, dtype=bool) & data["seat_allowed"].to_numpy(dtype=bool)[:, None]
    hosts = instance.policy.host_towns
    if hosts:
        near &= np.isin(towns, hosts)[:, None] | np.eye(len(towns), dtype=bool)
    tariff = coalition_tariff(facts, towns)
    return Coalitions(facts, towns, np.where(near, hours, np.inf), graph, tariff)
