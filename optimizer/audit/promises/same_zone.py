"""An area stays within one zone."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.promises.incumbent_area import served_today
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule("same_zone", "promise", "towns", "an area stays within one zone")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check the zone of every town."""
    del hours
    if not facts.instance.policy.same_zone:
        return
    zone, seat = texts(facts.instance.towns["zone"]), texts(facts.areas["seat"])
    ledger.count("same_zone", len(facts.towns))
    today = served_today(facts.instance.operator_models)
    for town, area in texts(facts.area_of).items():
        if zone[town] != zone[seat[area]] and (seat[area], town) not in today:
            message = Message(
                "{town} is in zone {zone}, its seat in {other_zone}",
                town=Town(town),
                zone=repr(zone[town]),
                other_zone=repr(zone[seat[area]]),
            )
            ledger.fail("same_zone", message, town=town, area=area, amount=1.0)
