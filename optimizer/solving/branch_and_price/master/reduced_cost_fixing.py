"""Tighten a choice among known areas, and drop the areas that no better plan can use.

Of three towns, at most one area of a plan can hold two or more. The linear programme breaks that
rule often; adding it where it is broken (subset-row inequalities) lifts the bound, and every area
whose reduced cost exceeds what is left of the gap is dropped. All areas that matter are known here,
so that the inequalities never meet pricing.

Source: M. Jepsen, B. Petersen, S. Spoorendonk and D. Pisinger, Subset-row inequalities applied to
the vehicle-routing problem with time windows, Operations Research 56 (2008).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.branch_and_price.master.choice import Choice, choice_rows
from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.subset_rows import holds_two, violated_subset_rows
from optimizer.solving.options import Options

__all__ = ["Tightened", "tighten"]


@dataclass(frozen=True, eq=False)
class Tightened:
    """What tightening leaves.

    Attributes
    ----------
    bound : float
        No plan made of the given areas is cheaper, money per year.
    kept : int array
        Areas of the choice that a plan better than ``upper`` may use.
    whole : int array or None
        Areas of an optimal plan, where the linear programme found one.
    """

    bound: float
    kept: Ints
    whole: Ints | None


def tighten(
    choice: Choice,
    upper: float,
    options: Options,
    *,
    parameters: Parameters,
    left: Callable[[], float] = lambda: math.inf,
) -> Tightened:
    """Raise the bound of a choice by subset-row inequalities and drop areas by reduced cost.

    Parameters
    ----------
    choice : Choice
        Areas, all that a plan better than ``upper`` may use.
    upper : float
        Value of the best known plan, money per year; ``inf`` without one.
    options : Options
        Threads and seed.
    parameters : Parameters
        Those of the master, and what breaks a cut noticeably.
    left : callable
        Seconds that are left; asked between rounds.
    """
    tuned, above = parameters.master, parameters.problem.least_violation
    unit = max(1.0, float(np.mean(choice.value)))
    highs = choice_rows(choice, unit, options)
    kept = np.arange(len(choice.groups))
    bound, stalled = -np.inf, 0
    for _ in range(tuned.fixing_rounds):
        if left() <= 0:
            break
        highs.setOptionValue(
            "time_limit", highs.getRunTime() + min(tuned.fixing_seconds, max(0.1, left()))
        )
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Tightened(np.inf, kept[:0], None)
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        objective = float(highs.getObjectiveValue()) * unit
        noticeable = tuned.fixing_gain * (min(upper, 1e300) - bound)
        stalled = 0 if objective > bound + noticeable else stalled + 1
        bound = max(bound, objective)
        solution = highs.getSolution()
        share = np.array(solution.col_value)
        if objective >= upper - 1e-9 * abs(upper):
            return Tightened(upper, kept[:0], None)
        if (np.abs(share - np.round(share)) < 1e-7).all():
            return Tightened(bound, kept, kept[share > 0.5])
        if np.isfinite(upper):
            reduced = np.array(solution.col_dual) * unit
            gone = np.flatnonzero(
                (reduced > upper - objective + 1e-9 * abs(upper)) & (share < 1e-9)
            ).astype(np.int32)
            if len(gone):
                highs.deleteCols(len(gone), gone)
                stay = np.ones(len(kept), dtype=bool)
                stay[gone] = False
                kept, share = kept[stay], share[stay]
        groups = choice.groups.take(kept)
        subset_rows = violated_subset_rows(groups, share, above=above, most=tuned.fixing_cuts)
        if not len(subset_rows) or stalled > tuned.fixing_patience:
            break
        _add(highs, groups, subset_rows)
    return Tightened(bound, kept, None)


def _add(highs: highspy.Highs, groups: GroupBatch, subset_rows: Ints) -> None:
    held = holds_two(subset_rows, groups).tocsc()
    for t in range(len(subset_rows)):
        rows = held.indices[held.indptr[t] : held.indptr[t + 1]].astype(np.int32)
        highs.addRow(-highspy.kHighsInf, 1.0, len(rows), rows, np.ones(len(rows)))
