"""Travel recomputed: the instance's table, then its roads, then the straight line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Geod

from optimizer.audit.facts import Facts
from optimizer.audit.geography.roads import RoadTimes
from optimizer.audit.ledger import (
    ABSOLUTE,
    RELATIVE,
    ROAD_HOURS,
    ROAD_SHARE,
    Ledger,
    keys_where,
    numbers,
    texts,
)
from optimizer.messages.message import Message, Town

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["TripTable", "check_travel"]


def check_travel(facts: Facts, ledger: Ledger) -> pd.Series:
    """Check hours, km and source of every town's travel; return the hours to reckon with.

    These are the plan's own where they agree with the recomputed ones, else the recomputed ones;
    where nothing is known of a pair, the plan's own, and reach is broken.

    Returns
    -------
    pandas.Series
        Hours, index ``town``.
    """
    towns = facts.towns
    seats = facts.areas["seat"].reindex(towns["service_area"]).to_numpy()
    stated = towns["travel_hours"]
    trip = TripTable(facts.instance).trips(towns.index, seats, stated)
    source, hours = trip["source"], trip["hours"]
    area, due, says = texts(facts.area_of), numbers(hours), numbers(stated)
    for town in keys_where(source == ""):
        message = Message("no way from the seat to {town} is known", town=Town(town))
        ledger.fail("reach", message, town=town, area=area[town], amount=np.inf)
    known = source != ""
    same = towns["travel_source"] == source
    ledger.count("travel", 2 * int(known.sum()))
    named, right = texts(towns["travel_source"]), texts(source)
    for town in keys_where(known & ~same):
        message = Message(
            "travel to {town} is from the {source}, not {other_source}",
            town=Town(town),
            source=Message(right[town]),
            other_source=repr(named[town]),
        )
        ledger.fail("travel", message, town=town, area=area[town])
    by_road = source == "roads"
    room = RELATIVE * hours.abs() + ABSOLUTE
    room = room.where(~by_road, (ROAD_SHARE * hours).clip(lower=ROAD_HOURS))
    agrees = (stated - hours).abs() <= room
    for town in keys_where(known & ~agrees):
        message = Message(
            "travel to {town} takes {hours:.4g} h, the plan says {limit:.4g} h",
            town=Town(town),
            hours=due[town],
            limit=says[town],
        )
        off = says[town] - due[town]
        ledger.fail("travel", message, town=town, area=area[town], amount=off)
    plain = towns.index[known & ~by_road]
    what, km = "travel_km", trip["km"].reindex(plain)
    ledger.compare("travel", what, towns.loc[plain, "travel_km"], km, towns=plain)
    farthest = hours.where(~agrees & known, stated)
    reach = farthest.groupby(facts.area_of).max().reindex(facts.areas.index)
    ledger.compare(
        "tables", "areas: reach_hours", facts.areas["reach_hours"], reach, areas=facts.areas.index
    )
    return farthest


class TripTable:
    """Trips of an instance measured anew; its roads are read once."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._roads: RoadTimes | None = None
        self._given = _table_of(instance)
        self._pace: tuple[float, float] | None = None

    def from_seat(self, seat: str, towns: list[str], *, hours_most: float) -> pd.DataFrame:
        """Return the trips from one seat to some towns; see :meth:`trips`.

        By road only trips up to about ``hours_most`` are looked for.
        """
        index = pd.Index(towns, name="town")
        stated = pd.Series(hours_most, index=index)
        return self.trips(index, np.array([seat] * len(towns), dtype=object), stated)

    def trips(self, towns: pd.Index, seats: np.ndarray, stated: pd.Series) -> pd.DataFrame:
        """Return hours, km and source of each trip; the source is empty where none is known."""
        instance = self._instance
        trip = pd.DataFrame(
            {"seat": seats, "hours": np.nan, "km": np.nan, "source": ""}, index=towns
        )
        home = trip["seat"].to_numpy() == np.asarray(towns)
        trip.loc[home, ["hours", "km"]] = 0.0
        trip.loc[home, "source"] = "same town"
        _from_table(self._given, trip)
        if instance.roads is not None and (trip["source"] == "").any():
            self._roads = self._roads or RoadTimes(instance)
            _from_roads(self._roads, trip, stated)
        if instance.travel.derive_missing:
            self._pace = self._pace or _pace(instance)
            _from_straight_line(instance, trip, *self._pace)
        return trip


def _straight_km(instance: Instance, here: pd.Index, there: pd.Index) -> pd.Series:
    """Return the kilometres of the geodesic between two towns, pair by pair."""
    a, b = instance.towns.reindex(here), instance.towns.reindex(there)
    ends = [table[side].to_numpy(dtype=float) for table in (a, b) for side in ("lon", "lat")]
    metres = Geod(ellps="WGS84").inv(ends[0], ends[1], ends[2], ends[3])[2]
    return pd.Series(np.asarray(metres) / 1000.0)


def _pace(instance: Instance) -> tuple[float, float]:
    """Return hours and road km for a km of straight line: the given trips' medians, if ten are."""
    travel, given = instance.travel, instance.travel_table
    hours_a_km, km_a_km = travel.detour_factor / travel.speed_km_h, travel.detour_factor
    if given is None:
        return hours_a_km, km_a_km
    table = given.reset_index()
    table["straight"] = _straight_km(
        instance, pd.Index(table["origin"]), pd.Index(table["destination"])
    )
    table = table[(table["straight"] >= 1.0) & (table["hours"] > 0)]
    if len(table) >= 10:
        hours_a_km = float((table["hours"] / table["straight"]).median())
        long = table[table["km"] > 0]
        if len(long) >= 10:
            km_a_km = float((long["km"] / long["straight"]).median())
    return hours_a_km, km_a_km


def _from_straight_line(
    instance: Instance, trip: pd.DataFrame, hours_a_km: float, km_a_km: float
) -> None:
    """Fill in the trips that are left by the straight line."""
    left = trip.index[trip["source"] == ""]
    km = _straight_km(instance, pd.Index(trip.loc[left, "seat"]), left).to_numpy()
    trip.loc[left, "km"] = km * km_a_km
    trip.loc[left, "hours"] = km * hours_a_km
    trip.loc[left, "source"] = "straight line"


def _table_of(instance: Instance) -> Mapping[tuple[str, str], tuple[float, float]]:
    """Return hours and km of the trips that the travel table gives."""
    table = instance.travel_table
    if table is None:
        return {}
    return {
        (str(a), str(b)): (float(h), float(k))
        for (a, b), h, k in zip(table.index, table["hours"], table["km"], strict=True)
    }


def _from_table(given: Mapping[tuple[str, str], tuple[float, float]], trip: pd.DataFrame) -> None:
    """Fill in the trips that the travel table gives, the direction from the seat first."""
    if not given:
        return
    found: dict[str, tuple[float, float, str]] = {}
    for town, seat in texts(trip["seat"][trip["source"] == ""]).items():
        ways = (((seat, town), "travel table"), ((town, seat), "travel table (other direction)"))
        for pair, source in ways:
            if pair in given:
                found[town] = (*given[pair], source)
                break
    known = list(found)
    trip.loc[known, "hours"] = [hours for hours, _, _ in found.values()]
    trip.loc[known, "km"] = [km for _, km, _ in found.values()]
    trip.loc[known, "source"] = [source for _, _, source in found.values()]


def _from_roads(roads: RoadTimes, trip: pd.DataFrame, stated: pd.Series) -> None:
    """Fill in the trips that the roads give; the search ends a little beyond what the plan says."""
    left = trip[trip["source"] == ""]
    for seat, group in left.groupby("seat"):
        says = stated.reindex(group.index)
        limit = float(says[np.isfinite(says)].max()) if np.isfinite(says).any() else 0.0
        found = roads.hours(str(seat), group.index, hours_most=limit * 1.5 + 1.0)
        for town, hours in found.items():
            trip.loc[town, "hours"], trip.loc[town, "source"] = hours, "roads"
