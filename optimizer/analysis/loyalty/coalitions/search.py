"""The coalitions of a large area that gain most by leaving, without looking at all of them.

First the coalitions met so far are improved one town at a time. Then the search of the column
engine lists all that could still beat the best of them (``coalitions.enumeration``); where
they are too many to be listed, one small mixed-integer programme is solved for each seat and
operator model. Either proves that nothing better was missed. This is the separation of a row
generation: the payments change from call to call, and the coalitions met are kept.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame, coalition_costs
from optimizer.analysis.loyalty.coalitions.enumeration import GroupSearch, group_search_of
from optimizer.analysis.loyalty.coalitions.leavers import SHOWN, TOLERANCE, Found, Search
from optimizer.analysis.loyalty.coalitions.programme import Branch, best_of_branch, branches_of
from optimizer.arrays import Bools, Floats

__all__ = ["Pool", "Separator", "separator_of"]

_IMPROVED = 3  # coalitions improved one town at a time
_STEPS = 40
_SECONDS = 2.0  # of one search among all coalitions


@dataclass(eq=False)
class Pool:
    """Coalitions met so far and what they cost; grows.

    Attributes
    ----------
    game : AreaGame
        The area's cost game.
    member : bool array of shape (g, towns), cost : array of shape (g,)
        Coalitions that can form.
    met : set of bytes
        All coalitions looked up, those that cannot form included.
    """

    game: AreaGame
    member: Bools
    cost: Floats
    met: set[bytes] = field(default_factory=set)

    def add(self, member: Bools) -> bool:
        """Look up new coalitions; return whether one of them can form."""
        new = []
        for k, row in enumerate(member):
            key = row.tobytes()
            if key not in self.met and 0 < row.sum() < len(row):
                self.met.add(key)
                new.append(k)
        if not new:
            return False
        game = self.game
        cost = coalition_costs(game.case, game.rules, game.towns, member[new], measure=game.measure)
        able = np.isfinite(cost)
        self.member = np.vstack([self.member, member[new][able]])
        self.cost = np.concatenate([self.cost, cost[able]])
        return bool(able.any())

    def gains(self, pays: Floats) -> Floats:
        """Return what each coalition would gain by leaving, shape (g,)."""
        return np.asarray(self.member @ pays - self.cost, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Separator(Search):
    """Searches the coalitions of a large area.

    Attributes
    ----------
    game : AreaGame
        The area's cost game.
    branches : tuple of Branch
        Seats and operator models.
    groups : GroupSearch
        Finds all coalitions that gain, where they are not too many.
    pool : Pool
        Coalitions met so far.
    until : float
        Clock (``time.perf_counter``) after which no programme is started; the bound is then that
        of the branches left over.
    """

    game: AreaGame
    branches: tuple[Branch, ...]
    groups: GroupSearch
    pool: Pool
    until: float = math.inf

    def within(self, share: float) -> Separator:
        """Return the same search with a share of the time left; the coalitions met are shared."""
        now = time.perf_counter()
        return replace(self, until=now + share * max(0.0, self.until - now))

    def most_gaining(
        self, pays_year: pd.Series[float], *, most: int = SHOWN, quick: bool = False
    ) -> Found:
        """Return coalitions with the largest gains and a bound; see :class:`Search`.

        The first is the best of all where ``bound`` says so; the others are the best of those
        met on the way.
        """
        pays = np.asarray(pays_year.loc[list(self.game.players)], dtype=np.float64)
        best = self._improve(pays)
        if quick and best > 0:
            return self._found(pays, most, math.inf)
        best, sure = self._all_that_gain(pays, best)
        if quick or sure <= best + TOLERANCE * abs(self.game.total_year):
            return self._found(pays, most, max(sure, best))
        limits = np.array([branch.most_gain(pays) for branch in self.branches])
        bound = best
        for k in np.argsort(-limits, kind="stable"):
            left = self.until - time.perf_counter()
            if limits[k] <= best:
                break
            if quick or left <= 0:
                bound = max(bound, float(limits[k]))
                break
            places, proven = best_of_branch(
                self.game, self.branches[k], pays, least=best, seconds=left
            )
            bound = max(bound, min(proven, float(limits[k])))
            if len(places):
                self.pool.add(np.isin(np.arange(len(pays)), places)[None, :])
                best = self._best(pays)
        return self._found(pays, most, max(min(bound, sure), best))

    def _all_that_gain(self, pays: Floats, best: float) -> tuple[float, float]:
        """Return the largest gain, and a bound on any gain, from the search among groups."""
        bound = math.inf
        until = min(self.until, time.perf_counter() + _SECONDS)

        def stop() -> bool:
            return time.perf_counter() > until

        for member, bound in self.groups.gaining(pays, best, stop=stop):
            self.pool.add(member)
            best = self._best(pays)
            if bound <= best or stop():
                break
        return best, bound

    def _best(self, pays: Floats) -> float:
        return float(self.pool.gains(pays).max(initial=-math.inf))

    def _found(self, pays: Floats, most: int, bound: float) -> Found:
        gains, member = self.pool.gains(pays), self.pool.member
        keys = [member[:, i] for i in range(member.shape[1])]
        order = np.lexsort((*keys, member.sum(axis=1), -gains))[:most]
        players = np.array(self.game.players, dtype=object)
        return Found(
            tuple(frozenset(players[member[k]].tolist()) for k in order),
            tuple(float(gains[k]) for k in order),
            bound,
        )

    def _improve(self, pays: Floats) -> float:
        """Improve the best coalitions one town at a time; return the largest gain."""
        best = self._best(pays)
        for _ in range(_STEPS):
            gains = self.pool.gains(pays)
            top = self.pool.member[np.argsort(-gains, kind="stable")[:_IMPROVED]]
            if not self.pool.add(_neighbours(top)):
                break
            before, best = best, self._best(pays)
            if best <= before + 1e-9 * abs(self.game.total_year):
                break
        return best


def _neighbours(member: Bools) -> Bools:
    """Return the coalitions with one town more or less."""
    count = member.shape[1]
    flipped = np.repeat(member, count, axis=0)
    flipped[np.arange(len(flipped)), np.tile(np.arange(count), len(member))] ^= True
    return flipped


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
    >>> from optimizer.tariffs.case import case_of
    >>> from optimizer.analysis.loyalty.coalitions.cost_game import area_game
    >>> game = area_game(case_of(op.read("instances/pair")), ["alba", "brisa"], 153000.0)
    >>> found = separator_of(game).most_gaining(pd.Series({"alba": 60000.0, "brisa": 93000.0}))
    >>> sorted(found.coalitions[0]), round(found.best), round(found.bound)
    (['brisa'], 3000, 3000)
    """
    count = len(game.players)
    pool = Pool(game, np.zeros((0, count), dtype=bool), np.zeros(0))
    pool.add(np.eye(count, dtype=bool))
    until = time.perf_counter() + seconds
    return Separator(game, tuple(branches_of(game)), group_search_of(game), pool, until)
