"""Checks of the tariff rules against the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from optimizer.errors import Problem
from optimizer.instance.check.schedule_checks import no_household_prices, schedule_checks
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings, near, number_of
from optimizer.instance.schema.fields import Category, Tariff

__all__ = ["DOMESTIC", "tariff_checks"]

DOMESTIC = "domestic"
PRICE_LEAST, PRICE_MOST = 1e-6, 1e9
"""Prices of a given shape, in money per m3; far beyond them numbers lose their digits."""


def tariff_checks(tariff: Tariff, used_by: Iterable[Table], place: Place, found: Findings) -> None:
    """Check blocks, shapes and categories.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    used_by : iterable of Table
        Tables with a ``category`` column.
    place : Place
        Where ``[tariff]`` stands.
    found : Findings
        Receives problems.

    Examples
    --------
    >>> found = Findings()
    >>> tariff_checks(Tariff(blocks_m3=(20.0, 8.0)), [], Place("instance.toml"), found)
    >>> found.problems[0].what
    'blocks [20.0, 8.0] do not rise from above 0'
    """
    _schedule(tariff.blocks_m3, tariff.shape, ("tariff",), place, found)
    schedule_checks(tariff, place, found)
    names = [category.category for category in tariff.categories]
    seen: set[str] = set()
    for at, category in enumerate(tariff.categories):
        path = ("tariff", "categories", at)
        label = f"tariff.categories[{at + 1}].category"
        line = place.line(*path, "category")
        if category.category == DOMESTIC:
            what, remedy = "'domestic' is always there", "remove it; other categories relate to it"
            found.problem(place.file, line, label, what, remedy)
        elif category.category in seen:
            what = f"category {category.category!r} stands twice"
            found.problem(place.file, line, label, what, "keep one of the two")
        seen.add(category.category)
        _own_schedule(category, tariff, path, place, found)
    for table in used_by:
        _known_categories(table, [DOMESTIC, *names], found)
        if "group" in table.frame.columns:
            no_household_prices(tariff, table, found)


def _own_schedule(
    category: Category,
    tariff: Tariff,
    path: tuple[str | int, ...],
    place: Place,
    found: Findings,
) -> None:
    """Check a category's own blocks and shape, which need each other and tariff.shape."""
    label, line = f"tariff.categories[{int(path[-1]) + 1}]", place.line(*path)
    if category.shape is None:
        if category.blocks_m3 is None:
            return
        if category.has_own_prices:
            _schedule(category.blocks_m3, None, path, place, found)
            return
        remedy = "give its shape or multiples too, or remove blocks_m3"
        found.problem(place.file, line, f"{label}.shape", "is missing beside blocks_m3", remedy)
        return
    if tariff.shape is None:
        what = "is given, and tariff.shape is not"
        remedy = "give tariff.shape, in the same scale, or a factor instead"
        found.problem(place.file, line, f"{label}.shape", what, remedy)
    blocks = tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3
    _schedule(blocks, category.shape, path, place, found)


def _schedule(
    blocks: Sequence[float],
    shape: Sequence[float] | None,
    path: tuple[str | int, ...],
    place: Place,
    found: Findings,
) -> None:
    """Check that blocks rise and that a shape has one price for each component."""
    label = "tariff" if len(path) == 1 else f"tariff.categories[{int(path[-1]) + 1}]"
    steps = np.diff([0.0, *blocks])
    if (steps <= 0).any() or (np.array(blocks) > 1e6).any():
        what = f"blocks {list(blocks)} do not rise from above 0"
        line = place.line(*path, "blocks_m3")
        remedy = "write upper limits in rising order, such as [8, 20]"
        found.problem(place.file, line, f"{label}.blocks_m3", what, remedy)
    if shape is None:
        return
    line, column = place.line(*path, "shape"), f"{label}.shape"
    due = len(blocks) + 2
    if len(shape) != due:
        what = f"has {len(shape)} numbers, {len(blocks)} block limits need {due}"
        remedy = "write the fixed charge, then the price of each block, the open one last"
        found.problem(place.file, line, column, what, remedy)
    elif min(shape) < 0 or max(shape) > PRICE_MOST or max(shape[1:]) < PRICE_LEAST:
        what = f"{list(shape)} has a negative price, one above {PRICE_MOST:g} or none of "
        what += f"{PRICE_LEAST:g} or more"
        remedy = f"give prices between 0 and {PRICE_MOST:g}, one above 0 at least"
        found.problem(place.file, line, column, what, remedy)


def _known_categories(table: Table, known: Sequence[str], found: Findings) -> None:
    used = table.frame["category"]
    unknown = used[~used.isin(known)]
    times = unknown.value_counts()

    def problem(row: int) -> Problem:
        value = str(used.iloc[row])
        what = f"category {value!r} is not defined"
        what += f" ({number_of(int(times[value]), 'row')})" if times[value] > 1 else ""
        remedy = near(value, known) + "add it to [[tariff.categories]] in instance.toml"
        return Problem(table.file, table.line(row), "category", what, remedy)

    found.faults(unknown.drop_duplicates().index.tolist(), problem, "category")
