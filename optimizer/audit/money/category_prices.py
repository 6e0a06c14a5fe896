"""Categories with prices of their own: their rows, and their mean price beside the domestic one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.audit.ledger import Ledger, slack
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.messages.message import Message

__all__ = ["Multiples", "check_multiples", "filled", "multiples_of", "schedule_rows"]

_BELOW = "{name}: {amount:,.6g} per m3 on average, {limit:,.6g} is the least"
_ABOVE = "{name}: {amount:,.6g} per m3 on average, {limit:,.6g} is the most"


@dataclass(frozen=True)
class Multiples:
    """A category with prices of its own.

    Attributes
    ----------
    name : str
        Its name.
    limits : tuple of float
        Upper limits of its blocks but the last, m3/month.
    use : float
        Consumption at which its mean price is compared, m3/month.
    least, most : float
        Multiples of the domestic mean price at the reference consumption.
    """

    name: str
    limits: tuple[float, ...]
    use: float
    least: float
    most: float


def multiples_of(tariff: Tariff) -> list[Multiples]:
    """Return the categories with prices of their own, in the order of the tariff."""
    if tariff.shape is not None:
        return []
    return [_multiples(tariff, c) for c in tariff.categories if c.multiple_most is not None]


def _multiples(tariff: Tariff, category: Category) -> Multiples:
    limits = tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3
    use, least = category.multiple_at_m3, category.multiple_least
    return Multiples(
        category.category,
        tuple(limits),
        tariff.reference_m3_month if use is None else use,
        0.0 if least is None else least,
        float(category.multiple_most or 0.0),
    )


def filled(limits: Sequence[float], use: float) -> Floats:
    """Return 1 for the fixed charge, then the m3 of a consumption in each block."""
    return np.concatenate([[1.0], np.diff(np.minimum([0.0, *limits, np.inf], use))])


def schedule_rows(tariff: Tariff, limits: Sequence[float], use: float) -> list[Floats]:
    """Return the rows ``row @ p <= 0`` of one schedule: ladder, and share of the fixed charge."""
    bill = filled(limits, use)
    unit, last = np.eye(len(bill)), len(bill) - 1
    rows = [unit[b] - unit[b + 1] for b in range(1, last)]
    rows.append(unit[last] - tariff.ladder * unit[1])
    rows.append(unit[0] - tariff.fixed_charge_share * bill)
    if tariff.fixed_charge_least_share > 0:
        rows.append(tariff.fixed_charge_least_share * bill - unit[0])
    return [np.asarray(row, dtype=np.float64) for row in rows]


def check_multiples(tariff: Tariff, table: pd.DataFrame, ledger: Ledger) -> None:
    """Check the mean price of each such category against the domestic one.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    table : DataFrame
        Prices, index ``(service_area, town)``, columns ``(category, component)``.
    ledger : Ledger
        Receives checks and failures.
    """
    use = tariff.reference_m3_month
    domestic = _mean(table, "domestic", tariff.blocks_m3, use)
    for own in multiples_of(tariff):
        mean = _mean(table, own.name, own.limits, own.use)
        if domestic is None or mean is None:
            continue
        ledger.count("category_multiple", 2 * len(mean))
        for sign, multiple, words in ((-1.0, own.least, _BELOW), (1.0, own.most, _ABOVE)):
            limit = domestic * multiple
            excess = sign * (mean - limit)
            over = excess[excess > slack(mean, limit)]
            for (area, town), amount in zip(over.index, over.array, strict=True):
                here, allowed = float(mean[(area, town)]), float(limit[(area, town)])
                message = Message(words, name=own.name, amount=here, limit=allowed)
                place = {"town": str(town), "area": str(area)}
                ledger.fail("category_multiple", message, **place, amount=float(amount))


def _mean(
    table: pd.DataFrame, category: str, limits: Sequence[float], use: float
) -> pd.Series | None:
    """Return the mean price per m3 of a consumption, None where a price is missing."""
    names = ["fixed charge", *(f"block {k + 1}" for k in range(len(limits) + 1))]
    keys = [(category, name) for name in names]
    if any(key not in table.columns for key in keys):
        return None
    return (table[keys] * filled(limits, use)).sum(axis=1) / use
