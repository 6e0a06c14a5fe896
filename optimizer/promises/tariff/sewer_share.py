"""The sewer bill is within its share of the water bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import Relaxation, TariffSpace, Words
from optimizer.promises.relax import tariff

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


MOST_SHARE = 5.0


def _relaxations(region: Instance) -> list[Relaxation]:
    rules = region.tariff
    free = rules.shape is None and rules.sewer_share_of_water_bill is None
    drained = region.households.reindex(columns=["sewer_share"]).fillna(0.0)
    if not free or not drained.to_numpy().any():
        return []
    return [tariff("dropped", sewer_most_share=MOST_SHARE)]


PROMISE = TariffSpace(
    name="sewer_share",
    unit="money/month",
    words=Words(
        "the sewer bill is within its share of the water bill",
        "el recibo de alcantarillado está dentro de su parte del de agua",
        "a conta de esgoto está dentro da sua parte da conta de água",
    ),
    components=("sewer_share",),
    relaxations=_relaxations,
)
