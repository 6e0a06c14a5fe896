"""Bills as sums over price components, from the tariff rules as ``formulation.md`` states them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.instance.schema.fields import Category, Tariff

__all__ = ["Floats", "Rules"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """The rules of a schedule, for a number of prices.

    The prices are the fixed charge and one price a block; with sewer prices to be found also a
    sewer fixed charge and a sewer price; or, for a given shape, only its level.
    """

    tariff: Tariff
    sewer_prices: bool

    @property
    def width(self) -> int:
        """Number of prices."""
        if self.tariff.shape is not None:
            return 1
        return self.lead + sum(len(self.edges(own)) for own in self.priced)

    @property
    def lead(self) -> int:
        """Number of domestic prices, which come first."""
        return len(self.tariff.blocks_m3) + 2 + 2 * self.sewer_prices

    @property
    def priced(self) -> list[Category]:
        """Categories with prices of their own, within multiples of the domestic ones."""
        if self.tariff.shape is not None:
            return []
        return [own for own in self.tariff.categories if own.multiple_most is not None]

    def edges(self, own: Category) -> tuple[float, ...]:
        """Limits of the blocks of a category with prices of its own, from 0 to infinity."""
        limits = self.tariff.blocks_m3 if own.blocks_m3 is None else own.blocks_m3
        return (0.0, *limits, np.inf)

    def first(self, own: Category) -> int:
        """Where the prices of such a category begin; as many as its block limits with both ends."""
        before = itertools.takewhile(lambda other: other.category != own.category, self.priced)
        return self.lead + sum(len(self.edges(other)) for other in before)

    def bill(
        self, category: str, use_m3: float, *, unmetered: bool = False, sewer: bool = False
    ) -> Floats:
        """Return a month's bill per unit of each price."""
        own = self._category(category)
        charge, billed = self._measured(own, use_m3, unmetered=unmetered)
        water = self._water(own, billed) if charge is None else np.array([charge])
        return water + self._sewerage(own, billed, water) if sewer else water

    def _category(self, name: str) -> Category:
        rows = {row.category: row for row in self.tariff.categories}
        return rows.get(name) or Category(category="domestic")

    def _measured(
        self, own: Category, use: float, *, unmetered: bool
    ) -> tuple[float | None, float]:
        """Return the flat charge, if that is what is paid, and the consumption that is billed."""
        tariff = self.tariff
        least = tariff.minimum_m3 if own.minimum_m3 is None else own.minimum_m3
        if not unmetered:
            return None, max(use, least)
        if own.unmetered_charge_month is not None:
            return own.unmetered_charge_month, max(use, least)
        if own.unmetered_m3_month is not None:
            return None, max(own.unmetered_m3_month, least)
        if tariff.unmetered_charge_month is not None:
            return own.factor * tariff.unmetered_charge_month, max(use, least)
        assumed = use if tariff.unmetered_m3_month is None else tariff.unmetered_m3_month
        return None, max(assumed, least)

    def _price(self, place: int) -> Floats:
        """Return a domestic price (0: fixed charge) per unit of each price component."""
        row = np.zeros(self.width)
        if self.tariff.shape is None:
            row[place] = 1.0
        else:
            row[0] = (*self.tariff.shape, *(self.tariff.sewer_shape or ()))[place]
        return row

    def _water(self, own: Category, billed: float) -> Floats:
        blocks = self.tariff.blocks_m3
        if any(own.category == other.category for other in self.priced):
            row, at = np.zeros(self.width), self.first(own)
            row[at] = 1.0
            for low, high in itertools.pairwise(self.edges(own)):
                at += 1
                row[at] = max(0.0, min(billed, high) - low)
            return row
        if own.shape is not None:
            edges = (0.0, *(blocks if own.blocks_m3 is None else own.blocks_m3), np.inf)
            total = own.shape[0]
            for price, (low, high) in zip(own.shape[1:], itertools.pairwise(edges), strict=True):
                total += price * max(0.0, min(billed, high) - low)
            return np.array([total])
        total = own.factor * self._price(0)
        for block, (low, high) in enumerate(itertools.pairwise((0.0, *blocks, np.inf))):
            cheap, full = _parts(own, low, min(billed, high))
            total = total + (own.factor * cheap + full) * self._price(1 + block)
        return total

    def _sewerage(self, own: Category, billed: float, water: Floats) -> Floats:
        if self.tariff.sewer_share_of_water_bill is not None:
            return self.tariff.sewer_share_of_water_bill * water
        first = len(self.tariff.blocks_m3) + 2
        cheap, full = _parts(own, 0.0, billed)
        rise = own.factor * cheap + full
        return own.factor * self._price(first) + rise * self._price(first + 1)


def _parts(own: Category, low: float, high: float) -> tuple[float, float]:
    """Return the m3 between two limits at the category's factor, and those at the full price."""
    limit = np.inf if own.factor_up_to_m3 is None else own.factor_up_to_m3
    whole = max(0.0, high - low)
    cheap = max(0.0, min(high, limit) - low)
    return cheap, whole - cheap
