"""Which coalitions would leave a service area: those that pay more now than they would outside.

Up to 16 towns every coalition is looked at. Beyond, coalitions are looked for: one small
mixed-integer programme for each seat and operator model that could still beat the best known
gain. Its bound proves that nothing better was missed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from optimizer.economics.demand import Floats
from optimizer.study.games import Game
from optimizer.study.leavers_cost import AreaGame
from optimizer.study.leavers_programme import Branch, best_of_branch, branches_of

__all__ = ["EveryCoalition", "Found", "Search", "Separator", "leavers_table", "separator_of"]

TOLERANCE = 1e-6
"""Part of the area's cost below which a gain is no reason to leave."""

SHOWN = 10
"""Coalitions listed per area."""


@dataclass(frozen=True)
class Found:
    """Coalitions that gain by leaving at given payments.

    Attributes
    ----------
    coalitions : tuple of frozenset of str
        The largest gain first.
    gains : tuple of float
        What each pays now less what it would cost by itself, money per year; may be negative.
    bound : float
        No coalition gains more, money per year.
    """

    coalitions: tuple[frozenset[str], ...]
    gains: tuple[float, ...]
    bound: float

    @property
    def best(self) -> float:
        """Largest gain found, ``-inf`` if no coalition can form."""
        return self.gains[0] if self.gains else -math.inf

    def proven(self, tolerance: float) -> bool:
        """Return whether no coalition gains more than the best found, to a tolerance."""
        return self.bound <= self.best + tolerance or self.bound <= tolerance


class Search:
    """Finds the coalitions of an area that gain most; the whole area is not one of them."""

    def most_gaining(self, pays_year: pd.Series[float], *, most: int = SHOWN) -> Found:
        """Return up to ``most`` coalitions with the largest gains.

        Parameters
        ----------
        pays_year : Series indexed by town
            What each town of the area pays, money per year.
        most : int
            How many coalitions to return at most.
        """
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class EveryCoalition(Search):
    """Looks at every coalition of a tabulated game."""

    game: Game[str]

    def most_gaining(self, pays_year: pd.Series[float], *, most: int = SHOWN) -> Found:
        """Return the ``most`` coalitions with the largest gains; see :class:`Search`."""
        pays = pays_year.loc[list(self.game.players)].to_numpy(dtype=float)
        paid = np.zeros(1)
        for amount in pays:
            paid = np.concatenate([paid, paid + amount])
        gains = (paid - self.game.costs)[1:-1]
        count = min(most, len(gains))
        first = np.argpartition(-gains, count - 1)[:count] if count else np.zeros(0, dtype=int)
        first = first[np.isfinite(gains[first])]
        first = first[np.lexsort((first, -gains[first]))]
        bound = float(gains.max()) if len(gains) else -math.inf
        return Found(
            tuple(self.game.coalition(int(k) + 1) for k in first),
            tuple(float(gains[k]) for k in first),
            bound,
        )


@dataclass(frozen=True, eq=False)
class Separator(Search):
    """Searches the coalitions of a large area, one seat and operator model after the other."""

    game: AreaGame
    branches: tuple[Branch, ...]
    seen: dict[frozenset[str], None] = field(default_factory=dict)

    def most_gaining(self, pays_year: pd.Series[float], *, most: int = SHOWN) -> Found:
        """Return coalitions with the largest gains and a bound; see :class:`Search`.

        The first is the best of all where ``bound`` says so; the others are the best of those
        met on the way.
        """
        players = list(self.game.players)
        pays = pays_year.loc[players].to_numpy(dtype=float)
        best = max(self._gains(pays).values(), default=-math.inf)
        limits = np.array([branch.most_gain(pays) for branch in self.branches])
        bound = best
        for k in np.argsort(-limits, kind="stable"):
            if limits[k] <= best:
                break
            places, proven = best_of_branch(self.game, self.branches[k], pays)
            bound = max(bound, min(proven, float(limits[k])))
            if len(places):
                self.seen[frozenset(players[p] for p in places)] = None
                best = max(self._gains(pays).values(), default=-math.inf)
        gains = self._gains(pays)
        order = sorted(gains, key=lambda group: (-gains[group], len(group), sorted(group)))[:most]
        return Found(tuple(order), tuple(gains[group] for group in order), max(bound, best))

    def _gains(self, pays: Floats) -> dict[frozenset[str], float]:
        """Return the gains of the coalitions seen that can form."""
        seen = list(self.seen)
        if not seen:
            return {}
        gains = self.game.member(seen) @ pays - self.game.own_costs(seen)
        return {group: float(g) for group, g in zip(seen, gains, strict=True) if np.isfinite(g)}


def separator_of(game: AreaGame) -> Separator:
    """Return the search of an area, starting from its single towns.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.economics.case import case_of
    >>> from optimizer.study.leavers_cost import area_game
    >>> game = area_game(case_of(op.read("instances/pair")), ["alba", "brisa"], 153000.0)
    >>> found = separator_of(game).most_gaining(pd.Series({"alba": 60000.0, "brisa": 93000.0}))
    >>> sorted(found.coalitions[0]), round(found.best), round(found.bound)
    (['brisa'], 3000, 3000)
    """
    alone = {frozenset([player]): None for player in game.players}
    return Separator(game, tuple(branches_of(game)), alone if len(alone) > 1 else {})


def leavers_table(
    game: AreaGame, pays_year: pd.Series[float], found: Iterable[frozenset[str]]
) -> pd.DataFrame:
    """Return the coalitions that would leave an area, the largest gain first.

    Parameters
    ----------
    game : AreaGame
        The area's cost game.
    pays_year : Series indexed by town
        What each town pays now, money per year.
    found : iterable of frozenset of str
        Coalitions to look at; all towns together too, as an area of their own.

    Returns
    -------
    DataFrame
        ``towns`` (their keys), ``town_count``, ``seat``, ``operator_model``, ``pays_year``,
        ``own_cost_year``, ``gain_year`` and ``gain_share`` (of what they pay).
    """
    groups = list(found)
    costs = game.own_costs(groups)
    order = list(game.players)
    rows = []
    for group, cost in zip(groups, costs, strict=True):
        pays = float(pays_year.loc[[p for p in order if p in group]].sum())
        if not pays - cost > TOLERANCE * abs(game.total_year):
            continue
        served = game.served(group)
        rows.append(
            {
                "towns": ", ".join(p for p in order if p in group),
                "town_count": len(group),
                "seat": str(game.case.reach.towns[served.seat]),
                "operator_model": game.case.cost.models[served.model],
                "pays_year": pays,
                "own_cost_year": float(cost),
                "gain_year": pays - float(cost),
                "gain_share": (pays - float(cost)) / pays,
            }
        )
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["gain_year", "town_count"], ascending=[False, True], kind="stable")


COLUMNS = [
    "towns",
    "town_count",
    "seat",
    "operator_model",
    "pays_year",
    "own_cost_year",
    "gain_year",
    "gain_share",
]
