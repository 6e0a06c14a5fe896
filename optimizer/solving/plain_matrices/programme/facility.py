"""Problems without connectivity: bound by prices, plans on the way, fixing, a small programme."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from optimizer.arrays import Floats, Ints
from optimizer.solving.plain_matrices.areas.connected_plans import Planner, polish_areas
from optimizer.solving.plain_matrices.areas.load_columns import (
    climb_loads,
    few_towns_in_a_load,
    solve_by_loads,
)
from optimizer.solving.plain_matrices.bounds.branch import branch
from optimizer.solving.plain_matrices.bounds.knapsack import fractional_loads, free_loads
from optimizer.solving.plain_matrices.bounds.lagrange import (
    Ascent,
    Oracle,
    Relaxation,
    ascend,
    first_prices,
    relax,
    rule_out,
)
from optimizer.solving.plain_matrices.bounds.seats import branch_on_seats
from optimizer.solving.plain_matrices.bounds.whole import whole_loads, whole_units
from optimizer.solving.plain_matrices.problem.problem import Assignment, Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.exact import Cuts, Effort, close
from optimizer.solving.plain_matrices.programme.improve import interchange, nearest, place
from optimizer.solving.plain_matrices.programme.polish import polish, roomy

__all__ = ["CLIMBING", "Explorer", "finish", "solve_facilities"]

FIRST_MARGIN = 0.005
"""The first trial cutoff lies so far above the bound from prices; then 3, 7, 15 times as far."""

CORE = 0.4
CORE_SECONDS = 30.0
"""Part of the gap below which pairs are in the core, and how long plans are sought there."""

SMALL_MODEL = 2_100
SMALL_NODES = 10
"""Up to so many pairs the whole assignment model is tried first, up to so many nodes."""

SMALL = 150
CLIMBING = 0.5
"""Part of the time left that an ascent may take."""

PLANNING, FIRST_PLANNING = 0.1, 0.3
"""Part of the time left that one plan may take beside the ascent, once there is one and before."""

MOVES = 1_500
"""Moves of towns between areas that are looked at for a plan of connected areas."""

MOST_PAIRS = 400_000
"""With more pairs left no assignment model is made: building it alone would break the limits."""

POLISH = 60
"""Rounds of random changes of the open seats without progress before the programme starts, where
more than `SMALL` pairs are left."""

FEW_SEATS = 20
MANY_PAIRS = 20_000
"""Without load limits, branching on seats serves better for few seats or many pairs left; else
the programme does, whose relaxation is nearly whole."""


class Explorer:
    """Makes plans of relaxations now and then.

    Parameters
    ----------
    problem : Matrices
    progress : Progress
    every : int
        A plan is made in each such round where loads are limited. Where they are not, or areas are
        connected, plans take longer and are made in rounds `every`, twice that, four times that
        and so on.
    planner : Planner or None
        Makes the plans where areas must be connected.
    """

    def __init__(
        self, problem: Matrices, progress: Progress, every: int, planner: Planner | None
    ) -> None:
        self.problem, self.progress, self.every = problem, progress, every
        self.planner = planner
        self.end = math.inf
        self.round = 0
        self.tried: set[frozenset[int]] = set()

    def __call__(self, found: Relaxation) -> None:
        """Look at a relaxation; make a plan of it when it is its turn."""
        self.progress.raise_bound(found.bound)
        self.round += 1
        problem, opened = self.problem, found.opened
        if not problem.limited and problem.seat_town is None:
            self.progress.offer(nearest(problem, opened))
        key = frozenset(opened.tolist())
        turn = self.round / self.every
        quick = problem.limited and self.planner is None
        due = self.round == 1 or (turn.is_integer() and (quick or math.log2(turn).is_integer()))
        if not due or key in self.tried:
            return
        self.tried.add(key)
        self.progress.offer(self._plan(opened))

    def _plan(self, opened: Ints) -> Assignment | None:
        problem = self.problem
        first = self.progress.best is None
        share = FIRST_PLANNING if first else PLANNING
        self.end = self.progress.seconds + share * self.progress.left
        if first and problem.limited:
            opened = roomy(problem, opened)
        if self.planner is not None:
            return self.planner.place(opened, MOVES, self._late)
        if problem.limited:
            return self.place(opened)
        return nearest(problem, interchange(problem, opened, self._late))

    def _late(self) -> bool:
        return self.progress.later(self.end)

    def place(self, opened: Ints) -> Assignment | None:
        """Return a plan of open seats within their limits."""
        return place(self.problem, opened, self.problem.cost, self._late)


def solve_facilities(
    problem: Matrices,
    progress: Progress,
    effort: Effort,
    cuts: Cuts,
    planner: Planner | None = None,
) -> str:
    """Solve a problem, connected areas with the help of `cuts` and a planner, and say how."""
    if problem.graph is None and problem.allowed.sum() <= SMALL_MODEL:
        done = close(
            problem, progress, cuts, effort, seconds=0.25 * progress.left, most_nodes=SMALL_NODES
        )
        if done or progress.finished:
            return "whole assignment model"
    oracle: Oracle = fractional_loads if problem.limited else free_loads
    climbs = Ascent(rounds=300 if problem.limited else 600)
    explorer = Explorer(problem, progress, every=15, planner=planner)
    prices = first_prices(problem)
    problem, found = _tighten(problem, prices, oracle, effort=climbs, explorer=explorer)
    if whole_units(problem) and not progress.finished:
        oracle = whole_loads
        explorer.every = 5
        problem, found = _tighten(
            problem,
            found.price,
            oracle,
            effort=Ascent(rounds=120, step=0.5),
            explorer=explorer,
        )
        found = Relaxation(
            found.price,
            found.bound,
            whole_loads(problem, found.price, exact_forced=True),
            found.opened,
        )
    few = problem.most <= FEW_SEATS or problem.allowed.sum() > MANY_PAIRS
    if not problem.limited and problem.graph is None and few and not progress.finished:
        nodes = branch(problem, found.price, progress)
        progress.note(f"branch and bound: {nodes} nodes")
        return "town prices, interchange, branch and bound"
    pairs = int(problem.allowed.sum())
    if problem.limited and problem.graph is None and pairs > SMALL:
        explorer.end = math.inf
        polish(problem, progress, effort.seed, POLISH, explorer.place)
        progress.note("polished")
    elif planner is not None:
        polish_areas(planner, found.opened, progress)
    if oracle is whole_loads and problem.graph is None and math.isfinite(progress.objective):
        return _solve_whole(problem, found, progress, effort)
    finish(problem, found, progress, cuts, effort)
    return "prices, fixing, reduced assignment model"


def _solve_whole(problem: Matrices, found: Relaxation, progress: Progress, effort: Effort) -> str:
    """Close a problem whose loads are in whole units, and say how."""
    words = ""
    if few_towns_in_a_load(problem) and not progress.finished:
        found = climb_loads(problem, found.price, progress)
        sharp = whole_loads(problem, found.price, exact_forced=True)
        found = replace(found, loads=sharp)
        problem = rule_out(problem, found, progress.cutoff)
        progress.note(f"loads priced: bound {found.bound:.8g}, {problem.allowed.sum()} pairs")
        if not problem.allowed.any(axis=1).all():
            progress.raise_bound(progress.cutoff)
        if progress.finished or solve_by_loads(problem, found, progress, effort):
            return "loads priced as columns, choice among those below the cutoff"
        words = "loads priced as columns; "
    nodes = branch_on_seats(problem, found, progress, effort)
    progress.note(f"branch and bound on seats: {nodes} nodes")
    return words + "prices, fixing, branch and bound on seats"


def _tighten(
    problem: Matrices, price: Floats, oracle: Oracle, *, effort: Ascent, explorer: Explorer
) -> tuple[Matrices, Relaxation]:
    """Climb and rule out pairs in turn, while enough pairs go."""
    progress = explorer.progress
    late = partial(progress.later, progress.seconds + CLIMBING * progress.left)
    while True:
        explorer.problem = problem
        found = ascend(
            problem,
            price,
            oracle,
            effort,
            target=lambda: progress.objective,
            stop=late,
            seen=explorer,
        )
        if progress.finished:
            return problem, found
        before = int(problem.allowed.sum())
        if math.isfinite(progress.cutoff):
            narrowed = rule_out(problem, found, progress.cutoff)
            if not narrowed.allowed.any(axis=1).all():
                progress.raise_bound(progress.cutoff)
                return problem, found
            problem = narrowed
        after = int(problem.allowed.sum())
        progress.note(f"prices: bound {found.bound:.8g}, {before} pairs to {after}")
        if progress.finished or after > 0.7 * before:
            return problem, relax(problem, found.price, oracle)
        price, effort = found.price, Ascent(rounds=effort.rounds // 2, step=0.3)


def _too_large(problem: Matrices, progress: Progress) -> bool:
    """Say whether too many pairs are left for an assignment model, and note it."""
    pairs = int(problem.allowed.sum())
    if pairs > MOST_PAIRS:
        progress.note(f"{pairs} pairs are too many for the assignment model")
    return pairs > MOST_PAIRS


def _search_core(
    problem: Matrices, found: Relaxation, progress: Progress, cuts: Cuts, effort: Effort
) -> None:
    """Look for a better plan among the pairs that look best.

    Each pair of a good plan alone raises the bound by a small part of the gap, so that the pairs
    allowed below a part of it hold a better plan, mostly the best: Angelelli, Mansini and
    Speranza, "Kernel search", *Computers & Operations Research* 37, 2010.
    """
    gap = progress.cutoff - found.bound
    if problem.graph is not None or not problem.limited or not math.isfinite(gap):
        return
    reach = found.bound + CORE * gap
    core = rule_out(problem, found, reach)
    if reach <= progress.bound or not core.allowed.any(axis=1).all() or _too_large(core, progress):
        return
    progress.note(f"core below {reach:.8g}: {core.allowed.sum()} pairs")
    seconds = min(CORE_SECONDS, 0.25 * progress.left)
    close(core, progress, cuts, effort, reach=reach, seconds=seconds)


def finish(
    problem: Matrices, found: Relaxation, progress: Progress, cuts: Cuts, effort: Effort
) -> None:
    """Close by assignment models below rising cutoffs, the last of them the best plan's."""
    _search_core(problem, found, progress, cuts, effort)
    margin = FIRST_MARGIN
    while not progress.finished:
        trial = found.bound + margin * max(1e-6, abs(found.bound))
        if trial <= progress.bound:
            margin = 2 * margin + FIRST_MARGIN
            continue
        if progress.cutoff <= found.bound + 2.5 * (trial - found.bound):
            trial = progress.cutoff
        narrowed = rule_out(problem, found, trial)
        if narrowed.allowed.sum() > 0.8 * problem.allowed.sum():
            trial = progress.cutoff
            narrowed = rule_out(problem, found, trial)
        progress.note(
            f"below {trial:.8g}: {narrowed.openable.sum()} seats, {narrowed.fewest} to "
            f"{narrowed.most} open, {narrowed.allowed.sum()} pairs"
        )
        if not narrowed.allowed.any(axis=1).all():
            progress.raise_bound(trial)
        elif _too_large(narrowed, progress) or not close(
            narrowed, progress, cuts, effort, cutoff=trial
        ):
            return
        if trial == math.inf:
            return
        margin = 2 * margin + FIRST_MARGIN
