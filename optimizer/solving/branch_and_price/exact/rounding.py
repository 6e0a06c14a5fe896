"""Whole numbers of areas: rule out by its bound whatever lies on the other side of a fraction.

Where the master opens, say, 2.75 areas that are too large for the second largest operator model and
the best plan has 3, the bound of all plans with at most 2 is taken. Once it reaches the best plan,
no better plan has fewer than 3, and the master need not consider it any more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats
from optimizer.solving.branch_and_price.bounding.column_generation import (
    ColumnGeneration,
    generate,
    give_columns,
    unfit,
)
from optimizer.solving.branch_and_price.master.restricted_master import RestrictedMaster
from optimizer.solving.branch_and_price.problem.columns import Columns
from optimizer.solving.branch_and_price.problem.count_cuts import CountDuals, Counts, levels_of
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.branch_and_price.state.sub_clock import Quiet

__all__ = ["round_counts"]


@dataclass(frozen=True)
class _Side:
    """Numbers of areas of a part above a level that the best plan does not have."""

    part: int
    level: int
    least: float
    most: float


def round_counts(state: State, work: ColumnGeneration) -> None:
    """Limit the numbers of areas of the open parts while the other side can be ruled out."""
    if work.point is None or not np.isfinite(state.value).all():
        return
    counts = work.master.counts
    if not len(counts.level):
        counts = _no_limits(state)
        work.pool.add_levels(len(counts.level))
    tried: set[_Side] = set()
    while not state.enough:
        side = _next_side(state, work, counts, tried)
        if side is None:
            return
        tried.add(side)
        if _ruled_out(state, work, counts, side):
            counts = _without(counts, side)
            _take_limits(state, work, counts, work.columns())
            generate(state, work)


def _no_limits(state: State) -> Counts:
    level = levels_of(state.problem)
    shape = (state.parts, len(level))
    size = state.problem.case.cost.size
    return Counts(state.part, size, level, np.zeros(shape), np.full(shape, np.inf))


def _next_side(
    state: State, work: ColumnGeneration, counts: Counts, tried: set[_Side]
) -> _Side | None:
    """Return the next side to rule out: the widest gap first, and the largest areas."""
    if work.point is None or unfit(work):
        return None
    fraction = state.parameters.exact.fraction
    used = _numbers(counts, work.columns().groups, work.point.share)
    planned = _numbers(counts, state.areas().groups, None)
    for part in sorted(state.open_parts, key=lambda p: -state.gap[p]):
        for level in reversed(range(len(counts.level))):
            number, plan = float(used[part, level]), round(float(planned[part, level]))
            side = _Side(int(part), level, 0.0, math.floor(number))
            if plan < number:
                side = _Side(int(part), level, math.ceil(number), math.inf)
            if abs(number - round(number)) > fraction and side not in tried:
                return side
    return None


def _numbers(counts: Counts, groups: GroupBatch, share: Floats | None) -> Floats:
    """Return how many areas of each part exceed each level, shape (parts, q)."""
    weight = np.ones(len(groups)) if share is None else share
    number = np.zeros(counts.least.shape)
    np.add.at(number, counts.part_of(groups), counts.above(groups) * weight[:, None])
    return number


def _ruled_out(state: State, work: ColumnGeneration, counts: Counts, side: _Side) -> bool:
    """Return whether no plan on a side is better than the best plan."""
    tuned = state.parameters.exact
    inside = counts.with_limit(side.part, side.level, least=side.least, most=side.most)
    probe = replace(
        state,
        bound=state.bound.copy(),
        value=state.value.copy(),
        lagrange=state.lagrange.copy(),
        label=state.label.copy(),
        requirement=state.requirement.copy(),
        money=state.money.copy(),
        amounts=state.amounts.copy(),
        clock=Quiet(
            state.clock,
            tuned.count_seconds_share * state.clock.left,
            threads=state.clock.options.threads,
        ),
    )
    begun = replace(
        work,
        pool=work.pool.part(np.arange(state.problem.towns)),
        effort=work.effort.copy(),
        point=None,
        given=[],
        aside=[],
        share=tuned.count_near,
        wanted=_wanted(state, side.part),
    )
    _take_limits(probe, begun, inside, work.columns())
    generate(probe, begun)
    state.offer(probe.areas(), "rounding")
    return side.part not in probe.open_parts


def _wanted(state: State, part: int) -> float:
    """Return the value of the master below which a part's bound cannot reach its plan."""
    return float(state.lagrange.sum() - state.lagrange[part] + state.value[part])


def _without(counts: Counts, side: _Side) -> Counts:
    """Return the limits once a side is ruled out."""
    least, most = counts.least[side.part, side.level], counts.most[side.part, side.level]
    if side.least > 0:
        return counts.with_limit(side.part, side.level, least=least, most=side.least - 1)
    return counts.with_limit(side.part, side.level, least=side.most + 1, most=most)


def _take_limits(state: State, work: ColumnGeneration, counts: Counts, columns: Columns) -> None:
    """Give the master, with all its columns, and the duals other limits."""
    price = (
        state.duals.counts.price if len(state.duals.counts.price) else np.zeros_like(counts.least)
    )
    state.duals = replace(state.duals, counts=CountDuals(counts, price))
    options, subset_rows = state.clock.options, work.master.subset_rows
    work.master = RestrictedMaster(
        state.problem,
        np.arange(state.problem.towns),
        state.totals,
        work.unit,
        options,
        counts=counts,
    )
    work.given = []
    give_columns(state, work, columns)
    if len(subset_rows):
        work.master.add_subset_rows(subset_rows, columns.groups)
