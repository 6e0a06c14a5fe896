"""The core and the least core: shares that leave no coalition better off alone.

Shares x with ``x(N) = c(N)`` are in the *core* when no coalition pays more than its own cost. The
*least core* makes the margin of the worst-off coalition as large as it can be:

    epsilon = max over x of  min over S of  (c(S) - x(S)) / w(S),    S neither empty nor everybody

Epsilon here is what every coalition saves at least by staying; below zero the core is empty.
Maschler, Peleg and Shapley (1979) write the same number with the other sign, as a surcharge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias

import numpy as np
import pandas as pd

from optimizer.analysis.games.characteristic import (
    Cost,
    Game,
    GameError,
    P,
    members_of,
    player_list,
    share_series,
    tabulate,
)
from optimizer.analysis.games.lexicographic import TOLERANCE, Centre, Rows, centre
from optimizer.analysis.games.row_generation import Oracle, Seen, generated_centre
from optimizer.analysis.games.weights import Weight, check_weight, row_weights

__all__ = [
    "LeastCore",
    "Separate",
    "core_violations",
    "game_rows",
    "least_core",
    "tight_coalitions",
]

Separate: TypeAlias = Callable[["pd.Series[float]"], Iterable[frozenset[P]]]

_NAMES = {
    "equal": "least core",
    "per_capita": "least core per capita",
    "proportional": "least core proportional",
}


@dataclass(frozen=True, eq=False)
class LeastCore(Generic[P]):
    """Shares in the least core, and the coalitions that keep them from being better.

    Attributes
    ----------
    shares : Series indexed by player
        Money; adds up to the cost of all players.
    epsilon : float
        What every coalition saves at least by staying: money (``equal``), money per member
        (``per_capita``) or a fraction of its own cost (``proportional``). Below zero the core is
        empty. Infinite for a single player, who has nobody to leave.
    binding : tuple of frozenset
        The coalitions that save exactly epsilon in *every* point of the least core, small ones
        first.
    unique : bool
        Whether ``shares`` is the nucleolus (over the coalitions looked at). It is not where
        coalitions that cannot form leave a choice, nor where row generation stopped short of it.
    weight : {"equal", "per_capita", "proportional"}
    """

    shares: pd.Series[float]
    epsilon: float
    binding: tuple[frozenset[P], ...]
    unique: bool
    weight: Weight

    @property
    def core_is_empty(self) -> bool:
        """Whether no sharing keeps every coalition in."""
        scale = 1.0 if self.weight == "proportional" else float(self.shares.abs().max())
        return self.epsilon < -10 * TOLERANCE * scale


def least_core(
    cost: Cost[P],
    players: Iterable[P],
    *,
    weight: Weight = "equal",
    separate: Separate[P] | None = None,
) -> LeastCore[P]:
    """Return shares under which the worst-off coalition saves as much as possible.

    Parameters
    ----------
    cost : mapping or callable
        From a ``frozenset`` of players to money. It may be infinite where a coalition cannot
        form, but not for all players together.
    players : iterable of hashable
        At most 16 (every coalition is looked at), any number with ``separate``.
    weight : {"equal", "per_capita", "proportional"}
        What the saving of a coalition is measured by: nothing, its size, its cost. The last two
        are the weak and the proportional least core of Young, Okada and Hashimoto (1982).
    separate : callable, optional
        For large games (row generation). Given *prices*, a Series indexed by player, it returns
        one or more coalitions, neither empty nor all players, for which
        ``prices[S].sum() - cost(S)`` is as large as possible, whatever its sign; the prices are
        the shares, adapted to ``weight``. ``cost`` is then asked only for single players, for
        all players, and for what ``separate`` returns. The result is as exact as ``separate``;
        name the few worst coalitions rather than many, for each is one more row.

    Returns
    -------
    LeastCore
        Its shares are the nucleolus, so they do not depend on the path of the solver. With
        ``separate`` they are the nucleolus of the coalitions seen, or near it (``unique`` tells),
        and ``binding`` is drawn from the coalitions seen.

    Raises
    ------
    GameError
        If the game is too large, a cost is missing or not a number, epsilon is unbounded, or
        ``separate`` returns something that is not a proper coalition.

    Notes
    -----
    Any game may be given: with an empty core epsilon is below zero, and everybody must lose a
    little for the grouping to last. Sources: Maschler, Peleg, Shapley 1979; Young, Okada,
    Hashimoto 1982.

    Examples
    --------
    Two of three towns can share a plant for 6, alone each pays 5, together 8.

    >>> result = least_core(lambda S: {1: 5.0, 2: 6.0, 3: 8.0}[len(S)], ["A", "B", "C"])
    >>> result.shares.round(2).tolist(), round(result.epsilon, 2)
    ([2.67, 2.67, 2.67], 0.67)
    >>> [sorted(coalition) for coalition in result.binding]
    [['A', 'B'], ['A', 'C'], ['B', 'C']]
    """
    check_weight(weight)
    if separate is None:
        game = tabulate(cost, players, infinite=True)
        rows, scale = game_rows(game, weight)
        found, labels = centre(rows), game.players
    else:
        labels = player_list(players)
        seen = Seen.start(cost, labels)
        found = generated_centre(Oracle(seen, weight, separate))
        scale = seen.scale
    return LeastCore(
        shares=share_series(found.shares * scale, labels, _NAMES[weight]),
        epsilon=found.margin * (1.0 if weight == "proportional" else scale),
        binding=tight_coalitions(found, labels),
        unique=found.unique,
        weight=weight,
    )


def core_violations(cost: Cost[P], shares: pd.Series[float]) -> pd.DataFrame:
    """Return the coalitions that pay more under the shares than they would by themselves.

    Parameters
    ----------
    cost : mapping or callable
        As in :func:`least_core`, for at most 16 players.
    shares : Series indexed by player
        Money. They need not add up to the cost of all: the players together are a coalition
        too, listed when they pay more than their cost. Whether the shares *cover* the cost is
        not asked here.

    Returns
    -------
    DataFrame
        One row per coalition, the largest violation first: ``coalition`` (frozenset),
        ``player_count``, ``cost``, ``shares`` (their sum), ``violation`` (what the coalition
        would save by leaving, money). Empty when nobody would leave.

    Raises
    ------
    GameError
        If a share is not a finite number, a player is listed twice, or the players of the shares
        are not those of the mapping.

    Examples
    --------
    >>> cost = {frozenset("A"): 4, frozenset("B"): 3, frozenset("AB"): 6}
    >>> table = core_violations(cost, pd.Series({"A": 4.5, "B": 1.5}))
    >>> table[["player_count", "cost", "shares", "violation"]].values.tolist()
    [[1.0, 4.0, 4.5, 0.5]]
    """
    values = shares.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise GameError(f"shares that are not numbers: {shares[~np.isfinite(values)].to_dict()}")
    _check_players(cost, frozenset(shares.index))
    game: Game[P] = tabulate(cost, shares.index, infinite=True)
    members = members_of(len(game.players))
    paid = members @ values
    excess = paid - game.costs
    finite = game.costs[np.isfinite(game.costs)]
    masks = np.flatnonzero(excess > TOLERANCE * np.abs(finite).max())
    masks = masks[np.lexsort((masks, members[masks].sum(axis=1), -excess[masks]))]
    return pd.DataFrame(
        {
            "coalition": pd.Series([game.coalition(int(m)) for m in masks], dtype=object),
            "player_count": members[masks].sum(axis=1).astype(int),
            "cost": game.costs[masks],
            "shares": paid[masks],
            "violation": excess[masks],
        }
    )


def game_rows(game: Game[P], weight: Weight) -> tuple[Rows, float]:
    """Return the proper coalitions that can form, in units of the largest cost, and that unit."""
    proper = np.isfinite(game.costs)
    proper[[0, -1]] = False
    scale = float(np.abs(game.costs[np.isfinite(game.costs)]).max()) or 1.0
    members = members_of(len(game.players))[proper]
    costs = game.costs[proper] / scale
    weights = row_weights(weight, members, costs)
    return Rows(members, costs, weights, float(game.costs[-1]) / scale), scale


def tight_coalitions(found: Centre, players: tuple[P, ...]) -> tuple[frozenset[P], ...]:
    """Return the coalitions at the least margin, small ones first."""
    order = sorted(found.tight.tolist(), key=lambda row: (sum(row), [-inside for inside in row]))
    return tuple(
        frozenset(player for player, inside in zip(players, row, strict=True) if inside)
        for row in order
    )


def _check_players(cost: Cost[P], players: frozenset[P]) -> None:
    """Raise GameError when a mapping or a tabulated game has players without a share."""
    if isinstance(cost, Game):
        known = frozenset(cost.players)
    elif isinstance(cost, Mapping):
        known = frozenset().union(*cost)
    else:
        return
    if known != players:
        raise GameError(
            f"the shares are not those of the game's players: without a share "
            f"{sorted(map(str, known - players))}, unknown {sorted(map(str, players - known))}"
        )
