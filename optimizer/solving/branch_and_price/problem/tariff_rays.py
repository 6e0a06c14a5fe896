"""Limits of a tariff along its extreme rays, and mixes of limits that bound revenue better.

A tariff is a sum of extreme rays of the cone of admissible prices. By limit c of town k alone a
group with revenue ``G_e`` per unit of ray e raises at most ``max_e G_e / A_kce``. Where a town has
several limits (income groups that use different amounts, a second service), its best tariff is
held by two or more of them at once, and each alone bounds revenue badly: it says nothing of the
prices that the others hold down. A mix of a town's limits with weights that sum to 1 is itself a
limit, implied by them; with the weights of the dual programme it is exact for one revenue.

Source: linear programming duality, G. B. Dantzig, Linear Programming and Extensions (1963), 6.3.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, coo_array

from optimizer.arrays import Floats, Ints
from optimizer.tariffs.case import Case
from optimizer.tariffs.prices.own_prices import reduced

__all__ = ["allowed_revenue", "mixed_limits", "ray_caps", "with_mixes"]


def ray_caps(case: Case, rays: Floats) -> Floats:
    """Return the share of each limit of a town that a unit of each ray uses, padded with 0.

    A limit that another one of the same town implies at every admissible price is left out.

    Parameters
    ----------
    rays : array of shape (rays, domestic components)
        Extreme rays of the domestic prices; other categories pay the least that they may.

    Returns
    -------
    array of shape (towns, limits, rays)
    """
    kept = _own_limits(case, rays)
    table = np.zeros((case.towns, max((len(k) for k in kept), default=1), len(rays)))
    for i, own in enumerate(kept):
        table[i, : len(own)] = own
    return table


def with_mixes(caps: Floats, revenue: Floats, pair_key: Ints) -> Floats:
    """Return the limits of each town and, where there are several, two mixes of them.

    One mix is for the town's own revenue, one for that of all towns with which it may share an
    operator.

    Parameters
    ----------
    caps : array of shape (towns, limits, rays)
        As from :func:`ray_caps`.
    revenue : array of shape (towns, rays)
        Revenue of each town per unit of each ray, money per year.
    pair_key : int array
        ``seat * towns + town`` of each pair within reach.

    Returns
    -------
    array of shape (towns, limits and mixes, rays)
    """
    if caps.shape[1] == 1 or caps.shape[2] == 1:
        return caps
    mixes = [mixed_limits(caps, some) for some in (revenue, _around(revenue, pair_key))]
    return np.concatenate([caps, np.stack(mixes, axis=1)], axis=1)


def _own_limits(case: Case, rays: Floats) -> list[Floats]:
    """Return the limits of each town; not those that another implies at every admissible price."""
    space = case.space
    weight = reduced(space.own, case.caps.weight, space.lead, least=True)
    use = weight @ rays.T / np.maximum(case.caps.limit, 1e-300)[:, None]
    order = np.argsort(case.caps.town, kind="stable")
    town = case.caps.town[order]
    cuts = np.searchsorted(town, np.arange(case.towns + 1))
    kept: list[Floats] = []
    for i in range(case.towns):
        own = np.unique(use[order[cuts[i] : cuts[i + 1]]], axis=0)
        implied = np.asarray((own[:, None, :] <= own[None, :, :]).all(axis=2), dtype=np.bool_)
        np.fill_diagonal(implied, val=False)
        kept.append(own[~implied.any(axis=1)])
    return kept


def _around(revenue: Floats, pair_key: Ints) -> Floats:
    """Return, for each town, the revenue of the towns that its possible seats may serve."""
    towns = len(revenue)
    shape = (towns, towns)
    may = coo_array((np.ones(len(pair_key)), np.divmod(pair_key, towns)), shape=shape).tocsr()
    return np.asarray(may.T @ (may @ revenue) + revenue, dtype=np.float64)


def mixed_limits(caps: Floats, revenue: Floats) -> Floats:
    """Return the mix of each town's limits that bounds a revenue best.

    The weights solve ``min sum y : A' y >= G, y >= 0``, scaled to a sum of 1; the programmes of all
    towns are solved as one.

    Parameters
    ----------
    caps : array of shape (towns, limits, rays)
        Share of each limit that a unit of each ray uses.
    revenue : array of shape (towns, rays)
        Revenue per unit of each ray that the mix of each town is for, money per year.

    Returns
    -------
    array of shape (towns, rays)

    Examples
    --------
    One limit for each of two prices: the mix is exact for equal revenues, each alone is not.

    >>> mixed_limits(np.array([[[1.0, 0.0], [0.0, 1.0]]]), np.array([[3.0, 3.0]])).tolist()
    [[0.5, 0.5]]
    """
    towns, limits, _ = caps.shape
    held = (caps > 0).any(axis=1)
    wanted = np.where(held, revenue, 0.0)
    wanted = wanted / np.maximum(wanted.max(axis=1, keepdims=True), 1e-300)
    rows = block_diag([-own.T for own in caps], format="csr")
    found = linprog(np.ones(towns * limits), A_ub=rows, b_ub=-wanted.ravel())
    weight = np.zeros((towns, limits)) if found.x is None else found.x.reshape(towns, limits)
    weight = np.maximum(weight, 0.0) * (caps > 0).any(axis=2)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.where(total > 0, weight / np.maximum(total, 1e-300), 1.0 / limits)
    return np.asarray((weight[:, :, None] * caps).sum(axis=1), dtype=np.float64)


def allowed_revenue(caps: Floats, revenue: Floats) -> Floats:
    """Return a bound on what one tariff raises within the limits of each town, money per year.

    Parameters
    ----------
    caps : array of shape (towns, limits, rays)
        Share of each limit that a unit of each ray uses.
    revenue : array of shape (rays,) or (towns, rays)
        Revenue of the same towns, or of others for each, per unit of each ray, money per year.

    Returns
    -------
    array of shape (towns,)
        ``min_c max_e G_e / A_kce``; ``inf`` where nothing limits the tariff.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        raised = revenue[..., None, :] / caps
    raised[np.isnan(raised)] = 0.0
    return np.asarray(raised.max(axis=2).min(axis=1), dtype=np.float64)
