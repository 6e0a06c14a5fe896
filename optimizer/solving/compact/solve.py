"""Solve the compact Pyomo model and read the areas from it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyomo.environ as pyo

from optimizer.arrays import Floats, Ints
from optimizer.errors import InfeasibleError
from optimizer.model.build import build_compact
from optimizer.model.sets import THOUSAND, ModelData, model_data
from optimizer.solving.branch_and_price.bounding.core import core_rule
from optimizer.solving.branch_and_price.bounding.lazy_core import LazyCore
from optimizer.solving.clock import Clock
from optimizer.solving.compact.core import CoreRun, parted_plan, solve_with_core
from optimizer.solving.compact.savings import savings_plan
from optimizer.solving.group_rules import group_rules
from optimizer.solving.highs import HighsResult, RunSettings, hand_over, run_handed
from optimizer.solving.solution import Solution, SolveStatus, bound_of
from optimizer.tariffs.case import Case
from optimizer.tariffs.design import design_tariff
from optimizer.tariffs.group_value import GroupValue, group_value, served_value
from optimizer.tariffs.plan_value import keeps_totals, plan_value
from optimizer.tariffs.response.response import Response, best_schedule

__all__ = ["areas_in_model", "run_model", "solve_compact"]


def solve_compact(case: Case, clock: Clock, *, start: Ints | None = None) -> Solution:
    """Solve a case by the compact model, from a first plan, until proven or stopped.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    clock : Clock
        Time limit, Ctrl-C, gap, threads and seed; progress is told to it.
    start : int array of shape (towns,), optional
        Label of each town in a known grouping; the first plan where it keeps the promises and is
        cheaper than the savings plan.
    """
    first = _first_plan(case, clock, start)
    if first is not None:
        clock.keep(_labels(case, first))
        clock.report("first plan", objective=plan_value(case, first).value_year)
    clock.finish_phase("first plan")
    try:
        with clock.interrupts.at_once():
            data = model_data(case)
            model = build_compact(case, data=data)
    except InfeasibleError:
        return Solution((), math.inf, math.inf, "infeasible", "compact")
    clock.finish_phase("build")
    return run_model(case, data, model, clock, start=first, own_rules=False)


def _first_plan(case: Case, clock: Clock, start: Ints | None) -> Sequence[GroupValue] | None:
    """Return the cheaper of the savings plan and the known one; ``None`` where neither will do."""
    plans: list[Sequence[GroupValue] | None] = [savings_plan(case, stop=lambda: clock.stop)]
    if start is not None:
        rules = group_rules(case)
        groups = [np.flatnonzero(start == label).tolist() for label in np.unique(start)]
        if all(rules.allows(group) for group in groups):
            plans.insert(0, [group_value(case, group) for group in groups])
    if case.instance.policy.core:
        lazy_core = LazyCore(core_rule(case, stop=lambda: clock.stop))
        plans = [None if plan is None else parted_plan(lazy_core, plan) for plan in plans]
    able = [plan for plan in plans if plan is not None and keeps_totals(case, plan)]
    return min(able, key=lambda plan: plan_value(case, plan).value_year, default=None)


def _labels(case: Case, areas: Sequence[GroupValue]) -> Ints:
    """Return the area of each town."""
    labels = np.full(case.towns, -1)
    for k, area in enumerate(areas):
        labels[list(area.members)] = k
    return labels


def run_model(
    case: Case,
    data: ModelData,
    model: pyo.ConcreteModel,
    clock: Clock,
    *,
    start: Sequence[GroupValue] | None = None,
    own_rules: bool = True,
) -> Solution:
    """Run HiGHS on a compact model (a planner's rules included) and return its areas.

    Parameters
    ----------
    start : sequence of GroupValue, optional
        Areas of a plan that keeps all rules.
    own_rules : bool
        Whether the model may hold rules that only it knows.
    """
    core = case.instance.policy.core

    def tell(objective: float, bound: float) -> None:
        clock.report(
            "compact model",
            objective=objective * THOUSAND if objective < 1e20 and not core else None,
            bound=bound * THOUSAND if bound > -1e20 else None,
        )

    def run(start: Sequence[GroupValue] | None) -> Solution:
        if start is not None:
            _set_start(case, data, model, start)
        with clock.interrupts.at_once():
            handed = hand_over(model)
        if handed is None:
            return Solution((), math.inf, math.inf, "infeasible", "compact")
        result = run_handed(
            handed,
            RunSettings(
                gap=clock.options.gap,
                time_limit=clock.left,
                threads=clock.options.threads,
                seed=clock.options.seed,
                log_file=clock.options.log_file,
                stop=lambda: clock.stop,
                on_progress=tell,
            ),
            start_from_values=start is not None,
        )
        return _solution(case, data, model, result, start, interrupted=clock.interrupted)

    if core:
        how = CoreRun(run, lambda areas: keeps_totals(case, areas), repair=not own_rules)
        solution = solve_with_core(case, data, model, clock, how, start=start)
    else:
        solution = run(start)
    clock.finish_phase("solve")
    return solution


def areas_in_model(case: Case, data: ModelData, model: pyo.ConcreteModel) -> list[GroupValue]:
    """Return the areas that the solved model's ``serve`` describes."""
    place = {town: k for k, town in enumerate(data.towns)}
    members: dict[int, list[int]] = {}
    for i, j in data.pairs:
        if pyo.value(model.serve[i, j]) > 0.5:
            members.setdefault(place[j], []).append(place[i])
    if not len(case.totals):
        return [group_value(case, group, seats=[seat]) for seat, group in members.items()]
    run = {place[j]: k for j, k in data.operate_pairs if pyo.value(model.operate[j, k]) > 0.5}
    return [
        served_value(case, group, seat=seat, model=data.models.index(run[seat]))
        for seat, group in members.items()
    ]


def _solution(
    case: Case,
    data: ModelData,
    model: pyo.ConcreteModel,
    result: HighsResult,
    start: Sequence[GroupValue] | None,
    *,
    interrupted: bool,
) -> Solution:
    stopped: SolveStatus = "interrupted" if interrupted else "time_limit"
    if result.status == "infeasible":
        return Solution((), math.inf, math.inf, "infeasible", "compact")
    bound = max(0.0, result.bound * THOUSAND) if result.bound > -1e20 else 0.0
    if result.values is None:
        areas = [] if start is None else list(start)
        objective = plan_value(case, areas).value_year if areas else math.inf
        return Solution(tuple(areas), objective, bound_of(objective, bound), stopped, "compact")
    areas = areas_in_model(case, data, model)
    objective = plan_value(case, areas).value_year
    proven = result.status in {"optimal", "within_gap"}
    status: SolveStatus = _proven_status(result) if proven else stopped
    return Solution(tuple(areas), objective, bound_of(objective, bound), status, "compact")


def _proven_status(result: HighsResult) -> SolveStatus:
    return "optimal" if result.status == "optimal" else "within_gap"


def _set_start(
    case: Case, data: ModelData, model: pyo.ConcreteModel, areas: Sequence[GroupValue]
) -> None:
    """Give the model's variables the values of a plan: grouping, operators and prices."""
    names, models = case.reach.towns, case.cost.models
    served = {(names[i], names[a.seat]): models[a.model] for a in areas for i in a.members}
    opened = {(names[a.seat], models[a.model]) for a in areas}
    for pair in data.pairs:
        model.serve[pair].set_value(float(pair in served))
    for pair in data.operate_pairs:
        model.operate[pair].set_value(float(pair in opened))
    for i, j, k in data.triples:
        model.served_by[i, j, k].set_value(float(served.get((i, j)) == k))
    if case.response is not None:
        _set_schedules(case, data, model, areas, case.response)
        return
    if case.instance.policy.tariff_scope == "region":
        return
    for pair in data.pairs:
        for component in data.components:
            model.charged[(*pair, component)].set_value(0.0)
    for area in areas:
        prices = design_tariff(case, np.array(area.members), area.requirement_year).prices
        for town, row in zip(area.members, prices, strict=True):
            for component, price in zip(data.components, row, strict=True):
                key = (names[town], names[area.seat], component)
                model.charged[key].set_value(float(price), skip_validation=True)
        _set_cheapest(model, data, names[area.seat], prices)


def _set_cheapest(model: pyo.ConcreteModel, data: ModelData, seat: str, prices: Floats) -> None:
    """Give the cheapest prices of an area their values, where there are such."""
    if model.component("cheapest") is not None:
        for component, price in zip(data.components, prices.min(axis=0), strict=True):
            model.cheapest[seat, component].set_value(float(price), skip_validation=True)


def _set_schedules(
    case: Case,
    data: ModelData,
    model: pyo.ConcreteModel,
    areas: Sequence[GroupValue],
    response: Response,
) -> None:
    """Give the menu's variables their values: the best schedule of each area, town or region."""
    names, scope = case.reach.towns, case.instance.policy.tariff_scope
    for variable in (model.schedule, model.scheduled):
        for index in variable:
            variable[index].set_value(0.0)
    for area in areas:
        kind, seat, model_name = case.kind_of(area.model), names[area.seat], data.models[area.model]
        for town in area.members:
            everyone = tuple(range(case.towns))
            own = {"town": (town,), "region": everyone}.get(scope, area.members)
            s, at = best_schedule(response, np.array(own), kind)
            unit = {"town": names[town], "region": "region"}.get(scope, seat)
            model.schedule[unit, s, at].set_value(1.0)
            model.scheduled[names[town], seat, model_name, s, at].set_value(1.0)
