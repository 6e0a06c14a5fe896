"""What a service area costs per year, and the revenue that it requires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats
from optimizer.cost_terms.terms import Line, Per
from optimizer.costs.quantities import Customers, per_m3_used, quantities_of
from optimizer.costs.sums import model_cost, town_cost, unit_cost
from optimizer.instance.incumbents import incumbents_of
from optimizer.instance.instance import Instance

__all__ = [
    "CostLines",
    "CostTable",
    "cost_table",
    "requirement_factor",
    "sewer_cost",
    "use_cost",
]


@dataclass(frozen=True)
class CostLines:
    """Cost of one group, by line, money per year; the lines of an income statement."""

    overhead_year: float
    operation_year: float
    replacement_year: float
    transition_year: float
    travel_year: float

    @property
    def cost_year(self) -> float:
        """Sum of all lines, money per year."""
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
    operation_year, steady_operation_year : arrays of shape (n,)
        Operating cost of each town before the operator's efficiency, and that which efficiency
        leaves as it is and which does not depend on use.
    replacement_year, transition_year, trips_year : arrays of shape (n,)
        Other costs of each town; trips in round trips per year.
    models : tuple of str
        Operator models.
    overhead_year, efficiency, crew_hour_cost, least, most : arrays of shape (m,)
        Data of each operator model; ``least`` and ``most`` in connections.
    requirement_factor : array of shape (m,)
        Revenue requirement per unit of cost (board fee and margin).
    fee_cost, fee_revenue, margin_cost, margin_revenue : arrays of shape (m,)
        The shares behind that factor.
    sits : bool array of shape (n, m)
        Whether such an operator may sit in each town: one that exists in its own seat only.
    today : bool array of shape (n, m)
        Whether such an operator serves the town today, as only operators that exist do.
    """

    size: Floats
    operation_year: Floats
    steady_operation_year: Floats
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
    sits: Bools
    today: Bools

    def moves(self, town: object, joins: object) -> Bools:
        """Return which towns change their operator, by operator model; shape (k, m).

        A town that an operator serves today moves wherever another one serves it; any other moves
        where it joins another town's operator.

        Parameters
        ----------
        town : int array of shape (k,)
            Positions of the towns.
        joins : bool array of shape (k,)
            Whether the seat is another town.
        """
        home = self.today[np.asarray(town, dtype=np.int64)]
        joining = np.asarray(joins, dtype=np.bool_)[:, None]
        return np.asarray(np.where(home.any(axis=1, keepdims=True), ~home, joining))

    def serve_requirement(self, town: object, hours: object, joins: object) -> Floats:
        """Return what serving towns adds to the requirement, by operator model.

        Formula: ``k_m (e_m operation_i + steady_operation_i + replacement_i +
        transition_i [i moves] + crew_m 2 tau_ij trips_i)``, money per year. The transition cost is
        paid by towns that join another town's operator, not by the seat, and by those that leave
        the operator that they have (:meth:`moves`).

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
        steady = self.replacement_year[i] + self.steady_operation_year[i]
        road_hours = 2.0 * tau * self.trips_year[i]
        cost = (
            self.operation_year[i, None] * self.efficiency[None, :]
            + steady[:, None]
            + self.transition_year[i, None] * self.moves(i, joins)
            + road_hours[:, None] * self.crew_hour_cost[None, :]
        )
        return np.asarray(cost * self.requirement_factor[None, :], dtype=np.float64)

    def open_requirement(self) -> Floats:
        """Return the requirement of an operator's overhead, by model; shape (m,), money/year."""
        return self.overhead_year * self.requirement_factor

    def stand_alone_requirement(self) -> Floats:
        """Return each town's requirement when run by itself, best case; shape (n,), money/year.

        ``inf`` where no operator model that may sit there is made for a town of that size.
        """
        towns = np.arange(len(self.size))
        here = np.zeros(len(towns))
        total = self.serve_requirement(towns, here, here) + self.open_requirement()[None, :]
        least = np.where(self.admits(self.size) & self.sits, total, np.inf).min(axis=1)
        return np.asarray(least, dtype=np.float64)

    def admits(self, connections: Floats) -> Bools:
        """Return whether each model may run areas of the given sizes; shape (k, m)."""
        slack = 1e-9 * np.maximum(1.0, connections)
        above = connections[:, None] + slack[:, None] >= self.least[None, :]
        below = connections[:, None] - slack[:, None] <= self.most[None, :]
        return above & below

    def terms(self, members: object, hours: object, *, seat: int, model: int) -> CostLines:
        """Return the cost of a group by line, money per year, before fee and margin."""
        i = np.asarray(members, dtype=np.int64)
        road_hours = 2.0 * np.asarray(hours, dtype=float) * self.trips_year[i]
        return CostLines(
            overhead_year=float(self.overhead_year[model]),
            operation_year=float(
                self.efficiency[model] * self.operation_year[i].sum()
                + self.steady_operation_year[i].sum()
            ),
            replacement_year=float(self.replacement_year[i].sum()),
            transition_year=float(
                self.transition_year[i][self.moves(i, i != seat)[:, model]].sum()
            ),
            travel_year=float(self.crew_hour_cost[model] * road_hours.sum()),
        )


def cost_table(instance: Instance, customers: Customers) -> CostTable:
    """Return the cost data of an instance, for what its customers use, as arrays."""
    towns, models = pd.DataFrame(instance.towns), instance.operator_models
    here = quantities_of(customers, _column(towns, "non_revenue_water"), towns=len(towns))
    fee_cost = _column(models, "board_fee_share_cost")
    fee_revenue = _column(models, "board_fee_share_revenue")
    margin_cost = _column(models, "margin_share_cost")
    margin_revenue = _column(models, "margin_share_revenue")
    sits, today = _that_exist(instance)
    return CostTable(
        size=here.connections,
        operation_year=town_cost(towns, here, Line.OPERATION, efficiency=True),
        steady_operation_year=town_cost(towns, here, Line.OPERATION, efficiency=False),
        replacement_year=town_cost(towns, here, Line.REPLACEMENT, efficiency=False),
        transition_year=town_cost(towns, here, Line.TRANSITION, efficiency=False),
        trips_year=_column(towns, "trips_year"),
        models=tuple(str(m) for m in models.index),
        overhead_year=model_cost(models, Per.AREA),
        efficiency=_column(models, "efficiency"),
        crew_hour_cost=model_cost(models, Per.ROAD_HOUR),
        least=_column(models, "connections_least"),
        most=_column(models, "connections_most"),
        requirement_factor=requirement_factor(models),
        fee_cost=fee_cost,
        fee_revenue=fee_revenue,
        margin_cost=margin_cost,
        margin_revenue=margin_revenue,
        sits=sits,
        today=today,
    )


def _that_exist(instance: Instance) -> tuple[Bools, Bools]:
    """Return which operator models may sit in each town, and which serve it today."""
    sits = np.ones((len(instance.towns), len(instance.operator_models)), dtype=bool)
    today = np.zeros_like(sits)
    for one in incumbents_of(instance.operator_models):
        model = instance.operator_models.index.get_loc(one.operator)
        sits[:, model] = instance.towns.index == one.seat
        today[:, model] = instance.towns.index.isin(one.today)
    return sits, today


def requirement_factor(models: pd.DataFrame) -> Floats:
    """Return the revenue requirement per unit of cost of each row: board fee and margin.

    Formula: ``(1 + fee and margin on cost) / (1 - fee and margin on revenue)``.
    """
    on_cost = _column(models, "board_fee_share_cost") + _column(models, "margin_share_cost")
    fee_revenue = _column(models, "board_fee_share_revenue")
    return (1.0 + on_cost) / (1.0 - fee_revenue - _column(models, "margin_share_revenue"))


def use_cost(instance: Instance, customers: Customers) -> Floats:
    """Return the operating cost of each m3 per month that a class uses, money per year.

    By how much operation changes with the use of the class, before the operator's efficiency.
    Shape (classes,).

    Examples
    --------
    >>> import optimizer as op
    >>> pair = op.read("instances/pair")
    >>> region = pair.replace(towns=pair.towns.assign(volume_cost_m3=0.1))
    >>> use_cost(region, op.case_of(region).classes).round(6).tolist()
    [1200.0, 600.0]
    """
    towns = pd.DataFrame(instance.towns)
    losses = _column(towns, "non_revenue_water")
    total: Floats = np.zeros(len(customers.town))
    for per in (Per.M3_PRODUCED, Per.SEWER_M3):
        each = unit_cost(towns, per)[customers.town]
        total = total + each * per_m3_used(per, customers, losses)
    return total


def sewer_cost(instance: Instance, customers: Customers, efficiency: Floats) -> Floats:
    """Return what sewerage costs each town, operation and replacement, money per year.

    Parameters
    ----------
    efficiency : array of shape (towns,)
        That of each town's operator.
    """
    towns = pd.DataFrame(instance.towns)
    here = quantities_of(customers, _column(towns, "non_revenue_water"), towns=len(towns))

    def cost(line: Line, *, scaled: bool) -> Floats:
        return town_cost(towns, here, line, efficiency=scaled, sewerage=True)

    steady = cost(Line.OPERATION, scaled=False) + cost(Line.REPLACEMENT, scaled=False)
    return efficiency * cost(Line.OPERATION, scaled=True) + steady


def _column(table: pd.DataFrame, name: str) -> Floats:
    return table[name].to_numpy(dtype=np.float64)
