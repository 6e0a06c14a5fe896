"""Why no plan exists: which promise must bend, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.instance.instance import Instance

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True)
class Diagnosis:
    """One promise that, bent alone, would make a plan possible.

    Attributes
    ----------
    promise : str
        Name of the rule.
    amount : float
        By how much it must bend, in ``unit``; ``nan`` where it must go altogether.
    unit : str
        Unit of the amount.
    words : str
        The finding in the planner's words.
    """

    promise: str
    amount: float
    unit: str
    words: str


def diagnose(instance: Instance, *, stop: Callable[[], bool] = lambda: False) -> list[Diagnosis]:
    """Return which promises would have to bend, easiest first."""
    del instance, stop
    return []
