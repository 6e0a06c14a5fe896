"""How hard each seat is searched: short lists while prices are rough, longer ones where needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.economics.demand import Bools, Floats, Ints
from optimizer.solving.columns.land import Land
from optimizer.solving.columns.search import Found

__all__ = ["Effort", "first_effort"]

SMALL = (13, 10)
FEW_SEATS = 60
LONGER = 3
WANTED = 0.01
MOST = 100_000
FIRST = 80


@dataclass(eq=False)
class Effort:
    """How hard each seat is searched; arrays of shape (towns,).

    Attributes
    ----------
    wanted : array
        Reduced cost below which groups are wanted, money per year.
    most : int array
        Most groups and partial decisions kept; more for a seat whose groups give the master
        nothing although better ones may be missing.
    gave : bool array
        Seats of which the master took groups since their last search.
    """

    wanted: Floats
    most: Ints
    gave: Bools

    def narrow(self, found: Found, unit: float) -> None:
        """Want less of the seats whose lists were cut."""
        cut = found.seats[found.complete_to < self.wanted[found.seats]]
        less = np.where(self.wanted[cut] > 1e-3 * unit, 0.2 * self.wanted[cut], 1e-8 * unit)
        self.wanted[cut] = less
        self.gave[found.seats] = False

    def lengthen(self, seats: Ints) -> None:
        """Keep longer lists of the seats that gave nothing."""
        short = seats[~self.gave[seats]]
        self.most[short] = np.minimum(LONGER * self.most[short], MOST)


def first_effort(land: Land, unit: float) -> Effort:
    """Return the effort of the first search: all groups of small neighbourhoods, few of others."""
    width = np.diff(land.start)
    few_seats = int((width > 0).sum()) <= FEW_SEATS
    all_of_it = width <= (SMALL[0] if few_seats else SMALL[1])
    return Effort(
        wanted=np.where(all_of_it, np.inf, WANTED * unit),
        most=np.where(all_of_it & few_seats, 2 ** SMALL[0], FIRST).astype(np.int64),
        gave=np.zeros(land.towns, dtype=bool),
    )
