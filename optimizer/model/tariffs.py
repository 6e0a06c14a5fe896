"""What each area charges: prices, their product with the grouping, and the tariff rules.

The product ``charged = price x serve`` is linearised exactly. Its bounds are derived, not guessed:
a town's own affordable bill bounds every price that may be charged to it (``price_most``), and the
seat is always in its own area, so the seat's bound holds for the price of its area.
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.sets import ModelData

__all__ = ["add_admissible_sets", "add_charged", "add_one_price", "add_own_limits", "add_spread"]


def add_charged(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the charged prices and the tariff rules of every pair (scopes service_area and town)."""
    m.COMPONENTS = pyo.Set(initialize=list(data.components), doc="price components")
    add_admissible_sets(m, data)
    cone = data.case.space.cone
    m.charged = pyo.Var(
        m.PAIRS,
        m.COMPONENTS,
        domain=pyo.NonNegativeReals,
        doc="price charged in the town when it is served from the seat, 0 otherwise",
    )

    def admissible(i: str, j: str, r: int) -> object:
        terms = [
            float(cone[r, c]) * m.charged[i, j, b]
            for c, b in enumerate(data.components)
            if cone[r, c] != 0
        ]
        return sum(terms) <= 0

    @m.Constraint(m.PAIRS, m.COMPONENTS, doc="nothing is charged where nothing is served")
    def charged_where_served(m: pyo.ConcreteModel, i: str, j: str, b: str) -> object:
        return m.charged[i, j, b] <= data.price_most[i, b] * m.serve[i, j]

    @m.Constraint(m.PAIRS, m.LADDER, doc="prices rise by block, at most up to the ladder")
    def tariff_ladder(_m: pyo.ConcreteModel, i: str, j: str, r: int) -> object:
        return admissible(i, j, r)

    @m.Constraint(m.PAIRS, m.SHARE, doc="the fixed charge is a limited share of the reference bill")
    def fixed_charge_share(_m: pyo.ConcreteModel, i: str, j: str, r: int) -> object:
        return admissible(i, j, r)

    @m.Constraint(m.PAIRS, m.SEWER, doc="the sewer bill is a limited share of the water bill")
    def sewer_share(_m: pyo.ConcreteModel, i: str, j: str, r: int) -> object:
        return admissible(i, j, r)

    @m.Constraint(m.PAIRS, m.MULTIPLE, doc="a category's mean price is within its multiples")
    def category_multiple(_m: pyo.ConcreteModel, i: str, j: str, r: int) -> object:
        return admissible(i, j, r)


def add_admissible_sets(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the rows of the cone of admissible prices, by the rule that each states."""
    rules = data.case.space.cone_rules
    named = {
        "LADDER": "tariff_ladder",
        "SHARE": "fixed_charge_share",
        "SEWER": "sewer_share",
        "MULTIPLE": "category_multiple",
    }
    for name, rule in named.items():
        rows = [r for r, stated in enumerate(rules) if stated == rule]
        m.add_component(name, pyo.Set(initialize=rows, doc=f"rows of {rule}"))


def add_one_price(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the rule that an area has one schedule: the seat's (scope service_area)."""
    m.JOINED = pyo.Set(initialize=list(data.joined_pairs), dimen=2, doc="(town, seat), town joins")

    @m.Constraint(m.JOINED, m.COMPONENTS, doc="a town never pays more than the area's price")
    def one_price_most(m: pyo.ConcreteModel, i: str, j: str, b: str) -> object:
        return m.charged[i, j, b] <= m.charged[j, j, b]

    @m.Constraint(m.JOINED, m.COMPONENTS, doc="a served town pays the area's price")
    def one_price_least(m: pyo.ConcreteModel, i: str, j: str, b: str) -> object:
        unserved = m.serve[j, j] - m.serve[i, j]
        return m.charged[j, j, b] - m.charged[i, j, b] <= data.price_most[j, b] * unserved


def add_spread(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the rule that prices of an area's towns lie within a factor of the cheapest ones."""
    spread = data.case.instance.policy.spread
    m.cheapest = pyo.Var(
        m.SEATS,
        m.COMPONENTS,
        domain=pyo.NonNegativeReals,
        doc="the least that any town of the seat's area pays of a price",
    )

    @m.Constraint(m.PAIRS, m.COMPONENTS, doc="no price is more than the spread times the cheapest")
    def spread_most(m: pyo.ConcreteModel, i: str, j: str, b: str) -> object:
        return m.charged[i, j, b] <= spread * m.cheapest[j, b]

    @m.Constraint(m.PAIRS, m.COMPONENTS, doc="the cheapest price is what a served town pays")
    def spread_least(m: pyo.ConcreteModel, i: str, j: str, b: str) -> object:
        unserved = m.serve[j, j] - m.serve[i, j]
        return m.cheapest[j, b] <= m.charged[i, j, b] + data.price_most[j, b] * unserved


def add_own_limits(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add what each town's households and council accept of the charged prices."""
    share = data.case.instance.policy.household_support_share
    groups: dict[str, list[str]] = {}
    for town, group in data.affordable:
        groups.setdefault(town, []).append(group)
    limits = [(i, j, g) for i, j in data.pairs for g in groups.get(i, [])]
    m.BILLS = pyo.Set(initialize=limits, dimen=3, doc="(town, seat, protected household group)")
    m.support = pyo.Var(
        m.BILLS,
        domain=pyo.NonNegativeReals,
        bounds=(0, None if share > 0 else 0),
        doc="household support, money per connection and month",
    )

    def bill(i: str, j: str, g: str) -> pyo.Expression:
        return sum(data.bill[i, g, b] * m.charged[i, j, b] for b in data.components)

    def most(i: str, j: str, g: str) -> pyo.Expression:
        return sum(data.support_most[i, g, b] * m.charged[i, j, b] for b in data.components)

    @m.Constraint(m.BILLS, doc="a protected household's bill is affordable")
    def affordable_bill(m: pyo.ConcreteModel, i: str, j: str, g: str) -> object:
        return bill(i, j, g) - m.support[i, j, g] <= data.affordable[i, g] * m.serve[i, j]

    m.household_support = pyo.Constraint(
        m.BILLS if share > 0 else [],
        rule=lambda m, i, j, g: m.support[i, j, g] <= most(i, j, g),
        doc="support pays at most its share of a bill",
    )
    if data.case.instance.policy.participation:
        _add_participation(m, data)


def _add_participation(m: pyo.ConcreteModel, data: ModelData) -> None:
    pairs = [(i, j) for i, j in data.pairs if i in data.stand_alone]

    @m.Constraint(pairs, doc="no town pays more than its stand-alone cost")
    def participation(m: pyo.ConcreteModel, i: str, j: str) -> object:
        paid = sum(data.revenue[i, b] * m.charged[i, j, b] for b in data.components)
        return paid <= data.stand_alone[i] * m.serve[i, j]
