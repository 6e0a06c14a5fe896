"""What a group of towns would pay if it left its service area: the cost game of an area.

The players are the towns of one service area. A coalition that leaves is served under the same
rules as the plan (reach, zone, allowed and fixed seats, size of the operator, connected,
keep_together, keep_apart, affordability, subsidies), from its best seat and with its best operator
model. Its cost is, by measure:

================  =================================================================
``value``         requirement + lambda x (operating subsidy + household support):
                  the value of the group, as the plan's own objective counts it
``requirement``   the revenue requirement alone, whoever pays it
================  =================================================================

A coalition that no operator can serve, or whose cost no tariff can cover where the policy allows
no subsidy, costs infinitely much: it cannot leave. Where one tariff holds for the whole region,
those who leave set a tariff of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import numpy as np

from optimizer.analysis.games import LARGEST_TABULATED, Game
from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import PolicyError
from optimizer.solving.branch_and_price.problem.area_rules import OwnRules, keeps_rules, own_rules
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue, group_value, seat_requirement
from optimizer.tariffs.public_money import least_public_money
from optimizer.tariffs.revenue import best_revenue

__all__ = [
    "AreaGame",
    "Measure",
    "area_game",
    "check_measure",
    "coalition_costs",
    "leaving_case",
]

Measure: TypeAlias = Literal["value", "requirement"]

LARGEST_WITH_SUPPORT = 11
"""Most towns for which all coalitions are gone through where households are supported."""


def check_measure(measure: str) -> None:
    """Raise PolicyError when there is no such measure of cost."""
    if measure not in get_args(Measure):
        names = ", ".join(get_args(Measure))
        raise PolicyError(f"cost measure {measure!r} is unknown: use one of {names}")


def leaving_case(case: Case) -> Case:
    """Return the case under which coalitions leave: a tariff of their own, not the region's."""
    if case.instance.policy.tariff_scope != "region":
        return case
    return case.with_policy(case.instance.policy.replace(tariff_scope="service_area"))


def coalition_costs(
    case: Case, rules: OwnRules, towns: Ints, member: Bools, *, measure: Measure = "value"
) -> Floats:
    """Return what each of many coalitions costs with its best seat and operator model.

    Parameters
    ----------
    case : Case
        The instance as arrays; see :func:`leaving_case`.
    rules : OwnRules
        The planner's rules on one group.
    towns : int array of shape (k,)
        Positions of the towns from which the coalitions are drawn, rising.
    member : bool array of shape (g, k)
        Members of each coalition; none is empty.
    measure : {"value", "requirement"}
        What is counted as cost.

    Returns
    -------
    array of shape (g,)
        Money per year; ``inf`` where no operator may serve the coalition.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> case = case_of(op.read("instances/pair"))
    >>> every = np.array([[True, False], [False, True], [True, True]])
    >>> coalition_costs(case, own_rules(case), np.array([0, 1]), every).tolist()
    [120000.0, 90000.0, 153000.0]
    """
    requirement = _least_requirement(case, rules, towns, member)
    able = np.flatnonzero(np.isfinite(requirement))
    able = able[keeps_rules(rules, _groups(towns, member[able]))]
    cost = np.full(len(member), np.inf)
    if not len(able):
        return cost
    need, inside = requirement[able], member[able]
    money = _public_money(case, towns, inside, need)
    price = case.instance.policy.public_money_price if measure == "value" else 0.0
    payable = np.isfinite(money)
    cost[able[payable]] = need[payable] + price * money[payable]
    return cost


def _least_requirement(case: Case, rules: OwnRules, towns: Ints, member: Bools) -> Floats:
    """Return the least requirement of each coalition over its seats, ``inf`` where none fits."""
    least = np.full(len(member), np.inf)
    fixed = rules.fixed_seats[towns]
    for place, seat in enumerate(towns):
        reached, hours = case.reached_from(int(seat))
        near = np.isin(towns, reached)
        if not near[place]:
            continue
        others_fixed = member[:, fixed].sum(axis=1) - (member[:, place] if fixed[place] else 0)
        mine = np.flatnonzero(
            member[:, place] & ~member[:, ~near].any(axis=1) & (others_fixed == 0)
        )
        if not len(mine):
            continue
        served = towns[near]
        found = hours[np.searchsorted(reached, served)]
        need, _ = seat_requirement(case, int(seat), served, found, member[np.ix_(mine, near)])
        least[mine] = np.minimum(least[mine], need)
    return least


def _public_money(case: Case, towns: Ints, member: Bools, need: Floats) -> Floats:
    """Return the least public money of each coalition, money per year.

    Where households may be supported, each tariff is a programme of its own; it is skipped for
    coalitions that cover their cost without support.
    """
    policy = case.instance.policy
    money = np.zeros(len(member))
    asked = np.ones(len(member), dtype=bool)
    if policy.household_support_share > 0 and not policy.solidarity_balance:
        plain = case.with_policy(policy.replace(household_support_share=0.0))
        asked = best_revenue(plain, towns, member) < need
    if asked.any():
        inside, missing = member[asked], need[asked]
        best = best_revenue(case, towns, inside)
        found = least_public_money(case, towns, inside, requirement=missing, best=best)
        money[asked] = found.total_year
    return money


def _groups(towns: Ints, member: Bools) -> GroupBatch:
    where, column = np.nonzero(member)
    count = np.bincount(where, minlength=len(member))
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return GroupBatch(towns[column], start)


@dataclass(frozen=True, eq=False)
class AreaGame:
    """The cost game of one service area; callable on a ``frozenset`` of town keys.

    Attributes
    ----------
    case : Case
        The instance as arrays, as for coalitions that leave.
    rules : OwnRules
        The planner's rules on one group.
    towns : int array of shape (k,)
        Positions of the area's towns, rising.
    total_year : float
        What the area costs under the plan, money per year: the cost of all towns together.
    measure : {"value", "requirement"}
        What is counted as cost.
    known : dict of frozenset to float
        Costs looked up so far.
    """

    case: Case
    rules: OwnRules
    towns: Ints
    total_year: float
    measure: Measure
    known: dict[frozenset[str], float] = field(default_factory=dict)

    @cached_property
    def players(self) -> tuple[str, ...]:
        """Keys of the area's towns."""
        return tuple(str(self.case.reach.towns[int(t)]) for t in self.towns)

    @property
    def enumerable(self) -> bool:
        """Whether the area is small enough to go through all coalitions."""
        programmed = self.case.programmed
        return len(self.towns) <= (LARGEST_WITH_SUPPORT if programmed else LARGEST_TABULATED)

    def member(self, coalitions: Iterable[frozenset[str]]) -> Bools:
        """Return the members of coalitions, shape (coalitions, towns)."""
        players = self.players
        rows = [[player in group for player in players] for group in coalitions]
        return np.array(rows, dtype=bool).reshape(-1, len(self.towns))

    def own_costs(self, coalitions: list[frozenset[str]]) -> Floats:
        """Return what coalitions cost by themselves, all towns together included."""
        new = [group for group in dict.fromkeys(coalitions) if group not in self.known]
        if new:
            found = coalition_costs(
                self.case, self.rules, self.towns, self.member(new), measure=self.measure
            )
            self.known.update(zip(new, map(float, found), strict=True))
        return np.array([self.known[group] for group in coalitions])

    def __call__(self, coalition: frozenset[str]) -> float:
        """Return the cost of a coalition; that of all towns is what the area costs today."""
        if len(coalition) == len(self.towns):
            return self.total_year
        return float(self.own_costs([coalition])[0])

    def tabulated(self) -> Game[str]:
        """Return all costs as an array over bit masks; town i of ``players`` is bit i."""
        count = len(self.towns)
        masks = np.arange(1, 1 << count)
        member = ((masks[:, None] >> np.arange(count)) & 1).astype(bool)
        costs = coalition_costs(self.case, self.rules, self.towns, member, measure=self.measure)
        self.known[frozenset(self.players)] = float(costs[-1])
        costs[-1] = self.total_year
        return Game(self.players, np.concatenate([[0.0], costs]))

    def served(self, coalition: frozenset[str]) -> GroupValue:
        """Return how a coalition would be served: seat, operator model, money."""
        place = {player: int(t) for player, t in zip(self.players, self.towns, strict=True)}
        return group_value(self.case, [place[player] for player in coalition])


def area_game(
    case: Case, towns: Iterable[str], total_year: float, *, measure: Measure = "value"
) -> AreaGame:
    """Return the cost game of the area that holds these towns.

    Parameters
    ----------
    case : Case
        The instance as arrays, under the plan's policy.
    towns : iterable of str
        Keys of the area's towns.
    total_year : float
        What they pay together under the plan, money per year.
    measure : {"value", "requirement"}
        What is counted as cost.

    Raises
    ------
    PolicyError
        If there is no such measure.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> game = area_game(case_of(op.read("instances/pair")), ["alba", "brisa"], 153000.0)
    >>> game(frozenset(["brisa"])), game(frozenset(["alba", "brisa"]))
    (90000.0, 153000.0)
    """
    check_measure(measure)
    leaving = leaving_case(case)
    place = {str(town): k for k, town in enumerate(case.reach.towns)}
    positions = np.array(sorted(place[town] for town in towns), dtype=np.int64)
    return AreaGame(leaving, own_rules(leaving), positions, float(total_year), measure)
