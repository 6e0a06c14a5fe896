"""Which three towns the areas chosen in parts share too often."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices.areas.pool import Triple
from optimizer.solving.plain_matrices.problem.problem import Mask

__all__ = ["together", "worst_triples"]

SMALLEST = 0.02
PER_TOWN = 5
PER_ROUND = 60


def together(towns: Mask, share: Floats) -> Floats:
    """Return how much each two towns are in the same area, shape (towns, towns).

    Parameters
    ----------
    towns : array of bool, shape (areas, towns)
    share : array of float, shape (areas,)

    Examples
    --------
    >>> towns = np.array([[True, True, False], [False, True, True]])
    >>> together(towns, np.array([0.5, 0.25])).tolist()
    [[0.5, 0.5, 0.0], [0.5, 0.75, 0.25], [0.0, 0.25, 0.25]]
    """
    table = towns.astype(np.float64)
    return np.asarray((table * share[:, None]).T @ table, dtype=np.float64)


def worst_triples(
    towns: Mask, share: Floats, stop: Callable[[], bool] = lambda: False
) -> list[Triple]:
    """Return the three towns whose inequality is broken most, few for any one town.

    Of areas that hold two or three of three towns at most one is chosen. The sum of their shares
    is that of the three pairs, less twice that of areas with all three.

    Parameters
    ----------
    towns : array of bool, shape (areas, towns)
    share : array of float, shape (areas,)
    stop : callable
        Asked for every town; the worst found so far are returned when it says so.

    Examples
    --------
    Three areas, each with two of three towns and half chosen:

    >>> towns = np.array([[True, True, False], [True, False, True], [False, True, True]])
    >>> worst_triples(towns, np.full(3, 0.5))
    [(0, 1, 2)]
    """
    table = towns.astype(np.float64)
    pairs = together(towns, share)
    count = towns.shape[1]
    found: list[Floats] = []
    for town in range(count - 2):
        if stop():
            break
        all_three = (table * (share * table[:, town])[:, None]).T @ table
        broken = pairs[town][:, None] + pairs[town][None, :] + pairs - 2.0 * all_three - 1.0
        one, two = np.nonzero(np.triu(broken > SMALLEST, 1))
        after = one > town
        one, two = one[after], two[after]
        if one.size:
            whole = np.full(one.size, float(town))
            found.append(np.column_stack([-broken[one, two], whole, one, two]))
    if not found:
        return []
    return _spread(np.concatenate(found), count)


def _spread(found: Floats, count: int) -> list[Triple]:
    """Take the worst rows (minus violation, three towns), at most `PER_TOWN` for each town."""
    used = np.zeros(count, dtype=np.int64)
    taken: list[Triple] = []
    for row in found[np.lexsort(found.T[::-1])]:
        towns = row[1:].astype(np.int64)
        if used[towns].max() >= PER_TOWN:
            continue
        used[towns] += 1
        taken.append((int(towns[0]), int(towns[1]), int(towns[2])))
        if len(taken) == PER_ROUND:
            break
    return taken
