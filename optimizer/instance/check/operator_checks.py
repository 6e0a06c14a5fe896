"""Checks of operators that exist: their seats, the towns that they serve, what they may not do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.instance.incumbents import Incumbent, incumbents_of
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings, near

__all__ = ["operators_that_exist"]


def operators_that_exist(tables: Sequence[Table], known: Sequence[str], found: Findings) -> None:
    """Report towns that are none, towns that two operators serve, locks on no operator.

    Parameters
    ----------
    tables : sequence of Table
        Operator models, and those in ``operators.csv``.
    known : sequence of str
        Keys of the towns.
    found : Findings
        Receives problems.
    """
    served: dict[str, str] = {}
    for table in tables:
        frame = table.frame.reset_index(drop=True)
        if "seat" not in frame:
            continue
        for row, model in frame.iterrows():
            line = table.line(int(str(row)))
            if not str(model["seat"]):
                _kind(table, line, model.to_dict(), found)
        place = {str(name): table.line(int(str(k))) for k, name in frame["operator_model"].items()}
        for one in incumbents_of(frame.set_index("operator_model")):
            _towns(table, place[one.operator], one, known, found)
            _served_twice(table, place[one.operator], one, served, found)


def _kind(table: Table, line: int | None, model: Mapping[Any, Any], found: Findings) -> None:
    """Report a kind of operator, which sits anywhere, with towns or locks of its own."""
    locks = [name for name in ("may_grow", "may_shrink", "may_be_replaced") if not model[name]]
    for column in [*(["towns_today"] if model["towns_today"] else []), *locks]:
        what = "is given for an operator model without a seat"
        found.problem(table.file, line, column, what, "give its seat, or leave it out")


def _towns(
    table: Table, line: int | None, one: Incumbent, known: Sequence[str], found: Findings
) -> None:
    for column, keys in (("seat", [one.seat]), ("towns_today", list(one.today[1:]))):
        for key in keys:
            if key not in known:
                remedy = near(key, known) + "correct the key or add the town"
                what = f"town {key!r} is not in towns.csv"
                found.problem(table.file, line, column, what, remedy)


def _served_twice(
    table: Table, line: int | None, one: Incumbent, served: dict[str, str], found: Findings
) -> None:
    for key in one.today:
        if key in served:
            what = f"town {key!r} is served by {served[key]!r} already"
            found.problem(table.file, line, "towns_today", what, "leave it to one of the two")
        served.setdefault(key, one.operator)
