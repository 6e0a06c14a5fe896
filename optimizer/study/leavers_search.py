"""The coalitions of a large area that gain most by leaving, without looking at all of them.

First the coalitions met so far are improved one town at a time. Then one small mixed-integer
programme is solved for each seat and operator model that could still beat the best of them; its
bound proves that nothing better was missed. This is the separation of a row generation: the
payments change from call to call, and the coalitions met are kept.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from optimizer.economics.demand import Bools, Floats
from optimizer.study.leavers import SHOWN, Found, Search
from optimizer.study.leavers_cost import AreaGame
from optimizer.study.leavers_programme import Branch, best_of_branch, branches_of

__all__ = ["Separator", "separator_of"]

_IMPROVED = 3  # coalitions improved one town at a time
_STEPS = 40


@dataclass(frozen=True, eq=False)
class Separator(Search):
    """Searches the coalitions of a large area, one seat and operator model after the other.

    Attributes
    ----------
    game : AreaGame
        The area's cost game.
    branches : tuple of Branch
        Seats and operator models.
    until : float
        Clock (``time.perf_counter``) after which no programme is started; the bound is then that
        of the branches left over.
    seen : dict
        Coalitions met so far (an ordered set).
    """

    game: AreaGame
    branches: tuple[Branch, ...]
    until: float = math.inf
    seen: dict[frozenset[str], None] = field(default_factory=dict)

    def most_gaining(
        self, pays_year: pd.Series[float], *, most: int = SHOWN, quick: bool = False
    ) -> Found:
        """Return coalitions with the largest gains and a bound; see :class:`Search`.

        The first is the best of all where ``bound`` says so; the others are the best of those
        met on the way.
        """
        players = list(self.game.players)
        pays = np.asarray(pays_year.loc[players], dtype=np.float64)
        gains = self._improved(pays)
        limits = np.array([branch.most_gain(pays) for branch in self.branches])
        bound = best = max(gains.values(), default=-math.inf)
        for k in np.argsort(-limits, kind="stable"):
            left = self.until - time.perf_counter()
            if limits[k] <= best or quick or left <= 0:
                bound = max(bound, float(limits[k]))
                break
            places, proven = best_of_branch(self.game, self.branches[k], pays, seconds=left)
            bound = max(bound, min(proven, float(limits[k])))
            if len(places):
                self.seen[frozenset(players[p] for p in places)] = None
                gains = self._gains(pays)
                best = max(gains.values(), default=-math.inf)
        order = sorted(gains, key=lambda group: (-gains[group], len(group), sorted(group)))[:most]
        if bound <= best or not self.branches:
            bound = best
        return Found(tuple(order), tuple(gains[group] for group in order), bound)

    def _improved(self, pays: Floats) -> dict[frozenset[str], float]:
        """Return the gains of the coalitions seen, after improving the best of them."""
        gains = self._gains(pays)
        for _ in range(_STEPS):
            best = max(gains.values(), default=-math.inf)
            top = sorted(gains, key=lambda group: -gains[group])[:_IMPROVED]
            before = len(self.seen)
            for group in self._neighbours(self.game.member(top)):
                self.seen.setdefault(group, None)
            if len(self.seen) == before:
                break
            gains = self._gains(pays)
            if max(gains.values(), default=-math.inf) <= best + 1e-9 * abs(self.game.total_year):
                break
        return gains

    def _neighbours(self, member: Bools) -> list[frozenset[str]]:
        """Return the coalitions with one town more or less."""
        players = np.array(self.game.players, dtype=object)
        flipped = np.repeat(member, len(players), axis=0)
        flipped[np.arange(len(flipped)), np.tile(np.arange(len(players)), len(member))] ^= True
        size = flipped.sum(axis=1)
        kept = flipped[(size > 0) & (size < len(players))]
        return [frozenset(players[row].tolist()) for row in kept]

    def _gains(self, pays: Floats) -> dict[frozenset[str], float]:
        """Return the gains of the coalitions seen that can form."""
        seen = list(self.seen)
        if not seen:
            return {}
        gains = self.game.member(seen) @ pays - self.game.own_costs(seen)
        return {group: float(g) for group, g in zip(seen, gains, strict=True) if np.isfinite(g)}


def separator_of(game: AreaGame, *, seconds: float = math.inf) -> Separator:
    """Return the search of an area, starting from its single towns.

    Parameters
    ----------
    game : AreaGame
        The area's cost game.
    seconds : float
        Time from now after which nothing more is proven.

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
    return Separator(
        game,
        tuple(branches_of(game)),
        time.perf_counter() + seconds,
        alone if len(alone) > 1 else {},
    )
