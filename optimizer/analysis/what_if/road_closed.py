"""A road between two towns is closed: travel that led over it takes the best other way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from optimizer.arrays import Floats
from optimizer.geography.travel import travel_pairs
from optimizer.instance.instance import Instance

__all__ = ["CLOSED_HOURS", "travel_without_roads"]

CLOSED_HOURS = 1000.0
"""The longest travel that an instance may hold; no promise of reach allows more."""
SAME_WAY = 1e-6
"""A way over two towns is the known way where it is longer by less than this share."""


def travel_without_roads(region: Instance, roads: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the travel table of a region in which roads between pairs of towns are closed.

    ``hours(x, a) + hours(a, b) + hours(b, y) = hours(x, y)``: travel from x to y led over the road
    from a to b. It now takes the shortest way over the pairs of towns whose travel did not, or
    1,000 hours where there is none. Both directions are closed. Other travel stays as it is, also
    where a third road would be quicker.

    Parameters
    ----------
    region : Instance
        The region; travel from its table, its roads or the straight line.
    roads : sequence of (str, str)
        Keys of the towns at the ends of each closed road.

    Returns
    -------
    pandas.DataFrame
        A travel table, index ``(origin, destination)``, with ``hours`` and ``km`` (NaN on a new
        way).

    Notes
    -----
    All-pairs shortest paths: R. W. Floyd, "Algorithm 97: Shortest path", Communications of the ACM
    5 (1962).

    Examples
    --------
    On the line Uno - Dos - Tres - Cuatro - Cinco nobody passes between Dos and Tres any more:

    >>> import optimizer as op
    >>> line = op.read("instances/line")
    >>> a, b, c = line.towns.index[:3]
    >>> travel_without_roads(line, [(b, c)])["hours"].loc[[(a, b), (a, c)]].tolist()
    [0.5, 1000.0]
    """
    towns = [str(town) for town in region.towns.index]
    place = {town: k for k, town in enumerate(towns)}
    pairs = travel_pairs(region, np.inf)
    seat, town = pairs["seat"].to_numpy(), pairs["town"].to_numpy()
    hours = np.full((len(towns), len(towns)), np.inf)
    km = np.full_like(hours, np.nan)
    hours[seat, town], km[seat, town] = pairs["hours"], pairs["km"]
    closed = np.zeros(hours.shape, dtype=bool)
    for one, other in roads:
        for a, b in ((place[one], place[other]), (place[other], place[one])):
            closed |= _over(hours, a, b)
    left = np.where(closed, np.inf, hours)
    # csgraph reads 0 as no edge: towns at one place keep the shortest edge there is.
    edges = np.where(np.isfinite(left), np.maximum(left, 1e-12), 0.0)
    again = shortest_path(edges, method="auto")
    hours = np.where(closed, np.minimum(again, CLOSED_HOURS), hours)
    km = np.where(closed, np.nan, km)
    known = np.isfinite(hours) & ~np.eye(len(towns), dtype=bool)
    origin, destination = np.nonzero(known)
    index = pd.MultiIndex.from_arrays(
        [[towns[k] for k in origin], [towns[k] for k in destination]],
        names=["origin", "destination"],
    )
    return pd.DataFrame({"hours": hours[known], "km": km[known]}, index=index)


def _over(hours: Floats, a: int, b: int) -> NDArray[np.bool_]:
    """Return which travel, from row to column, leads from a to b on its way."""
    over = hours[:, [a]] + hours[a, b] + hours[[b], :]
    on_the_way: NDArray[np.bool_] = np.isfinite(hours) & (over <= hours * (1.0 + SAME_WAY))
    return on_the_way
