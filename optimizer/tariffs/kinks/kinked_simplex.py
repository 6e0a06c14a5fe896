"""A simplex method for convex functions made of pieces, in a few variables; compiled.

    minimise  weight_0 x_last + weight_1 sum_r cost_r max(0, normal_r . x - limit_r)
    within    normal_r . x <= limit_r                        rows before the first kink

A vertex is kept as its tight rows and kinks. Along an edge kinks are passed as long as the function
falls, so that a step costs some hundred operations.

Source: R. Fourer, A simplex algorithm for piecewise-linear programming, Mathematical Programming 33
(1985).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled, inlined

__all__ = ["Kinked", "descend", "dual_value", "kinked"]

STEPS = 400
TINY = 1e-11


class Kinked(NamedTuple):
    """A programme and its vertex; one after the other is worked on in the same arrays.

    Attributes
    ----------
    normal : array of shape (rows, size), limit, cost : arrays of shape (rows,)
        Rows, then kinks.
    moved : array of shape (rows,)
        Limits that are walked along: slightly moved where many rows meet in one point.
    weight : array of shape (2,)
        Weights of the last variable and of the kinks.
    above : bool array of shape (rows,)
        Whether a kink that is not tight is passed.
    basic : int array of shape (rows,), basis : int array of shape (size,)
        Place of each row in the basis, -1 for none; the tight rows.
    inverse : array of shape (size, size)
        Inverse of the tight rows.
    point, away : arrays of shape (size,)
        The vertex, and the direction of a step.
    waits : bool array, rate, slack : arrays of shape (rows,)
        Whether a row lies ahead, how fast a step nears it, and how far it is.
    """

    normal: Floats
    limit: Floats
    cost: Floats
    moved: Floats
    weight: Floats
    above: Bools
    basic: Ints
    basis: Ints
    inverse: Floats
    point: Floats
    away: Floats
    waits: Bools
    rate: Floats
    slack: Floats


@compiled
def kinked(size: int, most: int) -> Kinked:
    """Return room for programmes of some variables and at most so many rows."""
    return Kinked(
        np.zeros((most, size)),
        np.zeros(most),
        np.zeros(most),
        np.zeros(most),
        np.zeros(2),
        np.zeros(most, dtype=np.bool_),
        np.zeros(most, dtype=np.int64),
        np.zeros(size, dtype=np.int64),
        np.zeros((size, size)),
        np.zeros(size),
        np.zeros(size),
        np.zeros(most, dtype=np.bool_),
        np.zeros(most),
        np.zeros(most),
    )


@compiled
def descend(work: Kinked, first: int, until: int) -> bool:
    """Walk to the least value; return whether it was reached.

    Parameters
    ----------
    first, until : int
        Rows before ``first`` are limits, those before ``until`` kinks.
    """
    size = len(work.basis)
    for _ in range(STEPS):
        leaving, slope, up = _leaving(work, first, until)
        if leaving < 0:
            return True
        for b in range(size):
            work.away[b] = work.inverse[b, leaving] if up else -work.inverse[b, leaving]
        _look_ahead(work, first, until)
        entering, step = _entering(work, first, until, slope)
        if entering < 0:
            return False
        old = work.basis[leaving]
        work.basic[old] = -1
        work.above[old] = up
        for b in range(size):
            work.point[b] += step * work.away[b]
        _exchange(work, leaving, entering)
    return False


@inlined
def _slopes(work: Kinked, first: int, until: int) -> Floats:
    """Return the slopes of the function apart from the tight kinks, in ``work.away``."""
    size = len(work.basis)
    for b in range(size):
        work.away[b] = 0.0
    work.away[size - 1] = work.weight[0]
    for r in range(first, until):
        if work.above[r] and work.basic[r] < 0:
            share = work.weight[1] * work.cost[r]
            for b in range(size):
                work.away[b] += share * work.normal[r, b]
    return work.away


@inlined
def _leaving(work: Kinked, first: int, until: int) -> tuple[int, float, bool]:
    """Return the tight row to leave, the slope of leaving it, and whether upwards; -1 if none."""
    size = len(work.basis)
    gradient = _slopes(work, first, until)
    leaving, worst, up = -1, TINY, False
    for i in range(size):
        price = 0.0
        for b in range(size):
            price -= work.inverse[b, i] * gradient[b]
        if -price > worst:
            leaving, worst, up = i, -price, False
        row = work.basis[i]
        if row >= first and price - work.weight[1] * work.cost[row] > worst:
            leaving, worst, up = i, price - work.weight[1] * work.cost[row], True
    return leaving, -worst, up


@inlined
def _look_ahead(work: Kinked, first: int, until: int) -> None:
    """Find out which rows lie ahead, how far they are and how fast a step nears them."""
    size = len(work.basis)
    for r in range(until):
        work.waits[r] = False
        if work.basic[r] >= 0:
            continue
        rate, slack = 0.0, work.moved[r]
        for b in range(size):
            rate += work.normal[r, b] * work.away[b]
            slack -= work.normal[r, b] * work.point[b]
        if r < first or not work.above[r]:
            work.waits[r] = rate > TINY
            slack = max(0.0, slack)
        else:
            work.waits[r] = rate < -TINY
            slack = min(0.0, slack)
        work.rate[r], work.slack[r] = rate, slack


@inlined
def _entering(work: Kinked, first: int, until: int, slope: float) -> tuple[int, float]:
    """Return the row at which the function no longer falls, and how far it is; -1 if none."""
    while True:
        step, found = np.inf, -1
        for r in range(until):
            if work.waits[r]:
                t = work.slack[r] / work.rate[r]
                equal = found >= 0 and t == step
                if t < step or (equal and abs(work.rate[r]) > abs(work.rate[found])):
                    step, found = t, r
        if found < first:
            return found, step
        slope += work.weight[1] * work.cost[found] * abs(work.rate[found])
        if slope >= 0.0:
            return found, step
        work.waits[found] = False
        work.above[found] = not work.above[found]


@inlined
def _exchange(work: Kinked, leaving: int, entering: int) -> None:
    """Put one row in the place of another in the basis and its inverse."""
    size = len(work.basis)
    change = work.away
    for i in range(size):
        change[i] = 0.0
        for b in range(size):
            change[i] += work.normal[entering, b] * work.inverse[b, i]
    for b in range(size):
        share = work.inverse[b, leaving] / change[leaving]
        for i in range(size):
            work.inverse[b, i] -= share * change[i]
        work.inverse[b, leaving] = share
    work.basis[leaving] = entering
    work.basic[entering] = leaving


@compiled
def dual_value(work: Kinked, first: int, until: int) -> float:
    """Return what the prices of the tight rows prove: no point within the limits is below."""
    total, size = 0.0, len(work.basis)
    gradient = _slopes(work, first, until)
    for r in range(first, until):
        if work.above[r] and work.basic[r] < 0:
            total -= work.weight[1] * work.cost[r] * work.limit[r]
    for i in range(size):
        price, row = 0.0, work.basis[i]
        for b in range(size):
            price -= work.inverse[b, i] * gradient[b]
        most = np.inf if row < first else work.weight[1] * work.cost[row]
        total -= min(max(price, 0.0), most) * work.limit[row]
    return total
