"""Household support recomputed: who may get it, how much at most, who does, at what public cost."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack, texts
from optimizer.instance.schema.policy import Policy
from optimizer.messages.message import Message

__all__ = ["check_support", "recipients", "supported_m3"]


def supported_m3(facts: Facts, classes: pd.DataFrame) -> pd.DataFrame:
    """Return the classes with the consumption on which support is counted."""
    volume = facts.instance.policy.household_support_m3_month
    return classes.assign(consumption_m3_month=classes["consumption_m3_month"].clip(upper=volume))


def check_support(
    facts: Facts, classes: pd.DataFrame, stated: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Check support against its limit, and who gets it and what the public pays.

    Every household of an eligible group gets what is due to it, but for those missed; a share of
    the other households of the town gets the town's mean of what is due. All is counted household
    by household here, and not by a factor on the support of a group.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    classes : DataFrame
        Customer classes with ``bill_month``, ``supported_bill_month`` (the bill of the supported
        volume) and ``support_month`` (the plan's decision).
    stated : DataFrame
        The plan's rows of the same classes.
    ledger : Ledger
        Receives checks and failures.

    Returns
    -------
    DataFrame
        The classes with ``support_year``, what the public pays for each.
    """
    policy = facts.instance.policy
    eligible = classes["eligible"].astype(bool)
    share = policy.household_support_share
    most = (share * classes["supported_bill_month"]).where(eligible, 0.0)
    _within(facts, classes.assign(most=most), ledger)
    given = recipients(policy, classes, list(classes["town"]))
    table = given.assign(support_most_month=most)
    there = stated["connections"].notna() & classes["household"].astype(bool)
    towns = list(classes.loc[there, "town"])
    areas = list(facts.area_of.reindex(towns))
    for column, value in table.items():
        what = f"bills: {column}"
        found = stated.loc[there, str(column)]
        ledger.compare("support", what, found, value[there], towns=towns, areas=areas)
    flags = list(classes.loc[there, "eligible"].astype(bool))
    found = stated.loc[there, "eligible"]
    ledger.same_text("bills: eligible", found, flags, towns=towns, areas=areas)
    return classes.assign(support_year=table["support_year"])


def recipients(policy: Policy, rows: pd.DataFrame, place: Sequence[object]) -> pd.DataFrame:
    """Return who gets support, who is missed, and what the public pays for each class.

    Parameters
    ----------
    policy : Policy
        Its targeting errors.
    rows : DataFrame
        ``connections``, ``support_month``, ``eligible``, ``household`` of classes.
    place : sequence
        Town (and year) of each row, within which support goes to others by error.
    """
    eligible = rows["eligible"].astype(bool)
    due, number = rows["support_month"], rows["connections"]
    missed = (policy.household_support_missed_share * number).where(eligible & (due > 0), 0.0)
    right = number.where(due > 0, 0.0) - missed
    mean = _mean_due(rows, pd.Series(list(place), index=rows.index))
    home = rows["household"].astype(bool) & ~eligible
    wrong = (policy.household_support_leak_share * number).where(home & (mean > 0), 0.0)
    return pd.DataFrame(
        {
            "supported_connections": right + wrong,
            "support_year": 12.0 * right * due + 12.0 * wrong * mean,
            "missed_connections": missed,
        }
    )


def _mean_due(rows: pd.DataFrame, place: pd.Series) -> pd.Series:
    """Return what an eligible household of the same place is due on average, money/month."""
    mine = rows["eligible"].astype(bool)
    count = rows["connections"].where(mine, 0.0)
    total = (count * rows["support_month"]).groupby(place).transform("sum")
    whole = count.groupby(place).transform("sum")
    return (total / whole.where(whole > 0)).fillna(0.0)


def _within(facts: Facts, classes: pd.DataFrame, ledger: Ledger) -> None:
    """Check that support goes to eligible households, within its share of the supported bill."""
    support, most = classes["support_month"], classes["most"]
    ledger.count("household_support", int(classes["household"].sum()))
    over = (support - most).where(support - most > slack(support, most), 0.0)
    under = support.where(support < -slack(support), 0.0)
    wrong = classes.assign(amount=over + under)[(over != 0) | (under != 0)]
    area = texts(facts.area_of)
    columns = ["town", "label", "support_month", "most", "amount"]
    for town, group, given, limit, amount in wrong[columns].to_numpy().tolist():
        message = Message(
            "{group}: support of {amount:,.6g} a month, at most {limit:,.6g}",
            group=group,
            amount=given,
            limit=limit,
        )
        ledger.fail("household_support", message, town=town, area=area[town], amount=amount)
