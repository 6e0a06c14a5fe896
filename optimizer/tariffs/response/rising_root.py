"""Roots of many rising functions at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats

__all__ = ["rising_root"]

STEPS = 200
EXACT = 1e-15


def rising_root(value: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return where each of many rising functions is zero between two points.

    Parameters
    ----------
    value : callable
        The functions, each at its own point; array to array of the same shape.
    low, high : arrays of shape (n,)
        The points between which each root lies. Where a function is not below 0 at ``low`` the
        answer is ``low``; where it is not above 0 at ``high``, ``high``.

    Returns
    -------
    array of shape (n,)
        To about 1e-15, in the unit of the points.

    Notes
    -----
    The secant of Illinois, which halves the value at an end that stays twice and so never stalls:
    M. Dowell, P. Jarratt, A modified regula falsi method, BIT 11 (1971).

    Examples
    --------
    >>> cubes = rising_root(lambda x: x**3 - np.array([8.0, 27.0]), np.zeros(2), np.full(2, 10.0))
    >>> cubes.round(12).tolist()
    [2.0, 3.0]
    """
    low, high = low.copy(), high.copy()
    at_low, at_high = value(low), value(high)
    best = np.where(at_low >= 0, low, high)
    open_ = (at_low < 0) & (at_high > 0)
    side = np.zeros(len(low))
    for _ in range(STEPS):
        open_ &= high - low > EXACT * np.maximum(1.0, np.abs(high))
        if not open_.any():
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = (low * at_high - high * at_low) / (at_high - at_low)
        inside = (middle > low) & (middle < high)
        middle = np.where(inside, middle, 0.5 * (low + high))
        found = value(np.where(open_, middle, best))
        best = np.where(open_, middle, best)
        over, under = open_ & (found >= 0), open_ & (found < 0)
        high, at_high = np.where(over, middle, high), np.where(over, found, at_high)
        low, at_low = np.where(under, middle, low), np.where(under, found, at_low)
        at_low = np.where(over & (side > 0), 0.5 * at_low, at_low)
        at_high = np.where(under & (side < 0), 0.5 * at_high, at_high)
        side = np.where(over, 1.0, np.where(under, -1.0, side))
        open_ &= np.abs(found) > EXACT
    return best
