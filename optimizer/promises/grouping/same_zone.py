"""An area stays within one zone."""

from __future__ import annotations

from optimizer.promises.kinds import PairFilter, Words
from optimizer.promises.relax import flag
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    same_zone: bool = unit_field(
        "yes/no",
        "an area stays within one zone",
        default=False,
    )


PROMISE = PairFilter(
    name="same_zone",
    unit="towns",
    words=Words(
        "an area stays within one zone",
        "un área queda dentro de una zona",
        "uma área fica dentro de uma zona",
    ),
    components=("PAIRS",),
    fields=Fields,
    relaxations=flag("same_zone"),
)
