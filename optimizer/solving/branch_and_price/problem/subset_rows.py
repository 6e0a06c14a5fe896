"""Duals of triples: of three towns, at most one area of a plan holds two or more.

A triple t with price ``mu_t >= 0`` adds ``mu_t`` to the reduced cost of every group that holds at
least two of its towns, and takes ``mu_t`` from the Lagrangian bound. The linear programme breaks
the rule often where three areas share three towns pairwise; plans never do.

Source: M. Jepsen, B. Petersen, S. Spoorendonk and D. Pisinger, Subset-row inequalities applied to
the vehicle-routing problem with time windows, Operations Research 56 (2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch

__all__ = [
    "NO_SUBSET_ROWS",
    "PairTable",
    "SubsetRows",
    "blend",
    "holds_two",
    "pair_table",
    "violated_subset_rows",
]


@dataclass(frozen=True, eq=False)
class SubsetRows:
    """Triples of towns and their duals.

    Attributes
    ----------
    town : int array of shape (t, 3)
        Positions of three different towns. Lists only grow: a longer one begins with the shorter.
    price : array of shape (t,)
        Money per year, at least 0.
    """

    town: Ints
    price: Floats

    def __len__(self) -> int:
        return len(self.price)

    def padded(self, longer: Ints) -> SubsetRows:
        """Return the same duals on a longer list of triples; the new ones cost nothing."""
        price = np.zeros(len(longer))
        price[: len(self.price)] = self.price
        return SubsetRows(longer, price)

    def priced(self, which: Ints, price: Floats) -> SubsetRows:
        """Return the triples with other duals for some of them."""
        changed = self.price.copy()
        changed[which] = price
        return SubsetRows(self.town, changed)

    def taken_into(self, region: SubsetRows, known: int, inside: Ints) -> tuple[SubsetRows, Ints]:
        """Return a region's triples with those of a block, and where the block's are among them.

        Parameters
        ----------
        region : SubsetRows
            May have grown since the block began.
        known : int
            How many there were when it began.
        inside : int array
            Towns of the block; its duals count for triples of them.
        """
        mine = np.flatnonzero(np.isin(self.town[:known], inside).all(axis=1))
        region = region.priced(mine, self.price[mine])
        place = np.arange(len(self))
        place[known:] += len(region) - known
        town = np.concatenate([region.town, self.town[known:]])
        return SubsetRows(town, np.concatenate([region.price, self.price[known:]])), place

    def penalty(self, groups: GroupBatch) -> Floats:
        """Return what each group pays for the triples of which it holds two or more."""
        used = np.flatnonzero(self.price > 0)
        if not len(used) or not len(groups):
            return np.zeros(len(groups))
        held = holds_two(self.town[used], groups)
        return np.asarray(held @ self.price[used], dtype=np.float64)


NO_SUBSET_ROWS = SubsetRows(np.zeros((0, 3), dtype=np.int64), np.zeros(0))


def holds_two(town: Ints, groups: GroupBatch) -> csr_array:
    """Return which groups hold at least two towns of which triples, a 0-1 matrix (g, t).

    Examples
    --------
    >>> from optimizer.solving.branch_and_price.problem.group_batch import listed
    >>> holds_two(np.array([[0, 1, 2]]), listed([[0, 2], [1, 3], [0, 1, 2]])).toarray().tolist()
    [[1.0], [0.0], [1.0]]
    """
    towns = 1 + int(max(groups.town.max(initial=0), town.max(initial=0)))
    member = csr_array(
        (np.ones(len(groups.town)), groups.town, groups.start), shape=(len(groups), towns)
    )
    column = np.repeat(np.arange(len(town)), 3)
    inside = csr_array((np.ones(len(column)), (town.ravel(), column)), shape=(towns, len(town)))
    held = csr_array(member @ inside)
    held.data = (held.data > 1.5).astype(np.float64)
    held.eliminate_zeros()
    return held


def blend(a: SubsetRows, b: SubsetRows, weight: float) -> SubsetRows:
    """Return duals between two, ``weight`` of the way from the first to the second."""
    longer = a.town if len(a) > len(b) else b.town
    return SubsetRows(
        longer, (1 - weight) * a.padded(longer).price + weight * b.padded(longer).price
    )


@dataclass(frozen=True, eq=False)
class PairTable:
    """What adding a town to a group costs, by neighbourhood: arrays of shape (b, k + 1, most).

    A group pays ``price`` when it is the first of the two others that it meets: when exactly one
    of ``first`` and ``second`` is in it. Places are counted within the neighbourhood; the place k
    is that of a town out of reach, which no group holds.
    """

    first: Ints
    second: Ints
    price: Floats

    def rise(self, place: Ints, town: Ints, member: Bools) -> Floats:
        """Return what each of many groups pays more with one town more, shape (n,)."""
        if not self.price.shape[2]:
            return np.zeros(len(place))
        row = np.arange(len(place))[:, None]
        one = member[row, self.first[place, town]]
        other = member[row, self.second[place, town]]
        return np.asarray((self.price[place, town] * (one ^ other)).sum(axis=1), dtype=np.float64)


def pair_table(
    subset_rows: SubsetRows, item: Ints, valid: Bools, unit: Ints, counts: tuple[int, int]
) -> PairTable:
    """Return the table of some neighbourhoods.

    Parameters
    ----------
    item : int array of shape (b, k)
        Towns, rising where ``valid``.
    unit : int array of shape (b, k)
        Unit of each town; towns of one unit are taken at once. A triple of which a unit holds two
        is left out: it is part of the price of the unit.
    counts : tuple of int
        Number of towns and of units.
    """
    towns, width = counts
    count = len(item)
    used = np.flatnonzero(subset_rows.price > 0)
    used = used[np.isin(subset_rows.town[used], item[valid]).sum(axis=1) >= 2]
    key = np.where(valid, np.arange(count)[:, None] * towns + item, np.iinfo(np.int64).max)
    flat = np.sort(key.ravel())
    flat = flat[: int(valid.sum())]
    start = np.concatenate([[0], np.cumsum(valid.sum(axis=1))])
    at = np.full((3, count, len(used)), width)
    for c in range(3):
        wanted = np.arange(count)[:, None] * towns + subset_rows.town[used, c][None, :]
        found = np.minimum(np.searchsorted(flat, wanted), max(0, len(flat) - 1))
        here = flat[found] == wanted if len(flat) else np.zeros(wanted.shape, dtype=bool)
        nth = np.where(here, found - start[:-1][:, None], 0)
        at[c] = np.where(here, np.take_along_axis(unit, nth, axis=1), width)
    equal = (at == at[[1, 2, 0]]) & (at < width)
    place, which = np.nonzero(((at < width).sum(axis=0) >= 2) & ~equal.any(axis=0))
    entries = [
        (place, at[c][place, which], at[c - 2][place, which], at[c - 1][place, which], which)
        for c in range(3)
    ]
    place, town, first, second, which = (
        np.concatenate(part) for part in zip(*entries, strict=True)
    )
    inside = np.flatnonzero(town < width)
    order = inside[np.lexsort((town[inside], place[inside]))]
    cell = place[order] * (width + 1) + town[order]
    nth = np.arange(len(cell)) - np.searchsorted(cell, cell)
    most = int(nth.max(initial=-1)) + 1
    table = PairTable(
        np.full((count, width + 1, most), width),
        np.full((count, width + 1, most), width),
        np.zeros((count, width + 1, most)),
    )
    table.first[place[order], town[order], nth] = first[order]
    table.second[place[order], town[order], nth] = second[order]
    table.price[place[order], town[order], nth] = subset_rows.price[used[which[order]]]
    return table


def violated_subset_rows(groups: GroupBatch, share: Floats, *, above: float, most: int) -> Ints:
    """Return triples of which the areas hold two towns or more more than once in total.

    Parameters
    ----------
    groups : GroupBatch
        Areas.
    share : array of shape (g,)
        How much of each is used.
    above : float
        By how much they must do so.
    most : int
        Most triples wanted; those broken the most come first.

    Returns
    -------
    int array of shape (t, 3)

    Examples
    --------
    Three areas of two towns each, half used:

    >>> from optimizer.solving.branch_and_price.problem.group_batch import listed
    >>> halves = listed([[0, 1], [1, 2], [0, 2]])
    >>> violated_subset_rows(halves, np.full(3, 0.5), above=0.02, most=5).tolist()
    [[0, 1, 2]]
    """
    used = np.flatnonzero((share > 1e-7) & (share < 1 - 1e-7))
    mine, weight = groups.take(used), share[used]
    towns = np.unique(mine.town)
    place = np.searchsorted(towns, mine.town)
    shape = (len(mine), len(towns))
    member = csr_array((np.ones(len(place)), place, mine.start), shape=shape)
    holding = member.tocsc()
    pair = csr_array(member.T @ (member * weight[:, None]))
    found: list[tuple[float, int, int, int]] = []
    for i in range(len(towns)):
        near = pair.indices[pair.indptr[i] : pair.indptr[i + 1]]
        near = np.sort(near[near > i])
        if len(near) < 2:
            continue
        with_i = holding.indices[holding.indptr[i] : holding.indptr[i + 1]]
        inside = member[with_i][:, near].toarray()
        all_three = (inside * weight[with_i, None]).T @ inside
        alone = np.diag(all_three)
        broken = pair[near][:, near].toarray() + alone[:, None] + alone[None, :] - 2 * all_three - 1
        a, b = np.nonzero(np.triu(broken, 1) > above)
        found.extend(
            (-float(broken[x, y]), int(towns[i]), int(towns[near[x]]), int(towns[near[y]]))
            for x, y in zip(a, b, strict=True)
        )
    found.sort()
    return np.array([f[1:] for f in found[:most]], dtype=np.int64).reshape(-1, 3)
