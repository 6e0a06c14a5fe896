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

from optimizer.economics.demand import Bools, Floats, Ints
from optimizer.solving.columns.choose import Choice, choice_rows
from optimizer.solving.options import Options

__all__ = ["Tightened", "tighten"]

ROUNDS = 60
SECONDS = 20.0
PER_ROUND = 80
LEAST_BROKEN = 0.02
MOST_TOWNS = 400


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
    triples : int array of shape (t, 3)
        Towns (positions in the choice) of the inequalities that bind at the end.
    """

    bound: float
    kept: Ints
    whole: Ints | None
    triples: Ints


def tighten(
    choice: Choice, upper: float, options: Options, *, left: Callable[[], float] = lambda: math.inf
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
    left : callable
        Seconds that are left; asked between rounds.
    """
    unit = max(1.0, float(np.mean(choice.value)))
    highs, rows = choice_rows(choice, unit, options)
    member = _member(choice)
    kept = np.arange(len(choice.groups))
    bound, stalled = -np.inf, 0
    none = np.zeros((0, 3), dtype=np.int64)
    added: list[Ints] = []
    for _ in range(ROUNDS):
        if left() <= 0:
            break
        highs.setOptionValue("time_limit", highs.getRunTime() + min(SECONDS, max(0.1, left())))
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Tightened(np.inf, kept[:0], None, none)
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        objective = float(highs.getObjectiveValue()) * unit
        stalled = 0 if objective > bound + 0.01 * (min(upper, 1e300) - bound) else stalled + 1
        bound = max(bound, objective)
        solution = highs.getSolution()
        share = np.array(solution.col_value)
        if objective >= upper - 1e-9 * abs(upper):
            return Tightened(upper, kept[:0], None, none)
        if (np.abs(share - np.round(share)) < 1e-7).all():
            return Tightened(bound, kept, kept[share > 0.5], none)
        if np.isfinite(upper):
            reduced = np.array(solution.col_dual) * unit
            gone = np.flatnonzero(
                (reduced > upper - objective + 1e-9 * abs(upper)) & (share < 1e-9)
            ).astype(np.int32)
            if len(gone):
                highs.deleteCols(len(gone), gone)
                stay = np.ones(len(kept), dtype=bool)
                stay[gone] = False
                kept, member, share = kept[stay], member[stay], share[stay]
        triples = _broken(member, share)
        if not len(triples) or stalled > 4:
            break
        _add(highs, member, triples)
        added.append(triples)
    binding = np.concatenate([none, *added])
    if highs.getSolution().dual_valid:
        dual = np.array(highs.getSolution().row_dual)[rows:]
        binding = binding[: len(dual)][np.abs(dual[: len(binding)]) > 1e-9]
    return Tightened(bound, kept, None, binding)


def _member(choice: Choice) -> Bools:
    place = np.full(int(choice.towns.max()) + 1, -1)
    place[choice.towns] = np.arange(len(choice.towns))
    member = np.zeros((len(choice.groups), len(choice.towns)), dtype=bool)
    member[choice.groups.owner, place[choice.groups.town]] = True
    return member


def _broken(member: Bools, share: Floats) -> Ints:
    """Return triples of towns of which the areas hold two or more more than once in total."""
    used = np.flatnonzero((share > 1e-7) & (share < 1 - 1e-7))
    towns = np.flatnonzero(member[used].any(axis=0))[:MOST_TOWNS]
    inside = member[np.ix_(used, towns)].astype(float)
    weighted = inside * share[used, None]
    pair = weighted.T @ inside
    np.fill_diagonal(pair, 0.0)
    found: list[tuple[float, int, int, int]] = []
    for i in range(len(towns)):
        near = np.flatnonzero(pair[i] > 1e-9)
        near = near[near > i]
        if len(near) < 2:
            continue
        both = pair[np.ix_(near, near)] + pair[i, near][:, None] + pair[i, near][None, :]
        triple = (weighted[:, near] * inside[:, [i]]).T @ inside[:, near]
        broken = np.triu(both - 2 * triple - 1.0, 1)
        a, b = np.nonzero(broken > LEAST_BROKEN)
        found.extend(
            (-float(broken[x, y]), int(towns[i]), int(towns[near[x]]), int(towns[near[y]]))
            for x, y in zip(a, b, strict=True)
        )
    found.sort()
    return np.array([f[1:] for f in found[:PER_ROUND]], dtype=np.int64).reshape(-1, 3)


def _add(highs: highspy.Highs, member: Bools, triples: Ints) -> None:
    for triple in triples:
        held = np.flatnonzero(member[:, triple].sum(axis=1) >= 2).astype(np.int32)
        highs.addRow(-highspy.kHighsInf, 1.0, len(held), held, np.ones(len(held)))
