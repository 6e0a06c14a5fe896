"""Resources of an area other than connections, in a label; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.jit import compiled

__all__ = ["Extra", "add_extra", "extra_labels", "spares", "within"]

SLACK = 1e-9


class Extra(NamedTuple):
    """Resources of a branch.

    Attributes
    ----------
    free : array of shape (e, n)
        What each free town adds.
    root, least, most : arrays of shape (e,)
        What the towns add that every group holds, and the limits.
    """

    free: Floats
    root: Floats
    least: Floats
    most: Floats


@compiled
def extra_labels(extra: Extra, order: Ints) -> tuple[Floats, Floats]:
    """Return room for what is held at each step, and what is still to come, shape (n + 1, e)."""
    n, many = len(order), len(extra.root)
    held, coming = np.empty((n + 1, many)), np.zeros((n + 1, many))
    held[0] = extra.root
    for r in range(many):
        for d in range(n - 1, -1, -1):
            coming[d, r] = coming[d + 1, r] + extra.free[r, order[d]]
    return held, coming


@compiled
def add_extra(extra: Extra, held: Floats, coming: Floats, at: tuple[int, int], taken: bool) -> bool:  # noqa: FBT001
    """Write what is held after step ``at[0]`` decides town ``at[1]``; return whether it may be."""
    d, i = at
    fits = True
    for r in range(len(extra.root)):
        here = held[d, r] + (extra.free[r, i] if taken else 0.0)
        held[d + 1, r] = here
        fits &= here <= extra.most[r] * (1 + SLACK)
        fits &= here + coming[d + 1, r] >= extra.least[r] * (1 - SLACK)
    return fits


@compiled
def within(extra: Extra) -> bool:
    """Return whether a branch may hold a group that keeps the limits."""
    for r in range(len(extra.root)):
        reached = extra.root[r] + extra.free[r].sum()
        if extra.root[r] > extra.most[r] * (1 + SLACK) or reached < extra.least[r] * (1 - SLACK):
            return False
    return True


@compiled
def spares(extra: Extra, one: Floats, other: Floats, coming: Floats) -> bool:
    """Return whether what may follow one label includes what may follow another.

    A resource that cannot reach its limits any more tells nothing apart.
    """
    for r in range(len(extra.root)):
        if one[r] > other[r] and one[r] + coming[r] > extra.most[r]:
            return False
        if one[r] < other[r] and one[r] < extra.least[r]:
            return False
    return True
