"""Choose whole areas among known columns: small choices for plans, the last one for proof."""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.model.areas import AreaChoice, AreaSum, build_areas
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.plan_totals import Totals
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.clock import Clock
from optimizer.solving.highs import HighsResult, RunSettings, run_highs, run_pyomo
from optimizer.solving.options import Options
from optimizer.solving.quiet import new_highs

__all__ = ["Choice", "choice_rows", "choose_fast", "choose_model"]


@dataclass(frozen=True, eq=False)
class Choice:
    """Areas to choose from: columns of some towns, and their value, money per year."""

    towns: Ints
    columns: Columns
    value: Floats
    totals: Totals

    @property
    def groups(self) -> GroupBatch:
        """Towns of each area."""
        return self.columns.groups

    def take(self, chosen: Ints) -> Choice:
        """Return a choice among some of the areas."""
        return Choice(self.towns, self.columns.take(chosen), self.value[chosen], self.totals)


def choose_model(problem: Problem, choice: Choice, clock: Clock) -> tuple[HighsResult, Ints]:
    """Choose by the Pyomo model of areas, to optimality; return the result and chosen groups."""
    names = problem.case.reach.towns
    model = build_areas(
        AreaChoice(
            towns=[names[t] for t in choice.towns],
            members=[
                [names[t] for t in choice.groups.members(g)] for g in range(len(choice.groups))
            ],
            value_year=choice.value.tolist(),
            public_money_year=choice.columns.money.tolist(),
            operators_least=choice.totals.least,
            operators_most=choice.totals.most,
            subsidy_budget_year=choice.totals.budget,
            sums=[
                AreaSum(promise.name, amounts.tolist(), float(least), float(most))
                for promise, amounts, least, most in zip(
                    problem.totals.promises,
                    choice.columns.amounts.T,
                    choice.totals.sum_least,
                    choice.totals.sum_most,
                    strict=True,
                )
            ],
        )
    )
    result = run_pyomo(model, _settings(clock, clock.left))
    chosen = [a for a in model.AREAS if result.values is not None and model.choose[a].value > 0.5]
    return result, np.array(chosen, dtype=np.int64)


def choose_fast(
    choice: Choice,
    clock: Clock,
    *,
    seconds: float,
    start: Ints | None = None,
) -> tuple[HighsResult, Ints]:
    """Choose by arrays handed straight to HiGHS, from a start and within some seconds.

    Parameters
    ----------
    start : int array, optional
        Positions of the groups of a known plan.
    """
    highs = choice_rows(choice, max(1.0, float(np.mean(choice.value))), clock.options)
    count = len(choice.groups)
    columns = np.arange(count, dtype=np.int32)
    highs.changeColsIntegrality(count, columns, np.full(count, highspy.HighsVarType.kInteger))
    if start is not None:
        whole = np.zeros(count)
        whole[start] = 1.0
        highs.setSolution(count, columns, whole)
    result = run_highs(highs, _settings(clock, min(seconds, clock.left)))
    if result.values is None:
        return result, np.zeros(0, dtype=np.int64)
    return result, np.flatnonzero(result.values > 0.5)


def choice_rows(choice: Choice, unit: float, options: Options) -> highspy.Highs:
    """Return HiGHS with the choice as a linear programme in ``unit``s."""
    highs = new_highs()
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS's own signature
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", options.seed)
    if len(choice.totals.sum_least):
        for name in ("primal_feasibility_tolerance", "mip_feasibility_tolerance"):
            highs.setOptionValue(name, 1e-9)
    groups, rows = choice.groups, len(choice.towns)
    place = np.full(int(choice.towns.max()) + 1, -1, dtype=np.int32)
    place[choice.towns] = np.arange(rows, dtype=np.int32)
    infinity = highspy.kHighsInf
    totals = choice.totals
    scale = np.maximum(np.abs(choice.columns.amounts).max(axis=0, initial=0.0), 1e-9)
    least = [1.0] * rows + [totals.least, -infinity, *totals.sum_least / scale]
    most = [1.0] * rows + [_or_infinity(totals.most), _or_infinity(totals.budget / unit)]
    most += [*totals.sum_most / scale]
    for lower, upper in zip(least, most, strict=True):
        highs.addRow(lower, upper, 0, np.zeros(0, dtype=np.int32), np.zeros(0))
    count, sums = len(groups), len(totals.sum_least)
    size = groups.count + 2 + sums
    begin = np.concatenate([[0], np.cumsum(size)])
    index = np.empty(begin[-1], dtype=np.int32)
    coefficient = np.ones(begin[-1])
    index[np.arange(len(groups.town)) + (2 + sums) * groups.owner] = place[groups.town]
    first = begin[1:] - 2 - sums
    index[first], index[first + 1] = rows, rows + 1
    coefficient[first + 1] = choice.columns.money / unit
    for k in range(sums):
        index[first + 2 + k] = rows + 2 + k
        coefficient[first + 2 + k] = choice.columns.amounts[:, k] / scale[k]
    highs.addCols(
        count,
        choice.value / unit,
        np.zeros(count),
        np.ones(count),
        int(begin[-1]),
        begin[:-1].astype(np.int32),
        index,
        coefficient,
    )
    return highs


def _or_infinity(value: float) -> float:
    return value if math.isfinite(value) else float(highspy.kHighsInf)


def _settings(clock: Clock, seconds: float) -> RunSettings:
    return RunSettings(
        gap=0.0,
        time_limit=seconds,
        threads=1,
        seed=clock.options.seed,
        stop=lambda: clock.stop,
    )
