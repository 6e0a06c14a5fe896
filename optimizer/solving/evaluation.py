"""Plans of given groupings: one, or many of the same region one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.plan.build import build_plan
from optimizer.plan.draws import draws_table, expected_objective
from optimizer.plan.plan import Outcome, Plan
from optimizer.solving.clock import Clock
from optimizer.solving.expected import drawn_values
from optimizer.solving.given import given_areas, grouping_labels, known_ways, relaxed_case
from optimizer.solving.options import Options
from optimizer.solving.versions import versions
from optimizer.tariffs.case import Case
from optimizer.tariffs.plan_value import plan_value
from optimizer.uncertainty.values import DrawnValues

__all__ = ["ALL_PAIRS_TOWNS", "Evaluator", "evaluate"]

ALL_PAIRS_TOWNS = 1000
"""Up to so many towns the ways between all of them are kept: a million pairs, 30 MB."""


def evaluate(
    instance: Instance,
    grouping: str | Path | Mapping[str, str] | pd.Series,
    *,
    on_progress: Callable[[str], None] | None = None,
) -> Plan:
    """Return the plan of a given grouping: the best seats, operators, tariffs and subsidies.

    Broken promises are listed in ``plan.outcome.broken_promises`` and by the audit, not hidden.
    For many groupings of one region see :class:`Evaluator`.

    Parameters
    ----------
    instance : Instance
        The region and its promises.
    grouping : str, path, mapping or Series
        ``"alone"`` (every town by itself), ``"together"`` (one area per part of the region that
        travel within reach connects), the name of one of ``instance.groupings``, a file
        (CSV or spreadsheet) with the columns town and operator, the folder or ``towns.csv`` of a
        run, or town -> operator. Towns may be called by key or by name.
    on_progress : callable, optional
        Called with a line of words as the work goes on.

    Raises
    ------
    InstanceError
        If towns are missing, unknown or named twice.

    Examples
    --------
    >>> import optimizer as op
    >>> alone = op.evaluate(op.read("instances/pair"), "alone")
    >>> len(alone.areas)
    2
    """
    labels = grouping_labels(instance, grouping)
    with Clock(Options()) as clock, clock.interrupts.at_once():
        case = relaxed_case(instance, labels)
        clock.finish_phase("geography")
        plan = _plan(instance, case, labels, drawn_values(case), on_progress)
        if on_progress is not None:
            on_progress("auditing the plan")
        return _audited(plan.with_seconds(clock.phases))


class Evaluator:
    """Evaluates groupings of one region one after the other; its geography is computed once.

    Parameters
    ----------
    instance : Instance
        The region and its promises.

    Examples
    --------
    >>> import optimizer as op
    >>> tried = Evaluator(op.read("instances/pair"))
    >>> [len(tried.plan(grouping).areas) for grouping in ("alone", "together")]
    [2, 1]
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._case = relaxed_case(instance) if len(instance.towns) <= ALL_PAIRS_TOWNS else None
        self._values = None if self._case is None else drawn_values(self._case)

    def plan(self, grouping: str | Path | Mapping[str, str] | pd.Series) -> Plan:
        """Return the plan of a grouping; as :func:`evaluate` gives it."""
        return _audited(self.unaudited(grouping))

    def unaudited(self, grouping: str | Path | Mapping[str, str] | pd.Series) -> Plan:
        """Return the same plan sooner, before the audit says which promises it breaks."""
        labels = grouping_labels(self.instance, grouping)
        if self._case is not None:
            return _plan(self.instance, self._case, labels, self._values)
        case = relaxed_case(self.instance, labels)
        return _plan(self.instance, case, labels, drawn_values(case))


def _plan(
    instance: Instance,
    case: Case,
    labels: Mapping[str, str],
    values: DrawnValues | None,
    on_progress: Callable[[str], None] | None = None,
) -> Plan:
    ways = known_ways(instance, case)
    choices, areas = given_areas(
        instance, case, labels, ways, values=values, on_progress=on_progress
    )
    objective = plan_value(case, areas).value_year
    draws = None if values is None else draws_table(values, choices)
    if draws is not None:
        objective = expected_objective(draws, instance.policy.public_money_price)
    outcome = Outcome(
        status="evaluated",
        objective=objective,
        bound=math.nan,
        method="given grouping",
        versions=versions(),
    )
    return build_plan(case, choices, outcome, draws=draws).with_instance(instance)


def _audited(plan: Plan) -> Plan:
    return plan.with_broken_promises(plan.audit().broken_words)
