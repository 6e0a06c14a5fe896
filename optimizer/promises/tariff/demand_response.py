"""Consumption follows the price."""

from __future__ import annotations

from optimizer.promises.kinds import TariffSpace, Words
from optimizer.promises.relax import flag
from optimizer.record import Row, unit_field

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    demand_response: bool = unit_field(
        "yes/no",
        "consumption follows the price, as [demand] says; revenue, cost and burdens are those of "
        "the consumption that results",
        default=False,
    )


PROMISE = TariffSpace(
    name="demand_response",
    unit="m3/month",
    words=Words(
        "what is used is what the price leads to",
        "lo que se usa es lo que el precio produce",
        "o que se usa é o que o preço produz",
    ),
    components=("one_schedule", "scheduled_where_served", "scheduled_as_decided"),
    fields=Fields,
    relaxations=flag("demand_response"),
)
