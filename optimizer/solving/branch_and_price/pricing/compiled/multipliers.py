"""The best multipliers of one branch (``pricing.bounds``), compiled.

For towns that a group may or may not hold, with cost ``c``, lack of revenue ``g`` and connections
``s``, the bound of a branch at multipliers ``omega`` and ``sigma`` is

    c_0 + omega g_0 + sigma (s_0 - limit) + sum of min(0, c + omega g + sigma s)

which is concave in both; it is raised over one and the other by halving.
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.arrays import Floats
from optimizer.jit import compiled

__all__ = ["best_multipliers", "best_sigma", "branch_bound"]


@compiled
def branch_bound(free: Floats, root: Floats, limits: Floats, omega: float, sigma: float) -> float:
    """Return the bound of a branch, money per year.

    Parameters
    ----------
    free : array of shape (3, n)
        Cost, lack of revenue and connections of each free town.
    root : array of shape (3,) or more
        The same of the towns that every group holds, overhead included.
    limits : array of shape (2,)
        Least and most connections.
    """
    limit = min(limits[1], 1e15) if sigma >= 0 else limits[0]
    total = float(root[0] + omega * root[1] + sigma * (root[2] - limit))
    for i in range(free.shape[1]):
        term = free[0, i] + omega * free[1, i] + sigma * free[2, i]
        total += min(0.0, term)
    return total


@compiled
def best_sigma(free: Floats, root: Floats, limits: Floats, omega: float, halvings: int) -> float:
    """Return the multiplier of the size that raises the bound most at some ``omega``."""
    least, most = limits[0], limits[1]
    size, widest = root[2], 0.0
    for i in range(free.shape[1]):
        term = free[0, i] + omega * free[1, i]
        if term < 0:
            size += free[2, i]
        if free[2, i] > 0:
            widest = max(widest, abs(term) / free[2, i])
    if least <= size <= most:
        return 0.0
    low, high, limit = (0.0, widest, most) if size > most else (-widest, 0.0, least)
    for _ in range(halvings):
        sigma = 0.5 * (low + high)
        size = root[2]
        for i in range(free.shape[1]):
            if free[0, i] + omega * free[1, i] + sigma * free[2, i] < 0:
                size += free[2, i]
        if size > limit:
            low = sigma
        else:
            high = sigma
    return 0.5 * (low + high)


@compiled
def _best_omega(free: Floats, root: Floats, sigma: float, top: float, halvings: int) -> float:
    low, high = 0.0, top
    for _ in range(halvings):
        omega = 0.5 * (low + high)
        lack = root[1]
        for i in range(free.shape[1]):
            if free[0, i] + omega * free[1, i] + sigma * free[2, i] < 0:
                lack += free[1, i]
        if lack > 0:
            low = omega
        else:
            high = omega
    return 0.5 * (low + high)


@compiled
def best_multipliers(
    free: Floats,
    root: Floats,
    limits: Floats,
    ends: tuple[float, float],
    precision: tuple[int, int],
) -> tuple[float, float, float]:
    """Return the best bound of a branch with its multipliers; early where it is high enough.

    Parameters
    ----------
    ends : tuple of float
        Largest ``omega``, and the bound that is high enough.
    precision : tuple of int
        Halvings of each multiplier, and rounds over both.

    Returns
    -------
    bound, omega, sigma : float
    """
    top, threshold = ends
    halvings, rounds = precision
    best, best_omega, best_sigma_ = -math.inf, 0.0, 0.0
    trials = np.array([0.0, top, 0.5 * top])
    for j in range(3 if top > 0 else 1):
        bound = branch_bound(free, root, limits, trials[j], 0.0)
        if bound > best:
            best, best_omega, best_sigma_ = bound, trials[j], 0.0
        if best >= threshold:
            return best, best_omega, best_sigma_
    for j in range(3 if top > 0 else 1):
        sigma = best_sigma(free, root, limits, trials[j], halvings)
        bound = branch_bound(free, root, limits, trials[j], sigma)
        if bound > best:
            best, best_omega, best_sigma_ = bound, trials[j], sigma
        if best >= threshold:
            return best, best_omega, best_sigma_
    for _ in range(rounds if top > 0 else 0):
        omega = _best_omega(free, root, best_sigma_, top, halvings)
        bound = branch_bound(free, root, limits, omega, best_sigma_)
        sigma = best_sigma(free, root, limits, omega, halvings)
        also = branch_bound(free, root, limits, omega, sigma)
        if bound >= also and bound > best:
            best, best_omega = bound, omega
        elif also > best:
            best, best_omega, best_sigma_ = also, omega, sigma
        if best >= threshold:
            break
    return best, best_omega, best_sigma_
