"""No town is farther from its seat than the reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import PairFilter, Relaxation, Words
from optimizer.promises.relax import policy
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


MOST_HOURS = 1000.0


class Fields(Row):
    """Fields of the policy."""

    reach_hours: float = unit_field(
        "hours", "longest travel time from the seat to a town", default=2.0, ge=0, le=MOST_HOURS
    )


def _relaxations(region: Instance) -> list[Relaxation]:
    step = region.policy.reach_hours + 0.5
    return [
        policy("dropped", reach_hours=MOST_HOURS),
        policy(f"loosened to {step:g} hours", reach_hours=min(step, MOST_HOURS)),
    ]


PROMISE = PairFilter(
    name="reach",
    unit="hours",
    words=Words(
        "no town is farther from its seat than the reach",
        "ninguna localidad está más lejos de su sede que el alcance",
        "nenhuma localidade está mais longe da sede do que o alcance",
    ),
    components=("PAIRS",),
    fields=Fields,
    relaxations=_relaxations,
)
