"""The towns of an area are connected through neighbours."""

from __future__ import annotations

from optimizer.promises.kinds import Connection, Words
from optimizer.promises.relax import flag
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    connected: bool = unit_field(
        "yes/no",
        "an area is connected in the adjacency graph",
        default=False,
    )


PROMISE = Connection(
    name="connected",
    unit="parts",
    words=Words(
        "the towns of an area are connected through neighbours",
        "las localidades de un área se unen por vecinas",
        "as localidades de uma área ligam-se por vizinhas",
    ),
    components=("connected_flow", "connected_through"),
    fields=Fields,
    relaxations=flag("connected"),
)
