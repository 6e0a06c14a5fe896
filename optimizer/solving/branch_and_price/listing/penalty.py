"""What groups given as bits pay for subset rows, in compiled code."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.jit import compiled
from optimizer.solving.branch_and_price.listing.seat_items import SeatItems
from optimizer.solving.branch_and_price.problem.subset_rows import SubsetRows

__all__ = ["penalty"]

NOWHERE = 62


def penalty(items: SeatItems, bits: Ints, rows: SubsetRows) -> Floats:
    """Return what each group pays for the triples of which it holds two towns or more.

    Parameters
    ----------
    bits : int array of shape (g,)
        Groups of the seat.
    rows : SubsetRows
        Subset rows with their duals.
    """
    place = np.minimum(np.searchsorted(items.town, rows.town), max(0, len(items.town) - 1))
    item = np.where(items.town[place] == rows.town, items.item[place], NOWHERE)
    some = np.flatnonzero((rows.price > 0) & ((item < NOWHERE).sum(axis=1) >= 2))
    return _penalty(bits << 1 | 1, np.ascontiguousarray(item[some]), rows.price[some])


@compiled
def _penalty(bits: Ints, item: Ints, price: Floats) -> Floats:
    total = np.zeros(len(bits))
    for g in range(len(bits)):
        held = bits[g]
        for t in range(len(price)):
            count = (held >> item[t, 0] & 1) + (held >> item[t, 1] & 1) + (held >> item[t, 2] & 1)
            if count >= 2:
                total[g] += price[t]
    return total
