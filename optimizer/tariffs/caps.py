"""Upper limits that each town puts on the tariff of its area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.customers import CustomerClasses
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.tariffs.household_support import HouseholdSupport
from optimizer.tariffs.price_space import PriceSpace

__all__ = ["Caps", "affordable_bill", "first_price_most", "price_most", "with_participation"]


@dataclass(frozen=True, eq=False)
class Caps:
    """Upper limits on a tariff, one row each: ``weight @ p <= limit``.

    Attributes
    ----------
    town : int array of shape (r,)
        Town whose membership brings the row.
    weight : array of shape (r, components)
        Bill (or yearly revenue) per unit of each price component.
    limit : array of shape (r,)
        Money per month (``affordable_bill``) or per year (``participation``).
    rule : tuple of str
        Rule that each row states.
    """

    town: Ints
    weight: Floats
    limit: Floats
    rule: tuple[str, ...]


def affordable_bill(classes: CustomerClasses, space: PriceSpace, support: HouseholdSupport) -> Caps:
    """Return ``bill_ig(p) - most support_ig(p) <= alpha I_ig`` for every protected group."""
    kept = np.flatnonzero(classes.protected)
    weight = space.bill[kept] - support.most[kept]
    limit = classes.affordable_month[kept]
    return Caps(classes.town[kept], weight, limit, ("affordable_bill",) * len(kept))


def with_participation(caps: Caps, instance: Instance, revenue: Floats, alone: Floats) -> Caps:
    """Add ``revenue_i(p) <= stand-alone requirement`` where the policy asks for it."""
    if not instance.policy.participation:
        return caps
    able = np.flatnonzero(np.isfinite(alone))
    return Caps(
        np.concatenate([caps.town, able]),
        np.vstack([caps.weight, revenue[able]]),
        np.concatenate([caps.limit, alone[able]]),
        caps.rule + ("participation",) * len(able),
    )


def first_price_most(caps: Caps, count: int) -> Floats:
    """Return the tightest limit on the first price component of each town."""
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(caps.weight[:, 0] > 0, caps.limit / caps.weight[:, 0], np.inf)
    most = np.full(count, np.inf)
    np.minimum.at(most, caps.town, own)
    return most


def price_most(caps: Caps, instance: Instance, space: PriceSpace, count: int) -> Floats:
    """Return a valid upper bound on each price, by town.

    Derivation: one affordable bill alone bounds ``p_b <= limit / weight_b``; the ladder bounds
    every block by ``ladder`` times the bound of the first block; ``fixed_charge_share`` bounds the
    fixed charge by what the bounded block prices allow at the reference consumption; the rule
    ``sewer_share`` bounds the sewer bill of that consumption, and so each sewer price, by the
    bounded water bill; a category's own prices are its largest multiple of the bounded domestic
    mean price, times an extreme point of its prices of mean 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(caps.weight > 0, caps.limit[:, None] / caps.weight, np.inf)
    most = np.full((count, len(space.components)), np.inf)
    np.minimum.at(most, caps.town, own)
    if space.lead > 1:
        water = len(instance.tariff.blocks_m3) + 2
        ladder_limit = instance.tariff.ladder * most[:, [1]]
        most[:, 2:water] = np.minimum(most[:, 2:water], ladder_limit)
        share_row = space.cone[space.cone_rules.index("fixed_charge_share")][:water]
        used = share_row[1:] != 0
        allowed = -(most[:, 1:water][:, used] @ share_row[1:][used]) / share_row[0]
        most[:, 0] = np.minimum(most[:, 0], allowed)
        if space.lead > water:
            row = space.cone[space.cone_rules.index("sewer_share")][: space.lead]
            used = row[:water] != 0
            bill = -(most[:, :water][:, used] @ row[:water][used])
            drained = slice(water, space.lead)
            most[:, drained] = np.minimum(most[:, drained], bill[:, None] / row[water:])
        for each in space.own:
            used = each.domestic != 0
            mean = each.most * (most[:, : space.lead][:, used] @ each.domestic[used])
            limit = mean[:, None] * each.points.max(axis=0)
            most[:, each.columns] = np.minimum(most[:, each.columns], limit)
    if not np.isfinite(most).all():
        where = int(np.flatnonzero(~np.isfinite(most).all(axis=1))[0])
        town = instance.towns.index[where]
        message = (
            f"nothing limits the tariff of town {town}: give it a protected household group "
            "that uses water (policy.protected_groups, households.csv)"
        )
        raise PolicyError(message)
    return most
