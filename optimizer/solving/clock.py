"""Time limit and Ctrl-C: one object that says when to stop and tells how far we are."""

from __future__ import annotations

import math
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Self

from optimizer.solving.options import Options, Progress, ProgressCallback

__all__ = ["Clock"]


class Clock:
    """Deadline, interrupt flag and progress reporter of one computation.

    Used as a context manager in the main thread it turns the first Ctrl-C into a request to stop;
    a second one raises ``KeyboardInterrupt`` as usual.

    Parameters
    ----------
    options : Options
        Gives the time limit and the gap.
    on_progress : callable, optional
        Called with a :class:`~optimizer.solving.options.Progress`.
    """

    def __init__(self, options: Options, on_progress: ProgressCallback | None = None) -> None:
        self.options = options
        self.interrupted = False
        self.objective = math.inf
        self.bound = -math.inf
        self._kept = 0.0
        self._begin = time.perf_counter()
        self._on_progress = on_progress
        self._phases: dict[str, float] = {}
        self._previous: object = None

    def __enter__(self) -> Self:
        """Listen to Ctrl-C where that is possible."""
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give Ctrl-C back."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._previous)  # type: ignore[arg-type]

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        del number, frame
        self.interrupted = True

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
        if self._on_progress is not None:
            self._on_progress(Progress(self.seconds, phase, self.objective, self.bound))

    def finish_phase(self, name: str) -> None:
        """Give the time since the last call to a phase."""
        spent = self.seconds - sum(self._phases.values())
        self._phases[name] = self._phases.get(name, 0.0) + spent

    @property
    def phases(self) -> dict[str, float]:
        """Seconds of each finished phase."""
        return dict(self._phases)
