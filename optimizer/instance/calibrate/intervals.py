"""How sure a fit is: bootstrap over providers, and errors on providers that were held out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats
from optimizer.instance.calibrate.least_error import error, fit_costs

__all__ = ["draws_of", "held_out_error"]


def draws_of(
    estimate: Callable[[np.ndarray], Floats], providers: int, *, draws: int, seed: int
) -> Floats:
    """Return an estimate on tables drawn from the providers with replacement, shape (draws, k).

    The ordinary bootstrap of whole rows [Efron & Tibshirani 1993, chapter 9]: it asks how much the
    estimate would differ with other providers of the same kind. It does not see errors that all
    accounts share.

    Parameters
    ----------
    estimate : callable
        Takes row numbers, returns the estimate, shape (k,).
    providers, draws, seed : int
        Rows, repetitions, and the seed of the draws.

    Examples
    --------
    >>> import numpy as np
    >>> cost = np.array([1.0, 2.0, 3.0, 4.0])
    >>> found = draws_of(lambda rows: np.array([cost[rows].mean()]), 4, draws=500, seed=0)
    >>> found.shape, bool(abs(found.mean() - 2.5) < 0.1)
    ((500, 1), True)
    """
    chosen = np.random.default_rng(seed).integers(0, providers, (draws, providers))
    return np.array([estimate(rows) for rows in chosen], dtype=np.float64)


def held_out_error(
    terms: Floats, cost: Floats, weights: Floats, *, folds: int = 5, seed: int = 0
) -> float:
    """Return the mean error in logarithms on providers that the fit did not see.

    Cross-validation: each fifth of the providers is predicted from the other four, so a term that
    only follows noise makes the error larger, not smaller.

    Parameters
    ----------
    terms, cost, weights
        As in :func:`~optimizer.instance.calibrate.least_error.fit_costs`.
    folds, seed : int
        Parts, and the seed of their choice.
    """
    part = np.random.default_rng(seed).permutation(len(cost)) % folds
    missed = np.zeros(folds)
    for k in range(folds):
        seen = part != k
        fit = fit_costs(terms[seen], cost[seen], weights[seen])
        missed[k] = error(terms[~seen], cost[~seen], fit, weights[~seen])
    held = np.bincount(part, weights=weights, minlength=folds)
    return float(np.average(missed, weights=held))
