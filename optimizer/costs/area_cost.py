"""What a service area costs per year, and the revenue that it requires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats
from optimizer.customers import CustomerClasses
from optimizer.instance.instance import Instance

__all__ = ["CostTable", "CostTerms", "cost_table", "operation_cost", "sewer_cost", "use_cost"]


@dataclass(frozen=True)
class CostTerms:
    """Cost of one group, by term, money per year; the lines of an income statement."""

    overhead_year: float
    operation_year: float
    replacement_year: float
    transition_year: float
    travel_year: float

    @property
    def cost_year(self) -> float:
        """Sum of all terms, money per year."""
        return (
            self.overhead_year
            + self.operation_year
            + self.replacement_year
            + self.transition_year
            + self.travel_year
        )


@dataclass(frozen=True, eq=False)
class CostTable:
    """Cost data as arrays: one entry per town (n) or per operator model (m).

    Attributes
    ----------
    size : array of shape (n,)
        Connections of all customers; the size that counts for ``viable_size``.
    operation_year, replacement_year, transition_year, trips_year : arrays of shape (n,)
        Cost terms of each town before the operator's efficiency; trips in round trips per year.
    models : tuple of str
        Operator models.
    overhead_year, efficiency, crew_hour_cost, least, most : arrays of shape (m,)
        Data of each operator model; ``least`` and ``most`` in connections.
    requirement_factor : array of shape (m,)
        Revenue requirement per unit of cost (board fee and margin).
    fee_cost, fee_revenue, margin_cost, margin_revenue : arrays of shape (m,)
        The shares behind that factor.
    """

    size: Floats
    operation_year: Floats
    replacement_year: Floats
    transition_year: Floats
    trips_year: Floats
    models: tuple[str, ...]
    overhead_year: Floats
    efficiency: Floats
    crew_hour_cost: Floats
    least: Floats
    most: Floats
    requirement_factor: Floats
    fee_cost: Floats
    fee_revenue: Floats
    margin_cost: Floats
    margin_revenue: Floats

    def serve_requirement(self, town: object, hours: object, joins: object) -> Floats:
        """Return what serving towns adds to the requirement, by operator model.

        Formula: ``k_m (e_m operation_i + replacement_i + transition_i [i joins] +
        crew_m 2 tau_ij trips_i)``, money per year. The transition cost is paid by towns that
        join another town's operator, not by the seat.

        Parameters
        ----------
        town : int array of shape (k,)
            Positions of the towns.
        hours : float array of shape (k,)
            One-way travel hours from the seat.
        joins : bool array of shape (k,)
            Whether the town joins from outside (it is not the seat).

        Returns
        -------
        array of shape (k, m)
        """
        i = np.asarray(town, dtype=np.int64)
        tau = np.asarray(hours, dtype=float)
        steady = self.replacement_year[i] + self.transition_year[i] * np.asarray(joins, dtype=float)
        road_hours = 2.0 * tau * self.trips_year[i]
        cost = (
            self.operation_year[i, None] * self.efficiency[None, :]
            + steady[:, None]
            + road_hours[:, None] * self.crew_hour_cost[None, :]
        )
        return np.asarray(cost * self.requirement_factor[None, :], dtype=np.float64)

    def open_requirement(self) -> Floats:
        """Return the requirement of an operator's overhead, by model; shape (m,), money/year."""
        return self.overhead_year * self.requirement_factor

    def stand_alone_requirement(self) -> Floats:
        """Return each town's requirement when run by itself, best case; shape (n,), money/year.

        ``inf`` where no operator model is made for a town of that size.
        """
        towns = np.arange(len(self.size))
        here = np.zeros(len(towns))
        total = self.serve_requirement(towns, here, here) + self.open_requirement()[None, :]
        least = np.where(self.admits(self.size), total, np.inf).min(axis=1)
        return np.asarray(least, dtype=np.float64)

    def admits(self, connections: Floats) -> Bools:
        """Return whether each model may run areas of the given sizes; shape (k, m)."""
        slack = 1e-9 * np.maximum(1.0, connections)
        above = connections[:, None] + slack[:, None] >= self.least[None, :]
        below = connections[:, None] - slack[:, None] <= self.most[None, :]
        return above & below

    def terms(self, members: object, hours: object, *, seat: int, model: int) -> CostTerms:
        """Return the cost of a group by term, money per year, before fee and margin."""
        i = np.asarray(members, dtype=np.int64)
        road_hours = 2.0 * np.asarray(hours, dtype=float) * self.trips_year[i]
        return CostTerms(
            overhead_year=float(self.overhead_year[model]),
            operation_year=float(self.efficiency[model] * self.operation_year[i].sum()),
            replacement_year=float(self.replacement_year[i].sum()),
            transition_year=float(self.transition_year[i][i != seat].sum()),
            travel_year=float(self.crew_hour_cost[model] * road_hours.sum()),
        )


def cost_table(instance: Instance, classes: CustomerClasses) -> CostTable:
    """Return the cost data of an instance as arrays."""
    towns, models = instance.towns, instance.operator_models
    size = classes.total_per_town(classes.connections, len(towns))
    _, sewer_replacement = sewer_cost(instance, classes)
    fee_cost = _column(models, "board_fee_share_cost")
    fee_revenue = _column(models, "board_fee_share_revenue")
    margin_cost = _column(models, "margin_share_cost")
    margin_revenue = _column(models, "margin_share_revenue")
    return CostTable(
        size=size,
        operation_year=operation_cost(instance, classes),
        replacement_year=_column(towns, "replacement_cost_year") + sewer_replacement,
        transition_year=_column(towns, "transition_cost_year"),
        trips_year=_column(towns, "trips_year"),
        models=tuple(str(m) for m in models.index),
        overhead_year=_column(models, "overhead_year"),
        efficiency=_column(models, "efficiency"),
        crew_hour_cost=_column(models, "crew_hour_cost"),
        least=_column(models, "connections_least"),
        most=_column(models, "connections_most"),
        requirement_factor=(1.0 + fee_cost + margin_cost) / (1.0 - fee_revenue - margin_revenue),
        fee_cost=fee_cost,
        fee_revenue=fee_revenue,
        margin_cost=margin_cost,
        margin_revenue=margin_revenue,
    )


def operation_cost(instance: Instance, classes: CustomerClasses) -> Floats:
    """Return the operating cost of each town before the operator's efficiency, money per year.

    Formula: ``fixed_i + per_connection_i n_i + per_m3_i 12 Q_i / (1 - rho_i)``: water is produced
    for what is billed and for what is lost. Sewerage adds what :func:`sewer_cost` says.
    """
    towns, count = instance.towns, len(instance.towns)
    size = classes.total_per_town(classes.connections, count)
    billed_m3_month = classes.total_per_town(
        classes.connections * classes.consumption_m3_month, count
    )
    produced_m3_year = 12.0 * billed_m3_month / (1.0 - _column(towns, "non_revenue_water"))
    operation = (
        _column(towns, "fixed_cost_year")
        + _column(towns, "connection_cost_year") * size
        + _column(towns, "volume_cost_m3") * produced_m3_year
    )
    return operation + sewer_cost(instance, classes)[0]


def use_cost(instance: Instance, classes: CustomerClasses) -> Floats:
    """Return the operating cost of each m3 per month that a class uses, money per year.

    Formula: ``12 n_k (per_m3_i / (1 - rho_i) + sewer_m3_i [k has sewerage])``: by how much
    :func:`operation_cost` changes with the use of the class. Shape (classes,).

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> region = pair.replace(towns=pair.towns.assign(volume_cost_m3=0.1))
    >>> use_cost(region, case_of(region).classes).round(6).tolist()
    [1200.0, 600.0]
    """
    towns, mine = instance.towns, classes.town
    water = _column(towns, "volume_cost_m3") / (1.0 - _column(towns, "non_revenue_water"))
    sewer = np.where(classes.sewer, _optional(towns, "sewer_volume_cost_m3")[mine], 0.0)
    return 12.0 * classes.connections * (water[mine] + sewer)


def sewer_cost(instance: Instance, classes: CustomerClasses) -> tuple[Floats, Floats]:
    """Return what sewerage costs each town, operation and replacement, money per year.

    Formula: ``sewer_fixed_i [n^s_i > 0] + sewer_connection_i n^s_i + sewer_m3_i 12 Q^s_i`` and
    ``sewer_replacement_i n^s_i``, with n^s connections with sewerage and Q^s the water used there,
    m3 per month. Both are shape (towns,).
    """
    towns, count = instance.towns, len(instance.towns)
    drained = np.where(classes.sewer, classes.connections, 0.0)
    size = classes.total_per_town(drained, count)
    used_m3_month = classes.total_per_town(drained * classes.consumption_m3_month, count)
    operation = (
        _optional(towns, "sewer_fixed_cost_year") * (size > 0)
        + _optional(towns, "sewer_connection_cost_year") * size
        + _optional(towns, "sewer_volume_cost_m3") * 12.0 * used_m3_month
    )
    return operation, _optional(towns, "sewer_replacement_connection_year") * size


def _optional(table: pd.DataFrame, name: str) -> Floats:
    """Return a column that may be absent or hold gaps, which are 0."""
    return table.reindex(columns=[name])[name].fillna(0.0).to_numpy(dtype=np.float64)


def _column(table: pd.DataFrame, name: str) -> Floats:
    return table[name].to_numpy(dtype=np.float64)
