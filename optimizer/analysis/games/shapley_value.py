"""The Shapley value: what a player adds on average when players join in a random order.

Source: L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II,
1953; sampling: J. Castro, D. Gomez, J. Tejada, "Polynomial calculation of the Shapley value based
on sampling", Computers & Operations Research 36, 2009.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.analysis.games.characteristic import (
    LARGEST_TABULATED,
    Cost,
    Game,
    GameError,
    P,
    cost_of,
    members_of,
    player_list,
    share_series,
    tabulate,
)
from optimizer.arrays import Floats

__all__ = ["ShapleyEstimate", "estimate_shapley", "shapley"]


DEFAULT_SAMPLES = 2000
_LOG = logging.getLogger("optimizer")


@dataclass(frozen=True, eq=False)
class ShapleyEstimate:
    """A Shapley value from sampled orders, with error bars.

    Attributes
    ----------
    shares : Series indexed by player
        Money; adds up to the cost of all players exactly.
    standard_errors : Series indexed by player
        Standard error of each share, money: about 95 % of the true values lie within two.
    samples : int
        Number of orders drawn.
    """

    shares: pd.Series[float]
    standard_errors: pd.Series[float]
    samples: int


def shapley(
    cost: Cost[P], players: Iterable[P], *, samples: int | None = None, seed: int = 0
) -> pd.Series[float]:
    """Return the Shapley value: exact to 16 players, an estimate beyond.

    Parameters
    ----------
    cost : mapping or callable
        From a ``frozenset`` of players to money, finite everywhere.
    players : iterable of hashable
    samples : int, optional
        Estimate from this many random orders, whatever the number of players. By default 2,000
        orders beyond 16 players.
    seed : int
        Seed of the random orders.

    Returns
    -------
    Series indexed by player
        Money; adds up to the cost of all players. An estimate says so in the name of the Series
        and in the log; its error bars are in :func:`estimate_shapley`.

    Raises
    ------
    GameError
        If there are no players, or a cost is missing or not a finite number.

    Examples
    --------
    >>> need = {"A": 12, "B": 28, "C": 30}
    >>> shapley(lambda S: max(need[p] for p in S), need).round(9).tolist()
    [4.0, 12.0, 14.0]
    """
    labels = player_list(players)
    if samples is None and len(labels) <= LARGEST_TABULATED:
        return _exact(tabulate(cost, labels))
    count = DEFAULT_SAMPLES if samples is None else samples
    estimate = estimate_shapley(cost, labels, samples=count, seed=seed)
    _LOG.warning(
        "Shapley value of %d players estimated from %d orders, standard error up to %.3g",
        len(labels),
        estimate.samples,
        estimate.standard_errors.max(),
    )
    return estimate.shares


def estimate_shapley(
    cost: Cost[P], players: Iterable[P], *, samples: int = DEFAULT_SAMPLES, seed: int = 0
) -> ShapleyEstimate:
    """Return the Shapley value estimated from random orders, with error bars.

    Orders are drawn in pairs, one the reverse of the other: who comes early in one comes late in
    the other, which lowers the error where cost per player falls with size. The standard errors
    are those of the means of the pairs.

    Parameters
    ----------
    cost : mapping or callable
        Asked at most ``samples`` times n coalitions, each once.
    players : iterable of hashable
        Any number.
    samples : int
        Orders to draw, an even number of at least 4 (an odd one is rounded up).
    seed : int
        Same seed, same result.

    Returns
    -------
    ShapleyEstimate

    Raises
    ------
    GameError
        If fewer than 4 samples are asked for, or a cost is missing or not a finite number.

    Examples
    --------
    >>> need = {"A": 12, "B": 28, "C": 30}
    >>> guess = estimate_shapley(lambda S: max(need[p] for p in S), need, samples=400)
    >>> (guess.shares - [4, 12, 14]).abs().le(4 * guess.standard_errors).all(), guess.shares.sum()
    (np.True_, np.float64(30.0))
    """
    labels = player_list(players)
    if samples < 4:
        raise GameError(f"{samples} samples give no error bar: ask for at least 4")
    known: dict[frozenset[P], float] = {}
    random, pairs = np.random.default_rng(seed), (samples + 1) // 2
    draws = np.empty((pairs, len(labels)))
    for pair in range(pairs):
        order = random.permutation(len(labels))
        forward = _added(cost, labels, order, known)
        draws[pair] = (forward + _added(cost, labels, order[::-1], known)) / 2
    return ShapleyEstimate(
        shares=share_series(
            draws.mean(axis=0), labels, f"Shapley (estimate from {2 * pairs} orders)"
        ),
        standard_errors=share_series(
            draws.std(axis=0, ddof=1) / math.sqrt(pairs), labels, "standard error"
        ),
        samples=2 * pairs,
    )


def _exact(game: Game[P]) -> pd.Series[float]:
    """Return ``sum over S without i of s! (n - s - 1)! / n! (c(S + i) - c(S))`` for each i."""
    count = len(game.players)
    masks = np.arange(1 << count)
    sizes = members_of(count).sum(axis=1).astype(int)
    chance = np.array([1.0 / (count * math.comb(count - 1, s)) for s in range(count)])
    shares = np.empty(count)
    for i in range(count):
        without = masks[(masks >> i & 1) == 0]
        added = game.costs[without | 1 << i] - game.costs[without]
        shares[i] = chance[sizes[without]] @ added
    return share_series(shares, game.players, "Shapley")


def _added(
    cost: Cost[P],
    players: tuple[P, ...],
    order: npt.NDArray[np.int64],
    known: dict[frozenset[P], float],
) -> Floats:
    """Return what each player adds when they join in this order; remembers costs in ``known``."""
    added = np.empty(len(players))
    coalition: frozenset[P] = frozenset()
    before = 0.0
    for i in order:
        coalition = coalition | {players[i]}
        if coalition not in known:
            known[coalition] = cost_of(cost, coalition, players)
        added[i] = known[coalition] - before
        before = known[coalition]
    return added
