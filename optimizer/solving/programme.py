"""A linear or mixed-integer programme as arrays, and as HiGHS holds it."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from optimizer.arrays import Bools, Floats
from optimizer.solving.quiet import new_highs

__all__ = ["Program"]


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise ``cost @ x + constant`` over ``row_lower <= rows @ x <= row_upper`` and bounds.

    Attributes
    ----------
    cost, lower, upper : array of float, shape (columns,)
    rows : scipy.sparse.csr_array, shape (rows, columns)
    row_lower, row_upper : array of float, shape (rows,)
    whole : array of bool, shape (columns,)
        Columns that must be whole.
    constant : float

    Examples
    --------
    The most of x + y with 2 x + 2 y <= 3, first with fractions, then whole:

    >>> rows = sparse.csr_array([[2.0, 2.0]])
    >>> zero, one = np.zeros(2), np.ones(2)
    >>> for whole in (zero, one):
    ...     programme = Program(
    ...         -one, zero, one, rows, np.array([-np.inf]), np.array([3.0]), whole > 0
    ...     )
    ...     highs = programme.in_highs()
    ...     status = highs.run()
    ...     highs.getInfo().objective_function_value
    -1.5
    -1.0
    """

    cost: Floats
    lower: Floats
    upper: Floats
    rows: sparse.csr_array
    row_lower: Floats
    row_upper: Floats
    whole: Bools
    constant: float = 0.0

    def in_highs(self) -> highspy.Highs:
        """Return a silent HiGHS that holds the programme."""
        lp, rows = highspy.HighsLp(), self.rows
        lp.num_row_, lp.num_col_ = rows.shape
        lp.col_cost_, lp.offset_ = self.cost, self.constant
        lp.col_lower_, lp.col_upper_ = self.lower, self.upper
        lp.row_lower_, lp.row_upper_ = self.row_lower, self.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.num_row_, lp.a_matrix_.num_col_ = rows.shape
        lp.a_matrix_.start_ = rows.indptr.astype(np.int32)
        lp.a_matrix_.index_ = rows.indices.astype(np.int32)
        lp.a_matrix_.value_ = rows.data.astype(np.float64)
        if self.whole.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(flag)] for flag in self.whole]
        highs = new_highs()
        highs.passModel(lp)
        return highs
