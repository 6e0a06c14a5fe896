"""An operator sits in every fixed seat."""

from __future__ import annotations

from optimizer.promises.kinds import SeatRule, Words
from optimizer.promises.relax import sets
from optimizer.record import TOWNS, Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    fixed_seats: tuple[str, ...] = unit_field(
        TOWNS, "towns in which an operator must sit", default=()
    )


PROMISE = SeatRule(
    name="fixed_seats",
    unit="seats",
    words=Words(
        "an operator sits in every fixed seat",
        "hay un operador en cada sede fija",
        "há um operador em cada sede fixa",
    ),
    components=("fixed_seats",),
    fields=Fields,
    relaxations=sets("fixed_seats"),
)
