"""Checks of what a tariff bills apart from its blocks: discounts, least and flat bills."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings
from optimizer.instance.schema.fields import Category, Tariff

if TYPE_CHECKING:
    from optimizer.instance.check.settings_checks import Place

__all__ = ["no_household_prices", "schedule_checks", "sewer_checks"]


def schedule_checks(tariff: Tariff, place: Place, found: Findings) -> None:
    """Report discounts without effect, and flat charges that nothing can scale.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    place : Place
        Where ``[tariff]`` stands.
    found : Findings
        Receives problems.

    Examples
    --------
    >>> from optimizer.instance.check.settings_checks import Place
    >>> found = Findings()
    >>> schedule_checks(Tariff(unmetered_charge_month=5.0), Place("instance.toml"), found)
    >>> found.problems[0].what
    'is given, and tariff.shape is not'
    """
    _flat(tariff, tariff, ("tariff",), place, found)
    _sewer(tariff, place, found)
    if tariff.fixed_charge_least_share > tariff.fixed_charge_share:
        what = f"{tariff.fixed_charge_least_share:g} is above fixed_charge_share, "
        what += f"{tariff.fixed_charge_share:g}"
        line = place.line("tariff", "fixed_charge_least_share")
        remedy = "give a least share that the largest allows"
        found.problem(place.file, line, "tariff.fixed_charge_least_share", what, remedy)
    for at, category in enumerate(tariff.categories):
        label, path = f"tariff.categories[{at + 1}]", ("tariff", "categories", at)
        _flat(category, tariff, path, place, found)
        _multiples(category, tariff, path, place, found)
        if category.shape is not None and category.factor_up_to_m3 is not None:
            line = place.line(*path, "factor_up_to_m3")
            what, remedy = "has no effect beside a shape of its own", "give one of the two"
            found.problem(place.file, line, f"{label}.factor_up_to_m3", what, remedy)


def _multiples(
    category: Category,
    tariff: Tariff,
    path: tuple[str | int, ...],
    place: Place,
    found: Findings,
) -> None:
    """Check the multiples within which a category has prices of its own."""
    label, most = f"tariff.categories[{int(path[-1]) + 1}]", category.multiple_most
    least = category.multiple_least
    if most is None:
        for name in ("multiple_least", "multiple_at_m3"):
            if category.model_dump()[name] is not None:
                line, remedy = place.line(*path, name), "give multiple_most too, or remove it"
                what = "is given, and multiple_most is not"
                found.problem(place.file, line, f"{label}.{name}", what, remedy)
        return
    line, column = place.line(*path, "multiple_most"), f"{label}.multiple_most"
    if least is not None and least > most:
        what, remedy = f"{most:g} is below multiple_least, {least:g}", "give a larger one"
        found.problem(place.file, line, column, what, remedy)
    if tariff.shape is not None:
        what = "is given beside tariff.shape, whose prices all rise together"
        remedy = "give the category a factor or a shape, or remove tariff.shape"
        found.problem(place.file, line, column, what, remedy)
    elif category.factor != 1.0 or category.factor_up_to_m3 is not None:
        what, remedy = "is given beside factor", "give one of the two"
        found.problem(place.file, line, column, what, remedy)


def no_household_prices(tariff: Tariff, table: Table, found: Findings) -> None:
    """Report household groups in a category that has prices of its own within multiples.

    What households can pay would limit its prices; their categories have a factor.
    """
    own = [c.category for c in tariff.categories if c.has_own_prices]
    used = table.frame["category"]

    def problem(row: int) -> Problem:
        what = f"category {used.iloc[row]!r} has prices of its own, for customers who are no "
        what += "households"
        remedy = "give households a category with a factor"
        return Problem(table.file, table.line(row), "category", what, remedy)

    found.faults(used[used.isin(own)].drop_duplicates().index.tolist(), problem, "category")


def _sewer(tariff: Tariff, place: Place, found: Findings) -> None:
    """Check the given sewer prices."""
    if tariff.sewer_shape is None:
        return
    line, column = place.line("tariff", "sewer_shape"), "tariff.sewer_shape"
    flat = [tariff.unmetered_charge_month, *(c.unmetered_charge_month for c in tariff.categories)]
    if tariff.sewer_share_of_water_bill is not None:
        what = "is given beside sewer_share_of_water_bill"
        found.problem(place.file, line, column, what, "give one of the two")
    elif tariff.shape is None:
        what, remedy = "is given, and tariff.shape is not", "give tariff.shape, in the same scale"
        found.problem(place.file, line, column, what, remedy)
    elif len(tariff.sewer_shape) != 2 or min(tariff.sewer_shape) < 0:
        what = f"{list(tariff.sewer_shape)} is not a charge and a price, each 0 or more"
        remedy = "write the fixed charge per month, then the price per m3 of billed water"
        found.problem(place.file, line, column, what, remedy)
    elif any(charge is not None for charge in flat):
        what = "needs a consumption, and a flat charge without a meter has none"
        remedy = "give sewer_share_of_water_bill instead, or unmetered_m3_month"
        found.problem(place.file, line, column, what, remedy)


def sewer_checks(tariff: Tariff, tables: Iterable[pd.DataFrame], place: Place) -> list[Problem]:
    """Return what is wrong where customers have sewerage and the given shape no sewer price."""
    given = tariff.sewer_shape is not None or tariff.sewer_share_of_water_bill is not None
    used = any("sewer_share" in t.columns and t["sewer_share"].fillna(0.0).any() for t in tables)
    if tariff.shape is None or given or not used:
        return []
    what, remedy = "is missing: customers have sewerage", "give it, or sewer_share_of_water_bill"
    return [Problem(place.file, place.line("tariff"), "tariff.sewer_shape", what, remedy)]


def _flat(
    row: Tariff | Category,
    tariff: Tariff,
    path: tuple[str | int, ...],
    place: Place,
    found: Findings,
) -> None:
    """Check the flat charge of customers without a meter."""
    if row.unmetered_charge_month is None:
        return
    label = "tariff" if len(path) == 1 else f"tariff.categories[{int(path[-1]) + 1}]"
    line, column = place.line(*path, "unmetered_charge_month"), f"{label}.unmetered_charge_month"
    if tariff.shape is None:
        what = "is given, and tariff.shape is not"
        remedy = "give tariff.shape, in the same scale, or unmetered_m3_month instead"
        found.problem(place.file, line, column, what, remedy)
    if row.unmetered_m3_month is not None:
        what = "is given beside unmetered_m3_month"
        found.problem(place.file, line, column, what, "give one of the two")
