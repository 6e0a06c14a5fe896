"""How the discontent of coalitions is compared: per coalition, per head, or per unit of cost."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np

from optimizer.analysis.games.characteristic import GameError
from optimizer.arrays import Floats

__all__ = ["Weight", "check_weight", "prices_for", "row_weights"]

Weight: TypeAlias = Literal["equal", "per_capita", "proportional"]
"""``equal``: epsilon in money per coalition; ``per_capita``: in money per member (the weak least
core of Young, Okada and Hashimoto 1982); ``proportional``: a fraction of the coalition's cost."""


def check_weight(weight: str) -> None:
    """Raise GameError when the weight has no such name."""
    if weight not in get_args(Weight):
        raise GameError(f"weight {weight!r} is unknown: use one of {', '.join(get_args(Weight))}")


def row_weights(weight: Weight, members: Floats, costs: Floats) -> Floats:
    """Return the weight w(S) of each coalition, shape (rows,); costs in any unit of money.

    Raises GameError when ``proportional`` meets a coalition that costs nothing or less: a
    fraction of it means nothing.
    """
    if weight == "equal":
        return np.ones(len(costs))
    if weight == "per_capita":
        return np.asarray(members.sum(axis=1), dtype=np.float64)
    if len(costs) and costs.min() <= 0:
        raise GameError("weight 'proportional' needs a cost above 0 for every coalition")
    return costs


def prices_for(weight: Weight, shares: Floats, epsilon: float) -> Floats:
    """Return prices such that S is violated most where ``prices(S) - cost(S)`` is largest.

    ``x(S) + epsilon w(S) - c(S)`` is, but for a constant or a factor, the sum over S of ``x_i``
    (equal), ``x_i + epsilon`` (per head), ``x_i / (1 - epsilon)`` (share of cost), less c(S).
    """
    if weight == "equal":
        return shares
    if weight == "per_capita":
        return shares + epsilon
    return shares / (1.0 - epsilon)
