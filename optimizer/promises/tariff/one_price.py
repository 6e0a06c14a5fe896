"""The towns of an area share one schedule."""

from __future__ import annotations

from optimizer.promises.kinds import TariffSpace, Words

__all__ = ["PROMISE"]


PROMISE = TariffSpace(
    name="one_price",
    unit="schedules",
    words=Words(
        "one schedule per area, per town, or for the region, as asked",
        "un pliego por área, por localidad o para la región, como se pide",
        "uma tabela por área, por localidade ou para a região, como pedido",
    ),
    components=("one_price_most", "one_price_least", "charged_where_served"),
)
