"""The schedules of areas whose customers respond: the menu's choice, refined between its levels.

Within a shape the published schedule is the lowest level that covers the area's requirement at the
consumption that results; where even the highest affordable level does not, it is that one, and the
operating subsidy pays the rest. Of several shapes the one with the least subsidy is taken, then the
one that bills the least, then the one with the least worst burden. Such a schedule needs no more
public money than the menu's, since what an area is short of falls with the level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.errors import OptimizerError
from optimizer.tariffs.case import Case
from optimizer.tariffs.response.consumption import bills_at, consumption_that_results
from optimizer.tariffs.response.response import Response
from optimizer.tariffs.response.rising_root import rising_root

__all__ = ["design_schedules", "responding_case"]

SAME = 1e-9


@dataclass(frozen=True, eq=False)
class _Offer:
    """Schedules of one shape: prices by town, and what they give by area."""

    prices: Floats
    short: Floats
    billed: Floats
    burden: Floats


def responding_case(case: Case, prices: Floats) -> Case:
    """Return the case at the consumption that results from prices in each town.

    Parameters
    ----------
    case : Case
        A case whose demand responds.
    prices : array of shape (towns, components)
        Prices in each town.

    Raises
    ------
    OptimizerError
        If demand does not respond.
    """
    curve = _response(case).curve
    return case.with_consumption(consumption_that_results(curve, prices[case.classes.town]))


def design_schedules(case: Case, area: Ints, requirement_year: Floats, kind: Ints) -> Floats:
    """Return the prices of every town of some areas.

    Parameters
    ----------
    case : Case
        A case whose demand responds.
    area : int array of shape (towns,)
        Area of each town, counted from 0; -1 for a town that is in none.
    requirement_year : array of shape (areas,)
        Requirement of each area at today's consumption, money per year.
    kind : int array of shape (areas,)
        Kind of the operator model of each area.

    Returns
    -------
    array of shape (towns, components)
        Zero outside the areas.

    Raises
    ------
    OptimizerError
        If demand does not respond, or no schedule suits all towns of an area.

    Examples
    --------
    Together the towns require 153,000; at the price found they use ``0.876`` of today's water:

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> case = case_of(pair.replace(
    ...     tariff=pair.tariff.model_copy(update={"shape": (0.0, 1.0, 1.0)}),
    ...     demand=op.Demand(bill_today_month=5.0),
    ...     policy=pair.policy.replace(demand_response=True)))
    >>> one = np.zeros(1, dtype=np.int64)
    >>> prices = design_schedules(case, np.zeros(2, dtype=np.int64), np.array([153e3]), one)
    >>> prices.round(4).tolist()
    [[0.9706], [0.9706]]
    >>> responding_case(case, prices).classes.consumption_m3_month.round(3).tolist()
    [8.758, 8.758]
    """
    response = _response(case)
    if case.instance.policy.tariff_scope == "town":
        top = _own_top(case, response, area, kind)
        return _refined(case, area, requirement_year, kind, top).prices
    best: _Offer | None = None
    for s, shape in enumerate(response.shapes):
        most = _least_of(area, response.most[:, s], len(requirement_year))
        top = np.where(area >= 0, most[area], 0.0)[:, None] * shape
        found = _refined(case, area, requirement_year, kind, top)
        best = found if best is None else _better(area, requirement_year, best, found)
    if best is None:
        raise OptimizerError("the menu has no shape")
    return best.prices


def _response(case: Case) -> Response:
    if case.response is None:
        raise OptimizerError("demand does not respond in this case")
    return case.response


def _least_of(area: Ints, values: Floats, areas: int) -> Floats:
    least = np.full(areas, np.inf)
    inside = area >= 0
    np.minimum.at(least, area[inside], values[inside])
    if not np.isfinite(least).all():
        raise OptimizerError("nothing limits the schedule of an area")
    return least


def _own_top(case: Case, response: Response, area: Ints, kind: Ints) -> Floats:
    """Return the schedule with which each town alone can meet the most, one schedule per town."""
    factor = np.where(area >= 0, response.factor[kind[area]], 0.0)
    top, most = np.zeros((case.towns, response.shapes.shape[1])), np.full(case.towns, -np.inf)
    for s, shape in enumerate(response.shapes):
        prices = response.most[:, [s]] * shape
        net = response.net_at(prices, factor)
        better = net > most
        top = np.where(better[:, None], prices, top)
        most = np.where(better, net, most)
    return np.where((area >= 0)[:, None], top, 0.0)


def _refined(case: Case, area: Ints, need: Floats, kind: Ints, top: Floats) -> _Offer:
    """Return the lowest level, from nothing to ``top``, at which each area covers its need."""
    response, inside = _response(case), area >= 0
    factor = np.where(inside, response.factor[kind[area]], 0.0)

    def net(share: Floats) -> Floats:
        prices = np.where(inside, share[area], 0.0)[:, None] * top
        each = response.net_at(prices, factor)[inside]
        return np.bincount(area[inside], weights=each, minlength=len(need)).astype(np.float64)

    nothing, whole = np.zeros(len(need)), np.ones(len(need))
    unit = np.maximum(1.0, np.abs(need))
    share = rising_root(lambda share: (net(share) - need) / unit, nothing, whole)
    short = np.maximum(0.0, need - net(share))
    prices = np.where(inside, share[area], 0.0)[:, None] * top
    return _Offer(prices, short, *_bills(response, area, prices, len(need)))


def _bills(response: Response, area: Ints, prices: Floats, areas: int) -> tuple[Floats, Floats]:
    """Return what each area bills per month, and its worst burden of a protected class."""
    curve, classes = response.curve, response.curve.classes
    paid = prices[classes.town]
    bill = bills_at(curve, consumption_that_results(curve, paid), paid)
    at = area[classes.town]
    mine = at >= 0
    weight = (classes.connections * bill)[mine]
    billed = np.bincount(at[mine], weights=weight, minlength=areas).astype(np.float64)
    burden = np.zeros(areas)
    mine &= classes.protected
    np.maximum.at(burden, at[mine], bill[mine] / classes.income_month[mine])
    return billed, burden


def _better(area: Ints, need: Floats, a: _Offer, b: _Offer) -> _Offer:
    """Return for each area the better of two offers: least short, least billed, least burden."""
    room = SAME * np.maximum(1.0, need)
    same = np.abs(a.short - b.short) <= room
    equal = same & (np.abs(a.billed - b.billed) <= SAME * a.billed)
    other = np.where(
        equal, b.burden < a.burden, np.where(same, b.billed < a.billed, b.short < a.short)
    )
    at = np.where(area >= 0, other[area], other[:1])
    return _Offer(
        np.where(at[:, None], b.prices, a.prices),
        np.where(other, b.short, a.short),
        np.where(other, b.billed, a.billed),
        np.where(other, b.burden, a.burden),
    )
