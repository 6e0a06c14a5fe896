"""Which numbers cannot be, and which should be asked about, with the likely cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.errors import InstanceError, Problem
from optimizer.instance.instance import Instance
from optimizer.plausible.causes import cause_of, shifted_cause
from optimizer.plausible.measures import Measured, measured
from optimizer.plausible.ranges import RANGES, Range

__all__ = ["Plausibility", "Suspicion", "plausibility"]

TOWNS_LEAST = 10
"""Fewer rows say little of what is usual: their ranges are :data:`WIDER` times as wide."""
WIDER = 4.0
SHOWN_MOST = 6
FRACTIONS_LEAST = 0.5
"""Share of counts with fractions from which they are asked about."""
ASKED = False
COMPUTED_WITHIN = 1e-3
APART = 300.0
"""A count this much below the median, with a fraction, lost its thousands."""


@dataclass(frozen=True)
class Suspicion:
    """A column, or some of its rows, that cannot be or should be asked about.

    Attributes
    ----------
    impossible : bool
        Whether it cannot be; otherwise it is a question.
    file, column : str
        Where.
    keys : tuple of str
        Towns, pairs or operator models; all of the column where empty.
    what : str
        What was measured, and what is usual.
    cause : str
        What it looks like; empty where nothing fits.
    source : str
        Where the range comes from.
    """

    impossible: bool
    file: str
    column: str
    keys: tuple[str, ...]
    what: str
    cause: str
    source: str

    def __str__(self) -> str:
        whom = ""
        if self.keys:
            more = f" and {len(self.keys) - SHOWN_MOST} more" if len(self.keys) > SHOWN_MOST else ""
            whom = f" of {', '.join(self.keys[:SHOWN_MOST])}{more}"
        looks = f"; {self.cause}" if self.cause else ""
        return f"{self.file} [{self.column}]{whom}: {self.what}{looks}"


@dataclass(frozen=True)
class Plausibility:
    """What :func:`plausibility` found.

    Attributes
    ----------
    stops : tuple of Suspicion
        What cannot be.
    asks : tuple of Suspicion
        What should be confirmed, at most one for each column.
    """

    stops: tuple[Suspicion, ...]
    asks: tuple[Suspicion, ...]

    def __str__(self) -> str:
        lines = [f"impossible: {found}" for found in self.stops]
        lines += [f"please confirm: {found}" for found in self.asks]
        return "\n".join(lines) or "every number is within its usual range"

    def raise_for_stops(self) -> None:
        """Raise where something cannot be.

        Raises
        ------
        InstanceError
            With every column that cannot be.
        """
        if self.stops:
            raise InstanceError([_problem(found) for found in self.stops])


def _problem(found: Suspicion) -> Problem:
    whom = f" ({', '.join(found.keys[:SHOWN_MOST])})" if found.keys else ""
    what = f"cannot be: {found.what}{whom}"
    return Problem(found.file, None, found.column, what, found.cause or "correct it")


def plausibility(instance: Instance) -> Plausibility:
    """Return which numbers of a region cannot be true, and which should be asked about.

    Every number is held against a range with a source: litres a person and day, people a
    connection, incomes and costs against the income of the country, hours against distance, shares
    against per cent. A column whose usual town lies outside is one finding, with the unit that
    would bring it inside; else the single towns outside.

    Parameters
    ----------
    instance : Instance
        Any region.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/san_martin")
    >>> print(plausibility(region))
    every number is within its usual range
    >>> table = region.travel_table.assign(hours=region.travel_table["hours"] * 60)
    >>> plausibility(region.replace(travel_table=table)).asks[0].cause
    'looks like minutes where hours are due'
    """
    found: dict[tuple[str, str], Suspicion] = {}
    for given in measured(instance):
        suspicion = _judged(given)
        if suspicion is None:
            continue
        key = (suspicion.file, suspicion.column)
        if key not in found or (suspicion.impossible and not found[key].impossible):
            found[key] = suspicion
    for column in ("population", "connections"):
        fractions = _fractions(instance, column)
        if fractions is not None:
            found.setdefault(("towns.csv", column), fractions)
    if any(s.column != "costs" for s in found.values()):
        found.pop(("towns.csv", "costs"), None)  # its parts say more
    stops = [s for s in found.values() if s.impossible]
    return Plausibility(tuple(stops), tuple(s for s in found.values() if not s.impossible))


def _judged(given: Measured) -> Suspicion | None:
    """Return what is wrong with a column, or with some of its rows."""
    usual = RANGES[given.measure]
    known = np.isfinite(given.values)
    if not known.any():
        return None
    values = given.values[known]
    wider = 1.0 if len(values) >= TOWNS_LEAST or given.measure in ALWAYS else WIDER
    low, high = usual.low * given.scale_low / wider, usual.high * given.scale_high * wider
    median = float(np.median(values))
    never = (values < usual.never_below * given.scale_low) | (
        values > usual.never_above * given.scale_high
    )
    if not low <= median <= high:
        return _column_wrong(given, usual, median, (low, high), impossible=bool(never.mean() > 0.5))
    town_low, town_high = usual.town_low * given.scale_low, usual.town_high * given.scale_high
    odd = never | (values < town_low) | (values > town_high)
    if not odd.any():
        return None
    return _rows_wrong(given, usual, known, odd, impossible=bool(never.any()))


ALWAYS = frozenset({"derived_speed", "efficiency", "overhead_least", "overhead_most",
                    "crew_hour_cost", "model_size", "model_least", "unmetered_share",
                    "sewer_share"})  # fmt: skip
"""Measures of which few rows are usual."""


def _column_wrong(
    given: Measured, usual: Range, median: float, span: tuple[float, float], *, impossible: bool
) -> Suspicion:
    scale = np.sqrt(given.scale_low * given.scale_high)
    own = float(np.nanmedian(given.shown))
    what = f"half of them are {'above' if median > span[1] else 'below'} {own:,.4g}: "
    what += f"{median / scale:.3g} {usual.unit}, usual are {usual.low:g} to {usual.high:g}"
    cause = cause_of(given.measure, median, span)
    return Suspicion(impossible, given.file, given.column, (), what, cause, usual.source)


def _rows_wrong(
    given: Measured, usual: Range, known: Bools, odd: Bools, *, impossible: bool
) -> Suspicion:
    rows = np.flatnonzero(known)[odd]
    values, scale = given.values[rows], np.sqrt(given.scale_low * given.scale_high)
    worst = int(np.argmax(np.abs(np.log(np.maximum(values, 1e-12) / np.nanmedian(given.values)))))
    what = f"{given.shown[rows[worst]]:,.6g} is {values[worst] / scale:.3g} {usual.unit}, "
    what += f"usual are {usual.town_low:g} to {usual.town_high:g}"
    middle = float(np.nanmedian(given.values))
    cause = shifted_cause(given.measure, float(values[worst]), middle)
    order = [rows[worst], *(row for row in rows if row != rows[worst])]
    keys = tuple(given.keys[row] for row in order)
    return Suspicion(impossible, given.file, given.column, keys, what, cause, usual.source)


def _fractions(instance: Instance, column: str) -> Suspicion | None:
    """Return counts of whole things that have fractions, where they were given."""
    values: Floats = instance.towns[column].to_numpy(dtype=np.float64)
    derived = sum(d.count for d in instance.derived if (d.table, d.column) == ("towns", column))
    if derived >= len(values):
        return None
    part = np.abs(values - np.round(values)) > 1e-6 * np.maximum(values, 1.0)
    if column == "connections" and part.any():
        people = instance.towns["population"].to_numpy(dtype=np.float64)[part] / values[part]
        if np.ptp(people) < COMPUTED_WITHIN * float(np.median(people)):
            return None  # computed from the people, so many to a connection
    if part.sum() <= derived:
        return None
    source = "people and connections are counted"
    if part.mean() > FRACTIONS_LEAST and part.sum() > 2:
        shown = float(values[part][0])
        what = f"{int(part.sum()):,} of {len(values):,} have fractions, such as {shown:,.6g}"
        cause = f"{shown:.3f} looks like {1000 * shown:,.0f}"
        if np.median(values) > 1000.0:
            cause = "looks like divided by people a household, or months"
        return Suspicion(ASKED, "towns.csv", column, (), what, cause, source)
    lost = part & (values * APART < np.median(values))
    if lost.any():
        rows = np.flatnonzero(lost)
        shown = float(values[rows[0]])
        keys = tuple(str(instance.towns.index[int(row)]) for row in rows)
        what = f"{shown:,.6g} has a fraction and is far below the others"
        cause = f"{shown:.3f} looks like {1000 * shown:,.0f}"
        return Suspicion(ASKED, "towns.csv", column, keys, what, cause, source)
    return None
