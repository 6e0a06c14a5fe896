"""How the cost of one service area could be shared among its towns, and what would last.

Every rule shares what the area costs under the plan. A sharing *lasts* (is in the core) when no
coalition pays more than it would by itself. Rules that need the cost of coalitions which cannot
form (no operator may serve them) are left empty, with the reason.

Sources: H. P. Young, N. Okada, T. Hashimoto, "Cost allocation in water resources development",
Water Resources Research 18(3), 1982; M. Giglio, R. Wrightington, "Methods for apportioning costs
among participants in regional systems", Water Resources Research 8(5), 1972.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from optimizer.analysis import games
from optimizer.analysis.games import GameError, Weight
from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame
from optimizer.analysis.loyalty.coalitions.leavers import TOLERANCE, Search

__all__ = ["RULES", "CostShares", "cost_shares"]

RULES = (
    "proportional_connections",
    "proportional_volume",
    "separable_costs_remaining_benefits",
    "shapley",
    "least_core",
    "nucleolus",
    "nucleolus_per_capita",
    "nucleolus_proportional",
)
"""Rules in the order in which they are shown."""

UNPROVEN = "not proven"

_ASKED = 5  # coalitions that the search names at a time


@dataclass(frozen=True, eq=False)
class CostShares:
    """Cost shares of one area by every rule.

    Attributes
    ----------
    shares : DataFrame
        Index town; one column ``<rule>_year`` per rule, money per year, and
        ``shapley_standard_error_year`` (0 where the value is exact).
    rules : DataFrame
        Index rule: ``in_core``, ``worst_gain_year`` (what the coalition that gains most would
        gain by leaving, money per year), ``worst_coalition``, ``note``.
    epsilon_year : float
        What every coalition saves at least by staying under the least core, money per year;
        negative where the core is empty, infinite for a town by itself.
    core_empty : bool or None
        Whether no sharing keeps everybody; ``None`` where a coalition may have been missed.
    """

    shares: pd.DataFrame
    rules: pd.DataFrame
    epsilon_year: float
    core_empty: bool | None


@dataclass(frozen=True, eq=False)
class _Shared:
    """Shares by one rule, or the reason why there are none."""

    shares: pd.Series[float] | None
    note: str = ""
    epsilon: float = math.nan


@dataclass(eq=False)
class _Oracle:
    """The search as the games ask for it; notes whether every answer was proven best."""

    search: Search
    tolerance: float
    proven: bool = field(default=True)

    def __call__(self, prices: pd.Series[float]) -> Iterable[frozenset[str]]:
        found = self.search.most_gaining(prices, most=_ASKED)
        self.proven &= found.bound <= found.best + self.tolerance
        return found.coalitions


def cost_shares(
    game: AreaGame,
    search: Search,
    cost: games.Cost[str],
    *,
    connections: pd.Series[float],
    volume: pd.Series[float],
    orders: int = 400,
    seed: int = 0,
) -> CostShares:
    """Return the cost shares of an area by every rule, and which of them last.

    Parameters
    ----------
    game : AreaGame
        The area's cost game.
    search : Search
        Finds the coalitions that gain most.
    cost : mapping or callable
        The same game as the methods ask it: tabulated, or ``game`` itself for a large area.
    connections, volume : Series indexed by town
        Connections, and water billed per month in m3.
    orders : int
        Random orders for the Shapley value where it is sampled (more than 16 towns).
    seed : int
        Seed of those orders.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> from optimizer.analysis.loyalty.coalitions.leavers import EveryCoalition
    >>> from optimizer.analysis.loyalty.coalitions.cost_game import area_game
    >>> game = area_game(case_of(op.read("instances/pair")), ["alba", "brisa"], 153000.0)
    >>> table = game.tabulated()
    >>> size = pd.Series({"alba": 1000.0, "brisa": 500.0})
    >>> found = cost_shares(game, EveryCoalition(table), table, connections=size, volume=size)
    >>> found.shares["shapley_year"].tolist()
    [91500.0, 61500.0]
    """
    asked = None if game.enumerable else search
    found = _by_rule(game, cost, asked, connections, volume, orders=orders, seed=seed)
    errors = found.pop("shapley_standard_error")
    players = pd.Index(list(game.players), name="town")
    shares = pd.DataFrame(
        {
            f"{rule}_year": np.nan if one.shares is None else one.shares.reindex(players)
            for rule, one in found.items()
        },
        index=players,
        dtype=float,
    )
    place = list(shares.columns).index("shapley_year") + 1
    error = errors.shares
    shares.insert(
        place, "shapley_standard_error_year", 0.0 if error is None else error.reindex(players)
    )
    epsilon = found["least_core"].epsilon
    empty = bool(epsilon < -TOLERANCE * abs(game.total_year))
    unsure = not empty and found["least_core"].note.startswith(UNPROVEN)
    return CostShares(
        shares=shares,
        rules=_rules(game, search, found),
        epsilon_year=epsilon,
        core_empty=None if unsure else empty,
    )


def _by_rule(
    game: AreaGame,
    cost: games.Cost[str],
    search: Search | None,
    connections: pd.Series[float],
    volume: pd.Series[float],
    *,
    orders: int,
    seed: int,
) -> dict[str, _Shared]:
    """Return the shares by rule, and the standard errors of the Shapley value."""
    players = game.players
    shapley, error = _shapley(cost, players, orders=orders, seed=seed)
    equal = _least_core(game, cost, search, "equal")
    nucleolus = equal if equal[1] else _no_nucleolus(equal[0])
    found = {
        "proportional_connections": _tried(
            lambda: games.proportional(cost, players, connections.loc[list(players)])
        ),
        "proportional_volume": _tried(
            lambda: games.proportional(cost, players, volume.loc[list(players)])
        ),
        "separable_costs_remaining_benefits": _tried(
            lambda: games.separable_costs_remaining_benefits(cost, players)
        ),
        "shapley": shapley,
        "shapley_standard_error": error,
        "least_core": equal[0],
        "nucleolus": nucleolus[0],
    }
    weights: tuple[tuple[str, Weight], ...] = (
        ("nucleolus_per_capita", "per_capita"),
        ("nucleolus_proportional", "proportional"),
    )
    for rule, weight in weights:
        one = _least_core(game, cost, search, weight)
        found[rule] = one[0] if one[1] else _no_nucleolus(one[0])[0]
    return found


def _tried(share: Callable[[], pd.Series[float]]) -> _Shared:
    try:
        return _Shared(share())
    except GameError as error:
        return _Shared(None, str(error))


def _shapley(
    cost: games.Cost[str], players: tuple[str, ...], *, orders: int, seed: int
) -> tuple[_Shared, _Shared]:
    """Return the Shapley value and its standard errors (none where it is exact)."""
    if len(players) <= games.LARGEST_TABULATED and isinstance(cost, games.Game):
        return _tried(lambda: games.shapley(cost, players)), _Shared(None)
    try:
        estimate = games.estimate_shapley(cost, players, samples=orders, seed=seed)
    except GameError as error:
        return _Shared(None, str(error)), _Shared(None)
    note = f"estimated from {estimate.samples} orders"
    return _Shared(estimate.shares, note), _Shared(estimate.standard_errors)


def _least_core(
    game: AreaGame, cost: games.Cost[str], search: Search | None, weight: Weight
) -> tuple[_Shared, bool]:
    """Return the least core with one weight, and whether its shares are the nucleolus."""
    oracle = None
    if search is not None:
        oracle = _Oracle(search.within(0.5), TOLERANCE * abs(game.total_year))
    try:
        found = games.least_core(cost, game.players, weight=weight, separate=oracle)
    except GameError as error:
        return _Shared(None, str(error)), False
    sure = oracle is None or oracle.proven
    note = "" if sure else f"{UNPROVEN}: a better coalition may have been missed"
    return _Shared(found.shares, note, found.epsilon), found.unique


def _no_nucleolus(least_core: _Shared) -> tuple[_Shared, bool]:
    note = least_core.note if least_core.shares is None else "the coalitions do not settle it"
    return _Shared(None, note), False


def _rules(game: AreaGame, search: Search, found: dict[str, _Shared]) -> pd.DataFrame:
    """Return, for every rule, whether its shares last and which coalition gains most."""
    rows = []
    for rule in RULES:
        one = found[rule]
        row: dict[str, object] = {"in_core": pd.NA, "worst_gain_year": math.nan}
        row |= {"worst_coalition": "", "note": one.note}
        if one.shares is not None:
            row |= lasting(game, search, one.shares)
        rows.append(row)
    table = pd.DataFrame(rows, index=pd.Index(RULES, name="rule"))
    return table.astype({"in_core": "boolean", "worst_gain_year": float})


def lasting(game: AreaGame, search: Search, shares: pd.Series[float]) -> dict[str, object]:
    """Return whether shares keep everybody, and the coalition that would gain most by leaving."""
    worst = search.most_gaining(shares, most=1)
    tolerance = TOLERANCE * abs(game.total_year)
    if not worst.coalitions:
        return {"in_core": True, "worst_gain_year": math.nan, "worst_coalition": ""}
    names = ", ".join(p for p in game.players if p in worst.coalitions[0])
    in_core = worst.best <= tolerance if worst.proven(tolerance) else pd.NA
    if worst.best > tolerance:
        in_core = False
    return {"in_core": in_core, "worst_gain_year": worst.best, "worst_coalition": names}
