"""An area has at most so many towns."""

from __future__ import annotations

from optimizer.promises.kinds import AreaResource, Words
from optimizer.promises.relax import upper_limit
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    towns_most: int | None = unit_field("towns", "most towns of an area", default=None, ge=1)


PROMISE = AreaResource(
    name="towns_most",
    unit="towns",
    words=Words(
        "an area has at most so many towns",
        "un área tiene a lo sumo tantas localidades",
        "uma área tem no máximo tantas localidades",
    ),
    components=("towns_most",),
    fields=Fields,
    relaxations=upper_limit("towns_most", 1),
    most="towns_most",
)
