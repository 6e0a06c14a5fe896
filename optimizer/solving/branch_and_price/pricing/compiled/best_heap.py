"""A list of the groups of least value, kept as a heap with the largest on top; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled

__all__ = ["BestHeap", "put", "room"]


class BestHeap(NamedTuple):
    """Room for the groups of least value.

    Attributes
    ----------
    values : array of shape (most,)
        Their values.
    members : bool array of shape (most, k + 1)
        Their towns, as places in a neighbourhood.
    held : int array of shape (1,)
        How many there are.
    """

    values: Floats
    members: Bools
    held: Ints


@compiled
def room(most: int, width: int) -> BestHeap:
    """Return room for ``most`` groups of towns at ``width`` places."""
    members = np.empty((most, width), dtype=np.bool_)
    return BestHeap(np.empty(most), members, np.zeros(1, dtype=np.int64))


@compiled
def put(least: BestHeap, value: float, member: Bools) -> None:
    """Put a group into the list; a full one loses its largest unless this is larger."""
    values, members = least.values, least.members
    most, at = len(values), 0
    if least.held[0] < most:
        at = least.held[0]
        least.held[0] += 1
        while at > 0 and values[(at - 1) // 2] < value:
            values[at] = values[(at - 1) // 2]
            members[at] = members[(at - 1) // 2]
            at = (at - 1) // 2
    elif value >= values[0]:
        return
    else:
        child = 1
        while child < most:
            if child + 1 < most and values[child + 1] > values[child]:
                child += 1
            if values[child] <= value:
                break
            values[at] = values[child]
            members[at] = members[child]
            at = child
            child = 2 * at + 1
    values[at] = value
    members[at] = member
