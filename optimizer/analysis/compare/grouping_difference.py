"""How two groupings of the same towns differ: areas matched, towns that move, pairs that part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

__all__ = ["moved_towns", "pair_distance", "pairs_together"]


def moved_towns(before: pd.Series, after: pd.Series, weight: pd.Series) -> pd.Series:
    """Return which towns leave their area, areas matched so that the fewest towns move.

    An area of one grouping is matched with at most one of the other; a town moves where its two
    areas are not matched. Of matchings with equally few towns the one in which the least weight
    moves is taken. Labels do not count, only who is with whom.

    Parameters
    ----------
    before, after : pandas.Series of str
        Area of each town; the same index.
    weight : pandas.Series of float
        What a town counts for, for example its connections; the same index.

    Returns
    -------
    pandas.Series of bool
        Index as ``before``.

    Notes
    -----
    The matching is a linear assignment (scipy's ``linear_sum_assignment``).

    Examples
    --------
    >>> towns = ["a", "b", "c"]
    >>> before = pd.Series(["x", "x", "x"], index=towns)
    >>> after = pd.Series(["y", "y", "z"], index=towns)
    >>> moved_towns(before, after, pd.Series(1.0, index=towns)).tolist()
    [False, False, True]

    A large town that leaves four small ones is one town that moves, not four:

    >>> towns = ["city", "a", "b", "c", "d"]
    >>> before = pd.Series("x", index=towns)
    >>> after = pd.Series(["y", "x", "x", "x", "x"], index=towns)
    >>> size = pd.Series([9000.0, 500.0, 500.0, 500.0, 500.0], index=towns)
    >>> moved_towns(before, after, size).tolist()
    [True, False, False, False, False]
    """
    left, _ = pd.factorize(before, sort=True)
    right, _ = pd.factorize(after.loc[before.index], sort=True)
    shared = np.zeros((int(left.max()) + 1, int(right.max()) + 1))
    heavy = weight.loc[before.index].to_numpy(dtype=float)
    np.add.at(shared, (left, right), 1.0 + heavy / max(2.0 * float(heavy.sum()), 1.0))
    rows, columns = linear_sum_assignment(shared, maximize=True)
    match = np.full(len(shared), -1)
    match[rows] = columns
    return pd.Series(match[left] != right, index=before.index, name="moves")


def pairs_together(grouping: pd.Series) -> frozenset[tuple[str, str]]:
    """Return every pair of towns that share an area, each pair in alphabetical order.

    Examples
    --------
    >>> sorted(pairs_together(pd.Series({"a": "x", "b": "x", "c": "y"})))
    [('a', 'b')]
    """
    pairs = set()
    for _, area in grouping.groupby(grouping):
        towns = sorted(str(town) for town in area.index)
        pairs |= {(a, b) for k, a in enumerate(towns) for b in towns[k + 1 :]}
    return frozenset(pairs)


def pair_distance(one: pd.Series, other: pd.Series) -> float:
    """Return how different two groupings are, 0 (the same) to 1 (no pair in common).

    The Jaccard distance of the sets of pairs that share an area; two groupings in which every
    town is alone are the same.

    Examples
    --------
    >>> one = pd.Series({"a": "x", "b": "x", "c": "y"})
    >>> pair_distance(one, pd.Series({"a": "x", "b": "y", "c": "y"}))
    1.0
    """
    left, right = pairs_together(one), pairs_together(other)
    either = len(left | right)
    return 1.0 - len(left & right) / either if either else 0.0
