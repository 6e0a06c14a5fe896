"""Resources of an area: sums over its towns that promises or operator models limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.costs.area_cost import CostTable
from optimizer.instance.incumbents import incumbents_of
from optimizer.instance.instance import Instance
from optimizer.promises import AREA_RESOURCES, PROMISES
from optimizer.promises.kinds import AreaResource

__all__ = ["AreaResources", "area_resources", "town_amounts"]

SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class AreaResources:
    """Sums over the towns of an area within limits; connections (``viable_size``) come first.

    Attributes
    ----------
    promises : tuple of AreaResource
        The promise behind each.
    amount : array of shape (towns, r)
        What each town adds.
    least, most : arrays of shape (models, r)
        Limits of an area run by each operator model; 0 and ``inf`` where there is none.
    sits : bool array of shape (towns, models)
        Whether each operator model may sit in each town.
    """

    promises: tuple[AreaResource, ...]
    amount: Floats
    least: Floats
    most: Floats
    sits: Bools

    def admits(self, total: Floats, seat: int | Ints | None = None) -> Bools:
        """Return whether each model may run areas with some totals of shape (k, r); (k, models).

        Where seats are given, also whether it may sit there.
        """
        slack = SLACK * np.maximum(1.0, total)[:, None, :]
        above = total[:, None, :] + slack >= self.least
        below = total[:, None, :] - slack <= self.most
        fits = (above & below).all(axis=2)
        return np.asarray(fits if seat is None else fits & self.sits[seat], dtype=np.bool_)

    def miss(self, total: Floats) -> Floats:
        """Return by how much totals of shape (r,) miss the limits of each model, as shares."""
        away = np.maximum(self.least - total, 0.0) + np.maximum(total - self.most, 0.0)
        return np.asarray((away / np.maximum(1.0, total)).sum(axis=1), dtype=np.float64)

    def unfit(self, total: Floats) -> AreaResource | None:
        """Return the first promise that keeps every operator model from an area, totals (r,).

        ``None`` where some model may run it; the last where only all together are in the way.
        """
        if self.admits(total[None, :]).any():
            return None
        for k, promise in enumerate(self.promises):
            only = AreaResources(
                (promise,), self.amount[:, [k]], self.least[:, [k]], self.most[:, [k]], self.sits
            )
            if not only.admits(total[None, [k]]).any():
                return promise
        return self.promises[-1]


def area_resources(instance: Instance, cost: CostTable) -> AreaResources:
    """Return the resources that a region limits."""
    stated = [p for p in AREA_RESOURCES if p.name == "viable_size" or _is_stated(instance, p)]
    own = [one.promise() for one in instance.policy.own]
    stated += [promise for promise in own if isinstance(promise, AreaResource)]
    columns = [(town_amounts(instance, cost.size, p), *_limits(instance, p)) for p in stated]
    locks = list(_locks(instance))
    stated += [promise for promise, _ in locks]
    columns += [column for _, column in locks]
    amount, least, most = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
    return AreaResources(tuple(stated), amount, least, most, cost.sits)


def _locks(instance: Instance) -> Iterator[tuple[AreaResource, tuple[Floats, Floats, Floats]]]:
    """Yield what binds existing operators: towns that are none of theirs, or nobody else's.

    The towns are counted; of the operators that may serve none of them, an area holds none.
    """
    keys, models = instance.towns.index, instance.operator_models.index

    def lock(
        word: str, towns: tuple[str, ...], barred: Bools
    ) -> tuple[AreaResource, tuple[Floats, Floats, Floats]]:
        promise = replace(_LOCK, name=f"{_LOCK.name}_{word}")
        amount = np.isin(keys, towns).astype(np.float64)
        return promise, (amount, np.zeros(len(models)), np.where(barred, 0.0, np.inf))

    for at, one in enumerate(incumbents_of(instance.operator_models), start=1):
        own = np.asarray(models == one.operator, dtype=np.bool_)
        if one.kept:
            yield lock(f"{at}_keeps", one.kept, ~own)
        if not one.may_grow:
            others = tuple(str(key) for key in keys if key not in one.today)
            yield lock(f"{at}_no_more", others, own)


_LOCK = AreaResource(name="incumbent_area", unit="towns", words=PROMISES["incumbent_area"].words)


def town_amounts(instance: Instance, connections: Floats, promise: AreaResource) -> Floats:
    """Return what each town adds to a resource, shape (towns,)."""
    if promise.amount == "connections":
        return connections
    if not promise.amount:
        return np.ones(len(instance.towns))
    return instance.towns[promise.amount].fillna(0.0).to_numpy(dtype=np.float64)


def _is_stated(instance: Instance, promise: AreaResource) -> bool:
    least, most = _limits(instance, promise)
    return bool((least > 0).any() or np.isfinite(most).any())


def _limits(instance: Instance, promise: AreaResource) -> tuple[Floats, Floats]:
    """Return least and most of an area by operator model."""
    models = instance.operator_models
    low, high = promise.limits(instance.policy)
    least = np.full(len(models), 0.0 if low is None else float(low))
    most = np.full(len(models), np.inf if high is None else float(high))
    if promise.model_least is not None:
        least = np.maximum(least, models[promise.model_least].to_numpy(dtype=np.float64))
    if promise.model_most is not None:
        most = np.minimum(most, models[promise.model_most].to_numpy(dtype=np.float64))
    return least, most
