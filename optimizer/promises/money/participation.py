"""No town pays more than it would cost by itself."""

from __future__ import annotations

from optimizer.promises.kinds import AreaMoney, Words
from optimizer.promises.relax import flag
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    participation: bool = unit_field(
        "yes/no",
        "no town pays more than its stand-alone cost",
        default=False,
    )


PROMISE = AreaMoney(
    name="participation",
    unit="money/year",
    words=Words(
        "no town pays more than it would cost by itself",
        "ninguna localidad paga más de lo que costaría por sí sola",
        "nenhuma localidade paga mais do que custaria sozinha",
    ),
    components=("participation",),
    fields=Fields,
    relaxations=flag("participation"),
)
