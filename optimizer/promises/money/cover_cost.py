"""An area's income equals its requirement."""

from __future__ import annotations

from optimizer.promises.kinds import AreaMoney, Words

__all__ = ["PROMISE"]


PROMISE = AreaMoney(
    name="cover_cost",
    unit="money/year",
    words=Words(
        "an area's income equals its requirement",
        "los ingresos de un área igualan su requerimiento",
        "a receita de uma área iguala a sua necessidade",
    ),
    components=("cover_cost",),
)
