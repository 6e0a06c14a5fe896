"""Categories with prices of their own, within multiples of the domestic mean price.

Nothing limits such prices but the multiples: no household pays them. With the domestic prices p and
``m(p)`` their mean per m3 at the reference consumption, the prices of a category are ``m(p)`` times
a point whose mean lies between the least and the largest multiple, inside a small cone of their
own. The most that any towns raise from the category is therefore

    most * m(p) * max_k (revenue of the k-th extreme point of mean price 1)

which is linear in p: the categories' prices need no component of the search, and the extreme rays
are those of the domestic cone alone, whatever the number of categories and blocks.

Source: projection of a cone along its extreme rays, G. M. Ziegler, Lectures on Polytopes (1995), 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.customers import block_volumes
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.tariffs.prices.extreme_rays import extreme_rays

__all__ = ["OwnPrices", "expanded", "ladder_rows", "own_prices", "reduced", "share_rows"]


@dataclass(frozen=True, eq=False)
class OwnPrices:
    """The price components of one category.

    Attributes
    ----------
    components : tuple of str
        Their names: ``"commercial: fixed charge"``, ``"commercial: block 1"`` ...
    columns : int array of shape (k,)
        Their places among all components.
    cone : array of shape (rows, k), cone_rules : tuple of str
        Ladder and share of the fixed charge, as for the domestic prices.
    mean : array of shape (k,)
        Mean price per m3 at the category's consumption, per unit of each.
    domestic : array of shape (lead,)
        Domestic mean price per m3 at the reference consumption, per unit of each domestic price.
    least, most : float
        Multiples of the domestic mean price.
    points : array of shape (points, k)
        Extreme points of the prices with a mean of 1; those with low first prices come first.
    """

    components: tuple[str, ...]
    columns: Ints
    cone: Floats
    cone_rules: tuple[str, ...]
    mean: Floats
    domestic: Floats
    least: float
    most: float
    points: Floats


def own_prices(tariff: Tariff, lead: int) -> tuple[OwnPrices, ...]:
    """Return the categories that have prices of their own.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    lead : int
        Number of the domestic price components, which come first.

    Examples
    --------
    One price per m3 without a fixed charge, 1.5 to 2 times the domestic mean price:

    >>> shops = Category(category="shops", multiple_least=1.5, multiple_most=2.0, blocks_m3=())
    >>> own = own_prices(Tariff(fixed_charge_share=0.0, categories=(shops,)), 4)[0]
    >>> own.columns.tolist(), own.points.tolist()
    ([4, 5], [[0.0, 1.0]])
    """
    if tariff.shape is not None:
        return ()
    found, start = [], lead
    for category in tariff.categories:
        if category.has_own_prices:
            found.append(_own(tariff, category, lead, start))
            start += len(found[-1].columns)
    return tuple(found)


def _own(tariff: Tariff, category: Category, lead: int, start: int) -> OwnPrices:
    limits = tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3
    use = tariff.reference_m3_month
    at = use if category.multiple_at_m3 is None else category.multiple_at_m3
    ladder, share = ladder_rows(tariff, limits), share_rows(tariff, limits, at)
    cone = np.vstack([ladder, share])
    mean, domestic = _bill_row(limits, at) / at, np.zeros(lead)
    domestic[: len(tariff.blocks_m3) + 2] = _bill_row(tariff.blocks_m3, use) / use
    rays = extreme_rays(cone, len(mean))
    names = ("fixed charge", *(f"block {b + 1}" for b in range(len(limits) + 1)))
    return OwnPrices(
        components=tuple(f"{category.category}: {name}" for name in names),
        columns=np.arange(start, start + len(mean)),
        cone=cone,
        cone_rules=("tariff_ladder",) * len(ladder) + ("fixed_charge_share",) * len(share),
        mean=mean,
        domestic=domestic,
        least=category.multiple_least or 0.0,
        most=category.multiple_most or 0.0,
        points=rays / (rays @ mean)[:, None],
    )


def _bill_row(limits: Sequence[float], use: float) -> Floats:
    """Return the bill of a consumption per unit of the fixed charge and each block price."""
    return np.concatenate([[1.0], block_volumes(np.array([use]), tuple(limits))[0]])


def ladder_rows(tariff: Tariff, limits: Sequence[float]) -> Floats:
    """Return ``p_b <= p_{b+1}`` and ``p_B <= ladder p_1`` of a schedule with some blocks."""
    blocks = len(limits) + 1
    rows = np.zeros((blocks, blocks + 1))
    for b in range(1, blocks):
        rows[b - 1, b], rows[b - 1, b + 1] = 1.0, -1.0
    rows[-1, blocks] += 1.0
    rows[-1, 1] -= tariff.ladder
    return rows if blocks > 1 else rows[:0]


def share_rows(tariff: Tariff, limits: Sequence[float], use: float) -> Floats:
    """Return the largest and, where there is one, the least share of the fixed charge in a bill."""
    bill = _bill_row(limits, use)
    charge = np.zeros(len(bill))
    charge[0] = 1.0
    most = charge - tariff.fixed_charge_share * bill
    least = tariff.fixed_charge_least_share * bill - charge
    return np.array([most, least] if tariff.fixed_charge_least_share > 0 else [most])


def reduced(own: Sequence[OwnPrices], money: Floats, lead: int, *, least: bool = False) -> Floats:
    """Return money per unit of the domestic prices alone, the categories at their best.

    Parameters
    ----------
    own : sequence of OwnPrices
        Categories with prices of their own.
    money : array of shape (..., components)
        Money of some towns together per unit of each price; not negative for the categories.
    lead : int
        Number of the domestic price components.
    least : bool
        The least that the categories may bring instead of the most.

    Returns
    -------
    array of shape (..., lead)
        For one group the largest that can be raised at given domestic prices, exactly.
    """
    found = money[..., :lead]
    for each in own:
        brings = money[..., each.columns] @ each.points.T
        best = each.least * brings.min(axis=-1) if least else each.most * brings.max(axis=-1)
        found = found + best[..., None] * each.domestic
    return np.asarray(found, dtype=np.float64)


def expanded(own: Sequence[OwnPrices], prices: Floats, money: Floats) -> Floats:
    """Return all prices for domestic ones, the categories' at what raises the most money.

    Parameters
    ----------
    own : sequence of OwnPrices
        Categories with prices of their own.
    prices : array of shape (g, lead)
        Domestic prices.
    money : array of shape (g, components)
        Money per unit of each price.

    Returns
    -------
    array of shape (g, components)
    """
    parts = [prices]
    for each in own:
        brings = money[:, each.columns] @ each.points.T
        near = brings >= brings.max(axis=1, keepdims=True) * (1.0 - 1e-12)
        parts.append((each.most * prices @ each.domestic)[:, None] * each.points[near.argmax(1)])
    return np.concatenate(parts, axis=1)
