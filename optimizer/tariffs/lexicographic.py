"""Linear programmes with objectives in order of importance, solved exactly with HiGHS (scipy).

Each objective is minimised in turn, and the programme is then narrowed to the points that minimise
it: rows and bounds with a dual price stay tight (complementary slackness), so nothing is loosened
by a tolerance from one objective to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from optimizer.arrays import Floats, Ints
from optimizer.errors import OptimizerError

__all__ = ["Rows", "Terms", "minimise_in_order"]

PRICED = 1e-9
"""A dual price above this (in units of the largest coefficient of the objective) is not zero."""

Terms = Mapping[int, float]
"""A linear expression: coefficient of each variable."""


@dataclass
class Rows:
    """Variables and rows of a programme while it is put together.

    Examples
    --------
    Least x + y with x + y >= 3, and then least x with y <= 2:

    >>> rows = Rows()
    >>> x, y = rows.variables((1,))[0], rows.variables((1,), most=2.0)[0]
    >>> rows.at_least({x: 1.0, y: 1.0}, 3.0)
    >>> minimise_in_order(rows, [{x: 1.0, y: 1.0}, {x: 1.0}]).round(6).tolist()
    [1.0, 2.0]
    """

    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    below: list[tuple[Terms, float]] = field(default_factory=list)
    equal: list[tuple[Terms, float]] = field(default_factory=list)

    def variables(self, shape: tuple[int, ...], *, most: object = np.inf) -> Ints:
        """Add variables that are 0 or more and at most ``most``; return their numbers."""
        count = int(np.prod(shape))
        first = len(self.least)
        self.least += [0.0] * count
        self.most += np.broadcast_to(np.asarray(most, dtype=float), shape).ravel().tolist()
        return np.arange(first, first + count, dtype=np.int64).reshape(shape)

    def at_most(self, terms: Terms, limit: float) -> None:
        """Add ``terms <= limit``."""
        self.below.append((terms, limit))

    def at_least(self, terms: Terms, limit: float) -> None:
        """Add ``terms >= limit``."""
        self.below.append(({k: -v for k, v in terms.items()}, -limit))

    def equals(self, terms: Terms, value: float) -> None:
        """Add ``terms = value``."""
        self.equal.append((terms, value))


def minimise_in_order(rows: Rows, objectives: Sequence[Terms]) -> Floats:
    """Return the point that minimises the objectives one after the other.

    Parameters
    ----------
    rows : Rows
        Variables and rows; bounded below in every objective.
    objectives : sequence of Terms
        The most important first.

    Returns
    -------
    array of shape (variables,)

    Raises
    ------
    OptimizerError
        If there is no feasible point.
    """
    count = len(rows.least)
    narrowed = Rows(list(rows.least), list(rows.most), list(rows.below), list(rows.equal))
    point = np.zeros(count)
    for terms in objectives:
        point = _minimise(narrowed, terms)
    return point


def _minimise(rows: Rows, terms: Terms) -> Floats:
    """Return a point with the least objective, and narrow the rows to all such points."""
    count = len(rows.least)
    below, limits = _matrix(rows.below, count)
    equal, values = _matrix(rows.equal, count)
    cost = np.zeros(count)
    cost[list(terms)] = list(terms.values())
    cost /= max(1e-300, float(np.abs(cost).max()))
    found = linprog(  # type: ignore[call-overload]  # the stubs know no sparse arrays
        cost,
        A_ub=below,
        b_ub=limits,
        A_eq=equal,
        b_eq=values,
        bounds=np.column_stack([rows.least, rows.most]),
        method="highs",
    )
    if found.status != 0:
        message = f"the linear programme of a path was not solved ({found.message})"
        raise OptimizerError(message)
    tight = np.abs(found.ineqlin.marginals) > PRICED
    rows.equal += [row for row, held in zip(rows.below, tight, strict=True) if held]
    rows.below[:] = [row for row, held in zip(rows.below, tight, strict=True) if not held]
    for column in np.flatnonzero(np.abs(found.lower.marginals) > PRICED).tolist():
        rows.most[column] = rows.least[column]
    for column in np.flatnonzero(np.abs(found.upper.marginals) > PRICED).tolist():
        rows.least[column] = rows.most[column]
    return np.asarray(found.x, dtype=np.float64)


def _matrix(rows: Sequence[tuple[Terms, float]], count: int) -> tuple[csr_array, Floats]:
    """Return rows as a sparse matrix with their right-hand sides."""
    at = [k for k, (terms, _) in enumerate(rows) for _ in terms]
    columns = [column for terms, _ in rows for column in terms]
    values = [value for terms, _ in rows for value in terms.values()]
    matrix = csr_array((values, (at, columns)), shape=(len(rows), count))
    return matrix, np.array([limit for _, limit in rows], dtype=np.float64)
