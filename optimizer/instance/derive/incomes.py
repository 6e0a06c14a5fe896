"""Incomes of household groups from a mean or a poverty rate, and a Gini coefficient.

Household incomes are taken to be lognormal, the usual two-parameter description of an income
distribution [Aitchison and Brown, The Lognormal Distribution, 1957, chapter 11]: the logarithm of
income is normal with mean ``mu`` and standard deviation ``sigma``.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from optimizer.arrays import Floats

__all__ = ["group_names", "group_shares_of_income", "mean_from_poverty", "sigma_from_gini"]


def sigma_from_gini(gini: npt.ArrayLike) -> Floats:
    """Return the standard deviation of log income: ``sigma = sqrt(2) Phi^-1((1 + G) / 2)``.

    The Gini coefficient of a lognormal is ``G = 2 Phi(sigma / sqrt(2)) - 1``
    [Aitchison and Brown 1957, section 11.5].

    Parameters
    ----------
    gini : array_like, shape (n,) or scalar
        Gini coefficients, at least 0 and below 1.

    Examples
    --------
    >>> round(float(sigma_from_gini(0.42)), 4)
    0.7826
    """
    return np.asarray(math.sqrt(2.0) * ndtri((1.0 + np.asarray(gini, dtype=float)) / 2.0))


def mean_from_poverty(
    poverty_rate: npt.ArrayLike, line_month: npt.ArrayLike, gini: npt.ArrayLike
) -> Floats:
    """Return the mean income at which a share of households lies below a line.

    ``Phi((ln z - mu) / sigma) = rate`` gives ``mu = ln z - sigma Phi^-1(rate)``, and the mean of a
    lognormal is ``exp(mu + sigma^2 / 2)``.

    Parameters
    ----------
    poverty_rate : array_like
        Share of households below the line, above 0 and below 1.
    line_month : array_like
        Poverty line of a household (line per person times persons), in money per month.
    gini : array_like
        Gini coefficients.

    Returns
    -------
    numpy.ndarray
        Mean household income, in money per month.

    Examples
    --------
    Half the households below 1,000 makes 1,000 the median; inequality lifts the mean above it:

    >>> round(float(mean_from_poverty(0.5, 1000.0, 0.42)), 1)
    1358.3
    """
    sigma = sigma_from_gini(gini)
    mu = np.log(np.asarray(line_month, dtype=float)) - sigma * ndtri(
        np.asarray(poverty_rate, dtype=float)
    )
    return np.asarray(np.exp(mu + sigma**2 / 2.0))


def group_shares_of_income(gini: npt.ArrayLike, groups: int) -> Floats:
    """Return each equal group's mean income over the mean of all, poorest first.

    The Lorenz curve of a lognormal is ``L(p) = Phi(Phi^-1(p) - sigma)``
    [Aitchison and Brown 1957, section 11.3]; group k of K has the mean
    ``K (L(k / K) - L((k - 1) / K))`` times the mean of all.

    Parameters
    ----------
    gini : array_like, shape (n,)
        Gini coefficients.
    groups : int
        Number K of equal groups.

    Returns
    -------
    numpy.ndarray, shape (n, groups)
        Ratios; every row has the mean 1.

    Examples
    --------
    >>> group_shares_of_income([0.42], 5).round(3).tolist()
    [[0.261, 0.49, 0.741, 1.126, 2.382]]
    """
    sigma = np.atleast_1d(sigma_from_gini(gini))[:, None]
    lorenz = ndtr(ndtri(np.arange(groups + 1) / groups)[None, :] - sigma)
    return np.asarray(np.diff(lorenz, axis=1) * groups)


def group_names(groups: int) -> list[str]:
    """Return the names of the derived groups, poorest first.

    Examples
    --------
    >>> group_names(3)
    ['q1', 'q2', 'q3']
    """
    return [f"q{k}" for k in range(1, groups + 1)]
