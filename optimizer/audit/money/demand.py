"""Consumption that follows the price, verified: what is used is what the bill's price leads to.

A plan says what its households use. Here the other side is computed: the average price that the
plan's schedule gives at that use, today's average price from today's mean bill, and the use to
which the customer is led. Both must be the same. Customers of whom a plan says nothing are worked
out by halving. The cost of water that is no longer used is recomputed too.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts, with_size
from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.money.bills import water_and_sewer_bills
from optimizer.audit.money.cost_lines import operation_year
from optimizer.audit.money.costs import requirement_factor
from optimizer.audit.money.layout import FLAT, layout_of
from optimizer.instance.instance import Instance
from optimizer.messages.message import Message, Town

__all__ = ["check_consumption", "check_forgone_water"]

HALVINGS = 60


def check_consumption(facts: Facts, prices: pd.Series, ledger: Ledger) -> Facts:
    """Check what households use, and return the facts at the consumption that results.

    Parameters
    ----------
    facts : Facts
        The plan and its instance, at today's consumption.
    prices : Series
        Prices by town, category and component.
    ledger : Ledger
        Receives checks and failures.
    """
    today = facts.classes.assign(today_m3=facts.classes["consumption_m3_month"])
    stated = _stated(facts, today)
    there = stated.notna() & today["town"].isin(facts.towns.index)
    classes = today.assign(consumption_m3_month=stated.where(there, today["today_m3"]))
    if facts.instance.policy.demand_response:
        _shapes(facts, prices, ledger)
        classes = _answers(facts.instance, classes)
        served = classes["town"].isin(facts.towns.index)
        classes = _others(classes, served & ~there, prices, facts.instance)
        due = _led_to(classes, prices, facts.instance)
    else:
        due = today["today_m3"]
    mine = classes[there]
    what, towns = "bills: consumption_m3_month", list(mine["town"])
    areas = list(facts.area_of.reindex(towns))
    found = mine["consumption_m3_month"]
    ledger.compare("demand_response", what, found, due[there], towns=towns, areas=areas)
    _copies(facts, mine, ledger)
    names = facts.classes.columns
    if not facts.instance.policy.demand_response:
        return facts
    data = with_size(facts.instance, classes).reindex(facts.towns.index)
    return dataclasses.replace(facts, classes=classes[names], data=data)


def _stated(facts: Facts, classes: pd.DataFrame) -> pd.Series:
    """Return what the plan says that each household class uses; NaN for others."""
    bills = facts.plan.bills
    key = pd.MultiIndex.from_frame(classes[["town", "label"]])
    found = bills.loc[~bills.index.duplicated(), "consumption_m3_month"].reindex(key)
    use = pd.Series(found.to_numpy(dtype=float), index=classes.index)
    return use.where(classes["household"].astype(bool))


def _copies(facts: Facts, mine: pd.DataFrame, ledger: Ledger) -> None:
    """Check today's consumption and the change against the instance."""
    key = pd.MultiIndex.from_frame(mine[["town", "label"]])
    bills = facts.plan.bills[~facts.plan.bills.index.duplicated()].reindex(key)
    use, today = mine["consumption_m3_month"], mine["today_m3"]
    change = (use / today.where(today > 0) - 1.0).fillna(0.0)
    for column, due in (("consumption_today_m3_month", today), ("consumption_change", change)):
        found = bills[column].set_axis(mine.index)
        what, towns = f"bills: {column}", list(mine["town"])
        ledger.compare("tables", what, found, due, towns=towns)


def _answers(instance: Instance, classes: pd.DataFrame) -> pd.DataFrame:
    """Return the classes with ``elasticity`` and today's average price ``price_today``.

    0 and NaN for those that do not respond: no meter, no use, or no bill known today.
    """
    bill = _today_bill(instance, classes)
    house = classes["household"].astype(bool)
    paid = (classes["connections"] * bill).where(house, 0.0).groupby(classes["town"]).sum()
    count = classes["connections"].where(house, 0.0).groupby(classes["town"]).sum()
    level = _bill_today(instance).reindex(paid.index) / (paid / count)
    price = bill * level.reindex(classes["town"]).to_numpy() / classes["today_m3"]
    answers = ~classes["unmetered"].astype(bool) & (classes["today_m3"] > 0) & (price > 0)
    own = _own_elasticity(instance, classes).fillna(instance.demand.price_elasticity)
    return classes.assign(elasticity=own.where(answers, 0.0), price_today=price)


def _own_elasticity(instance: Instance, classes: pd.DataFrame) -> pd.Series:
    """Return the elasticity that the tables give a class, NaN where none."""
    parts = []
    for table, level in ((instance.households, "group"), (instance.customers, "category")):
        if "price_elasticity" in table.columns:
            own = table["price_elasticity"].astype(float)
            parts.append(own.rename_axis(index={level: "label"}))
    if not parts:
        return pd.Series(np.nan, index=classes.index)
    known = pd.concat(parts)
    key = pd.MultiIndex.from_arrays([classes["town"], classes["group"]])
    return pd.Series(known.reindex(key).to_numpy(dtype=float), index=classes.index)


def _bill_today(instance: Instance) -> pd.Series:
    """Return each town's mean household bill today."""
    today = pd.Series(np.nan, index=instance.towns.index)
    if instance.targets is not None:
        today = instance.targets["bill_today_month"].astype(float).reindex(today.index)
    other = instance.demand.bill_today_month
    return today if other is None else today.fillna(other)


def _today_bill(instance: Instance, classes: pd.DataFrame) -> pd.Series:
    """Return what each class would pay at today's use under today's shape, at level 1."""
    tariff = instance.tariff
    layout = layout_of(tariff, sewer=bool(classes["sewer"].any()))
    rows = layout[(layout["position"] >= 0) | (layout["component"] == FLAT)]
    if tariff.shape is None:
        names = ["fixed charge"] + [f"block {k + 1}" for k in range(len(tariff.blocks_m3) + 1)]
        first = dict(zip(names, instance.demand.shapes[0], strict=True))
        price = rows["base"].map(first).astype(float) * rows["factor"]
    else:
        price = rows["shape"]
    towns = list(dict.fromkeys(classes["town"]))
    own = rows[["category", "component"]].to_numpy().tolist()
    keys = [(town, category, component) for town in towns for category, component in own]
    index = pd.MultiIndex.from_tuples(keys, names=["town", "category", "component"])
    prices = pd.Series(np.tile(price.to_numpy(dtype=float), len(towns)), index=index)
    then = classes.assign(consumption_m3_month=classes["today_m3"])
    water, sewer = water_and_sewer_bills(then, prices, tariff)
    return pd.Series(water + sewer, index=classes.index)


def _led_to(classes: pd.DataFrame, prices: pd.Series, instance: Instance) -> pd.Series:
    """Return the use to which the average price of each class's present use leads it."""
    water, sewer = water_and_sewer_bills(classes, prices, instance.tariff)
    use, e = classes["consumption_m3_month"], classes["elasticity"]
    price = (water + sewer) / use.where(use > 0)
    ratio = price / classes["price_today"]
    most = instance.demand.change_most
    with np.errstate(divide="ignore"):
        factor = (ratio**e).clip(1.0 - most, 1.0 + most)
    led = classes["today_m3"] * factor
    return pd.Series(led.where(e < 0, classes["today_m3"]))


def _others(
    classes: pd.DataFrame, wanted: pd.Series, prices: pd.Series, instance: Instance
) -> pd.DataFrame:
    """Return the classes with the use of those of whom the plan says nothing, by halving.

    A bill is a straight line between the ends of blocks, so it is computed at those only.
    """
    rows = classes[wanted & (classes["elasticity"] < 0)]
    if rows.empty:
        return classes
    today, most = rows["today_m3"].to_numpy(dtype=float), instance.demand.change_most
    low, high = today * (1.0 - most), today * (1.0 + most)
    points = np.clip(np.array(_bends(instance))[None, :], low[:, None], high[:, None])
    bills = np.column_stack(
        [_bill(rows, prices, instance, points[:, k]) for k in range(points.shape[1])]
    )
    e, before = rows["elasticity"].to_numpy(dtype=float), rows["price_today"].to_numpy(dtype=float)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        with np.errstate(divide="ignore"):
            factor = (_between(points, bills, middle) / middle / before) ** e
        over = today * np.clip(factor, 1.0 - most, 1.0 + most) <= middle
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    use = classes["consumption_m3_month"].copy()
    use[rows.index] = 0.5 * (low + high)
    return classes.assign(consumption_m3_month=use)


def _bends(instance: Instance) -> list[float]:
    """Return every use at which some category's bill bends, with 0 and a very large one."""
    layout = layout_of(instance.tariff, sewer=True)
    ends = layout["to_m3"].dropna().to_numpy(dtype=float)
    return sorted({0.0, *ends.tolist(), 1e9})


def _bill(rows: pd.DataFrame, prices: pd.Series, instance: Instance, use: np.ndarray) -> np.ndarray:
    there = rows.assign(consumption_m3_month=use)
    water, sewer = water_and_sewer_bills(there, prices, instance.tariff)
    return np.asarray(water + sewer, dtype=np.float64)


def _between(points: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return values on the straight lines between points, one row each."""
    left = np.clip((points <= at[:, None]).sum(axis=1) - 1, 0, points.shape[1] - 2)
    row = np.arange(len(at))
    start, end = points[row, left], points[row, left + 1]
    share = np.where(end > start, (at - start) / np.where(end > start, end - start, 1.0), 0.0)
    return np.asarray(values[row, left] * (1 - share) + values[row, left + 1] * share)


def _shapes(facts: Facts, prices: pd.Series, ledger: Ledger) -> None:
    """Check that every domestic schedule is a multiple of a shape of the menu."""
    shapes = facts.instance.demand.shapes
    if not shapes:
        return
    names = ["fixed charge"] + [f"block {k}" for k in range(1, len(shapes[0]))]
    table = prices.xs("domestic", level="category").unstack("component")  # noqa: PD010
    table = table.reindex(columns=names)
    ledger.count("tariff_shape", len(table))
    for town, row in zip(table.index, table.to_numpy(dtype=float), strict=True):
        off = min(np.abs(row - _multiple(row, np.array(s))).max() for s in shapes)
        if not off <= slack(np.nanmax(row))[0]:
            message = Message(
                "the schedule of {town} is no multiple of a shape of the menu", town=Town(str(town))
            )
            ledger.fail("tariff_shape", message, town=str(town), amount=float(off))


def _multiple(row: np.ndarray, shape: np.ndarray) -> np.ndarray:
    largest = int(shape.argmax())
    return np.asarray(row[largest] / shape[largest] * shape, dtype=np.float64)


def check_forgone_water(facts: Facts, there: Facts, ledger: Ledger) -> pd.Series:
    """Check by how much each area requires less because less water is used.

    Parameters
    ----------
    facts, there : Facts
        At today's consumption, and at the one that results.
    ledger : Ledger
        Receives checks and failures.

    Returns
    -------
    Series
        The recomputed ``forgone_water_year`` of each area.
    """
    less = operation_year(facts.data) - operation_year(there.data)
    model = facts.instance.operator_models.reindex(facts.areas["operator_model"])
    factor = (requirement_factor(model) * model["efficiency"]).set_axis(facts.areas.index)
    due = facts.per_area(less) * factor
    found, scale = facts.finances["forgone_water_year"], facts.finances["operation_year"]
    what = "finances: forgone_water_year"
    ledger.compare("demand_response", what, found, due, areas=due.index, scale=scale)
    return due
