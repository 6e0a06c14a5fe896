"""Units of a programme chosen from its own data, so that every tolerance of a solver is relative.

HiGHS judges rows and whole numbers by absolute tolerances. Where money is in millions, or the
households of one town earn a million times those of another, a millionth of a large coefficient is
real money. Rows and continuous columns are therefore measured in units of their own, powers of two,
in which their coefficients are near one; whole numbers stay as they are.

Source: geometric scaling, A. R. Curtis and J. K. Reid, On the automatic scaling of matrices for
Gaussian elimination, Journal of the Institute of Mathematics and its Applications 10 (1972).
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.quiet import new_highs

__all__ = ["Scaled", "scaled"]

ROUNDS = 12


@dataclass(frozen=True, eq=False)
class Scaled:
    """A model in units of its own.

    Attributes
    ----------
    highs : highspy.Highs
        Holds the scaled model.
    column : array of shape (columns,)
        Unit of each column: a value of the scaled model times this is one of the model.
    objective : float
        Unit of the objective, likewise.
    """

    highs: highspy.Highs
    column: Floats
    objective: float


def scaled(highs: highspy.Highs) -> Scaled:
    """Return the model that HiGHS holds, in units that suit its data."""
    lp = highs.getLp()
    matrix = lp.a_matrix_
    start, minor = np.asarray(matrix.start_), np.asarray(matrix.index_, dtype=np.int64)
    value = np.asarray(matrix.value_, dtype=np.float64)
    by_column = matrix.format_ == highspy.MatrixFormat.kColwise
    major = np.repeat(np.arange(lp.num_col_ if by_column else lp.num_row_), np.diff(start))
    row, column = (minor, major) if by_column else (major, minor)
    kinds = list(lp.integrality_) or [highspy.HighsVarType.kContinuous] * lp.num_col_
    free = np.array([kind == highspy.HighsVarType.kContinuous for kind in kinds], dtype=np.bool_)
    row_unit, unit = _units(row, column, np.abs(value), free, lp.num_row_)
    cost = np.asarray(lp.col_cost_, dtype=np.float64) * unit
    whole = float(_power(np.abs(cost).max(initial=0.0, keepdims=True))[0])
    matrix.value_ = value * unit[column] / row_unit[row]
    lp.a_matrix_ = matrix
    lp.col_cost_ = cost / whole
    lp.offset_ = lp.offset_ / whole
    lp.col_lower_ = np.asarray(lp.col_lower_) / unit
    lp.col_upper_ = np.asarray(lp.col_upper_) / unit
    lp.row_lower_ = np.asarray(lp.row_lower_) / row_unit
    lp.row_upper_ = np.asarray(lp.row_upper_) / row_unit
    made = new_highs()
    made.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS's own signature
    made.passModel(lp)
    return Scaled(made, unit, whole)


def _units(row: Ints, column: Ints, size: Floats, free: Bools, rows: int) -> tuple[Floats, Floats]:
    """Return the unit of each row and of each column; 1 for whole numbers."""
    row_unit, unit = np.ones(rows), np.ones(len(free))
    kept = size > 0
    row, column, size = row[kept], column[kept], size[kept]
    for _ in range(ROUNDS):
        row_unit = np.sqrt(_extremes(row, size * unit[column], rows).prod(axis=0))
        near = np.sqrt(_extremes(column, size / row_unit[row], len(free)).prod(axis=0))
        unit = np.where(free, 1.0 / near, 1.0)
    unit = np.where(free, _power(unit), 1.0)
    return _power(_extremes(row, size * unit[column], rows)[1]), unit


def _extremes(at: Ints, size: Floats, count: int) -> Floats:
    """Return the least and the largest size of each row or column; 1 where it is empty."""
    least, most = np.full(count, np.inf), np.zeros(count)
    np.minimum.at(least, at, size)
    np.maximum.at(most, at, size)
    empty = most == 0
    return np.stack([np.where(empty, 1.0, least), np.where(empty, 1.0, most)])


def _power(size: Floats) -> Floats:
    """Return the power of two nearest to each size; 1 for nothing."""
    return np.asarray(np.exp2(np.round(np.log2(np.where(size > 0, size, 1.0)))), dtype=np.float64)
