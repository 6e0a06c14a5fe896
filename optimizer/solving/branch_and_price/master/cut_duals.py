"""What the groups of each seat paid for triples when the seat was last searched.

A seat pays for few triples, those of which it reaches two towns or more; only they are kept, for a
country has thousands of seats and thousands of triples.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.subset_rows import (
    NO_SUBSET_ROWS,
    SubsetRows,
    holds_two,
)

__all__ = ["NO_CUT_DUALS", "CutDuals"]


@dataclass(frozen=True, eq=False)
class CutDuals:
    """Duals of triples at the last search of each seat.

    Attributes
    ----------
    town : int array of shape (triples, 3)
        The triples.
    seat, triple, price : arrays of shape (entries,)
        Seat, position of the triple, and its price then: money per year, above 0.
    """

    town: Ints
    seat: Ints
    triple: Ints
    price: Floats

    def fallen(self, now: SubsetRows, seats: int) -> Floats:
        """Return by how much the groups of each seat may have become cheaper, shape (seats,)."""
        fall = np.maximum(0.0, self.price - now.padded(self.town).price[self.triple])
        return np.bincount(self.seat, weights=fall, minlength=seats).astype(np.float64)

    def of(self, mine: Bools) -> CutDuals:
        """Return what some seats paid, ``mine`` of shape (seats,)."""
        kept = mine[self.seat]
        return CutDuals(self.town, self.seat[kept], self.triple[kept], self.price[kept])

    def longer(self, town: Ints) -> CutDuals:
        """Return the same on a longer list of triples; the new ones cost nothing so far."""
        return replace(self, town=town)

    def renewed(self, seats: Ints, mine: Bools, reached: GroupBatch, now: SubsetRows) -> CutDuals:
        """Return what is paid once some seats have been searched at new duals.

        Parameters
        ----------
        seats : int array of shape (n,)
            Seats that were searched.
        mine : bool array
            The same as a mark on each seat.
        reached : GroupBatch
            The towns that each of them may serve.
        now : SubsetRows
            Duals of the search.
        """
        kept = self.of(~mine)
        dear = np.flatnonzero(now.price > 0)
        held = holds_two(self.town[dear], reached).tocoo()
        triple = dear[held.coords[1]]
        new = CutDuals(self.town, seats[held.coords[0]], triple, now.price[triple])
        return kept.joined(new)

    def taken_back(self, part: CutDuals, mine: Bools, place: Ints) -> CutDuals:
        """Return the same with what some seats paid in a part of the region.

        Parameters
        ----------
        mine : bool array
            The seats of the part.
        place : int array
            Position of each triple of the part among all.
        """
        own = part.of(mine)
        own = CutDuals(self.town, own.seat, place[own.triple], own.price)
        return self.of(~mine).joined(own)

    def without(self, kept: Ints, seats: int) -> tuple[CutDuals, Floats]:
        """Return the same for some triples alone, and by how much groups may be cheaper by seat."""
        place = np.full(len(self.town), -1)
        place[kept] = np.arange(len(kept))
        left = place[self.triple] >= 0
        gone = np.bincount(self.seat[~left], weights=self.price[~left], minlength=seats)
        own = CutDuals(self.town[kept], self.seat[left], place[self.triple[left]], self.price[left])
        return own, gone.astype(np.float64)

    def joined(self, more: CutDuals) -> CutDuals:
        """Return both together; no seat is in both."""
        return CutDuals(
            self.town,
            np.concatenate([self.seat, more.seat]),
            np.concatenate([self.triple, more.triple]),
            np.concatenate([self.price, more.price]),
        )


NO_CUT_DUALS = CutDuals(
    NO_SUBSET_ROWS.town, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
)
