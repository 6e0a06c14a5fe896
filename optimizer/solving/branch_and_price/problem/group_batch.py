"""Many groups of towns at once, as one flat array of members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.arrays import Bools, Floats, Ints

__all__ = ["GroupBatch", "Keys", "join", "listed", "town_keys"]

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class GroupBatch:
    """Groups of towns: the members of group g are ``town[start[g]:start[g + 1]]``.

    Attributes
    ----------
    town : int array
        Members of all groups, one group after the other, rising within each group.
    start : int array of shape (g + 1,)
        Where each group begins.
    """

    town: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def count(self) -> Ints:
        """Number of members of each group, shape (g,)."""
        return np.diff(self.start)

    @property
    def owner(self) -> Ints:
        """Group of each entry of ``town``."""
        return np.repeat(np.arange(len(self)), self.count)

    def members(self, group: int) -> Ints:
        """Return the members of one group."""
        return self.town[self.start[group] : self.start[group + 1]]

    def total(self, values: Floats) -> Floats:
        """Return the sum over each group of values given per entry (first axis)."""
        if not len(self):
            return np.zeros((0, *values.shape[1:]))
        return np.asarray(np.add.reduceat(values, self.start[:-1], axis=0))

    def total_of(self, per_town: Floats) -> Floats:
        """Return the sum over each group of values given per town."""
        return self.total(per_town[self.town])

    def least(self, values: Floats) -> Floats:
        """Return the minimum over each group of values given per entry (first axis)."""
        if not len(self):
            return np.zeros((0, *values.shape[1:]))
        return np.asarray(np.minimum.reduceat(values, self.start[:-1], axis=0))

    def take(self, chosen: Ints | Bools) -> GroupBatch:
        """Return some of the groups, by position or mask."""
        where = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        count = self.count[where]
        start = np.concatenate([[0], np.cumsum(count)])
        shift = np.repeat(self.start[:-1][where] - start[:-1], count)
        return GroupBatch(self.town[np.arange(start[-1]) + shift], start)

    def keys(self, keys: Keys) -> Keys:
        """Return a number that is the same for the same members, from :func:`town_keys`."""
        if not len(self):
            return np.zeros(0, dtype=np.uint64)
        return np.asarray(np.add.reduceat(keys[self.town], self.start[:-1]))

    def padded(self, *, fill: int = -1) -> Ints:
        """Return the members as a table of shape (g, longest), filled up with ``fill``."""
        count = self.count
        table = np.full((len(self), int(count.max(initial=0))), fill, dtype=np.int64)
        place = np.arange(len(self.town)) - np.repeat(self.start[:-1], count)
        table[self.owner, place] = self.town
        return table


def listed(groups: Iterable[Sequence[int] | Ints]) -> GroupBatch:
    """Return groups from lists of members.

    Examples
    --------
    >>> listed([[2, 0], [1]]).members(0).tolist()
    [0, 2]
    """
    parts = [np.sort(np.asarray(g, dtype=np.int64)) for g in groups]
    start = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64)
    town = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    return GroupBatch(town, start)


def join(parts: Sequence[GroupBatch]) -> GroupBatch:
    """Return the groups of several collections, one after the other."""
    count = np.concatenate([np.zeros(1, dtype=np.int64), *(p.count for p in parts)])
    town = np.concatenate([np.zeros(0, dtype=np.int64), *(p.town for p in parts)])
    return GroupBatch(town, np.cumsum(count))


def town_keys(towns: int) -> Keys:
    """Return one random 64-bit number per town; sums of them tell groups apart."""
    return np.random.default_rng(20061).integers(1, 2**63, size=towns, dtype=np.uint64)
