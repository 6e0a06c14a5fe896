"""The column engine from case to solution."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from optimizer.arrays import Ints
from optimizer.audit.certificate.duals import Duals
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    generate,
)
from optimizer.solving.branch_and_price.bounding.interior_duals import centre
from optimizer.solving.branch_and_price.bounding.lazy_core import lazy_core_of
from optimizer.solving.branch_and_price.bounding.start_work import start_work
from optimizer.solving.branch_and_price.exact.enumeration import prove
from optimizer.solving.branch_and_price.exact.rounding import round_counts
from optimizer.solving.branch_and_price.large.block_cut_rounds import lift
from optimizer.solving.branch_and_price.large.completion import complete
from optimizer.solving.branch_and_price.large.spatial_blocks import (
    begin_with_blocks,
    works_in_blocks,
)
from optimizer.solving.branch_and_price.listing.proof import prove_by_listing, wants_listing
from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.branch_and_price.pricing.compiled_search import COMPILED, wants_compiled
from optimizer.solving.branch_and_price.primal.assignment import offer_assigned
from optimizer.solving.branch_and_price.primal.dissolving import offer_dissolved
from optimizer.solving.branch_and_price.primal.diving import careful_dives, dive, quick_dives
from optimizer.solving.branch_and_price.primal.large_neighbourhood import redo
from optimizer.solving.branch_and_price.primal.merging import first_plan
from optimizer.solving.branch_and_price.primal.window_choice import enrich, improve
from optimizer.solving.branch_and_price.problem.plan_totals import totals_of
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.solving.branch_and_price.problem.ways import every_way
from optimizer.solving.branch_and_price.state.state import State, start_state, whole_value
from optimizer.solving.clock import Clock
from optimizer.solving.solution import Solution, SolveStatus, bound_of
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue, group_value, served_value
from optimizer.tariffs.plan_value import plan_value

__all__ = ["solve_columns"]


def solve_columns(
    case: Case, clock: Clock, *, start: Ints | None = None, parameters: Parameters | None = None
) -> Solution:
    """Solve a case by choosing among service areas, until proven or stopped.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    clock : Clock
        Time limit, Ctrl-C, gap, threads and seed; progress is told to it.
    start : int array of shape (towns,), optional
        Label of each town in a known grouping to begin with.
    parameters : Parameters, optional
        Numbers that tune the computation.

    Returns
    -------
    Solution
        ``optimal`` only where bound and objective agree to 1e-9; ``infeasible`` only where that is
        proven. At a time limit the bound is still true.

    Examples
    --------
    >>> import optimizer as op
    >>> case = op.case_of(op.read("instances/pair"))
    >>> with Clock(op.Options()) as clock:
    ...     solve_columns(case, clock).status
    'optimal'
    """
    problem = make_problem(case, parameters)
    totals = totals_of(problem)
    clock.finish_phase("build")
    plan = first_plan(problem, totals, start=start, stop=lambda: clock.stop)
    state = start_state(problem, totals, clock, plan, lazy_core=lazy_core_of(problem, clock))
    if not np.isfinite(state.value).all():
        offer_assigned(state)
    offer_dissolved(state)
    state.raise_bound(np.full(state.parts, -np.inf), "first bound")
    clock.finish_phase("first plan")
    if not np.isfinite(state.bound).all() or totals.least > min(totals.most, case.towns):
        return _infeasible()
    if wants_compiled(problem, 0):
        clock.report(COMPILED)
    work = start_work(state)
    if wants_listing(problem) and not state.enough:
        prove_by_listing(state, work)
    begin_with_blocks(state, work)
    clock.finish_phase("blocks")
    in_blocks = works_in_blocks(state)
    if not in_blocks and not state.enough:
        generate(state, work)
        clock.finish_phase("columns")
    if state.hopeless():
        return _infeasible()
    if in_blocks or problem.towns > problem.parameters.solver.small_towns:
        _narrow_large(state, work, in_blocks=in_blocks)
        _in_turn(state, work, LARGE_REGION)
    else:
        _in_turn(state, work, SMALL_REGION)
    _persist(state, work)
    if state.hopeless():
        return _infeasible()
    return _solution(case, state)


def _prove_short(state: State, work: ColumnGeneration) -> None:
    prove(state, work, short=True)


def _prove_near(state: State, work: ColumnGeneration) -> None:
    """Try a short proof of a small region at once where plan and bound are near each other."""
    tuned = state.parameters.solver
    few = state.problem.towns <= tuned.at_once_towns and bool(np.isfinite(state.value).all())
    if few and state.gap.sum() <= tuned.at_once_gap * abs(state.value.sum()):
        centre(state, work)
        prove(state, work, short=True)


def _prove_long(state: State, work: ColumnGeneration) -> None:
    prove(state, work, short=False)


def _dive_quickly(state: State, work: ColumnGeneration) -> None:
    dive(state, work, ways=quick_dives(state.parameters.primal))


def _dive_carefully(state: State, work: ColumnGeneration) -> None:
    dive(state, work, ways=careful_dives(state.parameters.primal))


def _redo_often(state: State, work: ColumnGeneration) -> None:
    """Solve windows anew again and again while the gap becomes much smaller."""
    gap = math.inf
    while (
        not state.enough and float(state.gap.sum()) < (1 - state.parameters.solver.redo_gain) * gap
    ):
        gap = float(state.gap.sum())
        redo(state, work)


Step = tuple[str, Callable[[State, ColumnGeneration], None]]
SMALL_REGION: tuple[Step, ...] = (
    ("proof", _prove_near),
    ("dives", _dive_quickly),
    ("proof", _prove_near),
    ("dives", _dive_carefully),
    ("proof", _prove_near),
    ("numbers", round_counts),
    ("middle", centre),
    ("windows", improve),
    ("proof", _prove_short),
    ("lift", lift),
    ("proof", _prove_short),
    ("numbers", round_counts),
    ("last proof", _prove_long),
)
WHOLE: tuple[Step, ...] = (("lift", lift), ("dives", dive))
IN_BLOCKS: tuple[Step, ...] = (("lift", lift), ("areas left", complete), ("dives", _redo_often))
ONCE_MORE: tuple[Step, ...] = (
    ("lift", lift),
    ("dives", dive),
    ("numbers", round_counts),
    ("last proof", _prove_long),
)
AFTER_WINDOWS: tuple[Step, ...] = (("columns", generate), ("lift", lift))
LARGE_REGION: tuple[Step, ...] = (
    ("proof", _prove_short),
    ("columns", generate),
    ("middle", centre),
    ("proof", _prove_short),
    ("lift", lift),
    ("last proof", _prove_long),
)


def _in_turn(state: State, work: ColumnGeneration, steps: tuple[Step, ...]) -> None:
    """Take one step after the other until that is enough."""
    for phase, step in steps:
        if state.enough:
            return
        step(state, work)
        state.clock.finish_phase(phase)


def _persist(state: State, work: ColumnGeneration) -> None:
    """Lift and prove what is left again and again while the gap becomes noticeably smaller."""
    gap = math.inf
    while (
        not state.enough
        and float(state.gap.sum()) < (1 - state.parameters.solver.persist_gain) * gap
    ):
        gap = float(state.gap.sum())
        _in_turn(state, work, ONCE_MORE)


def _narrow_large(state: State, work: ColumnGeneration, *, in_blocks: bool) -> None:
    """Close the gap of a large region from both sides before its proof is tried."""
    _in_turn(state, work, IN_BLOCKS if in_blocks else WHOLE)
    for sizes in state.parameters.solver.window_turns:
        if not state.enough:
            enrich(state, work)
            improve(state, work, sizes=sizes)
            state.clock.finish_phase("windows")
        _in_turn(state, work, AFTER_WINDOWS[in_blocks:])


def _dearness(problem: Problem) -> float:
    """Return by how much an objective may rise for a unit of the areas' values: pooled money."""
    return 1.0 + problem.case.instance.policy.public_money_price if problem.pooled else 1.0


def _infeasible() -> Solution:
    return Solution((), math.inf, math.inf, "infeasible", "columns")


def _solution(case: Case, state: State) -> Solution:
    clock = state.clock
    bound = whole_value(state.problem, float(state.bound.sum()))
    stopped: SolveStatus = "interrupted" if clock.interrupted else "time_limit"
    if math.isinf(bound):
        return _infeasible()
    if not np.isfinite(state.value).all():
        return Solution((), math.inf, bound, stopped, "columns")
    areas = _area_values(case, state)
    objective = plan_value(case, areas).value_year
    if math.isinf(objective):
        return Solution((), math.inf, bound, stopped, "columns")
    bound = bound_of(objective, bound)
    gap = objective - bound
    status = stopped
    if gap <= 2e-9 * abs(objective) * _dearness(state.problem):
        status = "optimal"
    elif gap <= clock.options.gap * abs(objective):
        status = "within_gap"
    return Solution(areas, objective, bound, status, "columns", _duals(case, state))


def _area_values(case: Case, state: State) -> tuple[GroupValue, ...]:
    """Return the areas of the plan with the seats and operator models that it chose."""
    areas = state.areas()
    members = [areas.groups.members(g) for g in range(len(areas))]
    if not len(state.problem.totals):
        return tuple(group_value(case, group.tolist()) for group in members)
    ways = every_way(state.problem, areas.groups)
    value = ways.columns.value(state.problem.money_price)
    same = np.isclose(ways.columns.amounts, areas.amounts[ways.owner], rtol=1e-9, atol=1e-9)
    value = np.where(same.all(axis=1), value, np.inf)
    order = np.lexsort((value, ways.owner))
    first = order[np.searchsorted(ways.owner[order], np.arange(len(areas)))]
    return tuple(
        served_value(case, members[g].tolist(), seat=int(ways.seat[w]), model=int(ways.model[w]))
        for g, w in enumerate(first)
    )


def _duals(case: Case, state: State) -> Duals:
    """Return the duals of the best Lagrangian bound; those of limits that rounding made are left.

    Without them the duals still prove a bound, if a lower one.
    """
    names, duals = case.reach.towns, state.duals
    subset_rows = zip(
        duals.subset_rows.town.tolist(), duals.subset_rows.price.tolist(), strict=True
    )
    return Duals(
        town_year=dict(zip(names, duals.town.tolist(), strict=True)),
        area_year=float(duals.area) if state.totals.couple else 0.0,
        public_money_weight=float(duals.money),
        triples=tuple(
            ((names[a], names[b], names[c]), price) for (a, b, c), price in subset_rows if price > 0
        ),
    )
