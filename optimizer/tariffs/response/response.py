"""The menu of schedules: what each town brings at each of them, at the consumption that results.

A schedule is a level times a shape. For one shape everything rises with the level: the bills (an
elasticity above -1 never makes a higher price bring less), the revenue, and the operating cost that
is avoided because less water is used. So of all schedules of a shape that every town of a group
can afford the highest one leaves the least public money, and its level is that of the town with the
tightest limit. With every town's largest affordable level in the menu, the menu is as good as all
levels together; with levels of the planner's own it is what the planner offers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import PolicyError
from optimizer.tariffs.response.consumption import (
    DemandCurve,
    affordable_level,
    bills_at,
    consumption_that_results,
)

__all__ = ["Response", "affordable_place", "best_net_revenue", "best_schedule", "make_response"]

SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Response:
    """The menu, and what each town (n) brings at each level (l) of each shape (s).

    Attributes
    ----------
    curve : DemandCurve
        How customers answer.
    collection_rate : array of shape (n,)
        Share of billed money that comes in.
    use_cost_year : array of shape (classes,)
        Operating cost of each m3 per month used, before the operator's efficiency.
    shapes : array of shape (s, components)
        Schedules at level 1.
    level : array of shape (s, l)
        Levels of the menu, rising; a shorter list is filled up with its last one.
    complete : bool
        Whether every town's largest affordable level is in the menu, so that no level outside it
        is better.
    most : array of shape (n, s)
        Largest affordable level of each town.
    place : int array of shape (n, s)
        The largest affordable level of the menu; -1 where none is.
    revenue_year, avoided_year : arrays of shape (n, s, l)
        Money that comes in; operating cost, before the operator's efficiency, of the water that
        is no longer used (negative where more is used).
    kind : int array of shape (models,)
        Kind of each operator model, by what avoided cost takes off its requirement.
    factor : array of shape (kinds,)
        Requirement per unit of operating cost avoided: efficiency, fee and margin.
    net_year : array of shape (n, s, l, kinds)
        Revenue and avoided requirement together: what the requirement at today's consumption is
        to be met with.
    """

    curve: DemandCurve
    collection_rate: Floats
    use_cost_year: Floats
    shapes: Floats
    level: Floats
    complete: bool
    most: Floats
    place: Ints
    revenue_year: Floats
    avoided_year: Floats
    kind: Ints
    factor: Floats
    net_year: Floats

    def net_at(self, prices: Floats, factor: Floats) -> Floats:
        """Return revenue and avoided requirement of each town at prices of its own, money/year.

        Parameters
        ----------
        prices : array of shape (n, components)
            Prices in each town.
        factor : array of shape (n,)
            Requirement per unit of operating cost avoided.
        """
        use = consumption_that_results(self.curve, prices[self.curve.classes.town])
        revenue, avoided = _money(self.curve, self.collection_rate, self.use_cost_year, use, prices)
        return revenue + factor * avoided

    @property
    def own_net_year(self) -> Floats:
        """What each town brings alone at its best schedule, money per year, shape (n, kinds)."""
        at = np.maximum(self.place, 0)[:, :, None, None]
        own = np.take_along_axis(self.net_year, at, axis=2)[:, :, 0, :]
        able = (self.place >= 0)[:, :, None]
        return np.asarray(np.where(able, own, -np.inf).max(axis=1), dtype=np.float64)


def make_response(
    curve: DemandCurve,
    shapes: Floats,
    *,
    levels: tuple[float, ...],
    levels_most: int,
    names: tuple[str, ...],
    factors: Floats,
    collection_rate: Floats,
    use_cost_year: Floats,
) -> Response:
    """Return the menu of an instance.

    Parameters
    ----------
    curve : DemandCurve
        How customers answer.
    shapes : array of shape (s, components)
        Schedules at level 1.
    levels : tuple of float
        Levels of the menu; every town's largest affordable one where empty.
    levels_most : int
        Most levels of the menu where they are every town's.
    names : tuple of str
        The towns.
    factors : array of shape (models,)
        Requirement per unit of operating cost avoided.
    collection_rate : array of shape (towns,)
        Share of billed money that comes in.
    use_cost_year : array of shape (classes,)
        Operating cost of each m3 per month that a class uses, money per year.

    Raises
    ------
    PolicyError
        If a town can afford no schedule of the menu.
    """
    towns = len(names)
    most = np.column_stack([affordable_level(curve, shape, towns) for shape in shapes])
    level, complete = _levels(most, levels, levels_most)
    place = np.column_stack([affordable_place(level[s], most[:, s]) for s in range(len(shapes))])
    if (place < 0).all(axis=1).any():
        lost = int(np.flatnonzero((place < 0).all(axis=1))[0])
        message = f"no schedule of the menu is affordable in town {names[lost]}: its largest "
        message += f"level is {most[lost].max():.6g}; give a lower one in demand.levels"
        raise PolicyError(message)
    revenue, avoided = np.zeros((2, towns, *level.shape))
    for s, at in np.ndindex(*level.shape):
        if at and level[s, at] == level[s, at - 1]:
            revenue[:, s, at], avoided[:, s, at] = revenue[:, s, at - 1], avoided[:, s, at - 1]
            continue
        prices = np.tile(level[s, at] * shapes[s], (towns, 1))
        use = consumption_that_results(curve, prices[curve.classes.town])
        found = _money(curve, collection_rate, use_cost_year, use, prices)
        revenue[:, s, at], avoided[:, s, at] = found
    factor, kind = np.unique(np.round(factors, 12), return_inverse=True)
    return Response(
        curve=curve,
        collection_rate=collection_rate,
        use_cost_year=use_cost_year,
        shapes=shapes,
        level=level,
        complete=complete,
        most=most,
        place=place,
        revenue_year=revenue,
        avoided_year=avoided,
        kind=kind.astype(np.int64),
        factor=factor,
        net_year=revenue[..., None] + avoided[..., None] * factor,
    )


def affordable_place(level: Floats, most: Floats) -> Ints:
    """Return the place of the largest level that is at most ``most``, -1 where none is.

    Examples
    --------
    >>> affordable_place(np.array([1.0, 2.0, 2.0]), np.array([0.5, 1.0, 3.0])).tolist()
    [-1, 0, 2]
    """
    found = np.searchsorted(level, most * (1 + SAME), side="right") - 1
    return np.asarray(found, dtype=np.int64)


def _levels(most: Floats, levels: tuple[float, ...], count: int) -> tuple[Floats, bool]:
    """Return the levels of each shape, and whether they hold every town's largest."""
    if levels:
        return np.tile(np.array(levels), (most.shape[1], 1)), False
    own = [np.unique(column[np.isfinite(column)]) for column in most.T]
    kept = [
        u if len(u) <= count else u[np.linspace(0, len(u) - 1, count).round().astype(int)]
        for u in own
    ]
    longest = max(len(k) for k in kept)
    table = np.stack([np.pad(k, (0, longest - len(k)), mode="edge") for k in kept])
    return table, all(len(u) <= count for u in own)


def _money(
    curve: DemandCurve, collection_rate: Floats, use_cost_year: Floats, use: Floats, prices: Floats
) -> tuple[Floats, Floats]:
    """Return revenue and avoided operating cost of each town at a use of each class."""
    classes, towns = curve.classes, len(collection_rate)
    bill = bills_at(curve, use, prices[classes.town])
    billed = classes.total_per_town(12.0 * classes.connections * bill, towns)
    less = use_cost_year * (classes.consumption_m3_month - use)
    return collection_rate * billed, classes.total_per_town(less, towns)


def best_net_revenue(
    response: Response, towns: Ints, member: Bools, *, kind: int, own: bool
) -> Floats:
    """Return what each group can meet a requirement at today's consumption with, money per year.

    Formula: ``max over s of sum_i net_i(highest level of s that every member can afford)``;
    ``own``: the sum of each town's own best. ``-inf`` where no schedule suits all members.

    Parameters
    ----------
    response : Response
        The menu.
    towns : int array of shape (k,), member : bool array of shape (g, k)
        Groups, as in :func:`optimizer.tariffs.revenue.best_revenue`.
    kind : int
        Kind of the operator model.
    own : bool
        Whether each town has a schedule of its own.

    Examples
    --------
    1,500 households pay 30 a month at most:

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> case = case_of(pair.replace(
    ...     tariff=pair.tariff.model_copy(update={"shape": (0.0, 1.0, 1.0)}),
    ...     demand=op.Demand(bill_today_month=5.0),
    ...     policy=pair.policy.replace(demand_response=True)))
    >>> both = np.ones((1, 2), dtype=bool)
    >>> best_net_revenue(case.response, np.arange(2), both, kind=0, own=False).round().tolist()
    [540000.0]
    """
    if own:
        return np.asarray(member @ response.own_net_year[towns, kind], dtype=np.float64)
    place = response.place[towns]
    largest = place.max(initial=0) + 1
    best = np.full(len(member), -np.inf)
    for s in range(len(response.shapes)):
        at = np.where(member, place[None, :, s], largest).min(axis=1, initial=largest)
        net = response.net_year[towns, s, :, kind]
        total = (member * net[:, np.minimum(np.maximum(at, 0), net.shape[1] - 1)].T).sum(axis=1)
        best = np.maximum(best, np.where(at >= 0, total, -np.inf))
    return best


def best_schedule(response: Response, members: Ints, kind: int) -> tuple[int, int]:
    """Return shape and level of the menu's schedule with which towns together meet the most.

    Parameters
    ----------
    response : Response
        The menu.
    members : int array of shape (k,)
        Towns that can all afford some schedule.
    kind : int
        Kind of the operator model.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> case = case_of(pair.replace(
    ...     tariff=pair.tariff.model_copy(update={"shape": (0.0, 1.0, 1.0)}),
    ...     demand=op.Demand(bill_today_month=5.0),
    ...     policy=pair.policy.replace(demand_response=True)))
    >>> best_schedule(case.response, np.array([0, 1]), 0)
    (0, 0)
    """
    place = response.place[members].min(axis=0)
    brought = [
        float(response.net_year[members, s, at, kind].sum()) if at >= 0 else -np.inf
        for s, at in enumerate(place)
    ]
    best = int(np.argmax(brought))
    return best, int(place[best])
