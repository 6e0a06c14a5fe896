"""What each town of an area causes and what it pays, in the money of the plan's objective."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.tariffs.case import Case
from optimizer.tariffs.design import design_tariff
from optimizer.tariffs.group_value import cheapest_seat

__all__ = ["area_payments", "caused_cost", "pays_year"]

Money = TypeVar("Money", Floats, "pd.Series[float]")


def pays_year(revenue_year: Money, subsidy_year: Money, support_year: Money, price: float) -> Money:
    """Return ``revenue + (1 + lambda) subsidy + lambda support`` of each town, money per year.

    A town pays its bills, and is counted for the public money spent on it as the objective counts
    it. The household support itself is part of the revenue. Over an area these sum to its value.

    Parameters
    ----------
    revenue_year : array or Series by town
        Money that comes in from the town.
    subsidy_year : array or Series by town
        Its share of the area's operating subsidy, by the cost that the towns cause.
    support_year : array or Series by town
        Household support paid in the town.
    price : float
        Weight of public money (lambda).
    """
    return revenue_year + (1.0 + price) * subsidy_year + price * support_year


def caused_cost(
    case: Case, members: Ints, hours: Floats, *, seat: int, model: int
) -> tuple[Floats, Floats]:
    """Return the direct requirement of each town, and its share of the overhead by connections.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    members : int array of shape (k,), hours : array of shape (k,)
        Towns of an area and their travel hours from its seat.
    seat, model : int
        Positions of seat and operator model.

    Returns
    -------
    tuple of two arrays of shape (k,)
        Money per year.
    """
    direct = case.cost.serve_requirement(members, hours, members != seat)[:, model]
    size = case.cost.size[members]
    return direct, case.cost.open_requirement()[model] * size / size.sum()


def area_payments(case: Case, members: Ints) -> Floats:
    """Return what each town of an area pays under its settled tariff, money per year.

    The area has its best seat and operator model.

    Parameters
    ----------
    case : Case
        The instance as arrays; its tariff scope is not ``region``.
    members : int array of shape (k,)
        Positions of towns that some operator can serve together, rising.

    Returns
    -------
    array of shape (k,)
        Sums to the value of the area.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> case = case_of(op.read("instances/pair"))
    >>> area_payments(case, np.array([0, 1])).round().tolist()
    [102000.0, 51000.0]
    """
    requirement, seat, model = cheapest_seat(case, members)
    design = design_tariff(case, members, requirement)
    reached, hours = case.reached_from(seat)
    here = hours[np.searchsorted(reached, members)]
    cost = sum(caused_cost(case, members, here, seat=seat, model=model))
    subsidy = design.subsidy_year * cost / np.sum(cost)
    yearly = case.support.year(design.support_month)
    support = case.classes.total_per_town(yearly, case.towns)[members]
    price = case.instance.policy.public_money_price
    return pays_year(design.revenue_year, subsidy, support, price)
