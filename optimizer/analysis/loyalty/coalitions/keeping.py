"""What keeps everybody: the smallest subsidy and the smallest departures from one price.

Each town i pays ``x_i = pays_i + d_i - r_i``: what it pays now, a surcharge (or rebate, negative)
d_i, less a subsidy r_i from outside. In this order are made as small as possible

1. the subsidy ``sum r_i``,
2. the departures from one price ``sum |d_i|``,
3. the largest surcharge, rebate and subsidy relative to what a town pays (their sum),

so that no coalition pays more than by itself (``x(S) <= c(S)``, all towns together included), the
departures move no money out of or into the area (``sum d_i = 0``), every bill stays affordable and
nobody is paid for staying (``x_i >= 0``). Where some sharing keeps everybody within affordability
the subsidy is zero; else it is the cost of stability (Y. Bachrach et al., "The cost of stability
in coalitional games", 2009).

A surcharge of ``f_i = d_i / revenue_i`` multiplies every price of town i by ``1 + f_i``, so that
the tariff keeps its ladder and its share of fixed charges. Coalitions enter the programme as they
complain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame
from optimizer.analysis.loyalty.coalitions.leavers import TOLERANCE, Search
from optimizer.arrays import Floats
from optimizer.errors import OptimizerError

__all__ = ["Keeping", "keep_everybody"]

ROUNDS = 500
SLACK = 1e-9  # of the largest payment, between one goal and the next
_ASKED = 40


@dataclass(frozen=True, eq=False)
class Keeping:
    """What would keep every coalition in an area.

    Attributes
    ----------
    surcharge_year, subsidy_year : Series indexed by town
        Departure from one price (a rebate is negative) and subsidy, money per year.
    proven : bool
        Whether no coalition that would still leave can have been missed.
    """

    surcharge_year: pd.Series[float]
    subsidy_year: pd.Series[float]
    proven: bool


def keep_everybody(
    game: AreaGame,
    search: Search,
    pays_year: pd.Series[float],
    *,
    lowest: pd.Series[float],
    highest: pd.Series[float],
) -> Keeping:
    """Return the smallest subsidy, and then departures, under which nobody would leave.

    Parameters
    ----------
    game, search
        The area's cost game and the search for coalitions that complain.
    pays_year : Series indexed by town
        What each town pays now, money per year.
    lowest, highest : Series indexed by town
        Limits of the surcharge (``lowest`` at most 0, ``highest`` at least 0), money per year.
        Both zero: the tariff stays as it is, and only subsidies are paid.

    Examples
    --------
    Brisa pays 3,000 more than alone; Alba has room to pay them.

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> from optimizer.analysis.loyalty.coalitions.leavers import EveryCoalition
    >>> from optimizer.analysis.loyalty.coalitions.cost_game import area_game
    >>> game = area_game(case_of(op.read("instances/pair")), ["alba", "brisa"], 153000.0)
    >>> search = EveryCoalition(game.tabulated())
    >>> pays = pd.Series({"alba": 60000.0, "brisa": 93000.0})
    >>> kept = keep_everybody(game, search, pays, lowest=-pays, highest=pays)
    >>> kept.surcharge_year.round().tolist(), float(kept.subsidy_year.sum())
    ([3000.0, -3000.0], 0.0)
    >>> as_set = keep_everybody(game, search, pays, lowest=pays * 0, highest=pays * 0)
    >>> as_set.subsidy_year.round().tolist()
    [0.0, 3000.0]
    """
    players = list(game.players)
    pays = np.asarray(pays_year.loc[players], dtype=np.float64)
    scale = max(float(np.abs(pays).max()), 1e-300)
    low = np.asarray(lowest.loc[players], dtype=np.float64) / scale
    high = np.asarray(highest.loc[players], dtype=np.float64) / scale
    rows, costs = _whole_area(game, scale)
    tolerance = TOLERANCE * abs(game.total_year)
    for _ in range(ROUNDS):
        departure, subsidy = _least(pays / scale, low, high, rows, costs)
        left = pd.Series(pays + (departure - subsidy) * scale, index=players)
        found = search.most_gaining(left, most=_ASKED, quick=True)
        if found.best <= tolerance:
            found = search.most_gaining(left, most=_ASKED)
        new = [g for g, gain in zip(found.coalitions, found.gains, strict=True) if gain > tolerance]
        if not new:
            return Keeping(
                pd.Series(departure * scale, index=players),
                pd.Series(subsidy * scale, index=players),
                found.proven(tolerance),
            )
        rows = np.vstack([rows, game.member(new).astype(float)])
        costs = np.concatenate([costs, game.own_costs(new) / scale])
    raise OptimizerError(f"coalitions went on complaining after {ROUNDS} rounds")


def _whole_area(game: AreaGame, scale: float) -> tuple[Floats, Floats]:
    """Return the row of all towns together, where they can be an area of their own."""
    own = float(game.own_costs([frozenset(game.players)])[0])
    count = len(game.players)
    if not np.isfinite(own):
        return np.zeros((0, count)), np.zeros(0)
    return np.ones((1, count)), np.array([own / scale])


def _least(
    pays: Floats, low: Floats, high: Floats, rows: Floats, costs: Floats
) -> tuple[Floats, Floats]:
    """Return departures and subsidies; columns are d+, d-, r and the largest of each."""
    count = len(pays)
    unit = np.eye(count)
    size = np.maximum(np.abs(pays), 1e-9)[:, None]
    upper = [
        np.hstack([rows, -rows, -rows, np.zeros((len(rows), 3))]),
        np.hstack([-unit, unit, unit, np.zeros((count, 3))]),
        np.hstack([np.eye(3 * count), -np.kron(np.eye(3), size)]),
    ]
    limits = [costs - rows @ pays, pays, np.zeros(3 * count)]
    matrix, limit = np.vstack(upper), np.concatenate(limits)
    balance = np.concatenate([np.ones(count), -np.ones(count), np.zeros(count + 3)])[None, :]
    goals = np.zeros((3, 3 * count + 3))
    goals[0, 2 * count : 3 * count] = 1.0
    goals[1, : 2 * count] = 1.0
    goals[2, -3:] = 1.0
    bounds = [(0.0, float(h)) for h in high] + [(0.0, float(-b)) for b in low]
    bounds += [(0.0, np.inf)] * (count + 3)
    point, solved = np.zeros(3 * count + 3), False
    for goal in goals:
        result = linprog(
            goal,
            matrix,
            limit,
            balance,
            [0.0],
            bounds,
            options={"primal_feasibility_tolerance": 1e-10},
        )
        if result.x is None and not solved:
            raise OptimizerError(f"the programme of surcharges failed: {result.message}")
        if result.x is None:
            break  # a later goal, made infeasible by rounding: the earlier ones are kept
        solved = True
        point = np.asarray(result.x, dtype=np.float64)
        matrix = np.vstack([matrix, goal])
        limit = np.append(limit, float(goal @ point) + SLACK)
    departure = point[:count] - point[count : 2 * count]
    subsidy = point[2 * count : 3 * count]
    return np.where(np.abs(departure) < 1e-8, 0.0, departure), np.where(
        subsidy < 1e-8, 0.0, subsidy
    )
