"""Time limit and Ctrl-C: one object that says when to stop and tells how far we are."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Self, TextIO

from optimizer.arrays import Ints
from optimizer.interrupts import Interrupts
from optimizer.solving.options import Options, Progress, ProgressCallback
from optimizer.solving.search_log import open_log

__all__ = ["Clock"]


class Clock:
    """Deadline, interrupts, best plan so far and progress reporter of one computation.

    Used as a context manager in the main thread it turns the first Ctrl-C into a request to stop;
    a second one raises ``KeyboardInterrupt``, and ``best`` holds what is known then.

    Parameters
    ----------
    options : Options
        Gives the time limit and the gap.
    on_progress : callable, optional
        Called with a :class:`~optimizer.solving.options.Progress`.
    """

    def __init__(self, options: Options, on_progress: ProgressCallback | None = None) -> None:
        self.options = options
        self.interrupts = Interrupts()
        self.best: Ints | None = None
        self.objective = math.inf
        self.bound = -math.inf
        self._kept = 0.0
        self._begin = time.perf_counter()
        self._on_progress = on_progress
        self._phases: dict[str, float] = {}
        self._log: TextIO | None = None
        self._within = ExitStack()

    def __enter__(self) -> Self:
        """Listen to Ctrl-C where that is possible, and open the log."""
        log = self._within.enter_context(open_log(self.options.log_file))
        self._log = None if self.options.method == "compact" else log
        self.interrupts = self._within.enter_context(Interrupts())
        self._within.enter_context(self.interrupts.asking())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give Ctrl-C back and close the log."""
        if self._log is not None:
            spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self._phases.items())
            self._log.write(f"{spent}\n")
        self._within.close()

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C or a request to end asks to stop."""
        return self.interrupts.asked > 0

    def keep(self, labels: Ints) -> None:
        """Keep the area of each town in the best plan so far."""
        self.best = labels

    @property
    def seconds(self) -> float:
        """Seconds since the computation began."""
        return time.perf_counter() - self._begin

    @property
    def left(self) -> float:
        """Seconds until the time limit, less those kept back; ``inf`` without one."""
        limit = self.options.time_limit
        return math.inf if limit is None else limit - self._kept - self.seconds

    def keep_back(self, seconds: float) -> None:
        """Keep seconds of the time limit, a tenth of it at most, for what follows the search."""
        if self.options.time_limit is not None:
            self._kept = min(seconds, 0.1 * self.options.time_limit)

    @property
    def stop(self) -> bool:
        """Whether to stop now."""
        return self.interrupted or self.left <= 0

    @property
    def closed(self) -> bool:
        """Whether plan and bound are as close as was asked for."""
        return self.objective - self.bound <= self.options.gap * abs(self.objective)

    def report(
        self, phase: str, *, objective: float | None = None, bound: float | None = None
    ) -> None:
        """Take a better plan or bound and tell the listener."""
        if objective is not None:
            self.objective = min(self.objective, objective)
        if bound is not None:
            self.bound = max(self.bound, bound)
        progress = Progress(self.seconds, phase, self.objective, self.bound)
        if self._log is not None:
            self._log.write(f"{progress}\n")
        if self._on_progress is not None:
            self._on_progress(progress)

    def finish_phase(self, name: str) -> None:
        """Give the time since the last call to a phase."""
        spent = self.seconds - sum(self._phases.values())
        self._phases[name] = self._phases.get(name, 0.0) + spent

    @property
    def phases(self) -> dict[str, float]:
        """Seconds of each finished phase."""
        return dict(self._phases)
