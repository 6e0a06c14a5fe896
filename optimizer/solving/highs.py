"""The only place where a HiGHS run is started: from a Pyomo model or from a highspy model.

Pyomo's own interface (``pyomo.contrib.solver``) hands the model over; the run itself is made here,
because that interface has no warm start, raises at a time limit although a plan exists, and
captures the screen while it runs, so that no progress could be shown.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.common.tee import capture_output
from pyomo.contrib.solver.solvers.highs import Highs as PyomoHighs

from optimizer.arrays import Floats
from optimizer.solving.scaling import Scaled, scaled

__all__ = ["HighsResult", "RunSettings", "run_highs", "run_pyomo"]

TELL_SECONDS = 0.5

RunStatus = Literal["optimal", "within_gap", "infeasible", "time_limit", "interrupted", "unbounded"]


@dataclass(frozen=True)
class RunSettings:
    """Settings of one HiGHS run; every one of them is passed on."""

    gap: float = 0.0
    time_limit: float = math.inf
    threads: int = 1
    seed: int = 0
    log_file: str = ""
    stop: Callable[[], bool] | None = None
    on_progress: Callable[[float, float], None] | None = None


@dataclass(frozen=True, eq=False)
class HighsResult:
    """What a run found.

    Attributes
    ----------
    status : str
        How it ended.
    objective, bound : float
        Best solution (``inf`` if none) and proven bound, for minimisation.
    values : array of shape (columns,) or None
        The best solution.
    """

    status: RunStatus
    objective: float
    bound: float
    values: Floats | None


def run_pyomo(
    model: pyo.ConcreteModel, settings: RunSettings, *, start_from_values: bool = False
) -> HighsResult:
    """Solve a Pyomo model with HiGHS and load the best solution into its variables.

    Parameters
    ----------
    model : ConcreteModel
        A linear (mixed-integer) minimisation.
    settings : RunSettings
        Gap, limits, callbacks.
    start_from_values : bool
        Begin with the values that variables hold; HiGHS completes what is missing.
    """
    interface = PyomoHighs()
    with capture_output(capture_fd=True):
        interface.set_instance(model)
    made = scaled(interface._solver_model)
    columns = interface._pyomo_var_to_solver_var_map
    variables = [
        (columns[id(v)], v)
        for v in model.component_data_objects(pyo.Var, active=True)
        if id(v) in columns
    ]
    if start_from_values:
        known = [(c, float(v.value)) for c, v in variables if v.value is not None]
        where = np.array([c for c, _ in known], dtype=np.int32)
        values = np.array([x for _, x in known], dtype=float) / made.column[where]
        made.highs.setSolution(len(known), where, values)
    result = _unscaled(run_highs(made.highs, _scaled_progress(settings, made)), made)
    if result.values is not None:
        for column, variable in variables:
            variable.set_value(float(result.values[column]), skip_validation=True)
    return result


def _scaled_progress(settings: RunSettings, made: Scaled) -> RunSettings:
    """Return settings whose listener hears of the model's own money."""
    tell, unit = settings.on_progress, made.objective
    if tell is None:
        return settings
    return replace(settings, on_progress=lambda best, bound: tell(best * unit, bound * unit))


def _unscaled(result: HighsResult, made: Scaled) -> HighsResult:
    values = None if result.values is None else result.values * made.column
    return HighsResult(
        result.status, result.objective * made.objective, result.bound * made.objective, values
    )


def run_highs(highs: highspy.Highs, settings: RunSettings) -> HighsResult:
    """Run HiGHS on a model that it already holds."""
    _set_options(highs, settings)
    if settings.stop is not None or settings.on_progress is not None:
        _listen(highs, settings)
    _run_with(highs, settings.threads)
    return _result(highs, settings)


def _run_with(highs: highspy.Highs, threads: int) -> None:
    """Run with some threads: HiGHS refuses another number than that of the last run before."""
    if threads == 1:
        highs.run()
        return
    highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - HiGHS's own signature
    try:
        highs.run()
    finally:
        highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003


def _set_options(highs: highspy.Highs, settings: RunSettings) -> None:
    highs.setOptionValue("output_flag", bool(settings.log_file))
    highs.setOptionValue("log_to_console", False)  # noqa: FBT003 - HiGHS's own signature
    if settings.log_file:
        highs.setOptionValue("log_file", settings.log_file)
    highs.setOptionValue("mip_rel_gap", settings.gap)
    highs.setOptionValue("mip_abs_gap", 1e-9)
    highs.setOptionValue("threads", settings.threads)
    highs.setOptionValue("random_seed", settings.seed)
    if math.isfinite(settings.time_limit):
        highs.setOptionValue("time_limit", max(0.0, settings.time_limit))


def _listen(highs: highspy.Highs, settings: RunSettings) -> None:
    """Attach the stop question and the progress report to HiGHS's callbacks.

    The bound is read where HiGHS asks whether to go on, since its own progress lines only come
    with its log.
    """
    stop, tell = settings.stop, settings.on_progress
    last = -math.inf

    def ask(event: Any) -> None:  # noqa: ANN401 - highspy's event has no public type
        nonlocal last
        if stop is not None and stop():
            event.interrupt()
        now = time.perf_counter()
        if tell is not None and now - last > TELL_SECONDS:
            last = now
            tell(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)

    def found(event: Any) -> None:  # noqa: ANN401
        if tell is not None:
            tell(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)

    def simplex(event: Any) -> None:  # noqa: ANN401
        if stop is not None and stop():
            event.interrupt()

    highs.cbMipInterrupt.subscribe(ask)
    highs.cbSimplexInterrupt.subscribe(simplex)
    highs.cbMipImprovingSolution.subscribe(found)


def _result(highs: highspy.Highs, settings: RunSettings) -> HighsResult:
    status = highs.getModelStatus()
    info = highs.getInfo()
    has_plan = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    objective = float(info.objective_function_value) if has_plan else math.inf
    is_mip = info.mip_node_count >= 0
    bound = float(info.mip_dual_bound) if is_mip else -math.inf
    kinds = highspy.HighsModelStatus
    name: RunStatus
    if status == kinds.kOptimal:
        bound = objective if not is_mip else min(bound, objective)
        name = "optimal" if settings.gap == 0 or objective - bound <= 1e-9 else "within_gap"
    elif status in {kinds.kInfeasible, kinds.kUnboundedOrInfeasible}:
        name, bound = "infeasible", math.inf
    elif status == kinds.kUnbounded:
        name = "unbounded"
    elif status == kinds.kInterrupt:
        name = "interrupted"
    else:
        name = "time_limit"
    values = np.asarray(highs.getSolution().col_value, dtype=float) if has_plan else None
    return HighsResult(name, objective, bound, values)
