"""Which coalitions would leave a service area: those that pay more now than they would outside.

Up to 16 towns every coalition is looked at; beyond, coalitions are looked for, see
:mod:`optimizer.analysis.loyalty.coalitions.search`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.analysis.games import Game
from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame

__all__ = ["EveryCoalition", "Found", "Search", "leavers_table"]

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

    def most_gaining(
        self, pays_year: pd.Series[float], *, most: int = SHOWN, quick: bool = False
    ) -> Found:
        """Return up to ``most`` coalitions with the largest gains.

        Parameters
        ----------
        pays_year : Series indexed by town
            What each town of the area pays, money per year.
        most : int
            How many coalitions to return at most.
        quick : bool
            Whether any large gain will do; nothing is then proven.
        """
        raise NotImplementedError

    def within(self, share: float) -> Search:  # noqa: ARG002 - for searches that take time
        """Return a search that may use this share of the time that is left."""
        return self


@dataclass(frozen=True, eq=False)
class EveryCoalition(Search):
    """Looks at every coalition of a tabulated game."""

    game: Game[str]

    def most_gaining(
        self,
        pays_year: pd.Series[float],
        *,
        most: int = SHOWN,
        quick: bool = False,  # noqa: ARG002 - it is quick enough
    ) -> Found:
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
