"""The towns of an area pay prices that differ by a limited factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import Relaxation, TariffSpace, Words
from optimizer.promises.relax import policy
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


WIDEST = 1000.0


class Fields(Row):
    """Fields of the policy."""

    tariff_spread_most: float = unit_field(
        "factor",
        "largest ratio between the same price in two towns of an area (scope service_area); 1 is "
        "one price, the scope town has no limit",
        default=1.0,
        ge=1,
        le=WIDEST,
    )


def _relaxations(region: Instance) -> list[Relaxation]:
    spread = region.policy.tariff_spread_most
    refused = region.policy.demand_response or region.horizon is not None
    if region.policy.tariff_scope != "service_area" or refused:
        return []
    more = min(WIDEST, spread + 0.5)
    return [
        policy("dropped", tariff_spread_most=WIDEST),
        policy(f"loosened to {more:g} times the cheapest", tariff_spread_most=more),
    ]


PROMISE = TariffSpace(
    name="tariff_spread_most",
    unit="factor",
    words=Words(
        "the same price differs between the towns of an area by a limited factor",
        "un mismo precio difiere entre las localidades de un área en un factor limitado",
        "um mesmo preço difere entre as localidades de uma área por um fator limitado",
    ),
    components=("spread_most", "spread_least"),
    fields=Fields,
    relaxations=_relaxations,
    source="Peru, SEDAPAR 2026: one operator charges shops 7.18 in Punta de Bombon and 3.84 in "
    "Yauca",
)
