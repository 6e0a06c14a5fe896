"""An operator that exists sits in its seat, keeps its towns and grows only as it may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from optimizer.arrays import Bools
from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

__all__ = ["RULE", "check", "has_moved", "may_serve", "may_sit", "served_today"]

RULE = Rule(
    "incumbent_area",
    "promise",
    "towns",
    "an operator that exists sits in its seat, keeps its towns and grows only as it may",
)


def may_sit(model: Mapping[Any, Any], towns: list[str]) -> Bools:
    """Return in which towns an operator model may sit: one that exists in its own seat only."""
    seat = str(model.get("seat", ""))
    return np.array([seat in ("", town) for town in towns], dtype=np.bool_)


def has_moved(models: pd.DataFrame, name: str, towns: list[str], seats: list[str]) -> Bools:
    """Return which towns change their operator where one serves each from its seat.

    A town moves that some operator serves today and this one does not; any other where it is not
    the seat.
    """
    served = {str(other): _today(row) for other, row in models.iterrows() if row.get("seat", "")}
    mine = served.get(name, frozenset())
    anyone = frozenset().union(*served.values())
    return np.array(
        [
            town not in mine if town in anyone else town != seat
            for town, seat in zip(towns, seats, strict=True)
        ],
        dtype=np.bool_,
    )


def served_today(models: pd.DataFrame) -> set[tuple[str, str]]:
    """Return the (seat, town) that operators that exist serve today; they reach these towns."""
    found: set[tuple[str, str]] = set()
    for _, row in models.iterrows():
        if row.get("seat", ""):
            found |= {(str(row["seat"]), town) for town in _today(row)}
    return found


def _today(row: pd.Series) -> frozenset[str]:
    """Return the towns that an operator that exists serves today, that of its seat among them."""
    parts = (part.strip() for part in str(row["towns_today"]).split(";"))
    return frozenset([str(row["seat"]), *(part for part in parts if part)])


def may_serve(models: pd.DataFrame, name: str, towns: list[str]) -> Bools:
    """Return which towns an operator model may serve, whatever its seat."""
    able = np.ones(len(towns), dtype=np.bool_)
    for other, row in models.iterrows():
        seat = str(row.get("seat", ""))
        if not seat:
            continue
        today = _today(row)
        mine = np.array([town in today for town in towns], dtype=np.bool_)
        if str(other) == name:
            able &= mine | bool(row["may_grow"])
            continue
        if not row["may_shrink"]:
            able &= ~mine
        elif not row["may_be_replaced"]:
            able &= np.array([town != seat for town in towns], dtype=np.bool_)
    return able


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check every area's operator: whether it may sit there, and serve each of its towns."""
    del hours
    models, seat_of = facts.instance.operator_models, texts(facts.areas["seat"])
    towns_of: dict[str, list[str]] = {}
    for town, area in texts(facts.area_of).items():
        towns_of.setdefault(area, []).append(town)
    for area, name in texts(facts.areas["operator_model"]).items():
        towns, seat = towns_of.get(area, []), seat_of[area]
        ledger.count("incumbent_area", 1 + len(towns))
        if not may_sit(models.loc[name].to_dict(), [seat])[0]:
            message = Message(
                "{model} sits in {seat} and not in {town}",
                model=name,
                seat=Town(str(models.loc[name, "seat"])),
                town=Town(seat),
            )
            ledger.fail("incumbent_area", message, town=seat, area=area, amount=1.0)
        for town, able in zip(towns, may_serve(models, name, towns), strict=True):
            if not able:
                message = Message("{model} may not serve {town}", model=name, town=Town(town))
                ledger.fail("incumbent_area", message, town=town, area=area, amount=1.0)
