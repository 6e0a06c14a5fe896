"""The tariff of a group: unique, explainable, and never above what the group needs.

Ties between tariffs are broken in this order: least public money; least bill (revenue equals the
requirement, no profit beyond the margin); least worst burden; least burden of the poorest; then
the lowest fixed charge and the lowest first blocks. Where the worst burden alone is minimised, all
limits scale together, so the answer is the schedule that raises the most, times one factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.tariffs.case import Case
from optimizer.tariffs.programme import (
    make_programme,
    poorest_burden_row,
    public_money_rows,
    revenue_row,
    solve_in_order,
)
from optimizer.tariffs.response.design import design_schedules, responding_case
from optimizer.tariffs.revenue import best_prices, levels_within, town_best_prices

__all__ = ["TariffDesign", "design_tariff"]


@dataclass(frozen=True, eq=False)
class TariffDesign:
    """Tariff and public money of one group.

    Attributes
    ----------
    members : int array of shape (k,)
        Positions of the towns.
    prices : array of shape (k, components)
        Prices in each town; equal rows where the group has one schedule.
    revenue_year : array of shape (k,)
        Money that comes in from each town.
    subsidy_year : float
        Operating subsidy of the group.
    support_month : array of shape (classes,)
        Support per connection and month of every customer class of the instance (zero outside
        the group).
    """

    members: Ints
    prices: Floats
    revenue_year: Floats
    subsidy_year: float
    support_month: Floats


def design_tariff(
    case: Case, members: Ints, requirement_year: float, *, kind: int = 0
) -> TariffDesign:
    """Return the tariff of a group that must bring ``requirement_year``.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    members : int array of shape (k,)
        Positions of the towns; all towns for the scope ``region``.
    requirement_year : float
        Revenue requirement, money per year; at today's consumption where demand responds.
    kind : int
        Kind of the operator model, where demand responds.

    Raises
    ------
    OptimizerError
        If the policy allows no subsidy and no tariff within the limits covers the requirement.
    """
    policy = case.instance.policy
    members = np.asarray(members, dtype=np.int64)
    if case.response is not None:
        return _responding(case, members, requirement_year, kind)
    if requirement_year <= 0:
        return _finish(case, members, np.zeros((len(members), _width(case))), 0.0)
    if case.programmed or (policy.participation and policy.tariff_scope != "town"):
        return _by_programme(case, members, requirement_year)
    if policy.own_schedules:
        prices = _apart_prices(case, members, requirement_year)
        return _finish(case, members, prices, requirement_year)
    everyone = np.ones((1, len(members)), dtype=bool)
    shared = best_prices(case, members, everyone, break_ties=True).point[0]
    best = float((case.revenue_year[members] @ shared).sum())
    level = min(1.0, requirement_year / best)
    return _finish(case, members, np.tile(shared * level, (len(members), 1)), requirement_year)


def _responding(case: Case, members: Ints, requirement_year: float, kind: int) -> TariffDesign:
    """Return the schedules of a group at the consumption that results."""
    area = np.full(case.towns, -1)
    area[members] = 0
    kinds = np.array([kind], dtype=np.int64)
    prices = design_schedules(case, area, np.array([requirement_year]), kinds)
    there = responding_case(case, prices)
    revenue = (there.revenue_year * prices).sum(axis=1)[members]
    avoided = (case.cost.operation_year - there.cost.operation_year)[members].sum()
    factor = 0.0 if case.response is None else float(case.response.factor[kind])
    short = requirement_year - factor * float(avoided) - float(revenue.sum())
    subsidy = short if short > 1e-9 * requirement_year else 0.0
    nothing = np.zeros(len(case.classes.town))
    return TariffDesign(members, prices[members], revenue, subsidy, nothing)


def _width(case: Case) -> int:
    return len(case.space.components)


def _apart_prices(case: Case, members: Ints, requirement_year: float) -> Floats:
    """Return the schedules of towns that have their own, or levels of a shape within the spread."""
    if case.instance.policy.tariff_scope == "town":
        return _town_prices(case, members, requirement_year)
    levels = levels_within(case, members, np.ones((1, len(members)), dtype=bool)).T
    best = float((case.revenue_year[members] * levels).sum())
    return levels * min(1.0, requirement_year / best)


def _town_prices(case: Case, members: Ints, requirement_year: float) -> Floats:
    """Return each town's own schedule, all towns at the same burden as far as they may.

    Raising the common burden ``t`` from 0, town i brings ``min(t best_i, stand-alone_i)``
    (the second only under ``participation``) until together they bring the requirement.
    """
    best = _own_best(case, members)
    most = (case.revenue_year[members] * best).sum(axis=1)
    limit = np.full(len(members), np.inf)
    if case.instance.policy.participation:
        limit = case.stand_alone_year[members]
    burden = _common_burden(most, limit, requirement_year)
    factor = np.minimum(burden, np.where(most > 0, limit / np.maximum(most, 1e-300), 1.0))
    return best * np.minimum(factor, 1.0)[:, None]


def _own_best(case: Case, members: Ints) -> Floats:
    """Return each town's schedule that raises the most within its affordability alone."""
    if case.instance.policy.participation:
        policy = case.instance.policy.replace(participation=False)
        return town_best_prices(case.with_policy(policy), members, break_ties=True).point
    return town_best_prices(case, members, break_ties=True).point


def _common_burden(most: Floats, limit: Floats, requirement_year: float) -> float:
    """Return the smallest t in [0, 1] with ``sum_i min(t most_i, limit_i) >= requirement``."""
    if np.minimum(most, limit).sum() <= requirement_year:
        return 1.0
    turn = np.where(most > 0, limit / np.maximum(most, 1e-300), np.inf)
    capped, rising = 0.0, float(most.sum())
    for k in np.argsort(turn, kind="stable"):
        if capped + turn[k] * rising >= requirement_year:
            break
        capped += float(limit[k])
        rising -= float(most[k])
    return min(1.0, (requirement_year - capped) / rising)


def _by_programme(case: Case, members: Ints, requirement_year: float) -> TariffDesign:
    """Return the tariff from the programme with every tie-break in order."""
    programme = make_programme(case, members, requirement_year)
    worst = np.zeros(programme.size)
    worst[-1] = 1.0
    first_prices = [
        _sum_of_component(programme.prices, programme.size, component, _width(case))
        for component in range(_width(case))
    ]
    point = solve_in_order(
        programme,
        [
            *public_money_rows(case, programme),
            revenue_row(case, programme),
            worst,
            poorest_burden_row(case, programme),
            *first_prices,
        ],
        subsidy_allowed=case.instance.policy.operating_subsidy,
    )
    flat = point[: programme.prices] * programme.scale
    width = _width(case)
    prices = np.stack([flat[start : start + width] for start in programme.column])
    return _finish(case, members, prices, requirement_year)


def _sum_of_component(prices: int, size: int, component: int, width: int) -> Floats:
    row = np.zeros(size)
    row[component:prices:width] = 1.0
    return row


def _finish(case: Case, members: Ints, prices: Floats, requirement_year: float) -> TariffDesign:
    """Remove the rounding of the solver: revenue plus subsidy is the requirement exactly."""
    revenue = (case.revenue_year[members] * prices).sum(axis=1)
    total = float(revenue.sum())
    if total > requirement_year * (1 - 1e-8) and total > 0:
        prices = prices * (requirement_year / total)
        revenue = revenue * (requirement_year / total)
    subsidy = max(0.0, requirement_year - float(revenue.sum()))
    if subsidy <= 1e-12 * requirement_year:
        subsidy = 0.0
    return TariffDesign(members, prices, revenue, subsidy, _support_month(case, members, prices))


def _support_month(case: Case, members: Ints, prices: Floats) -> Floats:
    """Return ``max(0, bill - alpha income)`` of every protected class, at most its support."""
    policy = case.instance.policy
    support = np.zeros(len(case.classes.town))
    if policy.household_support_share == 0:
        return support
    place = np.full(case.towns, -1)
    place[members] = np.arange(len(members))
    mine = np.flatnonzero(case.classes.protected & (place[case.classes.town] >= 0))
    own = prices[place[case.classes.town[mine]]]
    bill, most = (case.space.bill[mine] * own).sum(axis=1), (case.support.most[mine] * own).sum(1)
    limit = case.classes.affordable_month[mine]
    support[mine] = np.clip(bill - limit, 0.0, most)
    return support
