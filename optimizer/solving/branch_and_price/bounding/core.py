"""Rule ``core``: no subset of an area's towns would do better by leaving it.

    sum_{i in T} pays_i(S) <= V(T)      every area S, every T within S that an operator may serve

``pays_i(S)`` is what town i pays under the settled tariff of S
(:mod:`optimizer.tariffs.payments`) and ``V(T)`` the value of T by itself, from its best seat and
with its best operator model under the same rules. Both depend on S alone, so the rule allows a
group or forbids it. A violation is a group T with a negative reduced cost at the duals
``pays_i(S)``, so that the search of the column engine finds it, or proves that there is none,
without going through all subsets.

Source: D. B. Gillies, Solutions to general non-zero-sum games (1959); H. P. Young, N. Okada and
T. Hashimoto, Cost allocation in water resources development (1982).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.pricing.pricing_result import PricingResult
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, listed
from optimizer.solving.branch_and_price.problem.group_value import (
    exact_money,
    money_is_exact,
    values,
)
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem
from optimizer.tariffs.case import Case
from optimizer.tariffs.payments import area_payments

__all__ = ["CORE_TOLERANCE", "CoreRule", "CoreVerdict", "core_rule", "within_groups"]

CORE_TOLERANCE = 1e-6
"""Part of an area's value below which a gain is no reason to leave."""


@dataclass(frozen=True)
class CoreVerdict:
    """Whether an area keeps the rule.

    Attributes
    ----------
    kept : bool or None
        ``None`` where that was not settled in time.
    leavers : tuple of int
        Positions of towns that gain by leaving; empty where none was found.
    gain_year : float
        What they gain, money per year; 0 where none was found.
    """

    kept: bool | None
    leavers: tuple[int, ...] = ()
    gain_year: float = 0.0


KEPT = CoreVerdict(kept=True)
OPEN = CoreVerdict(kept=None)


@dataclass(eq=False)
class CoreRule:
    """Judges areas and remembers what it found.

    Attributes
    ----------
    problem : Problem
        The case as the column engine sees it.
    stop : callable
        Asked between steps; what is not settled then stays open.
    known : dict of tuple of int to CoreVerdict
        Areas judged so far, by their towns.
    met : dict of int to dict of tuple of int to float
        Value of single towns and of those who would leave some area, by their first town: where
        they are members of another area too, they are asked first.
    """

    problem: Problem
    stop: Callable[[], bool]
    known: dict[tuple[int, ...], CoreVerdict] = field(default_factory=dict)
    met: dict[int, dict[tuple[int, ...], float]] = field(default_factory=dict)

    def judge(self, groups: Sequence[Sequence[int]]) -> list[CoreVerdict]:
        """Return the verdicts of groups that some operator can serve.

        Parameters
        ----------
        groups : sequence of sequences of int
            Positions of the towns of each group.

        Examples
        --------
        >>> import optimizer as op
        >>> rule = core_rule(op.case_of(op.read("instances/pair")))
        >>> [verdict.kept for verdict in rule.judge([[0], [0, 1]])]
        [True, True]
        """
        keys = [tuple(sorted(int(t) for t in group)) for group in groups]
        new = [key for key in dict.fromkeys(keys) if key not in self.known]
        self.known.update({key: KEPT for key in new if len(key) == 1})
        for batch in _disjoint([key for key in new if len(key) > 1]):
            self._judge_disjoint(batch)
        return [self.known.get(key, OPEN) for key in keys]

    def keeps(self, members: Sequence[int]) -> bool:
        """Return whether one group is known to keep the rule."""
        return self.judge([members])[0].kept is True

    def _judge_disjoint(self, groups: list[tuple[int, ...]]) -> None:
        """Judge groups that share no town, with one search for all of them."""
        asked = _Asked.of(self.problem, groups)
        left = np.ones(len(groups), dtype=bool)
        for g, members in enumerate(groups):
            verdict = self._ask_known(members, asked)
            if verdict is not None:
                self.known[members] = verdict
                left[g] = False
        for most in self.problem.parameters.bounding.core_lists:
            if self.stop() or not left.any():
                return
            found = asked.search(left, most, self.stop)
            for g, verdict in asked.verdicts(found, left, self.stop).items():
                if verdict.kept is not None:
                    self.known[groups[g]] = verdict
                    left[g] = False
                if verdict.leavers:
                    paid = float(asked.pays[list(verdict.leavers)].sum())
                    self._meet(verdict.leavers, paid - verdict.gain_year)

    def _meet(self, towns: tuple[int, ...], value: float) -> None:
        self.met.setdefault(towns[0], {})[towns] = value

    def _ask_known(self, members: tuple[int, ...], asked: _Asked) -> CoreVerdict | None:
        """Return a verdict where a single town, or towns met before, would leave."""
        self._meet_single(members)
        inside = set(members)
        best = CoreVerdict(kept=False)
        for first in members:
            for towns, value in self.met[first].items():
                if len(towns) < len(members) and inside.issuperset(towns):
                    gain = float(asked.pays[list(towns)].sum()) - value
                    if gain > best.gain_year:
                        best = CoreVerdict(kept=False, leavers=towns, gain_year=gain)
        return best if best.gain_year > asked.tolerance[asked.label[members[0]]] else None

    def _meet_single(self, members: tuple[int, ...]) -> None:
        new = [town for town in members if town not in self.met]
        requirement, money, _ = values(self.problem, listed([[town] for town in new]))
        for town, value in zip(new, requirement + self.problem.money_price * money, strict=True):
            self._meet((town,), float(value))


@dataclass(frozen=True, eq=False)
class _Asked:
    """Disjoint groups under their settled tariffs.

    Attributes
    ----------
    problem : Problem
        The case with only the pairs within one group.
    label : int array of shape (towns,)
        Group of each town, -1 for none.
    pays : array of shape (towns,)
        What each town pays, money per year.
    tolerance : array of shape (groups,)
        Gain that is no reason to leave, money per year.
    """

    problem: Problem
    label: Ints
    pays: Floats
    tolerance: Floats

    @classmethod
    def of(cls, problem: Problem, groups: list[tuple[int, ...]]) -> _Asked:
        """Settle the tariffs of the groups."""
        label, pays = np.full(problem.towns, -1), np.zeros(problem.towns)
        tolerance = np.zeros(len(groups))
        for g, members in enumerate(groups):
            where = np.array(members)
            label[where] = g
            pays[where] = area_payments(problem.case, where)
            tolerance[g] = CORE_TOLERANCE * abs(float(pays[where].sum()))
        return cls(within_groups(problem, label), label, pays, tolerance)

    def search(self, left: Bools, most: int, stop: Callable[[], bool]) -> PricingResult:
        """Return the subsets of the groups left that may gain more than the tolerance."""
        mine = self.label >= 0
        mine[mine] = left[self.label[mine]]
        seats = np.flatnonzero(mine & (np.diff(self.problem.start) > 0))
        duals = Duals(self.pays, 0.0, self.problem.money_price)
        threshold = -self.tolerance[self.label[seats]]
        return search_seats(self.problem, seats, duals, threshold, most=most, stop=stop)

    def verdicts(
        self, found: PricingResult, left: Bools, stop: Callable[[], bool]
    ) -> dict[int, CoreVerdict]:
        """Return what a search says about each group that is left."""
        owner = self.label[found.seat]
        complete = np.zeros(len(left), dtype=bool)
        asked = self.label[found.seats]
        complete[left] = True
        short = found.complete_to < -self.tolerance[asked]
        complete[asked[short]] = False
        searched = np.zeros(len(self.label), dtype=bool)
        searched[found.seats] = True
        missed = (self.label >= 0) & (np.diff(self.problem.start) > 0) & ~searched
        complete[self.label[missed]] = False
        verdicts = {}
        for g in np.flatnonzero(left):
            worst, all_seen = self._worst(found, np.flatnonzero(owner == g), int(g), stop)
            if worst is not None:
                verdicts[int(g)] = worst
            else:
                verdicts[int(g)] = KEPT if complete[g] and all_seen else OPEN
        return verdicts

    def _worst(
        self, found: PricingResult, mine: Ints, group: int, stop: Callable[[], bool]
    ) -> tuple[CoreVerdict | None, bool]:
        """Return the subset found that gains most, and whether all found were valued exactly."""
        problem = self.problem
        paid = found.groups.take(mine).total_of(self.pays)
        gain = paid - found.requirement[mine] - problem.money_price * found.money[mine]
        order = np.argsort(-gain, kind="stable")
        if money_is_exact(problem):
            return self._broken(found.groups.take(mine), gain, order[:1], group), True
        at_once = problem.parameters.bounding.core_at_once
        for first in range(0, len(order), at_once):
            if stop():
                return None, False
            some = order[first : first + at_once]
            subsets = found.groups.take(mine[some])
            money = exact_money(problem, subsets, found.requirement[mine[some]])
            exact = paid[some] - found.requirement[mine[some]]
            exact = np.where(np.isfinite(money), exact - problem.money_price * money, -np.inf)
            best = np.argsort(-exact, kind="stable")[:1]
            verdict = self._broken(subsets, exact, best, group)
            if verdict is not None:
                return verdict, True
        return None, True

    def _broken(
        self, subsets: GroupBatch, gain: Floats, best: Ints, group: int
    ) -> CoreVerdict | None:
        if not len(best) or not gain[best[0]] > self.tolerance[group]:
            return None
        leavers = tuple(int(t) for t in subsets.members(int(best[0])))
        return CoreVerdict(kept=False, leavers=leavers, gain_year=float(gain[best[0]]))


def within_groups(problem: Problem, label: Ints) -> Problem:
    """Return a case in which seats serve towns of their own group only; label -1 is in none."""
    seat = problem.pair_key // problem.towns
    keep = (label[seat] == label[problem.served]) & (label[seat] >= 0)
    seat = seat[keep]
    return replace(
        problem,
        start=np.searchsorted(seat, np.arange(problem.towns + 1)).astype(np.int64),
        served=problem.served[keep],
        pair_key=problem.pair_key[keep],
        serve=problem.serve[keep],
    )


def _disjoint(groups: list[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
    """Return the groups in batches within which no town is in two of them."""
    batches: list[tuple[set[int], list[tuple[int, ...]]]] = []
    for group in groups:
        for used, batch in batches:
            if used.isdisjoint(group):
                used.update(group)
                batch.append(group)
                break
        else:
            batches.append((set(group), [group]))
    return [batch for _, batch in batches]


def core_rule(case: Case, *, stop: Callable[[], bool] = lambda: False) -> CoreRule:
    """Return the rule ``core`` of a case.

    Parameters
    ----------
    case : Case
        The instance as arrays; its tariff scope is not ``region``, where what a town pays depends
        on the whole plan.
    stop : callable
        Asked between steps.
    """
    return CoreRule(make_problem(case), stop)
