"""What an area requires a year, from the cost formula written out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.brute_force.region import Model, Region

__all__ = ["Offer", "offers", "stand_alone"]


@dataclass(frozen=True)
class Offer:
    """A seat and a model for a group; what each town's service requires, what the overhead does."""

    seat: int
    model: Model
    direct: tuple[float, ...]
    overhead: float

    @property
    def requirement(self) -> float:
        """What tariffs and subsidy must bring a year."""
        return sum(self.direct) + self.overhead


def offers(region: Region, group: tuple[int, ...]) -> Iterator[Offer]:
    """Yield every seat and model that may serve a group."""
    policy = region.instance.policy
    fixed = [town for town in group if region.names[town] in policy.fixed_seats]
    for seat in group:
        if not region.seats[seat] or any(town != seat for town in fixed):
            continue
        hours = [0.0 if t == seat else region.hours.get((seat, t), math.inf) for t in group]
        home = frozenset[str]().union(
            *(model.today for model in region.models if model.seat == region.names[seat])
        )
        new = [k for k, town in enumerate(group) if region.names[town] not in home]
        if any(hours[k] > policy.reach_hours for k in new) or max(hours) == math.inf:
            continue
        if policy.same_zone and any(region.zones[group[k]] != region.zones[seat] for k in new):
            continue
        if policy.host_towns and len(group) > 1 and region.names[seat] not in policy.host_towns:
            continue
        for model in region.models:
            here = model.seat in ("", region.names[seat])
            barred = any(region.names[town] in model.barred for town in group)
            if here and not barred and _fits(region, model, group):
                yield _offer(region, group, hours, seat, model)


def stand_alone(region: Region, town: int) -> float:
    """Return what a town by itself requires, best case; infinite where nobody would run it."""
    here = [model for model in region.models if model.seat in ("", region.names[town])]
    fit = [model for model in here if _fits(region, model, (town,))]
    due = [_offer(region, (town,), [0.0], town, model).requirement for model in fit]
    return min(due, default=math.inf)


def _fits(region: Region, model: Model, group: tuple[int, ...]) -> bool:
    size = sum(region.costs[town].connections for town in group)
    return model.least - 1e-9 * size <= size <= model.most + 1e-9 * size


def _offer(
    region: Region, group: tuple[int, ...], hours: list[float], seat: int, model: Model
) -> Offer:
    direct = []
    for town, away in zip(group, hours, strict=True):
        own = region.costs[town]
        cost = model.efficiency * own.operation + own.replacement
        name = region.names[town]
        left = any(name in other.today for other in region.models) and name not in model.today
        moves = left or (town != seat and name not in model.today)
        cost += own.transition if moves else 0.0
        cost += model.crew_hour * 2.0 * away * own.trips
        direct.append(cost * model.with_fee)
    return Offer(seat, model, tuple(direct), model.overhead * model.with_fee)
