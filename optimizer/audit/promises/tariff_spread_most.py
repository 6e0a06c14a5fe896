"""The same price in the towns of an area differs by a limited factor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check"]

RULE = Rule(
    "tariff_spread_most",
    "promise",
    "factor",
    "the same price differs between the towns of an area by a limited factor",
)

_DERIVED = ("minimum bill", "unmetered charge", "sewer share of water bill")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Compare every price of an area's towns, the dearest with the cheapest."""
    del hours
    policy = facts.instance.policy
    if policy.tariff_scope != "service_area":
        return
    most = policy.tariff_spread_most
    prices = facts.plan.tariffs["price"].astype(float)
    prices = prices[~prices.index.get_level_values("component").isin(_DERIVED)]
    groups = prices.groupby(level=["service_area", "category", "component"])
    low, high = groups.min(), groups.max()
    ledger.count("tariff_spread_most", len(low))
    over = high[high - most * low > slack(high.to_numpy(), most * low.to_numpy())]
    for (area, category, component), price in zip(over.index, over.array, strict=True):
        least = float(low[(area, category, component)])
        message = Message(
            "{name}: {amount:,.6g} in one town of area {area}, {limit:,.6g} in another",
            name=f"{category}, {component}",
            amount=float(price),
            area=Town(str(area)),
            limit=least,
        )
        amount = float(price) / least - most if least > 0 else np.inf
        ledger.fail("tariff_spread_most", message, area=str(area), amount=amount)
