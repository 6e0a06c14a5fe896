"""What listed groups are worth: lower bounds of all at once, exact values of some when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.listing.seat_items import SeatItems, sums_over_bits
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.group_value import (
    exact_money,
    money_bound,
    money_is_exact,
)
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.programmed_money import programmed_money

__all__ = ["GivenValues", "ListedValues"]


class ListedValues(Protocol):
    """Values of the groups of a seat, requirement and public money, money per year."""

    @property
    def one_seat(self) -> bool:
        """Whether of several seats that serve a group the one of least requirement is best."""

    def bounds(self, items: SeatItems, bits: Ints, fits: Bools) -> tuple[Floats, Floats, Bools]:
        """Return requirement and public money, and which are exact; other values are no more."""

    def exact(
        self, items: SeatItems, bits: Ints, groups: GroupBatch, requirement: Floats
    ) -> tuple[Floats, Floats]:
        """Return the exact requirement and public money of some groups; ``inf`` for none.

        ``requirement`` is that of :meth:`bounds`.
        """


@dataclass(frozen=True, eq=False)
class GivenValues:
    """Values at the given figures.

    Attributes
    ----------
    problem : Problem
        The case.
    bounded : bool
        Whether public money is bounded first, since only some groups are to be valued exactly.
    """

    problem: Problem
    bounded: bool

    @property
    def one_seat(self) -> bool:
        """Public money never falls where the requirement rises."""
        return True

    def bounds(self, items: SeatItems, bits: Ints, fits: Bools) -> tuple[Floats, Floats, Bools]:
        """Return least requirements, and public money as far as it is bounded."""
        total = sums_over_bits(bits, items.serve) + self.problem.open
        need = np.where(fits, total, np.inf).min(axis=1, initial=np.inf)
        money = np.zeros(len(bits))
        if self.bounded:
            money = money_bound(self.problem, items.groups(bits), need)
        exact = np.full(len(bits), self.bounded and money_is_exact(self.problem))
        return np.where(np.isfinite(money), need, np.inf), np.minimum(money, need), exact

    def exact(
        self, items: SeatItems, bits: Ints, groups: GroupBatch, requirement: Floats
    ) -> tuple[Floats, Floats]:
        """Return the exact public money, from programmes solved together where there are rows."""
        del items, bits
        rows = self.problem.price_rows
        if rows is None:
            money = exact_money(self.problem, groups, requirement)
        else:
            money = programmed_money(self.problem.case, rows, groups, requirement)
        able = np.isfinite(money)
        return np.where(able, requirement, np.inf), np.where(able, money, 0.0)
