"""The space of admissible prices: what a tariff may look like, as linear algebra.

A tariff is a vector of *price components*: the fixed charge and one price per block, or, for a
given shape, the single level by which the shape is multiplied. Every bill is linear in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.economics.categories import CategoryPrices, category_prices
from optimizer.economics.demand import CustomerClasses, Floats, block_volumes
from optimizer.economics.schedule import CategorySchedule, Schedule
from optimizer.instance.fields import Tariff

__all__ = ["PriceSpace", "domestic_bills", "price_space", "schedule_of"]


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
    bills = _bills(tariff, classes)
    if tariff.shape is not None:
        return PriceSpace(components=("level",), bill=bills, cone=np.zeros((0, 1)), cone_rules=())
    blocks = len(tariff.blocks_m3) + 1
    ladder = tariff_ladder(tariff)
    share = fixed_charge_share(tariff)
    return PriceSpace(
        components=("fixed charge", *(f"block {b + 1}" for b in range(blocks))),
        bill=bills,
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

    Examples
    --------
    Half the level of a given shape, with a social category at 60 % up to 10 m3:

    >>> from optimizer.instance.fields import Category
    >>> social = Category(category="social", factor=0.6, factor_up_to_m3=10.0)
    >>> tariff = Tariff(blocks_m3=(20.0,), shape=(2.0, 1.0, 3.0), categories=(social,))
    >>> schedule = schedule_of(tariff, np.array([0.5]))
    >>> schedule.bill(25.0), round(schedule.bill(25.0, category="social"), 2)
    (18.5, 16.1)
    """
    return Schedule(
        {name: _printed(rule, prices) for name, rule in category_prices(tariff).items()}
    )


def domestic_bills(tariff: Tariff, classes: CustomerClasses) -> Floats:
    """Return what each class would pay under the domestic schedule, shape (classes, components).

    The measure of what a category contributes or is given: its bill less this one.
    """
    everyone = ("domestic",) * len(classes.category)
    return _bills(tariff, replace(classes, category=everyone))


def _printed(rule: CategoryPrices, prices: Floats) -> CategorySchedule:
    own = [float(p) for p in rule.prices @ prices]
    flat = None if rule.unmetered_charge is None else float(rule.unmetered_charge @ prices)
    return CategorySchedule(
        own[0],
        rule.blocks_m3,
        tuple(own[1:]),
        minimum_m3=rule.minimum_m3,
        unmetered_m3=rule.unmetered_m3,
        unmetered_charge_month=flat,
        factors=rule.factors,
    )


def _bills(tariff: Tariff, classes: CustomerClasses) -> Floats:
    """Return ``p_0 + sum_b v_b(q) p_b`` of each class per unit of each component."""
    rules = category_prices(tariff)
    bills = np.zeros((len(classes.category), rules["domestic"].prices.shape[1]))
    category = np.array(classes.category, dtype=object)
    for name, rule in rules.items():
        mine = np.flatnonzero(category == name)
        if len(mine):
            use, flat = classes.consumption_m3_month[mine], classes.unmetered[mine]
            bills[mine] = rule.bills(use, flat)
    return bills
