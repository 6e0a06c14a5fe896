"""A case: everything about an instance that the value of a group needs, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.costs.area_cost import CostTable, cost_table
from optimizer.customers import CustomerClasses, customer_classes
from optimizer.geography.reach import Reach, reach_of
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.tariffs.area_resources import AreaResources, area_resources
from optimizer.tariffs.caps import (
    Caps,
    affordable_bill,
    first_price_most,
    price_most,
    with_participation,
)
from optimizer.tariffs.household_support import HouseholdSupport, household_support
from optimizer.tariffs.plan_totals import PlanTotals, ServedPairs, plan_totals
from optimizer.tariffs.price_space import PriceSpace, domestic_bills, price_space
from optimizer.tariffs.response.menu import response_of
from optimizer.tariffs.response.response import Response

__all__ = ["Case", "case_of", "make_case"]


@dataclass(frozen=True, eq=False)
class Case:
    """An instance with its reach, as the arrays from which every value is computed.

    Attributes
    ----------
    instance, reach
        What is, and what is near.
    classes, space, cost
        Customer classes, price space, cost table.
    resources : AreaResources
        Sums over the towns of an area that promises or operator models limit.
    totals : PlanTotals
        Sums over the areas of a plan that promises limit, by pair within reach.
    support : HouseholdSupport
        Most household support of each class, and what a unit of it costs.
    revenue_year : array of shape (towns, components)
        Money that comes in per year and unit of each price component, after collection.
    caps : Caps
        Limits that each town puts on the tariff of its area.
    price_most : array of shape (towns, components)
        Valid upper bound on each price in any tariff that the town's own limits allow.
    level_most : array of shape (towns,)
        Largest value of the first price component that each town's limits allow when it is the
        only one (the level of a given shape).
    solidarity_year : array of shape (towns, components)
        What is billed above the domestic schedule less what is billed below it, money per year
        and unit of each price component.
    poorest_burden : array of shape (towns, components)
        Burden of the town's poorest protected class per unit of each price component.
    stand_alone_year : array of shape (towns,)
        Stand-alone requirement, ``inf`` where the town cannot stand alone.
    start : int array of shape (towns + 1,)
        Towns within reach of seat j are ``served[start[j]:start[j + 1]]``.
    served : int array, hours : float array
        Those towns and their travel hours.
    response : Response or None
        The menu of schedules where consumption follows the price; everything else here is at the
        consumption of today.
    subsidy_last : bool
        Whether operating subsidy is paid only where no tariff and no household support cover cost:
        for a given grouping, which may have to break the promise that there is none.
    """

    instance: Instance
    reach: Reach
    classes: CustomerClasses
    space: PriceSpace
    support: HouseholdSupport
    cost: CostTable
    resources: AreaResources
    totals: PlanTotals
    revenue_year: Floats
    caps: Caps
    price_most: Floats
    level_most: Floats
    solidarity_year: Floats
    poorest_burden: Floats
    stand_alone_year: Floats
    start: Ints
    served: Ints
    hours: Floats
    response: Response | None = None
    subsidy_last: bool = False

    @property
    def towns(self) -> int:
        """Number of towns."""
        return len(self.reach.towns)

    @property
    def kinds(self) -> int:
        """Kinds of operator models, by what avoided cost takes off a requirement; 1 without."""
        return 1 if self.response is None else len(self.response.factor)

    def of_kind(self, kind: int) -> Bools:
        """Return which operator models are of a kind."""
        if self.response is None:
            return np.ones(len(self.cost.models), dtype=bool)
        return np.asarray(self.response.kind == kind, dtype=np.bool_)

    def kind_of(self, model: int) -> int:
        """Return the kind of an operator model."""
        return 0 if self.response is None else int(self.response.kind[model])

    @property
    def programmed(self) -> bool:
        """Whether the public money of a group needs a programme of its own.

        Without household support and solidarity balance, where no limit of a town holds down
        the prices of a category, and towns have one price each or none in common, it is what the
        best revenue leaves open.
        """
        policy = self.instance.policy
        supported = policy.household_support_share > 0 or policy.solidarity_balance
        spread = 1.0 < policy.spread < np.inf and len(self.space.components) > 1
        return supported or spread or not self.separable

    @property
    def separable(self) -> bool:
        """Whether no limit of a town holds down the prices that a category has of its own."""
        return not self.caps.weight[:, self.space.lead :].any()

    def with_policy(self, policy: Policy) -> Case:
        """Return the case under another policy, with the same pairs within reach."""
        return make_case(self.instance.replace(policy=policy), self.reach)

    def with_figures(
        self, classes: CustomerClasses, cost: CostTable, collection_rate: Floats
    ) -> Case:
        """Return the case at other figures of its customers and costs, limits included.

        Reach, hours and resources (what an area's size is judged by) stay, and so do the tables of
        the instance: what is other stands in the arrays.

        Parameters
        ----------
        classes : CustomerClasses
            The same classes with other connections, consumption or incomes.
        cost : CostTable
            Their costs.
        collection_rate : array of shape (towns,)
            Share of billed money that comes in.
        """
        instance, count = self.instance, self.towns
        space, support = self.space, self.support
        same_use = classes.consumption_m3_month is self.classes.consumption_m3_month
        if not same_use:
            space = price_space(instance.tariff, classes)
        if not same_use or classes.connections is not self.classes.connections:
            support = household_support(instance.tariff, instance.policy, classes, space.bill)
        revenue = _revenue_year(collection_rate, classes, space, count)
        alone = cost.stand_alone_requirement()
        affordable = affordable_bill(classes, space, support)
        caps = with_participation(affordable, instance, revenue, alone)
        return replace(
            self,
            classes=classes,
            space=space,
            support=support,
            cost=cost,
            revenue_year=revenue,
            caps=caps,
            price_most=price_most(affordable, instance, space, count),
            level_most=first_price_most(caps, count),
            solidarity_year=_solidarity_year(instance, classes, space, count),
            poorest_burden=_poorest_burden(classes, space, count),
            stand_alone_year=alone,
            response=None,
        )

    def with_consumption(self, consumption_m3_month: Floats) -> Case:
        """Return the case at another consumption of each customer class, which then stays.

        Bills, revenue, support and cost are those of the new consumption; limits and stand-alone
        figures stay those of today.
        """
        instance = self.instance
        classes = replace(self.classes, consumption_m3_month=consumption_m3_month)
        space = price_space(instance.tariff, classes)
        count = len(instance.towns)
        return replace(
            self,
            classes=classes,
            space=space,
            support=household_support(instance.tariff, instance.policy, classes, space.bill),
            cost=cost_table(instance, classes),
            revenue_year=_revenue_year(_collection_rate(instance), classes, space, count),
            solidarity_year=_solidarity_year(instance, classes, space, count),
            poorest_burden=_poorest_burden(classes, space, count),
            response=None,
        )

    def reached_from(self, seat: int) -> tuple[Ints, Floats]:
        """Return the towns within reach of a seat (itself included) and their travel hours."""
        part = slice(int(self.start[seat]), int(self.start[seat + 1]))
        return self.served[part], self.hours[part]


def case_of(instance: Instance) -> Case:
    """Return the case of an instance with the reach that its own policy asks for.

    Examples
    --------
    >>> import optimizer as op
    >>> case_of(op.read("instances/pair")).towns
    2
    """
    return make_case(instance, reach_of(instance))


def make_case(instance: Instance, reach: Reach) -> Case:
    """Return the case of an instance.

    Raises
    ------
    PolicyError
        If a town has no protected household that uses water, so that nothing limits its tariff.
    """
    classes = customer_classes(instance)
    space = price_space(instance.tariff, classes)
    support = household_support(instance.tariff, instance.policy, classes, space.bill)
    cost = cost_table(instance, classes)
    count = len(instance.towns)
    revenue = _revenue_year(_collection_rate(instance), classes, space, count)
    alone = cost.stand_alone_requirement()
    affordable = affordable_bill(classes, space, support)
    pairs = reach.pairs.sort_values(["seat", "town"])
    within = ServedPairs(
        pairs["seat"].to_numpy(dtype=np.int64),
        pairs["town"].to_numpy(dtype=np.int64),
        pairs["hours"].to_numpy(dtype=np.float64),
    )
    caps = with_participation(affordable, instance, revenue, alone)
    return Case(
        instance=instance,
        reach=reach,
        classes=classes,
        space=space,
        support=support,
        cost=cost,
        resources=area_resources(instance, cost),
        totals=plan_totals(instance, within, cost.size),
        revenue_year=revenue,
        caps=caps,
        price_most=price_most(affordable, instance, space, count),
        level_most=first_price_most(caps, count),
        solidarity_year=_solidarity_year(instance, classes, space, count),
        poorest_burden=_poorest_burden(classes, space, count),
        stand_alone_year=alone,
        start=np.searchsorted(within.seat, np.arange(count + 1)).astype(np.int64),
        served=within.town,
        hours=within.hours,
        response=response_of(instance, classes, space, cost),
    )


def _collection_rate(instance: Instance) -> Floats:
    return instance.towns["collection_rate"].to_numpy(dtype=np.float64)


def _revenue_year(
    collection_rate: Floats, classes: CustomerClasses, space: PriceSpace, count: int
) -> Floats:
    """Return ``12 gamma_i sum_k n_ik bill_ik`` per unit of each price component."""
    billed = classes.connections[:, None] * space.bill
    monthly = np.column_stack(
        [classes.total_per_town(billed[:, b], count) for b in range(billed.shape[1])]
    )
    return 12.0 * collection_rate[:, None] * monthly


def _solidarity_year(
    instance: Instance, classes: CustomerClasses, space: PriceSpace, count: int
) -> Floats:
    """Return ``12 sum_k n_ik (bill_ik - domestic_ik)`` per unit of each price component."""
    beyond = space.bill - domestic_bills(instance.tariff, classes)
    billed = 12.0 * classes.connections[:, None] * beyond
    return np.column_stack(
        [classes.total_per_town(billed[:, b], count) for b in range(billed.shape[1])]
    )


def _poorest_burden(classes: CustomerClasses, space: PriceSpace, count: int) -> Floats:
    """Return ``bill / income`` of each town's poorest protected classes, summed if tied."""
    kept = np.flatnonzero(classes.protected)
    income = classes.income_month[kept]
    least = np.full(count, np.inf)
    np.minimum.at(least, classes.town[kept], income)
    poorest = kept[income <= least[classes.town[kept]] * (1 + 1e-12)]
    burden = np.zeros((count, len(space.components)))
    np.add.at(
        burden,
        classes.town[poorest],
        space.bill[poorest] / classes.income_month[poorest][:, None],
    )
    return burden
