"""Towns that may not share an operator do not."""

from __future__ import annotations

from optimizer.promises.kinds import Bond, Words
from optimizer.promises.relax import sets
from optimizer.record import TOWNS, Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    keep_apart: tuple[tuple[str, ...], ...] = unit_field(
        TOWNS, "sets of towns of which no two may share an operator", default=()
    )


PROMISE = Bond(
    name="keep_apart",
    unit="towns",
    words=Words(
        "towns that may not share an operator do not",
        "las localidades que no pueden compartir operador no lo hacen",
        "as localidades que não podem partilhar operador não partilham",
    ),
    components=("keep_apart",),
    fields=Fields,
    relaxations=sets("keep_apart"),
)
