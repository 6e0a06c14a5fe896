"""The comparison with every town run by itself, and the promise of participation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.money.costs import alone_requirement
from optimizer.messages.message import Message, Town

__all__ = ["check_alone"]

_SAME_SHARE = 0.01
_ALONE = "cannot stand alone"


def check_alone(facts: Facts, money: pd.DataFrame, ledger: Ledger) -> None:
    """Check the stand-alone columns of ``plan.towns``, and participation where it is promised.

    The stand-alone tariff is a design, so of its bill only the consequences are checked: whether
    there is one, the change, and the word for it.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    money : DataFrame
        Recomputed ``revenue_year`` and ``bill_month`` of each town.
    ledger : Ledger
        Receives checks and failures.
    """
    alone = alone_requirement(facts)
    _participation(facts, money["revenue_year"], alone, ledger)
    towns, labels = facts.towns, list(facts.area_of)
    bill, stated = towns["alone_bill_month"], towns["alone_requirement_year"]
    what = "towns: alone_requirement_year"
    ledger.compare("stand_alone", what, stated, alone, towns=towns.index, areas=labels)
    ledger.count("stand_alone", 3 * len(towns))
    for town in towns.index[bill.isna() & alone.notna()]:
        ledger.fail(
            "stand_alone",
            Message("{town} can stand alone and has no bill for it", town=Town(str(town))),
            town=str(town),
        )
    for town in towns.index[bill.notna() & alone.isna()]:
        message = Message(
            "no operator model is made for {town} alone, yet it has a bill for it",
            town=Town(str(town)),
        )
        ledger.fail("stand_alone", message, town=str(town))
    subsidy = towns["alone_subsidy_year"]
    instance = facts.instance  # where water is nearly free, customers use more, which costs more
    more = instance.demand.change_most if instance.policy.demand_response else 0.0
    excess = np.maximum(subsidy - (1.0 + more) * alone, -subsidy)
    for town in towns.index[(excess > slack(alone)) | (subsidy.isna() != bill.isna())]:
        message = Message(
            "a stand-alone subsidy of {amount:,.2f} a year is not possible",
            amount=float(subsidy[town]),
        )
        ledger.fail("stand_alone", message, town=str(town), amount=subsidy[town])
    change = money["bill_month"] - bill
    what, found = "towns: bill_change_month", towns["bill_change_month"]
    ledger.compare("stand_alone", what, found, change, towns=towns.index, scale=bill)
    _gains(towns["gains"], change, bill, ledger)


def _participation(facts: Facts, revenue: pd.Series, alone: pd.Series, ledger: Ledger) -> None:
    if not facts.instance.policy.participation:
        return
    ledger.count("participation", int(alone.notna().sum()))
    over = revenue - alone
    for town in over.index[over > slack(alone, revenue)]:
        message = Message(
            "{town} pays {amount:,.2f} a year, alone it would cost {limit:,.2f}",
            town=Town(str(town)),
            amount=float(revenue[town]),
            limit=float(alone[town]),
        )
        area = str(facts.area_of[town])
        ledger.fail("participation", message, town=str(town), area=area, amount=over[town])


def _gains(stated: pd.Series, change: pd.Series, bill: pd.Series, ledger: Ledger) -> None:
    """Check the word for each town's change of bill; at the very limit both words will do."""
    ledger.count("stand_alone", len(stated))
    room = slack(bill)
    for k, town in enumerate(stated.index):
        limit, off = _SAME_SHARE * float(bill[town]), float(change[town])
        if np.isnan(limit):
            words = {_ALONE}
        else:
            words = {_word(off + r, limit) for r in (-room[k], 0.0, room[k])}
        if stated[town] not in words:
            message = Message(
                "{what} is {amount}, it should be {limit}",
                what="towns: gains",
                amount=repr(stated[town]),
                limit=repr(" / ".join(sorted(words))),
            )
            ledger.fail("stand_alone", message, town=str(town))


def _word(change: float, limit: float) -> str:
    if abs(change) <= limit:
        return "same"
    return "gains" if change < 0 else "loses"
