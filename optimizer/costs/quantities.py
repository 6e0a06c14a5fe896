"""How much of everything that costs are paid for there is in each town."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.cost_terms.terms import Per

__all__ = ["Customers", "Quantities", "Use", "per_m3_used", "quantities_of"]


class Customers(Protocol):
    """Customer classes as parallel arrays, as far as costs depend on them."""

    @property
    def town(self) -> Ints:
        """Position of each class's town."""

    @property
    def sewer(self) -> Bools:
        """Whether each class has sewerage."""

    @property
    def connections(self) -> Floats:
        """Connections of each class."""

    @property
    def consumption_m3_month(self) -> Floats:
        """Use of each connection of a class."""


@dataclass(frozen=True, eq=False)
class Use:
    """Customer classes taken from elsewhere than an instance; see :class:`Customers`."""

    town: Ints
    sewer: Bools
    connections: Floats
    consumption_m3_month: Floats


@dataclass(frozen=True, eq=False)
class Quantities:
    """What there is in n towns; arrays of shape (..., n), years or draws before the towns.

    Attributes
    ----------
    connections, billed_m3_month : array
        Connections of all customers and the water that they use.
    sewer_connections, sewer_m3_month : array
        Connections with sewerage and the water that they use.
    non_revenue_water : array
        Share of produced water that is never billed.
    """

    connections: Floats
    billed_m3_month: Floats
    sewer_connections: Floats
    sewer_m3_month: Floats
    non_revenue_water: Floats

    def of(self, per: Per) -> Floats:
        """Return the number of what a cost is paid for, in each town and year.

        Water is produced for what is billed and for what is lost: ``12 Q / (1 - rho)``. A town
        that joins is counted once, whether it does is a matter of its area.

        Raises
        ------
        ValueError
            For an hour on the road, which no town has by itself.
        """
        if per is Per.CONNECTION:
            return self.connections
        if per is Per.M3_PRODUCED:
            return np.asarray(12.0 * self.billed_m3_month / (1.0 - self.non_revenue_water))
        if per is Per.SEWERED_TOWN:
            return np.asarray(self.sewer_connections > 0, dtype=np.float64)
        if per is Per.SEWER_CONNECTION:
            return self.sewer_connections
        if per is Per.SEWER_M3:
            return np.asarray(12.0 * self.sewer_m3_month)
        if per in (Per.TOWN, Per.JOINING_TOWN):
            return np.ones(self.connections.shape[-1])
        message = f"a town has no {per.value} of its own"
        raise ValueError(message)


def quantities_of(customers: Customers, non_revenue_water: Floats, *, towns: int) -> Quantities:
    """Return what the customers of each town add up to.

    Parameters
    ----------
    customers : Customers
        Customer classes.
    non_revenue_water : array of shape (..., n)
        Share of produced water that is lost, by town.
    towns : int
        Number of towns, n.
    """
    use = customers.consumption_m3_month
    drained = np.where(customers.sewer, customers.connections, 0.0)

    def per_town(values: Floats) -> Floats:
        total = np.bincount(customers.town, weights=values, minlength=towns)
        return np.asarray(total, dtype=np.float64)

    return Quantities(
        connections=per_town(customers.connections),
        billed_m3_month=per_town(customers.connections * use),
        sewer_connections=per_town(drained),
        sewer_m3_month=per_town(drained * use),
        non_revenue_water=non_revenue_water,
    )


def per_m3_used(per: Per, customers: Customers, non_revenue_water: Floats) -> Floats:
    """Return by how much a quantity grows a year with each m3 per month that a class uses.

    Shape (classes,); 0 for what does not depend on use.
    """
    yearly = 12.0 * customers.connections
    if per is Per.M3_PRODUCED:
        return np.asarray(yearly / (1.0 - non_revenue_water)[customers.town])
    if per is Per.SEWER_M3:
        return np.where(customers.sewer, yearly, 0.0)
    return np.zeros(len(yearly))
