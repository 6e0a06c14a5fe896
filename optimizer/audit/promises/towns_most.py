"""An area has at most so many towns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.arrays import Bools
from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "allows", "check"]

RULE = Rule("towns_most", "promise", "towns", "an area has at most so many towns")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Count the towns of every area."""
    del hours
    most = facts.instance.policy.model_dump()["towns_most"]
    if most is None:
        return
    count = pd.Series(texts(facts.area_of)).value_counts()
    ledger.count("towns_most", len(count))
    for area, towns in count.items():
        if towns > most:
            message = Message(
                "area {area} has {n:,.0f} {what}, {limit:,.0f} at most are wanted",
                area=Town(str(area)),
                n=float(towns),
                what=Message("towns"),
                limit=most,
            )
            ledger.fail("towns_most", message, area=str(area), amount=float(towns - most))


def allows(facts: Facts, towns: list[str], member: Bools) -> Bools:
    """Return which coalitions of some towns keep it."""
    most = facts.instance.policy.model_dump()["towns_most"]
    count = member.sum(axis=1)
    return np.asarray(count <= (len(towns) if most is None else most), dtype=np.bool_)
