"""An area has at most so many people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.arrays import Bools
from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, numbers, slack
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "allows", "check"]

RULE = Rule("people_most", "promise", "people", "an area has at most so many people")


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Count the people of every area."""
    del hours
    most = facts.instance.policy.model_dump()["people_most"]
    if most is None:
        return
    people = numbers(facts.per_area(facts.instance.towns["population"].fillna(0.0)))
    ledger.count("people_most", len(people))
    for area, here in people.items():
        if here > most + float(slack(here)[0]):
            message = Message(
                "area {area} has {n:,.0f} {what}, {limit:,.0f} at most are wanted",
                area=Town(area),
                n=here,
                what=Message("people"),
                limit=most,
            )
            ledger.fail("people_most", message, area=area, amount=here - most)


def allows(facts: Facts, towns: list[str], member: Bools) -> Bools:
    """Return which coalitions of some towns keep it."""
    most = facts.instance.policy.model_dump()["people_most"]
    people = facts.instance.towns.loc[towns, "population"].fillna(0.0).to_numpy(dtype=np.float64)
    total = member @ people
    return np.asarray(total <= (np.inf if most is None else most * (1 + 1e-9)), dtype=np.bool_)
