"""The fixed charge is within its share of the bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import Relaxation, TariffSpace, Words
from optimizer.promises.relax import tariff

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


MOST_SHARE = 0.99


def _relaxations(region: Instance) -> list[Relaxation]:
    if region.tariff.shape is not None:
        return []
    share = min(MOST_SHARE, region.tariff.fixed_charge_share + 0.1)
    return [
        tariff("dropped", fixed_charge_share=MOST_SHARE),
        tariff(f"loosened to {share * 100:g} % of the bill", fixed_charge_share=share),
    ]


PROMISE = TariffSpace(
    name="fixed_charge_share",
    unit="money/month",
    words=Words(
        "the fixed charge is within its share of the bill",
        "el cargo fijo está dentro de su parte del recibo",
        "a tarifa fixa está dentro da sua parte da conta",
    ),
    components=("fixed_charge_share",),
    relaxations=_relaxations,
)
