"""The compact model with slack on promises, never on physics: how little a promise must bend.

Source of the method: elastic programming, J. W. Chinneck, Feasibility and infeasibility in
optimization (2008), chapter 6; slack is put on promises only, so that the answer is a bend that
a planner can grant.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, ClassVar

import pyomo.environ as pyo

from optimizer.costs.area_cost import cost_table
from optimizer.instance.instance import Instance
from optimizer.messages.message import Message
from optimizer.model.sets import THOUSAND, ModelData, model_data
from optimizer.solving.compact.savings import savings_plan
from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.probe import (
    FEW_TOWNS,
    LARGEST_MODEL,
    Limits,
    bare_model,
    money_binds,
    never,
    probe,
    seats_in,
)
from optimizer.solving.diagnose.scope import Scope, models_of
from optimizer.solving.diagnose.wording import reason, together
from optimizer.solving.highs import run_pyomo
from optimizer.tariffs.case import Case

__all__ = ["Bend", "Bent", "Elastic", "bend_alone", "bend_together"]

TINY = 1e-7
MUCH_MORE = 2.0
DEAR = 1000.0


@dataclass(frozen=True, eq=False)
class Elastic:
    """A relaxed model, and the promises as they were stated.

    Attributes
    ----------
    m : ConcreteModel
        The compact model of the relaxed part.
    data : ModelData
        Its sets and data.
    stated : Instance
        The whole region with the promises as stated.
    hours : mapping (town, seat) -> hours
        Travel of every pair of the model.
    money : bool
        Whether the model holds tariffs and subsidies.
    """

    m: pyo.ConcreteModel
    data: ModelData
    stated: Instance
    hours: dict[tuple[str, ...], float]
    money: bool

    def serve(self, town: str, seat: str) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Return the decision to serve a town from a seat, 0 where that is impossible."""
        return self.m.serve[town, seat] if (town, seat) in self.m.PAIRS else 0

    def area_of(self, seat: str) -> list[str]:
        """Return the towns that the solved model serves from a seat."""
        found = seats_in(self.m, self.data)
        return [town for town, own in found.items() if own == seat]


@dataclass(frozen=True)
class Bent:
    """How a promise bends in a solved elastic model.

    Attributes
    ----------
    amount, unit, relative
        As in :class:`~optimizer.solving.diagnose.diagnosis.Diagnosis`.
    what, remedy : Message
        The finding, and what the planner would change.
    change : callable
        Returns a region with the promise bent.
    """

    amount: float
    unit: str
    relative: float
    what: Message
    remedy: Message
    change: Callable[[Instance], Instance]


class Bend(ABC):
    """One promise that may bend: how it is relaxed, and the slack that measures the bend.

    ``money`` says whether its slack needs tariffs in the model, ``total`` whether the promise is
    about the whole region.
    """

    promise: str
    money: ClassVar[bool] = False
    total: ClassVar[bool] = False

    @abstractmethod
    def stated(self, instance: Instance) -> bool:
        """Return whether the region makes this promise."""

    @abstractmethod
    def relax(self, instance: Instance) -> Instance:
        """Return the region without the promise."""

    @abstractmethod
    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Add the promise again, with slack; return the slack as a share of the promise."""

    @abstractmethod
    def read(self, e: Elastic) -> Bent:
        """Return the bend in the solved model."""


def bend_alone(bend: Bend, scope: Scope, limits: Limits) -> Diagnosis | None:
    """Return how little one promise must bend so that a plan exists, the others kept."""
    solved = _solve([bend], scope, limits)
    if solved is None:
        return None
    return told(scope, [(bend.promise, bend.read(solved.e))], limits, proven=solved.optimal)


def bend_together(bends: Sequence[Bend], scope: Scope, limits: Limits) -> Diagnosis | None:
    """Return the promises that together make a plan possible with the least total bend.

    The bends are added up as shares of what was promised. Promises that need not bend are taken
    out; then each of the rest is tried without: fewer promises are preferred where the others
    need not bend much more for it (at most twice as much in all).
    """
    solved = _solve(bends, scope, limits)
    if solved is None:
        return None
    for bend in solved.used:
        fewer = [b for b in solved.used if b is not bend]
        if bend not in solved.used or not fewer or limits.over:
            continue
        again = _solve(fewer, scope, limits)
        if again is not None and again.total <= MUCH_MORE * solved.total:
            solved = again
    bent = [(b.promise, b.read(solved.e)) for b in solved.used]
    return told(scope, bent, limits, proven=solved.optimal)


def told(
    scope: Scope, bent: Sequence[tuple[str, Bent]], limits: Limits, *, proven: bool
) -> Diagnosis | None:
    """Return the diagnosis of some bends, checked by a run; ``None`` where it does not hold."""
    changed = scope.instance
    for _, one in bent:
        changed = one.change(changed)
    answer = probe(replace(scope, failing=None).case(changed), limits).answer
    if answer is False:
        return None
    words = reduce(together, (reason(name, one.what, one.remedy) for name, one in bent))
    sure = proven and answer is True
    return Diagnosis(
        promise=" + ".join(name for name, _ in bent),
        amount=bent[0][1].amount if len(bent) == 1 else float("nan"),
        unit=bent[0][1].unit if len(bent) == 1 else "",
        words=words if sure else Message("{reason} (not proven to be the least)", reason=words),
        relative=sum(one.relative for _, one in bent),
        proven=sure,
        bent=changed,
    )


@dataclass(frozen=True, eq=False)
class _Solved:
    """A solved elastic model: the promises that bend, how much in all, and whether proven."""

    e: Elastic
    used: tuple[Bend, ...]
    total: float
    optimal: bool


def _solve(bends: Sequence[Bend], scope: Scope, limits: Limits) -> _Solved | None:
    """Return the solved elastic model, ``None`` where it has no plan or none in time."""
    relaxed = scope.instance
    for bend in bends:
        relaxed = bend.relax(relaxed)
    e = _elastic(scope, relaxed, money=any(bend.money for bend in bends), limits=limits)
    if e is None:
        return None
    slack = {bend.promise: bend.add(e) for bend in bends}
    e.m.least_bend = pyo.Objective(expr=sum(slack.values()))
    start = len(bends) == 1 and bends[0].money and _set_start(e, limits)
    result = run_pyomo(e.m, limits.settings(), start_from_values=start)
    if result.values is None:
        return None
    used = tuple(bend for bend in bends if pyo.value(slack[bend.promise]) > TINY)
    optimal = result.status in {"optimal", "within_gap"}
    return _Solved(e, used or tuple(bends[:1]), result.objective, optimal)


def _set_start(e: Elastic, limits: Limits) -> bool:
    """Set the grouping of a savings plan that spends little public money; return whether."""
    case = e.data.case
    if case.towns <= FEW_TOWNS:
        return False
    policy = case.instance.policy.replace(public_money_price=DEAR)
    areas = savings_plan(case.with_policy(policy), stop=lambda: limits.over) or ()
    names, models = case.reach.towns, case.cost.models
    served = {(names[i], names[area.seat]) for area in areas for i in area.members}
    opened = {(names[area.seat], models[area.model]) for area in areas}
    if not served <= set(e.data.pairs):
        return False
    for pair in e.m.PAIRS:
        e.m.serve[pair].set_value(float(pair in served))
    for pair in e.m.OPERATE:
        e.m.operate[pair].set_value(float(pair in opened))
    return bool(served)


def _elastic(scope: Scope, relaxed: Instance, *, money: bool, limits: Limits) -> Elastic | None:
    case = _stand_alone_as_stated(scope.case(relaxed), scope.instance)
    data = model_data(case)
    if never(data) or len(data.triples) > LARGEST_MODEL or limits.over:
        return None
    money = money or money_binds(relaxed.policy)
    names = case.reach.towns
    pairs = case.reach.pairs
    hours: dict[tuple[str, ...], float] = {
        (names[town], names[seat]): float(h)
        for town, seat, h in zip(pairs["town"], pairs["seat"], pairs["hours"], strict=True)
    }
    m = bare_model(case, data, money=money)
    return Elastic(m, data, scope.instance, hours, money)


def _stand_alone_as_stated(case: Case, stated: Instance) -> Case:
    """Return a case whose stand-alone costs are those of the stated operator models."""
    instance = case.instance.replace(
        operator_models=models_of(stated, {str(town) for town in case.instance.towns.index})
    )
    return replace(
        case, stand_alone_year=cost_table(instance, case.classes).stand_alone_requirement()
    )


def total_requirement(e: Elastic) -> float:
    """Return a scale for money: what the towns would require at least, thousand money/year."""
    cost = e.data.case.cost
    per_town = (
        cost.operation_year * cost.efficiency.min()
        + cost.steady_operation_year
        + cost.replacement_year
    ).sum()
    return max(float(per_town + cost.overhead_year.min()) / THOUSAND, 1e-3)
