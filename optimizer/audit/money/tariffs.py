"""The tariff tables: one schedule where there must be one, and prices that a tariff may have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.money.category_prices import check_multiples, multiples_of
from optimizer.audit.money.layout import FLAT, SHARE, layout_of
from optimizer.audit.money.sewer_prices import check_sewer_prices
from optimizer.instance.schema.fields import Tariff
from optimizer.messages.message import Message, Town

__all__ = ["check_tariffs"]

_MORE_THAN_SHARE = (
    "fixed charge {amount:,.6g} of a reference bill of {whole:,.6g}: more than the share {limit:g}"
)
_LESS_THAN_SHARE = (
    "fixed charge {amount:,.6g} of a reference bill of {whole:,.6g}: less than the share {limit:g}"
)


def check_tariffs(facts: Facts, ledger: Ledger) -> pd.Series:
    """Check scope, blocks, factors, ladder and fixed charge of every schedule.

    Returns
    -------
    pandas.Series
        Prices, index ``(town, category, component)``: what holds in each served town.
    """
    tariffs = facts.plan.tariffs
    twice = tariffs.index.duplicated()
    for area, town, category, component in tariffs.index[twice]:
        message = Message("tariffs has two rows for {name}", name=f"{category}, {component}")
        ledger.fail("tables", message, town=town, area=area)
    tariffs = tariffs[~twice]
    sewer = bool(facts.classes["sewer"].any())
    layout = layout_of(facts.instance.tariff, sewer=sewer)
    _scope(facts, tariffs, layout, ledger)
    _blocks(tariffs, layout, ledger)
    table = tariffs["price"].unstack(["category", "component"])  # noqa: PD010 - keys are unique
    _factors(facts.instance.tariff, table, layout, ledger)
    _derived_bills(table, layout, ledger)
    _shares(facts.instance.tariff, table, ledger)
    if facts.instance.tariff.shape is None:
        rules = facts.instance.tariff
        _ladder(rules, table, ledger, "domestic", rules.blocks_m3)
        _fixed_charge(rules, table, ledger, "domestic", rules.blocks_m3, rules.reference_m3_month)
        for own in multiples_of(rules):
            _ladder(rules, table, ledger, own.name, own.limits)
            _fixed_charge(rules, table, ledger, own.name, own.limits, own.use)
        check_multiples(rules, table, ledger)
        if sewer and facts.instance.tariff.sewer_share_of_water_bill is None:
            check_sewer_prices(facts.instance.tariff, table, ledger)
    return _prices_by_town(facts, tariffs)


def _keys(facts: Facts) -> list[tuple[str, str]]:
    """Return the schedules that there must be: (area, town or nothing)."""
    if facts.instance.policy.own_schedules:
        return [(str(a), str(t)) for t, a in facts.area_of.items()]
    return [(str(a), "") for a in facts.areas.index]


def _scope(facts: Facts, tariffs: pd.DataFrame, layout: pd.DataFrame, ledger: Ledger) -> None:
    keys = _keys(facts)
    used = {"domestic", *facts.classes["category"]}
    needed = layout[layout["category"].isin(used)]
    pairs = list(zip(needed["category"], needed["component"], strict=True))
    have = set(tariffs.index)
    ledger.count("tariff_scope", len(keys))
    for area, town in keys:
        missing = [f"{c}, {p}" for c, p in pairs if (area, town, c, p) not in have]
        if missing:
            message = Message("no price for {name}", name="; ".join(missing))
            ledger.fail("tariff_scope", message, town=town, area=area, amount=-1.0)
    wanted = set(keys)
    extra = {(a, t) for a, t, _, _ in tariffs.index if (a, t) not in wanted}
    for area, town in sorted(extra):
        scope = facts.instance.policy.tariff_scope
        message = Message(
            "a schedule that there may not be (one per {scope})", scope=Message(scope)
        )
        ledger.fail("tariff_scope", message, town=town, area=area, amount=1.0)
    if facts.instance.policy.tariff_scope == "region" and len(keys) > 1:
        _one_for_all(tariffs["price"], keys, ledger)


def _one_for_all(price: pd.Series, keys: Sequence[tuple[str, str]], ledger: Ledger) -> None:
    rows = [(*key, float(value)) for key, value in zip(price.index, price.array, strict=True)]
    first = keys[0][0]
    common = {(c, p): value for area, _, c, p, value in rows if area == first}
    ledger.count("tariff_scope", len(rows))
    for area, town, category, component, value in rows:
        other = common.get((category, component), np.nan)
        if abs(value - other) > slack(value, other)[0]:
            message = Message(
                "{name}: {amount:,.6g} here, {limit:,.6g} in {town}",
                name=f"{category}, {component}",
                amount=value,
                limit=other,
                town=Town(first),
            )
            ledger.fail("tariff_scope", message, town=town, area=area, amount=1.0)


def _blocks(tariffs: pd.DataFrame, layout: pd.DataFrame, ledger: Ledger) -> None:
    """Check that every row is a block of the instance's tariff with the right limits."""
    rows = tariffs.reset_index().merge(
        layout, on=["category", "component"], how="left", suffixes=("", "_due"), indicator=True
    )
    names = ["service_area", "town", "category", "component"]
    foreign = rows.loc[rows["_merge"] == "left_only", names]
    for area, town, category, component in foreign.to_numpy().tolist():
        message = Message("tariffs: the instance has no {name}", name=f"{category}, {component}")
        ledger.fail("tables", message, town=town, area=area)
    known = rows[rows["_merge"] == "both"]
    towns, areas = list(known["town"]), list(known["service_area"])
    for column in ("from_m3", "to_m3"):
        due = known[f"{column}_due"]
        what = f"tariffs: {column}"
        ledger.compare("tables", what, known[column], due, towns=towns, areas=areas)
    ledger.count("tariff_ladder", len(known))
    negative = known.loc[~(known["price"] >= -slack(known["price"])), [*names, "price"]]
    for area, town, category, component, price in negative.to_numpy().tolist():
        message = Message(
            "{name}: a price of {amount:,.6g}", name=f"{category}, {component}", amount=price
        )
        per_month = component in ("fixed charge", FLAT)
        rule = "fixed_charge_share" if per_month else "tariff_ladder"
        rule = "sewer_share" if component.startswith("sewer") else rule
        ledger.fail(rule, message, town=town, area=area, amount=price)


def _factors(tariff: Tariff, table: pd.DataFrame, layout: pd.DataFrame, ledger: Ledger) -> None:
    """Check every price against the domestic one, and the domestic ones against a given shape."""
    level = pd.Series(np.nan, index=table.index)
    if tariff.shape is not None:
        largest = int(np.argmax(tariff.shape))
        component = f"block {largest}" if largest else "fixed charge"
        if ("domestic", component) in table.columns:
            level = table[("domestic", component)] / tariff.shape[largest]
    columns = ["category", "component", "base", "factor", "shape"]
    given_rows = (layout["position"] >= 0) | layout["shape"].notna()
    for category, component, of, factor, shape in (
        layout.loc[given_rows, columns].to_numpy().tolist()
    ):
        here, base = (category, component), ("domestic", of)
        if here not in table.columns:
            continue
        if tariff.shape is not None:
            due = level * float(shape)
        elif category != "domestic" and base in table.columns:
            due = table[base] * float(factor)
        else:
            continue
        given = pd.Series(table[here]).dropna()
        ledger.compare(
            "tariff_shape",
            f"price of {category}, {component}",
            given,
            due[given.index],
            towns=[str(t) for _, t in given.index],
            areas=[str(a) for a, _ in given.index],
        )


def _derived_bills(table: pd.DataFrame, layout: pd.DataFrame, ledger: Ledger) -> None:
    """Check the least bill and the bill of an assumed consumption against the printed prices."""
    derived = layout[(layout["position"] < 0) & layout["to_m3"].notna()]
    for name, component, m3 in derived[["category", "component", "to_m3"]].to_numpy().tolist():
        own = layout[(layout["category"] == name) & (layout["position"] >= 0)]
        own = own[own["service"] == "water"]
        keys = list(zip(own["category"], own["component"], strict=True))
        if (name, component) not in table.columns or any(key not in table.columns for key in keys):
            continue
        start, end = own["from_m3"].fillna(0.0), own["to_m3"].fillna(np.inf)
        volume = (np.minimum(end, m3) - start).clip(lower=0.0).where(own["position"] > 0, 1.0)
        given = pd.Series(table[(name, component)]).dropna()
        due = (table.loc[given.index, keys] * volume.to_numpy()).sum(axis=1)
        what = f"{component} of {name}"
        towns, areas = [str(t) for _, t in given.index], [str(a) for a, _ in given.index]
        ledger.compare("tariff_shape", what, given, due, towns=towns, areas=areas)


def _shares(tariff: Tariff, table: pd.DataFrame, ledger: Ledger) -> None:
    """Check the share of the water bill that is paid for sewerage."""
    due = tariff.sewer_share_of_water_bill
    names = [str(key[0]) for key in table.columns.to_list() if key[1] == SHARE]
    for category, component in ((name, SHARE) for name in names):
        given = pd.Series(table[(category, component)]).dropna()
        towns, areas = [str(t) for _, t in given.index], [str(a) for a, _ in given.index]
        what = f"{component} of {category}"
        ledger.compare("tariff_shape", what, given, due, towns=towns, areas=areas)


def _own(table: pd.DataFrame, category: str, components: Sequence[str]) -> pd.DataFrame | None:
    columns = [(category, c) for c in components]
    if any(c not in table.columns for c in columns):
        return None
    return table[columns].droplevel(0, axis=1)[list(components)]


def _ladder(
    tariff: Tariff, table: pd.DataFrame, ledger: Ledger, category: str, limits: Sequence[float]
) -> None:
    """Check that block prices rise, the last to at most ``ladder`` times the first."""
    blocks = [f"block {k + 1}" for k in range(len(limits) + 1)]
    price = _own(table, category, blocks)
    if price is None:
        return
    steps = [(price[low], price[high], 1.0, low, high) for low, high in pairwise(blocks)]
    steps.append((price[blocks[-1]], price[blocks[0]], tariff.ladder, blocks[-1], blocks[0]))
    ledger.count("tariff_ladder", len(steps) * len(price))
    for first, second, times, name, other in steps:
        over = (first - times * second)[first - times * second > slack(first, second)]
        for (area, town), amount in zip(over.index, over.array, strict=True):
            a, b = float(first[(area, town)]), float(second[(area, town)])
            message = Message(
                "{name} costs {amount:,.6g}, more than {times:g} times {other_name} at "
                "{limit:,.6g}",
                name=name,
                amount=a,
                times=times,
                other_name=other,
                limit=b,
            )
            ledger.fail("tariff_ladder", message, town=town, area=area, amount=float(amount))


def _fixed_charge(  # noqa: PLR0917 - one schedule and where it stands
    tariff: Tariff,
    table: pd.DataFrame,
    ledger: Ledger,
    category: str,
    limits: Sequence[float],
    use: float,
) -> None:
    """Check the fixed charge against the bill of the reference consumption."""
    names = ["fixed charge"] + [f"block {k + 1}" for k in range(len(limits) + 1)]
    price = _own(table, category, names)
    if price is None:
        return
    bill, low = price["fixed charge"].copy(), 0.0
    for name, high in zip(names[1:], [*limits, np.inf], strict=True):
        bill += price[name] * max(0.0, min(use, high) - low)
        low = high
    charge, least, most = (
        price["fixed charge"],
        tariff.fixed_charge_least_share,
        tariff.fixed_charge_share,
    )
    ledger.count("fixed_charge_share", len(price) * (2 if least > 0 else 1))
    for excess, limit, words in (
        (charge - most * bill, most, _MORE_THAN_SHARE),
        (least * bill - charge, least, _LESS_THAN_SHARE),
    ):
        over = excess[excess > slack(bill)]
        for (area, town), amount in zip(over.index, over.array, strict=True):
            here, whole = float(charge[(area, town)]), float(bill[(area, town)])
            message = Message(words, amount=here, whole=whole, limit=limit)
            ledger.fail("fixed_charge_share", message, town=town, area=area, amount=float(amount))


def _prices_by_town(facts: Facts, tariffs: pd.DataFrame) -> pd.Series:
    """Return the price of every category and component in each served town."""
    schedule = facts.area_of.rename("service_area").rename_axis("of_town").reset_index()
    by_town = facts.instance.policy.own_schedules
    schedule["town"] = schedule["of_town"] if by_town else ""
    prices = tariffs["price"].reset_index()
    rows = schedule.merge(prices, on=["service_area", "town"])
    rows = rows.drop(columns=["town", "service_area"]).rename(columns={"of_town": "town"})
    return rows.set_index(["town", "category", "component"])["price"]
