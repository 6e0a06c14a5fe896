"""An area is neither too small nor too large for its operator."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, numbers, slack, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

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
        if here < least[model] - room:
            off = here - least[model]
            message = Message(
                "area {area} has {n:,.0f} connections, {model} takes {limit:,.0f} at least",
                area=Town(area),
                n=here,
                model=model,
                limit=least[model],
            )
            ledger.fail("viable_size", message, town=at, area=area, amount=off)
        if here > most[model] + room:
            off = here - most[model]
            message = Message(
                "area {area} has {n:,.0f} connections, {model} takes {limit:,.0f} at most",
                area=Town(area),
                n=here,
                model=model,
                limit=most[model],
            )
            ledger.fail("viable_size", message, town=at, area=area, amount=off)
