"""An area has at most so many people."""

from __future__ import annotations

from optimizer.promises.kinds import AreaResource, Words
from optimizer.promises.relax import upper_limit
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    people_most: float | None = unit_field("people", "most people of an area", default=None, gt=0)


PROMISE = AreaResource(
    name="people_most",
    unit="people",
    words=Words(
        "an area has at most so many people",
        "un área tiene a lo sumo tantos habitantes",
        "uma área tem no máximo tantos habitantes",
    ),
    components=("people_most",),
    fields=Fields,
    relaxations=upper_limit("people_most", 5_000),
    amount="population",
    most="people_most",
)
