"""An area is neither too small nor too large for its operator."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, numbers, slack, texts
from optimizer.audit.rules import Rule

__all__ = ["RULE", "check"]

RULE = Rule(
    "viable_size",
    "promise",
    "connections",
    "an area is neither too small nor too large for its operator",
)


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check the connections of every area."""
    del hours
    size, seat = numbers(facts.per_area(facts.data["size"])), texts(facts.areas["seat"])
    models = facts.instance.operator_models
    least, most = numbers(models["connections_least"]), numbers(models["connections_most"])
    ledger.count("viable_size", 2 * len(size))
    for area, model in texts(facts.areas["operator_model"]).items():
        here, room, at = size[area], float(slack(size[area])[0]), seat[area]
        words = f"area {area} has {here:,.0f} connections, {model} takes "
        if here < least[model] - room:
            message, off = words + f"{least[model]:,.0f} at least", here - least[model]
            ledger.fail("viable_size", message, town=at, area=area, amount=off)
        if here > most[model] + room:
            message, off = words + f"{most[model]:,.0f} at most", here - most[model]
            ledger.fail("viable_size", message, town=at, area=area, amount=off)
