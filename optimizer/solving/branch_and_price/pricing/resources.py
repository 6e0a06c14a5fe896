"""Towns that are kept apart and areas that must be connected, in labels.

A label is dropped when it holds two units that are kept apart, or when a unit that it
holds can no longer be joined to the seat by units that it holds or that are still undecided.
"""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.solving.branch_and_price.pricing.labels import Labels
from optimizer.solving.branch_and_price.pricing.neighbourhood import Neighbourhoods

__all__ = ["clashes", "joined_labels"]


def clashes(near: Neighbourhoods, place: Ints, unit: Ints, member: Bools) -> Bools:
    """Return which labels hold a unit that is kept apart from another one, shape (n,).

    Parameters
    ----------
    place, unit : int arrays of shape (n,)
        Neighbourhood of each, and the unit that it would take.
    member : bool array of shape (n, u + 1)
        Units that it holds.
    """
    if not near.apart.shape[1]:
        return np.zeros(len(unit), dtype=bool)
    return np.asarray((near.apart[place, unit] & member[:, :-1]).any(axis=1), dtype=np.bool_)


def joined_labels(near: Neighbourhoods, place: Ints, labels: Labels, undecided: Bools) -> Bools:
    """Return which labels can still become connected, shape (n,).

    Parameters
    ----------
    place : int array of shape (branches,)
        Neighbourhood of each branch.
    undecided : bool array of shape (branches, u)
        Units that are still to be decided in each branch.
    """
    fits = np.ones(len(labels.branch), dtype=bool)
    if not near.adjacent.shape[1]:
        return fits
    where = place[labels.branch]
    for b in np.unique(where):
        mine = np.flatnonzero(where == b)
        held = labels.member[mine, :-1]
        may = held | undecided[labels.branch[mine]]
        reached = np.zeros_like(may)
        reached[:, near.own[b]] = True
        steps = near.adjacent[b].astype(np.float32)
        count = -1
        while reached.sum() > count:
            count = int(reached.sum())
            reached |= (reached.astype(np.float32) @ steps > 0) & may
        fits[mine] = ~(held & ~reached).any(axis=1)
    return fits
