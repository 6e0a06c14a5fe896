"""What subset rows cost a label of one neighbourhood; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled

__all__ = ["Pairs", "pairs_of", "rise"]


class Pairs(NamedTuple):
    """Subset rows of a neighbourhood.

    Attributes
    ----------
    first, second, price : arrays of shape (k + 1, t)
        Those of each place, as in ``subset_rows.PairTable``.
    town : int array of shape (n, 3)
        Places of each subset row once.
    cost : array of shape (n,)
        Its price.
    """

    first: Ints
    second: Ints
    price: Floats
    town: Ints
    cost: Floats


@compiled
def pairs_of(first: Ints, second: Ints, price: Floats) -> Pairs:
    """Return the subset rows of a neighbourhood by place, and each of them once."""
    town, cost = np.empty((price.size, 3), dtype=np.int64), np.empty(price.size)
    n = 0
    for p in range(price.shape[0]):
        for t in range(price.shape[1]):
            if price[p, t] > 0 and p < first[p, t] and p < second[p, t]:
                town[n, 0], town[n, 1], town[n, 2] = p, first[p, t], second[p, t]
                cost[n] = price[p, t]
                n += 1
    return Pairs(first.copy(), second.copy(), price.copy(), town[:n].copy(), cost[:n].copy())


@compiled
def rise(pairs: Pairs, place: int, member: Bools) -> float:
    """Return what subset rows cost more with one town more."""
    more = 0.0
    for t in range(pairs.price.shape[1]):
        one, other = member[pairs.first[place, t]], member[pairs.second[place, t]]
        if one != other:
            more += pairs.price[place, t]
    return more
