"""The tariff of a coalition that is still to be chosen, as linear rows on members and prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.tariffs.case import Case
from optimizer.tariffs.revenue import town_best_prices

__all__ = ["LeaversTariff", "no_tariff", "tariff_of_leavers"]


@dataclass(frozen=True, eq=False)
class LeaversTariff:
    """Rows ``members @ z + prices @ v <= limits`` and what the tariff brings in.

    The columns v, each between 0 and 1, are the common prices p in units of their bound, then
    the products ``u = p z`` of every town. Empty where each town has a schedule of its own.

    Attributes
    ----------
    members : array of shape (rows, r), prices : array of shape (rows, columns)
    limits : array of shape (rows,)
    town_revenue : array of shape (r,), price_revenue : array of shape (columns,)
        Revenue per year is ``town_revenue @ z + price_revenue @ v``, in units of the scale.
    """

    members: Floats
    prices: Floats
    limits: Floats
    town_revenue: Floats
    price_revenue: Floats

    @property
    def columns(self) -> int:
        """Number of columns v."""
        return int(self.prices.shape[1])


def no_tariff(count: int) -> LeaversTariff:
    """Return a tariff without prices for ``count`` towns, which brings in nothing."""
    empty = np.zeros(0)
    return LeaversTariff(
        np.zeros((0, count)), np.zeros((0, 0)), empty, np.zeros(count), np.zeros(0)
    )


def tariff_of_leavers(case: Case, towns: Ints, seat: int, scale: float) -> LeaversTariff:
    """Return the tariff rows of the coalitions of some towns that hold the seat.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    towns : int array of shape (r,)
        Positions of the towns that may be members.
    seat : int
        Which of them is a member of every coalition.
    scale : float
        Unit of money for revenue, money per year.

    Examples
    --------
    One price for two towns: one price column and two products.

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> case = case_of(op.read("instances/san_martin"))
    >>> tariff = tariff_of_leavers(case, np.array([0, 1]), 0, 1000.0)
    >>> tariff.columns == 3 * len(case.space.components)
    True
    """
    if case.instance.policy.tariff_scope == "town":
        own = town_best_prices(case, towns).point
        bare = no_tariff(len(towns))
        brought = (case.revenue_year[towns] * own).sum(axis=1) / scale
        return LeaversTariff(bare.members, bare.prices, bare.limits, brought, bare.price_revenue)
    most = case.price_most[towns]
    unit = np.maximum(most[seat], 1e-300)
    count, width = most.shape
    if case.instance.policy.own_schedules:
        rows = [*_apart(case, towns, unit), _spread(case, most, unit)]
    else:
        rows = [_cone(case, unit, count), _caps(case, towns, unit), _products(most, unit)]
    return LeaversTariff(
        members=np.vstack([part[0] for part in rows]),
        prices=np.vstack([part[1] for part in rows]),
        limits=np.concatenate([part[2] for part in rows]),
        town_revenue=np.zeros(count),
        price_revenue=np.concatenate(
            [np.zeros(width), (case.revenue_year[towns] * unit / scale).reshape(-1)]
        ),
    )


def _cone(case: Case, unit: Floats, count: int) -> tuple[Floats, Floats, Floats]:
    """Return the rows of the admissible prices."""
    cone = case.space.cone * unit
    cone = cone / np.maximum(np.abs(cone).max(axis=1, initial=0.0), 1e-300)[:, None]
    prices = np.hstack([cone, np.zeros((len(cone), count * len(unit)))])
    return np.zeros((len(cone), count)), prices, np.zeros(len(cone))


def _caps(case: Case, towns: Ints, unit: Floats) -> tuple[Floats, Floats, Floats]:
    """Return each town's limits, which hold where it is a member: ``M = weight most - limit``."""
    place = np.full(case.towns, -1)
    place[towns] = np.arange(len(towns))
    kept = np.flatnonzero(place[case.caps.town] >= 0)
    weight = case.caps.weight[kept] * unit
    limit = case.caps.limit[kept]
    norm = np.maximum(limit, 1e-300)
    slack = np.maximum(weight.sum(axis=1) - limit, 0.0) / norm
    binding = np.flatnonzero(slack > 0)
    members = np.zeros((len(binding), len(towns)))
    members[np.arange(len(binding)), place[case.caps.town[kept[binding]]]] = slack[binding]
    prices = np.zeros((len(binding), len(unit) * (1 + len(towns))))
    prices[:, : len(unit)] = weight[binding] / norm[binding, None]
    return members, prices, 1.0 + slack[binding]


def _products(most: Floats, unit: Floats) -> tuple[Floats, Floats, Floats]:
    """Return ``u_ib <= p_b`` and ``u_ib <= most_ib z_i``."""
    count, width = most.shape
    products = np.eye(count * width)
    price = -np.tile(np.eye(width), (count, 1))
    below = np.minimum(most / unit, 1.0).reshape(-1)
    member = -np.repeat(np.eye(count), width, axis=0) * below[:, None]
    members = np.vstack([np.zeros((count * width, count)), member])
    prices = np.vstack([np.hstack([price, products]), np.hstack([np.zeros_like(price), products])])
    return members, prices, np.zeros(2 * count * width)


def _apart(
    case: Case, towns: Ints, unit: Floats
) -> tuple[tuple[Floats, Floats, Floats], tuple[Floats, Floats, Floats]]:
    """Return the admissible prices of each town's own schedule, and its limits."""
    count, width = len(towns), len(unit)
    cone = case.space.cone * unit
    cone = cone / np.maximum(np.abs(cone).max(axis=1, initial=0.0), 1e-300)[:, None]
    shapes = np.hstack([np.zeros((count * len(cone), width)), np.kron(np.eye(count), cone)])
    kept = np.flatnonzero(np.isin(case.caps.town, towns))
    place = np.searchsorted(towns, case.caps.town[kept])
    weight = case.caps.weight[kept] * unit / np.maximum(case.caps.limit[kept], 1e-300)[:, None]
    limits = np.zeros((len(kept), width * (1 + count)))
    for r, town in enumerate(place):
        limits[r, width * (1 + town) : width * (2 + town)] = weight[r]
    none = np.zeros((len(shapes), count))
    return (none, shapes, np.zeros(len(shapes))), (
        np.zeros((len(kept), count)),
        limits,
        np.ones(len(kept)),
    )


def _spread(case: Case, most: Floats, unit: Floats) -> tuple[Floats, Floats, Floats]:
    """Return ``p_b <= u_ib + (1 - z_i)``, ``u_ib <= spread p_b`` and ``u_ib <= most_ib z_i``.

    p are the cheapest prices of the coalition, at most those of the seat, which are 1 in its units.
    """
    count, width = most.shape
    own, base = np.eye(count * width), np.tile(np.eye(width), (count, 1))
    member = np.repeat(np.eye(count), width, axis=0)
    below = np.minimum(most / unit, 1e9).reshape(-1)
    none = np.zeros((count * width, count))
    spread = case.instance.policy.spread
    members = np.vstack([member, none, -member * below[:, None]])
    prices = np.vstack(
        [
            np.hstack([base, -own]),
            np.hstack([-spread * base, own]),
            np.hstack([np.zeros_like(base), own]),
        ]
    )
    limits = np.concatenate([np.ones(count * width), np.zeros(2 * count * width)])
    return members, prices, limits
