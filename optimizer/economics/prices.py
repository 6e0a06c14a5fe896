"""The space of admissible prices: what a tariff may look like, as linear algebra.

A tariff is a vector of *price components*: the fixed charge and one price per block, or, for a
given shape, the single level by which the shape is multiplied. Every bill is linear in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.economics.demand import CustomerClasses, Floats, block_volumes
from optimizer.economics.schedule import CategorySchedule, Schedule
from optimizer.instance.fields import Category, Tariff

__all__ = ["PriceSpace", "price_space", "schedule_of"]


@dataclass(frozen=True, eq=False)
class PriceSpace:
    """Price components, bills and the cone of admissible prices.

    Attributes
    ----------
    components : tuple of str
        ``("fixed charge", "block 1", ...)`` or ``("level",)`` for a given shape.
    bill : array of shape (classes, components)
        Bill of each customer class per unit of each component.
    cone : array of shape (rows, components)
        Admissible prices p satisfy ``cone @ p <= 0`` and ``p >= 0``.
    cone_rules : tuple of str
        Rule that each cone row states: ``tariff_ladder`` or ``fixed_charge_share``.
    """

    components: tuple[str, ...]
    bill: Floats
    cone: Floats
    cone_rules: tuple[str, ...]


def price_space(tariff: Tariff, classes: CustomerClasses) -> PriceSpace:
    """Return the price space of a tariff for the given customer classes."""
    if tariff.shape is not None:
        return PriceSpace(
            components=("level",),
            bill=_shape_bills(tariff, classes)[:, None],
            cone=np.zeros((0, 1)),
            cone_rules=(),
        )
    blocks = len(tariff.blocks_m3) + 1
    ladder = tariff_ladder(tariff)
    share = fixed_charge_share(tariff)
    return PriceSpace(
        components=("fixed charge", *(f"block {b + 1}" for b in range(blocks))),
        bill=_free_bills(tariff, classes),
        cone=np.vstack([ladder, share]),
        cone_rules=("tariff_ladder",) * len(ladder) + ("fixed_charge_share",),
    )


def tariff_ladder(tariff: Tariff) -> Floats:
    """Return the rows of ``p_b <= p_{b+1}`` and ``p_B <= ladder * p_1``.

    In words: a higher block never costs less per m3, and the last block costs at most ``ladder``
    times the first. Units: money per m3. Source: increasing block tariffs, DL 1280 practice.
    """
    blocks = len(tariff.blocks_m3) + 1
    rows = np.zeros((blocks, blocks + 1))
    for b in range(1, blocks):
        rows[b - 1, b], rows[b - 1, b + 1] = 1.0, -1.0
    rows[-1, blocks] += 1.0
    rows[-1, 1] -= tariff.ladder
    return rows if blocks > 1 else rows[:0]


def fixed_charge_share(tariff: Tariff) -> Floats:
    """Return the row of ``p_0 <= share * (p_0 + sum_b v_b(reference) p_b)``.

    In words: the fixed charge is at most the given share of the bill of the reference
    consumption. Units: money per month. Source: regulators' bounds on fixed charges.
    """
    volumes = block_volumes(np.array([tariff.reference_m3_month]), tariff.blocks_m3)
    row = np.concatenate([[1.0], np.zeros(volumes.shape[1])])
    return (row - tariff.fixed_charge_share * np.concatenate([[1.0], volumes[0]]))[None, :]


def schedule_of(tariff: Tariff, prices: Floats) -> Schedule:
    """Return the printed schedule of a price vector.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    prices : array of shape (components,)
        Fixed charge and block prices, or the level of a given shape.
    """
    if tariff.shape is not None:
        domestic = tuple(float(prices[0]) * s for s in tariff.shape)
    else:
        domestic = tuple(float(p) for p in prices)
    schedules = {"domestic": CategorySchedule(domestic[0], tariff.blocks_m3, domestic[1:])}
    for category in tariff.categories:
        own = _own_shape(category)
        if own is not None and tariff.shape is not None:
            limits, shape = own
            scaled = tuple(float(prices[0]) * s for s in shape)
        else:
            limits, scaled = tariff.blocks_m3, tuple(category.factor * p for p in domestic)
        schedules[category.category] = CategorySchedule(scaled[0], limits, scaled[1:])
    return Schedule(schedules)


def _free_bills(tariff: Tariff, classes: CustomerClasses) -> Floats:
    factors = {"domestic": 1.0} | {c.category: c.factor for c in tariff.categories}
    factor = np.array([factors[c] for c in classes.category])
    volumes = block_volumes(classes.consumption_m3_month, tariff.blocks_m3)
    return factor[:, None] * np.column_stack([np.ones(len(factor)), volumes])


def _shape_bills(tariff: Tariff, classes: CustomerClasses) -> Floats:
    schedule = schedule_of(tariff, np.ones(1))
    uses = zip(classes.consumption_m3_month, classes.category, strict=True)
    return np.array([schedule.bill(m3, category=category) for m3, category in uses])


def _own_shape(category: Category) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    if category.shape is None or category.blocks_m3 is None:
        return None
    return category.blocks_m3, category.shape
