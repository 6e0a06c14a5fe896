"""Tariff schedules and household bills of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.plan.tariff_design import Settlement
from optimizer.tariffs.case import Case
from optimizer.tariffs.household_support import leaked
from optimizer.tariffs.price_space import schedule_of, sewer_bills
from optimizer.tariffs.schedule import CategorySchedule

__all__ = ["bills_table", "tariffs_table"]

AFFORDABLE_TOLERANCE = 1e-9


def tariffs_table(case: Case, settled: Sequence[Settlement]) -> pd.DataFrame:
    """Return every schedule: one row per area (or town), category and price component."""
    per_town = case.instance.policy.own_schedules
    rows: list[dict[str, object]] = []
    for area in settled:
        if per_town:
            for town, prices in zip(area.members, area.prices, strict=True):
                rows += _schedule_rows(case, area.choice.label, case.reach.towns[town], prices)
        else:
            rows += _schedule_rows(case, area.choice.label, "", area.prices[0])
    keys = ["service_area", "town", "category", "component"]
    return pd.DataFrame(rows).set_index(keys)


def _schedule_rows(
    case: Case, label: str, town: str, prices: Floats
) -> Iterator[dict[str, object]]:
    schedule = schedule_of(case.instance.tariff, prices)
    for category, entry in schedule.categories.items():
        for component, low, high, price in _components(entry):
            yield {
                "service_area": label,
                "town": town,
                "category": category,
                "component": component,
                "from_m3": low,
                "to_m3": high,
                "price": price,
            }


def _components(entry: CategorySchedule) -> Iterator[tuple[str, float, float, float]]:
    yield "fixed charge", np.nan, np.nan, entry.fixed_charge_month
    low = 0.0
    for b, price in enumerate(entry.price_m3):
        high = entry.blocks_m3[b] if b < len(entry.blocks_m3) else np.nan
        yield f"block {b + 1}", low, high, price
        low = high
    yield from _sewer_components(entry)
    if entry.minimum_m3 > 0:
        yield "minimum bill", np.nan, entry.minimum_m3, entry.bill(0.0)
    if entry.unmetered_charge_month is not None:
        yield "unmetered charge", np.nan, np.nan, entry.unmetered_charge_month
    elif entry.unmetered_m3 is not None:
        billed = entry.billed_m3(0.0, unmetered=True)
        yield "unmetered charge", np.nan, billed, entry.bill(0.0, unmetered=True)


def _sewer_components(entry: CategorySchedule) -> Iterator[tuple[str, float, float, float]]:
    if entry.sewer_share_of_water_bill > 0:
        yield "sewer share of water bill", np.nan, np.nan, entry.sewer_share_of_water_bill
    if entry.sewer_price_m3:
        yield "sewer fixed charge", np.nan, np.nan, entry.sewer_fixed_charge_month
    edges = (0.0, *entry.sewer_blocks_m3, np.nan)
    for b, price in enumerate(entry.sewer_price_m3):
        yield f"sewer block {b + 1}", edges[b], edges[b + 1], price


def bills_table(case: Case, settled: Sequence[Settlement], *, today: Case) -> pd.DataFrame:
    """Return the bill and burden of every household group of every town.

    Parameters
    ----------
    case, today : Case
        The case at the consumption that results, and at that of today.
    settled : sequence of Settlement
        The areas.
    """
    classes, names = case.classes, case.reach.towns
    prices = np.zeros((case.towns, len(case.space.components)))
    support = np.zeros(len(classes.town))
    label = np.empty(case.towns, dtype=object)
    for area in settled:
        prices[area.members] = area.prices
        support += area.support_month
        label[area.members] = area.choice.label
    kept = np.flatnonzero(classes.household)
    bill = (case.space.bill * prices[classes.town]).sum(axis=1)[kept]
    sewer = sewer_bills(case.instance.tariff, classes)
    sewer_bill = (sewer * prices[classes.town]).sum(axis=1)[kept]
    income = classes.income_month[kept]
    most = (case.support.most * prices[classes.town]).sum(axis=1)[kept]
    paid = bill - support[kept]
    limit = classes.affordable_share[kept]
    affordable = paid <= limit * income * (1 + AFFORDABLE_TOLERANCE)
    return pd.DataFrame(
        {
            "town": [names[t] for t in classes.town[kept]],
            "group": [classes.label[k] for k in kept],
            "service_area": [str(s) for s in label[classes.town[kept]]],
            "category": [classes.category[k] for k in kept],
            "connections": classes.connections[kept],
            "consumption_m3_month": classes.consumption_m3_month[kept],
            "income_month": income,
            "bill_month": bill,
            "support_month": support[kept],
            "paid_month": paid,
            "burden": paid / income,
            "protected": classes.protected[kept],
            "affordable": affordable | ~classes.protected[kept],
            "metered": ~classes.unmetered[kept],
            "sewer": classes.sewer[kept],
            "sewer_bill_month": sewer_bill,
            "affordable_share": limit,
            "eligible": classes.eligible[kept],
            "support_most_month": most,
            **_recipients(case, support, kept),
            "consumption_today_m3_month": today.classes.consumption_m3_month[kept],
            "consumption_change": _change(case, today)[kept],
        }
    ).set_index(["town", "group"])


def _change(case: Case, today: Case) -> Floats:
    """Return the change of each class's consumption as a share of today's."""
    before, after = today.classes.consumption_m3_month, case.classes.consumption_m3_month
    return np.where(before > 0, after / np.where(before > 0, before, 1.0) - 1.0, 0.0)


def _recipients(case: Case, support_month: Floats, kept: Ints) -> dict[str, Floats]:
    """Return who gets support and at what public cost, and who should have and does not.

    Of an eligible group all but the missed get what is due to it; of the other households of its
    town a share gets what is due to an eligible one on average.
    """
    classes, policy = case.classes, case.instance.policy
    others_get = leaked(
        classes.town,
        classes.connections,
        classes.eligible,
        classes.household,
        support_month=support_month,
    )[kept]
    number, due = classes.connections[kept], support_month[kept]
    missed = policy.household_support_missed_share * number * (due > 0)
    right = np.where(due > 0, number - missed, 0.0)
    wrong = np.where(others_get > 0, policy.household_support_leak_share * number, 0.0)
    return {
        "supported_connections": right + wrong,
        "support_year": 12.0 * (right * due + wrong * others_get),
        "missed_connections": missed,
    }
