"""Towns kept apart and connected areas in a label of one neighbourhood; compiled.

The same rules as ``pricing.resources`` keeps for many labels at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.jit import compiled

__all__ = ["Ties", "clash", "joined", "ties_of"]


class Ties(NamedTuple):
    """Units kept apart and neighbours in a neighbourhood.

    Attributes
    ----------
    own : int
        Place of the seat.
    apart : bool array of shape (k, k)
        Places of which a group holds one at most; of shape (0, 0) where there are none.
    start, neighbour : int arrays
        Neighbours of place i are ``neighbour[start[i]:start[i + 1]]``; ``start`` is empty where
        groups need not be connected.
    """

    own: int
    apart: Bools
    start: Ints
    neighbour: Ints


@compiled
def ties_of(own: int, count: int, apart: Bools, adjacent: Bools) -> Ties:
    """Return the ties of a neighbourhood of ``count`` places."""
    if not len(adjacent):
        return Ties(own, apart.copy(), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    start = np.zeros(count + 1, dtype=np.int64)
    neighbour = np.empty(count * count, dtype=np.int64)
    n = 0
    for i in range(count):
        for j in range(count):
            if adjacent[i, j]:
                neighbour[n] = j
                n += 1
        start[i + 1] = n
    return Ties(own, apart.copy(), start, neighbour[:n].copy())


@compiled
def clash(ties: Ties, place: int, member: Bools) -> bool:
    """Return whether a town is kept apart from one that is held."""
    count = len(ties.apart)
    return count > 0 and bool((ties.apart[place] & member[:count]).any())


@compiled
def joined(ties: Ties, member: Bools, step_of: Ints, step: int) -> bool:
    """Return whether all towns held can still be joined to the seat.

    Parameters
    ----------
    member : bool array of shape (k + 1,)
        Towns that are held.
    step_of : int array of shape (k + 1,)
        Step at which each town is decided; towns of ``step`` and later are undecided.
    """
    if not len(ties.start):
        return True
    count = len(ties.start) - 1
    seen = np.zeros(count, dtype=np.bool_)
    waiting = np.empty(count, dtype=np.int64)
    waiting[0], seen[ties.own] = ties.own, True
    n = 1
    while n > 0:
        n -= 1
        at = waiting[n]
        for e in range(ties.start[at], ties.start[at + 1]):
            j = ties.neighbour[e]
            if not seen[j] and (member[j] or step_of[j] >= step):
                seen[j] = True
                waiting[n] = j
                n += 1
    return not (member[:count] & ~seen).any()
