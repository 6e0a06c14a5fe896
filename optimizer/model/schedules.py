"""Schedules of a menu, where demand responds: each at the consumption that results from it.

What a town brings and no longer costs at a schedule is known beforehand, so nothing here is a
product: a town is charged a schedule by the operator model that serves it (``scheduled``), its own
or its area's (``schedule``).
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.sets import THOUSAND, ModelData
from optimizer.tariffs.response.response import Response

__all__ = ["add_schedules"]


def add_schedules(m: pyo.ConcreteModel, data: ModelData, response: Response) -> None:
    """Add the menu, the choice from it, the limits on it, and the money that it brings."""
    shapes, levels = response.level.shape
    models_of: dict[tuple[str, ...], list[str]] = {pair: [] for pair in data.pairs}
    for i, j, k in data.triples:
        models_of[i, j].append(k)
    m.MENU = pyo.Set(
        initialize=[(s, at) for s in range(shapes) for at in range(levels)],
        dimen=2,
        doc="(shape, level) of the schedules",
    )
    m.scheduled = pyo.Var(
        m.SERVED_BY, m.MENU, bounds=(0, 1), doc="1 if the town, served so, pays that schedule"
    )

    @m.Constraint(m.SERVED_BY, doc="a served town pays one schedule")
    def scheduled_where_served(m: pyo.ConcreteModel, i: str, j: str, k: str) -> object:
        return sum(m.scheduled[i, j, k, s, at] for s, at in m.MENU) == m.served_by[i, j, k]

    @m.Expression(m.PAIRS, m.MENU, doc="1 if the town, served from the seat, pays that schedule")
    def paid(m: pyo.ConcreteModel, i: str, j: str, s: int, at: int) -> object:
        return sum(m.scheduled[i, j, k, s, at] for k in models_of[i, j])

    _add_choice(m, data)
    _add_limits(m, data, response)
    _add_money(m, data, response)


def _add_choice(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the schedule that is in force for each area, each town, or the region."""
    scope = data.case.instance.policy.tariff_scope
    units = {"town": data.towns, "region": ("region",)}.get(scope, data.seats)
    seats: dict[str, list[str]] = {j: [] for j in data.seats}
    for j, k in data.operate_pairs:
        seats[j].append(k)
    per_area = scope == "service_area"
    m.SCHEDULE_UNITS = pyo.Set(initialize=list(units), doc="who has a schedule of its own")
    m.schedule = pyo.Var(
        m.SCHEDULE_UNITS, m.MENU, domain=pyo.Binary, doc="1 if that schedule is in force there"
    )

    @m.Constraint(m.SCHEDULE_UNITS, doc="one schedule of the menu is in force")
    def one_schedule(m: pyo.ConcreteModel, unit: str) -> object:
        operators = sum(m.operate[unit, k] for k in seats[unit]) if per_area else 1
        return sum(m.schedule[unit, s, at] for s, at in m.MENU) == operators

    @m.Constraint(m.PAIRS, m.MENU, doc="a town pays the schedule that is in force for it")
    def scheduled_as_decided(m: pyo.ConcreteModel, i: str, j: str, s: int, at: int) -> object:
        unit = {"town": i, "region": "region"}.get(scope, j)
        return m.paid[i, j, s, at] <= m.schedule[unit, s, at]


def _add_limits(m: pyo.ConcreteModel, data: ModelData, response: Response) -> None:
    """Add that no town pays a schedule above its largest affordable level."""
    place = {town: i for i, town in enumerate(data.towns)}
    dear = [
        (i, j, s, at) for i, j in data.pairs for s, at in m.MENU if at > response.place[place[i], s]
    ]
    m.DEAR = pyo.Set(initialize=dear, dimen=4, doc="(town, seat, shape, level) beyond a limit")

    @m.Constraint(m.DEAR, doc="no schedule at which a protected household cannot pay its bill")
    def affordable_bill(m: pyo.ConcreteModel, i: str, j: str, s: int, at: int) -> object:
        return m.paid[i, j, s, at] == 0


def _add_money(m: pyo.ConcreteModel, data: ModelData, response: Response) -> None:
    """Add revenue and avoided requirement of each fund, thousand money per year."""
    pooled = data.case.instance.policy.tariff_scope == "region"
    place = {town: i for i, town in enumerate(data.towns)}
    kind = {name: int(response.kind[k]) for k, name in enumerate(data.models)}
    funds = ["region"] if pooled else list(data.seats)
    triples: dict[str, list[tuple[str, ...]]] = {fund: [] for fund in funds}
    for triple in data.triples:
        triples["region" if pooled else triple[1]].append(triple)

    def brought(i: str, k: str, s: int, at: int) -> float:
        return float(response.net_year[place[i], s, at, kind[k]]) / THOUSAND

    @m.Expression(funds, doc="revenue, and requirement that is avoided, thousand money per year")
    def net_revenue(m: pyo.ConcreteModel, fund: str) -> object:
        return sum(
            brought(i, k, s, at) * m.scheduled[i, j, k, s, at]
            for i, j, k in triples[fund]
            for s, at in m.MENU
        )
