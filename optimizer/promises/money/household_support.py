"""Support goes to eligible households, within its share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import AreaMoney, Relaxation, Words
from optimizer.promises.relax import policy
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


MOST_SHARE = 0.99


class Fields(Row):
    """Fields of the policy."""

    household_support_share: float = unit_field(
        "share 0-1",
        "largest share of a protected household's bill that public money may pay",
        default=0.0,
        ge=0,
        lt=1,
    )
    household_support_m3_month: float | None = unit_field(
        "m3/month",
        "support counts the bill of at most this volume; not set: the whole bill",
        default=None,
        gt=0,
        le=1e6,
    )
    household_support_groups: tuple[str, ...] = unit_field(
        "list",
        "protected household groups that may get support; empty means all protected ones",
        default=(),
    )
    household_support_missed_share: float = unit_field(
        "share 0-1",
        "share of the eligible households that do not get the support due to them",
        default=0.0,
        ge=0,
        lt=1,
    )
    household_support_leak_share: float = unit_field(
        "share 0-1",
        "share of a town's other households that get what an eligible one is due on average",
        default=0.0,
        ge=0,
        le=1,
    )


def _relaxations(region: Instance) -> list[Relaxation]:
    if region.policy.demand_response:
        return []
    more = min(MOST_SHARE, region.policy.household_support_share + 0.1)
    return [
        policy("dropped", household_support_share=MOST_SHARE),
        policy(f"loosened to {more * 100:g} % of a bill", household_support_share=more),
    ]


PROMISE = AreaMoney(
    name="household_support",
    unit="money/month",
    words=Words(
        "support goes to eligible households, within its share",
        "el apoyo va a hogares elegibles, dentro de su parte",
        "o apoio vai a domicílios elegíveis, dentro da sua parte",
    ),
    components=("household_support",),
    fields=Fields,
    relaxations=_relaxations,
    source="Chile pays 25-85 % of the first 13 m3; Brazil halves the first 15 m3 (Law 14.898/2024)",
)
