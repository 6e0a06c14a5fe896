"""Towns that must share an operator do."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule("keep_together", "promise", "towns", "towns that must share an operator do")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check every set of towns."""
    del hours
    policy, area_of = facts.instance.policy, texts(facts.area_of)
    for towns in policy.keep_together:
        ledger.count("keep_together")
        home = area_of.get(towns[0], "")
        for town in towns[1:]:
            if area_of.get(town, "") != home:
                area = area_of.get(town, "")
                message = Message(
                    "{town} must share an operator with {other}",
                    town=Town(town),
                    other=Town(towns[0]),
                )
                ledger.fail("keep_together", message, town=town, area=area, amount=-1.0)
