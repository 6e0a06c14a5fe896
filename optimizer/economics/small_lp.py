"""Many tiny linear programmes at once: the most revenue that a group's tariff can bring.

A tariff has two to six price components, so the programme ``max c.p : A p <= b`` of one group is
tiny, but the engine needs it for hundreds of thousands of groups. This is a dual simplex in which
one numpy operation does the same step of all programmes. Every programme starts at the corner of
its price box, where it is dual feasible because revenue never falls with a price (``c >= 0``).

Source: C. E. Lemke, The dual method of solving the linear programming problem (1954); Bland's rule
against cycling (1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.economics.demand import Bools, Floats, Ints

__all__ = ["Vertices", "maximise"]

TOLERANCE = 1e-10
MOST_STEPS = 200
BLAND_AFTER = 60


@dataclass(frozen=True, eq=False)
class Vertices:
    """Solutions of many programmes.

    Attributes
    ----------
    point : array of shape (programmes, variables)
        An optimal vertex of each.
    unique : bool array of shape (programmes,)
        Whether that vertex is certainly the only optimum.
    solved : bool array of shape (programmes,)
        ``False`` where the steps ran out (nobody has seen it; callers must check).
    """

    point: Floats
    unique: Bools
    solved: Bools


def maximise(objective: Floats, rows: Floats, limits: Floats, held: Bools, box: Floats) -> Vertices:
    """Solve ``max c.p : rows p <= limits (rows held), p <= box`` for many ``c`` at once.

    Parameters
    ----------
    objective : array of shape (g, p)
        Non-negative objective of each programme.
    rows : array of shape (r, p)
        Constraint rows that programmes may hold; bound ``p >= 0`` by rows of their own.
    limits : array of shape (r,)
        Right-hand sides. The origin must satisfy every row (``limits >= 0``).
    held : bool array of shape (g, r)
        Which rows each programme holds.
    box : array of shape (g, p)
        Valid upper bounds on each variable.

    Returns
    -------
    Vertices
    """
    count, size = objective.shape
    scale = np.maximum(box.max(axis=0), 1e-300) if count else np.ones(size)
    norm = np.maximum(np.abs(rows * scale).max(axis=1), 1e-300)
    A = np.vstack([rows * scale / norm[:, None], np.eye(size)])
    b = limits / norm
    c = objective * scale
    c = c / np.maximum(c.max(axis=1, keepdims=True), 1e-300)
    state = _State(
        basis=np.tile(np.arange(len(rows), len(rows) + size), (count, 1)),
        inverse=np.tile(np.eye(size), (count, 1, 1)),
        rhs=box / scale,
    )
    solved = np.zeros(count, dtype=bool)
    active = np.arange(count)
    for step in range(MOST_STEPS):
        if not len(active):
            break
        active = _step(state, active, A, b, c, held, box / scale, bland=step > BLAND_AFTER)
        solved[:] = True
        solved[active] = False
    return _vertices(state, A, c, scale, solved)


@dataclass(eq=False)
class _State:
    """Bases of all programmes, changed in place by every step."""

    basis: Ints
    inverse: Floats
    rhs: Floats


def _step(
    state: _State,
    active: Ints,
    A: Floats,
    b: Floats,
    c: Floats,
    held: Bools,
    box: Floats,
    *,
    bland: bool,
) -> Ints:
    """Make one dual simplex step in every active programme; return those not yet optimal."""
    inverse = state.inverse[active]
    point = np.einsum("gij,gj->gi", inverse, state.rhs[active])
    excess = np.concatenate(
        [
            np.where(held[active], point @ A[: len(b)].T - b[None, :], -np.inf),
            point - box[active],
        ],
        axis=1,
    )
    entering = (excess > TOLERANCE).argmax(axis=1) if bland else excess.argmax(axis=1)
    going = excess[np.arange(len(active)), entering] > TOLERANCE
    active, inverse, entering = active[going], inverse[going], entering[going]
    if not len(active):
        return active
    price = np.einsum("gi,gij->gj", c[active], inverse)
    change = np.einsum("gi,gij->gj", A[entering], inverse)
    ratio = np.where(change > 1e-11, np.maximum(price, 0.0) / np.maximum(change, 1e-11), np.inf)
    leaving = _leaving(ratio, state.basis[active], bland=bland)
    pick = np.arange(len(active))
    pivot = change[pick, leaving]
    change[pick, leaving] -= 1.0
    column = inverse[pick, :, leaving]
    state.inverse[active] = inverse - column[:, :, None] * (change / pivot[:, None])[:, None, :]
    state.basis[active, leaving] = entering
    own_box = np.maximum(entering - len(b), 0)
    limit = np.where(
        entering < len(b), b[np.minimum(entering, len(b) - 1)], box[active, own_box]
    )
    state.rhs[active, leaving] = limit
    return active


def _leaving(ratio: Floats, basis: Ints, *, bland: bool) -> Ints:
    if not bland:
        return np.asarray(ratio.argmin(axis=1), dtype=np.int64)
    least = ratio.min(axis=1, keepdims=True)
    order = np.where(ratio <= least + 1e-13, basis, np.iinfo(np.int64).max)
    return np.asarray(order.argmin(axis=1), dtype=np.int64)


def _vertices(state: _State, A: Floats, c: Floats, scale: Floats, solved: Bools) -> Vertices:
    """Recompute every vertex from its basis, so that no rounding of the updates stays."""
    matrix = A[state.basis]
    point = np.linalg.solve(matrix, state.rhs[:, :, None])[:, :, 0]
    price = np.linalg.solve(matrix.transpose(0, 2, 1), c[:, :, None])[:, :, 0]
    unique = (price > 1e-9).all(axis=1)
    return Vertices(point=np.maximum(point, 0.0) * scale, unique=unique, solved=solved)
