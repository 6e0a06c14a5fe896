"""What many groups are worth: requirement from their seats, and the public money that they need.

Public money is first bounded from below without any programme: a common tariff is a sum of
extreme rays of the cone of admissible prices, so with revenue ``G`` and use ``A_c`` of limit c per
unit of each ray, no tariff raises more than ``min_c max_e G_e / A_ce``, nor more than the towns
raise with a tariff each. With one ray (a given tariff shape) the bound is the exact value.
"""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.area_rules import keeps_rules
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.programmed_money import programmed_money
from optimizer.solving.branch_and_price.problem.tariff_rays import allowed_revenue
from optimizer.tariffs.batched_simplex import maximise_listed
from optimizer.tariffs.prices.own_prices import expanded
from optimizer.tariffs.response.response import Response

__all__ = [
    "best_seats",
    "exact_money",
    "money_bound",
    "money_is_exact",
    "offers",
    "requirement_from",
    "values",
]


def requirement_from(problem: Problem, groups: GroupBatch, seat: Ints, *, kind: int = 0) -> Floats:
    """Return the least requirement of each group at a given seat, money per year.

    Only operator models of one kind count, where demand responds; otherwise there is one kind.
    ``inf`` where the seat cannot serve every member or no operator model fits the size.
    """
    if not len(groups) or not len(problem.pair_key):
        return np.full(len(groups), np.inf)
    pair, found = problem.pairs_of(seat[groups.owner], groups.town)
    total = groups.total(problem.serve[pair]) + problem.open[None, :]
    resources = problem.case.resources
    admitted = resources.admits(groups.total_of(resources.amount), seat)
    total = np.where(admitted & problem.case.of_kind(kind), total, np.inf)
    missing = groups.total((~found).astype(np.int64)) > 0
    return np.where(missing, np.inf, total.min(axis=1))


def best_seats(problem: Problem, groups: GroupBatch, *, kind: int = 0) -> tuple[Ints, Floats]:
    """Return the seat with the least requirement of each group, and that requirement."""
    seat = np.full(len(groups), -1)
    least = np.full(len(groups), np.inf)
    weight = np.cumsum(groups.count**2)
    chunk = problem.parameters.problem.entries_at_once
    cuts = np.searchsorted(weight, np.arange(chunk, weight[-1] if len(weight) else 0, chunk))
    for part in np.split(np.arange(len(groups)), cuts):
        mine = groups.take(part)
        each = mine.take(mine.owner)
        found = requirement_from(problem, each, mine.town, kind=kind)
        order = np.lexsort((found, mine.owner))
        first = order[mine.start[:-1]]
        seat[part] = np.where(np.isfinite(found[first]), mine.town[first], -1)
        least[part] = found[first]
    return seat, least


def money_is_exact(problem: Problem) -> bool:
    """Return whether :func:`money_bound` is the exact public money of every group."""
    responds = problem.case.response is not None
    return (problem.pooled or responds) or (
        not problem.supported and (not problem.shared_tariff or problem.ray_revenue.shape[1] == 1)
    )


def revenue_bound(problem: Problem, groups: GroupBatch, *, kind: int = 0) -> Floats:
    """Return an upper bound on the revenue that each group can raise, money per year.

    Where demand responds it is exact, with what operator models of the kind no longer spend.
    """
    if problem.case.response is not None:
        return _menu_revenue(problem, problem.case.response, groups, kind)
    apart = groups.total_of(problem.own_best)
    if not problem.shared_tariff:
        return apart
    if problem.spread > 1.0:
        return _spread_revenue(problem, groups)
    most = np.empty(len(groups))
    weight = np.cumsum(groups.count) * problem.ray_bound.shape[1] * problem.ray_bound.shape[2]
    chunk = problem.parameters.problem.entries_at_once
    cuts = np.searchsorted(weight, np.arange(chunk, weight[-1] if len(weight) else 0, chunk))
    for part in np.split(np.arange(len(groups)), cuts):
        mine = groups.take(part)
        together = problem.revenue_by_ray(mine)[mine.owner]
        most[part] = mine.least(allowed_revenue(problem.ray_bound[mine.town], together))
    return most if problem.ray_revenue.shape[1] == 1 else np.minimum(most, apart)


def _spread_revenue(problem: Problem, groups: GroupBatch) -> Floats:
    """Return what towns raise at prices that differ by a factor at most; exact at a given shape.

    Prices of town i are at most the spread times those of the tightest town k, so that they keep
    k's limits once divided by it: ``sum_i min(own best_i, spread * raised_i within k's limits)``.
    """
    rank = groups.least(problem.rank[groups.town].astype(np.float64)).astype(np.int64)
    first = rank[groups.owner]
    tight = np.argsort(problem.rank, kind="stable")[first]
    raised = allowed_revenue(problem.ray_bound[tight], problem.ray_revenue[groups.town])
    own = problem.own_best[groups.town]
    return groups.total(np.minimum(own, problem.spread * raised))


def _menu_revenue(problem: Problem, response: Response, groups: GroupBatch, kind: int) -> Floats:
    """Return what each group brings at the highest schedule that all its towns can afford."""
    if not problem.shared_tariff:
        return groups.total_of(response.own_net_year[:, kind])
    place = groups.least(response.place[groups.town].astype(np.float64)).astype(np.int64)
    best = np.full(len(groups), -np.inf)
    for s in range(place.shape[1]):
        at = np.maximum(place[:, s], 0)[groups.owner]
        total = groups.total(response.net_year[groups.town, s, at, kind])
        best = np.maximum(best, np.where(place[:, s] >= 0, total, -np.inf))
    return best


def money_bound(
    problem: Problem, groups: GroupBatch, requirement: Floats, *, kind: int = 0
) -> Floats:
    """Return a lower bound on the public money of each group; ``inf`` where none can help."""
    if problem.pooled:
        return np.zeros(len(groups))
    return _shortfall(problem, requirement, revenue_bound(problem, groups, kind=kind))


def offers(problem: Problem, groups: GroupBatch) -> tuple[Floats, Floats, Ints]:
    """Return requirement, lower bound on public money and best seat of each group.

    Of several kinds of operator models the one with the least value counts; the requirement is
    ``inf`` where no operator can serve the group.
    """
    best = _offers(problem, groups, 0)
    for kind in range(1, problem.case.kinds):
        other = _offers(problem, groups, kind)
        better = _value(problem, other) < _value(problem, best)
        best = (
            np.where(better, other[0], best[0]),
            np.where(better, other[1], best[1]),
            np.where(better, other[2], best[2]),
        )
    return best


def _offers(problem: Problem, groups: GroupBatch, kind: int) -> tuple[Floats, Floats, Ints]:
    seat, requirement = best_seats(problem, groups, kind=kind)
    money = np.zeros(len(groups))
    able = np.flatnonzero(np.isfinite(requirement))
    money[able] = money_bound(problem, groups.take(able), requirement[able], kind=kind)
    return requirement, money, seat


def _value(problem: Problem, offer: tuple[Floats, Floats, Ints]) -> Floats:
    with np.errstate(invalid="ignore"):
        value = offer[0] + (problem.money_price * offer[1] if problem.money_price else 0.0)
    return np.where(np.isfinite(offer[0]) & np.isfinite(offer[1]), value, np.inf)


def exact_money(problem: Problem, groups: GroupBatch, requirement: Floats) -> Floats:
    """Return the least public money of each group; ``inf`` where the policy allows none."""
    if money_is_exact(problem) or not len(groups):
        return money_bound(problem, groups, requirement)
    if not problem.supported:
        revenue = (problem.revenue_by_ray(groups) * _best_points(problem, groups)).sum(axis=1)
        return _shortfall(problem, requirement, revenue)
    money, left = np.zeros(len(groups)), np.arange(len(groups))
    if problem.spread_alone:
        left = np.flatnonzero(_levels_revenue(problem, groups) < requirement)
    some = groups.take(left)
    money[left] = programmed_money(problem.case, problem.price_rows, some, requirement[left])
    return money


def _levels_revenue(problem: Problem, groups: GroupBatch) -> Floats:
    """Return what towns raise at levels of one schedule, within their limits and the spread.

    The schedule is the best one common to the group. No more than they can raise: where it covers
    cost, no public money is needed, and no programme is.
    """
    points, space = _best_points(problem, groups), problem.case.space
    together = groups.total_of(problem.case.revenue_year)
    prices = expanded(space.own, points @ problem.rays, together)
    use = (problem.ray_cap[groups.town] * points[groups.owner][:, None, :]).sum(axis=2)
    with np.errstate(divide="ignore"):
        own = 1.0 / use.max(axis=1)
    level = np.minimum(own, problem.spread * groups.least(own)[groups.owner])
    level = np.where(np.isfinite(level), level, 0.0)
    each = (problem.case.revenue_year[groups.town] * prices[groups.owner]).sum(axis=1)
    return groups.total(level * each)


def values(problem: Problem, groups: GroupBatch) -> tuple[Floats, Floats, Ints]:
    """Return requirement, public money and best seat of groups, rules on one group included.

    The requirement is ``inf`` where no plan may use the group.
    """
    kept = keeps_rules(problem.rules, groups)
    seat, requirement = np.full(len(groups), -1), np.full(len(groups), np.inf)
    money = np.zeros(len(groups))
    where = np.flatnonzero(kept)
    if problem.case.kinds > 1:
        requirement[where], money[where], seat[where] = offers(problem, groups.take(where))
        requirement[~np.isfinite(money)] = np.inf
        money[~np.isfinite(money)] = 0.0
        return requirement, money, seat
    seat[where], requirement[where] = best_seats(problem, groups.take(where))
    where = np.flatnonzero(np.isfinite(requirement))
    money[where] = exact_money(problem, groups.take(where), requirement[where])
    requirement[~np.isfinite(money)] = np.inf
    money[~np.isfinite(money)] = 0.0
    return requirement, money, seat


def _shortfall(problem: Problem, requirement: Floats, revenue: Floats) -> Floats:
    """Return what revenue leaves open, with the tolerances of ``least_public_money``."""
    gap = np.maximum(0.0, requirement - revenue)
    gap = np.where(gap <= 1e-12 * np.maximum(1.0, requirement), 0.0, gap)
    if problem.subsidised:
        return gap
    return np.where(gap > 1e-9 * np.maximum(1.0, requirement), np.inf, 0.0)


def _best_points(problem: Problem, groups: GroupBatch) -> Floats:
    """Return the rays of the tariff that raises the most in each group, shape (g, rays)."""
    towns, caps, rays = problem.ray_cap.shape
    rows = problem.ray_cap.reshape(-1, rays)
    used = np.asarray((rows > 0).any(axis=1), dtype=np.bool_)
    best = np.zeros((len(groups), rays))
    order = np.argsort(groups.count, kind="stable")
    for part in np.array_split(
        order, max(1, -(-len(order) // problem.parameters.problem.programmes_at_once))
    ):
        mine = groups.take(part)
        table = mine.padded()
        listed = table[:, :, None] * caps + np.arange(caps)
        listed = np.where((table >= 0)[:, :, None] & used[listed % len(used)], listed, -1)
        revenue = problem.revenue_by_ray(mine)
        with np.errstate(divide="ignore"):
            box = mine.least(1.0 / problem.ray_cap[mine.town].max(axis=1))
        found = maximise_listed(
            revenue[:, None, :], rows, np.ones(len(rows)), _packed(listed, len(part)), box
        )
        best[part] = found.point
    del towns
    return best


def _packed(listed: Ints, count: int) -> Ints:
    """Return the rows of each programme without the gaps in the middle."""
    flat = np.sort(listed.reshape(count, -1), axis=1)[:, ::-1]
    longest = int((flat >= 0).sum(axis=1).max(initial=0))
    return np.ascontiguousarray(flat[:, :longest])
