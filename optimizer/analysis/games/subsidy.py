"""The smallest subsidy that leaves no coalition a reason to go.

Where the core is empty, everybody stays only if somebody from outside pays a part: the cost of
stability of Y. Bachrach et al., "The cost of stability in coalitional games", Symposium on
Algorithmic Game Theory, 2009.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic

import numpy as np
import pandas as pd

from optimizer.analysis.games.characteristic import (
    Cost,
    P,
    player_list,
    share_series,
    tabulate,
)
from optimizer.analysis.games.core import Separate, game_rows, tight_coalitions
from optimizer.analysis.games.lexicographic import TOLERANCE, Centre, Rows, centre, widest_margin
from optimizer.analysis.games.row_generation import (
    Oracle,
    Seen,
    generated_centre,
    kept_point,
    settle,
    settle_centre,
)
from optimizer.arrays import Floats

__all__ = ["StabilisingSubsidy", "stabilising_subsidy"]


@dataclass(frozen=True, eq=False)
class StabilisingSubsidy(Generic[P]):
    """The smallest subsidy that keeps everybody, and what is then left to pay.

    Attributes
    ----------
    subsidy : float
        Money from outside; 0 where the core is not empty.
    shares : Series indexed by player
        What each pays under the subsidy, money: the nucleolus of the game in which all players
        together cost that much less. A player receives the difference to what it pays today.
    binding : tuple of frozenset
        Where the subsidy is above 0: the coalitions that pay exactly their own cost under every
        such sharing; a smaller subsidy would lose one of them.
    """

    subsidy: float
    shares: pd.Series[float]
    binding: tuple[frozenset[P], ...]


def stabilising_subsidy(
    cost: Cost[P], players: Iterable[P], *, separate: Separate[P] | None = None
) -> StabilisingSubsidy[P]:
    """Return the smallest subsidy under which some sharing keeps every coalition.

    ``max x(N)  s.t.  x(S) <= c(S) for every coalition S``, all players included; the subsidy is
    ``c(N) - x(N)``.

    Parameters
    ----------
    cost, players, separate
        As in :func:`~optimizer.analysis.games.core.least_core`; the prices that ``separate`` is
        given are the shares.

    Returns
    -------
    StabilisingSubsidy

    Raises
    ------
    GameError
        As in :func:`~optimizer.analysis.games.core.least_core`.

    Examples
    --------
    Any two of three towns can share a plant for 6, all three need 10: nothing keeps them, but 1.

    >>> result = stabilising_subsidy(lambda S: {1: 6.0, 2: 6.0, 3: 10.0}[len(S)], "ABC")
    >>> round(result.subsidy, 6), result.shares.round(6).tolist()
    (1.0, [3.0, 3.0, 3.0])
    """
    if separate is None:
        game = tabulate(cost, players, infinite=True)
        rows, scale = game_rows(game, "equal")
        labels, paid = game.players, _most_paid(rows)[1]
        found = centre(replace(rows, total=paid))
    else:
        labels = player_list(players)
        seen = Seen.start(cost, labels)
        found, paid = _generated(seen, separate)
        rows, scale = seen.rows("equal"), seen.scale
    subsidy = max(rows.total - paid, 0.0)
    return StabilisingSubsidy(
        subsidy=subsidy * scale,
        shares=share_series(found.shares * scale, labels, "shares under the subsidy"),
        binding=tight_coalitions(found, labels) if subsidy > 0 else (),
    )


def _most_paid(rows: Rows) -> tuple[Floats, float]:
    """Return shares that keep every coalition and bring in as much as possible, and their sum.

    As a widest margin: one more player, the fund, pays what is missing, and the margin is what
    the fund saves against paying nothing. The rows of coalitions weigh nothing.
    """
    count = rows.members.shape[1]
    coalitions = np.vstack([rows.members, np.ones((1, count))])
    fund = np.append(np.zeros(count), 1.0)
    augmented = Rows(
        members=np.vstack([np.column_stack([coalitions, np.zeros(len(coalitions))]), fund]),
        cost=np.concatenate([rows.cost, [rows.total, 0.0]]),
        weight=np.append(np.zeros(len(coalitions)), 1.0),
        total=rows.total,
    )
    shares, margin = widest_margin(augmented)
    missing = -margin if -margin > TOLERANCE else 0.0
    return shares[:count], rows.total - missing


def _generated(seen: Seen[P], separate: Separate[P]) -> tuple[Centre, float]:
    """Return the centre under the smallest subsidy and what the players pay, with an oracle."""
    found = generated_centre(Oracle(seen, "equal", separate))
    total = seen.rows("equal").total
    if found.margin >= -TOLERANCE:
        return found, total
    oracle = Oracle(seen, "per_capita", separate)  # at margin 0 the weight plays no part

    def master() -> tuple[Floats, float]:
        return _most_paid(seen.rows("equal"))[0], 0.0

    start, margin = kept_point(oracle)
    shares, _ = settle(oracle, master, (start + min(margin, 0.0), 0.0))
    paid = float(shares.sum())
    return settle_centre(Oracle(seen, "equal", separate), shares, 0.0, total=paid), paid
