"""Where a computation stands: the best plan, the bound and the duals, by part of the region."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.least_overhead import counted_bound
from optimizer.solving.branch_and_price.problem.partition import groups_of_labels
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.state.settling import settled
from optimizer.solving.clock import Clock
from optimizer.tariffs.group_value import GroupValue
from optimizer.tariffs.plan_value import plan_value

if TYPE_CHECKING:
    from optimizer.solving.branch_and_price.bounding.lazy_core import LazyCore

__all__ = ["State", "start_state"]

CLOSED = 1e-9


@dataclass(eq=False)
class State:
    """Plan, bound and duals; parts that no pair within reach joins are told apart.

    Attributes
    ----------
    problem, totals, clock
        The case, its rules across areas, time and progress.
    part : int array of shape (towns,)
        Part of each town; one part where rules across areas tie everything together.
    bound, value : arrays of shape (parts,)
        Proven bound and value of the best plan of each part, money per year; ``inf`` value where
        there is no plan.
    lagrange : array of shape (parts,)
        Best Lagrangian bound of each part, that of ``duals``; ``bound`` may come from elsewhere.
    label : int array of shape (towns,)
        Area of each town in the best plan, -1 where its part has none.
    requirement, money : arrays of shape (towns,)
        Requirement and public money of the area of each town.
    amounts : array of shape (towns, k)
        What the area of each town adds to totals of the plan.
    duals : Duals
        The duals that gave the best bound.
    worst : array of shape (parts,)
        Value that no plan of each part exceeds, money per year.
    lazy_core : LazyCore or None
        Judges areas where the policy promises ``core``.
    """

    problem: Problem
    totals: Totals
    clock: Clock
    part: Ints
    bound: Floats
    value: Floats
    lagrange: Floats
    label: Ints
    requirement: Floats
    money: Floats
    amounts: Floats
    duals: Duals
    worst: Floats
    lazy_core: LazyCore | None = None

    @property
    def parameters(self) -> Parameters:
        """Numbers that tune the computation."""
        return self.problem.parameters

    @property
    def parts(self) -> int:
        """Number of parts."""
        return len(self.bound)

    @property
    def gap(self) -> Floats:
        """Money per year between plan and bound of each part."""
        bound = np.where(np.isinf(self.bound) & (self.bound > 0), 0.0, self.bound)
        return np.maximum(0.0, self.value - bound)

    @property
    def open_parts(self) -> Ints:
        """Parts whose plan is not proven."""
        wide = self.gap > CLOSED * np.abs(self.value)
        return np.flatnonzero(wide | ~np.isfinite(self.value))

    @property
    def enough(self) -> bool:
        """Whether to stop: time is up, plan and bound are near enough, or no plan exists."""
        if self.clock.stop or not len(self.open_parts) or self.hopeless():
            return True
        gap = self.clock.options.gap
        planned = bool(np.isfinite(self.value).all())
        near = planned and gap > 0 and bool(self.gap.sum() <= gap * self.value.sum())
        return near and (not self.problem.pooled or self._whole_gap <= gap)

    @property
    def _whole_gap(self) -> float:
        """Relative gap of the objective: where the region is pooled, wider than that of cost."""
        objective = whole_value(self.problem, float(self.value.sum()))
        if not math.isfinite(objective):
            return math.inf
        return (objective - whole_value(self.problem, float(self.bound.sum()))) / objective

    def hopeless(self) -> bool:
        """Whether a part has no plan: its bound is above what any plan of it costs."""
        return bool((self.bound > 1.0 + self.worst).any())

    def raise_bound(self, bound: Floats, phase: str) -> None:
        """Take better bounds of the parts."""
        self.bound = np.minimum(np.maximum(self.bound, bound), self.value)
        self._tell(phase)

    def offer(self, areas: Columns, phase: str) -> None:
        """Take the areas of whole parts where they are better than the best plan."""
        if self.lazy_core is not None:
            areas = self.lazy_core.repaired(self, areas)
        if not self.totals.summed(areas):
            areas = settled(self.problem, self.totals, areas, self.clock)
        groups = areas.groups
        inside = self.part[groups.town[groups.start[:-1]]]
        value = areas.value(self.problem.money_price)
        total = np.bincount(inside, weights=value, minlength=self.parts)
        covered = np.bincount(inside, weights=groups.count, minlength=self.parts)
        whole = covered == np.bincount(self.part, minlength=self.parts)
        margin = 1e-12 * np.abs(np.where(np.isfinite(total), total, 0.0))
        better = whole & (total < self.value - margin)
        if not better.any():
            return
        for g in np.flatnonzero(better[inside]):
            members = groups.members(int(g))
            self.label[members] = members[0]
            self.requirement[members] = areas.requirement[g]
            self.money[members] = areas.money[g]
            self.amounts[members] = areas.amounts[g]
        self.value = np.where(better, total, self.value)
        self.bound = np.minimum(self.bound, self.value)
        if np.isfinite(self.value).all():
            self.clock.keep(self.label.copy())
        self._tell(phase)

    def areas(self) -> Columns:
        """Return the areas of the best plan with requirement and public money."""
        groups = groups_of_labels(self.label)
        first = groups.town[groups.start[:-1]]
        return Columns(groups, self.requirement[first], self.money[first], self.amounts[first])

    def _tell(self, phase: str) -> None:
        bound = whole_value(self.problem, float(self.bound.sum()))
        objective = None
        if np.isfinite(self.value).all():
            objective = whole_value(self.problem, float(self.value.sum()))
        finite = math.isfinite(bound)
        self.clock.report(phase, objective=objective, bound=bound if finite else None)


def start_state(
    problem: Problem,
    totals: Totals,
    clock: Clock,
    plan: Columns,
    *,
    lazy_core: LazyCore | None = None,
) -> State:
    """Return the state at a first plan, with a simple bound and duals that share out its value."""
    part = _parts(problem, totals)
    count = int(part.max()) + 1
    floor = _floor(problem)
    dear = np.isfinite(plan.requirement)
    value = np.where(dear, plan.requirement, 0.0) + problem.money_price * plan.money
    state = State(
        problem=problem,
        totals=totals,
        clock=clock,
        part=part,
        bound=np.maximum(
            np.bincount(part, weights=floor, minlength=count), counted_bound(problem, part)
        ),
        value=np.full(count, np.inf),
        lagrange=np.full(count, -np.inf),
        label=np.full(problem.towns, -1),
        requirement=np.full(problem.towns, np.inf),
        money=np.zeros(problem.towns),
        amounts=np.zeros((problem.towns, len(problem.totals))),
        duals=Duals(_share_out(problem, plan, value, floor), 0.0, problem.money_price),
        worst=np.bincount(part, weights=_worst(problem), minlength=count).astype(np.float64),
        lazy_core=lazy_core,
    )
    served = plan.take(dear)
    if len(served) and (not totals.couple or (plan.feasible and totals.counted(plan))):
        state.offer(served, "first plan")
    return state


def _parts(problem: Problem, totals: Totals) -> Ints:
    if totals.couple:
        return np.zeros(problem.towns, dtype=np.int64)
    ends = (problem.pair_key // problem.towns, problem.served)
    links = coo_array((np.ones(len(problem.served)), ends), shape=(problem.towns, problem.towns))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _worst(problem: Problem) -> Floats:
    """Return, by town, the most that it adds to the value of any plan, money per year."""
    serve = np.zeros(problem.towns)
    np.maximum.at(serve, problem.served, problem.serve.max(axis=1, initial=0.0))
    most = serve + problem.open.max()
    return np.asarray(most * (1.0 + problem.money_price) + problem.money_price * problem.debt)


def _floor(problem: Problem) -> Floats:
    """Return, by town, the least that serving it adds to any plan, its share of overhead included.

    An operator of model m with at most ``most_m`` connections costs at least
    ``overhead_m / most_m`` for each of them. A town that no seat serves makes the case infeasible.
    """
    size = problem.case.cost.size
    reached = np.bincount(
        problem.pair_key // problem.towns, weights=size[problem.served], minlength=problem.towns
    )[problem.pair_key // problem.towns]
    largest = np.minimum(problem.case.cost.most[None, :], reached[:, None])
    each = (problem.serve + problem.open[None, :] * (size[problem.served][:, None] / largest)).min(
        axis=1
    )
    least = np.full(problem.towns, np.inf)
    np.minimum.at(least, problem.served, each)
    return least


def _share_out(problem: Problem, plan: Columns, value: Floats, floor: Floats) -> Floats:
    """Return duals of the towns that sum to the value of each area of the plan."""
    least = np.where(np.isfinite(floor), floor, 0.0)
    weight = least + problem.money_price * np.maximum(0.0, least - problem.own_best)
    total = plan.groups.total_of(weight)
    price = np.zeros(problem.towns)
    scale = np.where(value > 0, value / np.maximum(total, 1e-300), 1.0)
    price[plan.groups.town] = weight[plan.groups.town] * scale[plan.groups.owner]
    return price


def whole_value(problem: Problem, value: float) -> float:
    """Return the objective of a plan whose areas have this value: the pooled subsidy included.

    For the tariff scope ``region`` the value of the areas is their requirement, and the public
    money of the region, which never falls when the requirement rises, comes on top; ``inf``
    where the region can not be paid for. Other scopes: the value itself.
    """
    if not problem.pooled or not math.isfinite(value):
        return value
    whole = GroupValue((), 0, 0, value, 0.0, 0.0, 0.0, value)
    total = plan_value(problem.case, [whole])
    budget = problem.case.instance.policy.subsidy_budget_year
    money = total.subsidy_year + total.support_year
    if budget is not None and money > budget * (1 + 1e-9):
        return math.inf
    return total.value_year
