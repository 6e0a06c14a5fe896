"""The state of one computation: the best plan, the bound, the clock and the log."""

from __future__ import annotations

import math
import time

import numpy as np

from optimizer.interrupts import Interrupts
from optimizer.solving.plain_matrices.problem.problem import Assignment, Matrices

__all__ = ["PROOF", "Progress"]

PROOF = 1e-7
"""Relative difference of objective and bound below which a plan counts as proven."""


class Progress:
    """Best plan, bound, clock and log, shared by every method that works on a problem.

    The clock begins at `start`, a value of ``time.perf_counter``, or now.

    Attributes
    ----------
    best : Assignment or None
        Best plan so far.
    bound : float
        No plan is cheaper than this; ``inf`` when no plan exists.
    log : list of str
        One line for every step worth telling.
    interrupts : Interrupts
        Whether Ctrl-C was pressed.
    """

    def __init__(
        self, problem: Matrices, *, time_limit: float | None, gap: float, start: float | None = None
    ) -> None:
        self.problem = problem
        self.best: Assignment | None = None
        self.bound = -math.inf
        self.log: list[str] = []
        self.interrupts = Interrupts()
        self._gap = gap
        self._start = time.perf_counter() if start is None else start
        self._limit = math.inf if time_limit is None else time_limit
        self._whole = problem.whole_costs

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def left(self) -> float:
        """Seconds that remain, ``inf`` without a limit."""
        return max(0.0, self._limit - self.seconds)

    @property
    def objective(self) -> float:
        """Objective of the best plan, ``inf`` without one."""
        return math.inf if self.best is None else self.best.objective

    @property
    def cutoff(self) -> float:
        """Plans that cost this or more are not worth looking for.

        Without a gap: anything not cheaper than the best plan, by a whole unit when all costs are
        whole. With a gap: anything that would prove the best plan only better than asked.
        """
        if self.best is None:
            return math.inf
        step = 1.0 - 1e-3 if self._whole else PROOF * 0.5 * max(1e-9, abs(self.objective))
        return self.objective - max(step, self._gap * abs(self.objective))

    @property
    def proven(self) -> bool:
        """Whether the best plan is proven as well as was asked, or no plan exists."""
        if self.best is None:
            return self.bound == math.inf
        return (
            self.objective - self.bound
            <= max(self._gap, PROOF) * max(1e-9, abs(self.objective)) + 1e-9
        )

    @property
    def finished(self) -> bool:
        """Whether to stop: proven, out of time or interrupted."""
        return self.proven or self.left <= 0 or self.interrupts.asked > 0

    def later(self, seconds: float) -> bool:
        """Say whether to stop, or whether it is later than so many seconds after the start."""
        return self.finished or self.seconds > seconds

    def offer(self, plan: Assignment | None) -> bool:
        """Keep a plan when it is better than the best; say whether it was."""
        if plan is None or plan.objective >= self.objective - 1e-12 * max(1.0, abs(plan.objective)):
            return False
        self.best = plan
        return True

    def raise_bound(self, bound: float) -> None:
        """Raise the bound, to the next whole number when all costs are whole."""
        if self._whole and np.isfinite(bound):
            bound = math.ceil(bound - 1e-6)
        self.bound = max(self.bound, min(bound, self.objective))

    def aside(self) -> Progress:
        """Return a progress for a part of the plans, with the same best plan, clock and log.

        Its bound is of its own: no plan of that part is cheaper.
        """
        other = Progress(self.problem, time_limit=None, gap=self._gap)
        other.best, other.interrupts = self.best, self.interrupts
        other._start, other._limit = self._start, self._limit
        return other

    def note(self, text: str) -> None:
        """Write a line into the log."""
        self.log.append(
            f"{self.seconds:8.2f} s  best {self.objective:.8g}  bound {self.bound:.8g}  {text}"
        )
