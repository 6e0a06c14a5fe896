"""A HiGHS instance that prints nothing: its first one prints a banner even when silenced."""

from __future__ import annotations

from functools import cache

import highspy
from pyomo.common.tee import capture_output

__all__ = ["new_highs"]


def new_highs() -> highspy.Highs:
    """Return an empty HiGHS instance with its output off and its banner swallowed."""
    _swallow_banner()
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS's own signature
    return highs


@cache
def _swallow_banner() -> None:
    """Make the first instance of this process while nothing is shown."""
    with capture_output(capture_fd=True):
        highspy.Highs()  # type: ignore[no-untyped-call]
