"""An operator sits only where one may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import PairFilter, Relaxation, Words

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


def _relaxations(region: Instance) -> list[Relaxation]:
    if region.towns["seat_allowed"].all():
        return []
    return [Relaxation("dropped", lambda r: r.replace(towns=r.towns.assign(seat_allowed=True)))]


PROMISE = PairFilter(
    name="seat_allowed",
    unit="seats",
    words=Words(
        "an operator sits only where one may",
        "un operador tiene su sede solo donde se permite",
        "um operador tem sede apenas onde é permitido",
    ),
    components=("PAIRS",),
    relaxations=_relaxations,
)
