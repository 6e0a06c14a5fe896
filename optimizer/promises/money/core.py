"""No subset of an area's towns would do better by leaving it."""

from __future__ import annotations

from optimizer.promises.kinds import AreaTest, Words
from optimizer.promises.relax import flag
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    core: bool = unit_field(
        "yes/no",
        "no subset of an area's towns would do better by leaving it",
        default=False,
    )


PROMISE = AreaTest(
    name="core",
    unit="money/year",
    words=Words(
        "no subset of an area's towns would do better by leaving it",
        "ningún subconjunto de las localidades de un área estaría mejor si la deja",
        "nenhum subconjunto das localidades de uma área ficaria melhor se a deixasse",
    ),
    components=("core",),
    fields=Fields,
    relaxations=flag("core"),
)
