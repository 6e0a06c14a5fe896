"""Costs that are least wrong: median regression with non-negative coefficients."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.optimize import linprog, minimize

from optimizer.arrays import Floats

__all__ = ["Floats", "elasticity", "error", "fit_costs", "fit_money", "middle", "shares"]


_STARTS = 3
_STEP = 0.05
_EXACT, _ENOUGH = 1e-9, 1e-5
"""To which share of cost the search goes: for a fit, and for one of many bootstrap draws."""


def middle(values: Floats, weights: Floats) -> float:
    """Return the weighted median: the middle of all values that halve the weight.

    Examples
    --------
    >>> import numpy as np
    >>> middle(np.array([3.0, 1.0, 10.0]), np.ones(3))
    3.0
    >>> middle(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
    2.0
    """
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    half = 0.5 * total[-1]
    slack = 1e-12 * total[-1]
    low = int(np.searchsorted(total, half - slack))
    high = int(np.searchsorted(total, half + slack, side="right"))
    last = len(order) - 1
    return float(0.5 * (values[order[min(low, last)]] + values[order[min(high, last)]]))


def error(terms: Floats, cost: Floats, coefficients: Floats, weights: Floats) -> float:
    """Return the weighted mean of ``|ln cost - ln(terms @ coefficients)|``; 0.3 is about 30 %."""
    misfit = np.abs(np.log(cost) - np.log(terms @ coefficients))
    return float(np.average(misfit, weights=weights))


def shares(terms: Floats, coefficients: Floats) -> Floats:
    """Return the share of each term in the cost of the median provider, shape (k,)."""
    parts = np.median(terms, axis=0) * coefficients
    return np.asarray(parts / parts.sum(), dtype=np.float64)


def fit_costs(
    terms: Floats, cost: Floats, weights: Floats, *, start: Floats | None = None
) -> Floats:
    """Return non-negative coefficients of the median provider.

    Formula: ``min over c >= 0 of sum_i w_i |ln cost_i - ln(sum_k terms_ik c_k)|``. In words: half
    of the providers cost more than the fit and half less, and an account that is ten times too
    high counts no more than one a little too high [Koenker 2005, Quantile Regression, chapter 1].

    For given shares of the terms the best level is a weighted median, so only the shares (k - 1
    numbers between 0 and 1) are searched: on a grid, then from its best points by Nelder-Mead.

    Parameters
    ----------
    terms : numpy.ndarray, shape (n, k)
        Columns that cost is a sum of, such as 1, connections, m3 per year; non-negative, no row
        all zero, each median positive; k from 1 to 3.
    cost : numpy.ndarray, shape (n,)
        Positive.
    weights : numpy.ndarray, shape (n,)
        Non-negative.
    start : numpy.ndarray, shape (k,), optional
        Coefficients near which to search, instead of everywhere.

    Returns
    -------
    numpy.ndarray, shape (k,)

    Examples
    --------
    >>> import numpy as np
    >>> size = np.array([500.0, 1000.0, 2000.0, 4000.0, 8000.0])
    >>> cost = np.array([60e3, 70e3, 90e3, 1300e3, 210e3])
    >>> fit_costs(np.column_stack([np.ones(5), size]), cost, np.ones(5)).round(2).tolist()
    [50000.0, 20.0]
    """
    reference = np.median(terms, axis=0)
    scaled, log_cost = terms / reference, np.log(cost)
    normed = weights / weights.sum()

    def above(cuts: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(log_cost - np.log(scaled @ _parts(cuts)), dtype=np.float64)

    def misfit(cuts: Floats) -> float:
        over = above(cuts)
        if not np.isfinite(over).all():
            return np.inf
        return float(normed @ np.abs(over - middle(over, normed)))

    if terms.shape[1] == 1:
        best = np.empty(0)
    else:
        starts = _grid(misfit, terms.shape[1] - 1) if start is None else [_cuts(terms, start)]
        exact = _EXACT if start is None else _ENOUGH
        ends = [_descend(misfit, cuts, exact) for cuts in starts]
        best = ends[int(np.argmin([misfit(cuts) for cuts in ends]))]
    level = np.exp(middle(above(best), normed))
    return np.asarray(level * _parts(best) / reference, dtype=np.float64)


def _parts(cuts: Floats) -> Floats:
    """Return shares that sum to 1: each cut takes its part of what the earlier ones left."""
    left = np.concatenate([[1.0], np.cumprod(1.0 - cuts)])
    return np.asarray(left * np.concatenate([cuts, [1.0]]), dtype=np.float64)


def _cuts(terms: Floats, coefficients: Floats) -> Floats:
    """Return the cuts whose shares are those of the coefficients."""
    parts = shares(terms, coefficients)
    left = np.concatenate([[1.0], 1.0 - np.cumsum(parts)[:-1]])[:-1]
    cuts = np.clip(parts[:-1] / np.maximum(left, 1e-12), 0.0, 1.0)
    return np.asarray(cuts, dtype=np.float64)


def _grid(misfit: Callable[[Floats], float], dimensions: int) -> list[Floats]:
    """Return the points of a grid over all shares from which to search, best first."""
    steps = np.linspace(0.0, 1.0, 101 if dimensions == 1 else 26)
    points = [np.array(point) for point in product(steps, repeat=dimensions)]
    order = np.argsort([misfit(point) for point in points], kind="stable")
    return [points[k] for k in order[:_STARTS]]


def _descend(misfit: Callable[[Floats], float], start: Floats, exact: float) -> Floats:
    """Return the best point near a start; the search keeps to shares between 0 and 1."""
    dimensions = len(start)
    inward = np.where(start < 0.5, _STEP, -_STEP)
    simplex = np.vstack([start, start + np.diag(inward)])
    found = minimize(
        misfit,
        start,
        method="Nelder-Mead",
        bounds=[(0.0, 1.0)] * dimensions,
        options={"initial_simplex": simplex, "xatol": exact, "fatol": 1e-3 * exact, "maxiter": 600},
    )
    return np.asarray(found.x, dtype=np.float64)


def fit_money(terms: Floats, cost: Floats, weights: Floats) -> Floats:
    """Return non-negative coefficients with the least absolute error in money.

    Formula: ``min over c >= 0 of sum_i w_i |cost_i - sum_k terms_ik c_k|``, a linear programme
    [Koenker 2005, chapter 6]. In words: as :func:`fit_costs`, but a large provider counts by its
    money. It is the check on how much the choice of error matters.

    Parameters
    ----------
    terms, cost, weights
        As in :func:`fit_costs`.

    Returns
    -------
    numpy.ndarray, shape (k,)

    Examples
    --------
    >>> import numpy as np
    >>> terms = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    >>> fit_money(terms, np.array([12.0, 14.0, 99.0, 18.0]), np.ones(4)).round(6)
    array([10.,  2.])
    """
    scale_terms, scale_cost = np.median(terms, axis=0), float(np.median(cost))
    count, width = terms.shape
    each = np.eye(count)
    normed = weights / weights.sum()
    found = linprog(
        np.concatenate([np.zeros(width), normed, normed]),
        A_eq=np.hstack([terms / scale_terms, each, -each]),
        b_eq=cost / scale_cost,
        method="highs",
    )
    scaled = np.asarray(found.x, dtype=np.float64)[:width]
    return np.asarray(scaled * scale_cost / scale_terms, dtype=np.float64)


def elasticity(size: Floats, cost: Floats, weights: Floats) -> float:
    """Return by how many percent cost grows where size grows by one percent.

    Formula: ``min over e of sum_i w_i |ln cost_i - level - e ln size_i|``. In words: below 1 the
    larger provider is cheaper per connection, above 1 dearer. Unlike a fixed cost that may not be
    negative, it can show that small is cheaper.

    Examples
    --------
    >>> import numpy as np
    >>> size = np.array([100.0, 400.0, 900.0, 1600.0])
    >>> round(elasticity(size, 7.0 * size**0.5, np.ones(4)), 6)
    0.5
    """
    log_size, log_cost = np.log(size), np.log(cost)
    normed = weights / weights.sum()

    def misfit(slope: Floats) -> float:
        over = log_cost - slope[0] * log_size
        return float(normed @ np.abs(over - middle(over, normed)))

    found = minimize(
        misfit,
        np.ones(1),
        method="Nelder-Mead",
        options={"initial_simplex": [[1.0], [0.9]], "xatol": 1e-9, "fatol": 1e-13},
    )
    return float(found.x[0])
