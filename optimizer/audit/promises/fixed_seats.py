"""An operator sits in every fixed seat."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule("fixed_seats", "promise", "seats", "an operator sits in every fixed seat")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check every fixed seat."""
    del hours
    seats, policy = texts(facts.areas["seat"]), facts.instance.policy
    ledger.count("fixed_seats", len(policy.fixed_seats))
    area_of = texts(facts.area_of)
    for town in policy.fixed_seats:
        if town not in seats.values():
            message = Message("no operator sits in {town}, which is a fixed seat", town=Town(town))
            area = area_of.get(town, "")
            ledger.fail("fixed_seats", message, town=town, area=area, amount=-1.0)
