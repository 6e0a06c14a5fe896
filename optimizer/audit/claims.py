"""What a plan says of itself: its status, the promises that it breaks, cells that are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from optimizer.audit.ledger import Ledger
from optimizer.audit.result import broken_words
from optimizer.messages.message import Message

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["MAY_BE_EMPTY", "check_claims", "check_filled"]

STATUSES = (
    "optimal",
    "within_gap",
    "time_limit",
    "interrupted",
    "infeasible",
    "unconfirmed",
    "evaluated",
)

MAY_BE_EMPTY = {
    "areas": ("burden_worst",),
    "towns": (
        "travel_km",
        "bill_month",
        "burden_worst",
        "alone_requirement_year",
        "alone_subsidy_year",
        "alone_bill_month",
        "bill_change_month",
    ),
    "tariffs": ("from_m3", "to_m3"),
    "bills": ("income_month", "burden", "consumption_change"),
    "finances": (),
}
"""Columns of numbers in which an empty cell says something: not known, or there is none."""


def check_filled(plan: Plan, ledger: Ledger) -> None:
    """Check that no figure is missing where there must be one: an empty cell is never a zero.

    Parameters
    ----------
    plan : Plan
        The plan, whose columns are right.
    ledger : Ledger
        Receives checks and failures.
    """
    tables = {
        "areas": plan.areas,
        "towns": plan.towns,
        "tariffs": plan.tariffs,
        "bills": plan.bills,
        "finances": plan.finances,
    }
    for name, may in MAY_BE_EMPTY.items():
        numbers = pd.DataFrame(tables[name]).select_dtypes("number").drop(columns=list(may))
        ledger.count("tables", numbers.shape[1])
        for column in numbers:
            for key in numbers.index[numbers[column].isna()]:
                place = ", ".join(str(part) for part in (key if isinstance(key, tuple) else [key]))
                ledger.fail(
                    "tables",
                    Message(
                        "{name}: {column} of {place} is empty",
                        name=name,
                        column=str(column),
                        place=place,
                    ),
                )


def check_claims(plan: Plan, ledger: Ledger) -> None:
    """Check that the status is one, and that the broken promises told are those found.

    Comes last: it compares with what all other checks found. Of an infeasible region the outcome
    tells what stands in the way, which no plan can show.

    Parameters
    ----------
    plan : Plan
        The plan.
    ledger : Ledger
        Receives checks and failures.
    """
    status, told = plan.outcome.status, plan.outcome.broken_promises
    ledger.count("status")
    if status not in STATUSES:
        words = Message(
            "the status {status} is not one of {all}", status=repr(status), all=", ".join(STATUSES)
        )
        ledger.fail("status", words)
    if status == "infeasible":
        return
    found = broken_words(ledger.failures())
    ledger.count("broken_promises", len(found) + 1)
    for line in told:
        if line not in found:
            ledger.fail(
                "broken_promises", Message("the plan says «{line}», which does not hold", line=line)
            )
    for line in found if status == "evaluated" else ():
        if line not in told:
            ledger.fail("broken_promises", Message("the plan does not say «{line}»", line=line))
