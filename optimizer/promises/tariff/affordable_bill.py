"""A protected household pays at most its share of income."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import AreaMoney, Relaxation, Words
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    affordable_share: float = unit_field(
        "share 0-1",
        "largest share of household income that a bill may take",
        default=0.03,
        gt=0,
        le=1,
    )
    affordable_share_both: float = unit_field(
        "share 0-1",
        "largest share of income for water and sewerage together; never below affordable_share",
        default=0.05,
        gt=0,
        le=1,
    )
    protected_groups: tuple[str, ...] = unit_field(
        "list", "household groups whose bills must be affordable; empty means all", default=()
    )


def _relaxations(region: Instance) -> list[Relaxation]:
    share = min(1.0, region.policy.affordable_share + 0.01)
    return [_share("dropped", 1.0), _share(f"loosened to {share * 100:g} % of income", share)]


def _share(how: str, share: float) -> Relaxation:
    return Relaxation(
        how, lambda region: region.replace(policy=region.policy.with_affordable_share(share))
    )


PROMISE = AreaMoney(
    name="affordable_bill",
    unit="money/month",
    words=Words(
        "a protected household pays at most its share of income",
        "un hogar protegido paga a lo sumo su parte del ingreso",
        "um domicílio protegido paga no máximo a sua parte da renda",
    ),
    components=("affordable_bill",),
    fields=Fields,
    relaxations=_relaxations,
    source="3 % for water and 5 % with sewerage are usual; no consensus (IRC 2014)",
)
