"""Totals of a plan: sums over its areas that promises limit, by town, seat and operator model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.instance.instance import Instance
from optimizer.promises import promises_of
from optimizer.promises.kinds import PlanTotal

__all__ = ["PlanTotals", "ServedPairs", "plan_totals"]

SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class ServedPairs:
    """Pairs within reach, by seat and then by town: arrays of shape (pairs,).

    Attributes
    ----------
    seat, town : int arrays
        Positions of the seat and of the town that it may serve.
    hours : array
        Travel between them.
    """

    seat: Ints
    town: Ints
    hours: Floats


@dataclass(frozen=True, eq=False)
class PlanTotals:
    """Sums over the areas of a plan within limits (kind ``plan total``).

    Attributes
    ----------
    promises : tuple of PlanTotal
        The promise behind each.
    served : array of shape (pairs, models, k)
        What a town adds that an operator of a model serves from a seat.
    opened : array of shape (towns, models, k)
        What an operator of a model adds that sits in a town.
    least, most : arrays of shape (k,)
        Limits; ``-inf`` and ``inf`` where there is none.
    """

    promises: tuple[PlanTotal, ...]
    served: Floats
    opened: Floats
    least: Floats
    most: Floats

    def __len__(self) -> int:
        return len(self.promises)

    @property
    def scale(self) -> Floats:
        """The largest amount of one town or operator in each, 1 where there is none."""
        most = np.zeros(len(self))
        for amounts in (self.served, self.opened):
            most = np.maximum(most, np.abs(amounts).max(axis=(0, 1), initial=0.0))
        return np.where(most > 0, most, 1.0)

    def of_pairs(self, pairs: Ints) -> PlanTotals:
        """Return the totals when only some pairs are left."""
        return replace(self, served=self.served[pairs])

    def kept(self, total: Floats) -> bool:
        """Return whether sums of shape (k,) are within the limits."""
        return self.broken(total) is None

    def broken(self, total: Floats) -> PlanTotal | None:
        """Return the first promise that sums of shape (k,) break, ``None`` where they keep all."""
        slack = SLACK * np.maximum(self.scale, np.abs(total))
        kept = (total + slack >= self.least) & (total - slack <= self.most)
        return None if kept.all() else self.promises[int(np.argmin(kept))]


def plan_totals(instance: Instance, pairs: ServedPairs, connections: Floats) -> PlanTotals:
    """Return the totals that a region limits.

    Parameters
    ----------
    connections : array of shape (towns,)
        Connections of all customers of each town.
    """
    stated = [
        promise
        for promise in promises_of(instance.policy).values()
        if isinstance(promise, PlanTotal) and promise.is_summed
    ]
    stated = [p for p in stated if p.limits(instance.policy) != (None, None)]
    models, count = len(instance.operator_models), len(stated)
    served = np.zeros((len(pairs.town), models, count))
    opened = np.zeros((len(instance.towns), models, count))
    least, most = np.full(count, -np.inf), np.full(count, np.inf)
    for k, promise in enumerate(stated):
        low, high = promise.limits(instance.policy)
        least[k], most[k] = -np.inf if low is None else low, np.inf if high is None else high
        seats, run = _counted(instance, promise)
        per_pair, per_operator = _amounts(instance, promise, pairs, connections)
        served[:, :, k] = per_pair[:, None] * seats[pairs.seat][:, None] * run
        opened[:, :, k] = per_operator * seats[:, None] * run
    return PlanTotals(tuple(stated), served, opened, least, most)


def _counted(instance: Instance, promise: PlanTotal) -> tuple[Floats, Floats]:
    """Return which seats and operator models count, 1 or 0."""
    seats = np.ones(len(instance.towns))
    for column, value in promise.seats.items():
        seats *= (instance.towns[column].astype(str) == value).to_numpy(dtype=np.float64)
    models = [str(name) for name in instance.operator_models.index]
    run = np.array([promise.operator_model in {"", name} for name in models], dtype=np.float64)
    return seats, run


def _amounts(
    instance: Instance, promise: PlanTotal, pairs: ServedPairs, connections: Floats
) -> tuple[Floats, Floats]:
    """Return what each pair adds, and what operators add by seat and model (towns, models)."""
    towns, models, amount = instance.towns, instance.operator_models, promise.amount
    per_town = _named(promise.per_town, list(towns.index))
    per_pair = per_town[pairs.town]
    per_operator = _named(promise.per_seat, list(towns.index))[:, None] + _named(
        promise.per_model, list(models.index)
    )
    if amount == "":
        per_operator = per_operator + 1.0
    elif amount == "hours":
        per_pair = per_pair + pairs.hours
    elif amount == "connections":
        per_pair = per_pair + connections[pairs.town]
    elif amount is not None and amount in towns:
        per_pair = per_pair + towns[amount].fillna(0.0).to_numpy(dtype=np.float64)[pairs.town]
    elif amount is not None:
        per_operator = per_operator + models[amount].to_numpy(dtype=np.float64)
    return per_pair, per_operator


def _named(amounts: Mapping[str, float], names: list[str]) -> Floats:
    return np.array([float(amounts.get(str(name), 0.0)) for name in names])
