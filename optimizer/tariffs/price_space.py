"""The space of admissible prices: what a tariff may look like, as linear algebra.

A tariff is a vector of *price components*: the fixed charge and one price per block, or, for a
given shape, the single level by which the shape is multiplied. Every bill is linear in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats
from optimizer.customers import CustomerClasses, block_volumes
from optimizer.instance.schema.fields import Tariff
from optimizer.tariffs.categories import CategoryPrices, category_prices, category_width
from optimizer.tariffs.prices.own_prices import OwnPrices, ladder_rows, own_prices, share_rows
from optimizer.tariffs.schedule import CategorySchedule, Schedule

__all__ = ["PriceSpace", "domestic_bills", "price_space", "schedule_of", "sewer_bills"]


@dataclass(frozen=True, eq=False)
class PriceSpace:
    """Price components, bills and the cone of admissible prices.

    Attributes
    ----------
    components : tuple of str
        ``("fixed charge", "block 1", ...)`` or ``("level",)`` for a given shape; with sewer
        prices to be found also ``"sewer fixed charge"`` and ``"sewer block 1"``; then the prices
        of categories that have their own.
    bill : array of shape (classes, components)
        Bill of each customer class per unit of each component.
    cone : array of shape (rows, components)
        Admissible prices p satisfy ``cone @ p <= 0`` and ``p >= 0``.
    cone_rules : tuple of str
        Rule that each cone row states: ``tariff_ladder``, ``fixed_charge_share``, ``sewer_share``,
        ``category_multiple``.
    lead, lead_rows : int
        Number of the domestic components and of the rows on them alone; both come first.
    own : tuple of OwnPrices
        Categories with prices of their own.
    """

    components: tuple[str, ...]
    bill: Floats
    cone: Floats
    cone_rules: tuple[str, ...]
    lead: int
    lead_rows: int
    own: tuple[OwnPrices, ...] = ()

    @property
    def lead_cone(self) -> Floats:
        """The cone of the domestic prices alone."""
        return self.cone[: self.lead_rows, : self.lead]


def price_space(tariff: Tariff, classes: CustomerClasses) -> PriceSpace:
    """Return the price space of a tariff for the given customer classes."""
    bills = _bills(tariff, classes)
    if tariff.shape is not None:
        return PriceSpace(("level",), bills, np.zeros((0, 1)), (), lead=1, lead_rows=0)
    blocks = len(tariff.blocks_m3) + 1
    ladder = tariff_ladder(tariff)
    share = fixed_charge_share(tariff)
    names = ("fixed charge", *(f"block {b + 1}" for b in range(blocks)))
    rules = ("tariff_ladder",) * len(ladder) + ("fixed_charge_share",) * len(share)
    cone = np.vstack([ladder, share])
    if _own_sewer_prices(tariff, classes):
        names += ("sewer fixed charge", "sewer block 1")
        rules += ("fixed_charge_share", "sewer_share")
        water = np.hstack([cone, np.zeros((len(cone), 2))])
        cone = np.vstack([water, sewer_fixed_charge_share(tariff), sewer_share(tariff)])
    return _with_own_prices(
        PriceSpace(names, bills, cone, rules, lead=len(names), lead_rows=len(cone)), tariff
    )


def _with_own_prices(domestic: PriceSpace, tariff: Tariff) -> PriceSpace:
    """Add components and rows of the categories that have prices of their own."""
    own = own_prices(tariff, domestic.lead)
    if not own:
        return domestic
    width = domestic.bill.shape[1]
    cone = [np.hstack([domestic.cone, np.zeros((domestic.lead_rows, width - domestic.lead))])]
    for each in own:
        rows = np.zeros((len(each.cone) + 2, width))
        rows[: len(each.cone), each.columns] = each.cone
        rows[-2, : domestic.lead], rows[-2, each.columns] = each.least * each.domestic, -each.mean
        rows[-1, : domestic.lead], rows[-1, each.columns] = -each.most * each.domestic, each.mean
        cone.append(rows)
    return replace(
        domestic,
        components=domestic.components + tuple(name for each in own for name in each.components),
        cone=np.vstack(cone),
        cone_rules=domestic.cone_rules
        + tuple(r for each in own for r in (*each.cone_rules, *("category_multiple",) * 2)),
        own=own,
    )


def tariff_ladder(tariff: Tariff) -> Floats:
    """Return the rows of ``p_b <= p_{b+1}`` and ``p_B <= ladder * p_1``.

    In words: a higher block never costs less per m3, and the last block costs at most ``ladder``
    times the first. Units: money per m3. Source: increasing block tariffs, DL 1280 practice.
    """
    return ladder_rows(tariff, tariff.blocks_m3)


def fixed_charge_share(tariff: Tariff) -> Floats:
    """Return the rows of ``least <= p_0 / (p_0 + sum_b v_b(reference) p_b) <= share``.

    In words: the fixed charge is a part of the bill of the reference consumption within limits;
    the largest comes first, a least one only where there is one. Units: money per month. Source:
    regulators' bounds on fixed charges; 10-17 % of a bill of 15 m3 in small Peruvian utilities.
    """
    return share_rows(tariff, tariff.blocks_m3, tariff.reference_m3_month)


def sewer_fixed_charge_share(tariff: Tariff) -> Floats:
    """Return the row of ``s_0 <= share * (s_0 + q(reference) s_1)``.

    In words: the sewer fixed charge is at most the given share of the sewer bill of the reference
    consumption. Units: money per month. Source: as for water, :func:`fixed_charge_share`.
    """
    share, use = tariff.fixed_charge_share, tariff.reference_m3_month
    water = np.zeros(len(tariff.blocks_m3) + 2)
    return np.concatenate([water, [1.0 - share, -share * use]])[None, :]


def sewer_share(tariff: Tariff) -> Floats:
    """Return the row of ``s_0 + q s_1 <= sewer_most_share * (p_0 + sum_b v_b(q) p_b)``.

    In words: the sewer bill of the reference consumption q is at most the given share of the water
    bill. Units: money per month. Source: sewer charges are usually 40-100 % of water charges.
    """
    volumes = block_volumes(np.array([tariff.reference_m3_month]), tariff.blocks_m3)[0]
    water = -tariff.sewer_most_share * np.concatenate([[1.0], volumes])
    return np.concatenate([water, [1.0, tariff.reference_m3_month]])[None, :]


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

    >>> from optimizer.instance.schema.fields import Category
    >>> social = Category(category="social", factor=0.6, factor_up_to_m3=10.0)
    >>> tariff = Tariff(blocks_m3=(20.0,), shape=(2.0, 1.0, 3.0), categories=(social,))
    >>> schedule = schedule_of(tariff, np.array([0.5]))
    >>> schedule.bill(25.0), round(schedule.bill(25.0, category="social"), 2)
    (18.5, 16.1)
    """
    rules = category_prices(tariff, sewer=len(prices) > category_width(tariff))
    return Schedule({name: _printed(rule, prices) for name, rule in rules.items()})


def sewer_bills(tariff: Tariff, classes: CustomerClasses) -> Floats:
    """Return what sewerage adds to the bill of each class, shape (classes, components)."""
    none = np.zeros(len(classes.sewer), dtype=bool)
    width = _own_sewer_prices(tariff, classes)
    return _bills(tariff, classes) - _bills(tariff, replace(classes, sewer=none), sewer=width)


def domestic_bills(tariff: Tariff, classes: CustomerClasses) -> Floats:
    """Return what each class would pay under the domestic schedule, shape (classes, components).

    The measure of what a category contributes or is given: its bill less this one.
    """
    everyone = ("domestic",) * len(classes.category)
    return _bills(tariff, replace(classes, category=everyone))


def _printed(rule: CategoryPrices, prices: Floats) -> CategorySchedule:
    own = [float(p) for p in rule.prices @ prices]
    flat = None if rule.unmetered_charge is None else float(rule.unmetered_charge @ prices)
    sewer: tuple[float, ...] = ()
    if rule.sewer_prices is not None:
        sewer = tuple(float(p) for p in rule.sewer_prices @ prices)
    return CategorySchedule(
        own[0],
        rule.blocks_m3,
        tuple(own[1:]),
        minimum_m3=rule.minimum_m3,
        unmetered_m3=rule.unmetered_m3,
        unmetered_charge_month=flat,
        factors=rule.factors,
        sewer_share_of_water_bill=rule.sewer_share,
        sewer_blocks_m3=rule.sewer_blocks_m3,
        sewer_price_m3=sewer[1:],
        sewer_fixed_charge_month=sewer[0] if sewer else 0.0,
    )


def _own_sewer_prices(tariff: Tariff, classes: CustomerClasses) -> bool:
    """Return whether sewerage has prices that are to be found."""
    free = tariff.shape is None and tariff.sewer_share_of_water_bill is None
    return free and bool(classes.sewer.any())


def _bills(tariff: Tariff, classes: CustomerClasses, *, sewer: bool = False) -> Floats:
    """Return the whole bill of each class per unit of each component."""
    rules = category_prices(tariff, sewer=sewer or _own_sewer_prices(tariff, classes))
    bills = np.zeros((len(classes.category), rules["domestic"].prices.shape[1]))
    category = np.array(classes.category, dtype=object)
    for name, rule in rules.items():
        mine = np.flatnonzero(category == name)
        if len(mine):
            use, flat = classes.consumption_m3_month[mine], classes.unmetered[mine]
            bills[mine] = rule.water_bills(use, flat)
            drained = mine[classes.sewer[mine]]
            use, flat = classes.consumption_m3_month[drained], classes.unmetered[drained]
            bills[drained] += rule.sewer_bills(use, flat)
    return bills
