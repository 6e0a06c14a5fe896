"""The tariff path of a fund: levels, public money, loans and bridging of every year, exactly.

One linear programme per fund. Each rule is a function whose body reads as its formula and whose
name stands in ``formulation.md``, in the audit and in messages. What is wanted comes in this order:

1. nothing that the planner forbids (an operating subsidy, bridging above its limit): these are
   never impossible here, only last resort, so that an answer always says how much is lacking;
2. least present value of public money;
3. least bridging: the largest debt at a year's end;
4. least present value of what customers pay, apart from interest on bridging, so that a few years
   of steep tariffs are not preferred to a smooth path for the sake of some interest;
5. the smoothest path: the highest level of a year least, then the two highest together, and so
   on; or, if the horizon asks for it, the same of the yearly steps;
6. least bridging in all years together, then least borrowing.

Source of the present value rule: the discounted cash flow of SUNASS tariff studies (RCD 028-2021):
five years pay operation and investment less what the works are worth at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.plan.path.fund import PathDecision, PathFund, debt_left, debt_service
from optimizer.plan.path.horizon import discount_factors
from optimizer.tariffs.lexicographic import Rows, Terms, minimise_in_order

__all__ = ["best_path"]

NOTHING = 1e-7
"""Amounts below this share of the largest yearly requirement are rounding and become zero."""


@dataclass(frozen=True, eq=False)
class _Columns:
    """Numbers of the variables; money in units of ``unit``."""

    unit: float
    level: Ints
    subsidy: Ints
    loan: Ints
    bridging: Ints
    peak: int
    excess: int
    cash: Ints
    support: Ints
    bump: Ints


def best_path(fund: PathFund) -> PathDecision:
    """Return the path of a fund; see the module for what is wanted in which order.

    Parameters
    ----------
    fund : PathFund
        Data of the fund.

    Returns
    -------
    PathDecision
        Real money. Where the planner forbids a subsidy or limits bridging and no path keeps to
        that, the decision holds the least that is lacking; callers say so.

    Raises
    ------
    OptimizerError
        If the solver fails; there is always a path.

    Examples
    --------
    A town that brings 100 a year at level 1 and must bring 110, 110; it starts at level 1 and may
    rise by 15 % a year:

    >>> from optimizer.instance.schema.year_fields import Horizon
    >>> fund = PathFund("A", Horizon(years=2, discount_rate=0.0, increase_share_most=0.15),
    ...     np.full((1, 2), 100.0), np.ones(1), np.ones(1), np.array([0]), np.full((1, 2), 100.0),
    ...     np.full((1, 2), 300.0), 0.0, np.ones(1), np.ones(1), True, np.full(2, 110.0),
    ...     np.zeros(2), 0.0, 0.0)
    >>> best_path(fund).level.round(6).tolist()
    [[1.1, 1.1]]
    """
    rows = Rows()
    columns = _columns(rows, fund)
    affordable_bill(rows, columns, fund)
    household_support(rows, columns, fund)
    increase_share_most(rows, columns, fund)
    cash_balance(rows, columns, fund)
    bridging_most(rows, columns, fund)
    present_value(rows, columns, fund)
    point = minimise_in_order(rows, _objectives(rows, columns, fund))
    money = columns.unit * np.where(point < NOTHING, 0.0, point)
    return PathDecision(
        level=point[columns.level],
        subsidy_year=money[columns.subsidy],
        loan_year=money[columns.loan],
        bridging=money[columns.bridging],
        support_year=money[columns.support],
    )


def _columns(rows: Rows, fund: PathFund) -> _Columns:
    """Add the variables. Bridging ends with the horizon; loans pay a part of investment."""
    schedules, years = fund.collected_year.shape
    unit = max(float(np.abs(fund.requirement_year).max()), float(fund.collected_year.max()), 1.0)
    borrowed = fund.horizon.loan_share_most * fund.investment_own_year
    last = np.arange(years) == years - 1
    return _Columns(
        unit=unit,
        level=rows.variables((schedules, years)),
        subsidy=rows.variables((years,)),
        loan=rows.variables((years,), most=borrowed / unit),
        bridging=rows.variables((years,), most=np.where(last, 0.0, np.inf)),
        peak=int(rows.variables((1,))[0]),
        excess=int(rows.variables((1,))[0]),
        cash=rows.variables((years,)),
        support=rows.variables(fund.bill_year.shape, most=np.inf if fund.support_share else 0.0),
        bump=rows.variables((years,)),
    )


def affordable_bill(rows: Rows, columns: _Columns, fund: PathFund) -> None:
    """Add ``level_ut bill_k - support_kt <= alpha income_kt`` for every protected group and year.

    In words: no protected household pays more than the affordable share of that year's income.
    Without support, one group of each schedule and year is the first to reach its limit, and the
    others follow from it.
    """
    for k, t in _first_to_reach(fund):
        level = int(columns.level[fund.bill_schedule[k], t])
        bill = float(fund.bill_year[k, t]) / columns.unit
        terms = {level: bill, int(columns.support[k, t]): -1.0}
        rows.at_most(terms, float(fund.affordable_year[k, t]) / columns.unit)


def _first_to_reach(fund: PathFund) -> list[tuple[int, int]]:
    """Return the groups and years whose limit is to be stated."""
    count, years = fund.bill_year.shape
    if fund.support_share > 0.0:
        return list(np.ndindex(count, years))
    room = fund.affordable_year / np.maximum(fund.bill_year, 1e-300)
    of_schedule = [
        np.flatnonzero(fund.bill_schedule == u) for u in range(len(fund.level_reference))
    ]
    return [
        (int(groups[room[groups, t].argmin()]), t)
        for groups in of_schedule
        if len(groups)
        for t in range(years)
    ]


def household_support(rows: Rows, columns: _Columns, fund: PathFund) -> None:
    """Add ``support_kt <= sigma part_k level_ut bill_k``: support is a limited part of a bill."""
    if fund.support_share == 0.0:
        return
    for k, t in np.ndindex(fund.bill_year.shape):
        level = int(columns.level[fund.bill_schedule[k], t])
        part = (
            fund.support_share * float(fund.support_part[k] * fund.bill_year[k, t]) / columns.unit
        )
        rows.at_most({int(columns.support[k, t]): 1.0, level: -part}, 0.0)


def increase_share_most(rows: Rows, columns: _Columns, fund: PathFund) -> None:
    """Add ``level_t <= (1 + x) level_{t-1}``, and in the first year against every town's own bill.

    In words: no real bill rises by more than the largest yearly share.
    """
    share = fund.horizon.increase_share_most
    if share is None:
        return
    for u, first in enumerate(columns.level[:, 0].tolist()):
        if np.isfinite(fund.level_strictest[u]):
            rows.at_most({first: 1.0}, (1.0 + share) * float(fund.level_strictest[u]))
    for u, t in np.ndindex(columns.level[:, 1:].shape):
        now, before = int(columns.level[u, t + 1]), int(columns.level[u, t])
        rows.at_most({now: 1.0, before: -(1.0 + share)}, 0.0)


def _flow(columns: _Columns, fund: PathFund, t: int) -> dict[int, float]:
    """Return the decided part of ``flow_t``, as in :mod:`optimizer.plan.path.fund`."""
    terms = dict(zip(columns.level[:, t], fund.collected_year[:, t] / columns.unit, strict=True))
    terms |= {columns.subsidy[t]: 1.0, columns.loan[t]: 1.0, columns.bridging[t]: 1.0}
    service = debt_service(fund.horizon)
    terms |= {columns.loan[s]: -service[s, t] for s in range(t)}
    if t:
        terms[columns.bridging[t - 1]] = -(1.0 + fund.horizon.loan_rate) * fund.keep
    return {int(column): float(value) for column, value in terms.items()}


def _spent(columns: _Columns, fund: PathFund, t: int) -> float:
    """Return the given part of ``flow_t``: requirement and own investment."""
    return float(fund.requirement_year[t] + fund.investment_own_year[t]) / columns.unit


def cash_balance(rows: Rows, columns: _Columns, fund: PathFund) -> None:
    """Add ``cash_t = keep cash_{t-1} + flow_t`` with ``cash_t >= 0``.

    In words: what is in hand at a year's end is what was there, less inflation, and the year's
    flow; it is never negative, because bridging is a debt of its own.
    """
    for t in range(fund.horizon.years):
        terms: dict[int, float] = {**_flow(columns, fund, t), int(columns.cash[t]): -1.0}
        opening = fund.keep * fund.cash_today / columns.unit
        if t:
            terms[int(columns.cash[t - 1])] = fund.keep
            opening = 0.0
        rows.equals(terms, _spent(columns, fund, t) - opening)


def bridging_most(rows: Rows, columns: _Columns, fund: PathFund) -> None:
    """Add ``bridging_t <= peak`` and ``peak - excess <= bridging_most``.

    In words: the debt that bridges a lack of cash stays within its limit; what goes beyond it is
    the last resort and is told.
    """
    for bridging in columns.bridging.tolist():
        rows.at_most({bridging: 1.0, columns.peak: -1.0}, 0.0)
    limit = fund.horizon.bridging_most
    if limit is not None:
        rows.at_most({columns.peak: 1.0, columns.excess: -1.0}, limit / columns.unit)


def present_value(rows: Rows, columns: _Columns, fund: PathFund) -> None:
    """Add ``sum_t flow_t / (1 + r)^t + (remaining_value - debt_T) / (1 + r)^T >= 0``.

    In words: over the horizon customers and public money pay what the service costs; works that
    outlive the horizon count at their remaining value, and debts that do count as owed.
    """
    discount = discount_factors(fund.horizon.discount_rate, fund.horizon.years)
    total: dict[int, float] = {}
    spent = 0.0
    for t in range(fund.horizon.years):
        for column, value in _flow(columns, fund, t).items():
            total[column] = total.get(column, 0.0) + discount[t] * value
        spent += discount[t] * _spent(columns, fund, t)
    owed = discount[-1] * debt_left(fund.horizon)[:, -1]
    for t, column in enumerate(columns.loan.tolist()):
        total[column] -= float(owed[t])
    rows.at_least(total, spent - float(discount[-1]) * fund.remaining_value / columns.unit)


def _objectives(rows: Rows, columns: _Columns, fund: PathFund) -> list[Terms]:
    """Return what is minimised, the most important first."""
    discount = discount_factors(fund.horizon.discount_rate, fund.horizon.years)
    subsidy = _sum(columns.subsidy, discount)
    stages: list[Terms] = [] if fund.subsidy_allowed else [subsidy]
    if fund.horizon.bridging_most is not None:
        stages.append({columns.excess: 1.0})
    weights = fund.support_weight[:, None] * discount
    stages.append({**subsidy, **_sum(columns.support, weights)})
    stages.append({columns.peak: 1.0})
    stages.append(_paid(columns, fund, discount))
    stages += _smoothest(rows, columns, fund)
    stages.append(_sum(columns.bridging, np.ones(len(columns.bridging))))
    stages.append(_sum(columns.loan, discount))
    return stages


def _paid(columns: _Columns, fund: PathFund, discount: Floats) -> Terms:
    """Return the present value of what customers pay, less what bridging costs them."""
    cost = (1.0 + fund.horizon.loan_rate) * fund.keep
    later = np.concatenate([discount[1:], [0.0]])
    return {
        **_sum(columns.level, discount * fund.collected_year / columns.unit),
        **_sum(columns.bridging, discount - cost * later),
    }


def _sum(columns: Ints, weights: Floats) -> dict[int, float]:
    return dict(zip(columns.ravel().tolist(), np.ravel(weights).tolist(), strict=True))


def _smoothest(rows: Rows, columns: _Columns, fund: PathFund) -> list[Terms]:
    """Return for k = 1..T the sum of the k largest bumps, after adding its rows.

    A year's bump is its highest level, or its largest step. The sum of the k largest is the least
    ``k q + sum_t over_t`` with ``over_t >= bump_t - q`` (Ogryczak and Tamir 2003). Taken one after
    the other they leave the path whose sorted bumps are least, the largest first.
    """
    if fund.horizon.smoothest == "steps":
        _steps(rows, columns, fund)
    else:
        _levels(rows, columns)
    stages: list[Terms] = []
    for k in range(1, fund.horizon.years + 1):
        bar = int(rows.variables((1,))[0])
        over = rows.variables((fund.horizon.years,))
        for t, bump in enumerate(columns.bump.tolist()):
            rows.at_least({int(over[t]): 1.0, bar: 1.0, bump: -1.0}, 0.0)
        stages.append({bar: float(k), **_sum(over, np.ones(fund.horizon.years))})
    return stages


def _levels(rows: Rows, columns: _Columns) -> None:
    """Add ``bump_t >= level_ut`` for every schedule u."""
    for u, t in np.ndindex(columns.level.shape):
        rows.at_most({int(columns.level[u, t]): 1.0, int(columns.bump[t]): -1.0}, 0.0)


def _steps(rows: Rows, columns: _Columns, fund: PathFund) -> None:
    """Add ``bump_t >= |level_ut - level_u,t-1|`` for every schedule u, from its reference on."""
    for u, t in np.ndindex(columns.level.shape):
        now, bump = int(columns.level[u, t]), int(columns.bump[t])
        before = {int(columns.level[u, t - 1]): 1.0} if t else {}
        known = 0.0 if t else float(fund.level_reference[u])
        rows.at_most({now: 1.0, bump: -1.0, **{k: -v for k, v in before.items()}}, known)
        rows.at_most({now: -1.0, bump: -1.0, **before}, -known)
