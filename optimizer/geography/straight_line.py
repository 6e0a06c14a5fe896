"""Trips where neither a table nor a road knows the way: the straight line, set by what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.geography.distance import geodesic_km
from optimizer.instance.schema.fields import FITTED_TRIPS_LEAST

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["StraightLine", "straight_line"]

KM_LEAST = 1.0
"""Trips shorter than this, in km of straight line, say little of speed."""


@dataclass(frozen=True)
class StraightLine:
    """How a straight line becomes a trip.

    Attributes
    ----------
    hours_per_km, km_per_km : float
        Hours and road km for each km of straight line.
    pairs : int
        Trips of the travel table from which they are known; 0 where ``[travel]`` gives them.
    """

    hours_per_km: float
    km_per_km: float
    pairs: int = 0


def straight_line(instance: Instance) -> StraightLine:
    """Return how straight lines become trips, so that they agree with the trips that are given.

    Where the travel table gives ten trips or more (``FITTED_TRIPS_LEAST``) of over a kilometre,
    hours and kilometres of a straight line are the medians of the table's; else ``[travel]`` says.

    Parameters
    ----------
    instance : Instance
        Any region.

    Examples
    --------
    >>> import optimizer as op
    >>> rule = straight_line(op.read("instances/san_martin"))
    >>> round(1 / rule.hours_per_km, 1), round(rule.km_per_km, 2), rule.pairs > 1000
    (25.4, 1.64, True)
    """
    rules, table = instance.travel, instance.travel_table
    said = StraightLine(rules.detour_factor / rules.speed_km_h, rules.detour_factor)
    if table is None or len(table) < FITTED_TRIPS_LEAST:
        return said
    ends = [instance.towns.index.get_indexer(table.index.get_level_values(k)) for k in (0, 1)]
    lon, lat = (instance.towns[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    straight = geodesic_km(lon[ends[0]], lat[ends[0]], lon[ends[1]], lat[ends[1]])
    hours, km = (table[name].to_numpy(dtype=np.float64) for name in ("hours", "km"))
    usable = (ends[0] >= 0) & (ends[1] >= 0) & (straight >= KM_LEAST) & (hours > 0)
    if usable.sum() < FITTED_TRIPS_LEAST:
        return said
    measured = usable & (km > 0)
    longer = rules.detour_factor
    if measured.sum() >= FITTED_TRIPS_LEAST:
        longer = float(np.median(km[measured] / straight[measured]))
    slow = float(np.median(hours[usable] / straight[usable]))
    return StraightLine(slow, longer, int(usable.sum()))
