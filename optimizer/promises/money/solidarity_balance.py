"""Contributions and subsidy cover the categories' subsidies."""

from __future__ import annotations

from optimizer.promises.kinds import AreaMoney, Words
from optimizer.promises.relax import flag
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    solidarity_balance: bool = unit_field(
        "yes/no",
        "what categories pay above the domestic schedule covers, in every area, what others pay "
        "below it; the operating subsidy pays the rest",
        default=False,
    )


PROMISE = AreaMoney(
    name="solidarity_balance",
    unit="money/year",
    words=Words(
        "contributions and subsidy cover the categories' subsidies",
        "los aportes y el subsidio cubren los subsidios de las categorías",
        "as contribuições e o subsídio cobrem os subsídios das categorias",
    ),
    components=("solidarity_balance",),
    fields=Fields,
    relaxations=flag("solidarity_balance"),
)
