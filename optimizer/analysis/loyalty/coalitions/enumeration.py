"""All coalitions of a large area that gain much by leaving, by the search of the column engine.

A coalition that gains is a group with a negative reduced cost at the prices that its towns pay, so
that the search among groups finds it, or proves that none was missed, mostly in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame
from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.bounding.core import within_groups
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.problem import Problem, make_problem

__all__ = ["GroupSearch", "group_search_of"]

MOST_STATES = (2_000, 20_000)
AT_ONCE = 400


@dataclass(frozen=True, eq=False)
class GroupSearch:
    """Searches the coalitions of one area.

    Attributes
    ----------
    problem : Problem
        The leaving case as the column engine sees it, with the pairs of the area only.
    towns : int array of shape (k,)
        Positions of the area's towns, rising.
    price : float
        Weight of public money in what a coalition costs.
    """

    problem: Problem
    towns: Ints
    price: float

    def gaining(
        self, pays: Floats, least: float, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[Bools, float]]:
        """Yield coalitions that may gain more than ``least``, the likeliest first, in batches.

        Parameters
        ----------
        pays : array of shape (k,)
            What each town pays, money per year.
        least : float
            Gain that is of no interest, money per year.
        stop : callable
            Asked often; what is left then has no bound.

        Yields
        ------
        tuple of bool array of shape (g, k) and float
            Members, and a bound: what was not yielded so far gains no more than that.
        """
        town = np.zeros(self.problem.towns)
        town[self.towns] = pays
        seats = self.towns[np.diff(self.problem.start)[self.towns] > 0]
        prices = Duals(town, 0.0, self.price)
        for most in MOST_STATES:
            threshold = np.full(len(seats), -least)
            found = search_seats(self.problem, seats, prices, threshold, most=most, stop=stop)
            missed = -float(found.complete_to.min(initial=np.inf))
            missed = missed if len(found.seats) == len(seats) else np.inf
            reduced = found.requirement + self.price * found.money - found.groups.total_of(town)
            order = np.argsort(reduced, kind="stable")
            for first in range(0, len(order), AT_ONCE):
                some = order[first : first + AT_ONCE]
                rest = order[first + AT_ONCE :]
                left = -float(reduced[rest[0]]) if len(rest) else least
                members = found.groups.take(some)
                member = np.zeros((len(some), len(self.towns)), dtype=bool)
                member[members.owner, np.searchsorted(self.towns, members.town)] = True
                yield member, max(left, missed, least)
            yield np.zeros((0, len(self.towns)), dtype=bool), max(missed, least)
            if missed <= least:
                return


def group_search_of(game: AreaGame) -> GroupSearch:
    """Return the search of an area's coalitions.

    Parameters
    ----------
    game : AreaGame
        The area's cost game.

    Examples
    --------
    Brisa pays 93,000 and alone 90,000:

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> from optimizer.analysis.loyalty.coalitions.cost_game import area_game
    >>> game = area_game(case_of(op.read("instances/pair")), ["alba", "brisa"], 153000.0)
    >>> member, bound = next(group_search_of(game).gaining(np.array([60000.0, 93000.0]), 0.0))
    >>> member.tolist(), bound
    ([[False, True]], 0.0)
    """
    problem = make_problem(game.case)
    label = np.full(problem.towns, -1)
    label[game.towns] = 0
    price = game.case.instance.policy.public_money_price if game.measure == "value" else 0.0
    return GroupSearch(within_groups(problem, label), game.towns, price)
