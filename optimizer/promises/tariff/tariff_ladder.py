"""Block prices rise, the last within the ladder of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import Relaxation, TariffSpace, Words
from optimizer.promises.relax import tariff

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


OPEN_LADDER = 1000.0


def _relaxations(region: Instance) -> list[Relaxation]:
    if region.tariff.shape is not None or not region.tariff.blocks_m3:
        return []
    ladder = region.tariff.ladder
    return [
        tariff("dropped", ladder=OPEN_LADDER),
        tariff(f"loosened to {ladder + 1:g} times the first block", ladder=ladder + 1),
    ]


PROMISE = TariffSpace(
    name="tariff_ladder",
    unit="money/m3",
    words=Words(
        "block prices rise, the last within the ladder of the first",
        "los precios por bloque suben, el último dentro de la escala del primero",
        "os preços por bloco sobem, o último dentro da escada do primeiro",
    ),
    components=("tariff_ladder",),
    relaxations=_relaxations,
)
