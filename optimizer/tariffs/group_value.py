"""The value of a group: what a service area costs, with its best seat, operator and tariff.

The value depends on the group alone. For a fixed group the requirement is the only thing that
seat and operator model change, and the value never falls when the requirement rises, so the best
pair is the one with the smallest requirement; the tariff then raises as much of it as the
affordability limits allow. Where demand responds, cost that is avoided because less water is used
counts differently for models of other efficiency, fee or margin; the best of each kind is then
compared. The requirement is the one at today's consumption: water that customers do without is no
saving of a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.tariffs.case import Case
from optimizer.tariffs.public_money import least_public_money
from optimizer.tariffs.revenue import best_revenue

__all__ = [
    "GroupValue",
    "GroupValues",
    "cheapest_seat",
    "group_value",
    "group_values",
    "seat_requirement",
    "served_value",
    "settled_value",
]


@dataclass(frozen=True)
class GroupValue:
    """Value of one group, money per year.

    Attributes
    ----------
    members : tuple of int
        Positions of the towns.
    seat, model : int
        Positions of the best seat and operator model; -1 where none can serve the group.
    requirement_year, best_revenue_year, subsidy_year, support_year, value_year : float
        ``value = requirement + lambda (subsidy + support)``; ``inf`` where no plan may use it.
        Where demand responds the requirement is that of today's consumption, and the revenue
        holds what the operator no longer has to spend.
    """

    members: tuple[int, ...]
    seat: int
    model: int
    requirement_year: float
    best_revenue_year: float
    subsidy_year: float
    support_year: float
    value_year: float


@dataclass(frozen=True, eq=False)
class GroupValues:
    """Values of many groups that share a seat; arrays of shape (g,), money per year."""

    model: Ints
    requirement_year: Floats
    best_revenue_year: Floats
    subsidy_year: Floats
    support_year: Floats
    value_year: Floats


def seat_requirement(
    case: Case, seat: int, towns: Ints, hours: Floats, member: Bools, *, kind: int = 0
) -> tuple[Floats, Ints]:
    """Return the smallest requirement of each group at a seat, and the model that gives it.

    Only operator models count whose limits hold the group's resources (``viable_size`` and other
    sums over an area's towns); where none does, the requirement is ``inf`` and the model -1.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    seat : int
        Position of the seat, a member of every group.
    towns : int array of shape (k,), hours : float array of shape (k,)
        Towns from which the groups are drawn and their hours from the seat.
    member : bool array of shape (g, k)
        Members of each group.
    kind : int
        Kind of operator model that may be taken.
    """
    per_town = case.cost.serve_requirement(towns, hours, towns != seat)
    total = member @ per_town + case.cost.open_requirement()[None, :]
    admitted = case.resources.admits(member @ case.resources.amount[towns], seat)
    total = np.where(admitted & case.of_kind(kind), total, np.inf)
    model = np.asarray(total.argmin(axis=1), dtype=np.int64)
    requirement = total[np.arange(len(total)), model]
    return requirement, np.where(np.isfinite(requirement), model, -1)


def group_values(case: Case, seat: int, towns: Ints, hours: Floats, member: Bools) -> GroupValues:
    """Return the values of many groups served from one seat.

    Parameters
    ----------
    case, seat, towns, hours, member
        As in :func:`seat_requirement`.

    Returns
    -------
    GroupValues
        ``value_year`` is ``inf`` where no operator model fits or the policy allows no subsidy
        and the tariff cannot cover the requirement.
    """
    found = [_of_kind(case, seat, towns, hours, member, kind) for kind in range(case.kinds)]
    best = found[0]
    for other in found[1:]:
        best = _cheaper(best, other)
    return best


def _cheaper(a: GroupValues, b: GroupValues) -> GroupValues:
    """Return the cheaper values of each group, the first where both are equal."""
    other = b.value_year < a.value_year
    return GroupValues(
        np.where(other, b.model, a.model),
        np.where(other, b.requirement_year, a.requirement_year),
        np.where(other, b.best_revenue_year, a.best_revenue_year),
        np.where(other, b.subsidy_year, a.subsidy_year),
        np.where(other, b.support_year, a.support_year),
        np.where(other, b.value_year, a.value_year),
    )


def _of_kind(  # noqa: PLR0917 - as group_values, for one kind of model
    case: Case, seat: int, towns: Ints, hours: Floats, member: Bools, kind: int
) -> GroupValues:
    requirement, model = seat_requirement(case, seat, towns, hours, member, kind=kind)
    if case.instance.policy.tariff_scope == "region":
        nothing = np.zeros(len(member))
        return GroupValues(model, requirement, nothing, nothing, nothing, requirement)
    best = best_revenue(case, towns, member, kind=kind)
    possible = np.isfinite(requirement)
    money = least_public_money(
        case, towns, member, requirement=np.where(possible, requirement, 0.0), best=best
    )
    price = case.instance.policy.public_money_price
    with np.errstate(invalid="ignore"):
        value = np.where(
            possible & np.isfinite(money.subsidy_year),
            requirement + price * money.total_year,
            np.inf,
        )
    return GroupValues(model, requirement, best, money.subsidy_year, money.support_year, value)


def group_value(
    case: Case, members: Sequence[int], *, seats: Sequence[int] | None = None
) -> GroupValue:
    """Return the value of one group with its best seat and operator model.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    members : sequence of int
        Positions of the towns.
    seats : sequence of int, optional
        Seats to try; all members by default, or the policy's fixed seat where one is a member.

    Returns
    -------
    GroupValue
        With ``value_year = inf`` and ``seat = -1`` where no seat reaches every member or no
        operator model fits.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> case = case_of(op.read("instances/pair"))
    >>> group_value(case, [0, 1]).seat in (0, 1)
    True
    """
    ordered = np.array(sorted(members), dtype=np.int64)
    key = tuple(int(m) for m in ordered)
    best = GroupValue(key, -1, -1, np.inf, 0.0, 0.0, 0.0, np.inf)
    for kind in range(case.kinds):
        requirement_year, seat, model = cheapest_seat(case, ordered, seats=seats, kind=kind)
        if seat >= 0:
            found = settled_value(case, ordered, requirement_year, seat=seat, model=model)
            best = found if best.seat < 0 or found.value_year < best.value_year else best
    return best


def cheapest_seat(
    case: Case, members: Ints, *, seats: Sequence[int] | None = None, kind: int = 0
) -> tuple[float, int, int]:
    """Return the smallest requirement of one group, money per year, and its seat and model.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    members : int array of shape (k,)
        Positions of the towns, rising.
    seats : sequence of int, optional
        As in :func:`group_value`.
    kind : int
        Kind of operator model that may be taken, where demand responds.

    Returns
    -------
    tuple of float, int, int
        ``(inf, -1, -1)`` where no seat reaches every member or no operator model fits.
    """
    everyone = np.ones((1, len(members)), dtype=bool)
    best = (np.inf, -1, -1)
    for seat in candidate_seats(case, members) if seats is None else seats:
        towns, hours = case.reached_from(seat)
        inside = np.isin(members, towns)
        if not inside.all():
            continue
        found = np.searchsorted(towns, members)
        requirement, model = seat_requirement(
            case, seat, members, hours[found], everyone, kind=kind
        )
        if requirement[0] < best[0]:
            best = (float(requirement[0]), int(seat), int(model[0]))
    return best


def settled_value(
    case: Case, members: Ints, requirement_year: float, *, seat: int, model: int
) -> GroupValue:
    """Return the value of one group whose seat, operator model and requirement are known.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    members : int array of shape (k,)
        Positions of the towns, rising.
    requirement_year : float
        Revenue requirement, money per year.
    seat, model : int
        Positions of seat and operator model.
    """
    key = tuple(int(m) for m in members)
    if case.instance.policy.tariff_scope == "region":
        return GroupValue(key, seat, model, requirement_year, 0.0, 0.0, 0.0, requirement_year)
    everyone = np.ones((1, len(members)), dtype=bool)
    best = best_revenue(case, members, everyone, kind=case.kind_of(model))
    need = np.array([requirement_year])
    money = least_public_money(case, members, everyone, requirement=need, best=best)
    subsidy, support = float(money.subsidy_year[0]), float(money.support_year[0])
    price = case.instance.policy.public_money_price
    value = requirement_year + price * (subsidy + support) if np.isfinite(subsidy) else np.inf
    return GroupValue(key, seat, model, requirement_year, float(best[0]), subsidy, support, value)


def served_value(case: Case, members: Sequence[int], *, seat: int, model: int) -> GroupValue:
    """Return the value of one group served from a seat by an operator of a model.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    members : sequence of int
        Positions of the towns, all within reach of the seat.
    seat, model : int
        Positions of seat and operator model.
    """
    ordered = np.array(sorted(members), dtype=np.int64)
    towns, hours = case.reached_from(seat)
    here = hours[np.searchsorted(towns, ordered)]
    each = case.cost.serve_requirement(ordered, here, ordered != seat)[:, model]
    requirement = float(each.sum() + case.cost.open_requirement()[model])
    return settled_value(case, ordered, requirement, seat=seat, model=model)


def candidate_seats(case: Case, members: Ints) -> list[int]:
    """Return the members where the operator may sit: the fixed seat if the group holds one.

    A group that holds two fixed seats has no candidate (rule ``fixed_seats``).
    """
    names = case.reach.towns
    fixed = [int(m) for m in members if names[int(m)] in case.instance.policy.fixed_seats]
    if len(fixed) > 1:
        return []
    return fixed or [int(m) for m in members]
