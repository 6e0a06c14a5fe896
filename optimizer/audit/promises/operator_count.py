"""The number of operators is within its limits."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger
from optimizer.audit.rules import Rule

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
        message = f"{count} operators, {policy.operators_least} are wanted at least"
        ledger.fail("operator_count", message, amount=count - policy.operators_least)
    if policy.operators_most is not None and count > policy.operators_most:
        message = f"{count} operators, {policy.operators_most} are allowed at most"
        ledger.fail("operator_count", message, amount=count - policy.operators_most)
