"""Towns share an operator only under a host town."""

from __future__ import annotations

from optimizer.promises.kinds import PairFilter, Words
from optimizer.promises.relax import sets
from optimizer.record import TOWNS, Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    host_towns: tuple[str, ...] = unit_field(
        TOWNS,
        "the only towns whose operator may serve other towns too; any where empty",
        default=(),
    )


PROMISE = PairFilter(
    name="host_towns",
    unit="towns",
    words=Words(
        "towns share an operator only under a host town",
        "las localidades comparten operador solo bajo una localidad anfitriona",
        "as localidades partilham operador apenas sob uma localidade anfitriã",
    ),
    components=("PAIRS",),
    fields=Fields,
    relaxations=sets("host_towns"),
)
