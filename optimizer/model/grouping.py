"""Who is served from where, by what kind of operator: the rules of the grouping."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

import pyomo.environ as pyo

from optimizer.model.sets import ModelData

__all__ = ["add_connected", "add_grouping", "add_own_rules"]


def add_grouping(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the sets, decisions and rules that every plan obeys."""
    m.TOWNS = pyo.Set(initialize=list(data.towns), doc="towns")
    m.SEATS = pyo.Set(initialize=list(data.seats), doc="towns where an operator may sit")
    m.PAIRS = pyo.Set(initialize=list(data.pairs), dimen=2, doc="(town, seat) within reach")
    m.OPERATE = pyo.Set(initialize=list(data.operate_pairs), dimen=2, doc="(seat, operator model)")
    m.SERVED_BY = pyo.Set(
        initialize=list(data.triples), dimen=3, doc="(town, seat, operator model)"
    )
    m.serve = pyo.Var(m.PAIRS, domain=pyo.Binary, doc="1 if the town is served from the seat")
    m.operate = pyo.Var(m.OPERATE, domain=pyo.Binary, doc="1 if such an operator sits there")
    m.served_by = pyo.Var(
        m.SERVED_BY, bounds=(0, 1), doc="1 if the town is served from the seat by the model"
    )
    seats_of: dict[str, list[str]] = {town: [] for town in data.towns}
    towns_of: dict[tuple[str, ...], list[str]] = {pair: [] for pair in data.operate_pairs}
    models_of: dict[tuple[str, ...], list[str]] = {pair: [] for pair in data.pairs}
    for town, seat in data.pairs:
        seats_of[town].append(seat)
    for town, seat, model in data.triples:
        towns_of[seat, model].append(town)
        models_of[town, seat].append(model)

    @m.Constraint(m.TOWNS, doc="every town is in exactly one service area")
    def serve_once(m: pyo.ConcreteModel, i: str) -> object:
        return (1, sum(m.serve[i, j] for j in seats_of[i]), 1)

    @m.Constraint(m.SEATS, doc="an operator serves the town where it sits")
    def seat_serves_itself(m: pyo.ConcreteModel, j: str) -> object:
        return m.serve[j, j] == sum(m.operate[j, k] for k in models_of[j, j])

    @m.Constraint(m.PAIRS, doc="a served town is served by the seat's operator model")
    def served_by_one_model(m: pyo.ConcreteModel, i: str, j: str) -> object:
        return sum(m.served_by[i, j, k] for k in models_of[i, j]) == m.serve[i, j]

    @m.Constraint(m.SERVED_BY, doc="only an open operator serves")
    def served_by_open_model(m: pyo.ConcreteModel, i: str, j: str, k: str) -> object:
        return m.served_by[i, j, k] <= m.operate[j, k]

    for name in data.resources:
        _add_resource(m, data, name, towns_of)


def _add_resource(
    m: pyo.ConcreteModel,
    data: ModelData,
    name: str,
    towns_of: Mapping[tuple[str, ...], Sequence[str]],
) -> None:
    """Keep a sum over the towns of an area within the limits of its operator model.

    Big-M of the upper limit: all towns together.
    """
    promise = next(p for p in data.case.resources.promises if p.name == name)
    everything = sum(data.amount[name, i] for i in data.towns)

    def total(j: str, k: str) -> object:
        return sum(data.amount[name, i] * m.served_by[i, j, k] for i in towns_of[j, k])

    least = pyo.Constraint(
        [(j, k) for j, k in data.operate_pairs if promise.model_least or data.least[name, k] > 0],
        rule=lambda m, j, k: total(j, k) >= data.least[name, k] * m.operate[j, k],
        doc="an area comes to the least that it or its operator model needs",
    )
    most = pyo.Constraint(
        [(j, k) for j, k in data.operate_pairs if data.most[name, k] < math.inf],
        rule=lambda m, j, k: total(j, k) <= min(data.most[name, k], everything) * m.operate[j, k],
        doc="an area has at most what it or its operator model may have",
    )
    m.add_component(f"{promise.stem}_least", least)
    m.add_component(f"{promise.stem}_most", most)


def add_connected(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the rule that an area is connected; nothing when the policy does not ask for it.

    One unit of flow goes from the seat to each town that it serves, only through towns that it
    serves. Big-M: at most all towns of the seat's reach but itself, so the flow into a town is
    at most their number.
    """
    net = data.contiguity
    pairs = [pair for pair in data.joined_pairs if pair in net.inflow]
    m.ARCS = pyo.Set(initialize=list(net.arcs), dimen=3, doc="(seat, from town, to town)")
    m.CONNECTED_PAIRS = pyo.Set(initialize=pairs, dimen=2, doc="(town, seat) to be connected")
    m.flow = pyo.Var(m.ARCS, domain=pyo.NonNegativeReals, doc="towns reached over this border")

    @m.Constraint(m.CONNECTED_PAIRS, doc="a served town keeps one unit of flow")
    def connected_flow(m: pyo.ConcreteModel, i: str, j: str) -> object:
        into = sum(m.flow[arc] for arc in net.inflow[i, j])
        out = sum(m.flow[arc] for arc in net.outflow[i, j])
        return into - out == m.serve[i, j]

    @m.Constraint(m.CONNECTED_PAIRS, doc="flow passes only through served towns")
    def connected_through(m: pyo.ConcreteModel, i: str, j: str) -> object:
        return sum(m.flow[arc] for arc in net.inflow[i, j]) <= net.capacity[i, j] * m.serve[i, j]


def add_own_rules(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the planner's own rules: together, apart, fixed seats, number of operators."""
    policy = data.case.instance.policy
    allowed = set(data.pairs)
    together = [pair for group in policy.keep_together for pair in pairwise(group)]
    apart = [pair for group in policy.keep_apart for pair in combinations(group, 2)]
    m.TOGETHER = pyo.Set(
        initialize=[(a, b, j) for a, b in together for j in data.seats],
        dimen=3,
        doc="(town, town, seat) to be kept together",
    )
    m.APART = pyo.Set(
        initialize=[
            (a, b, j)
            for a, b in apart
            for j in data.seats
            if (a, j) in allowed and (b, j) in allowed
        ],
        dimen=3,
        doc="(town, town, seat) to be kept apart",
    )
    m.FIXED_SEATS = pyo.Set(initialize=list(policy.fixed_seats), doc="towns that must be seats")

    def served(i: str, j: str) -> object:
        return m.serve[i, j] if (i, j) in allowed else 0

    m.keep_together = pyo.Constraint(
        [(a, b, j) for a, b, j in m.TOGETHER if (a, j) in allowed or (b, j) in allowed],
        rule=lambda _m, a, b, j: served(a, j) == served(b, j),
        doc="towns to be kept together share their seat",
    )

    @m.Constraint(m.APART, doc="towns to be kept apart never share a seat")
    def keep_apart(m: pyo.ConcreteModel, a: str, b: str, j: str) -> object:
        return m.serve[a, j] + m.serve[b, j] <= 1

    m.fixed_seats = pyo.Constraint(
        m.FIXED_SEATS,
        rule=lambda _m, j: (
            pyo.Constraint.Infeasible if (j, j) not in allowed else (1, served(j, j), 1)
        ),
        doc="an operator sits in each fixed seat",
    )
    most = len(data.towns) if policy.operators_most is None else policy.operators_most

    @m.Constraint(doc="number of service areas within its limits")
    def operator_count(m: pyo.ConcreteModel) -> object:
        return (policy.operators_least, sum(m.operate[pair] for pair in m.OPERATE), most)
