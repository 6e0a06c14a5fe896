"""The compact method for a mean over draws: the extensive form, where it is small."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyomo.environ as pyo

from optimizer.errors import InfeasibleError, PolicyError
from optimizer.model.extensive import build_extensive
from optimizer.model.sets import THOUSAND, ModelData, model_data
from optimizer.solving.clock import Clock
from optimizer.solving.compact.savings import savings_plan
from optimizer.solving.expected import keeps_mean_totals, mean_value, offers_of, plan_mean
from optimizer.solving.highs import RunSettings, hand_over, run_handed
from optimizer.solving.solution import Solution, SolveStatus, bound_of
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import GroupValue
from optimizer.uncertainty.values import DrawnValues, Offer

__all__ = ["solve_extensive"]

PAIRS_MOST = 60_000
"""Pairs of towns within reach, times draws, up to which the extensive form is built."""


def solve_extensive(case: Case, values: DrawnValues, clock: Clock) -> Solution:
    """Solve a case by the extensive form of its draws, until proven or stopped.

    Parameters
    ----------
    case : Case
        The region at its given figures.
    values : DrawnValues
        Its draws.
    clock : Clock
        Time limit, Ctrl-C, gap, threads and seed; progress is told to it.

    Raises
    ------
    PolicyError
        If pairs and draws are too many for one model.
    """
    size = len(case.served) * len(values.drawn)
    if size > PAIRS_MOST:
        message = (
            f"the compact method has {len(case.served):,} pairs of towns in {len(values.drawn):,} "
            f"draws, {PAIRS_MOST:,} are the most: take method columns, or fewer draws"
        )
        raise PolicyError(message)
    first = _first_plan(case, values, clock)
    if first is not None:
        clock.report("first plan", objective=plan_mean(values, first))
    try:
        with clock.interrupts.at_once():
            data = model_data(case)
            model = build_extensive(data, [model_data(drawn) for drawn in values.cases])
            handed = hand_over(model)
    except InfeasibleError:
        handed = None
    clock.finish_phase("build")
    if handed is None:
        return Solution((), math.inf, math.inf, "infeasible", "compact")

    def tell(objective: float, bound: float) -> None:
        clock.report(
            "extensive form",
            objective=objective * THOUSAND if objective < 1e20 else None,
            bound=bound * THOUSAND if bound > -1e20 else None,
        )

    settings = RunSettings(
        gap=clock.options.gap,
        time_limit=clock.left,
        threads=clock.options.threads,
        seed=clock.options.seed,
        log_file=clock.options.log_file,
        stop=lambda: clock.stop,
        on_progress=tell,
    )
    result = run_handed(handed, settings, start_from_values=False)
    clock.finish_phase("solve")
    stopped: SolveStatus = "interrupted" if clock.interrupted else "time_limit"
    if result.status == "infeasible":
        return Solution((), math.inf, math.inf, "infeasible", "compact")
    bound = max(0.0, result.bound * THOUSAND) if result.bound > -1e20 else 0.0
    areas = list(first or ()) if result.values is None else _areas(data, model, values)
    objective = plan_mean(values, areas) if areas else math.inf
    status = stopped
    if result.values is not None and result.status in {"optimal", "within_gap"}:
        status = "optimal" if result.status == "optimal" else "within_gap"
    return Solution(tuple(areas), objective, bound_of(objective, bound), status, "compact")


def _first_plan(case: Case, values: DrawnValues, clock: Clock) -> Sequence[GroupValue] | None:
    """Return the savings plan of the given figures with its mean, where it keeps the totals."""
    plan = savings_plan(case, stop=lambda: clock.stop)
    if plan is None:
        return None
    areas = [mean_value(values, offers_of(case, area.members)) for area in plan]
    return areas if keeps_mean_totals(values, areas) else None


def _areas(data: ModelData, model: pyo.ConcreteModel, values: DrawnValues) -> list[GroupValue]:
    """Return the areas that the solved model describes, with their means."""
    place = {town: k for k, town in enumerate(data.towns)}
    members: dict[str, list[int]] = {}
    for i, j in data.pairs:
        if pyo.value(model.serve[i, j]) > 0.5:
            members.setdefault(j, []).append(place[i])
    opened = {
        j: data.models.index(k)
        for j, k in data.operate_pairs
        if pyo.value(model.operate[j, k]) > 0.5
    }
    offers = [
        Offer(tuple(np.sort(group).tolist()), place[j], opened[j]) for j, group in members.items()
    ]
    return [mean_value(values, [offer]) for offer in offers]
