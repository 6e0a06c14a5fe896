"""Covering cost: requirement, revenue, operating subsidy, household support, budget."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.region import region_revenue
from optimizer.model.sets import THOUSAND, ModelData

__all__ = [
    "add_cover_cost",
    "add_public_money",
    "add_requirement",
    "add_solidarity_balance",
    "add_subsidy_budget",
]


def add_requirement(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the revenue requirement of each seat's area as an expression, thousand money/year."""
    served: dict[str, list[tuple[str, ...]]] = {j: [] for j in data.seats}
    models: dict[str, list[str]] = {j: [] for j in data.seats}
    for triple in data.triples:
        served[triple[1]].append(triple)
    for j, k in data.operate_pairs:
        models[j].append(k)

    @m.Expression(m.SEATS, doc="revenue requirement of the seat's area")
    def requirement(m: pyo.ConcreteModel, j: str) -> object:
        opened = sum(data.open_requirement[k] * m.operate[j, k] for k in models[j])
        return opened + sum(data.serve_requirement[t] * m.served_by[t] for t in served[j])


def add_cover_cost(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the rule that revenue and operating subsidy cover the requirement."""
    subsidised = data.case.instance.policy.operating_subsidy
    pooled = data.case.instance.policy.tariff_scope == "region"
    m.FUNDS = pyo.Set(initialize=["region"] if pooled else list(data.seats), doc="who balances")
    m.subsidy = pyo.Var(
        m.FUNDS,
        bounds=(0, None if subsidised else 0),
        doc="operating subsidy, thousand money per year",
    )
    towns_of: dict[str, list[str]] = {j: [] for j in data.seats}
    for i, j in data.pairs:
        towns_of[j].append(i)

    responds = data.case.response is not None

    def balance(m: pyo.ConcreteModel, j: str) -> object:
        if responds:
            return m.net_revenue[j] + m.subsidy[j] >= m.requirement[j]
        revenue = sum(
            data.revenue[i, b] * m.charged[i, j, b] for i in towns_of[j] for b in data.components
        )
        return revenue + m.subsidy[j] >= m.requirement[j]

    def pooled_balance(m: pyo.ConcreteModel, fund: str) -> object:
        total = sum(m.requirement[j] for j in m.SEATS)
        if responds:
            return m.net_revenue[fund] + m.subsidy[fund] >= total
        return region_revenue(m, data) + m.subsidy[fund] >= total

    m.cover_cost = pyo.Constraint(
        m.FUNDS,
        rule=pooled_balance if pooled else balance,
        doc="revenue and operating subsidy cover the requirement",
    )


def add_solidarity_balance(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the rule that contributions and operating subsidy cover the categories' subsidies."""
    pooled = data.case.instance.policy.tariff_scope == "region"

    def balance(m: pyo.ConcreteModel, fund: str) -> pyo.Expression:
        served = [(i, j) for i, j in data.pairs if j == fund]
        return m.subsidy[fund] + sum(
            data.solidarity[i, b] * m.charged[i, j, b] for i, j in served for b in data.components
        )

    def pooled_balance(m: pyo.ConcreteModel, fund: str) -> pyo.Expression:
        return m.subsidy[fund] + sum(
            data.solidarity[i, b] * m.price[b] for i in data.towns for b in data.components
        )

    m.solidarity_balance = pyo.Constraint(
        m.FUNDS if data.case.instance.policy.solidarity_balance else [],
        rule=lambda m, fund: (pooled_balance if pooled else balance)(m, fund) >= 0,
        doc="contributions and operating subsidy cover the subsidies of categories",
    )


def add_public_money(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add total public money as expressions."""
    pooled = data.case.instance.policy.tariff_scope == "region"

    def connections(key: tuple[str, ...]) -> float:
        town, group = (key[0], key[1]) if pooled else (key[0], key[2])
        return data.paid_connections[town, group]

    @m.Expression(doc="household support of the plan, thousand money per year")
    def total_support(m: pyo.ConcreteModel) -> object:
        if data.case.response is not None:
            return 0.0
        return sum(12.0 / THOUSAND * connections(key) * m.support[key] for key in m.BILLS)

    @m.Expression(doc="operating subsidy of the plan, thousand money per year")
    def total_subsidy(m: pyo.ConcreteModel) -> object:
        return sum(m.subsidy[fund] for fund in m.FUNDS)


def add_subsidy_budget(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add total public money and its budget where the policy sets one."""
    add_public_money(m, data)
    budget = data.case.instance.policy.subsidy_budget_year
    m.subsidy_budget = pyo.Constraint(
        ["region"] if budget is not None else [],
        rule=lambda m, _: m.total_subsidy + m.total_support <= (budget or 0.0) / THOUSAND,
        doc="public money stays within its budget",
    )
