"""Does a plan exist? One limited run of the compact model without its objective."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyomo.environ as pyo

from optimizer.instance.schema.policy import Policy
from optimizer.model.build import build_compact
from optimizer.model.grouping import add_connected, add_grouping, add_own_rules
from optimizer.model.sets import ModelData, model_data
from optimizer.model.totals import add_plan_totals
from optimizer.solving.compact.savings import savings_plan
from optimizer.solving.highs import RunSettings, run_pyomo
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue
from optimizer.tariffs.plan_value import keeps_totals

__all__ = [
    "FEW_TOWNS",
    "LARGEST_MODEL",
    "Limits",
    "Probe",
    "bare_model",
    "money_binds",
    "never",
    "probe",
    "seats_in",
]

LARGEST_MODEL = 60_000
"""Most (town, seat, operator model) triples of a model that is still tried."""
FEW_TOWNS = 12
"""Up to so many towns a run is quicker than a savings plan."""


@dataclass(frozen=True)
class Limits:
    """How long the search may take.

    Attributes
    ----------
    stop : callable
        Asked often; the search ends when it says so.
    seconds_each, seconds : float
        Most seconds of one run, and of the whole search.
    begin : float
        When the search began.
    """

    stop: Callable[[], bool]
    seconds_each: float
    seconds: float
    begin: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> float:
        """Seconds left to the search."""
        return self.seconds - (time.perf_counter() - self.begin)

    @property
    def over(self) -> bool:
        """Whether the search must end now."""
        return self.left <= 0 or self.stop()

    def settings(self) -> RunSettings:
        """Return the settings of the next run."""
        return RunSettings(time_limit=max(0.0, min(self.seconds_each, self.left)), stop=self.stop)


@dataclass(frozen=True)
class Probe:
    """Whether a plan exists (``None``: not known), and who is served from where in one.

    Attributes
    ----------
    answer : bool or None
    seat_of : mapping town -> seat
        Empty without a plan.
    """

    answer: bool | None
    seat_of: Mapping[str, str]


def money_binds(policy: Policy) -> bool:
    """Return whether money can make a plan impossible: it cannot where any subsidy may be paid."""
    return not policy.operating_subsidy or policy.subsidy_budget_year is not None


def never(data: ModelData) -> bool:
    """Return whether a town has no possible seat, or a fixed seat cannot be one."""
    served = {town for town, _ in data.pairs}
    seats = set(data.seats)
    fixed = data.case.instance.policy.fixed_seats
    return served != set(data.towns) or not seats.issuperset(fixed)


def bare_model(case: Case, data: ModelData, *, money: bool) -> pyo.ConcreteModel:
    """Return the compact model without its objective, and without tariffs where money is free."""
    if money:
        m = build_compact(case, data=data)
        m.plan_cost.deactivate()
        return m
    m = pyo.ConcreteModel(name=case.instance.name)
    add_grouping(m, data)
    add_connected(m, data)
    add_own_rules(m, data)
    add_plan_totals(m, data)
    return m


def probe(case: Case, limits: Limits, *, money: bool | None = None, quick: bool = False) -> Probe:
    """Return whether a case has a plan: a savings plan answers first, then a run.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    limits : Limits
        Where they are met the answer is ``None``.
    money : bool, optional
        Whether tariffs and subsidies are part of the question; by default where they can matter.
    quick : bool
        Whether a region of more than a few towns is left at what a savings plan says.
    """
    data = model_data(case)
    if never(data):
        return Probe(answer=False, seat_of={})
    if len(data.triples) > LARGEST_MODEL or limits.over:
        return Probe(answer=None, seat_of={})
    if money is None:
        money = money_binds(case.instance.policy)
    if money and case.towns > FEW_TOWNS:
        plan = savings_plan(case, stop=lambda: limits.over)
        if plan is not None and keeps_totals(case, plan):
            return Probe(answer=True, seat_of=_seats_of(case, plan))
        if quick:
            return Probe(answer=None, seat_of={})
    m = bare_model(case, data, money=money)
    m.any_plan = pyo.Objective(expr=0.0)
    result = run_pyomo(m, limits.settings())
    if result.values is not None and math.isfinite(result.objective):
        return Probe(answer=True, seat_of=seats_in(m, data))
    return Probe(answer=False if result.status == "infeasible" else None, seat_of={})


def _seats_of(case: Case, areas: Sequence[GroupValue]) -> dict[str, str]:
    names = case.reach.towns
    return {names[town]: names[area.seat] for area in areas for town in area.members}


def seats_in(m: pyo.ConcreteModel, data: ModelData) -> dict[str, str]:
    """Return the seat of every town in a solved model."""
    return {town: seat for town, seat in data.pairs if pyo.value(m.serve[town, seat]) > 0.5}
