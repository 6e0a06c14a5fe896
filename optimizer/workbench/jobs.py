"""Searches beside the page: a process each, that tells how far it is and can be stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from optimizer.errors import NoPlanError, OptimizerError
from optimizer.instance.instance import Instance
from optimizer.solving.options import Progress

__all__ = ["Answer", "Job", "SolveOrder"]

STOP_SECONDS = 20.0
"""How long a process that was asked to stop may take to hand over its best plan."""


@dataclass(frozen=True)
class SolveOrder:
    """What to solve.

    Attributes
    ----------
    instance : Instance
        The region with the promises of the desk.
    start : dict of str
        The grouping to begin with.
    folder : Path or None
        Where the run is written; nowhere for a proof alone.
    time_limit : float
        Seconds.
    """

    instance: Instance
    start: dict[str, str]
    folder: Path | None
    time_limit: float


@dataclass(frozen=True)
class Answer:
    """What a search found.

    Attributes
    ----------
    status : str
        As in :class:`~optimizer.plan.plan.Outcome`, or ``failed``.
    labels : dict of str
        The grouping; empty where there is none.
    objective, bound : float
        Weighted money a year.
    words : str
        Why there is no plan.
    folder : str
        The run; empty where none was written.
    """

    status: str
    labels: dict[str, str]
    objective: float
    bound: float
    words: str = ""
    folder: str = ""


class Job:
    """A search in a process of its own.

    Parameters
    ----------
    order : SolveOrder
        What to solve.
    on_progress : callable
        Called from another thread with :class:`~optimizer.solving.options.Progress`.
    on_end : callable
        Called once with the :class:`Answer`.
    """

    def __init__(
        self,
        order: SolveOrder,
        on_progress: Callable[[Progress], None],
        on_end: Callable[[Answer], None],
    ) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._here, there = spawn.Pipe(duplex=False)
        self._process = spawn.Process(target=_work, args=(order, there), daemon=True)
        self._process.start()
        there.close()
        self._on_progress, self._on_end = on_progress, on_end
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether no answer has come yet."""
        return self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait for the answer."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """Ask for the best plan so far; end the process where it does not answer."""
        if self._process.pid is not None and self._process.is_alive():
            os.kill(self._process.pid, signal.SIGINT)
            threading.Timer(STOP_SECONDS, self._process.kill).start()

    def kill(self) -> None:
        """End the process; no answer is waited for."""
        self._process.kill()

    def _listen(self) -> None:
        answer = Answer("failed", {}, float("inf"), float("-inf"), "the search ended by itself")
        try:
            while True:
                told = self._here.recv()
                if isinstance(told, Answer):
                    answer = told
                    break
                self._on_progress(told)
        except (EOFError, OSError):
            pass
        self._process.join()
        self._on_end(answer)


def _work(order: SolveOrder, there: Connection) -> None:
    """Solve and tell; runs in the process of a job."""
    # Imported here: the page's own process need not load the search.
    from optimizer.solving.run import solve  # noqa: PLC0415

    try:
        plan = solve(
            order.instance,
            time_limit=order.time_limit,
            start=order.start or None,
            on_progress=there.send,
        )
    except (OptimizerError, NoPlanError) as error:
        there.send(Answer("failed", {}, float("inf"), float("-inf"), str(error)))
        return
    labels = {str(t): str(a) for t, a in plan.towns["service_area"].items()}
    written = ""
    if order.folder is not None and labels:
        written = str(plan.write(order.folder))
    words = "; ".join(map(str, plan.outcome.broken_promises))
    there.send(Answer(plan.status, labels, plan.objective, plan.bound, words, written))
