"""A HiGHS instance that prints nothing: its first one prints a banner even when silenced."""

from __future__ import annotations

import highspy
from pyomo.common.tee import capture_output

__all__ = ["new_highs"]


def new_highs() -> highspy.Highs:
    """Return an empty HiGHS instance with its output off and its banner swallowed."""
    with capture_output(capture_fd=True):
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS's own signature
    return highs
