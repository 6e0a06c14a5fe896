"""Every bill and burden recomputed from the plan's prices and the instance's customers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack, texts
from optimizer.audit.money.layout import FLAT, billing_of, layout_of
from optimizer.audit.money.support import check_support, supported_m3
from optimizer.instance.schema.fields import Tariff
from optimizer.messages.message import Message, Town

__all__ = ["check_bills", "water_and_sewer_bills"]


def check_bills(facts: Facts, prices: pd.Series, ledger: Ledger) -> pd.DataFrame:
    """Check bills, support and burdens, and whether protected households can afford them.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    prices : Series
        Prices by town, category and component.
    ledger : Ledger
        Receives checks and failures.

    Returns
    -------
    pandas.DataFrame
        The customer classes of every served town with ``bill_month`` (recomputed),
        ``sewer_bill_month``, ``domestic_month`` (the bill under the domestic schedule),
        ``support_month`` (the plan's decision), ``support_year`` (what the public pays),
        ``paid_month`` and ``burden``.
    """
    classes = facts.classes[facts.classes["town"].isin(facts.towns.index)]
    tariff = facts.instance.tariff
    water, sewer = water_and_sewer_bills(classes, prices, tariff)
    part = water_and_sewer_bills(supported_m3(facts, classes), prices, tariff)
    own_water, own_sewer = water_and_sewer_bills(
        classes.assign(category="domestic"), prices, tariff
    )
    classes = classes.assign(
        bill_month=water + sewer,
        sewer_bill_month=sewer,
        supported_bill_month=part[0] + part[1],
        domestic_month=own_water + own_sewer,
    )
    stated = _stated(facts, classes, ledger)
    support = stated["support_month"].fillna(0.0).to_numpy()
    paid = classes["bill_month"] - support
    classes = classes.assign(support_month=support, paid_month=paid)
    classes["burden"] = classes["paid_month"] / classes["income_month"]
    _compare(facts, classes, stated, ledger)
    classes = check_support(facts, classes, stated, ledger)
    _affordable_bill(facts, classes, ledger)
    _worst_burden(facts, classes, ledger)
    return classes


def water_and_sewer_bills(
    classes: pd.DataFrame, prices: pd.Series, tariff: Tariff
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each class is billed for water and for sewerage, money per month.

    Parameters
    ----------
    classes : DataFrame
        Customer classes, as in :class:`~optimizer.audit.facts.Facts`.
    prices : Series
        Prices by town, category and component.
    tariff : Tariff
        Rules of the schedule.
    """
    billing, drained = billing_of(tariff), classes["sewer"].to_numpy(dtype=bool)
    layout = layout_of(tariff, sewer=bool(drained.any()))
    layout = layout[layout["position"] >= 0]
    billed = classes.assign(billed_m3=_billed_m3(classes, billing))
    water = _bills(billed, prices, layout[layout["service"] == "water"])
    water = _flat(classes, water, prices, billing)
    if tariff.sewer_share_of_water_bill is not None:
        return water, np.where(drained, tariff.sewer_share_of_water_bill * water, 0.0)
    if not drained.any():
        return water, np.zeros(len(water))
    sewer = _bills(billed, prices, layout[layout["service"] == "sewer"])
    return water, np.where(drained, sewer, 0.0)


def _billed_m3(classes: pd.DataFrame, billing: pd.DataFrame) -> pd.Series:
    """Return the consumption that each class is billed: its use, the assumed one, the least."""
    own = billing.reindex(classes["category"]).set_axis(classes.index)
    assumed = own["unmetered_m3"].where(classes["unmetered"].astype(bool))
    use = assumed.fillna(classes["consumption_m3_month"])
    return use.clip(lower=own["minimum_m3"])


def _flat(
    classes: pd.DataFrame, bill: np.ndarray, prices: pd.Series, billing: pd.DataFrame
) -> np.ndarray:
    """Return the bills with the flat charge where there is one and no meter."""
    own = billing["unmetered_charge"].reindex(classes["category"]).set_axis(classes.index)
    flat = classes["unmetered"].astype(bool) & own.notna()
    key = pd.MultiIndex.from_frame(classes[["town", "category"]].assign(component=FLAT))
    return np.where(flat, prices.reindex(key).to_numpy(dtype=float), bill)


def _bills(classes: pd.DataFrame, prices: pd.Series, layout: pd.DataFrame) -> np.ndarray:
    """Return ``p_0 + sum_b v_b(q) p_b`` of every class; NaN where a price is missing."""
    lines = classes[["town", "category", "billed_m3"]].reset_index(names="class")
    lines = lines.merge(layout, on="category", how="left")
    volume = _block_volumes(lines)
    key = pd.MultiIndex.from_frame(lines[["town", "category", "component"]])
    amount = prices.reindex(key).to_numpy() * volume.to_numpy()
    bill = pd.Series(amount).groupby(lines["class"].to_numpy()).sum(min_count=1)
    incomplete = pd.Series(np.isnan(amount)).groupby(lines["class"].to_numpy()).any()
    return bill.where(~incomplete).reindex(classes.index).to_numpy(dtype=float)


def _block_volumes(lines: pd.DataFrame) -> pd.Series:
    """Return the m3 that fall into each block, 1 for the fixed charge, of classes by component."""
    filled = np.fmin(lines["billed_m3"], lines["to_m3"]) - lines["from_m3"]
    return pd.Series(filled.clip(lower=0.0).where(lines["position"] > 0, 1.0))


def _stated(facts: Facts, classes: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return the plan's row of each class (empty for customers), after checking the keys."""
    bills = facts.plan.bills
    households = classes[classes["household"]]
    due = pd.MultiIndex.from_frame(households[["town", "label"]])
    ledger.count("bill", len(due))
    for town, group in due[~due.isin(bills.index)]:
        ledger.fail(
            "bill",
            Message("{town} has no bill for {group}", town=Town(town), group=group),
            town=town,
        )
    known = pd.MultiIndex.from_frame(
        facts.classes.loc[facts.classes["household"], ["town", "label"]]
    )
    for town, group in bills.index[~bills.index.isin(known)]:
        ledger.fail(
            "bill",
            Message("the instance has no {group} in {town}", group=group, town=Town(town)),
            town=town,
        )
    twice = bills.index.duplicated()
    for town, group in bills.index[twice]:
        ledger.fail(
            "bill",
            Message("{group} in {town} has two bills", group=group, town=Town(town)),
            town=town,
        )
    bills = bills[~twice]
    key = pd.MultiIndex.from_frame(classes[["town", "label"]])
    found = bills.reindex(key).set_axis(classes.index)
    return found.where(classes["household"].astype(bool))


def _compare(facts: Facts, classes: pd.DataFrame, stated: pd.DataFrame, ledger: Ledger) -> None:
    """Compare every figure of ``plan.bills`` with the recomputed one."""
    there = stated["bill_month"].notna() | stated["connections"].notna()
    mine, bills = classes[there], stated[there]
    towns = list(mine["town"])
    areas = list(facts.area_of.reindex(towns))
    for rule, column in (
        ("tables", "connections"),
        ("tables", "consumption_m3_month"),
        ("tables", "income_month"),
        ("bill", "bill_month"),
        ("bill", "paid_month"),
        ("burden", "burden"),
        ("bill", "sewer_bill_month"),
        ("tables", "affordable_share"),
    ):
        what = f"bills: {column}"
        ledger.compare(rule, what, bills[column], mine[column], towns=towns, areas=areas)
    limit = mine["affordable_share"]
    within = ~mine["protected"] | (mine["burden"] <= limit * (1.0 + 1e-9))
    near = (mine["burden"] - limit).abs() <= 1e-6 * limit
    flags = bills["affordable"].where(near & mine["protected"], within)
    for column, due in (
        ("service_area", areas),
        ("category", list(mine["category"])),
        ("protected", list(mine["protected"])),
        ("metered", [not flat for flat in mine["unmetered"]]),
        ("sewer", list(mine["sewer"])),
    ):
        ledger.same_text(f"bills: {column}", bills[column], due, towns=towns, areas=areas)
    what = "bills: affordable"
    ledger.same_text(what, bills["affordable"], list(flags), towns=towns, areas=areas)


def _affordable_bill(facts: Facts, classes: pd.DataFrame, ledger: Ledger) -> None:
    mine = classes[classes["protected"].astype(bool)]
    limit = mine["affordable_share"] * mine["income_month"]
    over = mine["paid_month"] - limit
    ledger.count("affordable_bill", len(mine))
    dear = mine.assign(limit=limit, over=over)[over > slack(limit)]
    area = texts(facts.area_of)
    columns = ["town", "label", "paid_month", "limit", "over"]
    for town, group, paid, most, amount in dear[columns].to_numpy().tolist():
        message = Message(
            "{group} pays {amount:,.6g} a month, {limit:,.6g} is affordable",
            group=group,
            amount=paid,
            limit=most,
        )
        ledger.fail("affordable_bill", message, town=town, area=area[town], amount=amount)


def _worst_burden(facts: Facts, classes: pd.DataFrame, ledger: Ledger) -> None:
    protected = classes[classes["protected"].astype(bool)]
    worst = protected.groupby("town")["burden"].max().reindex(facts.towns.index)
    areas = list(facts.area_of)
    what = "towns: burden_worst"
    found = facts.towns["burden_worst"]
    ledger.compare("burden", what, found, worst, towns=worst.index, areas=areas)
    by_area = worst.groupby(facts.area_of).max().reindex(facts.areas.index)
    what, found = "areas: burden_worst", facts.areas["burden_worst"]
    ledger.compare("burden", what, found, by_area, areas=by_area.index)
