"""The characteristic function of a cost game, as an array over bit masks.

Coalition S of the players 0..n-1 is the integer ``sum(2**i for i in S)``: one cost per integer,
so that every method is array arithmetic instead of loops over sets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.errors import OptimizerError

__all__ = [
    "LARGEST_TABULATED",
    "Cost",
    "Game",
    "GameError",
    "P",
    "coalition_label",
    "cost_of",
    "members_of",
    "player_index",
    "player_list",
    "share_series",
    "tabulate",
]

P = TypeVar("P", bound=Hashable)
Cost: TypeAlias = Mapping[frozenset[P], float] | Callable[[frozenset[P]], float]

LARGEST_TABULATED = 16
"""Most players for which all coalitions (65,535) are tabulated."""

_SHOWN = 5


class GameError(OptimizerError):
    """A cost game, or shares of it, cannot be used; the text says why."""


@dataclass(frozen=True, eq=False)
class Game(Generic[P]):
    """A tabulated cost game; usable wherever a ``cost`` is expected.

    Attributes
    ----------
    players : tuple
        Labels of the n players; player i is bit i.
    costs : array of shape (2**n,)
        Cost of each coalition by bit mask, money; entry 0 (nobody) is 0. Infinite where a
        coalition cannot form.
    """

    players: tuple[P, ...]
    costs: Floats

    def __call__(self, coalition: frozenset[P]) -> float:
        """Return the cost of a coalition of players of this game."""
        unknown = coalition.difference(self.players)
        if unknown:
            raise GameError(f"not players of this game: {sorted(map(str, unknown))}")
        return float(self.costs[sum(1 << self.players.index(p) for p in coalition)])

    def coalition(self, mask: int) -> frozenset[P]:
        """Return the players of a bit mask."""
        return _coalition(self.players, mask)


def tabulate(cost: Cost[P], players: Iterable[P], *, infinite: bool = False) -> Game[P]:
    """Ask for the cost of every coalition once and return the game as an array.

    Parameters
    ----------
    cost : mapping or callable
        From a ``frozenset`` of players to a number. The empty set costs 0 and need not be there.
    players : iterable of hashable
        Distinct labels, at most 16.
    infinite : bool
        Whether an infinite cost ("this coalition cannot form") is allowed.

    Returns
    -------
    Game

    Raises
    ------
    GameError
        If there are no players, too many or repeated ones, or if a cost is missing or not a
        number; the text names the coalitions.

    Examples
    --------
    >>> game = tabulate(lambda coalition: 3 + len(coalition), ["A", "B"])
    >>> game.costs.tolist()
    [0.0, 4.0, 4.0, 5.0]
    >>> game(frozenset("AB"))
    5.0
    """
    labels = player_list(players)
    if len(labels) > LARGEST_TABULATED:
        raise GameError(
            f"{len(labels)} players have too many coalitions to go through: at most "
            f"{LARGEST_TABULATED}; beyond, use estimate_shapley, or least_core with `separate`"
        )
    if isinstance(cost, Game) and cost.players == labels:
        game = cost
    else:
        if isinstance(cost, Mapping) and cost.get(frozenset(), 0) != 0:
            raise GameError(f"nobody costs nothing: the empty set has {cost[frozenset()]!r}")
        costs, problems = np.zeros(1 << len(labels)), []
        for mask in range(1, len(costs)):
            try:
                costs[mask] = cost_of(cost, _coalition(labels, mask), labels, infinite=True)
            except GameError as error:
                problems.append(str(error))
        _raise_problems(problems)
        game = Game(players=labels, costs=costs)
    checked = len(game.costs) - 1 if infinite else 1
    masks = checked + np.flatnonzero(~np.isfinite(game.costs[checked:]))
    _raise_problems(
        [f"infinite cost: {coalition_label(game.coalition(int(m)), labels)}" for m in masks]
    )
    return game


def cost_of(
    cost: Cost[P], coalition: frozenset[P], players: tuple[P, ...], *, infinite: bool = False
) -> float:
    """Return the cost of one coalition, checked to be there and to be a number."""
    label = coalition_label(coalition, players)
    try:
        raw = cost[coalition] if isinstance(cost, Mapping) else cost(coalition)
    except KeyError as error:
        if not isinstance(cost, Mapping):
            raise
        raise GameError(f"no cost: {label} (keys are frozensets of players)") from error
    try:
        value = float(raw)
    except (TypeError, ValueError) as error:
        raise GameError(f"not a number: {label} costs {raw!r}") from error
    if math.isnan(value):
        raise GameError(f"not a number: {label} costs NaN")
    if math.isinf(value) and (value < 0 or not infinite):
        raise GameError(f"infinite cost: {label}")
    return value


def player_list(players: Iterable[P]) -> tuple[P, ...]:
    """Return the players as a tuple; raise GameError when there are none or repeated ones."""
    labels = tuple(players)
    if not labels:
        raise GameError("a game needs at least one player")
    seen: set[P] = set()
    for label in labels:
        if label in seen:
            raise GameError(f"player {label!r} is listed more than once")
        seen.add(label)
    return labels


def members_of(count: int) -> Floats:
    """Return the 0/1 matrix of shape (2**count, count): who belongs to which bit mask.

    >>> members_of(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    masks = np.arange(1 << count)
    return ((masks[:, None] >> np.arange(count)) & 1).astype(np.float64)


def coalition_label(coalition: frozenset[P], players: tuple[P, ...]) -> str:
    """Return a coalition as text, in the order of the players.

    >>> coalition_label(frozenset("BA"), ("A", "B", "C"))
    '{A, B}'
    """
    return "{" + ", ".join(str(player) for player in players if player in coalition) + "}"


def player_index(players: tuple[P, ...]) -> pd.Index:
    """Return the players as an index named ``player`` (tuples stay labels)."""
    return pd.Index(list(players), name="player", tupleize_cols=False)


def share_series(shares: Floats, players: tuple[P, ...], name: str) -> pd.Series[float]:
    """Return shares as a Series indexed by player."""
    return pd.Series(shares, index=player_index(players), name=name, dtype=float)


def _coalition(players: tuple[P, ...], mask: int) -> frozenset[P]:
    return frozenset(player for i, player in enumerate(players) if mask >> i & 1)


def _raise_problems(problems: list[str]) -> None:
    if problems:
        more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
        raise GameError("; ".join(problems[:_SHOWN]) + more)
