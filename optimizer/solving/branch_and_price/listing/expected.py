"""The plan that is best in the mean over draws, by listing all groups."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.bounding.start_work import start_work
from optimizer.solving.branch_and_price.listing.drawn_values import ListedDraws
from optimizer.solving.branch_and_price.listing.groups import groups_at_most
from optimizer.solving.branch_and_price.listing.listing import list_groups
from optimizer.solving.branch_and_price.listing.proof import solve_listed
from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.branch_and_price.pricing.compiled_search import COMPILED
from optimizer.solving.branch_and_price.primal.merging import first_plan
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.plan_totals import totals_of
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.state.state import State, start_state
from optimizer.solving.clock import Clock
from optimizer.solving.expected import mean_value, offers_of, plan_mean
from optimizer.solving.solution import Solution, SolveStatus, bound_of
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue
from optimizer.uncertainty.values import DrawnValues

__all__ = ["lists_draws", "solve_listed_draws"]


def lists_draws(case: Case, values: DrawnValues, parameters: Parameters | None = None) -> bool:
    """Return whether all groups of a case can be listed and valued in all draws."""
    problem = make_problem(case, parameters)
    policy = case.instance.policy
    if problem.pooled or (policy.own_schedules and problem.shared_tariff):
        return False
    tuned, groups = problem.parameters.listing, groups_at_most(problem)
    if case.programmed and not problem.shared_tariff:
        return groups * len(values.drawn) <= tuned.groups_most_alone
    return groups <= tuned.groups_most and groups * len(values.drawn) <= tuned.group_draws_most


def solve_listed_draws(
    case: Case,
    values: DrawnValues,
    clock: Clock,
    *,
    start: Ints | None = None,
    parameters: Parameters | None = None,
) -> Solution:
    """Solve a case for the mean over its draws, until proven or stopped.

    Parameters
    ----------
    case : Case
        The region at its given figures, by which reach and sizes are judged.
    values : DrawnValues
        Its draws.
    clock : Clock
        Time limit, Ctrl-C, gap, threads and seed; progress is told to it.
    start : int array of shape (towns,), optional
        Label of each town in a known grouping to begin with.
    parameters : Parameters, optional
        Numbers that tune the computation.
    """
    problem = make_problem(case, parameters)
    totals = totals_of(problem)
    clock.report(COMPILED)
    plan = first_plan(problem, totals, start=start, stop=lambda: clock.stop)
    drawn = _mean_problem(problem, values)
    clock.finish_phase("draws")
    state = start_state(drawn, totals, clock, _valued(case, values, plan.groups))
    clock.finish_phase("first plan")
    if not np.isfinite(state.bound).all() or totals.least > min(totals.most, case.towns):
        return Solution((), math.inf, math.inf, "infeasible", "columns")
    work = start_work(state)
    listed = ListedDraws(problem, values)
    apart = math.isfinite(totals.budget)
    listing = list_groups(drawn, listed, models_apart=apart, stop=lambda: clock.stop)
    clock.finish_phase("listing")
    if listing is not None and not state.enough:
        solve_listed(state, work, listing)
    return _solution(case, values, state)


def _mean_problem(problem: Problem, values: DrawnValues) -> Problem:
    """Return the problem with the mean requirement, which bounds and first duals are made of."""
    given, drawn = problem.case, values.drawn
    cost = replace(
        given.cost,
        operation_year=drawn.operation_year.mean(axis=0),
        steady_operation_year=drawn.steady_operation_year.mean(axis=0),
        replacement_year=drawn.replacement_year.mean(axis=0),
        transition_year=drawn.transition_year.mean(axis=0),
        trips_year=drawn.trips_year.mean(axis=0),
        overhead_year=drawn.overhead_year.mean(axis=0),
    )
    seat, town = problem.pair_key // problem.towns, problem.served
    hours = np.concatenate([_hours(problem, s) for s in range(problem.towns)])
    serve = cost.serve_requirement(town, hours, town != seat)
    road = np.einsum("dp,dm->pm", drawn.trips_year[:, town], drawn.crew_hour_cost)
    crew = road / len(drawn) - cost.trips_year[town, None] * cost.crew_hour_cost
    serve = serve + cost.requirement_factor * (2.0 * hours[:, None] * crew)
    return replace(problem, serve=serve, open=cost.open_requirement(), price_rows=None)


def _hours(problem: Problem, seat: int) -> Floats:
    """Return the hours from a seat to the towns that it may serve."""
    reached, hours = problem.case.reached_from(seat)
    mine = problem.served[problem.start[seat] : problem.start[seat + 1]]
    return hours[np.searchsorted(reached, mine)]


def _valued(case: Case, values: DrawnValues, groups: GroupBatch) -> Columns:
    """Return a partition with its means; infinite where no operator can serve a group."""
    need, money = np.full(len(groups), np.inf), np.zeros(len(groups))
    for g in range(len(groups)):
        offers = offers_of(case, groups.members(g).tolist())
        if offers:
            found = mean_value(values, offers)
            need[g], money[g] = found.requirement_year, found.subsidy_year + found.support_year
    return Columns(groups, need, money, np.zeros((len(groups), 0)))


def _solution(case: Case, values: DrawnValues, state: State) -> Solution:
    clock, bound = state.clock, float(state.bound.sum())
    stopped: SolveStatus = "interrupted" if clock.interrupted else "time_limit"
    if state.hopeless() or math.isinf(bound):
        return Solution((), math.inf, math.inf, "infeasible", "columns")
    if not np.isfinite(state.value).all():
        return Solution((), math.inf, bound, stopped, "columns")
    plan = state.areas()
    groups, need, money = plan.groups, plan.requirement, plan.money
    areas = tuple(
        _area(case, values, groups.members(g), float(need[g]), float(money[g]))
        for g in range(len(groups))
    )
    objective = plan_mean(values, areas)
    bound = bound_of(objective, bound)
    status, gap = stopped, objective - bound
    if gap <= 2e-9 * abs(objective):
        status = "optimal"
    elif gap <= clock.options.gap * abs(objective):
        status = "within_gap"
    return Solution(areas, objective, bound, status, "columns")


def _area(
    case: Case, values: DrawnValues, members: Ints, requirement: float, money: float
) -> GroupValue:
    """Return an area with the seat and model of known means: under a budget not always cheapest."""
    offers = offers_of(case, members.tolist())
    if case.instance.policy.subsidy_budget_year is None:
        return mean_value(values, offers)

    def away(area: GroupValue) -> float:
        paid = area.subsidy_year + area.support_year
        return abs(area.requirement_year - requirement) + abs(paid - money)

    return min((mean_value(values, [offer]) for offer in offers), key=away)
