"""Where a mixed-integer HiGHS run is started: from a Pyomo model or from a highspy model.

Pyomo writes the model as matrices; it is handed over and run here, because Pyomo's own interface to
HiGHS has no warm start, raises at a time limit although a plan exists, and captures the output of
the whole process, for which two threads would wait for each other.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.core.base.var import VarData
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csr_array

from optimizer.arrays import Floats
from optimizer.solving.programme import Program
from optimizer.solving.scaling import Scaled, scaled

__all__ = [
    "HandedOver",
    "HighsResult",
    "RunSettings",
    "hand_over",
    "run_handed",
    "run_highs",
    "run_pyomo",
]

TELL_SECONDS, WAIT_SECONDS, GRACE_SECONDS = 0.5, 0.05, 20.0

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


@dataclass(frozen=True, eq=False)
class HandedOver:
    """A Pyomo model as HiGHS holds it, scaled: its variables in the order of the columns."""

    made: Scaled
    variables: list[VarData]


def hand_over(model: pyo.ConcreteModel) -> HandedOver | None:
    """Return a linear (mixed-integer) minimisation as HiGHS holds it.

    Nothing is captured and nothing shared, so that threads may do so side by side. Variables that
    no row and no objective names are left out. ``None`` where a row without variables cannot hold.
    """
    try:
        form = LinearStandardFormCompiler().write(model, mixed_form=True)
    except InfeasibleConstraintException:
        return None
    below, above = (np.array([row.bound_type != side for row in form.rows]) for side in (1, -1))
    bounds = [variable.bounds for variable in form.columns]
    programme = Program(
        cost=np.asarray(csr_array(form.c).sum(axis=0), dtype=np.float64),
        lower=np.array([-math.inf if low is None else low for low, _ in bounds]),
        upper=np.array([math.inf if high is None else high for _, high in bounds]),
        rows=csr_array(form.A),
        row_lower=np.where(below, form.rhs, -math.inf),
        row_upper=np.where(above, form.rhs, math.inf),
        whole=np.array([v.is_integer() or v.is_binary() for v in form.columns], dtype=np.bool_),
        constant=float(form.c_offset.sum()),
    )
    return HandedOver(scaled(programme.in_highs()), list(form.columns))


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
    handed = hand_over(model)
    if handed is None:
        return HighsResult("infeasible", math.inf, math.inf, None)
    return run_handed(handed, settings, start_from_values=start_from_values)


def run_handed(
    handed: HandedOver, settings: RunSettings, *, start_from_values: bool = False
) -> HighsResult:
    """Solve a model that was handed over; as :func:`run_pyomo`."""
    made = handed.made
    if start_from_values:
        known = [(c, float(v.value)) for c, v in enumerate(handed.variables) if v.value is not None]
        where = np.array([c for c, _ in known], dtype=np.int32)
        values = np.array([x for _, x in known], dtype=float) / made.column[where]
        made.highs.setSolution(len(known), where, values)
    result = _unscaled(run_highs(made.highs, _scaled_progress(settings, made)), made)
    if result.values is not None:
        for value, variable in zip(result.values.tolist(), handed.variables, strict=True):
            variable.set_value(value, skip_validation=True)
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
    """Run HiGHS on a model that it already holds.

    It runs in a second thread, so that Ctrl-C reaches this one at once. Some phases of HiGHS ask
    for no limit: a run that is `GRACE_SECONDS` late is left alone, and the best that it told until
    then is its result.
    """
    _set_options(highs, settings)
    seen = _Seen()
    highs.cbMipInterrupt.subscribe(seen.asked)
    highs.cbSimplexInterrupt.subscribe(seen.go_on)
    highs.cbMipImprovingSolution.subscribe(seen.found)
    if not _run(highs, settings, seen):
        name: RunStatus = "interrupted" if settings.stop is not None else "time_limit"
        return HighsResult(name, seen.objective, seen.bound, seen.values)
    return _result(highs, settings)


@dataclass(eq=False)
class _Seen:
    """What a run told its callbacks, and whether it should end.

    The bound is read where HiGHS asks whether to go on, since its own progress lines only come
    with its log.
    """

    end: threading.Event = field(default_factory=threading.Event)
    objective: float = math.inf
    bound: float = -math.inf
    values: Floats | None = None

    def go_on(self, event: Any) -> None:  # noqa: ANN401 - highspy's event has no public type
        """Answer whether to go on."""
        if self.end.is_set():
            event.interrupt()

    def asked(self, event: Any) -> None:  # noqa: ANN401
        """Take the bound and answer whether to go on."""
        self._note(event)
        self.go_on(event)

    def found(self, event: Any) -> None:  # noqa: ANN401
        """Take a better solution."""
        self._note(event)
        self.values = np.array(event.data_out.mip_solution, dtype=float)

    def _note(self, event: Any) -> None:  # noqa: ANN401
        self.objective = min(self.objective, event.data_out.mip_primal_bound)
        self.bound = max(self.bound, event.data_out.mip_dual_bound)


def _run(highs: highspy.Highs, settings: RunSettings, seen: _Seen) -> bool:
    """Run to the end, or until a run that should stop does not; return whether it ended."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            _run_with(highs, settings.threads)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            failed.append(error)

    worker = threading.Thread(target=work)
    told = time.perf_counter()
    latest = told + settings.time_limit + GRACE_SECONDS
    worker.start()
    while worker.is_alive():
        try:
            worker.join(WAIT_SECONDS)
            now = time.perf_counter()
            if settings.stop is not None and not seen.end.is_set() and settings.stop():
                seen.end.set()
                latest = now + GRACE_SECONDS
            if settings.on_progress is not None and now - told > TELL_SECONDS:
                told = now
                settings.on_progress(seen.objective, seen.bound)
        except KeyboardInterrupt:
            seen.end.set()
            latest = time.perf_counter() + GRACE_SECONDS
        except BaseException:
            seen.end.set()
            raise
        if time.perf_counter() > latest:
            seen.end.set()
            return False
    if failed:
        raise failed[0]
    if settings.on_progress is not None and math.isfinite(seen.objective):
        settings.on_progress(seen.objective, seen.bound)
    return True


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
