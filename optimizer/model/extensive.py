"""The extensive form: one grouping, and tariffs and public money of their own in every draw."""

from __future__ import annotations

from collections.abc import Sequence

import pyomo.environ as pyo

from optimizer.model.grouping import add_connected, add_grouping, add_own_rules
from optimizer.model.region import add_region_tariff
from optimizer.model.sets import THOUSAND, ModelData
from optimizer.model.subsidies import (
    add_cover_cost,
    add_public_money,
    add_requirement,
    add_solidarity_balance,
)
from optimizer.model.tariffs import add_charged, add_one_price, add_own_limits

__all__ = ["build_extensive"]


def build_extensive(given: ModelData, draws: Sequence[ModelData]) -> pyo.ConcreteModel:
    """Return the compact model whose objective is the mean over draws.

    Grouping, seats, operator models, sizes and reach are those of the given figures; each draw is a
    block ``draw[d]`` with the prices, subsidies and support that are set once its figures are
    known. A budget of public money limits the mean.

    Parameters
    ----------
    given : ModelData
        Sets and data at the given figures.
    draws : sequence of ModelData
        The same sets with the figures of each draw.
    """
    policy = given.case.instance.policy
    m = pyo.ConcreteModel(name=given.case.instance.name)
    add_grouping(m, given)
    add_connected(m, given)
    add_own_rules(m, given)
    m.draw = pyo.Block(range(len(draws)))
    for d, data in enumerate(draws):
        _add_draw(m, m.draw[d], data)
    count = len(draws)

    @m.Expression(doc="mean public money, thousand money per year")
    def mean_public(m: pyo.ConcreteModel) -> object:
        return sum(m.draw[d].total_subsidy + m.draw[d].total_support for d in m.draw) / count

    budget = policy.subsidy_budget_year
    m.subsidy_budget = pyo.Constraint(
        ["region"] if budget is not None else [],
        rule=lambda m, _: m.mean_public <= (budget or 0.0) / THOUSAND,
        doc="public money stays within its budget in the mean over the draws",
    )

    @m.Objective(sense=pyo.minimize, doc="mean cost and weighted public money, thousand a year")
    def plan_cost(m: pyo.ConcreteModel) -> object:
        need = sum(m.draw[d].requirement[j] for d in m.draw for j in m.SEATS) / count
        return need + policy.public_money_price * m.mean_public

    return m


def _add_draw(m: pyo.ConcreteModel, block: pyo.Block, data: ModelData) -> None:
    """Add the tariffs and the money of one draw, over the grouping of the model."""
    scope = data.case.instance.policy.tariff_scope
    block.SEATS = pyo.Set(initialize=list(data.seats))
    block.PAIRS = pyo.Set(initialize=list(data.pairs), dimen=2)
    block.serve = pyo.Reference(m.serve)
    block.operate = pyo.Reference(m.operate)
    block.served_by = pyo.Reference(m.served_by)
    if scope == "region":
        add_region_tariff(block, data)
    else:
        add_charged(block, data)
        add_own_limits(block, data)
    if scope == "service_area":
        add_one_price(block, data)
    add_requirement(block, data)
    add_cover_cost(block, data)
    add_solidarity_balance(block, data)
    add_public_money(block, data)
