"""Arithmetic of years: discounting, annuities, what works are still worth, straight lines.

Money is real (of the price year) and flows at the end of each year; year 0 is the price year.
"""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats

__all__ = [
    "annuity_share",
    "compound",
    "discount_factors",
    "provision_share",
    "remaining_share",
    "straight_line",
]


def discount_factors(rate: float, years: int) -> Floats:
    """Return ``1 / (1 + rate)^t`` for t = 1..years; what a unit of money of year t is worth today.

    Examples
    --------
    >>> discount_factors(0.25, 2).tolist()
    [0.8, 0.64]
    """
    return np.asarray((1.0 + rate) ** -np.arange(1.0, years + 1.0), dtype=np.float64)


def compound(share_year: float, years: int) -> Floats:
    """Return ``(1 + share)^t`` for t = 1..years.

    Examples
    --------
    >>> compound(0.5, 2).tolist()
    [1.5, 2.25]
    """
    return np.asarray((1.0 + share_year) ** np.arange(1.0, years + 1.0), dtype=np.float64)


def annuity_share(rate: float, life_years: float) -> float:
    """Return the equal yearly payment per unit of a debt or of works: ``r / (1 - (1 + r)^-L)``.

    Examples
    --------
    A unit lent at 25 % is paid back by two payments of 0.694 (0.694 / 1.25 + 0.694 / 1.5625 = 1):

    >>> round(annuity_share(0.25, 2), 4), annuity_share(0.0, 4)
    (0.6944, 0.25)
    """
    if rate == 0.0:
        return 1.0 / life_years
    return float(rate / (1.0 - (1.0 + rate) ** -life_years))


def remaining_share(rate: float, life_years: float, age_years: float) -> float:
    """Return what is left of a unit after ``age`` yearly payments of its annuity.

    Formula: ``(1 - (1 + r)^-(L - age)) / (1 - (1 + r)^-L)``, 0 from the end of life on. The same
    share holds for the debt of a loan and for the value of works: it is the present value, at that
    time, of the annuities still to come, so that cost less remaining value is worth exactly the
    annuities of the years gone by.

    Examples
    --------
    >>> round(remaining_share(0.25, 2, 1), 4), remaining_share(0.0, 4, 1), remaining_share(0, 5, 7)
    (0.5556, 0.75, 0.0)
    """
    left = max(0.0, life_years - age_years)
    if rate == 0.0:
        return left / life_years
    return float((1.0 - (1.0 + rate) ** -left) / (1.0 - (1.0 + rate) ** -life_years))


def provision_share(rate: float, life_years: float) -> float:
    """Return the yearly saving per unit of works that pays for new ones at the end of their life.

    Formula: ``r / ((1 + r)^L - 1)``; the annuity without the return on the money (for works that
    a grant paid, on which nobody asks a return).

    Examples
    --------
    >>> round(provision_share(0.25, 2), 4), provision_share(0.0, 4)
    (0.4444, 0.25)
    """
    return annuity_share(rate, life_years) - rate


def straight_line(today: Floats, target: Floats, years: int) -> Floats:
    """Return values on the line from today's to the target's; where there is no target, today's.

    Parameters
    ----------
    today, target : arrays of shape (n,)
        Values in year 0 and in the last year; NaN where there is no target.
    years : int
        Years.

    Returns
    -------
    array of shape (n, years)

    Examples
    --------
    >>> straight_line(np.array([0.5, 0.9]), np.array([1.0, np.nan]), 2).tolist()
    [[0.75, 1.0], [0.9, 0.9]]
    """
    end = np.where(np.isnan(target), today, target)
    part = np.arange(1.0, years + 1.0) / years
    return np.asarray(today[:, None] + (end - today)[:, None] * part[None, :], dtype=np.float64)
