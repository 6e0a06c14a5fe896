"""Towns that must share an operator do."""

from __future__ import annotations

from optimizer.promises.kinds import Bond, Words
from optimizer.promises.relax import sets
from optimizer.record import TOWNS, Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    keep_together: tuple[tuple[str, ...], ...] = unit_field(
        TOWNS, "sets of towns that must share an operator", default=()
    )


PROMISE = Bond(
    name="keep_together",
    unit="towns",
    words=Words(
        "towns that must share an operator do",
        "las localidades que deben compartir operador lo hacen",
        "as localidades que devem partilhar operador partilham",
    ),
    components=("keep_together",),
    fields=Fields,
    relaxations=sets("keep_together"),
)
