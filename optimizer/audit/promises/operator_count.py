"""The number of operators is within its limits."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message

__all__ = ["RULE", "check"]

RULE = Rule(
    "operator_count", "promise", "operators", "the number of operators is within its limits"
)


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check the number of areas."""
    del hours
    policy, count = facts.instance.policy, len(facts.plan.areas)
    ledger.count("operator_count", 2)
    if count < policy.operators_least:
        message = Message(
            "{n} operators, {limit} are wanted at least", n=count, limit=policy.operators_least
        )
        ledger.fail("operator_count", message, amount=count - policy.operators_least)
    if policy.operators_most is not None and count > policy.operators_most:
        message = Message(
            "{n} operators, {limit} are allowed at most", n=count, limit=policy.operators_most
        )
        ledger.fail("operator_count", message, amount=count - policy.operators_most)
