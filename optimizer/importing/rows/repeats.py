"""Towns that stand more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["Repeats", "repeats_of"]


@dataclass(frozen=True)
class Repeats:
    """Rows whose key stands in an earlier row.

    Attributes
    ----------
    same : list of int
        Rows that say the same as the first with their key.
    other : list of int
        Rows that say something else.
    keys : list of str
        Keys of the latter.
    """

    same: list[int]
    other: list[int]
    keys: list[str]


def repeats_of(keys: Sequence[str], fields: pd.DataFrame) -> Repeats:
    """Return the rows that repeat a key; empty keys repeat nothing.

    Parameters
    ----------
    keys : sequence of str
        Key of each row.
    fields : pandas.DataFrame
        What counts as saying the same.

    Examples
    --------
    >>> table = pd.DataFrame({"population": [1.0, 1.0, 2.0]})
    >>> repeats_of(["a", "a", "a"], table)
    Repeats(same=[1], other=[2], keys=['a'])
    """
    places: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key:
            places[key].append(row)
    same: list[int] = []
    other: list[int] = []
    for rows in places.values():
        first = fields.iloc[rows[0]]
        for row in rows[1:]:
            (same if fields.iloc[row].equals(first) else other).append(row)
    named = list(dict.fromkeys(keys[row] for row in other))
    return Repeats(sorted(same), sorted(other), named)
