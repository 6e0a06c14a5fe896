"""The final choice among service areas whose value is known: the master programme, in whole areas.

A planner's rule across areas can be added to the model before it is solved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pyomo.environ as pyo

from optimizer.model.sets import THOUSAND

ROUNDING = 1e-9

__all__ = ["AreaChoice", "AreaSum", "build_areas"]


@dataclass(frozen=True)
class AreaSum:
    """A sum over the areas of a plan: its name, what each area adds, least and most."""

    name: str
    amounts: Sequence[float]
    least: float
    most: float


@dataclass(frozen=True)
class AreaChoice:
    """Areas to choose from.

    Attributes
    ----------
    towns : sequence of str
        Towns to be served.
    members : sequence of sequences of str
        Towns of each area.
    value_year, public_money_year : sequences of float
        Requirement plus weighted public money, and public money, money per year.
    operators_least, operators_most : float
        Number of areas.
    subsidy_budget_year : float
        Most public money, money per year; ``inf`` without a budget.
    sums : sequence of AreaSum
        Other sums over the areas, within limits.
    """

    towns: Sequence[str]
    members: Sequence[Sequence[str]]
    value_year: Sequence[float]
    public_money_year: Sequence[float]
    operators_least: float = 0
    operators_most: float = math.inf
    subsidy_budget_year: float = math.inf
    sums: Sequence[AreaSum] = ()


def build_areas(choice: AreaChoice) -> pyo.ConcreteModel:
    """Return the model ``choose[area]``: every town once, at the least total value.

    Examples
    --------
    >>> both = AreaChoice(["A", "B"], [["A"], ["B"], ["A", "B"]], [3e3, 3e3, 5e3], [0, 0, 0])
    >>> [rule.name for rule in build_areas(both).component_objects(pyo.Constraint)]
    ['serve_once', 'operator_count', 'subsidy_budget']
    """
    m = pyo.ConcreteModel(name="areas")
    holding: dict[str, list[int]] = {town: [] for town in choice.towns}
    for area, members in enumerate(choice.members):
        for town in members:
            holding[town].append(area)
    m.TOWNS = pyo.Set(initialize=list(choice.towns), doc="towns")
    m.AREAS = pyo.RangeSet(0, len(choice.members) - 1, doc="areas that may be chosen")
    m.choose = pyo.Var(m.AREAS, domain=pyo.Binary, doc="1 if the area is part of the plan")

    @m.Constraint(m.TOWNS, doc="every town is in exactly one service area")
    def serve_once(m: pyo.ConcreteModel, i: str) -> object:
        if not holding[i]:
            return pyo.Constraint.Infeasible
        return (1, sum(m.choose[a] for a in holding[i]), 1)

    counted = choice.operators_least > 0 or math.isfinite(choice.operators_most)
    most = min(choice.operators_most, len(choice.towns))

    @m.Constraint(["plan"] if counted else [], doc="number of service areas within its limits")
    def operator_count(m: pyo.ConcreteModel, _: str) -> object:
        return (choice.operators_least, sum(m.choose[a] for a in m.AREAS), most)

    budgeted = math.isfinite(choice.subsidy_budget_year)

    @m.Constraint(["plan"] if budgeted else [], doc="public money stays within its budget")
    def subsidy_budget(m: pyo.ConcreteModel, _: str) -> object:
        spent = sum(choice.public_money_year[a] / THOUSAND * m.choose[a] for a in m.AREAS)
        return spent <= choice.subsidy_budget_year / THOUSAND

    for one in choice.sums:
        m.add_component(one.name, _within(m, one))

    @m.Objective(sense=pyo.minimize, doc="cost and weighted public money, thousand money per year")
    def plan_cost(m: pyo.ConcreteModel) -> object:
        return sum(choice.value_year[a] / THOUSAND * m.choose[a] for a in m.AREAS)

    return m


def _within(m: pyo.ConcreteModel, one: AreaSum) -> pyo.Constraint:
    """Return the rule that a sum is within its limits, with a hair's breadth of rounding."""
    total = sum(one.amounts[a] * m.choose[a] for a in m.AREAS if one.amounts[a])
    least, most = (None if math.isinf(limit) else limit for limit in (one.least, one.most))
    unit = max(1.0, *(abs(amount) for amount in one.amounts)) * ROUNDING
    least = None if least is None else least - unit
    most = None if most is None else most + unit
    if isinstance(total, int):
        kept = (least is None or least <= 0) and (most is None or most >= 0)
        return pyo.Constraint(rule=pyo.Constraint.Feasible if kept else pyo.Constraint.Infeasible)
    return pyo.Constraint(expr=(least, total, most))
