"""Random schedules: free prices, given shapes, categories, meters, sewer prices, menus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Category, Tariff

__all__ = ["Dice", "random_demand", "random_tariff"]

BLOCKS = ((), (15.0,), (8.0, 20.0), (10.0, 15.0, 30.0))
SHAPES = {1: (1.0, 0.5), 2: (1.2, 0.4, 0.6), 3: (1.2, 0.344, 0.457, 0.510), 4: (0.0, 1, 1, 2, 2)}
STEEP = {1: (0.2, 0.7), 2: (0.2, 0.4, 1.0), 3: (0.6, 0.25, 0.5, 0.7), 4: (0.5, 1, 1, 1.5, 2)}


@dataclass(frozen=True, eq=False)
class Dice:
    """Draws that read as sentences."""

    rng: np.random.Generator

    def sometimes(self, chance: float) -> bool:
        """Return yes with a chance."""
        return bool(self.rng.random() < chance)

    def one_of(self, *values: float) -> float:
        """Return one of some figures."""
        return float(values[int(self.rng.integers(len(values)))])

    def between(self, low: float, high: float) -> float:
        """Return a figure between two others."""
        return float(self.rng.uniform(low, high))


def random_tariff(dice: Dice, *, given: bool | None = None) -> Tariff:
    """Return a tariff with the categories social and commercial.

    Parameters
    ----------
    dice : Dice
        Draws.
    given : bool, optional
        Whether the shape is given; either where absent.
    """
    blocks = BLOCKS[int(dice.rng.integers(len(BLOCKS)))]
    shape = SHAPES[len(blocks) + 1] if (dice.sometimes(0.5) if given is None else given) else None
    flat = shape is not None and dice.sometimes(0.2)
    share = dice.one_of(0.3, 0.45, 1.0) if flat or dice.sometimes(0.3) else None
    sewer = (dice.one_of(0.0, 0.8), 0.2) if shape is not None and share is None else None
    return Tariff(
        blocks_m3=blocks,
        ladder=dice.one_of(1.0, 1.5, 3.0, 3.0, 10.0),
        fixed_charge_share=dice.one_of(0.0, 0.3, 0.5),
        reference_m3_month=dice.one_of(10.0, 15.0, 25.0),
        shape=shape,
        minimum_m3=dice.one_of(0.0, 0.0, 10.0),
        unmetered_m3_month=None if flat or dice.sometimes(0.5) else dice.one_of(5.0, 18.0),
        unmetered_charge_month=6.0 if flat else None,
        sewer_share_of_water_bill=share,
        sewer_shape=sewer,
        sewer_most_share=dice.one_of(0.4, 1.0, 1.0, 2.0),
        categories=(_social(dice), _commercial(dice, given=shape is not None)),
    )


def _social(dice: Dice) -> Category:
    limit = dice.one_of(8.0, 12.0, 30.0) if dice.sometimes(0.5) else None
    return Category(category="social", factor=dice.one_of(0.3, 0.5, 0.9), factor_up_to_m3=limit)


def _commercial(dice: Dice, *, given: bool) -> Category:
    least = dice.one_of(20.0, 30.0) if dice.sometimes(0.3) else None
    if given and dice.sometimes(0.4):
        blocks, shape = (20.0,), (2.0, 0.85, 1.16)
        return Category(category="commercial", blocks_m3=blocks, shape=shape, minimum_m3=least)
    return Category(category="commercial", factor=dice.one_of(1.0, 1.5, 3.0), minimum_m3=least)


def random_demand(dice: Dice, tariff: Tariff) -> tuple[Tariff, Demand]:
    """Return a tariff that demand can respond to, with its own shape or a menu of two."""
    shapes: tuple[tuple[float, ...], ...] = ()
    places = len(tariff.blocks_m3) + 1
    if tariff.shape is None:
        shapes = (SHAPES[places], STEEP[places])
        share = tariff.sewer_share_of_water_bill
        free = {"ladder": 10.0, "fixed_charge_share": 0.6}
        free["sewer_share_of_water_bill"] = 0.4 if share is None else share
        tariff = tariff.model_copy(update=free)
    levels = () if dice.sometimes(0.6) else tuple(np.round(np.geomspace(0.01, 40.0, 9), 4).tolist())
    return tariff, Demand(
        price_elasticity=dice.one_of(-0.4, -0.2, -0.1),
        change_most=dice.one_of(0.1, 0.3, 0.5),
        bill_today_month=dice.one_of(4.0, 9.0, 25.0) if dice.sometimes(0.7) else None,
        levels=levels,
        shapes=shapes,
    )
