"""What a plan keeps in total: number of areas, and public money."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Totals"]


@dataclass(frozen=True)
class Totals:
    """Rules across areas.

    Attributes
    ----------
    least, most : float
        Number of areas (rule ``operator_count``).
    budget : float
        Public money, money per year (rule ``subsidy_budget``); ``inf`` without one.
    """

    least: float
    most: float
    budget: float

    @property
    def couple(self) -> bool:
        """Whether any of them ties the parts of a region together."""
        return self.least > 1 or math.isfinite(self.most) or math.isfinite(self.budget)

    def kept(self, areas: int, money: float) -> bool:
        """Return whether a plan of so many areas and so much public money keeps them."""
        return self.least <= areas <= self.most and money <= self.budget * (1 + 1e-9)
