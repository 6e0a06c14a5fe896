"""Resources of an area: sums over its towns that promises or operator models limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.costs.area_cost import CostTable
from optimizer.instance.instance import Instance
from optimizer.promises import AREA_RESOURCES
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
    """

    promises: tuple[AreaResource, ...]
    amount: Floats
    least: Floats
    most: Floats

    def admits(self, total: Floats) -> Bools:
        """Return whether each model may run areas with some totals of shape (k, r); (k, models)."""
        slack = SLACK * np.maximum(1.0, total)[:, None, :]
        above = total[:, None, :] + slack >= self.least
        below = total[:, None, :] - slack <= self.most
        return np.asarray((above & below).all(axis=2), dtype=np.bool_)

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
                (promise,), self.amount[:, [k]], self.least[:, [k]], self.most[:, [k]]
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
    amount, least, most = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
    return AreaResources(tuple(stated), amount, least, most)


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
