"""What a method hands back: the areas, the bound and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.audit.certificate.duals import Duals
from optimizer.tariffs.group_value import GroupValue

__all__ = ["Solution", "SolveStatus"]

SolveStatus = Literal["optimal", "within_gap", "time_limit", "interrupted", "infeasible"]


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
