"""Tariff schedules as a regulator prints them, and the bills that they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.economics.demand import block_volumes

__all__ = ["CategorySchedule", "Schedule"]


@dataclass(frozen=True)
class CategorySchedule:
    """Fixed charge and block prices of one category.

    Attributes
    ----------
    fixed_charge_month : float
        Money per connection and month.
    blocks_m3 : tuple of float
        Upper limits of all blocks but the last, m3/month.
    price_m3 : tuple of float
        Price of each block, money per m3; one more than the limits.
    """

    fixed_charge_month: float
    blocks_m3: tuple[float, ...]
    price_m3: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the number of blocks."""
        if len(self.price_m3) != len(self.blocks_m3) + 1:
            message = f"{len(self.price_m3)} prices for {len(self.blocks_m3) + 1} blocks"
            raise ValueError(message)

    def bill(self, consumption_m3_month: float) -> float:
        """Return the bill of a month, money.

        Formula: ``bill(q) = p_0 + sum_b v_b(q) p_b``.

        Examples
        --------
        The domestic schedule of EMSAP Chanka near a pilot town, S/ (SUNASS):

        >>> chanka = CategorySchedule(1.20, (8.0, 20.0), (0.344, 0.457, 0.510))
        >>> [round(chanka.bill(q), 2) for q in (8, 15, 25)]
        [3.95, 7.15, 11.99]
        """
        volumes = block_volumes(np.array([float(consumption_m3_month)]), self.blocks_m3)[0]
        return float(self.fixed_charge_month + volumes @ np.array(self.price_m3))


@dataclass(frozen=True)
class Schedule:
    """A whole tariff: one schedule per category.

    Attributes
    ----------
    categories : mapping of str to CategorySchedule
        The categories; ``domestic`` is always there.
    """

    categories: Mapping[str, CategorySchedule]

    def bill(self, consumption_m3_month: float, *, category: str = "domestic") -> float:
        """Return the monthly bill of a customer of a category, money.

        Raises
        ------
        KeyError
            If the schedule has no such category.
        """
        return self.categories[category].bill(consumption_m3_month)
