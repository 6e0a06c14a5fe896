"""One schedule for the whole region: prices do not depend on the grouping (scope region)."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.sets import THOUSAND, ModelData
from optimizer.model.tariffs import add_admissible_sets

__all__ = ["add_region_tariff", "region_revenue"]


def add_region_tariff(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the region's prices and every town's limits on them."""
    cone = data.case.space.cone
    share = data.case.instance.policy.household_support_share
    m.COMPONENTS = pyo.Set(initialize=list(data.components), doc="price components")
    add_admissible_sets(m, data)
    m.BILLS = pyo.Set(initialize=list(data.affordable), dimen=2, doc="(town, protected group)")
    m.price = pyo.Var(m.COMPONENTS, domain=pyo.NonNegativeReals, doc="price of the region")
    m.support = pyo.Var(
        m.BILLS,
        bounds=(0, None if share > 0 else 0),
        doc="household support, money per connection and month",
    )

    def admissible(r: int) -> object:
        terms = [
            float(cone[r, c]) * m.price[b] for c, b in enumerate(data.components) if cone[r, c] != 0
        ]
        return sum(terms) <= 0

    def bill(i: str, g: str) -> pyo.Expression:
        return sum(data.bill[i, g, b] * m.price[b] for b in data.components)

    def most(i: str, g: str) -> pyo.Expression:
        return sum(data.support_most[i, g, b] * m.price[b] for b in data.components)

    @m.Constraint(m.LADDER, doc="prices rise by block, at most up to the ladder")
    def tariff_ladder(_m: pyo.ConcreteModel, r: int) -> object:
        return admissible(r)

    @m.Constraint(m.SHARE, doc="the fixed charge is a limited share of the reference bill")
    def fixed_charge_share(_m: pyo.ConcreteModel, r: int) -> object:
        return admissible(r)

    @m.Constraint(m.SEWER, doc="the sewer bill is a limited share of the water bill")
    def sewer_share(_m: pyo.ConcreteModel, r: int) -> object:
        return admissible(r)

    @m.Constraint(m.MULTIPLE, doc="a category's mean price is within its multiples")
    def category_multiple(_m: pyo.ConcreteModel, r: int) -> object:
        return admissible(r)

    @m.Constraint(m.BILLS, doc="a protected household's bill is affordable")
    def affordable_bill(m: pyo.ConcreteModel, i: str, g: str) -> object:
        return bill(i, g) - m.support[i, g] <= data.affordable[i, g]

    m.household_support = pyo.Constraint(
        m.BILLS if share > 0 else [],
        rule=lambda m, i, g: m.support[i, g] <= most(i, g),
        doc="support pays at most its share of a bill",
    )
    alone = list(data.stand_alone) if data.case.instance.policy.participation else []

    @m.Constraint(alone, doc="no town pays more than its stand-alone cost")
    def participation(m: pyo.ConcreteModel, i: str) -> object:
        return sum(data.revenue[i, b] * m.price[b] for b in data.components) <= data.stand_alone[i]


def region_revenue(m: pyo.ConcreteModel, data: ModelData) -> object:
    """Return the revenue of the whole region, thousand money per year."""
    total = data.case.revenue_year.sum(axis=0) / THOUSAND
    return sum(float(total[c]) * m.price[b] for c, b in enumerate(data.components))
