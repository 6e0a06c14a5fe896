"""The prices of every tariff category as multiples of the price components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.customers import block_volumes
from optimizer.instance.schema.fields import Category, Tariff

__all__ = ["CategoryPrices", "category_prices", "category_width"]


@dataclass(frozen=True, eq=False)
class CategoryPrices:
    """One category's prices, linear in the price components.

    Attributes
    ----------
    blocks_m3 : tuple of float
        Upper limits of its blocks but the last, m3/month.
    prices : array of shape (blocks + 1, components)
        Fixed charge, then the price of each block, per unit of each component.
    factors : tuple of float
        Factor of each of those on the domestic price; empty for a shape of its own.
    minimum_m3 : float
        Consumption that is billed even where less is used, m3/month.
    unmetered_m3 : float or None
        Consumption billed without a meter; the assumed consumption where None.
    unmetered_charge : array of shape (components,) or None
        Flat charge without a meter, per unit of each component; it comes before a consumption.
    sewer_share : float
        Share of the water bill that is paid for sewerage; 0 where it has prices of its own.
    sewer_blocks_m3 : tuple of float
        Upper limits of the blocks of those prices but the last, m3 of billed water per month.
    sewer_prices : array of shape (sewer blocks + 1, components) or None
        Sewer fixed charge, then the price of each sewer block, per unit of each component.
    """

    blocks_m3: tuple[float, ...]
    prices: Floats
    factors: tuple[float, ...]
    minimum_m3: float
    unmetered_m3: float | None
    unmetered_charge: Floats | None
    sewer_share: float
    sewer_blocks_m3: tuple[float, ...]
    sewer_prices: Floats | None

    def water_bills(self, consumption_m3_month: Floats, unmetered: Bools) -> Floats:
        """Return bills for water per unit of each component.

        Formula: ``bill(q) = p_0 + sum_b v_b(max(q, minimum)) p_b``; without a meter q is the
        assumed consumption, or the bill is the flat charge.

        Parameters
        ----------
        consumption_m3_month : array of shape (k,)
            Use per connection, m3/month.
        unmetered : bool array of shape (k,)
            Whether there is no meter.

        Returns
        -------
        array of shape (k, components)
        """
        billed = self._billed_m3(consumption_m3_month, unmetered)
        volumes = block_volumes(billed, self.blocks_m3)
        bills = np.column_stack([np.ones(len(billed)), volumes]) @ self.prices
        if self.unmetered_charge is not None:
            bills = np.where(unmetered[:, None], self.unmetered_charge[None, :], bills)
        return np.asarray(bills, dtype=np.float64)

    def sewer_bills(self, consumption_m3_month: Floats, unmetered: Bools) -> Floats:
        """Return what sewerage adds to the bill per unit of each component.

        Formula: ``sigma bill(q)`` with the share sigma of the water bill, or
        ``s_0 + s_1 q`` with the billed consumption q. Parameters and shape as in
        :meth:`water_bills`.
        """
        if self.sewer_prices is None:
            return self.sewer_share * self.water_bills(consumption_m3_month, unmetered)
        billed = self._billed_m3(consumption_m3_month, unmetered)
        volumes = block_volumes(billed, self.sewer_blocks_m3)
        return np.column_stack([np.ones(len(billed)), volumes]) @ self.sewer_prices

    def _billed_m3(self, consumption_m3_month: Floats, unmetered: Bools) -> Floats:
        use = np.asarray(consumption_m3_month, dtype=np.float64)
        if self.unmetered_m3 is not None:
            use = np.where(unmetered, self.unmetered_m3, use)
        return np.maximum(use, self.minimum_m3)


def category_prices(tariff: Tariff, *, sewer: bool = False) -> dict[str, CategoryPrices]:
    """Return the prices of every category of a tariff, ``domestic`` first.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    sewer : bool
        Whether the price components end with a sewer fixed charge and a sewer price.

    Examples
    --------
    A discount of 60 % up to 10 m3 cuts the first block in two:

    >>> social = Category(category="social", factor=0.4, factor_up_to_m3=10.0)
    >>> rules = category_prices(Tariff(blocks_m3=(20.0,), categories=(social,)))
    >>> rules["social"].blocks_m3, rules["social"].factors
    ((10.0, 20.0), (0.4, 0.4, 1.0, 1.0))
    """
    water = len(tariff.blocks_m3) + 2
    width, lead = category_width(tariff), water
    if tariff.shape is None:
        lead += 2 * sewer
        shape = np.eye(lead, width + 2 * sewer)
    else:
        shape = np.array([*tariff.shape, *(tariff.sewer_shape or ())])[:, None]
    domestic, sewerage = shape[:water], shape[water:] if len(shape) > water else None
    every = (Category(category="domestic"), *tariff.categories)
    prices = {}
    for c in every:
        own = None
        if tariff.shape is None and c.has_own_prices:
            count = len(_own_limits(tariff, c)) + 2
            own, lead = np.eye(count, shape.shape[1], lead), lead + count
        prices[c.category] = _prices(tariff, c, domestic, sewerage, own)
    return prices


def category_width(tariff: Tariff) -> int:
    """Return the number of price components without those of sewerage.

    The fixed charge and the price of each block, of the domestic schedule and of every category
    with prices of its own; or the level of a given shape with the prices of its sewerage.

    Examples
    --------
    >>> shops = Category(category="shops", multiple_most=2.0, blocks_m3=())
    >>> category_width(Tariff(blocks_m3=(20.0,), categories=(shops,)))
    5
    """
    own = [c for c in tariff.categories if c.has_own_prices and tariff.shape is None]
    return len(tariff.blocks_m3) + 2 + sum(len(_own_limits(tariff, c)) + 2 for c in own)


def _own_limits(tariff: Tariff, category: Category) -> tuple[float, ...]:
    return tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3


def _prices(
    tariff: Tariff,
    category: Category,
    domestic: Floats,
    sewerage: Floats | None,
    own_prices: Floats | None,
) -> CategoryPrices:
    factors: tuple[float, ...] = ()
    if own_prices is not None:
        limits, prices = _own_limits(tariff, category), own_prices
    elif tariff.shape is not None and category.shape is not None:
        limits = _own_limits(tariff, category)
        prices = np.array(category.shape, dtype=np.float64)[:, None]
    else:
        limits, source, factors = _with_factor(tariff, category)
        prices = np.array(factors)[:, None] * domestic[list(source)]
    cut, sewer_prices = _sewer_prices(category, sewerage)
    share = tariff.sewer_share_of_water_bill
    minimum = tariff.minimum_m3 if category.minimum_m3 is None else category.minimum_m3
    volume, charge = _unmetered(tariff, category)
    return CategoryPrices(
        blocks_m3=limits,
        prices=np.asarray(prices, dtype=np.float64),
        factors=factors,
        minimum_m3=minimum,
        unmetered_m3=volume,
        unmetered_charge=None if charge is None else np.array([charge]),
        sewer_share=0.0 if share is None else share,
        sewer_blocks_m3=cut,
        sewer_prices=sewer_prices if share is None else None,
    )


def _sewer_prices(
    category: Category, sewerage: Floats | None
) -> tuple[tuple[float, ...], Floats | None]:
    """Return the limits and prices of sewerage: the category's factor times the domestic ones."""
    if sewerage is None:
        return (), None
    factor, most = category.factor, category.factor_up_to_m3
    if most is None:
        return (), factor * sewerage
    return (most,), np.vstack([factor * sewerage, sewerage[1:]])


def _with_factor(
    tariff: Tariff, category: Category
) -> tuple[tuple[float, ...], tuple[int, ...], tuple[float, ...]]:
    """Return limits, the domestic price of each row (0: fixed charge), and the factor on it."""
    factor, most = category.factor, category.factor_up_to_m3
    limits = tariff.blocks_m3
    if most is not None:
        limits = tuple(sorted({*limits, most}))
    starts = (0.0, *limits)
    source = [1 + sum(start >= limit for limit in tariff.blocks_m3) for start in starts]
    factors = [factor if most is None or start < most else 1.0 for start in starts]
    return limits, (0, *source), (factor, *factors)


def _unmetered(tariff: Tariff, category: Category) -> tuple[float | None, float | None]:
    """Return the consumption and the charge without a meter; the category's own come first."""
    if category.unmetered_charge_month is not None:
        return None, category.unmetered_charge_month
    if category.unmetered_m3_month is not None:
        return category.unmetered_m3_month, None
    if tariff.unmetered_charge_month is not None:
        return None, category.factor * tariff.unmetered_charge_month
    return tariff.unmetered_m3_month, None
