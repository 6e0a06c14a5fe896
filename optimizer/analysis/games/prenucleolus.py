"""The nucleolus: the one sharing that is fairest to the worst-off coalition, then to the next."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from optimizer.analysis.games.characteristic import Cost, GameError, P, share_series, tabulate
from optimizer.analysis.games.core import game_rows
from optimizer.analysis.games.lexicographic import centre
from optimizer.analysis.games.weights import Weight, check_weight

__all__ = ["nucleolus"]

_NAMES = {
    "equal": "nucleolus",
    "per_capita": "nucleolus per capita",
    "proportional": "nucleolus proportional",
}


def nucleolus(cost: Cost[P], players: Iterable[P], *, weight: Weight = "equal") -> pd.Series[float]:
    """Return the nucleolus, fully refined.

    The savings ``(c(S) - x(S)) / w(S)`` of all coalitions, sorted from the least, are made as
    large as possible in lexicographic order, over all shares with ``x(N) = c(N)``. Shares are not
    held below stand-alone costs (so this is the *pre*nucleolus): it always exists, is unique,
    lies in the least core, and is the nucleolus whenever the core is not empty.

    Parameters
    ----------
    cost : mapping or callable
        From a ``frozenset`` of players to money; infinite where a coalition cannot form.
    players : iterable of hashable
        At most 16.
    weight : {"equal", "per_capita", "proportional"}
        What the saving of a coalition is measured by: nothing, its size, its cost.

    Returns
    -------
    Series indexed by player
        Money; adds up to the cost of all players.

    Raises
    ------
    GameError
        If a cost is missing or not a number, or if coalitions that cannot form leave the shares
        undetermined.

    Notes
    -----
    One linear programme per stage, at most n - 1 of them; see
    :mod:`optimizer.analysis.games.lexicographic`. Printed values in the older literature often stop
    at the second programme. Sources: Schmeidler 1969; Maschler, Peleg, Shapley 1979; the weighted
    variants are in Young, Okada, Hashimoto 1982.

    Examples
    --------
    Three runway users who need 12, 28 and 30: the longer ones share what the short one spares.

    >>> need = {"A": 12, "B": 28, "C": 30}
    >>> nucleolus(lambda S: max(need[p] for p in S), need).round(6).tolist()
    [6.0, 11.0, 13.0]
    """
    check_weight(weight)
    game = tabulate(cost, players, infinite=True)
    rows, scale = game_rows(game, weight)
    found = centre(rows)
    if not found.unique:
        raise GameError(
            "the coalitions that can form leave the nucleolus undetermined: give a finite cost "
            "to more of them (single players are enough), or use least_core"
        )
    return share_series(found.shares * scale, game.players, _NAMES[weight])
