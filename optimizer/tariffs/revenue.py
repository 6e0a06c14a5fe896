"""The most revenue that a group can raise under its affordability limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import linprog

from optimizer.arrays import Bools, Floats, Ints
from optimizer.tariffs.batched_simplex import Vertices, maximise
from optimizer.tariffs.case import Case
from optimizer.tariffs.prices.own_prices import expanded, reduced
from optimizer.tariffs.programme import make_programme, public_money_rows, solve_in_order
from optimizer.tariffs.response.response import best_net_revenue

__all__ = ["best_prices", "best_revenue", "levels_within", "town_best_prices"]

CHUNK = 20_000


def best_revenue(case: Case, towns: Ints, member: Bools, *, kind: int = 0) -> Floats:
    """Return the most revenue that each group can raise, money per year.

    One schedule per service area or region: ``max_p sum_i revenue_i(p)`` over admissible prices
    within the limits of every member. One schedule per town: the sum of the towns' own maxima.
    With demand that responds it is the best schedule of the menu, and what the operator no longer
    has to spend counts with the revenue (:mod:`optimizer.tariffs.response.response`).

    Parameters
    ----------
    case : Case
        The instance as arrays.
    towns : int array of shape (k,)
        Towns from which the groups are drawn.
    member : bool array of shape (g, k)
        Which of them belong to each group.
    kind : int
        Kind of the operator model, where demand responds.

    Returns
    -------
    array of shape (g,)
    """
    per_town = case.instance.policy.tariff_scope == "town"
    if case.response is not None:
        return best_net_revenue(case.response, towns, member, kind=kind, own=per_town)
    if per_town:
        own = town_best_prices(case, towns)
        each = (case.revenue_year[towns] * own.point).sum(axis=1)
        return np.asarray(member @ each, dtype=np.float64)
    revenue = member @ case.revenue_year[towns]
    if len(case.space.components) == 1:
        levels = levels_within(case, towns, member)
        return np.asarray((levels * case.revenue_year[towns, 0]).sum(axis=1), dtype=np.float64)
    if case.instance.policy.own_schedules:
        return _apart(case, towns, member)
    point = best_prices(case, towns, member).point
    return np.asarray((revenue * point).sum(axis=1), dtype=float)


def levels_within(case: Case, towns: Ints, member: Bools) -> Floats:
    """Return the largest level of a given shape in each town of each group, shape (g, k).

    Formula: ``min(own limit_i, spread min_k own limit_k)``: with one price the least of the limits,
    with a schedule per town each its own. 0 where a town is no member.

    Parameters
    ----------
    case, towns, member
        As in :func:`best_revenue`; the tariff has a given shape.
    """
    own = np.where(member, case.level_most[towns][None, :], np.inf)
    least = own.min(axis=1, initial=np.inf, keepdims=True)
    spread = case.instance.policy.spread
    most = np.minimum(own, spread * least) if np.isfinite(spread) else own
    return np.where(member, most, 0.0)


def _apart(case: Case, towns: Ints, member: Bools) -> Floats:
    """Return the most revenue of groups whose towns' prices differ by a factor at most.

    The programme of each group, with a requirement that nothing covers and subsidy that pays.
    """
    best, policy = np.zeros(len(member)), case.instance.policy
    free = case
    if policy.household_support_share > 0 or policy.solidarity_balance:
        plain = policy.replace(household_support_share=0.0, solidarity_balance=False)
        free = replace(case, instance=case.instance.replace(policy=plain))
    for g in np.flatnonzero(member.any(axis=1)):
        mine = towns[member[g]]
        need = 2.0 * float((case.revenue_year[mine] * case.price_most[mine]).sum())
        programme = make_programme(free, mine, need)
        money = public_money_rows(free, programme)
        point = solve_in_order(programme, money, subsidy_allowed=True)
        best[g] = need * (1.0 - float(point[programme.prices]))
    return best


def town_best_prices(case: Case, towns: Ints, *, break_ties: bool = False) -> Vertices:
    """Return, for each town alone, the prices that raise the most; one programme per town."""
    points, solved = [], []
    for k in range(0, len(towns), 200):
        part = towns[k : k + 200]
        found = best_prices(case, part, np.eye(len(part), dtype=bool), break_ties=break_ties)
        points.append(found.point)
        solved.append(found.solved)
    return Vertices(np.concatenate(points), np.concatenate(solved))


def best_prices(case: Case, towns: Ints, member: Bools, *, break_ties: bool = False) -> Vertices:
    """Return prices, common to each group, that raise the most within every member's limits.

    Parameters
    ----------
    case, towns, member
        As in :func:`best_revenue`.
    break_ties : bool
        Among schedules that raise the most, take the one with the least burden of the poorest,
        then the lowest fixed charge, then the lowest first blocks; the answer is then unique.

    Returns
    -------
    Vertices
        ``point`` of shape (g, components), money per unit of each component.
    """
    parts = [
        _chunk(case, towns, member[k : k + CHUNK], break_ties=break_ties)
        for k in range(0, max(1, len(member)), CHUNK)
    ]
    if len(parts) == 1:
        return parts[0]
    return Vertices(
        np.concatenate([v.point for v in parts]), np.concatenate([v.solved for v in parts])
    )


def _chunk(case: Case, towns: Ints, member: Bools, *, break_ties: bool) -> Vertices:
    """Return the prices of some groups, of the domestic ones alone where the others follow."""
    space, reduces = case.space, case.separable
    components = space.lead if reduces else len(space.components)
    cone = space.lead_cone if reduces else space.cone
    place = np.full(case.towns, -1)
    place[towns] = np.arange(len(towns))
    kept = np.flatnonzero(place[case.caps.town] >= 0)
    rows = np.vstack([cone, case.caps.weight[kept, :components]])
    free = len(cone)
    limits = np.concatenate([np.zeros(free), case.caps.limit[kept]])
    held = np.concatenate(
        [np.ones((len(member), free), dtype=bool), member[:, place[case.caps.town[kept]]]], axis=1
    )
    most = case.price_most[towns]
    box = np.stack(
        [np.where(member, most[None, :, b], np.inf).min(axis=1) for b in range(components)], axis=1
    )
    box = np.where(np.isfinite(box), box, 0.0)
    revenue = member @ case.revenue_year[towns]
    objectives = (reduced(space.own, revenue, space.lead) if reduces else revenue)[:, None, :]
    if break_ties:
        ties = _ties(case, towns, member, components)
        objectives = np.concatenate([objectives, ties], axis=1)
    found = maximise(objectives, rows, limits, held, box)
    point = found.point.copy()
    for g in np.flatnonzero(~found.solved):
        point[g] = linprog(
            -objectives[g, 0],
            A_ub=rows[held[g]],
            b_ub=limits[held[g]],
            bounds=[(0, float(u)) for u in box[g]],
        ).x
    if reduces:
        point = expanded(space.own, point, revenue)
    return Vertices(point, np.ones(len(member), dtype=bool))


def _ties(case: Case, towns: Ints, member: Bools, components: int) -> Floats:
    """Return the tie-breaking objectives (to be maximised): minus burden, minus each price."""
    burden = member @ case.poorest_burden[towns][:, :components]
    prices = np.tile(np.eye(components), (len(member), 1, 1))
    return -np.concatenate([burden[:, None, :], prices], axis=1)
