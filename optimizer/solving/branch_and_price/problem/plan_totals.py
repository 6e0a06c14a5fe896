"""What a plan keeps in total: number of areas, public money, and other sums over its areas."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["Totals", "totals_of"]

SLACK = 1e-9


def _none() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Totals:
    """Rules across areas.

    Attributes
    ----------
    least, most : float
        Number of areas (rule ``operator_count``).
    budget : float
        Public money, money per year (rule ``subsidy_budget``); ``inf`` without one.
    sum_least, sum_most : arrays of shape (k,)
        Limits of the other sums (kind ``plan total``), in the order of ``Columns.amounts``; empty
        where none is limited.
    """

    least: float
    most: float
    budget: float
    sum_least: Floats = field(default_factory=_none)
    sum_most: Floats = field(default_factory=_none)

    @property
    def couple(self) -> bool:
        """Whether any of them ties the parts of a region together."""
        counted = self.least > 1 or math.isfinite(self.most)
        return counted or math.isfinite(self.budget) or len(self.sum_least) > 0

    def kept(self, areas: Columns) -> bool:
        """Return whether the areas of a plan keep them."""
        return self.counted(areas) and self.summed(areas)

    def counted(self, areas: Columns) -> bool:
        """Return whether the number of areas and their public money are within limits."""
        money = float(areas.money.sum())
        return self.least <= len(areas) <= self.most and money <= self.budget * (1 + SLACK)

    def summed(self, areas: Columns) -> bool:
        """Return whether the other sums are within limits."""
        if not len(self.sum_least):
            return True
        total = areas.amounts.sum(axis=0)
        slack = SLACK * np.maximum(1.0, areas.amounts.max(axis=0, initial=0.0) + np.abs(total))
        kept = (total + slack >= self.sum_least) & (total - slack <= self.sum_most)
        return bool(kept.all())

    def left(self, areas: Columns) -> Totals:
        """Return what they leave for other towns once some areas are fixed."""
        if not self.couple:
            return self
        summed = areas.amounts.sum(axis=0) if len(self.sum_least) else 0.0
        return Totals(
            max(0.0, self.least - len(areas)),
            self.most - len(areas),
            self.budget - float(areas.money.sum()),
            self.sum_least - summed,
            self.sum_most - summed,
        )


def totals_of(problem: Problem) -> Totals:
    """Return the rules across areas of a case; the pooled balance of a region is not one."""
    policy = problem.case.instance.policy
    most = math.inf if policy.operators_most is None else float(policy.operators_most)
    budget = policy.subsidy_budget_year
    return Totals(
        least=float(policy.operators_least),
        most=most,
        budget=math.inf if budget is None or problem.pooled else budget,
        sum_least=problem.totals.least,
        sum_most=problem.totals.most,
    )
