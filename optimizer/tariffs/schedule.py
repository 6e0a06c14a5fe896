"""Tariff schedules as a regulator prints them, and the bills that they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.customers import block_volumes

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
    minimum_m3 : float
        Consumption that is billed even where less is used, m3/month.
    unmetered_m3 : float or None
        Consumption billed without a meter, m3/month.
    unmetered_charge_month : float or None
        Flat charge without a meter, money per month; it comes before a consumption.
    factors : tuple of float
        Factor on the domestic fixed charge and block prices that the prices already hold, for
        printing; empty where they are the category's own.
    sewer_share_of_water_bill : float
        Share of the water bill that is paid for sewerage; 0 where it has prices of its own.
    sewer_fixed_charge_month : float
        Sewer fixed charge, money per connection and month.
    sewer_blocks_m3, sewer_price_m3 : tuple of float
        Blocks and prices of sewerage per m3 of billed water; empty without such prices.
    """

    fixed_charge_month: float
    blocks_m3: tuple[float, ...]
    price_m3: tuple[float, ...]
    minimum_m3: float = 0.0
    unmetered_m3: float | None = None
    unmetered_charge_month: float | None = None
    factors: tuple[float, ...] = ()
    sewer_share_of_water_bill: float = 0.0
    sewer_fixed_charge_month: float = 0.0
    sewer_blocks_m3: tuple[float, ...] = ()
    sewer_price_m3: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check the number of blocks."""
        if len(self.price_m3) != len(self.blocks_m3) + 1:
            message = f"{len(self.price_m3)} prices for {len(self.blocks_m3) + 1} blocks"
            raise ValueError(message)

    def billed_m3(self, consumption_m3_month: float, *, unmetered: bool = False) -> float:
        """Return the consumption that is billed, m3/month."""
        use = float(consumption_m3_month)
        if unmetered and self.unmetered_m3 is not None:
            use = self.unmetered_m3
        return max(use, self.minimum_m3)

    def bill(
        self, consumption_m3_month: float, *, unmetered: bool = False, sewer: bool = False
    ) -> float:
        """Return the bill of a month, money.

        Formula: ``bill(q) = p_0 + sum_b v_b(max(q, minimum)) p_b``, and with sewerage its share of
        that, or ``s_0 + sum_b v_b(max(q, minimum)) s_b``.

        Parameters
        ----------
        consumption_m3_month : float
            Use, m3/month.
        unmetered : bool
            Whether the customer has no meter: the flat charge, or the bill of the consumption
            assumed for such customers, whatever the use.
        sewer : bool
            Whether the customer has sewerage besides water.

        Examples
        --------
        The domestic schedule of EMSAP Chanka near a pilot town, S/ (SUNASS):

        >>> chanka = CategorySchedule(1.20, (8.0, 20.0), (0.344, 0.457, 0.510))
        >>> [round(chanka.bill(q), 2) for q in (8, 15, 25)]
        [3.95, 7.15, 11.99]
        """
        billed = self.billed_m3(consumption_m3_month, unmetered=unmetered)
        if unmetered and self.unmetered_charge_month is not None:
            water = self.unmetered_charge_month
        else:
            volumes = block_volumes(np.array([billed]), self.blocks_m3)[0]
            water = float(self.fixed_charge_month + volumes @ np.array(self.price_m3))
        if not sewer:
            return water
        if not self.sewer_price_m3:
            return water * (1.0 + self.sewer_share_of_water_bill)
        drained = block_volumes(np.array([billed]), self.sewer_blocks_m3)[0]
        own = self.sewer_fixed_charge_month + drained @ np.array(self.sewer_price_m3)
        return water + float(own)


@dataclass(frozen=True)
class Schedule:
    """A whole tariff: one schedule per category.

    Attributes
    ----------
    categories : mapping of str to CategorySchedule
        The categories; ``domestic`` is always there.
    """

    categories: Mapping[str, CategorySchedule]

    def bill(
        self,
        consumption_m3_month: float,
        *,
        category: str = "domestic",
        unmetered: bool = False,
        sewer: bool = False,
    ) -> float:
        """Return the monthly bill of a customer of a category, money.

        Raises
        ------
        KeyError
            If the schedule has no such category.
        """
        own = self.categories[category]
        return own.bill(consumption_m3_month, unmetered=unmetered, sewer=sewer)
