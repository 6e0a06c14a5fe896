"""The result of grouping plain matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.plain_matrices.problem.problem import Mask

__all__ = ["Grouping"]


@dataclass(frozen=True)
class Grouping:
    """A plan for plain matrices, with its proof.

    Attributes
    ----------
    seat_of : array of int, shape (towns,)
        Column of the seat that serves each town; -1 everywhere when there is no plan.
    opened : array of bool, shape (seats,)
        Open seats. Some may serve nobody, where a number of seats is asked for.
    objective : float
        Serving plus opening cost, ``inf`` when there is no plan.
    bound : float
        No plan is cheaper than this; ``inf`` when there is none.
    gap : float
        ``(objective - bound) / |objective|``; 0 when infeasibility is proven, ``inf`` when nothing
        was found.
    status : {"optimal", "within_gap", "time_limit", "interrupted", "infeasible"}
        `optimal` means that objective and bound agree to 1e-7; `within_gap` that they agree as
        well as was asked; `infeasible` that no plan exists, proven.
    seconds : float
        Time taken.
    method : str
        The methods used, in words.
    log : tuple of str
        One line for every step worth telling.
    """

    seat_of: Ints
    opened: Mask
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float
    method: str
    log: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether the plan is proven optimal, or it is proven that there is none."""
        return self.status in {"optimal", "infeasible"}

    def __str__(self) -> str:
        head = f"Grouping: {self.status}, {self.seconds:.2f} s, {self.method}"
        if not math.isfinite(self.objective):
            return head
        used = np.unique(self.seat_of).size
        return (
            f"{head}\n  {self.seat_of.size} towns under {used} seats"
            f"\n  objective {self.objective:.10g}, bound {self.bound:.10g}, gap {self.gap:.3%}"
        )
