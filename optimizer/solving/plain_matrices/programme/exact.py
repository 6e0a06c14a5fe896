"""Close a problem exactly: solve, look what the plan breaks, forbid that, solve again."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme.assignment import AssignmentModel, Cut
from optimizer.solving.plain_matrices.programme.separate import Separator, Surroundings, load_cuts
from optimizer.solving.plain_matrices.programme.solver import solve

__all__ = ["Cuts", "Effort", "close"]

MOST_FIRST_PAIRS = 10_000
"""Pairs up to which the solver gets separators to begin with."""

PAIR_SECONDS, CUT_SECONDS = 1e-5, 5e-5
"""What a pair and an inequality take until the solver has them, on a slow machine."""


@dataclass(frozen=True)
class Effort:
    """How the solver is run: `threads` and `seed` as in `group`."""

    threads: int | None
    seed: int


@dataclass
class Cuts:
    """Inequalities found so far, valid for every plan of the problem.

    Attributes
    ----------
    around : Surroundings or None
        Neighbourhoods, when areas must be connected.
    loads : set of Cut
    separators : set of Separator
    """

    around: Surroundings | None
    loads: set[Cut] = field(default_factory=set)
    separators: set[Separator] = field(default_factory=set)

    def all(self) -> list[Cut]:
        """Return every inequality, in a fixed order."""
        lines = sorted(self.separators, key=lambda s: (s.seat, s.town, s.blockers))
        return [line.cut() for line in lines] + sorted(self.loads, key=repr)

    def learn(self, model: AssignmentModel, values: Floats, progress: Progress) -> int:
        """Offer a solution as a plan or forbid what it breaks; return the new inequalities."""
        seat_of, opened = model.read(values)
        before = len(self.loads) + len(self.separators)
        problem = progress.problem
        self.loads.update(load_cuts(problem, seat_of, opened))
        if self.around is not None:
            self.separators.update(self.around.separators(seat_of))
        new = len(self.loads) + len(self.separators) - before
        if new == 0:
            progress.offer(problem.assignment(seat_of, opened))
        return new


def _first_cuts(problem: Matrices, cuts: Cuts, stop: Callable[[], bool]) -> list[Cut]:
    """Return the separators to begin with, none where there are too many pairs."""
    if cuts.around is None or problem.allowed.sum() > MOST_FIRST_PAIRS:
        return []
    return [line.cut() for line in Surroundings(problem).first(stop)]


def _building(problem: Matrices, first: list[Cut], cuts: Cuts) -> float:
    """Return about how many seconds it takes to make the model and to hand it over."""
    lines = len(first) + len(cuts.loads) + len(cuts.separators)
    return PAIR_SECONDS * int(problem.allowed.sum()) + CUT_SECONDS * lines


def close(
    problem: Matrices,
    progress: Progress,
    cuts: Cuts,
    effort: Effort,
    *,
    cutoff: float = math.inf,
    reach: float = math.inf,
    seconds: float = math.inf,
    most_nodes: int | None = None,
) -> bool:
    """Find the best plan of a problem below a cutoff, or prove that there is none.

    Parameters
    ----------
    problem : Matrices
        Some pairs may be missing that no plan below the cutoff uses, or below `reach`.
    progress : Progress
        Takes every plan found, and the bound.
    cuts : Cuts
    effort : Effort
    cutoff : float
        Only cheaper plans count.
    reach : float
        The problem holds all plans cheaper than this, perhaps not all below the cutoff: the bound
        rises no further.
    seconds : float
        Time limit, beside that of the whole computation.
    most_nodes : int or None
        Give up after so many nodes of a round.

    Returns
    -------
    bool
        Whether the search came to its end.
    """
    rounds = 0
    end = progress.seconds + seconds
    first = _first_cuts(problem, cuts, partial(progress.later, end))
    while not progress.finished:
        if progress.left < _building(problem, first, cuts):
            progress.note("too little time is left for an assignment model")
            return False
        rounds += 1
        target = min(cutoff, progress.cutoff)
        model = AssignmentModel.build(problem, cuts=first + cuts.all())
        start = None if progress.best is None else model.write(progress.best)
        found: list[int] = []

        def watch(
            values: Floats, _: float, model: AssignmentModel = model, found: list[int] = found
        ) -> bool:
            found.append(cuts.learn(model, values, progress))
            return False

        outcome = solve(
            model.program,
            seconds=min(progress.left, max(0.1, end - progress.seconds)),
            cutoff=target,
            start=start,
            threads=effort.threads,
            seed=effort.seed,
            interrupts=progress.interrupts,
            watch=watch,
            most_nodes=most_nodes,
        )
        new = sum(found)
        if outcome.values is not None:
            new += cuts.learn(model, outcome.values, progress)
        progress.raise_bound(min(outcome.bound, target, reach))
        progress.note(
            f"round {rounds}: {model.seats.size} seats, {model.towns_of.size} pairs, "
            f"{outcome.nodes} nodes, {new} new inequalities"
        )
        below = outcome.values is not None and model.program.cost @ outcome.values < target
        if outcome.complete and not below:
            progress.raise_bound(min(target, reach))
            return True
        if outcome.complete and new == 0:
            return True
        if not outcome.complete:
            return False
    return progress.proven
