"""Clocks of parts of the work: each has less time than the whole, and reports nothing."""

from __future__ import annotations

from dataclasses import replace

from optimizer.arrays import Ints
from optimizer.solving.clock import Clock

__all__ = ["Quiet", "Shares"]


class Quiet(Clock):
    """The clock of a block: the region's deadline, or its own if earlier, and no reports."""

    def __init__(self, outer: Clock, seconds: float, *, threads: int = 1) -> None:
        super().__init__(replace(outer.options, threads=threads, log_file=""))
        self._outer, self._end = outer, outer.seconds + seconds

    @property
    def left(self) -> float:
        """Seconds until the block must end."""
        return min(self._outer.left, self._end - self._outer.seconds)

    @property
    def stop(self) -> bool:
        """Whether to stop now."""
        return self._outer.stop or self.left <= 0

    def report(
        self, phase: str, *, objective: float | None = None, bound: float | None = None
    ) -> None:
        """Tell nobody."""

    def keep(self, labels: Ints) -> None:
        """Keep nothing: these are areas of a part of the region."""


class Shares:
    """Clocks of blocks that are solved side by side: each gets its share of the time left.

    Each may use all threads, for the last of several is alone in the end.
    """

    def __init__(self, clock: Clock, seconds: float, blocks: int) -> None:
        self._clock, self._end, self._blocks = clock, clock.seconds + seconds, blocks

    def next(self, together: int) -> Quiet:
        """Return the clock of the next block, of as many that may be solved side by side."""
        left, threads = self._end - self._clock.seconds, self._clock.options.threads
        seconds = left * min(threads, together, self._blocks) / self._blocks
        self._blocks = max(1, self._blocks - 1)
        return Quiet(self._clock, seconds, threads=threads)
