"""Many tiny linear programmes at once: the most revenue that a group's tariff can bring.

A tariff has one to six price components, so the programme ``max c.p : A p <= b`` of one group is
tiny, but the engine needs it for hundreds of thousands of groups. This is a dual simplex in which
one numpy operation does the same step of all programmes. It starts at a corner of the price box,
where it is dual feasible, and compares prices lexicographically, so that ties between optimal
tariffs are broken by further objectives in the same run and the answer is unique.

Source: C. E. Lemke, The dual method of solving the linear programming problem (1954); lexicographic
objectives after G. B. Dantzig, A. Orden and P. Wolfe (1955).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints

__all__ = ["Vertices", "maximise", "maximise_listed"]

TOLERANCE = 1e-10
PIVOT = 1e-10
TIE = 1e-11
MOST_STEPS = 300


@dataclass(frozen=True, eq=False)
class Vertices:
    """Solutions of many programmes.

    Attributes
    ----------
    point : array of shape (programmes, variables)
        The optimal vertex of each.
    solved : bool array of shape (programmes,)
        ``False`` where the steps ran out; callers must solve those by other means.
    """

    point: Floats
    solved: Bools


def maximise(
    objectives: Floats, rows: Floats, limits: Floats, held: Bools, box: Floats
) -> Vertices:
    """Solve ``lexmax (c_1.p, c_2.p, ...) : rows p <= limits (rows held), 0 <= p <= box``.

    Parameters
    ----------
    objectives : array of shape (g, levels, p)
        Objectives of each programme in order of importance.
    rows : array of shape (r, p)
        Constraint rows that programmes may hold.
    limits : array of shape (r,)
        Right-hand sides; not negative, so that ``p = 0`` is feasible.
    held : bool array of shape (g, r)
        Which rows each programme holds.
    box : array of shape (g, p)
        Valid upper bounds on each variable.

    Returns
    -------
    Vertices

    Examples
    --------
    >>> c = np.array([[[1.0, 1.0], [-1.0, 0.0]]])  # most of p1 + p2, then least p1
    >>> found = maximise(c, np.array([[1.0, 1.0]]), np.array([3.0]),
    ...                  np.array([[True]]), np.array([[2.0, 2.0]]))
    >>> found.point.tolist()
    [[1.0, 2.0]]
    """
    return _solve(objectives, rows, limits, box, held=held, listed=None)


def maximise_listed(
    objectives: Floats, rows: Floats, limits: Floats, listed: Ints, box: Floats
) -> Vertices:
    """Solve the same programmes as :func:`maximise`, the rows of each given as a short list.

    Faster where programmes share few rows: the work grows with the longest list, not with the
    number of all rows.

    Parameters
    ----------
    objectives, rows, limits, box
        As in :func:`maximise`.
    listed : int array of shape (g, longest)
        Rows that each programme holds, filled up with -1.

    Examples
    --------
    >>> c = np.array([[[1.0, 1.0], [-1.0, 0.0]]])
    >>> found = maximise_listed(c, np.array([[9.0, 9.0], [1.0, 1.0]]), np.array([1.0, 3.0]),
    ...                         np.array([[1, -1]]), np.array([[2.0, 2.0]]))
    >>> found.point.tolist()
    [[1.0, 2.0]]
    """
    return _solve(objectives, rows, limits, box, held=None, listed=listed)


def _solve(
    objectives: Floats,
    rows: Floats,
    limits: Floats,
    box: Floats,
    *,
    held: Bools | None,
    listed: Ints | None,
) -> Vertices:
    count, _, size = objectives.shape
    scale = np.maximum(box.max(axis=0), 1e-300) if count else np.ones(size)
    norm = np.maximum(np.abs(rows * scale).max(axis=1), 1e-300)
    c = objectives * scale
    c = c / np.maximum(np.abs(c).max(axis=2, keepdims=True), 1e-300)
    problem = _Problem(
        A=np.vstack([rows * scale / norm[:, None], np.eye(size), -np.eye(size)]),
        b=limits / norm,
        c=c,
        held=held,
        listed=listed,
        box=box / scale,
    )
    state = _start(problem)
    solved = np.zeros(count, dtype=bool)
    active = np.arange(count)
    for _ in range(MOST_STEPS):
        if not len(active):
            break
        active = _step(state, active, problem)
    solved[:] = True
    solved[active] = False
    point = np.linalg.solve(problem.A[state.basis], state.rhs[:, :, None])[:, :, 0]
    return Vertices(point=np.maximum(point, 0.0) * scale, solved=solved)


@dataclass(frozen=True, eq=False)
class _Problem:
    """Scaled data; rows of A are the constraint rows, then ``p <= box``, then ``-p <= 0``."""

    A: Floats
    b: Floats
    c: Floats
    held: Bools | None
    listed: Ints | None
    box: Floats


@dataclass(eq=False)
class _State:
    """Bases of all programmes, changed in place by every step."""

    basis: Ints
    inverse: Floats
    rhs: Floats


def _start(problem: _Problem) -> _State:
    """Return the corner at which every lexicographic price is positive."""
    count, levels, size = problem.c.shape
    sign = np.zeros((count, size))
    for level in range(levels):
        sign = np.where(sign == 0, np.sign(problem.c[:, level]), sign)
    up = sign >= 0
    place = np.arange(size)[None, :]
    first = len(problem.b)
    return _State(
        basis=np.where(up, first + place, first + size + place),
        inverse=np.where(up, 1.0, -1.0)[:, None, :] * np.eye(size)[None],
        rhs=np.where(up, problem.box, 0.0),
    )


def _step(state: _State, active: Ints, problem: _Problem) -> Ints:
    """Make one dual simplex step in every active programme; return those not yet optimal."""
    inverse = state.inverse[active]
    point = np.einsum("gij,gj->gi", inverse, state.rhs[active])
    over = _over(problem, active, point)
    excess = np.concatenate([over, point - problem.box[active], -point], axis=1)
    entering = excess.argmax(axis=1)
    going = excess[np.arange(len(active)), entering] > TOLERANCE
    entering = _row_of(problem, active, entering)
    active, inverse, entering = active[going], inverse[going], entering[going]
    if not len(active):
        return active
    price = np.einsum("gli,gij->glj", problem.c[active], inverse)
    change = np.einsum("gi,gij->gj", problem.A[entering], inverse)
    leaving = _leaving(price, change)
    pick = np.arange(len(active))
    pivot = change[pick, leaving]
    change[pick, leaving] -= 1.0
    column = inverse[pick, :, leaving]
    state.inverse[active] = inverse - column[:, :, None] * (change / pivot[:, None])[:, None, :]
    state.basis[active, leaving] = entering
    state.rhs[active, leaving] = _limit(entering, problem, problem.box[active])
    return active


def _over(problem: _Problem, active: Ints, point: Floats) -> Floats:
    """Return by how much each point breaks each row that its programme holds."""
    rows = len(problem.b)
    if problem.listed is None:
        over = point @ problem.A[:rows].T - problem.b[None, :]
        held = np.ones_like(over, dtype=bool) if problem.held is None else problem.held[active]
        return np.where(held, over, -np.inf)
    mine = problem.listed[active]
    over = np.einsum("grp,gp->gr", problem.A[mine], point) - problem.b[mine]
    return np.where(mine >= 0, over, -np.inf)


def _row_of(problem: _Problem, active: Ints, entering: Ints) -> Ints:
    """Return the row of ``A`` that each position among the excesses stands for."""
    if problem.listed is None:
        return entering
    mine = problem.listed[active]
    width = mine.shape[1]
    own = mine[np.arange(len(active)), np.minimum(entering, max(0, width - 1))]
    return np.where(entering < width, own, entering - width + len(problem.b))


def _limit(entering: Ints, problem: _Problem, box: Floats) -> Floats:
    """Return the right-hand side of each entering row: of its row, its box or zero."""
    rows, size = len(problem.b), box.shape[1]
    values = np.concatenate([np.zeros_like(box), np.zeros_like(box)], axis=1)
    values[:, :size] = box
    own = values[np.arange(len(entering)), np.maximum(entering - rows, 0)]
    if not rows:
        return own
    return np.where(entering < rows, problem.b[np.minimum(entering, rows - 1)], own)


def _leaving(price: Floats, change: Floats) -> Ints:
    """Return the basic row with the lexicographically smallest ratio of price to change."""
    candidate = change > PIVOT
    divisor = np.where(candidate, change, 1.0)
    for level in range(price.shape[1]):
        ratio = np.where(candidate, price[:, level] / divisor, np.inf)
        least = ratio.min(axis=1, keepdims=True)
        candidate = candidate & (ratio <= least + TIE * np.maximum(1.0, np.abs(least)))
    return np.asarray(candidate.argmax(axis=1), dtype=np.int64)
