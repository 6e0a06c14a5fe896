"""What a method hands back: the areas, the bound and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.audit.certificate.duals import Duals
from optimizer.tariffs.group_value import GroupValue

__all__ = ["ROUNDING", "Solution", "SolveStatus", "bound_of"]

SolveStatus = Literal["optimal", "within_gap", "time_limit", "interrupted", "infeasible"]

ROUNDING = 1e-6
"""Largest difference that may be rounding, a share of the larger figure; the audit's own."""


def bound_of(objective: float, bound: float) -> float:
    """Return a bound without its rounding above the plan; one that is truly above it stays.

    Examples
    --------
    >>> bound_of(100.0, 100.0 + 1e-9), bound_of(100.0, 120.0)
    (100.0, 120.0)
    """
    return objective if objective < bound <= objective + ROUNDING * abs(objective) else bound


@dataclass(frozen=True)
class Solution:
    """Areas of the best plan found by a method.

    Attributes
    ----------
    areas : tuple of GroupValue
        Empty when no plan was found.
    objective, bound : float
        Money per year; ``inf`` objective when there is no plan.
    status : str
        How the method ended.
    method : str
        ``compact`` or ``columns``.
    duals : Duals or None
        Those of the best Lagrangian bound, from which others can prove it again.
    """

    areas: tuple[GroupValue, ...]
    objective: float
    bound: float
    status: SolveStatus
    method: str
    duals: Duals | None = None
