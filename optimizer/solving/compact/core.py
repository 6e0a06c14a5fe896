"""Rule ``core`` with the compact model: solve, judge the areas, rule out what breaks, repeat.

Each run is a relaxation, so that its bound is true; the first plan of which all areas keep the rule
is as good as that bound says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyomo.environ as pyo

from optimizer.model.core import forbid_area
from optimizer.model.sets import ModelData
from optimizer.solving.branch_and_price.bounding.core import core_rule
from optimizer.solving.branch_and_price.bounding.lazy_core import LazyCore
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.clock import Clock
from optimizer.solving.solution import Solution, SolveStatus
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue, group_value
from optimizer.tariffs.plan_value import plan_value

__all__ = ["parted_plan", "solve_with_core"]

Areas = Sequence[GroupValue]
Members = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class CoreRun:
    """How the compact model is run, and which plans may be offered.

    Attributes
    ----------
    run : callable
        Runs the model, from the areas of a known plan if there are any.
    able : callable
        Whether areas keep the rules across areas.
    repair : bool
        Whether a plan may be offered that the model did not propose: not where the model holds
        rules that only it knows.
    """

    run: Callable[[Areas | None], Solution]
    able: Callable[[Areas], bool]
    repair: bool


def solve_with_core(
    case: Case,
    data: ModelData,
    model: pyo.ConcreteModel,
    clock: Clock,
    core_run: CoreRun,
    *,
    start: Areas | None = None,
) -> Solution:
    """Solve a compact model of a policy that promises ``core``.

    Parameters
    ----------
    case, data, model
        The case, its sets and its model, to which rows are added.
    clock : Clock
        Time and progress.
    core_run : CoreRun
        How the model is run.
    start : sequence of GroupValue, optional
        Areas of a plan that keeps every rule.

    Returns
    -------
    Solution
        Where it was stopped: the best plan that keeps the rule, with the best bound.
    """
    lazy_core = LazyCore(core_rule(case, stop=lambda: clock.stop))
    best = _Best(case, tuple(start or ()))
    bound = 0.0
    ruled_out: set[Members] = set()
    while True:
        found = core_run.run(best.areas or None)
        bound = max(bound, found.bound)
        if found.status == "infeasible":
            return best.solution(math.inf, "optimal") if best.areas else found
        areas = list(found.areas)
        if not len(case.totals):
            areas = [group_value(case, area.members) for area in areas]
        verdicts = lazy_core.rule.judge([area.members for area in areas])
        if areas and all(v.kept for v in verdicts):
            best.take(areas)
            if found.status in {"optimal", "within_gap"}:
                return best.solution(bound, found.status)
        elif core_run.repair and areas:
            parted = parted_plan(lazy_core, areas)
            if parted is not None and core_run.able(parted):
                best.take(parted)
        clock.report("compact model", objective=best.value, bound=bound)
        if best.areas and best.value - bound <= max(clock.options.gap, 1e-9) * abs(best.value):
            return best.solution(bound, "within_gap" if clock.options.gap else "optimal")
        broken = [area for area, v in zip(areas, verdicts, strict=True) if v.kept is False]
        if clock.stop or not broken:
            stopped: SolveStatus = "interrupted" if clock.interrupted else "time_limit"
            return best.solution(bound, stopped)
        for members in _broken_near(lazy_core, broken, ruled_out):
            forbid_area(model, data, {data.towns[i] for i in members})


def _broken_near(lazy_core: LazyCore, areas: Areas, known: set[Members]) -> list[Members]:
    """Return areas that break the rule, and those among their neighbours that do, if new.

    A neighbour has one town more or less. Judging it is much quicker than a run of the model,
    which would propose it next. ``known`` grows by what is returned.
    """
    problem = lazy_core.rule.problem
    near = {area.members for area in areas}
    for area in areas:
        for town in range(problem.towns):
            changed = set(area.members) ^ {town}
            if len(changed) > 1:
                near.add(tuple(sorted(changed)))
    new = sorted(near - known)
    requirement, _, _ = values(problem, listed(new))
    able = [group for group, need in zip(new, requirement, strict=True) if math.isfinite(need)]
    verdicts = lazy_core.rule.judge(able)
    broken = [group for group, v in zip(able, verdicts, strict=True) if v.kept is False]
    known.update(broken)
    return broken


@dataclass(eq=False)
class _Best:
    """The best plan so far that keeps the rule."""

    case: Case
    areas: tuple[GroupValue, ...]

    @property
    def value(self) -> float:
        return plan_value(self.case, self.areas).value_year if self.areas else math.inf

    def take(self, areas: Areas) -> None:
        if plan_value(self.case, areas).value_year < self.value:
            self.areas = tuple(areas)

    def solution(self, bound: float, status: SolveStatus) -> Solution:
        return Solution(self.areas, self.value, min(bound, self.value), status, "compact")


def parted_plan(lazy_core: LazyCore, areas: Areas) -> list[GroupValue] | None:
    """Return a plan in which those who would leave have areas of their own, ``None`` if none."""
    case, parted = lazy_core.rule.problem.case, []
    for area in areas:
        pieces = lazy_core.parted(area.members)
        if not pieces:
            return None
        parted += [group_value(case, piece.tolist()) for piece in pieces]
    return parted
