"""What one service area costs after simulated elections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame, coalition_costs
from optimizer.arrays import Bools, Floats

__all__ = ["AfterElections", "after_elections", "standard_error"]


@dataclass(frozen=True, eq=False)
class AfterElections:
    """One area after every draw.

    Attributes
    ----------
    players : tuple of str
        Keys of the area's towns.
    row : dict of str to float
        Its row of the table of areas, see ``election.ElectionRisk``.
    cost : array of shape (draws,)
        What its towns cost, money per year; stranded ones with what they pay today.
    stranded : bool array of shape (draws, towns)
        Who has no operator.
    loss_to_others : array of shape (towns,)
        What the others lose when one town leaves, money per year.
    """

    players: tuple[str, ...]
    row: dict[str, float]
    cost: Floats
    stranded: Bools
    loss_to_others: Floats


def after_elections(game: AreaGame, pays_year: pd.Series[float], gone: Bools) -> AfterElections:
    """Return what one area costs after every draw.

    Parameters
    ----------
    game : AreaGame
        The area's cost game; those who stay are served under its rules.
    pays_year : Series indexed by town
        What each town pays today, money per year.
    gone : bool array of shape (draws, towns)
        Who leaves in each draw, towns in the order of the game.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> from optimizer.analysis.loyalty.coalitions.cost_game import area_game
    >>> game = area_game(case_of(op.read("instances/pair")), ["alba", "brisa"], 153000.0)
    >>> pays = pd.Series({"alba": 102000.0, "brisa": 51000.0})
    >>> after_elections(game, pays, np.array([[False, True], [False, False]])).cost.tolist()
    [210000.0, 153000.0]
    """
    pays = np.asarray(pays_year.loc[list(game.players)], dtype=np.float64)
    single = np.eye(len(pays), dtype=bool)
    alone = _costs(game, single)
    patterns, which = np.unique(gone, axis=0, return_inverse=True)
    which = which.reshape(-1)
    stays = ~patterns
    together = _stay_costs(game, stays, pays)
    some = stays.any(axis=1)
    broken = some & ~np.isfinite(together)
    by_itself = patterns | (broken[:, None] & stays)
    stranded = by_itself & ~np.isfinite(alone)[None, :]
    priced = np.where(np.isfinite(alone), alone, pays)
    apart = np.where(by_itself, priced[None, :], 0.0)
    kept = np.where(some & ~broken, together, 0.0)
    stay_loss = kept + np.where(stays, apart, 0.0).sum(axis=1) - stays @ pays
    leave_loss = np.where(patterns, apart, 0.0).sum(axis=1) - patterns @ pays
    cost = (kept + apart.sum(axis=1))[which]
    hit = np.asarray(patterns.any(axis=1) & some)[which]
    loss = stay_loss[which]
    row = {
        "pays_year": float(pays.sum()),
        "chance_leaves": float(gone.any(axis=1).mean()),
        "chance_not_viable": float(broken[which].mean()),
        "loss_stayers_year": float(loss.mean()),
        "loss_stayers_error_year": standard_error(loss),
        "loss_if_leaves_year": float(loss[hit].mean()) if hit.any() else 0.0,
        "loss_leavers_year": float(leave_loss[which].mean()),
        "stranded_towns": float(stranded[which].sum(axis=1).mean()),
    }
    return AfterElections(game.players, row, cost, stranded[which], _loss_to_others(game, pays))


def _costs(game: AreaGame, member: Bools) -> Floats:
    return coalition_costs(game.case, game.rules, game.towns, member)


def _stay_costs(game: AreaGame, stays: Bools, pays: Floats) -> Floats:
    """Return what those who stay cost together: what they pay today where nobody left."""
    cost = np.full(len(stays), np.inf)
    everybody = stays.all(axis=1)
    cost[everybody] = pays.sum()
    part = stays.any(axis=1) & ~everybody
    if part.any():
        cost[part] = _costs(game, stays[part])
    return cost


def _loss_to_others(game: AreaGame, pays: Floats) -> Floats:
    """Return what the others lose when one town leaves, for every town."""
    if len(pays) == 1:
        return np.full(1, np.nan)
    others = ~np.eye(len(pays), dtype=bool)
    return np.asarray(_costs(game, others) - others @ pays, dtype=np.float64)


def standard_error(values: Floats) -> float:
    """Return the standard error of a mean."""
    if len(values) < 2:
        return float("nan")
    return float(values.std(ddof=1) / np.sqrt(len(values)))
