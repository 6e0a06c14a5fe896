"""Promises that bend along a line of values: the smallest value at which a plan exists."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.instance.instance import Instance
from optimizer.messages.message import Message
from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.elastic import Bent, bend_alone, told
from optimizer.solving.diagnose.money_bends import AffordableBill
from optimizer.solving.diagnose.place_bends import FAR_HOURS, reach_bent, served_far
from optimizer.solving.diagnose.probe import Limits, Probe, probe
from optimizer.solving.diagnose.scope import Scope
from optimizer.solving.diagnose.wording import short

__all__ = ["affordable_alone", "first_that_does", "reach_alone", "support_alone"]

SHARE_STEP = 0.01
SHARE_FACTOR = 1.05


@dataclass(frozen=True)
class Found:
    """The first value that does, how it was found, and whether all before were ruled out."""

    place: int
    probe: Probe
    proven: bool


def first_that_does(count: int, ask: Callable[[int], Probe], limits: Limits) -> Found | None:
    """Return the first of ``count`` rising values with a plan: strides that double, then halves.

    A plan at one value is a plan at every later one. A value whose answer is not known counts as
    no plan, and the result then as not proven.

    Parameters
    ----------
    count : int
        Number of values.
    ask : callable
        Returns the probe of the value at a position.
    limits : Limits
        Where they are met the search ends with what it has.
    """
    low, high, proven, best = -1, 0, True, None
    while count and best is None and not limits.over:
        answer = ask(high)
        if answer.answer:
            best = answer
            break
        proven &= answer.answer is False
        if high == count - 1:
            return None
        low, high = high, min(count - 1, 2 * high + 1)
    if best is None:
        return None
    while high - low > 1:
        if limits.over:
            return Found(high, best, proven=False)
        middle = (low + high) // 2
        answer = ask(middle)
        if answer.answer:
            best, high = answer, middle
        else:
            proven &= answer.answer is False
            low = middle
    return Found(high, best, proven)


def reach_alone(scope: Scope, limits: Limits) -> Diagnosis | None:
    """Return the shortest reach with a plan, among the travel hours that occur."""
    stated = scope.instance
    far = stated.replace(policy=stated.policy.replace(reach_hours=FAR_HOURS))
    pairs = scope.reach_under(far).pairs
    least = _nearest_seat(scope, stated, pairs["town"].to_numpy(), pairs["hours"].to_numpy())
    hours = pairs["hours"].to_numpy()
    values = np.unique(hours[(hours > stated.policy.reach_hours) & (hours >= least)])

    def ask(place: int) -> Probe:
        reach = stated.policy.replace(reach_hours=float(values[place]))
        return probe(scope.case(stated.replace(policy=reach)), limits)

    found = first_that_does(len(values), ask, limits)
    if found is None:
        return None
    names = scope.reach.towns
    known: dict[tuple[str, ...], float] = {
        (names[t], names[s]): float(h)
        for t, s, h in zip(pairs["town"], pairs["seat"], hours, strict=True)
    }
    used: dict[tuple[str, ...], float] = {pair: known[pair] for pair in found.probe.seat_of.items()}
    bent = reach_bent(
        stated, float(values[found.place]), served_far(used, stated.policy.reach_hours)
    )
    return told(scope, [("reach", bent)], limits, proven=found.proven)


def _nearest_seat(scope: Scope, stated: Instance, town: np.ndarray, hours: np.ndarray) -> float:
    """Return the hours that every failing town needs at least to be reached at all."""
    least = np.full(len(stated.towns), np.inf)
    np.minimum.at(least, town, hours)
    failing = np.ones(len(least), dtype=bool)
    if scope.failing is not None:
        failing = np.array([key in scope.failing for key in scope.reach.towns])
    return float(least[failing].max())


def affordable_alone(scope: Scope, limits: Limits) -> Diagnosis | None:
    """Return the least affordable share with a plan: an upper limit first, then the exact one.

    The upper limit is the first of a row of shares, each 5 % above the one before, that a quick
    probe finds enough; it keeps the bounds of the elastic model tight.
    """
    stated = scope.instance
    share = stated.policy.affordable_share
    count = math.ceil(math.log(1.0 / share) / math.log(SHARE_FACTOR))
    values = [min(1.0, share * SHARE_FACTOR**k) for k in range(1, count + 1)]

    def ask(place: int) -> Probe:
        policy = stated.policy.with_affordable_share(values[place])
        return probe(scope.case(stated.replace(policy=policy)), limits, quick=True)

    found = first_that_does(len(values), ask, limits)
    if found is None:
        return None
    return bend_alone(AffordableBill(share_most=values[found.place]), scope, limits)


def support_alone(scope: Scope, limits: Limits) -> Diagnosis | None:
    """Return the least household support share with a plan, to 0.01."""
    stated = scope.instance
    share = stated.policy.household_support_share
    steps = np.arange(np.floor(share / SHARE_STEP) + 1, round(1 / SHARE_STEP))
    values: Sequence[float] = [round(float(k) * SHARE_STEP, 6) for k in steps]

    def bent_to(value: float) -> Instance:
        return stated.replace(policy=stated.policy.replace(household_support_share=value))

    found = first_that_does(
        len(values), lambda k: probe(scope.case(bent_to(values[k])), limits), limits
    )
    if found is None:
        return None
    needed = values[found.place]
    bent = Bent(
        amount=round(needed - share, 10),
        unit="share of bill",
        relative=(needed - share) / max(share, 0.1),
        what=Message(
            "with less public money toward the bills of protected households, tariffs cannot cover "
            "what the operators require"
        ),
        remedy=Message(
            "raise {field} from {n} to {limit}",
            field="household_support_share",
            n=short(share),
            limit=short(needed),
        ),
        change=lambda instance: instance.replace(
            policy=instance.policy.replace(household_support_share=needed)
        ),
    )
    return told(scope, [("household_support", bent)], limits, proven=found.proven)
