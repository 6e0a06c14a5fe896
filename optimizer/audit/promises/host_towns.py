"""Towns share an operator only under a host town."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule("host_towns", "promise", "towns", "towns share an operator only under a host town")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Count the towns that are served from a town that is no host."""
    del hours
    hosts = set(facts.instance.policy.host_towns)
    if not hosts:
        return
    seat_of = texts(facts.areas["seat"])
    ledger.count("host_towns", len(seat_of))
    members = facts.area_of.value_counts()
    for area, seat in seat_of.items():
        others = int(members.get(area, 0)) - 1
        if others > 0 and seat not in hosts:
            message = Message(
                "area {area} has {n} towns, but {seat} is no host",
                area=Town(area),
                n=others + 1,
                seat=Town(seat),
            )
            ledger.fail("host_towns", message, town=seat, area=area, amount=float(others))
