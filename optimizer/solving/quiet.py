"""A HiGHS instance that prints nothing: its first one prints a banner unless silenced in time."""

from __future__ import annotations

import math

import highspy

__all__ = ["limit_seconds", "new_highs"]


class _Quiet(highspy.Highs):
    """HiGHS whose output is off before it first speaks, when its callbacks are set up."""

    def enableCallbacks(self) -> None:  # noqa: N802 - highspy's own name
        """Set up callbacks in silence."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS's own signature
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def new_highs() -> highspy.Highs:
    """Return an empty HiGHS instance with its output off.

    Nothing of the process's output is captured, so that threads do not get in each other's way.
    """
    return _Quiet()  # type: ignore[no-untyped-call]


def limit_seconds(highs: highspy.Highs, seconds: float) -> None:
    """Let the next run take so many seconds: HiGHS counts those of all runs together."""
    limit = highs.getRunTime() + max(0.01, seconds) if math.isfinite(seconds) else math.inf
    highs.setOptionValue("time_limit", limit)
