"""Solve the compact Pyomo model and read the areas from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyomo.environ as pyo

from optimizer.economics.case import Case
from optimizer.economics.demand import Floats
from optimizer.economics.design import design_tariff
from optimizer.economics.group import GroupValue, group_value
from optimizer.economics.partition import plan_value
from optimizer.model.build import build_compact
from optimizer.model.sets import THOUSAND, ModelData, model_data
from optimizer.solve.clock import Clock
from optimizer.solve.highs import HighsResult, RunSettings, run_pyomo
from optimizer.solve.savings import savings_plan
from optimizer.solve.solution import Solution, SolveStatus

__all__ = ["areas_in_model", "run_model", "solve_compact"]


def solve_compact(case: Case, clock: Clock) -> Solution:
    """Solve a case by the compact model, from a savings plan, until proven or stopped."""
    data = model_data(case)
    start = savings_plan(case, stop=lambda: clock.stop)
    if start is not None and not _within_totals(case, start):
        start = None
    if start is not None:
        clock.report("savings plan", objective=plan_value(case, start).value_year)
    clock.finish_phase("first plan")
    model = build_compact(case, data=data)
    clock.finish_phase("build")
    return run_model(case, data, model, clock, start=start)


def run_model(
    case: Case,
    data: ModelData,
    model: pyo.ConcreteModel,
    clock: Clock,
    *,
    start: Sequence[GroupValue] | None = None,
) -> Solution:
    """Run HiGHS on a compact model (a planner's rules included) and return its areas."""

    def tell(objective: float, bound: float) -> None:
        clock.report(
            "compact model",
            objective=objective * THOUSAND if objective < 1e20 else None,
            bound=bound * THOUSAND if bound > -1e20 else None,
        )

    result = run_pyomo(
        model,
        RunSettings(
            gap=clock.options.gap,
            time_limit=clock.left,
            threads=clock.options.threads,
            seed=clock.options.seed,
            log_file=clock.options.log_file,
            stop=lambda: clock.stop,
            on_progress=tell,
        ),
        start=None if start is None else _start_values(case, data, model, start),
    )
    clock.finish_phase("solve")
    return _solution(case, data, model, result, start)


def areas_in_model(case: Case, data: ModelData, model: pyo.ConcreteModel) -> list[GroupValue]:
    """Return the areas that the solved model's ``serve`` describes."""
    place = {town: k for k, town in enumerate(data.towns)}
    members: dict[int, list[int]] = {}
    for i, j in data.pairs:
        if pyo.value(model.serve[i, j]) > 0.5:
            members.setdefault(place[j], []).append(place[i])
    return [group_value(case, group, seats=[seat]) for seat, group in members.items()]


def _solution(
    case: Case,
    data: ModelData,
    model: pyo.ConcreteModel,
    result: HighsResult,
    start: Sequence[GroupValue] | None,
) -> Solution:
    status: SolveStatus
    if result.status == "infeasible":
        return Solution((), math.inf, math.inf, "infeasible", "compact")
    bound = max(0.0, result.bound * THOUSAND) if result.bound > -1e20 else 0.0
    if result.values is None:
        status = "interrupted" if result.status == "interrupted" else "time_limit"
        if start is None:
            return Solution((), math.inf, bound, status, "compact")
        return Solution(tuple(start), plan_value(case, start).value_year, bound, status, "compact")
    areas = areas_in_model(case, data, model)
    objective = plan_value(case, areas).value_year
    if result.status in {"optimal", "within_gap", "time_limit", "interrupted"}:
        status = result.status  # type: ignore[assignment]
    else:
        status = "time_limit"
    return Solution(tuple(areas), objective, min(bound, objective), status, "compact")


def _within_totals(case: Case, areas: Sequence[GroupValue]) -> bool:
    """Return whether a start plan keeps the promises on totals."""
    policy = case.instance.policy
    total = plan_value(case, areas)
    budget = policy.subsidy_budget_year
    most = policy.operators_most or case.towns
    fixed = {case.reach.towns[area.seat] for area in areas}
    return (
        math.isfinite(total.value_year)
        and policy.operators_least <= len(areas) <= most
        and (budget is None or total.subsidy_year + total.support_year <= budget)
        and set(policy.fixed_seats) <= fixed
    )


def _start_values(
    case: Case, data: ModelData, model: pyo.ConcreteModel, areas: Sequence[GroupValue]
) -> Mapping[Any, float]:
    """Return the start solution of the model: grouping, operators and prices."""
    names, models = case.reach.towns, case.cost.models
    start: dict[Any, float] = {}
    served = {(names[i], names[a.seat]): models[a.model] for a in areas for i in a.members}
    for pair in data.pairs:
        start[model.serve[pair]] = 1.0 if pair in served else 0.0
    opened = {(names[a.seat], models[a.model]) for a in areas}
    for pair in data.operate_pairs:
        start[model.operate[pair]] = 1.0 if pair in opened else 0.0
    for i, j, k in data.triples:
        start[model.served_by[i, j, k]] = 1.0 if served.get((i, j)) == k else 0.0
    if case.instance.policy.tariff_scope != "region":
        for area in areas:
            start |= _start_prices(case, data, model, area)
    return start


def _start_prices(
    case: Case, data: ModelData, model: pyo.ConcreteModel, area: GroupValue
) -> dict[Any, float]:
    members = np.array(area.members)
    prices: Floats = design_tariff(case, members, area.requirement_year).prices
    seat = case.reach.towns[area.seat]
    return {
        model.charged[case.reach.towns[i], seat, component]: float(prices[k, b])
        for k, i in enumerate(area.members)
        for b, component in enumerate(data.components)
    }
