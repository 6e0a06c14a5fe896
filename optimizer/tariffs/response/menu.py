"""The menu of an instance: shapes, levels, elasticities and today's bills put together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.costs.area_cost import CostTable, use_cost
from optimizer.customers import CustomerClasses
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.tariffs.price_space import PriceSpace
from optimizer.tariffs.response.consumption import demand_curve
from optimizer.tariffs.response.response import Response, make_response

__all__ = ["bills_today", "response_of"]


def response_of(
    instance: Instance, classes: CustomerClasses, space: PriceSpace, cost: CostTable
) -> Response | None:
    """Return the menu of schedules of an instance, ``None`` where demand does not respond.

    Parameters
    ----------
    instance : Instance
        The region; its policy says whether demand responds.
    classes, space, cost
        Customer classes, price space and cost table at today's consumption.

    Raises
    ------
    PolicyError
        If the shapes of the menu lack sewer prices, or a town can afford no schedule of it.
    """
    if not instance.policy.demand_response:
        return None
    tariff, demand = instance.tariff, instance.demand
    shapes = np.ones((1, 1)) if tariff.shape is not None else np.array(demand.shapes)
    if shapes.shape[1] != len(space.components):
        message = "demand.shapes say nothing of sewer prices: give sewer_share_of_water_bill"
        raise PolicyError(message)
    curve = demand_curve(
        tariff,
        demand,
        classes,
        bill=space.bill,
        shape=shapes[0],
        bill_today_month=bills_today(instance),
    )

    return make_response(
        curve,
        shapes,
        levels=demand.levels,
        levels_most=demand.levels_most,
        names=tuple(str(t) for t in instance.towns.index),
        factors=cost.requirement_factor * cost.efficiency,
        collection_rate=instance.towns["collection_rate"].to_numpy(dtype=float),
        use_cost_year=use_cost(instance, classes),
    )


def bills_today(instance: Instance) -> Floats:
    """Return each town's mean household bill today, ``nan`` where it is not known."""
    today = pd.Series(np.nan, index=instance.towns.index)
    if instance.targets is not None:
        today = instance.targets["bill_today_month"].reindex(today.index).astype(float)
    if instance.demand.bill_today_month is not None:
        today = today.fillna(instance.demand.bill_today_month)
    return np.asarray(today, dtype=np.float64)
