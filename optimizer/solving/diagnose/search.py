"""Why no plan exists: which promise must bend, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from optimizer.instance.instance import Instance
from optimizer.messages.message import Message
from optimizer.solving.diagnose.core_bend import (
    core_findings,
    has_plan,
    with_core,
    without_core,
)
from optimizer.solving.diagnose.demand_bend import demand_findings, without_demand
from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.elastic import Bend, bend_alone, bend_together
from optimizer.solving.diagnose.grouping_bends import (
    FixedSeats,
    KeepApart,
    KeepTogether,
    OperatorCount,
)
from optimizer.solving.diagnose.money_bends import (
    AffordableBill,
    OperatingSubsidy,
    Participation,
    SubsidyBudget,
)
from optimizer.solving.diagnose.operator_bends import HostTowns, IncumbentArea
from optimizer.solving.diagnose.place_bends import Connected, Reach, SameZone, SeatAllowed
from optimizer.solving.diagnose.precheck import precheck
from optimizer.solving.diagnose.probe import Limits, money_binds, probe
from optimizer.solving.diagnose.resource_bend import resource_bends
from optimizer.solving.diagnose.scope import Scope, part_case, parts_of, whole_scope
from optimizer.solving.diagnose.size_bend import ViableSize
from optimizer.solving.diagnose.thresholds import affordable_alone, reach_alone, support_alone
from optimizer.solving.diagnose.total_bend import total_bends

__all__ = ["SECONDS_IN_SOLVE", "diagnose"]

SHARE_FACTOR = 5.0
SECONDS_IN_SOLVE = 20.0
"""Most seconds of the diagnosis that follows a search, of its time limit at most the rest."""


def diagnose(
    instance: Instance,
    *,
    stop: Callable[[], bool] = lambda: False,
    seconds_each: float = 10.0,
    seconds: float = 120.0,
) -> list[Diagnosis]:
    """Return which promises would have to bend, the smallest bend first.

    Each promise is bent alone, as little as possible, with all others kept: ``reach`` along the
    travel hours that occur, the others by slack on the promise in the compact model. Where no
    promise is enough alone, the promises that must bend together are returned as one finding.
    Only the parts of the region without a plan of their own are looked at. Every finding is
    checked by a run on the bent region.

    Parameters
    ----------
    instance : Instance
        A region for which no plan exists.
    stop : callable
        Asked often; the findings so far are returned when it says so.
    seconds_each, seconds : float
        Most seconds of one run and of the whole search. A bend that was not proven to be the
        least for lack of time says so.

    Returns
    -------
    list of Diagnosis
        Empty where a plan exists. Where nothing was found in time: what
        :func:`~optimizer.solving.diagnose.precheck.precheck` knows, or one finding that says so.

    Examples
    --------
    >>> import optimizer as op
    >>> pair = op.read("instances/pair")
    >>> op.diagnose(pair)
    []
    """
    limits = Limits(stop, seconds_each, seconds)
    if instance.policy.core:
        found = _with_core(instance, limits)
        return sorted(found, key=lambda finding: (not finding.proven, finding.relative))
    if instance.policy.demand_response:
        found = _with_demand(instance, limits)
        return sorted(found, key=lambda finding: (not finding.proven, finding.relative))
    scope = _failing_scope(whole_scope(instance), limits)
    if scope is None:
        return []
    found = [finding for finding in _alone(scope, limits) if finding is not None]
    if not found and not limits.over:
        together = bend_together(_bends(scope, reach=_reach_together(scope)), scope, limits)
        found = [] if together is None else [together]
    if not found:
        found = [finding for finding in precheck(instance) if finding.promise != "scale"]
    if not found:
        found = [_not_known(limits)]
    return sorted(found, key=lambda finding: (not finding.proven, finding.relative))


def _with_core(instance: Instance, limits: Limits) -> list[Diagnosis]:
    """Return the findings for a region that promises ``core``: those without it come first."""
    found = diagnose(
        without_core(instance),
        stop=limits.stop,
        seconds_each=limits.seconds_each,
        seconds=limits.seconds,
    )
    if found:
        return [with_core(finding, limits) for finding in found]
    if has_plan(instance, limits):
        return []
    return core_findings(instance, limits) or [_not_known(limits)]


def _with_demand(instance: Instance, limits: Limits) -> list[Diagnosis]:
    """Return the findings for a region whose demand responds: those of the grouping first."""
    found = diagnose(
        without_demand(instance),
        stop=limits.stop,
        seconds_each=limits.seconds_each,
        seconds=limits.seconds,
    )
    if found:
        return found
    if has_plan(instance, limits):
        return []
    return demand_findings(instance, limits) or [_not_known(limits)]


def _failing_scope(scope: Scope, limits: Limits) -> Scope | None:
    """Return the scope of the parts without a plan; ``None`` where the region has a plan."""
    instance = scope.instance
    parts = parts_of(instance, scope.reach)
    if len(parts) > 1 and instance.policy.tariff_scope != "region":
        failing = [
            town
            for part in parts
            if not probe(part_case(instance, scope.reach, part), limits).answer
            for town in part
        ]
        if failing:
            return scope.narrowed(failing)
    return None if probe(scope.case(instance), limits).answer else scope


def _alone(scope: Scope, limits: Limits) -> Iterator[Diagnosis | None]:
    """Yield the findings of each promise alone, cheap ones first."""
    money = money_binds(scope.instance.policy)
    if money:
        money = probe(scope.case(scope.instance), limits, money=False).answer is not False
    for bend in _bends(scope, reach=None):
        if limits.over:
            return
        if bend.money and not money:
            continue
        if isinstance(bend, AffordableBill):
            yield affordable_alone(scope, limits)
        else:
            yield bend_alone(bend, scope, limits)
    if not limits.over:
        yield reach_alone(scope, limits)
    if money and not limits.over:
        yield support_alone(scope, limits)


def _bends(scope: Scope, *, reach: Reach | None) -> list[Bend]:
    """Return the promises that the region states and that may bend."""
    instance = scope.instance
    share = min(1.0, SHARE_FACTOR * instance.policy.affordable_share)
    every: list[Bend] = [
        KeepTogether(),
        KeepApart(),
        FixedSeats(),
        SeatAllowed(),
        HostTowns(),
        IncumbentArea(),
        SameZone(),
        OperatorCount(),
        ViableSize(),
        *resource_bends(instance.policy),
        *total_bends(instance.policy),
        Connected(),
    ]
    if reach is not None:
        every.append(reach)
    if money_binds(instance.policy):
        every += [SubsidyBudget(), OperatingSubsidy(), AffordableBill(share), Participation()]
    narrowed = scope.failing is not None
    return [b for b in every if b.stated(instance) and not (b.total and narrowed)]


def _not_known(limits: Limits) -> Diagnosis:
    words = Message(
        "not diagnosed: no bend of the promises was found within {n:g} s; loosen a promise "
        "(reach_hours, affordable_share, subsidy_budget_year) and try again",
        n=limits.seconds,
    )
    return Diagnosis("", float("nan"), "", words, proven=False)


def _reach_together(scope: Scope) -> Reach:
    """Return the bend of the reach up to the longest travel that is known."""
    return Reach(hours_most=min(1000.0, float(scope.travel["hours"].max())))
