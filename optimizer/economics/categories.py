"""The prices of every tariff category as multiples of the price components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.economics.demand import Bools, Floats, block_volumes
from optimizer.instance.fields import Category, Tariff

__all__ = ["CategoryPrices", "category_prices"]


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
    """

    blocks_m3: tuple[float, ...]
    prices: Floats
    factors: tuple[float, ...]
    minimum_m3: float
    unmetered_m3: float | None
    unmetered_charge: Floats | None

    def bills(self, consumption_m3_month: Floats, unmetered: Bools) -> Floats:
        """Return bills per unit of each component.

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
        use = np.asarray(consumption_m3_month, dtype=np.float64)
        if self.unmetered_m3 is not None:
            use = np.where(unmetered, self.unmetered_m3, use)
        volumes = block_volumes(np.maximum(use, self.minimum_m3), self.blocks_m3)
        bills = np.column_stack([np.ones(len(use)), volumes]) @ self.prices
        if self.unmetered_charge is not None:
            bills = np.where(unmetered[:, None], self.unmetered_charge[None, :], bills)
        return np.asarray(bills, dtype=np.float64)


def category_prices(tariff: Tariff) -> dict[str, CategoryPrices]:
    """Return the prices of every category of a tariff, ``domestic`` first.

    Examples
    --------
    A discount of 60 % up to 10 m3 cuts the first block in two:

    >>> social = Category(category="social", factor=0.4, factor_up_to_m3=10.0)
    >>> rules = category_prices(Tariff(blocks_m3=(20.0,), categories=(social,)))
    >>> rules["social"].blocks_m3, rules["social"].factors
    ((10.0, 20.0), (0.4, 0.4, 1.0, 1.0))
    """
    width = 1 if tariff.shape is not None else len(tariff.blocks_m3) + 2
    shape = np.eye(width) if tariff.shape is None else np.array(tariff.shape)[:, None]
    every = (Category(category="domestic"), *tariff.categories)
    return {c.category: _prices(tariff, c, np.asarray(shape, dtype=np.float64)) for c in every}


def _prices(tariff: Tariff, category: Category, domestic: Floats) -> CategoryPrices:
    factors: tuple[float, ...] = ()
    if tariff.shape is not None and category.shape is not None:
        own = tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3
        limits = own
        prices = np.array(category.shape, dtype=np.float64)[:, None]
    else:
        limits, source, factors = _with_factor(tariff, category)
        prices = np.array(factors)[:, None] * domestic[list(source)]
    minimum = tariff.minimum_m3 if category.minimum_m3 is None else category.minimum_m3
    volume, charge = _unmetered(tariff, category)
    return CategoryPrices(
        blocks_m3=limits,
        prices=np.asarray(prices, dtype=np.float64),
        factors=factors,
        minimum_m3=minimum,
        unmetered_m3=volume,
        unmetered_charge=None if charge is None else np.array([charge]),
    )


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
