"""The formulas hold in units: month against year, connection against m3, share against money.

Units come from the field table, so a wrong unit there, or a forgotten 12, fails here.
"""

from __future__ import annotations

import pyomo.environ as pyo
import pytest
from pyomo.core.base.units_container import InconsistentUnitsError
from pyomo.util.check_units import assert_units_consistent

from optimizer.instance.schema.fields import Customer, HouseholdGroup, OperatorModel, Town, unit_of
from optimizer.record import Row

UNITS = pyo.units
UNITS.load_definitions_from_strings(
    ["money = [currency]", "connection = [connection]", "trip = [trip]", "drawn = []"]
)
WORDS = {
    "money/year": "money/year",
    "money/month": "money/month",
    "money/connection/year": "money/connection/year",
    "money/m3": "money/meter**3",
    "m3/month": "meter**3/month/connection",
    "connections": "connection",
    "round trips/year": "trip/year",
    "money/hour": "money/hour",
    "hours": "hour/trip",
    "factor": "drawn",
    "share 0-1": "drawn",
    "money/household/month": "money/month/connection",
}


def _units(text: str) -> object:
    unit = 1
    for k, part in enumerate(text.replace("**", "^").split("/")):
        name, _, power = part.partition("^")
        factor = getattr(UNITS, name) ** int(power or 1)
        unit = unit * factor if k == 0 else unit / factor
    return unit


def _data(model: pyo.ConcreteModel, name: str, record: type[Row], field: str) -> pyo.Param:
    unit = _units(WORDS[unit_of(record, field)])
    model.add_component(name, pyo.Param(initialize=0.5, units=unit))
    return model.component(name)


@pytest.fixture
def model() -> pyo.ConcreteModel:
    m = pyo.ConcreteModel()
    for field in (
        "fixed_cost_year",
        "connection_cost_year",
        "volume_cost_m3",
        "connections",
        "collection_rate",
        "non_revenue_water",
        "replacement_cost_year",
        "transition_cost_year",
        "trips_year",
        "sewer_fixed_cost_year",
        "sewer_connection_cost_year",
        "sewer_volume_cost_m3",
        "sewer_replacement_connection_year",
        "sewer_share",
    ):
        _data(m, field, Town, field)
    for field in ("overhead_year", "crew_hour_cost", "efficiency"):
        _data(m, field, OperatorModel, field)
    _data(m, "use", HouseholdGroup, "consumption_m3_month")
    _data(m, "income", HouseholdGroup, "income_month")
    _data(m, "other_use", Customer, "consumption_m3_month")
    m.hours = pyo.Param(initialize=1.0, units=UNITS.hour / UNITS.trip)
    m.months = pyo.Param(initialize=12.0, units=UNITS.month / UNITS.year)
    m.price = pyo.Var(units=UNITS.money / UNITS.meter**3)
    m.fixed = pyo.Var(units=UNITS.money / UNITS.month / UNITS.connection)
    m.subsidy = pyo.Var(units=UNITS.money / UNITS.year)
    return m


def _cost(m: pyo.ConcreteModel, months: object) -> object:
    produced = months * m.connections * m.use / (1 - m.non_revenue_water)
    operation = m.fixed_cost_year + m.connection_cost_year * m.connections
    travel = m.crew_hour_cost * 2 * m.hours * m.trips_year
    return (
        m.overhead_year
        + m.efficiency * (operation + m.volume_cost_m3 * produced)
        + m.replacement_cost_year
        + m.transition_cost_year
        + travel
    )


def test_cover_cost_holds_in_units(model: pyo.ConcreteModel) -> None:
    m = model
    bill = m.fixed + m.use * m.price
    revenue = m.months * m.collection_rate * m.connections * bill
    m.cover_cost = pyo.Constraint(expr=revenue + m.subsidy >= _cost(m, m.months))
    m.affordable_bill = pyo.Constraint(expr=bill <= 0.03 * m.income)
    assert_units_consistent(m.cover_cost)
    assert_units_consistent(m.affordable_bill)


def _sewer_cost(m: pyo.ConcreteModel, months: object) -> object:
    drained = m.sewer_share * m.connections
    operation = m.sewer_fixed_cost_year + m.sewer_connection_cost_year * drained
    operation = operation + m.sewer_volume_cost_m3 * months * drained * m.use
    return m.efficiency * operation + m.sewer_replacement_connection_year * drained


def test_both_services_hold_in_units(model: pyo.ConcreteModel) -> None:
    m = model
    m.sewer_price = pyo.Var(units=UNITS.money / UNITS.meter**3)
    m.sewer_fixed = pyo.Var(units=UNITS.money / UNITS.month / UNITS.connection)
    m.most_share = pyo.Param(initialize=0.5, units=_units(WORDS["factor"]))
    water, sewer = m.fixed + m.use * m.price, m.sewer_fixed + m.use * m.sewer_price
    money = m.months * m.collection_rate * m.connections * (water + m.sewer_share * sewer)
    cost = _cost(m, m.months) + _sewer_cost(m, m.months)
    m.cover_cost = pyo.Constraint(expr=money + m.subsidy >= cost)
    m.affordable_bill = pyo.Constraint(expr=water + sewer <= 0.05 * m.income)
    m.sewer_rule = pyo.Constraint(expr=sewer <= m.most_share * water)
    for rule in (m.cover_cost, m.affordable_bill, m.sewer_rule):
        assert_units_consistent(rule)
    with pytest.raises(InconsistentUnitsError):
        UNITS.get_units(_sewer_cost(m, 1.0))


def test_a_month_taken_for_a_year_is_caught(model: pyo.ConcreteModel) -> None:
    m = model
    bill = m.fixed + m.use * m.price
    m.cover_cost = pyo.Constraint(
        expr=m.collection_rate * m.connections * bill + m.subsidy >= _cost(m, m.months)
    )
    with pytest.raises(InconsistentUnitsError):
        assert_units_consistent(m.cover_cost)
    with pytest.raises(InconsistentUnitsError):
        UNITS.get_units(_cost(m, 1.0))
