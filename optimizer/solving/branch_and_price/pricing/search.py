"""All groups of a seat whose reduced cost is small, by deciding one town after the other.

Each branch decides its towns in order of how much they matter. A label carries three
additive bounds (``pricing.bounds``) and its connections; what cannot come
below the threshold, fit the operator model or keep the rules on one area
(``pricing.resources``) is dropped. One numpy operation takes one step of all
labels of many seats. A seat that has more than ``most`` of them keeps those with the
least bound and *says so*: the least bound that was dropped is what the list is complete to.

Large regions and long lists are searched by compiled code instead
(``pricing.compiled_search``): several times faster, but it takes some twenty seconds
to compile once after installation, which a small region need not wait for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.pricing.bounds import (
    PricingBranches,
    additive_bounds,
    branches,
    largest_weight,
)
from optimizer.solving.branch_and_price.pricing.compiled_search import (
    batch_share,
    search_compiled,
    wants_compiled,
)
from optimizer.solving.branch_and_price.pricing.dominance import comparable, dominated
from optimizer.solving.branch_and_price.pricing.labels import Labels, Lack, merge
from optimizer.solving.branch_and_price.pricing.neighbourhood import Neighbourhoods, neighbourhoods
from optimizer.solving.branch_and_price.pricing.pricing_result import (
    PricingResult,
    finish,
    join_results,
    least_of_each,
)
from optimizer.solving.branch_and_price.pricing.resources import clashes, joined_labels
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.subset_rows import PairTable
from optimizer.solving.threads import in_threads

__all__ = ["search_seats"]


def search_seats(
    problem: Problem,
    seats: Ints,
    duals: Duals,
    threshold: Floats,
    *,
    most: int | Ints,
    compare: bool = False,
    stop: Callable[[], bool] = lambda: False,
    threads: int = 1,
) -> PricingResult:
    """Return the groups of each seat with a reduced cost below its threshold.

    Parameters
    ----------
    seats : int array of shape (s,)
        Seats within their own reach.
    duals : Duals
        Duals at which reduced costs are taken.
    threshold : array of shape (s,)
        Reduced cost below which groups are wanted, money per year; may be ``inf``.
    most : int, or int array of shape (s,)
        Most groups and labels kept per seat.
    compare : bool
        Whether labels that another makes needless are dropped where there are too many:
        surer of the least reduced cost, but poorer in other groups.
    stop : callable
        Asked between batches of seats; what was not searched is missing from ``seats``.
    threads : int
        Batches of seats that compiled code searches side by side; the answer is the same.
    """
    width = problem.start[seats + 1] - problem.start[seats]
    each = np.broadcast_to(np.asarray(most, dtype=np.int64), seats.shape)
    quick = wants_compiled(problem, most, subset_rows=len(duals.subset_rows) > 0)
    search = search_compiled if quick else _search
    order = np.argsort(width, kind="stable")
    size = (
        width[order].astype(float) ** 2 * len(problem.open) / problem.parameters.pricing.cells_batch
    )
    weight = np.cumsum(np.maximum(size, batch_share(problem, each[order])) if quick else size)
    cuts = np.searchsorted(weight, np.arange(1.0, weight[-1] if len(weight) else 0.0))
    parts = [part for part in np.split(order, cuts) if len(part)]

    def searched(part: Ints) -> PricingResult:
        if stop():
            return join_results([], len(problem.totals))
        limits = (threshold[part], each[part])
        return search(problem, seats[part], duals, limits, compare=compare, stop=stop)

    largest_first = list(in_threads(searched, parts[::-1], threads if quick else 1))
    return join_results(largest_first[::-1], len(problem.totals))


def _search(
    problem: Problem,
    seats: Ints,
    duals: Duals,
    limits: tuple[Floats, Ints],
    *,
    compare: bool,
    stop: Callable[[], bool],
) -> PricingResult:
    threshold, most = limits
    near = neighbourhoods(problem, seats)
    rows = branches(problem, near, duals)
    rows, omega, sigma, _ = additive_bounds(problem, rows, duals, threshold[rows.place])
    pairs = near.subset_rows(duals)
    labels = _first_states(near, rows, pairs)
    able = np.zeros(len(rows.place), dtype=bool)
    if compare and problem.rules.free:
        has_triples = np.asarray((pairs.price > 0).any(axis=(1, 2)), dtype=np.bool_)
        able = comparable(rows, sigma, has_triples)
    labels, complete_to = _decide(
        problem, near, rows, labels, pairs, (omega, sigma), duals, threshold, most, able, stop
    )
    place = rows.place[labels.branch]
    return finish(problem, near, place, labels.member, duals, (threshold, complete_to, most))


def _first_states(near: Neighbourhoods, rows: PricingBranches, pairs: PairTable) -> Labels:
    """Return each branch with the towns that all its groups hold, and their subset rows."""
    each = np.arange(len(rows.place))
    own = near.own[rows.place]
    member = np.zeros((len(each), near.real.shape[1] + 1), dtype=bool)
    member[each, rows.tight] = True
    rise = np.where(own == rows.tight, 0.0, pairs.rise(rows.place, own, member))
    member[each, own] = True
    rises = np.tile(rise[:, None], 3)
    extra = rows.extra_0.copy()
    return Labels(each, rises, rows.size_0.copy(), rows.gap_0.copy(), extra, member)


def _decide(  # noqa: PLR0917 - the inner loop's own state
    problem: Problem,
    near: Neighbourhoods,
    rows: PricingBranches,
    labels: Labels,
    pairs: PairTable,
    multipliers: tuple[Floats, Floats],
    duals: Duals,
    threshold: Floats,
    most: Ints,
    compare: Bools,
    stop: Callable[[], bool],
) -> tuple[Labels, Floats]:
    terms, fixed = _functionals(problem, rows, multipliers, duals)
    order = np.argsort(np.where(rows.free, -np.abs(terms[:, 0]), np.inf), axis=1, kind="stable")
    left = np.take_along_axis(rows.size, order, axis=1)
    left = left[:, ::-1].cumsum(axis=1)[:, ::-1]
    lack = Lack(rows, order)
    steps = rows.free.sum(axis=1)
    labels.bound += fixed + np.minimum(terms, 0.0).sum(axis=2)
    complete_to = threshold.copy()
    compared = np.zeros(len(steps), dtype=bool)
    undecided = rows.free.copy()
    labels = labels.take(joined_labels(near, rows.place, labels, undecided))
    labels, complete_to = _shorten(rows, labels, complete_to, most, lack, compare, compared)
    for step in range(int(steps.max(initial=0))):
        if stop():
            return labels.take(np.zeros(0, dtype=np.int64)), np.full_like(threshold, -np.inf)
        going = steps[labels.branch] > step
        done, open_ = labels.take(~going), labels.take(going)
        town = order[open_.branch, step]
        term = terms[open_.branch, :, town]
        undecided[np.arange(len(order)), order[:, step]] = False
        size = rows.size[open_.branch, town]
        able = ~clashes(near, rows.place[open_.branch], town, open_.member)
        rise = pairs.rise(rows.place[open_.branch], town, open_.member)
        with_town = Labels(
            open_.branch,
            open_.bound + np.maximum(term, 0.0) + rise[:, None],
            open_.size + size,
            open_.gap + rows.gap[open_.branch, town],
            open_.extra + rows.extra[open_.branch, town],
            open_.member.copy(),
        )
        with_town.member[np.arange(len(town)), town] = True
        open_.bound = open_.bound + np.maximum(-term, 0.0)
        after = left[:, step + 1] if step + 1 < left.shape[1] else np.zeros(len(left))
        children = merge(with_town.take(able), open_)
        limit = threshold[rows.place[children.branch]]
        fits = children.size <= rows.most[children.branch] * (1 + 1e-9)
        fits &= children.size + after[children.branch] >= rows.least[children.branch] * (1 - 1e-9)
        fits &= children.bound.max(axis=1) < limit
        fits &= _within_extra(rows, children, lack.extra_ahead[:, step + 1])
        children = children.take(fits)
        children = children.take(joined_labels(near, rows.place, children, undecided))
        labels = merge(done, children)
        lack.step = step + 1
        labels, complete_to = _shorten(rows, labels, complete_to, most, lack, compare, compared)
    shortened = np.flatnonzero(compared[labels.branch])
    np.minimum.at(
        complete_to, rows.place[labels.branch[shortened]], labels.bound[shortened].max(axis=1)
    )
    return labels, complete_to


def _within_extra(rows: PricingBranches, labels: Labels, ahead: Floats) -> Bools:
    """Return which labels may still keep the limits of resources but connections."""
    of = labels.branch
    fits = labels.extra <= rows.extra_most[of] * (1 + 1e-9)
    fits &= labels.extra + ahead[of] >= rows.extra_least[of] * (1 - 1e-9)
    return np.asarray(fits.all(axis=1), dtype=np.bool_)


def _functionals(
    problem: Problem, rows: PricingBranches, multipliers: tuple[Floats, Floats], duals: Duals
) -> tuple[Floats, Floats]:
    """Return the three additive bounds: terms of shape (r, 3, k) and constants (r, 3)."""
    omega, sigma = multipliers
    limit = np.where(sigma >= 0, np.minimum(rows.most, 1e15), rows.least)
    top = largest_weight(problem, duals)
    best = rows.cost + omega[:, None] * rows.gap + sigma[:, None] * rows.size
    best_0 = rows.cost_0 + omega * rows.gap_0 + sigma * (rows.size_0 - limit)
    terms = np.stack([best, rows.cost, rows.cost + top * rows.gap], axis=1)
    fixed = np.stack([best_0, rows.cost_0, rows.cost_0 + top * rows.gap_0], axis=1)
    return terms, fixed


def _shorten(  # noqa: PLR0917 - the inner loop's own state
    rows: PricingBranches,
    labels: Labels,
    complete_to: Floats,
    most: Ints,
    lack: Lack,
    compare: Bools,
    compared: Bools,
) -> tuple[Labels, Floats]:
    """Where a seat has far more than ``most`` states, keep those with the least bound.

    Needless ones go first where a negative bound would be lost; their branches are noted in
    ``compared``.
    """
    place = rows.place[labels.branch]
    if (np.bincount(place, minlength=len(most)) <= 1.5 * most).all():
        return labels, complete_to
    bound = labels.bound.max(axis=1)
    kept, lowered = least_of_each(place, bound, most, complete_to)
    lost = (lowered < complete_to) & (lowered < 0)
    some = np.flatnonzero(lost[place] & compare[labels.branch])
    if not len(some):
        return labels.take(kept), lowered
    gone = some[dominated(rows, lack.partial(labels.take(some)))]
    compared[labels.branch[gone]] = True
    stay = np.ones(len(place), dtype=bool)
    stay[gone] = False
    labels = labels.take(stay)
    kept, lowered = least_of_each(place[stay], bound[stay], most, complete_to)
    return labels.take(kept), lowered
