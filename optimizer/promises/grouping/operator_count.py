"""The number of operators is within its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from optimizer.promises.kinds import PlanTotal, Relaxation, Words
from optimizer.promises.relax import policy
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    operators_least: int = unit_field("count", "fewest service areas", default=0, ge=0)
    operators_most: int | None = unit_field("count", "most service areas", default=None, ge=1)

    @model_validator(mode="after")
    def _operators_in_order(self) -> Self:
        if self.operators_most is not None and self.operators_most < self.operators_least:
            message = "operators_most is smaller than operators_least"
            raise ValueError(message)
        return self


def _relaxations(region: Instance) -> list[Relaxation]:
    least, most = region.policy.operators_least, region.policy.operators_most
    found = []
    if least or most is not None:
        found.append(policy("dropped", operators_least=0, operators_most=None))
    if most is not None:
        found.append(policy(f"loosened to at most {most + 1}", operators_most=most + 1))
    if least:
        found.append(policy(f"loosened to at least {least - 1}", operators_least=least - 1))
    return found


PROMISE = PlanTotal(
    name="operator_count",
    unit="operators",
    words=Words(
        "the number of operators is within its limits",
        "el número de operadores está dentro de sus límites",
        "o número de operadores está dentro dos limites",
    ),
    components=("operator_count",),
    fields=Fields,
    relaxations=_relaxations,
)
