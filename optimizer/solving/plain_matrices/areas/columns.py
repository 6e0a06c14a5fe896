"""Connected areas as columns: priced exactly, then all that a cheaper plan may hold are listed.

The linear programme over all connected areas has a far better bound than the assignment model,
for connectivity and load limits hold within every column. Mehrotra, Johnson and Nemhauser, "An
optimization based heuristic for political districting", *Management Science* 44, 1998. Its prices
leave few areas that a plan below a cutoff may hold; a choice among these is exact: Baldacci,
Hadjiconstantinou, Maniezzo and Mingozzi, "A new method for solving capacitated location problems
based on a set partitioning approach", *Computers & Operations Research* 29, 2002. The prices are
smoothed as by Wentges, *International Transactions in Operational Research* 4, 1997.
"""

from __future__ import annotations

import math
from contextlib import suppress
from functools import partial

import numpy as np
from scipy import sparse

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices.areas.areas import Areas
from optimizer.solving.plain_matrices.areas.choice import choose_from_pool
from optimizer.solving.plain_matrices.areas.connected import Growth, Priced, TooManyError
from optimizer.solving.plain_matrices.areas.master import Master, Prices
from optimizer.solving.plain_matrices.areas.partition import choose_areas
from optimizer.solving.plain_matrices.areas.pool import Pool
from optimizer.solving.plain_matrices.bounds.knapsack import choose
from optimizer.solving.plain_matrices.bounds.lagrange import value_limits
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.exact import Effort

__all__ = ["cheapest_seats", "solve_connected"]

SMOOTHING = 0.6
"""Weight of the best prices so far, beside those of the programme."""

ROUNDS = 1000
CLOSE = 1e-7
"""The bound meets the programme when they differ by less, relatively."""

MOST_STEPS = 100_000_000
MOST_PRICING_STEPS = 3_000_000
MOST_AREAS = 300_000
FIRST_STEP = 0.002
LAST_STEP = 0.5
"""The first trial cutoff lies so far above the bound from prices, relatively; beyond the last there
is no cutoff but that of the best plan."""

FEW_IN_PROGRAMME = 2_000
"""So many areas go to the solver as they are; more are cut and divided first."""

FEW_AREAS = 8_000
FAST = 8.0
SLOW = 2.5
"""Each further cutoff is to list so many times more areas: fast while they are few."""


def solve_connected(
    problem: Matrices, price: Floats, progress: Progress, effort: Effort, *, seconds: float
) -> None:
    """Solve a problem of connected areas, as far as their number allows.

    Parameters
    ----------
    problem : Matrices
        With neighbours and the towns of the seats, without useless pairs.
    price : array of float, shape (towns,)
        Prices to start from.
    progress : Progress
        Takes the plans found, and the bound. It is finished when the search came to its end.
    effort : Effort
    seconds : float
        Time limit for pricing and listing, beside that of the whole computation.
    """
    end = progress.seconds + seconds
    growth = Growth(problem, partial(progress.later, end))
    pricing = _Pricing(problem, growth, progress, price)
    try:
        _price(pricing)
        _choose_below(pricing, effort)
    except TooManyError:
        progress.note(f"too many areas, {growth.steps} steps")


def _choose_below(pricing: _Pricing, effort: Effort) -> None:
    """Choose among all areas below rising cutoffs, the last of them the best plan's."""
    problem, progress = pricing.problem, pricing.progress
    scale = max(abs(pricing.bound), float(problem.cost[problem.allowed].mean()))
    step, last, trial = FIRST_STEP * scale, 0, pricing.bound
    while not progress.finished:
        trial = max(trial, progress.bound) + step
        if trial > pricing.bound + LAST_STEP * scale or trial + 0.5 * step > progress.cutoff:
            trial = progress.cutoff
        limit = value_limits(problem, pricing.price, pricing.value, trial)
        found = pricing.growth.below(
            pricing.price, limit, most_steps=MOST_STEPS, most_areas=MOST_AREAS
        )
        areas = cheapest_seats(problem, found)
        progress.note(f"below {trial:.8g}: {areas.cost.size} areas")
        if areas.cost.size <= FEW_IN_PROGRAMME:
            done = choose_areas(problem, areas, progress, effort, cutoff=trial)
        else:
            reduced = areas.cost - areas.towns @ pricing.price
            pool = pool_of(areas)
            done = choose_from_pool(problem, pool, reduced, progress, effort, cutoff=trial)
        progress.note("chosen")
        if not done or trial == math.inf:
            return
        step *= _stretch(last, areas.cost.size)
        last = areas.cost.size


def _stretch(before: int, now: int) -> float:
    """Return by how much to lengthen a step that led from `before` areas to `now`.

    Areas multiply by about the same factor in every step of the same length.
    """
    if now <= before or before == 0:
        return 2.0 if now < FEW_AREAS else 1.0
    factor = FAST if now < FEW_AREAS else SLOW
    return float(np.clip(math.log(factor) / math.log(now / before), 0.25, 2.0))


def _price(pricing: _Pricing) -> None:
    """Climb over all connected areas; then, as far as it goes, over those with a divisible rest."""
    pricing.climb()
    steps = pricing.growth.steps
    pricing.progress.note(f"areas priced, {steps} steps")
    pricing.divide()
    with suppress(TooManyError):
        pricing.climb()
    pricing.progress.note(f"divisible areas priced, {pricing.growth.steps - steps} steps")


class _Pricing:
    """Finds the prices of the best bound over connected areas.

    Attributes
    ----------
    price, value : array of float
        Prices of the best bound; the smallest value of every seat at them.
    bound : float
    """

    def __init__(
        self, problem: Matrices, growth: Growth, progress: Progress, price: Floats
    ) -> None:
        self.problem, self.growth, self.progress = problem, growth, progress
        self.price, self.value = price, np.full(problem.seats, -np.inf)
        self.bound = -math.inf
        self.divisible = False
        dear = float(np.where(problem.allowed, problem.cost, 0.0).max(axis=1).sum())
        self.dearest = dear + float(np.maximum(problem.open_cost[problem.openable], 0.0).sum())
        self.penalty = float(np.abs(price).max()) + 1e-3 * self.dearest
        self.master = Master(problem, self.penalty)

    def climb(self) -> None:
        """Price until the bound meets the programme."""
        self._look(self.price)
        while not self.progress.finished:
            prices = self.master.solve(self.progress.left)
            close = CLOSE * max(1.0, abs(prices.objective))
            if self.bound > self.dearest:
                self.progress.raise_bound(math.inf)
                return
            if self.bound >= min(prices.objective, self.progress.cutoff) - close:
                if prices.feasible or self.bound >= self.progress.cutoff:
                    return
                self.master.raise_penalty()
                continue
            between = SMOOTHING * self.price + (1 - SMOOTHING) * prices.price
            if self._look(between, prices) > -close:
                self._look(prices.price, prices)

    def divide(self) -> None:
        """From now on, only areas count that leave a divisible rest."""
        kept = self.growth.divides(self.master.towns)
        seat, towns = self.master.seat[kept], self.master.towns[kept]
        self.master = Master(self.problem, self.penalty)
        self.master.add(seat, towns)
        self.divisible = True

    def _look(self, price: Floats, now: Prices | None = None) -> float:
        """Add cheap areas at some prices; return the smallest reduced cost at those of `now`."""
        known = self.master.cheapest(price)
        limit, found = self._cheapest(price, known)
        value = limit.copy()
        np.minimum.at(value, found.seat, found.value)
        opened = choose(value, self.problem.fewest, self.problem.most)
        bound = float(price.sum() + value[opened].sum())
        if bound > self.bound:
            self.price, self.value, self.bound = price, value, bound
            self.progress.raise_bound(bound)
        self.master.add(found.seat, found.towns)
        if now is None or found.seat.size == 0:
            return 0.0
        reduced = found.value + found.towns @ (price - now.price) - now.rent
        return float(reduced.min())

    def _cheapest(self, price: Floats, known: Floats) -> tuple[Floats, Priced]:
        """Return areas cheaper than those known, and the limits that they are below.

        Where too few seats have a known area, limits rise until enough have one: the growth takes
        long below loose limits.
        """
        useful = _useful(self.problem, known)
        if math.isfinite(useful):
            limit = np.minimum(known, useful)
            return limit, self._grow(price, limit)
        floor = np.sort(self.growth.floors(price))[self.problem.most - 1]
        step = 0.1 * float(np.abs(price).mean()) + 1e-6
        while True:
            loose = math.inf if step > 1e3 * np.abs(price).sum() else float(floor + step)
            limit = np.minimum(known, loose)
            found = self._grow(price, limit)
            have = np.union1d(found.seat, np.flatnonzero(known < loose))
            if math.isinf(loose) or have.size >= self.problem.most:
                return limit, found
            step *= 2.0

    def _grow(self, price: Floats, limit: Floats) -> Priced:
        return self.growth.cheapest(
            price, limit, divisible=self.divisible, most_steps=MOST_PRICING_STEPS
        )


def _useful(problem: Matrices, known: Floats) -> float:
    """Return the value from which on an area of another seat no longer matters to the bound."""
    ranked = np.sort(known)
    useful = float(ranked[problem.most - 1])
    if problem.fewest < problem.most:
        least = float(ranked[problem.fewest - 1]) if problem.fewest > 0 else 0.0
        useful = min(useful, max(0.0, least))
    return useful


def pool_of(areas: Areas) -> Pool:
    """Return areas as bit sets."""
    count, towns = areas.towns.shape
    words = np.zeros((count, (towns + 63) // 64), dtype=np.uint64)
    row = np.repeat(np.arange(count), np.diff(areas.towns.indptr))
    town = areas.towns.indices.astype(np.int64)
    bit = np.uint64(1) << (town % 64).astype(np.uint64)
    np.bitwise_or.at(words, (row, town // 64), bit)
    return Pool(areas.seat, words, areas.cost)


def cheapest_seats(problem: Matrices, found: Priced) -> Areas:
    """Keep each set of towns with the seat that serves it cheapest."""
    cost = found.value.copy()
    order = np.argsort(cost, kind="stable")
    packed = np.packbits(found.towns[order], axis=1)
    _, first = np.unique(packed, axis=0, return_index=True)
    kept = order[np.sort(first)]
    seat, towns = found.seat[kept], found.towns[kept]
    table = sparse.csr_array(towns.astype(np.float64))
    return Areas(table, seat, problem.area_costs(seat, towns))
