"""One mixed-integer programme through HiGHS: arrays in, plan values and a true bound out."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from optimizer.arrays import Floats
from optimizer.interrupts import Interrupts
from optimizer.solving.programme import Program
from optimizer.solving.quiet import limit_seconds

__all__ = ["Outcome", "solve"]

_DONE = highspy.HighsModelStatus.kOptimal
_EMPTY = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
GRACE = 1.0
"""Seconds that HiGHS may be late before it is left alone."""

_BOUNDED = highspy.HighsModelStatus.kObjectiveBound
_FAILED = (
    highspy.HighsModelStatus.kSolveError,
    highspy.HighsModelStatus.kPresolveError,
    highspy.HighsModelStatus.kPostsolveError,
)


@dataclass(frozen=True)
class Outcome:
    """What HiGHS found.

    Attributes
    ----------
    values : array of float or None
        Column values of the best solution, None when none was found.
    bound : float
        No solution below the cutoff is cheaper; ``inf`` when there is none.
    complete : bool
        Whether the search ended by itself, not by a limit or an interrupt.
    nodes : int
        Branch-and-bound nodes.
    duals : array of float or None
        Row duals, for programmes without whole columns.
    """

    values: Floats | None
    bound: float
    complete: bool
    nodes: int = 0
    duals: Floats | None = None


def solve(
    program: Program,
    *,
    seconds: float = math.inf,
    cutoff: float = math.inf,
    start: Floats | None = None,
    threads: int | None = None,
    seed: int = 0,
    interrupts: Interrupts | None = None,
    watch: Callable[[Floats, float], bool] | None = None,
    presolve: bool = True,
    most_nodes: int | None = None,
) -> Outcome:
    """Solve a programme with HiGHS.

    Parameters
    ----------
    program : Program
    seconds : float
        Time limit.
    cutoff : float
        Solutions that cost this or more are of no use.
    start : array of float or None
        A solution to start from.
    threads : int or None
        Threads for HiGHS, 1 when None.
    seed : int
        Random seed of HiGHS.
    interrupts : Interrupts or None
        Stops the search where Ctrl-C asks for it.
    watch : callable or None
        Called with every solution found and the bound; the search stops when it returns True.
    presolve : bool
        Whether HiGHS simplifies the programme first. With many columns of few rows that takes
        minutes, and no limit stops it. Where simplifying fails, it is left out.
    most_nodes : int or None
        Stop after so many branch-and-bound nodes.

    Returns
    -------
    Outcome
        Some phases of HiGHS ask for no limit: a run that is `GRACE` seconds late is left alone
        and counts as one that found nothing. It stops by itself in the background when the phase
        ends; Python waits for that before it exits.
    """
    end = time.perf_counter() + seconds
    highs = program.in_highs()
    _set_options(highs, cutoff=cutoff, threads=threads, seed=seed)
    if not presolve:
        highs.setOptionValue("presolve", "off")
    if most_nodes is not None:
        highs.setOptionValue("mip_max_nodes", most_nodes)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    stopped = threading.Event()
    if watch is not None:

        def seen(event: highspy.HighsCallbackEvent) -> None:
            values = np.array(event.data_out.mip_solution)
            if values.size and watch(values, event.data_out.mip_dual_bound):
                stopped.set()

        highs.cbMipSolution += seen
    wish = Interrupts() if interrupts is None else interrupts
    if not _run(highs, wish, stopped, end):
        return Outcome(None, -math.inf, complete=False)
    if presolve and highs.getModelStatus() in _FAILED and not (wish.asked or stopped.is_set()):
        highs.setOptionValue("presolve", "off")
        if not _run(highs, wish, stopped, end):
            return Outcome(None, -math.inf, complete=False)
    return _outcome(highs, program, cutoff)


def _run(highs: highspy.Highs, wish: Interrupts, stopped: threading.Event, end: float) -> bool:
    """Run in a second thread, so that Ctrl-C reaches this one and stops the search gently.

    Return whether the run came to its end, at most `GRACE` after a time of ``perf_counter``.
    """
    limit_seconds(highs, end - time.perf_counter())

    def check(event: highspy.HighsCallbackEvent) -> None:
        if wish.asked or stopped.is_set():
            event.interrupt()

    highs.cbSimplexInterrupt += check
    highs.cbIpmInterrupt += check
    highs.cbMipInterrupt += check
    worker = threading.Thread(target=highs.run)
    end += GRACE
    worker.start()
    while worker.is_alive():
        try:
            worker.join(0.2)
        except KeyboardInterrupt:
            stopped.set()
            raise
        if wish.asked:
            end = min(end, time.perf_counter() + GRACE)
        if time.perf_counter() > end:
            stopped.set()
            return False
    return True


def _set_options(highs: highspy.Highs, *, cutoff: float, threads: int | None, seed: int) -> None:
    highs.setOptionValue("threads", 1 if threads is None else threads)
    highs.setOptionValue("random_seed", seed % (2**31))
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 1e-7)
    highs.setOptionValue("mip_feasibility_tolerance", 1e-7)
    if math.isfinite(cutoff):
        highs.setOptionValue("objective_bound", cutoff)


def _outcome(highs: highspy.Highs, program: Program, cutoff: float) -> Outcome:
    status = highs.getModelStatus()
    info = highs.getInfo()
    solution = highs.getSolution()
    has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solution.col_value) if has_values else None
    mixed = bool(program.whole.any())
    if status in _EMPTY or status == _BOUNDED:
        return Outcome(None, cutoff, complete=True, nodes=_nodes(info))
    if status == _DONE:
        duals = None if mixed else np.array(solution.row_dual)
        bound = min(info.objective_function_value, cutoff)
        return Outcome(values, bound, complete=True, nodes=_nodes(info), duals=duals)
    bound = info.mip_dual_bound if mixed and status not in _FAILED else -math.inf
    return Outcome(values, min(bound, cutoff), complete=False, nodes=_nodes(info))


def _nodes(info: highspy.HighsInfo) -> int:
    return max(0, int(info.mip_node_count))
