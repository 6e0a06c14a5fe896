"""An operator sits only where one may."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, keys_where, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule("seat_allowed", "promise", "seats", "an operator sits only where one may")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check every seat."""
    del hours
    seats = texts(facts.areas["seat"])
    allowed = set(keys_where(facts.instance.towns["seat_allowed"].astype(bool)))
    ledger.count("seat_allowed", len(seats))
    for area, seat in seats.items():
        if seat not in allowed:
            message = Message("no operator may sit in {seat}", seat=Town(seat))
            ledger.fail("seat_allowed", message, town=seat, area=area, amount=1.0)
