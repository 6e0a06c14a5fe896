"""Schedules of a menu, where demand responds: each at the consumption that results from it.

What a town brings and no longer costs at a schedule is known beforehand, so nothing here is a
product: a town is charged a schedule by the operator model that serves it (``scheduled``), its own
or its area's (``schedule``).
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.economics.response import Response
from optimizer.model.sets import THOUSAND, ModelData

__all__ = ["add_schedules"]


def add_schedules(m: pyo.ConcreteModel, data: ModelData, response: Response) -> None:
    """Add the menu, the choice from it, and the rules on it; money as expressions by fund."""
    pooled = data.case.instance.policy.tariff_scope == "region"
    scope = data.case.instance.policy.tariff_scope
    units = {"town": data.towns, "region": ("region",)}.get(scope, data.seats)
    shapes, levels = response.level.shape
    m.MENU = pyo.Set(
        initialize=[(s, at) for s in range(shapes) for at in range(levels)],
        dimen=2,
        doc="(shape, level) of the schedules",
    )
    m.SCHEDULE_UNITS = pyo.Set(initialize=list(units), doc="who has a schedule of its own")
    m.schedule = pyo.Var(
        m.SCHEDULE_UNITS, m.MENU, domain=pyo.Binary, doc="1 if that schedule is in force there"
    )
    m.scheduled = pyo.Var(
        m.SERVED_BY,
        m.MENU,
        bounds=(0, 1),
        doc="1 if the town, served so, pays that schedule",
    )
    models: dict[str, list[str]] = {j: [] for j in data.seats}
    for j, k in data.operate_pairs:
        models[j].append(k)
    models_of: dict[tuple[str, ...], list[str]] = {pair: [] for pair in data.pairs}
    seats_of: dict[str, list[str]] = {i: [] for i in data.towns}
    for i, j, k in data.triples:
        models_of[i, j].append(k)
    for i, j in data.pairs:
        seats_of[i].append(j)

    def in_force(m: pyo.ConcreteModel, unit: str) -> object:
        return m.operate_any[unit] if scope == "service_area" else 1

    m.operate_any = pyo.Expression(
        m.SEATS, rule=lambda m, j: sum(m.operate[j, k] for k in models[j]), doc="1 if a seat"
    )

    @m.Constraint(m.SCHEDULE_UNITS, doc="one schedule of the menu is in force")
    def one_schedule(m: pyo.ConcreteModel, unit: str) -> object:
        return sum(m.schedule[unit, s, at] for s, at in m.MENU) == in_force(m, unit)

    @m.Constraint(m.SERVED_BY, doc="a served town pays one schedule")
    def scheduled_where_served(m: pyo.ConcreteModel, i: str, j: str, k: str) -> object:
        return sum(m.scheduled[i, j, k, s, at] for s, at in m.MENU) == m.served_by[i, j, k]

    def paid(m: pyo.ConcreteModel, i: str, j: str, s: int, at: int) -> pyo.Expression:
        return sum(m.scheduled[i, j, k, s, at] for k in models_of[i, j])

    def own(m: pyo.ConcreteModel, i: str, j: str, s: int, at: int) -> object:
        unit = {"town": i, "region": "region"}.get(scope, j)
        return paid(m, i, j, s, at) <= m.schedule[unit, s, at]

    m.scheduled_as_decided = pyo.Constraint(
        m.PAIRS, m.MENU, rule=own, doc="a town pays the schedule that is in force for it"
    )
    place = {town: i for i, town in enumerate(data.towns)}
    dear = [
        (i, j, s, at)
        for i, j in data.pairs
        for s, at in m.MENU
        if at > response.place[place[i], s]
    ]
    m.DEAR = pyo.Set(initialize=dear, dimen=4, doc="(town, seat, shape, level) beyond a limit")

    @m.Constraint(m.DEAR, doc="no schedule at which a protected household cannot pay its bill")
    def affordable_bill(m: pyo.ConcreteModel, i: str, j: str, s: int, at: int) -> object:
        return paid(m, i, j, s, at) == 0

    def brought(i: str, k: str, s: int, at: int) -> float:
        kind = response.kind[data.models.index(k)]
        return float(response.net_year[place[i], s, at, kind]) / THOUSAND

    funds = ["region"] if pooled else list(data.seats)
    triples: dict[str, list[tuple[str, ...]]] = {fund: [] for fund in funds}
    for triple in data.triples:
        triples["region" if pooled else triple[1]].append(triple)

    @m.Expression(funds, doc="revenue, and requirement that is avoided, thousand money per year")
    def net_revenue(m: pyo.ConcreteModel, fund: str) -> object:
        return sum(
            brought(i, k, s, at) * m.scheduled[i, j, k, s, at]
            for i, j, k in triples[fund]
            for s, at in m.MENU
        )
