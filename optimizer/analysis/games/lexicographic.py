"""Widen the margin of the worst-off coalition, then of the next, until nothing is left to choose.

The margin of coalition S under shares x is ``(c(S) - x(S)) / w(S)``: what it saves by staying,
per unit of weight. Each stage is the linear programme

    max t   s.t.   x(S) + w(S) t <= c(S)   for every S whose sum x(S) is still free
                   x(F) = b(F)             for the sums settled before, among them x(N) = c(N)

Rows with a positive dual hold with equality in *every* optimal solution (complementary
slackness), and there always is one, so each stage settles at least one more independent sum and
at most n - 1 stages are needed. A row that is always tight but has a zero dual in a degenerate
vertex is not lost: it stays in the next stage, which then ends at the same t. Sums that follow
from settled ones (coalitions in their linear span) are constant and leave the programme.

Sources: Maschler, Peleg, Shapley 1979 (the lexicographic centre); E. Kohlberg, "On the nucleolus
of a characteristic function game", SIAM Journal on Applied Mathematics 20, 1971; B. Fromen,
"Reducing the number of linear programs needed for solving the nucleolus problem of n-person game
theory", European Journal of Operational Research 98, 1997.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from optimizer.analysis.games.characteristic import GameError
from optimizer.arrays import Floats

__all__ = ["FAR", "TOLERANCE", "UNBOUNDED", "Centre", "Rows", "centre", "widest_margin"]

Flags: TypeAlias = npt.NDArray[np.bool_]

TOLERANCE = 1e-9  # of the largest cost: rows violated by less count as kept
_SOLVER = 1e-10  # feasibility of the solver
_DUAL = 1e-7  # the duals of a stage sum to 1 (by weight), so one is at least 1 / (n + 1)
_SPAN = 1e-7  # a 0/1 vector of length 16 off a span of such vectors is at least 2e-6 away
_WHOLE = 600  # so many rows go to the solver all at once
_WHOLE_ONCE = 5000  # the same where there is one stage only
_BATCH = 60  # rows added at a time
FAR = 1e6  # stands for "no limit" where coalitions that cannot form leave t unbounded
UNBOUNDED = (
    "the coalitions that can form leave epsilon unbounded: give a finite cost to more of them, "
    "at least to enough to make up all players"
)


@dataclass(frozen=True, eq=False)
class Rows:
    """Coalitions that constrain the shares; money in units of the largest cost.

    Attributes
    ----------
    members : array of shape (rows, n)
        1 where a player belongs to the coalition.
    cost, weight : arrays of shape (rows,)
        c(S) and w(S) > 0.
    total : float
        Cost of all players, c(N).
    """

    members: Floats
    cost: Floats
    weight: Floats
    total: float

    def margins(self, shares: Floats) -> Floats:
        """Return ``(c(S) - x(S)) / w(S)`` of each row."""
        return np.asarray((self.cost - self.members @ shares) / self.weight, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Centre:
    """The lexicographic centre of the shares under some rows.

    Attributes
    ----------
    shares : array of shape (n,)
    margin : float
        The least margin, as large as possible; infinite without rows.
    tight : array of shape (coalitions, n)
        Members of the coalitions at the least margin. The centre has as few of them as possible,
        so they are at that margin wherever the least margin is the largest.
    unique : bool
        Whether the rows settle every share.
    """

    shares: Floats
    margin: float
    tight: Floats
    unique: bool


@dataclass(frozen=True, eq=False)
class _Settled:
    """Independent sums of shares that are settled: ``members @ x = sums``."""

    members: Floats
    sums: Floats

    @classmethod
    def start(cls, rows: Rows) -> _Settled:
        """Return ``x(N) = c(N)``."""
        return cls(np.ones((1, rows.members.shape[1])), np.array([rows.total]))

    def frees(self, members: Floats) -> Flags:
        """Return whether each coalition's sum is free: its 0/1 vector lies off the span."""
        basis = np.linalg.qr(self.members.T)[0]
        rest = members - (members @ basis) @ basis.T
        return np.asarray(np.linalg.norm(rest, axis=1) > _SPAN)

    def add(self, rows: Rows, stage: _Stage) -> _Settled:
        """Return these sums and those that the duals of a stage settle, largest dual first."""
        settled = self
        tight = np.flatnonzero(stage.duals * rows.weight > _DUAL)
        for row in tight[np.argsort(-stage.duals[tight], kind="stable")]:
            if settled.frees(rows.members[[row]])[0]:
                total = rows.cost[row] - stage.margin * rows.weight[row]
                settled = _Settled(
                    np.vstack([settled.members, rows.members[row]]), np.append(settled.sums, total)
                )
        return settled


@dataclass(frozen=True, eq=False)
class _Stage:
    shares: Floats
    margin: float
    duals: Floats  # per row of Rows, 0 where the row was not in the programme
    bounded: bool


def widest_margin(rows: Rows, *, most: float = FAR) -> tuple[Floats, float]:
    """Return shares and the largest least margin of all rows, at most ``most`` (one stage)."""
    free = np.ones(len(rows.cost), dtype=bool)
    active = free.copy() if len(free) <= _WHOLE_ONCE else _first_rows(rows)
    stage = _stage(rows, _Settled.start(rows), free, active=active, most=most)
    return stage.shares, stage.margin


def centre(rows: Rows) -> Centre:
    """Return the lexicographic centre: the shares whose sorted margins are the largest.

    Raises GameError when the least margin is unbounded: the rows do not make up all players.

    Examples
    --------
    Two players who cost 6 and 4 alone, 8 together: both save 1.

    >>> rows = Rows(np.eye(2), np.array([6.0, 4.0]), np.ones(2), total=8.0)
    >>> centre(rows).shares.tolist(), centre(rows).margin
    ([5.0, 3.0], 1.0)
    """
    count = rows.members.shape[1]
    settled, active, first = _Settled.start(rows), _first_rows(rows), math.inf
    shares = np.full(count, rows.total / count)
    while len(settled.sums) < count:
        free = settled.frees(rows.members)
        if not free.any():
            return _found(rows, shares, first, unique=False)
        stage = _stage(rows, settled, free, active=active, most=FAR)
        if not stage.bounded:
            if math.isinf(first):
                raise GameError(UNBOUNDED)
            # the rest can be as content as they like: one unit more than the least is enough
            stage = _stage(rows, settled, free, active=active, most=first + 1.0)
            return _found(rows, stage.shares, first, unique=False)
        shares, first = stage.shares, min(first, stage.margin)
        settled = settled.add(rows, stage)
    shares = np.asarray(np.linalg.solve(settled.members, settled.sums), dtype=np.float64)
    return _found(rows, shares, first, unique=True)


def _found(rows: Rows, shares: Floats, margin: float, *, unique: bool) -> Centre:
    """Return the centre with the coalitions at the least margin."""
    if not len(rows.cost):
        return Centre(shares, margin, tight=rows.members, unique=unique)
    excess = rows.members @ shares + margin * rows.weight - rows.cost
    tight = rows.members[np.abs(excess) < 10 * TOLERANCE]
    return Centre(shares, margin, tight=tight, unique=unique)


def _first_rows(rows: Rows) -> Flags:
    """Return the rows to begin with: all of a small game, else the single players.

    With every single player's row no stage is unbounded: the players whose share is free have a
    settled sum, so their margins cannot all grow.
    """
    if len(rows.cost) <= _WHOLE:
        return np.ones(len(rows.cost), dtype=bool)
    return np.asarray(rows.members.sum(axis=1) == 1)


def _stage(rows: Rows, settled: _Settled, free: Flags, *, active: Flags, most: float) -> _Stage:
    """Solve one stage, adding the rows that its solution violates; ``active`` collects them."""
    alone = int((rows.members.sum(axis=1) == 1).sum())
    limit = None if alone == rows.members.shape[1] else most
    while True:
        used = np.flatnonzero(active & free)
        stage = _solve(rows, settled, used, limit)
        left = np.flatnonzero(free & ~active)
        excess = rows.members[left] @ stage.shares + stage.margin * rows.weight[left]
        excess -= rows.cost[left]
        broken = left[excess > TOLERANCE]
        if not len(broken):
            break
        worst = np.argsort(-excess[excess > TOLERANCE], kind="stable")[:_BATCH]
        active[broken[worst]] = True
    return stage


def _solve(
    rows: Rows, settled: _Settled, used: npt.NDArray[np.intp], limit: float | None
) -> _Stage:
    """Return an optimal vertex and its duals for the chosen rows."""
    count = rows.members.shape[1]
    result = linprog(
        np.append(np.zeros(count), -1.0),
        A_ub=np.column_stack([rows.members[used], rows.weight[used]]),
        b_ub=rows.cost[used],
        A_eq=np.column_stack([settled.members, np.zeros(len(settled.sums))]),
        b_eq=settled.sums,
        bounds=[(None, None)] * count + [(None, limit)],
        method="highs",
        options={"primal_feasibility_tolerance": _SOLVER, "dual_feasibility_tolerance": _SOLVER},
    )
    if result.status != 0 or result.x is None:
        raise GameError(f"the linear programme of the shares failed: {result.message}")
    duals = np.zeros(len(rows.cost))
    duals[used] = -result.ineqlin.marginals
    margin = float(result.x[count])
    bounded = limit is None or margin < limit * (1 - 1e-9)
    return _Stage(shares=result.x[:count], margin=margin, duals=duals, bounded=bounded)
