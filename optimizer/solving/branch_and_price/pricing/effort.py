"""How hard each seat is searched: short lists while duals are rough, longer ones where needed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.parameters import PricingParameters
from optimizer.solving.branch_and_price.pricing.pricing_result import PricingResult
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["Effort", "first_effort"]


@dataclass(eq=False)
class Effort:
    """How hard each seat is searched; arrays of shape (towns,).

    Attributes
    ----------
    wanted : array
        Reduced cost below which groups are wanted, money per year.
    most : int array
        Most groups and labels kept; more for a seat whose groups give the master
        nothing although better ones may be missing.
    gave : bool array
        Seats of which the master took groups since their last search.
    unsure : array
        By how much the least reduced cost may be lower than that found, money per year.
    longest : int
        No list becomes longer.
    tuned : PricingParameters
        How fast lists grow, and what may stay unsure.
    """

    wanted: Floats
    most: Ints
    gave: Bools
    unsure: Floats
    longest: int
    tuned: PricingParameters

    def copy(self) -> Effort:
        """Return the same effort, to change apart."""
        return replace(
            self,
            wanted=self.wanted.copy(),
            most=self.most.copy(),
            gave=self.gave.copy(),
            unsure=self.unsure.copy(),
        )

    def at_most(self, longest: int) -> Effort:
        """Return the same effort apart, with lists that never become longer."""
        return replace(self.copy(), most=np.minimum(self.most, longest), longest=longest)

    def narrow(self, found: PricingResult, reduced: Floats, unit: float) -> None:
        """Want less of the seats whose lists were cut.

        Parameters
        ----------
        reduced : array of shape (groups found,)
            Their reduced costs at the duals of the search.
        """
        cut = found.seats[found.complete_to < self.wanted[found.seats]]
        less = np.where(self.wanted[cut] > 1e-3 * unit, 0.2 * self.wanted[cut], 1e-8 * unit)
        self.wanted[cut] = less
        self.gave[found.seats] = False
        least = np.zeros(len(self.unsure))
        np.minimum.at(least, found.seat, reduced)
        missing = np.where(np.isfinite(found.complete_to), found.complete_to, 0.0)
        self.unsure[found.seats] = np.maximum(0.0, least[found.seats] - missing)

    def unsure_seats(self, seats: Ints, left: float) -> Ints:
        """Return the seats that gave nothing and leave the bound unsure.

        Parameters
        ----------
        left : float
            Money per year between the master and the bound; a share of it is allowed to each seat.
        """
        unsure = self.unsure[seats] > self.tuned.unsure_share * left / len(self.gave)
        return seats[~self.gave[seats] & unsure]

    def lengthen(self, seats: Ints) -> None:
        """Keep longer lists of some seats."""
        self.most[seats] = np.minimum(self.tuned.list_growth * self.most[seats], self.longest)


def first_effort(problem: Problem, unit: float, *, longest: int | None = None) -> Effort:
    """Return the effort of the first search: all groups of small neighbourhoods, few of others."""
    tuned, width = problem.parameters.pricing, np.diff(problem.start)
    few_seats = int((width > 0).sum()) <= tuned.few_seats
    all_of_it = width <= (tuned.whole_towns_few_seats if few_seats else tuned.whole_towns)
    whole = 2**tuned.whole_towns_few_seats
    return Effort(
        wanted=np.where(all_of_it, np.inf, tuned.wanted_share * unit),
        most=np.where(all_of_it & few_seats, whole, tuned.list_first).astype(np.int64),
        gave=np.zeros(problem.towns, dtype=bool),
        unsure=np.zeros(problem.towns),
        longest=tuned.list_most if longest is None else longest,
        tuned=tuned,
    )
