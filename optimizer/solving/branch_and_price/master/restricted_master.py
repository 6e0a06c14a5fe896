"""The restricted master: choose areas from the columns known so far, as a linear programme."""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.count_cuts import (
    NO_COUNT_DUALS,
    CountDuals,
    Counts,
)
from optimizer.solving.branch_and_price.problem.duals import Duals
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.subset_rows import NO_SUBSET_ROWS, holds_two
from optimizer.solving.options import Options
from optimizer.solving.quiet import new_highs

DUAL, PRIMAL = 1, 4

__all__ = ["MasterPoint", "RestrictedMaster"]


@dataclass(frozen=True, eq=False)
class MasterPoint:
    """A solution of the restricted master.

    Attributes
    ----------
    objective : float
        Money per year, artificial columns included.
    missing : float
        Sum of the artificial columns: 0 where the columns suffice for a (fractional) plan.
    duals : Duals
        Duals.
    bent : bool array of shape (towns,)
        Towns whose artificial columns are used.
    share : array of shape (columns,)
        How much of each column is used, in the order in which they were added.
    """

    objective: float
    missing: float
    duals: Duals
    bent: Bools
    share: Floats


class RestrictedMaster:
    """Linear programme over the columns of a block of towns, kept in HiGHS between rounds.

    Rows: one per town (``serve_once``), then ``operator_count`` and ``subsidy_budget``, one per
    other total, one per limit on a number of areas (``count_above``), and one per subset row of
    the block. Members of a
    column that lie outside the block, and subset rows that are not within it, are paid for at the
    fixed duals ``outside``. Artificial columns keep it feasible and every dual within a box (O. du
    Merle and others, Stabilized column generation, 1999).
    Money is in ``unit``s.
    """

    def __init__(
        self,
        problem: Problem,
        towns: Ints,
        totals: Totals,
        unit: float,
        options: Options,
        *,
        outside: Duals | None = None,
        counts: Counts = NO_COUNT_DUALS.counts,
    ) -> None:
        self.problem, self.towns, self.unit = problem, towns, unit
        self.totals, self.counts = totals, counts
        self._limited = limited = counts.limited()
        self._scale = scale = problem.totals.scale[: len(totals.sum_least)]
        self._place = np.full(problem.towns, -1)
        self._place[towns] = np.arange(len(towns))
        self._outside = np.zeros(problem.towns) if outside is None else outside.town.copy()
        self._outside[towns] = 0.0
        self._fixed = NO_SUBSET_ROWS if outside is None else outside.subset_rows
        self._own = np.flatnonzero(self.holds(self._fixed.town))
        self._fixed = self._fixed.priced(self._own, np.zeros(len(self._own)))
        self.interior = len(towns) > problem.parameters.master.interior_above_towns
        self._highs = new_highs()
        for name, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": options.seed,
            "solver": "ipm" if self.interior else "simplex",
            "run_crossover": "off",
            "simplex_strategy": PRIMAL,
            "dual_feasibility_tolerance": 1e-9,
            "primal_feasibility_tolerance": 1e-9,
        }.items():
            self._highs.setOptionValue(name, value)
        infinity = highspy.kHighsInf
        budget = totals.budget / unit if math.isfinite(totals.budget) else infinity
        most = totals.most if math.isfinite(totals.most) else infinity
        ones = [1.0] * len(towns)
        for lower, upper in zip(
            [*ones, totals.least, -infinity, *totals.sum_least / scale, *counts.least[limited]],
            [*ones, most, budget, *totals.sum_most / scale, *counts.most[limited]],
            strict=True,
        ):
            self._highs.addRow(lower, upper, 0, np.zeros(0, dtype=np.int32), np.zeros(0))
        self._sums = len(towns) + 2 + np.arange(len(totals.sum_least))
        self._counts = len(towns) + 2 + len(self._sums)
        self._rows = self._counts + len(self._limited[0])
        self.columns = 0
        self.constant = 0.0
        self._begun = False
        self._add_artificial()
        for _ in self._own:
            self._highs.addRow(-infinity, 1.0, 0, np.zeros(0, dtype=np.int32), np.zeros(0))

    @property
    def subset_rows(self) -> Ints:
        """All subset rows that columns may pay for, shape (t, 3); those of the block have a row."""
        return self._fixed.town

    def _add_artificial(self) -> None:
        """Add two columns per town, which keep its price within a box, and dear ones for totals.

        Those of towns are at most 1, since a box that no dual solution meets would otherwise make
        the programme unbounded; the price then leaves the box.
        """
        rows = len(self.towns)
        infinity = highspy.kHighsInf
        each = np.arange(rows)
        limits = np.arange(rows + 2, self._rows)  # both ways, as any may be too low or too high
        row = np.concatenate([each, each, [rows, rows, rows + 1], limits, limits]).astype(np.int32)
        sign = np.concatenate(
            [np.ones(rows), -np.ones(rows), [1.0, -1.0, -1.0], 0 * limits + 1, 0 * limits - 1]
        )
        self._artificial = len(row)
        most = np.concatenate([np.ones(2 * rows), np.full(len(row) - 2 * rows, infinity)])
        self._highs.addCols(
            len(row),
            np.ones(len(row)),
            np.zeros(len(row)),
            most,
            len(row),
            np.arange(len(row), dtype=np.int32),
            row,
            sign,
        )

    def touches(self, groups: GroupBatch) -> Bools:
        """Return which groups hold a town of the block."""
        return np.asarray(groups.total((self._place[groups.town] >= 0).astype(np.int64)) > 0)

    def holds(self, town: Ints) -> Bools:
        """Return which sets of towns, one a row, lie within the block."""
        return np.asarray((self._place[town] >= 0).all(axis=1), dtype=np.bool_)

    def add_subset_rows(self, town: Ints, given: GroupBatch) -> None:
        """Add rows: of three towns, at most one area holds two or more.

        Parameters
        ----------
        town : int array of shape (t, 3)
            Subset rows, of the block's towns.
        given : GroupBatch
            All columns so far, in the order in which they were added.

        Notes
        -----
        The last basis then breaks new rows and no price is wrong: the dual simplex goes on from it
        several times faster than the primal one, which serves where columns are new.
        """
        held = holds_two(town, given).tocsc()
        for t in range(len(town)):
            rows = held.indices[held.indptr[t] : held.indptr[t + 1]] + self._artificial
            self._highs.addRow(
                -highspy.kHighsInf, 1.0, len(rows), rows.astype(np.int32), np.ones(len(rows))
            )
        new = len(self.subset_rows) + np.arange(len(town))
        self._own = np.concatenate([self._own, new])
        self._fixed = self._fixed.padded(np.concatenate([self.subset_rows, town]))
        if not self.interior:
            self._highs.setOptionValue("simplex_strategy", DUAL)

    def drop(self, gone: Ints) -> None:
        """Remove columns, by the order in which they were added; the others move up."""
        where = (gone + self._artificial).astype(np.int32)
        self._highs.deleteCols(len(where), where)
        self.columns -= len(where)

    def set_box(self, least: Floats, most: Floats, dear: float) -> None:
        """Keep the price of every town within a box, and those of totals within ``dear``.

        Parameters
        ----------
        least, most : arrays of shape (towns,)
            Box, money per year.
        dear : float
            Money per year.
        """
        totals = np.full(self._artificial - 2 * len(self.towns), dear)
        price = np.concatenate([most[self.towns], -least[self.towns], totals]) / self.unit
        columns = np.arange(len(price), dtype=np.int32)
        self._highs.changeColsCost(len(price), columns, price)

    def _run(self, seconds: float, *, afresh: bool) -> bool:
        """Run HiGHS from its last basis, or afresh by the dual simplex; return if it solved.

        From a basis the primal simplex now and then goes round and round: it is stopped after many
        times the steps that such a programme takes.
        """
        limit = self._highs.getRunTime() + max(0.01, seconds) if math.isfinite(seconds) else 1e30
        self._highs.setOptionValue("time_limit", limit)
        tuned = self.problem.parameters.master
        steps = tuned.simplex_steps + tuned.simplex_steps_per_row * self._highs.getNumRow()
        most = highspy.kHighsIInf if afresh else steps
        self._highs.setOptionValue("simplex_iteration_limit", most)
        if afresh:
            self._highs.clearSolver()
            self._highs.setOptionValue("solver", "simplex")
            self._highs.setOptionValue("simplex_strategy", DUAL)
        self._highs.run()
        self._highs.setOptionValue("simplex_strategy", PRIMAL)
        if afresh:
            self._highs.setOptionValue("solver", "ipm" if self.interior else "simplex")
        known = {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown}
        found = self._highs.getModelStatus() in known
        return bool(found and self._highs.getSolution().dual_valid)

    def _bent(self, share: Floats) -> Bools:
        """Return the towns whose price lies at the edge of its box with an artificial column."""
        rows = len(self.towns)
        bent = np.zeros(self.problem.towns, dtype=bool)
        bent[self.towns] = share[:rows] + share[rows : 2 * rows] > 1e-9
        return bent

    def add(self, columns: Columns, value: Floats) -> None:
        """Add columns at their value, money per year."""
        groups, money, count = columns.groups, columns.money, len(columns)
        if not count:
            return
        rows, each = len(self.towns), np.arange(count)
        place = self._place[groups.town]
        inside = place >= 0
        value = value - groups.total_of(self._outside) + self._fixed.penalty(groups)
        held = holds_two(self.subset_rows[self._own], groups).tocoo()
        counted, limit = self._counted(groups)
        summed, total = np.nonzero(columns.amounts[:, : len(self._sums)])
        column = np.concatenate([groups.owner[inside], each, each, summed, counted, held.coords[0]])
        row = np.concatenate(
            [
                place[inside],
                np.full(count, rows),
                np.full(count, rows + 1),
                self._sums[total],
                self._counts + limit,
                self._rows + held.coords[1],
            ]
        )
        ones = np.ones(len(counted) + held.nnz)
        amounts = columns.amounts[summed, total] / self._scale[total]
        coefficient = np.concatenate(
            [np.ones(int(inside.sum()) + count), money / self.unit, amounts, ones]
        )
        order = np.argsort(column, kind="stable")
        start = np.searchsorted(column[order], each)
        self._highs.addCols(
            count,
            value / self.unit,
            np.zeros(count),
            np.full(count, highspy.kHighsInf),
            len(order),
            start.astype(np.int32),
            row[order].astype(np.int32),
            coefficient[order],
        )
        self.columns += count

    def _counted(self, groups: GroupBatch) -> tuple[Ints, Ints]:
        """Return pairs of group and limit: which group counts for which."""
        part, level = self._limited
        if not len(part):
            return part, part
        above = self.counts.above(groups)[:, level]
        group, limit = np.nonzero(above & (self.counts.part_of(groups)[:, None] == part))
        return group, limit

    def close(self, columns: Ints) -> None:
        """Keep the programme from using some columns, by the order in which they were added."""
        where = (columns + self._artificial).astype(np.int32)
        none = np.zeros(len(where))
        self._highs.changeColsBounds(len(where), where, none, none)

    def solve_middle(self, seconds: float) -> MasterPoint | None:
        """Solve by the interior point method: duals in the middle of the best."""
        self._highs.setOptionValue("solver", "ipm")
        self._highs.clearSolver()
        point = self.solve(seconds, again=False)
        self._highs.setOptionValue("solver", "simplex")
        self._highs.clearSolver()
        return point

    def solve(self, seconds: float, *, again: bool = True) -> MasterPoint | None:
        """Solve from the last basis, if there is one; ``None`` where the time ran out."""
        ways = (True,) if again and not self._begun else (False, True) if again else (False,)
        self._begun = True
        if not any(self._run(seconds, afresh=afresh) for afresh in ways):
            return None
        solution = self._highs.getSolution()
        share = np.array(solution.col_value)
        dual = np.array(solution.row_dual) * self.unit
        rows = len(self.towns)
        town = self._outside.copy()
        town[self.towns] = dual[:rows]
        subset_rows = self._fixed.priced(self._own, np.maximum(0.0, -dual[self._rows :]))
        counts = np.zeros_like(self.counts.least)
        counts[self._limited] = dual[self._counts : self._rows]
        counts = np.where(np.isfinite(self.counts.most), counts, np.maximum(0.0, counts))
        area = float(dual[rows])
        if not math.isfinite(self.totals.most):
            area = max(0.0, area)
        money = self.problem.money_price - min(0.0, float(dual[rows + 1]) / self.unit)
        return MasterPoint(
            objective=float(self._highs.getObjectiveValue()) * self.unit + self.constant,
            missing=float(share[: self._artificial].sum()),
            duals=Duals(
                town,
                area,
                money,
                subset_rows,
                CountDuals(self.counts, counts),
                self._sum_duals(dual),
            ),
            bent=self._bent(share),
            share=share[self._artificial :],
        )

    def _sum_duals(self, dual: Floats) -> Floats:
        """Return the duals of totals, none where a limit that is not there would be paid for."""
        sums = dual[self._sums] / self._scale
        sums = np.where(np.isfinite(self.totals.sum_most), sums, np.maximum(0.0, sums))
        return np.where(np.isfinite(self.totals.sum_least), sums, np.minimum(0.0, sums))
