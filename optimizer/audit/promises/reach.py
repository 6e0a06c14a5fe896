"""No town is farther from its seat than the reach."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, keys_where, numbers, slack, texts
from optimizer.audit.promises.incumbent_area import served_today
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule("reach", "promise", "hours", "no town is farther from its seat than the reach")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check the travel of every town."""
    most = facts.instance.policy.reach_hours
    ledger.count("reach", len(hours))
    over = hours - most
    area, seat, here = texts(facts.area_of), texts(facts.areas["seat"]), numbers(hours)
    today = served_today(facts.instance.operator_models)
    for town in keys_where(over > slack(hours)):
        home = seat[area[town]]
        if (home, town) in today:
            continue
        message = Message(
            "{town} is {hours:.4g} h from its seat {seat}, the reach is {limit:.4g} h",
            town=Town(town),
            hours=here[town],
            seat=Town(home),
            limit=most,
        )
        ledger.fail("reach", message, town=town, area=area[town], amount=here[town] - most)
