"""The tariff programme of one group: prices, subsidy, household support and burden as columns.

Columns are ordered ``[prices | subsidy | support of each protected class | worst burden]``. Money
is in units of the requirement, prices in units of their own bound, burden in units of the
affordability limit, so that every coefficient is near one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from optimizer.arrays import Floats, Ints
from optimizer.errors import OptimizerError
from optimizer.tariffs.case import Case

__all__ = [
    "Programme",
    "make_programme",
    "public_money_row",
    "public_money_rows",
    "solve_in_order",
]

FIX_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Programme:
    """Rows and sizes of a tariff programme.

    Attributes
    ----------
    members : int array of shape (k,)
        Towns of the group.
    classes : int array of shape (h,)
        Protected customer classes of those towns.
    column : int array of shape (k,)
        First price column of each member's schedule.
    prices : int
        Number of price columns.
    scale : array of shape (prices,)
        Money per unit of each price column.
    rows, limits : arrays
        ``rows @ x <= limits``.
    requirement_year : float
        What tariff and subsidy must bring.
    """

    members: Ints
    classes: Ints
    column: Ints
    prices: int
    scale: Floats
    rows: Floats
    limits: Floats
    requirement_year: float

    @property
    def size(self) -> int:
        """Number of columns."""
        return self.prices + 2 + len(self.classes)


def make_programme(case: Case, members: Ints, requirement_year: float) -> Programme:
    """Return the tariff programme of a group for the policy's tariff scope."""
    width = len(case.space.components)
    per_town = case.instance.policy.own_schedules
    column = np.arange(len(members)) * width if per_town else np.zeros(len(members), dtype=int)
    most = case.price_most[members]
    scale = most.reshape(-1) if per_town else most.min(axis=0)
    if per_town and np.isfinite(case.instance.policy.spread):
        scale = np.concatenate([scale, most.min(axis=0)])  # the area's cheapest prices
    classes = np.flatnonzero(case.classes.protected & np.isin(case.classes.town, members))
    shell = Programme(
        members=members,
        classes=classes,
        column=np.asarray(column, dtype=np.int64),
        prices=len(scale),
        scale=np.maximum(scale, 1e-300),
        rows=np.zeros((0, 0)),
        limits=np.zeros(0),
        requirement_year=requirement_year,
    )
    parts = [_cone(case, shell), _caps(case, shell), _support(case, shell), _burden(case, shell)]
    if shell.prices > len(members) * width:
        parts.append(_spread(case, shell))
    if case.instance.policy.solidarity_balance:
        parts.append(_solidarity_balance(case, shell))
    parts.append((revenue_row(case, shell)[None, :] * -1.0, np.array([-1.0])))
    parts[-1][0][0, shell.prices] = -1.0
    return Programme(
        members=members,
        classes=classes,
        column=shell.column,
        prices=shell.prices,
        scale=shell.scale,
        rows=np.vstack([rows for rows, _ in parts]),
        limits=np.concatenate([limits for _, limits in parts]),
        requirement_year=requirement_year,
    )


def revenue_row(case: Case, programme: Programme) -> Floats:
    """Return collected revenue per unit of each column, in units of the requirement."""
    return _money_row(case.revenue_year, programme)


def _money_row(money_year: Floats, programme: Programme) -> Floats:
    """Return money of the members per unit of each column, in units of the requirement."""
    row = np.zeros(programme.size)
    width = money_year.shape[1]
    for town, start in zip(programme.members, programme.column, strict=True):
        row[start : start + width] += money_year[town]
    row[: programme.prices] *= programme.scale / programme.requirement_year
    return row


def _solidarity_balance(case: Case, programme: Programme) -> tuple[Floats, Floats]:
    """Row ``subsidies of categories <= contributions of categories + operating subsidy``.

    Formula: ``sum_i solidarity_i(p) + s >= 0``, money per year as billed. Source: Colombia's
    funds of solidarity, Law 142 of 1994: the municipality pays what contributions leave open.
    """
    row = -_money_row(case.solidarity_year, programme)
    row[programme.prices] = -1.0
    return row[None, :], np.zeros(1)


def public_money_row(case: Case, programme: Programme) -> Floats:
    """Return public money per unit of each column, in units of the requirement.

    Support counts for the connections that get it: those missed cost nothing, those who get it
    beside them do (:func:`~optimizer.tariffs.household_support.paid_connections`).
    """
    row = np.zeros(programme.size)
    row[programme.prices] = 1.0
    connections = case.support.connections[programme.classes]
    limit = _limit_month(case, programme)
    row[programme.prices + 1 : -1] = 12.0 * connections * limit / programme.requirement_year
    return row


def public_money_rows(case: Case, programme: Programme) -> list[Floats]:
    """Return what is to be least in turn: public money, before it subsidy as a last resort."""
    subsidy = np.zeros(programme.size)
    subsidy[programme.prices] = 1.0
    money = public_money_row(case, programme)
    return [subsidy, money] if case.subsidy_last else [money]


def poorest_burden_row(case: Case, programme: Programme) -> Floats:
    """Return the summed burden of each town's poorest protected class, per unit of each column."""
    income = case.classes.income_month[programme.classes]
    town = case.classes.town[programme.classes]
    least = np.full(case.towns, np.inf)
    np.minimum.at(least, town, income)
    poorest = np.flatnonzero(income <= least[town] * (1 + 1e-12))
    rows = _net_bill(case, programme)
    return np.asarray(rows[poorest].sum(axis=0), dtype=float)


def solve_in_order(
    programme: Programme, objectives: Sequence[Floats], *, subsidy_allowed: bool
) -> Floats:
    """Minimise several objectives one after the other, keeping what the earlier ones reached.

    Raises
    ------
    OptimizerError
        If no tariff within the limits covers the requirement.
    """
    rows, limits = programme.rows, programme.limits
    bounds: list[tuple[float, float | None]] = [(0.0, None)] * programme.size
    if not subsidy_allowed:
        bounds[programme.prices] = (0.0, 0.0)
    point = np.zeros(programme.size)
    for k, objective in enumerate(objectives):
        found = linprog(
            objective,
            A_ub=rows,
            b_ub=limits,
            bounds=bounds,
            options={
                "primal_feasibility_tolerance": 1e-10,
                "dual_feasibility_tolerance": 1e-10,
            },
        )
        if found.status != 0 or found.x is None:
            if k == 0:
                message = "no tariff within the limits covers the requirement of the group"
                raise OptimizerError(message)
            break
        point = np.asarray(found.x, dtype=float)
        reached = float(objective @ point)
        rows = np.vstack([rows, objective])
        limits = np.append(limits, reached + FIX_TOLERANCE * max(1.0, abs(reached)))
    return point


def _limit_month(case: Case, programme: Programme) -> Floats:
    return case.classes.affordable_month[programme.classes]


def _net_bill(case: Case, programme: Programme) -> Floats:
    """Return ``(bill - support) / affordable bill`` of each protected class, per column."""
    rows = _in_prices(case, programme, case.space.bill)
    rows[:, programme.prices + 1 : -1] = -np.eye(len(rows))
    return rows


def _in_prices(case: Case, programme: Programme, money: Floats) -> Floats:
    """Return money of each protected class per unit of each price, over its affordable bill."""
    width = len(case.space.components)
    place = np.full(case.towns, 0)
    place[programme.members] = programme.column
    limit = _limit_month(case, programme)
    rows = np.zeros((len(programme.classes), programme.size))
    for h, k in enumerate(programme.classes):
        start = int(place[case.classes.town[k]])
        scale = programme.scale[start : start + width]
        rows[h, start : start + width] = money[k] * scale / limit[h]
    return rows


def _burden(case: Case, programme: Programme) -> tuple[Floats, Floats]:
    """Rows ``burden of each class <= worst burden``."""
    rows = _net_bill(case, programme)
    rows[:, -1] = -1.0
    return rows, np.zeros(len(rows))


def _support(case: Case, programme: Programme) -> tuple[Floats, Floats]:
    """Rows ``bill - support <= affordable`` and ``support <= its share of the bill``."""
    rows = _net_bill(case, programme)
    most = -_in_prices(case, programme, case.support.most)
    most[:, programme.prices + 1 : -1] = np.eye(len(rows))
    return np.vstack([rows, most]), np.concatenate([np.ones(len(rows)), np.zeros(len(rows))])


def _caps(case: Case, programme: Programme) -> tuple[Floats, Floats]:
    """Rows of the towns' own limits on the tariff, in units of each limit."""
    width = len(case.space.components)
    place = np.full(case.towns, -1)
    place[programme.members] = programme.column
    kept = np.flatnonzero(place[case.caps.town] >= 0)
    rows = np.zeros((len(kept), programme.size))
    for r, k in enumerate(kept):
        start = int(place[case.caps.town[k]])
        scale = programme.scale[start : start + width]
        rows[r, start : start + width] = case.caps.weight[k] * scale / case.caps.limit[k]
    return rows, np.ones(len(kept))


def _spread(case: Case, programme: Programme) -> tuple[Floats, Floats]:
    """Rows ``cheapest_b <= p_ib <= spread cheapest_b`` of every town and price.

    Source: one operator, several schedules; the columns of the cheapest prices come last.
    """
    width, spread = len(case.space.components), case.instance.policy.spread
    least, rows = programme.prices - width, []
    for start in programme.column:
        for b in range(width):
            own, base = int(start) + b, least + b
            for sign, times in ((1.0, spread), (-1.0, 1.0)):
                row = np.zeros(programme.size)
                row[own], row[base] = programme.scale[own], -times * programme.scale[base]
                rows.append(sign * row / max(np.abs(row).max(), 1e-300))
    return np.array(rows), np.zeros(len(rows))


def _cone(case: Case, programme: Programme) -> tuple[Floats, Floats]:
    """Rows of the admissible prices of every schedule."""
    width = len(case.space.components)
    starts = sorted({int(c) for c in programme.column})
    rows = np.zeros((len(starts) * len(case.space.cone), programme.size))
    for k, start in enumerate(starts):
        scaled = case.space.cone * programme.scale[start : start + width]
        norm = np.maximum(np.abs(scaled).max(axis=1, initial=0.0), 1e-300)
        part = slice(k * len(scaled), (k + 1) * len(scaled))
        rows[part, start : start + width] = scaled / norm[:, None]
    return rows, np.zeros(len(rows))
