"""All groups of a seat whose reduced cost is small, by deciding one town after the other.

Each branch decides its towns in order of how much they matter. A partial decision carries three
additive bounds (``pricing.bounds``) and its connections; what cannot come
below the threshold, fit the operator model or keep the rules on one area
(``pricing.resources``) is dropped. One numpy operation takes one step of all
partial decisions of many seats. A seat that has more than ``most`` of them keeps those with the
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
    Branches,
    additive_bounds,
    branches,
    largest_weight,
)
from optimizer.solving.branch_and_price.pricing.compiled_search import (
    batch_share,
    search_fast,
    wants_fast,
)
from optimizer.solving.branch_and_price.pricing.dominance import comparable, dominated
from optimizer.solving.branch_and_price.pricing.labels import Lack, States, merge
from optimizer.solving.branch_and_price.pricing.neighbourhood import Neighbourhoods, neighbourhoods
from optimizer.solving.branch_and_price.pricing.pricing_result import (
    Found,
    finish,
    join_found,
    least_of_each,
)
from optimizer.solving.branch_and_price.pricing.resources import clashes, joined_states
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.problem import Land
from optimizer.solving.branch_and_price.problem.subset_rows import PairTable
from optimizer.solving.threads import in_threads

__all__ = ["search_seats"]


def search_seats(
    land: Land,
    seats: Ints,
    prices: Prices,
    threshold: Floats,
    *,
    most: int | Ints,
    compare: bool = False,
    stop: Callable[[], bool] = lambda: False,
    threads: int = 1,
) -> Found:
    """Return the groups of each seat with a reduced cost below its threshold.

    Parameters
    ----------
    seats : int array of shape (s,)
        Seats within their own reach.
    prices : Prices
        Dual prices at which reduced costs are taken.
    threshold : array of shape (s,)
        Reduced cost below which groups are wanted, money per year; may be ``inf``.
    most : int, or int array of shape (s,)
        Most groups and partial decisions kept per seat.
    compare : bool
        Whether partial decisions that another makes needless are dropped where there are too many:
        surer of the least reduced cost, but poorer in other groups.
    stop : callable
        Asked between batches of seats; what was not searched is missing from ``seats``.
    threads : int
        Batches of seats that compiled code searches side by side; the answer is the same.
    """
    width = land.start[seats + 1] - land.start[seats]
    each = np.broadcast_to(np.asarray(most, dtype=np.int64), seats.shape)
    quick = wants_fast(land, most, triples=len(prices.triples) > 0)
    search = search_fast if quick else _search
    order = np.argsort(width, kind="stable")
    size = width[order].astype(float) ** 2 * len(land.open) / land.parameters.pricing.cells_batch
    weight = np.cumsum(np.maximum(size, batch_share(land, each[order])) if quick else size)
    cuts = np.searchsorted(weight, np.arange(1.0, weight[-1] if len(weight) else 0.0))
    parts = [part for part in np.split(order, cuts) if len(part)]

    def searched(part: Ints) -> Found:
        if stop():
            return join_found([])
        limits = (threshold[part], each[part])
        return search(land, seats[part], prices, limits, compare=compare, stop=stop)

    largest_first = list(in_threads(searched, parts[::-1], threads if quick else 1))
    return join_found(largest_first[::-1])


def _search(
    land: Land,
    seats: Ints,
    prices: Prices,
    limits: tuple[Floats, Ints],
    *,
    compare: bool,
    stop: Callable[[], bool],
) -> Found:
    threshold, most = limits
    near = neighbourhoods(land, seats)
    rows = branches(land, near, prices)
    rows, omega, sigma, _ = additive_bounds(land, rows, prices, threshold[rows.place])
    pairs = near.triples(prices)
    states = _first_states(near, rows, pairs)
    able = np.zeros(len(rows.place), dtype=bool)
    if compare and land.rules.free:
        has_triples = np.asarray((pairs.price > 0).any(axis=(1, 2)), dtype=np.bool_)
        able = comparable(rows, sigma, has_triples)
    states, complete_to = _decide(
        land, near, rows, states, pairs, (omega, sigma), prices, threshold, most, able, stop
    )
    place = rows.place[states.branch]
    return finish(land, near, place, states.member, prices, (threshold, complete_to, most))


def _first_states(near: Neighbourhoods, rows: Branches, pairs: PairTable) -> States:
    """Return each branch with the towns that all its groups hold, and what their triples cost."""
    each = np.arange(len(rows.place))
    own = near.own[rows.place]
    member = np.zeros((len(each), near.real.shape[1] + 1), dtype=bool)
    member[each, rows.tight] = True
    rise = np.where(own == rows.tight, 0.0, pairs.rise(rows.place, own, member))
    member[each, own] = True
    rises = np.tile(rise[:, None], 3)
    extra = rows.extra_0.copy()
    return States(each, rises, rows.size_0.copy(), rows.gap_0.copy(), extra, member)


def _decide(  # noqa: PLR0917 - the inner loop's own state
    land: Land,
    near: Neighbourhoods,
    rows: Branches,
    states: States,
    pairs: PairTable,
    multipliers: tuple[Floats, Floats],
    prices: Prices,
    threshold: Floats,
    most: Ints,
    compare: Bools,
    stop: Callable[[], bool],
) -> tuple[States, Floats]:
    terms, fixed = _functionals(land, rows, multipliers, prices)
    order = np.argsort(np.where(rows.free, -np.abs(terms[:, 0]), np.inf), axis=1, kind="stable")
    left = np.take_along_axis(rows.size, order, axis=1)
    left = left[:, ::-1].cumsum(axis=1)[:, ::-1]
    lack = Lack(rows, order)
    steps = rows.free.sum(axis=1)
    states.bound += fixed + np.minimum(terms, 0.0).sum(axis=2)
    complete_to = threshold.copy()
    compared = np.zeros(len(steps), dtype=bool)
    undecided = rows.free.copy()
    states = states.take(joined_states(near, rows.place, states, undecided))
    states, complete_to = _shorten(rows, states, complete_to, most, lack, compare, compared)
    for step in range(int(steps.max(initial=0))):
        if stop():
            return states.take(np.zeros(0, dtype=np.int64)), np.full_like(threshold, -np.inf)
        going = steps[states.branch] > step
        done, open_ = states.take(~going), states.take(going)
        town = order[open_.branch, step]
        term = terms[open_.branch, :, town]
        undecided[np.arange(len(order)), order[:, step]] = False
        size = rows.size[open_.branch, town]
        able = ~clashes(near, rows.place[open_.branch], town, open_.member)
        rise = pairs.rise(rows.place[open_.branch], town, open_.member)
        with_town = States(
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
        children = children.take(joined_states(near, rows.place, children, undecided))
        states = merge(done, children)
        lack.step = step + 1
        states, complete_to = _shorten(rows, states, complete_to, most, lack, compare, compared)
    shortened = np.flatnonzero(compared[states.branch])
    np.minimum.at(
        complete_to, rows.place[states.branch[shortened]], states.bound[shortened].max(axis=1)
    )
    return states, complete_to


def _within_extra(rows: Branches, states: States, ahead: Floats) -> Bools:
    """Return which partial decisions may still keep the limits of resources but connections."""
    of = states.branch
    fits = states.extra <= rows.extra_most[of] * (1 + 1e-9)
    fits &= states.extra + ahead[of] >= rows.extra_least[of] * (1 - 1e-9)
    return np.asarray(fits.all(axis=1), dtype=np.bool_)


def _functionals(
    land: Land, rows: Branches, multipliers: tuple[Floats, Floats], prices: Prices
) -> tuple[Floats, Floats]:
    """Return the three additive bounds: terms of shape (r, 3, k) and constants (r, 3)."""
    omega, sigma = multipliers
    limit = np.where(sigma >= 0, np.minimum(rows.most, 1e15), rows.least)
    top = largest_weight(land, prices)
    best = rows.cost + omega[:, None] * rows.gap + sigma[:, None] * rows.size
    best_0 = rows.cost_0 + omega * rows.gap_0 + sigma * (rows.size_0 - limit)
    terms = np.stack([best, rows.cost, rows.cost + top * rows.gap], axis=1)
    fixed = np.stack([best_0, rows.cost_0, rows.cost_0 + top * rows.gap_0], axis=1)
    return terms, fixed


def _shorten(  # noqa: PLR0917 - the inner loop's own state
    rows: Branches,
    states: States,
    complete_to: Floats,
    most: Ints,
    lack: Lack,
    compare: Bools,
    compared: Bools,
) -> tuple[States, Floats]:
    """Where a seat has far more than ``most`` states, keep those with the least bound.

    Needless ones go first where a negative bound would be lost; their branches are noted in
    ``compared``.
    """
    place = rows.place[states.branch]
    if (np.bincount(place, minlength=len(most)) <= 1.5 * most).all():
        return states, complete_to
    bound = states.bound.max(axis=1)
    kept, lowered = least_of_each(place, bound, most, complete_to)
    lost = (lowered < complete_to) & (lowered < 0)
    some = np.flatnonzero(lost[place] & compare[states.branch])
    if not len(some):
        return states.take(kept), lowered
    gone = some[dominated(rows, lack.partial(states.take(some)))]
    compared[states.branch[gone]] = True
    stay = np.ones(len(place), dtype=bool)
    stay[gone] = False
    states = states.take(stay)
    kept, lowered = least_of_each(place[stay], bound[stay], most, complete_to)
    return states.take(kept), lowered
