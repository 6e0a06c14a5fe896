"""The compact model, put together."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.errors import InfeasibleError
from optimizer.model.core import add_core
from optimizer.model.grouping import add_connected, add_grouping, add_own_rules
from optimizer.model.objective import add_objective
from optimizer.model.region import add_region_tariff
from optimizer.model.schedules import add_schedules
from optimizer.model.sets import ModelData, model_data
from optimizer.model.subsidies import (
    add_cover_cost,
    add_requirement,
    add_solidarity_balance,
    add_subsidy_budget,
)
from optimizer.model.tariffs import add_charged, add_one_price, add_own_limits, add_spread
from optimizer.model.totals import add_plan_totals
from optimizer.tariffs.case import Case

__all__ = ["build_compact"]


def build_compact(case: Case, *, data: ModelData | None = None) -> pyo.ConcreteModel:
    """Return the compact Pyomo model of a case.

    The model is an ordinary ``ConcreteModel``: a planner may add rules to it before it is solved.
    Decisions: ``serve[town, seat]``, ``operate[seat, operator_model]``, ``charged[town, seat,
    component]`` (or ``price[component]`` for the scope ``region``; ``schedule`` and ``scheduled``
    where demand responds), ``subsidy[seat]``, ``support[town, seat, group]``. ``formulation.md``
    beside this file is its description.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    data : ModelData, optional
        Prepared sets, when the caller has them already.

    Raises
    ------
    InfeasibleError
        If a town has no possible seat, or a fixed seat cannot be one: a model cannot say that.
    """
    data = model_data(case) if data is None else data
    _check_possible(data)
    scope = case.instance.policy.tariff_scope
    m = pyo.ConcreteModel(name=case.instance.name)
    add_grouping(m, data)
    add_connected(m, data)
    add_own_rules(m, data)
    add_plan_totals(m, data)
    add_core(m, data)
    response = case.response
    if response is not None:
        add_schedules(m, data, response)
    elif scope == "region":
        add_region_tariff(m, data)
    else:
        add_charged(m, data)
        add_own_limits(m, data)
    if scope == "service_area" and response is None:
        add_spread(m, data) if case.instance.policy.own_schedules else add_one_price(m, data)
    add_requirement(m, data)
    add_cover_cost(m, data)
    add_solidarity_balance(m, data)
    add_subsidy_budget(m, data)
    add_objective(m, data)
    return m


def _check_possible(data: ModelData) -> None:
    """Raise where a rule has no decision left that could keep it."""
    served = {town for town, _ in data.pairs}
    lost = [town for town in data.towns if town not in served]
    barred = [j for j in data.case.instance.policy.fixed_seats if (j, j) not in set(data.pairs)]
    words = [f"serve_once: no seat and operator model can serve town {town}" for town in lost]
    words += [f"fixed_seats: no operator model can sit in town {town}" for town in barred]
    if words:
        raise InfeasibleError("; ".join(words))
