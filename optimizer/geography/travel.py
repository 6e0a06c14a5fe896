"""Travel between towns: the planner's table first, then the roads, then the straight line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.geography.distance import close_pairs
from optimizer.geography.roads import RoadTowns, road_towns
from optimizer.geography.straight_line import StraightLine, straight_line

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["SOURCES", "STRAIGHT", "travel_pairs"]


SAME_TOWN = "same town"
TABLE = "travel table"
TABLE_OTHER_WAY = "travel table (other direction)"
ROADS = "roads"
STRAIGHT = "straight line"
SOURCES: tuple[str, ...] = (SAME_TOWN, TABLE, TABLE_OTHER_WAY, ROADS, STRAIGHT)


def travel_pairs(
    instance: Instance,
    hours_most: float,
    *,
    towns: Ints | None = None,
    within: Ints | None = None,
    roads: RoadTowns | None = None,
) -> pd.DataFrame:
    """Return the travel from every seat to every town within a number of hours.

    A pair takes the first source that knows it: the travel table from seat to town, the table in
    the other direction, the fastest way by road, the straight line at the hours a km of the
    trips that the table gives, or of ``[travel]`` where it gives few (:mod:`.straight_line`; only
    where ``travel.derive_missing``). A source that knows a pair
    settles it: a pair that the table puts beyond ``hours_most`` is not rescued by the roads.

    Parameters
    ----------
    instance : Instance
        The region; no promise of its policy is applied.
    hours_most : float
        Longest travel kept, in hours; infinity keeps all.
    towns : numpy.ndarray of int, optional
        Positions; only pairs with at least one end among them. All pairs where absent.
    within : numpy.ndarray of int, shape (n,), optional
        Group of each town; only pairs inside a group, and no other pair is ever made: a country
        of 5,000 towns in small groups has 25 million pairs. Not together with ``towns``.
    roads : RoadTowns, optional
        The towns on the road network where the caller has it already; built where absent.

    Returns
    -------
    pandas.DataFrame
        ``town`` and ``seat`` (positions in ``instance.towns.index``), ``hours`` and ``km`` of the
        one-way trip from the seat (``km`` is NaN where a travel table does not give it; on a
        straight line it includes the detour), ``source``; sorted by town and seat.

    Raises
    ------
    InstanceError
        If there are roads and the coordinate system of the instance is not in metres.

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
    >>> travel_pairs(region, 2.0)[["town", "seat", "hours", "source"]]
       town  seat  hours                          source
    0     0     0    0.0                       same town
    1     0     1    0.6  travel table (other direction)
    2     1     0    0.6                    travel table
    3     1     1    0.0                       same town
    4     2     2    0.0                       same town
    """
    if roads is None:
        roads = road_towns(instance)
    known = _from_table(instance, towns)
    if within is not None:
        known = _inside(known, within)
    taken = np.sort(_keys(known, len(instance.towns)))
    parts = [_same_town(instance, towns), known]
    if roads is not None:
        for group in [towns] if within is None else _groups(within):
            by_road = _both_ways(*roads.fastest(hours_most, towns=group), ROADS)
            by_road = by_road if within is None else _inside(by_road, within)
            parts.append(_without(by_road, taken, len(instance.towns)))
    if instance.travel.derive_missing:
        rule = straight_line(instance)
        km_most = hours_most / rule.hours_per_km
        near = _close(instance, km_most * (1 + 1e-12), towns, within)
        parts.append(_without(_straight(rule, near, roads), taken, len(instance.towns)))
    pairs = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    pairs = pairs[pairs["hours"] <= hours_most]
    return pairs.sort_values(["town", "seat"], ignore_index=True)


def _frame(seat: Ints, town: Ints, hours: object, km: object, source: object) -> pd.DataFrame:
    columns = {"town": town, "seat": seat, "hours": hours, "km": km, "source": source}
    return pd.DataFrame(columns).astype({"hours": "float64", "km": "float64", "source": "str"})


def _both_ways(a: Ints, b: Ints, hours: object, km: object, source: str) -> pd.DataFrame:
    """Return the pairs in both directions, with the same hours and km."""
    one = _frame(a, b, hours, km, source)
    return pd.concat([one, _frame(b, a, hours, km, source)], ignore_index=True)


def _keys(pairs: pd.DataFrame, count: int) -> Ints:
    """Return one integer for each (seat, town)."""
    keys: Ints = pairs["seat"].to_numpy() * count + pairs["town"].to_numpy()
    return keys


def _without(pairs: pd.DataFrame, taken: Ints, count: int) -> pd.DataFrame:
    """Return the pairs whose key is not taken by a better source."""
    free: pd.DataFrame = pairs[~np.isin(_keys(pairs, count), taken)]
    return free


def _same_town(instance: Instance, towns: Ints | None) -> pd.DataFrame:
    """Return the pairs of a town with itself: no travel."""
    here = np.arange(len(instance.towns)) if towns is None else np.unique(towns)
    return _frame(here, here, 0.0, 0.0, SAME_TOWN)


def _from_table(instance: Instance, towns: Ints | None) -> pd.DataFrame:
    """Return every pair that the travel table gives, in one direction or the other."""
    none = np.empty(0, dtype=np.int64)
    if instance.travel_table is None or instance.travel_table.empty:
        return _frame(none, none, np.empty(0), np.empty(0), TABLE)
    table = instance.travel_table
    keys, count = instance.towns.index, len(instance.towns)
    seat = keys.get_indexer(table.index.get_level_values("origin")).astype(np.int64)
    town = keys.get_indexer(table.index.get_level_values("destination")).astype(np.int64)
    given = _frame(seat, town, table["hours"].to_numpy(), table["km"].to_numpy(), TABLE)
    given = given[(seat >= 0) & (town >= 0) & (seat != town)]
    if towns is not None:
        given = given[given["seat"].isin(towns) | given["town"].isin(towns)]
    back = given.rename(columns={"seat": "town", "town": "seat"}).assign(source=TABLE_OTHER_WAY)
    back = _without(back, np.sort(_keys(given, count)), count)
    both: pd.DataFrame = pd.concat([given, back], ignore_index=True)
    return both


def _groups(within: Ints) -> list[Ints]:
    """Return the positions of the towns of each group of at least two."""
    order = np.argsort(within, kind="stable")
    cuts = np.flatnonzero(np.diff(within[order])) + 1
    return [group.astype(np.int64) for group in np.split(order, cuts) if len(group) > 1]


def _inside(pairs: pd.DataFrame, within: Ints) -> pd.DataFrame:
    """Return the pairs whose two towns are of one group."""
    same = within[pairs["town"].to_numpy()] == within[pairs["seat"].to_numpy()]
    kept: pd.DataFrame = pairs[same]
    return kept


def _close(
    instance: Instance, km_most: float, towns: Ints | None, within: Ints | None
) -> tuple[Ints, Ints, Floats]:
    """Return pairs of towns by straight distance: everywhere, or inside each group."""
    lon = instance.towns["lon"].to_numpy(dtype=np.float64)
    lat = instance.towns["lat"].to_numpy(dtype=np.float64)
    if within is None:
        return close_pairs(lon, lat, km_most, towns=towns)
    none = np.empty(0, dtype=np.int64)
    found = [(none, none, np.empty(0))]
    for group in _groups(within):
        a, b, km = close_pairs(lon[group], lat[group], km_most)
        found.append((group[a], group[b], km))
    a, b, km = (np.concatenate(column) for column in zip(*found, strict=True))
    return a, b, km


def _straight(
    rule: StraightLine, near: tuple[Ints, Ints, Floats], roads: RoadTowns | None
) -> pd.DataFrame:
    """Return straight-line pairs, in both directions, that the roads do not know."""
    a, b, km = near
    if roads is not None:
        apart = ~roads.joined(a, b)
        a, b, km = a[apart], b[apart], km[apart]
    return _both_ways(a, b, km * rule.hours_per_km, km * rule.km_per_km, STRAIGHT)
