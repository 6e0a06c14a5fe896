"""What the schedules of an instance must hold: blocks, factors, least and flat bills."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.instance.fields import Category, Tariff

__all__ = ["FLAT", "MINIMUM", "billing_of", "layout_of"]

MINIMUM, FLAT = "minimum bill", "unmetered charge"


def layout_of(tariff: Tariff) -> pd.DataFrame:
    """Return every price of a schedule with its block, and what it is a multiple of.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.

    Returns
    -------
    pandas.DataFrame
        ``category``, ``component``, ``position`` (0 for the fixed charge, -1 for a bill that
        follows from the prices), ``from_m3``, ``to_m3`` (NaN where open), ``base`` (the domestic
        component of which it is a multiple), ``factor`` on that (NaN for a category with a shape
        of its own), ``shape`` (the given shape's price; NaN without one).
    """
    rows: list[tuple[str, str, int, float, float, str, float, float]] = []
    for category in _every(tariff):
        rows += _own_rows(tariff, category) if _own(tariff, category) else _rows(tariff, category)
    for name, minimum, volume, charge in billing_of(tariff).itertuples(name=None):
        if minimum > 0:
            rows.append((name, MINIMUM, -1, np.nan, minimum, "", np.nan, np.nan))
        if not np.isnan(charge):
            rows.append((name, FLAT, -1, np.nan, np.nan, "", np.nan, charge))
        elif not np.isnan(volume):
            rows.append((name, FLAT, -1, np.nan, max(volume, minimum), "", np.nan, np.nan))
    columns = ["category", "component", "position", "from_m3", "to_m3", "base", "factor", "shape"]
    return pd.DataFrame(rows, columns=columns)


def billing_of(tariff: Tariff) -> pd.DataFrame:
    """Return what each category is billed apart from its use.

    Returns
    -------
    pandas.DataFrame
        Index ``category``; ``minimum_m3``, ``unmetered_m3`` and ``unmetered_charge`` (in the
        scale of the shape), NaN where there is none.
    """
    rows = {}
    for c in _every(tariff):
        minimum = tariff.minimum_m3 if c.minimum_m3 is None else c.minimum_m3
        volume, charge = c.unmetered_m3_month, c.unmetered_charge_month
        if volume is None and charge is None:
            volume, charge = tariff.unmetered_m3_month, tariff.unmetered_charge_month
            charge = None if charge is None else charge * c.factor
        if charge is not None:
            volume = None
        rows[c.category] = (
            minimum,
            np.nan if volume is None else volume,
            np.nan if charge is None else charge,
        )
    columns = ["minimum_m3", "unmetered_m3", "unmetered_charge"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)


def _every(tariff: Tariff) -> list[Category]:
    return [Category(category="domestic"), *tariff.categories]


def _own(tariff: Tariff, category: Category) -> bool:
    return tariff.shape is not None and category.shape is not None


def _own_rows(
    tariff: Tariff, category: Category
) -> list[tuple[str, str, int, float, float, str, float, float]]:
    """Return the rows of a category with a shape of its own."""
    limits = tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3
    edges, shape, name = [0.0, *limits, np.nan], category.shape or (), category.category
    rows = [(name, "fixed charge", 0, np.nan, np.nan, "", np.nan, shape[0])]
    for k, price in enumerate(shape[1:], start=1):
        rows.append((name, f"block {k}", k, edges[k - 1], edges[k], "", np.nan, price))
    return rows


def _rows(
    tariff: Tariff, category: Category
) -> list[tuple[str, str, int, float, float, str, float, float]]:
    """Return the rows of a category that pays the domestic prices times its factor.

    A factor that holds up to some consumption only cuts the block in which that lies.
    """
    name, factor = category.category, category.factor
    top = np.inf if category.factor_up_to_m3 is None else category.factor_up_to_m3
    shape = [np.nan] * (len(tariff.blocks_m3) + 2) if tariff.shape is None else tariff.shape
    base = "fixed charge"
    rows = [(name, base, 0, np.nan, np.nan, base, factor, factor * shape[0])]
    low = 0.0
    for k, high in enumerate([*tariff.blocks_m3, np.inf], start=1):
        base = f"block {k}"
        for end, share in ((min(high, top), factor), (high, 1.0)):
            if end > low:
                to = np.nan if np.isinf(end) else end
                at = len(rows)
                rows.append((name, f"block {at}", at, low, to, base, share, share * shape[k]))
                low = end
    return rows
