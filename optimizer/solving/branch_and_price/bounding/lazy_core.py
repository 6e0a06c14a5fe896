"""The rule ``core`` in the column engine: which groups may be used, judged as late as possible.

Judging a group needs its settled tariff and a search among its subsets, so columns are generated
without the rule; that is a relaxation, and its bound is true. A group is judged when a programme
uses it: in the master when it is solved, in a choice among areas, and before a plan is taken. A
group that breaks the rule is struck: its column is closed in the master, and it is left out of the
pool and of every later choice, which lifts the bound. A plan that holds such a group is repaired:
those who would leave become an area of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.solving.branch_and_price.bounding.core import CoreRule
from optimizer.solving.branch_and_price.problem.columns import Columns, join_columns, no_columns
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, Keys, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.ways import columns_of
from optimizer.solving.clock import Clock

if TYPE_CHECKING:
    from optimizer.solving.branch_and_price.bounding.column_generation import (
        ColumnGeneration,
    )
    from optimizer.solving.branch_and_price.master.choice import Choice
    from optimizer.solving.branch_and_price.problem.problem import Problem
    from optimizer.solving.branch_and_price.state.state import State
    from optimizer.solving.highs import HighsResult

__all__ = ["LazyCore", "choose_kept", "lazy_core_of"]

USED = 1e-6


@dataclass(eq=False)
class LazyCore:
    """Judges groups and strikes those that break the rule.

    Attributes
    ----------
    rule : CoreRule
        Judges single groups.
    keys : array of numbers
        Groups struck so far, as ``GroupBatch.keys``.
    """

    rule: CoreRule
    keys: Keys = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))

    @property
    def count(self) -> int:
        """Number of groups struck so far."""
        return len(self.keys)

    def struck(self, groups: GroupBatch) -> Bools:
        """Return which groups have been struck."""
        return np.asarray(np.isin(groups.keys(self.rule.problem.key), self.keys), dtype=np.bool_)

    def review(self, groups: GroupBatch) -> Bools:
        """Judge groups, strike those that break the rule, and return which keep it."""
        verdicts = self.rule.judge([groups.members(g).tolist() for g in range(len(groups))])
        broken = np.array([v.kept is False for v in verdicts], dtype=bool)
        if broken.any():
            new = groups.take(broken).keys(self.rule.problem.key)
            self.keys = np.union1d(self.keys, new)
        return np.array([v.kept is True for v in verdicts], dtype=bool)

    def strike_used(self, state: State, work: ColumnGeneration) -> bool:
        """Judge the groups that the master uses; return whether any of them was struck."""
        if work.point is None:
            return False
        groups, requirement = work.columns().groups, work.columns().requirement
        used = np.flatnonzero(work.point.share > USED)
        self.review(groups.take(used))
        gone = np.flatnonzero(self.struck(groups) & np.isfinite(requirement))
        requirement[gone] = np.inf
        work.master.close(gone)
        pool = work.pool
        pool.requirement[self.struck(pool.groups)] = np.inf
        return bool(np.isin(gone, used).any()) and not state.clock.stop

    def repaired(self, state: State, offer: Columns) -> Columns:
        """Return an offer with the areas that break the rule parted, as far as it is better.

        Parts of the region that the offer does not improve are left out, and so are parts in
        which towns cannot be served apart.
        """
        better = _better(state, offer)
        groups = better.groups
        kept = self.review(groups)
        if kept.all():
            return better
        pieces = [self.parted(groups.members(int(g))) for g in np.flatnonzero(~kept)]
        new = listed([piece for parted in pieces for piece in parted])
        plan = join_columns([better.take(kept), columns_of(state.problem, new)])
        if state.totals.couple and not state.totals.counted(plan):
            return no_columns(len(state.problem.totals))
        return plan

    def parted(self, members: Sequence[int] | Ints) -> list[Ints]:
        """Return areas that keep the rule and together hold the towns; nothing if there are none.

        Those who would leave become an area of their own, again and again.
        """
        waiting, done = [np.asarray(members, dtype=np.int64)], []
        while waiting:
            group = waiting.pop()
            verdict = self.rule.judge([group.tolist()])[0]
            if verdict.kept:
                done.append(group)
                continue
            split = self._split(group, np.array(verdict.leavers, dtype=np.int64))
            if not split:
                return []
            waiting += split
        return done

    def _split(self, group: Ints, leavers: Ints) -> list[Ints]:
        """Return leavers and the rest where both can be served, else single towns, else nothing."""
        rest = np.setdiff1d(group, leavers)
        single = [np.array([t]) for t in group]
        choices = [single]
        if len(leavers) and len(rest):
            choices = [[leavers, rest], [leavers, *(np.array([t]) for t in rest)], single]
        for choice in choices:
            requirement, _, _ = values(self.rule.problem, listed(choice))
            if len(choice) > 1 and np.isfinite(requirement).all():
                return [np.asarray(piece) for piece in choice]
        return []


def _better(state: State, offer: Columns) -> Columns:
    """Return the areas of the parts in which an offer is better than the best plan."""
    groups = offer.groups
    inside = state.part[groups.town[groups.start[:-1]]]
    value = offer.value(state.problem.money_price)
    total = np.bincount(inside, weights=value, minlength=state.parts)
    better = (total < state.value - 1e-12 * np.abs(total))[inside]
    return offer.take(better)


def lazy_core_of(problem: Problem, clock: Clock) -> LazyCore | None:
    """Return the judge of a case that promises ``core``, ``None`` for any other."""
    if not problem.case.instance.policy.core:
        return None
    return LazyCore(CoreRule(problem, lambda: clock.stop))


def choose_kept(
    lazy_core: LazyCore | None, choice: Choice, choose: Callable[[Choice], tuple[HighsResult, Ints]]
) -> tuple[HighsResult, Ints]:
    """Choose among areas, again without those that turn out to break the rule, until none does.

    Parameters
    ----------
    lazy_core : LazyCore or None
        ``None``: every choice will do.
    choice : Choice
        The areas; those of a plan that keeps the rule may come first, as a start.
    choose : callable
        Makes one choice.

    Returns
    -------
    tuple of HighsResult and int array
        The last result, whose bound holds for all areas that keep the rule, and the positions
        chosen; none of them, with the status ``time_limit``, where the rule was not settled.
    """
    left = np.arange(len(choice.groups))
    most = 1 if lazy_core is None else lazy_core.rule.problem.parameters.bounding.choices_most
    for _ in range(most):
        result, chosen = choose(_among(choice, left))
        chosen = left[chosen]
        if lazy_core is None or lazy_core.review(choice.groups.take(chosen)).all():
            return result, chosen
        kept = ~lazy_core.struck(choice.groups.take(left))
        if kept.all():
            break
        left = left[kept]
    return replace(result, status="time_limit"), chosen[:0]


def _among(choice: Choice, left: Ints) -> Choice:
    if len(left) == len(choice.groups):
        return choice
    return choice.take(left)
