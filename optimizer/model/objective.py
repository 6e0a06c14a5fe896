"""What a plan costs: revenue requirement plus weighted public money."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.sets import ModelData

__all__ = ["add_objective"]


def add_objective(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add ``sum requirement + lambda (subsidy + support)``, thousand money per year."""
    price = data.case.instance.policy.public_money_price

    @m.Objective(sense=pyo.minimize, doc="cost and weighted public money, thousand money per year")
    def plan_cost(m: pyo.ConcreteModel) -> object:
        requirement = sum(m.requirement[j] for j in m.SEATS)
        return requirement + price * (m.total_subsidy + m.total_support)
