"""The reach at which towns could first share an operator, town by town and pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Ints
from optimizer.geography.roads import RoadTowns, road_towns
from optimizer.geography.travel import SOURCES, travel_pairs

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["nearest_reach", "pair_reach"]


_LONGEST_HOURS = 1000.0
"""The longest reach that a policy can promise."""


def pair_reach(instance: Instance, *, hours_most: float = _LONGEST_HOURS) -> pd.DataFrame:
    """Return for each pair of towns the least reach at which they could share an operator.

    That is the shorter of the two trips, seat to town, over the ends where a seat is allowed;
    pairs that same_zone keeps apart are left out where the policy asks for it. It says which
    reach a promise would need, so reach itself is not applied.

    Parameters
    ----------
    instance : Instance
        The region.
    hours_most : float
        Pairs farther apart are left out.

    Returns
    -------
    pandas.DataFrame
        ``town``, ``other`` (keys, each pair once in the order of the towns), ``seat`` (the one of
        the two from which the trip is shorter), ``hours``, ``source``; nearest pairs first.

    Raises
    ------
    InstanceError
        If there are roads to measure and the CRS is not in metres.

    Examples
    --------
    Three towns on a meridian, 22 km and 111 km apart; one trip was measured:

    >>> import pandas as pd
    >>> from optimizer.instance.reading.builders import instance_from_tables
    >>> towns = pd.DataFrame(
    ...     {"town": ["A", "B", "C"], "lon": -76.5, "lat": [-6.0, -6.2, -7.2], "population": 4000}
    ... )
    >>> models = pd.DataFrame({"operator_model": ["social"], "overhead_year": [30000]})
    >>> trips = pd.DataFrame({"origin": ["A"], "destination": ["B"], "hours": [0.6], "km": [31.0]})
    >>> region = instance_from_tables(
    ...     name="row", title="Row", currency="PEN", price_year=2024, crs="EPSG:32718",
    ...     towns=towns.assign(income_month=900), operator_models=models, travel_table=trips,
    ... )
    >>> pair_reach(region).round(2)
      town other seat  hours         source
    0    A     B    A   0.60   travel table
    1    B     C    B   3.87  straight line
    2    A     C    A   4.64  straight line
    """
    pairs = _shareable(instance, hours_most, None, road_towns(instance))
    low, high = np.minimum(pairs["town"], pairs["seat"]), np.maximum(pairs["town"], pairs["seat"])
    pairs = pairs.assign(low=low, high=high, order=_order(pairs["source"]))
    pairs = pairs.sort_values(["hours", "low", "high", "order", "seat"])
    pairs = pairs.drop_duplicates(["low", "high"])
    keys = instance.towns.index
    return pd.DataFrame(
        {
            "town": keys.take(pairs["low"].to_numpy()),
            "other": keys.take(pairs["high"].to_numpy()),
            "seat": keys.take(pairs["seat"].to_numpy()),
            "hours": pairs["hours"].to_numpy(),
            "source": pairs["source"].to_numpy(),
        }
    )


def nearest_reach(instance: Instance) -> pd.DataFrame:
    """Return for each town the least reach at which it could share an operator with another.

    The search widens from the promised reach until every town has a partner, for the remaining
    towns only, so that a few remote towns do not make every pair of a large region be measured.

    Parameters
    ----------
    instance : Instance
        The region.

    Returns
    -------
    pandas.DataFrame
        One row for each town, in their order: ``town``, ``nearest`` (key of the partner, empty
        where no trip within 1,000 hours exists), ``hours`` (NaN where none), ``source``.

    Raises
    ------
    InstanceError
        If there are roads to measure and the CRS is not in metres.

    Examples
    --------
    Three towns on a meridian, 22 km and 111 km apart; one trip was measured:

    >>> import pandas as pd
    >>> from optimizer.instance.reading.builders import instance_from_tables
    >>> towns = pd.DataFrame(
    ...     {"town": ["A", "B", "C"], "lon": -76.5, "lat": [-6.0, -6.2, -7.2], "population": 4000}
    ... )
    >>> models = pd.DataFrame({"operator_model": ["social"], "overhead_year": [30000]})
    >>> trips = pd.DataFrame({"origin": ["A"], "destination": ["B"], "hours": [0.6], "km": [31.0]})
    >>> region = instance_from_tables(
    ...     name="row", title="Row", currency="PEN", price_year=2024, crs="EPSG:32718",
    ...     towns=towns.assign(income_month=900), operator_models=models, travel_table=trips,
    ... )
    >>> nearest_reach(region).round(2)
      town nearest  hours         source
    0    A       B   0.60   travel table
    1    B       A   0.60   travel table
    2    C       B   3.87  straight line
    """
    roads = road_towns(instance)
    keys = instance.towns.index
    nearest = np.full(len(keys), -1, dtype=np.int64)
    hours = np.full(len(keys), np.nan)
    source = np.full(len(keys), "", dtype=object)
    limit = min(max(instance.policy.reach_hours, 0.5), _LONGEST_HOURS)
    while (alone := np.flatnonzero(nearest < 0)).size:
        first = _nearest(_shareable(instance, limit, alone, roads), alone)
        at = first["town"].to_numpy()
        nearest[at], hours[at] = first["other"].to_numpy(), first["hours"].to_numpy()
        source[at] = first["source"].to_numpy()
        if limit >= _LONGEST_HOURS:
            break
        limit = min(limit * 2.0, _LONGEST_HOURS)
    names = np.where(nearest >= 0, np.asarray(keys, dtype=object)[nearest], "")
    table = {"town": keys, "nearest": names, "hours": hours, "source": source}
    return pd.DataFrame(table).astype({"nearest": "str", "source": "str"})


def _nearest(pairs: pd.DataFrame, towns: Ints) -> pd.DataFrame:
    """Return the nearest partner of each of some towns: ``town``, ``other``, ``hours``, ``source``.

    A pair serves both of its towns, whichever of them is the seat.
    """
    town = np.concatenate([pairs["town"], pairs["seat"]])
    other = np.concatenate([pairs["seat"], pairs["town"]])
    both = pd.DataFrame({"town": town, "other": other})
    both["hours"] = np.tile(pairs["hours"].to_numpy(), 2)
    both["source"] = np.tile(pairs["source"].to_numpy(dtype=object), 2)
    both["order"] = _order(both["source"])
    both = both[both["town"].isin(towns)].sort_values(["hours", "other", "order"])
    return both.drop_duplicates("town")


def _order(source: pd.Series) -> Ints:
    """Return the place of each source in the order of preference."""
    return pd.Index(SOURCES).get_indexer(pd.Index(source)).astype(np.int64)


def _shareable(
    instance: Instance, hours_most: float, towns: Ints | None, roads: RoadTowns | None
) -> pd.DataFrame:
    """Return the pairs of different towns that the promises other than reach let share."""
    pairs = travel_pairs(instance, hours_most, towns=towns, roads=roads)
    town, seat = pairs["town"].to_numpy(), pairs["seat"].to_numpy()
    keep = (town != seat) & instance.towns["seat_allowed"].to_numpy(dtype=bool)[seat]
    if instance.policy.same_zone:
        zone = pd.factorize(instance.towns["zone"])[0]
        keep &= zone[town] == zone[seat]
    kept: pd.DataFrame = pairs[keep]
    return kept
