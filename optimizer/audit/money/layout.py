"""What the schedules of an instance must hold: blocks, factors, sewerage, least and flat bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from optimizer.instance.schema.fields import Category, Tariff

__all__ = ["FLAT", "MINIMUM", "SHARE", "billing_of", "layout_of"]

MINIMUM, FLAT = "minimum bill", "unmetered charge"
SHARE = "sewer share of water bill"

_Line = tuple[str, str, str, int, float, float, str, float, float]
_NAN = float("nan")


def layout_of(tariff: Tariff, *, sewer: bool = False) -> pd.DataFrame:
    """Return every price of a schedule with its block, and what it is a multiple of.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    sewer : bool
        Whether any customer has sewerage.

    Returns
    -------
    pandas.DataFrame
        ``category``, ``component``, ``service`` (water, sewer), ``position`` (0 for the fixed
        charge, -1 for what is not a price of its own), ``from_m3``, ``to_m3`` (NaN where open),
        ``base`` (the domestic component of which it is a multiple), ``factor`` on that (NaN for a
        category with a shape of its own), ``shape`` (the given shape's price; NaN without one).
    """
    rows: list[_Line] = []
    for c in _every(tariff):
        rows += _own_rows(tariff, c) if _own(tariff, c) else _rows(tariff, c)
        rows += _sewer_rows(tariff, c, sewer=sewer)
    for name, minimum, volume, charge in billing_of(tariff).itertuples(name=None):
        if minimum > 0:
            rows.append((name, MINIMUM, "water", -1, _NAN, minimum, "", _NAN, _NAN))
        if not np.isnan(charge):
            rows.append((name, FLAT, "water", -1, _NAN, _NAN, "", _NAN, charge))
        elif not np.isnan(volume):
            billed = max(volume, minimum)
            rows.append((name, FLAT, "water", -1, _NAN, billed, "", _NAN, _NAN))
    columns = ["category", "component", "service", "position", "from_m3", "to_m3", "base"]
    return pd.DataFrame(rows, columns=[*columns, "factor", "shape"])


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
            _NAN if volume is None else volume,
            _NAN if charge is None else charge,
        )
    columns = ["minimum_m3", "unmetered_m3", "unmetered_charge"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)


def _every(tariff: Tariff) -> list[Category]:
    return [Category(category="domestic"), *tariff.categories]


def _own(tariff: Tariff, category: Category) -> bool:
    if tariff.shape is None:
        return category.multiple_most is not None
    return category.shape is not None


def _own_rows(tariff: Tariff, category: Category) -> Iterator[_Line]:
    """Yield the water rows of a category with a shape or prices of its own."""
    limits = tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3
    edges, name = [0.0, *limits, _NAN], category.category
    shape = (_NAN,) * (len(limits) + 2) if tariff.shape is None else category.shape or ()
    yield (name, "fixed charge", "water", 0, _NAN, _NAN, "", _NAN, shape[0])
    for k, price in enumerate(shape[1:], start=1):
        yield (name, f"block {k}", "water", k, edges[k - 1], edges[k], "", _NAN, price)


def _rows(tariff: Tariff, category: Category) -> Iterator[_Line]:
    """Yield the water rows of a category that pays the domestic prices times its factor."""
    shape = [_NAN] * (len(tariff.blocks_m3) + 2) if tariff.shape is None else tariff.shape
    return _scaled(category, "", "water", tariff.blocks_m3, shape)


def _sewer_rows(tariff: Tariff, category: Category, *, sewer: bool) -> Iterator[_Line]:
    """Yield the sewer rows: a share of the water bill, or charge and price times the factor."""
    name, share = category.category, tariff.sewer_share_of_water_bill
    if share is not None:
        if share > 0:
            yield (name, SHARE, "sewer", -1, _NAN, _NAN, "", _NAN, _NAN)
    elif tariff.shape is None and sewer:
        yield from _scaled(category, "sewer ", "sewer", (), [_NAN, _NAN])
    elif tariff.sewer_shape is not None:
        yield from _scaled(category, "sewer ", "sewer", (), tariff.sewer_shape)


def _scaled(
    category: Category, word: str, service: str, limits: Sequence[float], shape: Sequence[float]
) -> Iterator[_Line]:
    """Yield the domestic prices times the factor, as far as it holds.

    A factor that holds up to some consumption only cuts the block in which that lies.
    """
    name, factor = category.category, category.factor
    top = np.inf if category.factor_up_to_m3 is None else category.factor_up_to_m3
    base = f"{word}fixed charge"
    yield (name, base, service, 0, _NAN, _NAN, base, factor, factor * shape[0])
    low, at = 0.0, 0
    for k, high in enumerate([*limits, np.inf], start=1):
        base = f"{word}block {k}"
        for end, share in ((min(high, top), factor), (high, 1.0)):
            if end > low:
                at += 1
                to = _NAN if np.isinf(end) else end
                own = f"{word}block {at}"
                yield (name, own, service, at, low, to, base, share, share * shape[k])
                low = end
