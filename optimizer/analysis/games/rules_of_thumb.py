"""Cost shares by simple arithmetic: in proportion, or separable costs and remaining benefits.

Both ask for few coalitions, so they serve any number of players. Neither looks at what other
coalitions could do: see :func:`optimizer.analysis.games.core_violations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from optimizer.analysis.games.characteristic import Cost, GameError, P, cost_of, player_list
from optimizer.analysis.games.characteristic import share_series as _series

__all__ = ["proportional", "separable_costs_remaining_benefits"]


def proportional(
    cost: Cost[P], players: Iterable[P], weights: Mapping[P, float] | pd.Series[float]
) -> pd.Series[float]:
    """Return the cost of all players shared in proportion to weights.

    Parameters
    ----------
    cost : mapping or callable
        Asked only for all players together.
    players : iterable of hashable
    weights : mapping or Series from player to number
        Connections, volume, population ...: one per player, none below zero, not all zero.

    Returns
    -------
    Series indexed by player
        Money; adds up to the cost of all players.

    Raises
    ------
    GameError
        If weights are missing, of unknown players, not numbers, negative, or all zero.

    Examples
    --------
    >>> proportional({frozenset("AB"): 90}, "AB", {"A": 1, "B": 2}).tolist()
    [30.0, 60.0]
    """
    labels = player_list(players)
    given = dict(weights.items())
    odd = [str(p) for p in given if p not in set(labels)]
    missing = [str(p) for p in labels if p not in given]
    if odd or missing:
        raise GameError(f"weights do not fit the players: missing {missing}, unknown {odd}")
    values = np.array([float(given[p]) for p in labels])
    if not np.isfinite(values).all() or values.min() < 0 or values.sum() <= 0:
        raise GameError(f"weights must be numbers, none below 0 and not all 0: {given}")
    total = cost_of(cost, frozenset(labels), labels)
    return _series(total * values / values.sum(), labels, "proportional")


def separable_costs_remaining_benefits(cost: Cost[P], players: Iterable[P]) -> pd.Series[float]:
    """Return what each player adds, plus a part of the rest in proportion to its benefit.

    Each pays its separable cost ``m_i = c(N) - c(N - i)``; what is left of c(N) is shared in
    proportion to the remaining benefits ``r_i = max(0, c(i) - m_i)``. (A player that adds more
    than it costs alone has no remaining benefit; this occurs where larger is not cheaper.)

    Parameters
    ----------
    cost : mapping or callable
        Asked for single players, all players, and all but one: 2n + 1 coalitions.
    players : iterable of hashable

    Returns
    -------
    Series indexed by player
        Money; adds up to the cost of all players.

    Raises
    ------
    GameError
        If something is left to share and nobody has a remaining benefit.

    Notes
    -----
    The rule of United States water agencies for multi-purpose projects since 1950; as in Young,
    Okada, Hashimoto 1982.

    Examples
    --------
    >>> cost = {frozenset("A"): 4, frozenset("B"): 3, frozenset("AB"): 6}
    >>> separable_costs_remaining_benefits(cost, "AB").tolist()
    [3.5, 2.5]
    """
    labels = player_list(players)
    everybody = frozenset(labels)
    total = cost_of(cost, everybody, labels)
    name = "separable costs-remaining benefits"
    if len(labels) == 1:
        return _series(np.array([total]), labels, name)
    alone = np.array([cost_of(cost, frozenset([p]), labels) for p in labels])
    separable = np.array([total - cost_of(cost, everybody - {p}, labels) for p in labels])
    rest = total - separable.sum()
    benefits = np.maximum(alone - separable, 0.0)
    scale = np.abs(alone).max() + abs(total)
    if benefits.sum() > 1e-12 * scale:
        return _series(separable + rest * benefits / benefits.sum(), labels, name)
    if abs(rest) > 1e-9 * scale:
        raise GameError(
            f"nobody has a remaining benefit in proportion to which to share {rest:g}: every "
            "player adds at least what it costs alone"
        )
    return _series(separable + rest / len(labels), labels, name)
