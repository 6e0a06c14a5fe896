"""A plan as it stands (areas, seats, prices, public money) under other data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats, Ints
from optimizer.cost_terms.terms import Line, Per
from optimizer.costs.area_cost import requirement_factor
from optimizer.costs.quantities import Quantities, Use, quantities_of
from optimizer.costs.sums import model_cost, town_cost
from optimizer.instance.incumbents import incumbents_of
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import affordable_limits
from optimizer.uncertainty.draws import Draws

__all__ = ["FixedMoney", "fixed_money"]


@dataclass(frozen=True, eq=False)
class FixedMoney:
    """Money of a fixed plan under draws of data; arrays of shape (draws, areas), money per year.

    Attributes
    ----------
    cost_year, fee_year, requirement_year : array
        Cost, board fee, and requirement with margin, under the drawn data.
    income_year : array
        Revenue from bills at the plan's prices, and the plan's subsidy and transfer.
    unaffordable : array of shape (draws,)
        Share of protected household connections whose bill exceeds the limit.
    support_year : float
        The plan's household support.
    subsidy_year : float
        The plan's operating subsidy.
    """

    cost_year: Floats
    fee_year: Floats
    requirement_year: Floats
    income_year: Floats
    unaffordable: Floats
    support_year: float
    subsidy_year: float


def fixed_money(plan: Plan, drawn: Draws | Mapping[str, Floats]) -> FixedMoney:
    """Return the money of a plan whose areas, prices and public money stay while data change.

    Bills follow consumption through the plan's blocks; nothing is decided anew.

    Parameters
    ----------
    plan : Plan
        A plan with service areas.
    drawn : Draws, or mapping of str to array of shape (draws, towns) or (draws, 1)
        Towns are in the order of ``plan.towns``. Of a mapping, factors by the names of
        :data:`~optimizer.cost_terms.factors.UNCERTAIN`, those that are the same for all towns hold
        for operator models too.

    Examples
    --------
    >>> import numpy as np
    >>> import optimizer as op
    >>> plan = op.solve(op.read("instances/pair"))
    >>> money = fixed_money(plan, {"costs": np.array([[1.0], [1.2]])})
    >>> money.cost_year.ravel().tolist(), money.income_year.ravel().tolist()
    ([153000.0, 183600.0], [153000.0, 153000.0])
    """
    plan.instance.policy.refuse_response("robustness")
    if not isinstance(drawn, Draws):
        count = max((len(values) for values in drawn.values()), default=1)
        same = {name: values for name, values in drawn.items() if values.shape[1] == 1}
        drawn = Draws(count, drawn, same)
    data = _Data(plan, drawn)
    area = data.area
    cost = _per_area(data.town_cost(), area, len(plan.areas)) + data.overhead()
    classes = _classes(plan)
    use = classes["consumption_m3_month"].to_numpy() * data.of_class(classes, "consumption")
    bill = _bills(plan, classes, use)
    connections = classes["connections"].to_numpy() * data.of_class(classes, "connections")
    rate = data.share("collection_rate")
    town = classes["place"].to_numpy(dtype=np.int64)
    rates = np.broadcast_to(rate, (len(rate), len(plan.towns)))[:, town]
    revenue = _per_area(12.0 * rates * connections * bill, area[town], len(plan.areas))
    public = plan.areas["operating_subsidy_year"] + plan.areas["transfer_year"]
    income = revenue + public.to_numpy(dtype=float)
    models = plan.instance.operator_models.loc[plan.areas["operator_model"]]
    fee = models["board_fee_share_cost"].to_numpy(dtype=float) * cost
    fee = fee + models["board_fee_share_revenue"].to_numpy(dtype=float) * income
    need = cost * requirement_factor(models)
    cost, fee, need, income = np.broadcast_arrays(cost, fee, need, income)
    return FixedMoney(
        cost_year=cost,
        fee_year=fee,
        requirement_year=need,
        income_year=income,
        unaffordable=_unaffordable(classes, bill, connections, data),
        support_year=float(plan.areas["household_support_year"].sum()),
        subsidy_year=float(plan.areas["operating_subsidy_year"].sum()),
    )


@dataclass(frozen=True, eq=False)
class _Data:
    """The plan's towns under the drawn factors."""

    plan: Plan
    drawn: Draws

    @property
    def towns(self) -> pd.DataFrame:
        return pd.DataFrame(self.plan.instance.towns.loc[self.plan.towns.index])

    @property
    def area(self) -> Ints:
        """Position of each town's area."""
        return self.plan.areas.index.get_indexer(pd.Index(self.plan.towns["service_area"])).astype(
            np.int64
        )

    def share(self, column: str) -> Floats:
        """Return collection or losses of the towns; shape (draws, towns)."""
        return self.drawn.share(column, self.towns[column].to_numpy(dtype=np.float64))

    def of_class(self, classes: pd.DataFrame, name: str) -> Floats:
        """Return the factor of each customer class, that of its town."""
        factor = self.drawn.factor(name)
        return (
            factor if factor.shape[1] == 1 else factor[:, classes["place"].to_numpy(dtype=np.int64)]
        )

    def quantities(self) -> Quantities:
        """Return what there is in each town under the drawn factors."""
        classes = _classes(self.plan)
        before = quantities_of(
            Use(
                town=classes["place"].to_numpy(dtype=np.int64),
                sewer=classes["sewer"].to_numpy(dtype=bool),
                connections=classes["connections"].to_numpy(dtype=float),
                consumption_m3_month=classes["consumption_m3_month"].to_numpy(dtype=float),
            ),
            self.share("non_revenue_water"),
            towns=len(self.plan.towns),
        )
        more, thirstier = (
            self.drawn.factor("connections"),
            self.drawn.factor("connections", "consumption"),
        )
        return replace(
            before,
            connections=before.connections * more,
            billed_m3_month=before.billed_m3_month * thirstier,
            sewer_connections=before.sewer_connections * more,
            sewer_m3_month=before.sewer_m3_month * thirstier,
        )

    def town_cost(self) -> Floats:
        """Return what each town adds to its area's cost; shape (draws, towns)."""
        towns, plan, here = self.towns, self.plan, self.quantities()
        models = plan.instance.operator_models.loc[plan.towns["operator_model"]]
        moves = self.moves()
        hours = 2.0 * plan.towns["travel_hours"].to_numpy() * towns["trips_year"].to_numpy()
        crew = model_cost(models, Per.ROAD_HOUR, self.of_models(plan.towns["operator_model"]))

        def cost(line: Line, *, efficiency: bool = False) -> Floats:
            return town_cost(towns, here, line, efficiency=efficiency, factors=self.drawn.town)

        return np.asarray(
            models["efficiency"].to_numpy() * cost(Line.OPERATION, efficiency=True)
            + cost(Line.OPERATION)
            + cost(Line.REPLACEMENT)
            + cost(Line.TRANSITION) * moves
            + crew * hours * self.drawn.factor("trips", "hours")
        )

    def moves(self) -> Bools:
        """Return which towns change their operator; shape (towns,)."""
        plan, exist = self.plan, incumbents_of(self.plan.instance.operator_models)
        today = {town: one.operator for one in exist for town in one.today}
        before = plan.towns.index.map(lambda town: today.get(str(town), ""))
        joins = (plan.towns["seat"] != plan.towns.index).to_numpy()
        changes = np.asarray(before) != plan.towns["operator_model"].to_numpy()
        return np.asarray(np.where(np.asarray(before) == "", joins, changes), dtype=np.bool_)

    def of_models(self, named: pd.Series) -> dict[str, Floats]:
        """Return the factors of costs of the operator models that are named, in their order."""
        place = self.plan.instance.operator_models.index.get_indexer(pd.Index(named))
        return {
            name: values if values.shape[1] == 1 else values[:, place]
            for name, values in self.drawn.model.items()
        }

    def overhead(self) -> Floats:
        """Return the overhead of each area; shape (draws, areas)."""
        named = self.plan.areas["operator_model"]
        models = self.plan.instance.operator_models.loc[named]
        return model_cost(models, Per.AREA, self.of_models(named))


def _per_area(values: Floats, area: Ints, count: int) -> Floats:
    member = np.zeros((len(area), count))
    member[np.arange(len(area)), area] = 1.0
    return np.asarray(np.broadcast_to(values, (len(values), len(area))) @ member)


def _classes(plan: Plan) -> pd.DataFrame:
    """Return household groups and other customers, with their town's position and schedule."""
    columns = ["town", "category", "connections", "consumption_m3_month", "metered", "sewer"]
    homes = plan.bills.assign(affordable_share=affordable_limits(plan)).reset_index()
    homes["missed"] = homes["missed_connections"] / homes["connections"]
    homes = homes[
        [*columns, "income_month", "support_month", "protected", "affordable_share", "missed"]
    ]
    others = _others(plan.instance.customers)[columns].assign(
        income_month=np.nan, support_month=0.0, protected=False, affordable_share=np.nan, missed=0.0
    )
    both = pd.concat([homes, others], ignore_index=True) if len(others) else homes
    area = plan.towns["service_area"].loc[both["town"]].to_numpy()
    place = plan.towns.index.get_indexer(pd.Index(both["town"]))
    return both.assign(service_area=area, place=place)


def _others(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the customers that are no households, with and without meter and sewerage."""
    shares = ["unmetered_share", "sewer_share"]
    rows = customers.reset_index()
    given = rows.reindex(columns=shares).fillna(0.0).astype(float)
    parts = []
    for metered in (True, False):
        for sewer in (True, False):
            share = given["unmetered_share"] if not metered else 1.0 - given["unmetered_share"]
            share = share * (given["sewer_share"] if sewer else 1.0 - given["sewer_share"])
            part = rows.assign(metered=metered, sewer=sewer)
            parts.append(part.assign(connections=rows["connections"] * share)[share > 0.0])
    return pd.concat(parts, ignore_index=True)


def _bills(plan: Plan, classes: pd.DataFrame, use: Floats) -> Floats:
    """Return each class's bill per month at a use of shape (draws, classes)."""
    per_town = plan.instance.policy.own_schedules
    keys = pd.MultiIndex.from_arrays(
        [
            classes["service_area"],
            classes["town"] if per_town else pd.Series("", index=classes.index),
            classes["category"],
        ]
    )
    least = _component(plan, "minimum bill", keys)["to_m3"].fillna(0.0).to_numpy(dtype=float)
    flat = _component(plan, "unmetered charge", keys)
    charge, assumed = flat["price"].to_numpy(dtype=float), flat["to_m3"].to_numpy(dtype=float)
    unmetered = ~classes["metered"].to_numpy(dtype=bool)
    use = np.maximum(np.where(unmetered & ~np.isnan(assumed), assumed, use), least)
    water = _service(plan, keys, use, "fixed charge", "block ")
    water = np.where(unmetered & ~np.isnan(charge), charge, water)
    share = _component(plan, "sewer share of water bill", keys)["price"].fillna(0.0)
    sewer = _service(plan, keys, use, "sewer fixed charge", "sewer block ")
    sewer = sewer + share.to_numpy(dtype=float) * water
    return water + np.where(classes["sewer"].to_numpy(dtype=bool), sewer, 0.0)


def _service(plan: Plan, keys: pd.MultiIndex, use: Floats, charge: str, block: str) -> Floats:
    """Return fixed charge and blocks of one service for each class; shape (draws, classes)."""
    fixed = _component(plan, charge, keys)["price"].fillna(0.0).to_numpy(dtype=float)
    total = np.zeros_like(use) + fixed
    for component in plan.tariffs.index.unique("component"):
        if not str(component).startswith(block):
            continue
        own = _component(plan, str(component), keys)
        price = own["price"].fillna(0.0).to_numpy(dtype=float)
        start = own["from_m3"].to_numpy(dtype=float)
        end = own["to_m3"].fillna(np.inf).to_numpy(dtype=float)
        within = np.where(np.isnan(start), 0.0, np.clip(use, start, end) - start)
        total = np.asarray(total + price * within)
    return np.asarray(total)


def _component(plan: Plan, component: str, keys: pd.MultiIndex) -> pd.DataFrame:
    """Return one component of the schedule that holds for each class; NaN where there is none."""
    rows = plan.tariffs[plan.tariffs.index.get_level_values("component") == component]
    return rows.droplevel("component").reindex(keys)


def _unaffordable(classes: pd.DataFrame, bill: Floats, connections: Floats, data: _Data) -> Floats:
    kept = classes["protected"].to_numpy(dtype=bool)
    income = classes["income_month"].to_numpy(dtype=float) * data.of_class(classes, "income")
    paid = bill - classes["support_month"].to_numpy(dtype=float)
    limit = classes["affordable_share"].to_numpy(dtype=float) * (1.0 + 1e-6)
    missed = classes["missed"].fillna(0.0).to_numpy(dtype=float)
    over = np.where(paid > limit * income, 1.0 - missed, 0.0)
    over = np.where(kept, over + np.where(bill > limit * income, missed, 0.0), 0.0)
    weight = np.where(kept, connections, 0.0)
    return np.asarray((over * weight).sum(axis=1) / weight.sum(axis=1))
