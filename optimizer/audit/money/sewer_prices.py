"""Sewer prices that were to be found: their fixed charge, and the bill beside that for water."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.audit.ledger import Ledger, slack
from optimizer.instance.schema.fields import Tariff
from optimizer.messages.message import Message

__all__ = ["check_sewer_prices"]


_BILL = "sewer bill of {amount:,.6g} for {use:g} m3, at most {limit:,.6g}"
_FIXED = "sewer fixed charge of {amount:,.6g} for {use:g} m3, at most {limit:,.6g}"


def check_sewer_prices(tariff: Tariff, table: pd.DataFrame, ledger: Ledger) -> None:
    """Check the domestic sewer prices at the reference consumption.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule; its prices are free.
    table : DataFrame
        Prices, index ``(service_area, town)``, columns ``(category, component)``.
    ledger : Ledger
        Receives checks and failures.
    """
    blocks = [f"block {k + 1}" for k in range(len(tariff.blocks_m3) + 1)]
    names = ["fixed charge", *blocks, "sewer fixed charge", "sewer block 1"]
    if any(("domestic", name) not in table.columns for name in names):
        return
    use, edges = tariff.reference_m3_month, [0.0, *tariff.blocks_m3, np.inf]
    volumes = np.clip(use, edges[:-1], edges[1:]) - np.array(edges[:-1])
    price = {name: table[("domestic", name)].astype(float) for name in names}
    water = price["fixed charge"] + sum(
        price[name] * volume for name, volume in zip(blocks, volumes, strict=True)
    )
    fixed = price["sewer fixed charge"]
    sewer = fixed + use * price["sewer block 1"]
    for rule, amount, most, words in (
        ("sewer_share", sewer, tariff.sewer_most_share * water, _BILL),
        ("fixed_charge_share", fixed, tariff.fixed_charge_share * sewer, _FIXED),
    ):
        ledger.count(rule, len(amount))
        over = (amount - most)[amount - most > slack(water)]
        for (area, town), excess in zip(over.index, over.array, strict=True):
            here, limit = float(amount[(area, town)]), float(most[(area, town)])
            message = Message(
                words,
                amount=float(here),
                use=use,
                limit=float(limit),
            )
            ledger.fail(rule, message, town=str(town), area=str(area), amount=float(excess))
