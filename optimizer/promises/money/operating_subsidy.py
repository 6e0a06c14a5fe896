"""Public money may close an operator's gap, or may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import AreaMoney, Relaxation, Words
from optimizer.promises.relax import policy
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    operating_subsidy: bool = unit_field(
        "yes/no",
        "public money may close an operator's gap; with household_support_share the four choices: "
        "none, either, both",
        default=True,
    )


def _relaxations(region: Instance) -> list[Relaxation]:
    return [] if region.policy.operating_subsidy else [policy("dropped", operating_subsidy=True)]


PROMISE = AreaMoney(
    name="operating_subsidy",
    unit="money/year",
    words=Words(
        "a subsidy is never negative, and zero if not allowed",
        "un subsidio nunca es negativo, y cero si no se permite",
        "um subsídio nunca é negativo, e zero se não for permitido",
    ),
    components=("subsidy",),
    fields=Fields,
    relaxations=_relaxations,
)
