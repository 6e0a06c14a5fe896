"""Who balances its books over the years: the data of one path, and what is decided in it.

A fund is a service area, or the whole region where the region has one tariff. Money is real.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plan.path.horizon import annuity_share, compound, remaining_share

__all__ = ["PathDecision", "PathFund", "debt_left", "debt_service", "flow_year", "npv"]


@dataclass(frozen=True, eq=False)
class PathFund:
    """What one fund's path must keep to; T years, U schedules, K protected household groups.

    Attributes
    ----------
    label : str
        Service area, or ``region``.
    horizon : Horizon
        Rates, limits and terms.
    collected_year : array of shape (U, T)
        Money that a schedule brings per unit of its level (1 is the plan's own schedule).
    level_reference : array of shape (U,)
        Level from which steps are counted: today's, or 1 where today's bill is not known.
    level_strictest : array of shape (U,)
        Least ratio of a town's bill today to the plan's; ``inf`` where no bill is known.
    bill_schedule : int array of shape (K,)
        Schedule that each group pays.
    bill_year : array of shape (K, T)
        Bills of the whole group at level 1, money/year.
    affordable_year : array of shape (K, T)
        What the whole group can afford, money/year.
    support_share : float
        Largest share of a supported bill that public money may pay.
    support_part : array of shape (K,)
        Part of each group's bill on which support is counted; 0 where it is not eligible.
    support_weight : array of shape (K,)
        What the public pays for a unit of support due: less those missed, more others who get it.
    subsidy_allowed : bool
        Whether an operating subsidy is allowed.
    requirement_year : array of shape (T,)
        Operation, replacement, board fee and margin.
    investment_own_year : array of shape (T,)
        Investment less grants.
    remaining_value : float
        What the fund's own part of the works is worth at the end, money of the price year.
    cash_today : float
        Cash at the start.
    """

    label: str
    horizon: Horizon
    collected_year: Floats
    level_reference: Floats
    level_strictest: Floats
    bill_schedule: Ints
    bill_year: Floats
    affordable_year: Floats
    support_share: float
    support_part: Floats
    support_weight: Floats
    subsidy_allowed: bool
    requirement_year: Floats
    investment_own_year: Floats
    remaining_value: float
    cash_today: float

    @property
    def keep(self) -> float:
        """What a unit of cash or debt at one year's end is worth a year later: 1 / (1 + pi)."""
        return 1.0 / (1.0 + self.horizon.inflation_share_year)


@dataclass(frozen=True, eq=False)
class PathDecision:
    """What is decided for a fund, real money.

    Attributes
    ----------
    level : array of shape (U, T)
        Level of each schedule.
    subsidy_year, loan_year, bridging : arrays of shape (T,)
        Operating subsidy; new loan; bridging debt at the year's end.
    support_year : array of shape (K, T)
        Household support due to each protected group, money/year.
    """

    level: Floats
    subsidy_year: Floats
    loan_year: Floats
    bridging: Floats
    support_year: Floats


def debt_service(horizon: Horizon) -> Floats:
    """Return what a unit of loan costs in each later year, real; shape (T drawn, T paid).

    Formula: ``annuity (1 + pi)^(drawn - paid)`` in the ``loan_years`` after it is drawn: the
    payments are equal in money of their day, so that inflation wears them off.

    Examples
    --------
    Two payments of 0.6944 for a unit lent at 25 %; the second lies beyond the horizon:

    >>> debt_service(Horizon(years=2, loan_rate=0.25, loan_years=2)).round(4).tolist()
    [[0.0, 0.6944], [0.0, 0.0]]
    """
    years = np.arange(horizon.years)
    age = years[None, :] - years[:, None]
    due = (age >= 1) & (age <= horizon.loan_years)
    payment = annuity_share(horizon.loan_rate, horizon.loan_years)
    return np.asarray(
        np.where(due, payment * (1.0 + horizon.inflation_share_year) ** -age, 0.0), dtype=np.float64
    )


def debt_left(horizon: Horizon) -> Floats:
    """Return what is left of a unit of loan at each year's end, real; shape (T drawn, T).

    Examples
    --------
    >>> debt_left(Horizon(years=2, loan_rate=0.25, loan_years=2)).round(4).tolist()
    [[1.0, 0.5556], [0.0, 1.0]]
    """
    left = np.zeros((horizon.years, horizon.years))
    for drawn in range(horizon.years):
        for now in range(drawn, horizon.years):
            share = remaining_share(horizon.loan_rate, horizon.loan_years, now - drawn)
            left[drawn, now] = share * (1.0 + horizon.inflation_share_year) ** (drawn - now)
    return left


def flow_year(fund: PathFund, decision: PathDecision) -> Floats:
    """Return what each year adds to cash, shape (T,): the bracket of ``cash_balance``.

    Formula: ``collected_t level_t + subsidy_t - requirement_t - investment_own_t + loan_t
    - debt_service_t + bridging_t - (1 + loan_rate) keep bridging_{t-1}``.
    """
    repaid = np.concatenate([[0.0], decision.bridging[:-1]])
    repaid = repaid * (1.0 + fund.horizon.loan_rate) * fund.keep
    return np.asarray(
        (fund.collected_year * decision.level).sum(axis=0)
        + decision.subsidy_year
        - fund.requirement_year
        - fund.investment_own_year
        + decision.loan_year
        - decision.loan_year @ debt_service(fund.horizon)
        + decision.bridging
        - repaid,
        dtype=np.float64,
    )


def npv(fund: PathFund, decision: PathDecision) -> float:
    """Return the net present value of a path: its flows, and what works and debts are at the end.

    Formula: ``sum_t flow_t / (1 + r)^t + (remaining_value - debt_T) / (1 + r)^T``.
    """
    discount = 1.0 / compound(fund.horizon.discount_rate, fund.horizon.years)
    debt = float(decision.loan_year @ debt_left(fund.horizon)[:, -1])
    flows = float(discount @ flow_year(fund, decision))
    return flows + float(discount[-1]) * (fund.remaining_value - debt)
