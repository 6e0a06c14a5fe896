"""The public functions: solve, build a model, solve a planner's model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyomo.environ as pyo

from optimizer.arrays import Ints
from optimizer.errors import NoPlanError, OptimizerError, PolicyError
from optimizer.instance.instance import Instance
from optimizer.model.build import build_compact
from optimizer.model.sets import ModelData, model_data
from optimizer.plan.build import build_plan, empty_plan
from optimizer.plan.draws import draws_table
from optimizer.plan.plan import Outcome, Plan
from optimizer.plan.tariff_design import AreaChoice
from optimizer.solving.branch_and_price import lists_draws, solve_columns, solve_listed_draws
from optimizer.solving.clock import Clock
from optimizer.solving.compact.expected import solve_extensive
from optimizer.solving.compact.solve import run_model, solve_compact
from optimizer.solving.confirm import confirmed, refuted
from optimizer.solving.diagnose import SECONDS_IN_SOLVE, diagnose
from optimizer.solving.diagnose.precheck import impossible
from optimizer.solving.expected import drawn_values
from optimizer.solving.given import grouping_labels
from optimizer.solving.options import Method, Options, ProgressCallback
from optimizer.solving.order import in_order
from optimizer.solving.solution import Solution, bound_of
from optimizer.solving.versions import versions
from optimizer.tariffs.case import Case, case_of
from optimizer.tariffs.group_value import group_value
from optimizer.tariffs.plan_value import plan_value

__all__ = ["PlannerModel", "Start", "build_model", "solve", "solve_model"]

# Tariffs, tables and audit took 10 s of CPU for 4,266 towns on the machine of the benchmarks.
FINISH_SECONDS_PER_TOWN = 0.0025

Start = Plan | str | Path | Mapping[str, str] | pd.Series
"""What a computation may begin with: a plan, or a grouping as :func:`evaluate` takes it."""


def solve(
    instance: Instance,
    *,
    method: Method = "auto",
    gap: float = 0.0,
    time_limit: float | None = None,
    threads: int = 1,
    seed: int = 0,
    log_file: str = "",
    start: Start | None = None,
    on_progress: ProgressCallback | None = None,
) -> Plan:
    """Return the best plan for an instance, with its proof.

    Parameters
    ----------
    instance : Instance
        The region and its promises.
    method : {"auto", "compact", "columns"}
        How to compute; both methods give the same plan.
    gap : float
        Stop when the plan is proven to be within this share of the best; 0 asks for proof.
    time_limit : float, optional
        Seconds after which the best plan so far is returned with its bound.
    threads : int
        Parts that the column engine works on side by side; threads of each HiGHS run of the
        compact model.
    seed : int
        Seed of everything random.
    log_file : str
        File for the solver's log.
    start : Plan, str, path, mapping or Series, optional
        A plan of the same towns, or a grouping as :func:`evaluate` takes it, to begin with: the
        first plan where it keeps the promises, otherwise those of its areas that do. It changes
        how soon good plans are known, never what is proven.
    on_progress : callable, optional
        Called with :class:`~optimizer.solving.options.Progress` as plan and bound improve.

    Returns
    -------
    Plan
        ``status`` is ``optimal``, ``within_gap``, ``time_limit``, ``interrupted`` (Ctrl-C) or
        ``infeasible``; in the last case the tables are empty and
        ``plan.outcome.broken_promises`` says which promise must bend, and by how much.
        ``unconfirmed`` where the plan's own figures do not bear out what was found; the figures
        that fail are in the same place, and nothing of it may be used.

    Raises
    ------
    NoPlanError
        If the computation stopped before any plan was found.
    InstanceError
        If towns are missing, unknown or named twice in the start.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.solve(op.read("instances/pair"))
    >>> plan.status
    'optimal'
    """
    options = Options(
        method=method,
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        log_file=log_file,
    )
    with Clock(options, on_progress) as clock:
        with clock.interrupts.at_once():
            ordered = in_order(instance)
            clock.finish_phase("geography")
            clock.keep_back(FINISH_SECONDS_PER_TOWN * len(instance.towns))
            known = None if start is None else _start_labels(instance, start)[ordered.town]
        with clock.interrupts.kept():
            found = _found(ordered.case, clock, lambda: _run_method(ordered.case, clock, known))
            clock.finish_phase("solve")
            return _plan(ordered.given_case(), ordered.given(found), clock)


@dataclass(frozen=True, eq=False)
class PlannerModel:
    """A compact model that a planner may add rules to before it is solved.

    Attributes
    ----------
    model : pyomo.environ.ConcreteModel
        The Pyomo model; its names are those of ``formulation.md``.
    case : Case
        The instance as arrays.
    data : ModelData
        The model's sets and parameters.
    """

    model: pyo.ConcreteModel
    case: Case
    data: ModelData


def build_model(instance: Instance) -> PlannerModel:
    """Return the compact model of an instance, ready for a rule of the planner's own.

    Examples
    --------
    At most one of two towns may be a seat:

    >>> import optimizer as op
    >>> import pyomo.environ as pyo
    >>> built = op.build_model(op.read("instances/pair"))
    >>> m = built.model
    >>> a, b = list(m.SEATS)[:2]
    >>> m.one_seat = pyo.Constraint(expr=m.serve[a, a] + m.serve[b, b] <= 1)
    >>> op.solve_model(built).status
    'optimal'
    """
    case = case_of(instance)
    data = model_data(case)
    return PlannerModel(build_compact(case, data=data), case, data)


def solve_model(
    built: PlannerModel,
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
    threads: int = 1,
    seed: int = 0,
    log_file: str = "",
    on_progress: ProgressCallback | None = None,
) -> Plan:
    """Solve a planner's model and return its plan; parameters as in :func:`solve`.

    Tariffs are designed as for any plan: where a rule of the planner's own on prices or money makes
    the model dearer than that, the plan is ``unconfirmed``.
    """
    options = Options(
        method="compact",
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        log_file=log_file,
    )
    with Clock(options, on_progress) as clock, clock.interrupts.kept():
        solution = _found(
            built.case, clock, lambda: run_model(built.case, built.data, built.model, clock)
        )
        return _plan(built.case, solution, clock, own_rules=True)


def _start_labels(instance: Instance, start: Start) -> Ints:
    """Return the label of each town, in the order of the instance, as whole numbers."""
    grouping = start.towns["service_area"] if isinstance(start, Plan) else start
    labels = grouping_labels(instance, grouping)
    named = [labels[str(town)] for town in instance.towns.index]
    return np.unique(named, return_inverse=True)[1].astype(np.int64)


def _run_method(case: Case, clock: Clock, start: Ints | None) -> Solution:
    """Solve by the method asked for; ``auto`` takes the columns, which serve better at any size."""
    with clock.interrupts.at_once():
        hopeless = bool(impossible(case))
    if hopeless:
        return Solution((), math.inf, math.inf, "infeasible", "check before solving")
    values = drawn_values(case)
    if values is not None and len(case.totals):
        named = case.totals.promises[0].name
        message = f"{named} is not known yet where the objective is a mean over draws; leave it out"
        raise PolicyError(message)
    if values is not None:
        if clock.options.method != "compact" and lists_draws(case, values):
            return solve_listed_draws(case, values, clock, start=start)
        return solve_extensive(case, values, clock)
    if clock.options.method == "compact":
        return solve_compact(case, clock, start=start)
    return solve_columns(case, clock, start=start)


def _found(case: Case, clock: Clock, search: Callable[[], Solution]) -> Solution:
    """Return what a search finds, or the best plan that it knew when it was left by force.

    Raises
    ------
    KeyboardInterrupt
        If no plan was known yet.
    """
    try:
        with clock.interrupts.asking():
            return search()
    except KeyboardInterrupt:
        if clock.best is None:
            raise
    labels = clock.best
    areas = [group_value(case, np.flatnonzero(labels == k).tolist()) for k in np.unique(labels)]
    objective = plan_value(case, areas).value_year
    bound = bound_of(objective, max(0.0, clock.bound))
    method = "compact" if clock.options.method == "compact" else "columns"
    return Solution(tuple(areas), objective, bound, "interrupted", method)


def _plan(case: Case, solution: Solution, clock: Clock, *, own_rules: bool = False) -> Plan:
    """Return the plan of a solution, or the diagnosis of an infeasible one."""
    if solution.status == "infeasible":
        with clock.interrupts.asking():
            found = diagnose(case.instance, stop=lambda: clock.stop, seconds=SECONDS_IN_SOLVE)
            reasons = tuple(line.words for line in found)
            wrong = "" if own_rules else refuted(case, reasons, stop=lambda: clock.stop)
        clock.finish_phase("diagnosis")
        return _without_plan(case, solution, clock, (wrong,) if wrong else reasons, sure=not wrong)
    if not solution.areas and solution.status in {"optimal", "within_gap"}:
        words = "the search ended with a proof, but without a plan"
        return _without_plan(case, solution, clock, (words,), sure=False)
    if not solution.areas:
        message = (
            f"stopped ({solution.status.replace('_', ' ')}) after {clock.seconds:.1f} s before "
            "any plan was found; allow more time or loosen a promise"
        )
        raise NoPlanError(message)
    names = case.reach.towns
    choices = [
        AreaChoice(names[area.seat], area.members, area.seat, area.model) for area in solution.areas
    ]
    outcome = Outcome(
        status=solution.status,
        objective=solution.objective,
        bound=solution.bound,
        seconds=clock.phases,
        method=solution.method,
        versions=versions(),
        options=asdict(clock.options),
        duals=solution.duals,
    )
    try:
        values = drawn_values(case)
        draws = None if values is None else draws_table(values, choices)
        plan = confirmed(build_plan(case, choices, outcome, draws=draws), gap=clock.options.gap)
    except OptimizerError as error:
        plan = _without_plan(case, solution, clock, (str(error),), sure=False)
    clock.finish_phase("tariffs")
    return plan.with_seconds(clock.phases)


def _without_plan(
    case: Case, solution: Solution, clock: Clock, words: tuple[str, ...], *, sure: bool
) -> Plan:
    """Return a plan without areas, whose outcome says why there is none."""
    outcome = Outcome(
        status="infeasible" if sure else "unconfirmed",
        objective=solution.objective,
        bound=solution.bound,
        seconds=clock.phases,
        method=solution.method,
        broken_promises=words,
        versions=versions(),
        options=asdict(clock.options),
    )
    return empty_plan(case.instance, outcome)
