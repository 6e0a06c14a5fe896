"""Towns that may not share an operator do not."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule("keep_apart", "promise", "towns", "towns that may not share an operator do not")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check every pair of towns of every set."""
    del hours
    policy, area_of = facts.instance.policy, texts(facts.area_of)
    for towns in policy.keep_apart:
        for a, b in combinations(towns, 2):
            ledger.count("keep_apart")
            if a in area_of and area_of[a] == area_of.get(b, ""):
                message = Message(
                    "{town} may not share an operator with {other}", town=Town(b), other=Town(a)
                )
                ledger.fail("keep_apart", message, town=b, area=area_of[a], amount=1.0)
